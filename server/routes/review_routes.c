/* server/routes/review_routes.c - what a person has to look at, in queues, one row of a table each: texts that are not
 * complete by their state, fields that were read with little certainty, both from the index; records that are sealed
 * off, from the log. Each record says why it stands there.
 *
 * Records that are sealed off are an administrator's: without accounts, whoever reaches the service on loopback is one.
 * They show their id and the reason of the seal only. */
#include "server/routes/handlers.h"

#include "indexer/search/search.h"
#include "store/record/doubt.h"

#include <stdio.h>

enum { REVIEW_MS = 2000 };

static const struct {
	const char *name, *label_vi, *label_en;
} uncertain = {"uncertain", "Thông tin đọc chưa chắc", "Read with little certainty"},
  sealed_off = {"sealed-off", "Đang niêm phong (nghi có độ mật)", "Sealed off (suspected secret)"};

typedef enum { QUEUE_NONE, QUEUE_STATE, QUEUE_UNCERTAIN, QUEUE_SEALED } Queue;

/* *query_out: what the index is asked for. */
static Status read_queue(Request *r, Queue *out, Str *query_out, Err *err)
{
	Str state = request_parameter(r, "state");
	TextState known = text_state_by_name(state);
	*out = !state.len                                 ? QUEUE_NONE
	       : str_eq(state, str_from(uncertain.name))  ? QUEUE_UNCERTAIN
	       : str_eq(state, str_from(sealed_off.name)) ? QUEUE_SEALED
							  : QUEUE_STATE;
	*query_out = *out == QUEUE_UNCERTAIN ? STR("uncertain:any") : (Str){NULL, 0};
	if (*out != QUEUE_STATE)
		return ST_OK;
	if (known == TEXT_STATE_COUNT || known == TEXT_COMPLETE)
		return err_set(err, ST_INVALID,
			       "state is one of partial, stamp-only, waiting, unreadable, encrypted, none, uncertain, "
			       "sealed-off");
	*query_out = str_from(arena_printf(&r->arena, "state:%s", text_states[known].name));
	return query_out->ptr ? ST_OK : err_no_memory(err);
}

/* ---- counts ---------------------------------------------------------------------------------------------------- */

typedef struct {
	SearchAnswer states, uncertain;
	StandingState standing;
} Counts;

static Status count(Request *r, const Deadline *until, Counts *out, Err *err)
{
	SearchRequest states = {.limit = 1, .facets = 1u << FACET_TEXT_STATE, .until = until, .bare = true};
	SearchRequest doubts = {.limit = 1, .query = STR("uncertain:any"), .until = until, .bare = true};
	standing_state(r->service->standing, &out->standing);
	Status st = search_run(r->service->index, &states, &r->arena, &out->states, err);
	return st == ST_OK ? search_run(r->service->index, &doubts, &r->arena, &out->uncertain, err) : st;
}

static void write_count(const char *name, const char *label_vi, const char *label_en, uint64_t count, Language language,
			JsonOut *j)
{
	jout_open(j, '{');
	jout_field_text(j, "state", name);
	jout_field_text(j, "label", language == LANGUAGE_VI ? label_vi : label_en);
	jout_field_u64(j, "count", count);
	jout_close(j, '}');
}

/* All queues, empty ones too: a zero is an answer. */
static void write_counts(const Counts *counts, Language language, JsonOut *j)
{
	const SearchAnswer *all = &counts->states;
	jout_key(j, "counts");
	jout_open(j, '[');
	for (TextState state = TEXT_PARTIAL; state < TEXT_STATE_COUNT; state++) {
		uint64_t count = 0;
		for (size_t i = 0; i < all->facet_counts[FACET_TEXT_STATE]; i++)
			if (str_eq(all->facets[FACET_TEXT_STATE][i].value, str_from(text_states[state].name)))
				count = all->facets[FACET_TEXT_STATE][i].count;
		write_count(text_states[state].name, text_states[state].label_vi, text_states[state].label_en, count,
			    language, j);
	}
	write_count(uncertain.name, uncertain.label_vi, uncertain.label_en, counts->uncertain.total, language, j);
	write_count(sealed_off.name, sealed_off.label_vi, sealed_off.label_en, counts->standing.sealed_off, language,
		    j);
	jout_close(j, ']');
	bool exact = all->facets_are_exact && counts->uncertain.total_is_exact && counts->standing.is_complete;
	jout_field_text(j, "counts_are", exact ? "exact" : "estimate");
	jout_field_u64(j, "waiting_pages", counts->standing.waiting_pages);
	jout_field_bool(j, "degraded", all->degraded);
}

/* ---- records --------------------------------------------------------------------------------------------------- */

static void write_doubt(const Doubt *doubt, const Record *record, Language language, JsonOut *j)
{
	const RecordField *field = &record_fields[doubt->field];
	jout_open(j, '{');
	jout_field_text(j, "code", uncertain.name);
	jout_field_text(j, "label", language == LANGUAGE_VI ? uncertain.label_vi : uncertain.label_en);
	jout_field_text(j, "field", field->name);
	jout_field_text(j, "field_label", language == LANGUAGE_VI ? field->label_vi : field->label_en);
	jout_field_str(j, "value", doubt->value.len ? doubt->value : record_text(record, doubt->field));
	jout_field_bool(j, "taken_over", doubt->value.len == 0);
	jout_field_u64(j, "certainty_percent", doubt->percent);
	jout_close(j, '}');
}

/* Why it stands in a queue: all reasons there are, whichever queue was asked for. */
static Status write_reasons(const SearchHit *hit, Request *r, JsonOut *j, Err *err)
{
	Doubt doubts[DOUBT_MAX];
	const TextStateRow *state = &text_states[hit->text_state];
	size_t count = 0;
	Status st = doubts_of(&hit->record, &r->arena, doubts, &count, err);
	jout_key(j, "reasons");
	jout_open(j, '[');
	if (hit->text_state != TEXT_COMPLETE) {
		jout_open(j, '{');
		jout_field_text(j, "code", state->name);
		jout_field_text(j, "label", r->language == LANGUAGE_VI ? state->label_vi : state->label_en);
		jout_close(j, '}');
	}
	for (size_t i = 0; i < count; i++)
		write_doubt(&doubts[i], &hit->record, r->language, j);
	jout_close(j, ']');
	return st;
}

static void write_next(Str next, JsonOut *j)
{
	jout_key(j, "next");
	if (next.len)
		jout_str(j, next);
	else
		jout_null(j);
}

static Status write_found(Request *r, Str query, uint64_t limit, const Deadline *until, JsonOut *j, Err *err)
{
	SearchRequest wanted = {.query = query,
				.language = r->language,
				.until = until,
				.limit = (unsigned)limit,
				.cursor = request_parameter(r, "cursor")};
	SearchAnswer found;
	Status st = search_run(r->service->index, &wanted, &r->arena, &found, err);
	if (st != ST_OK)
		return st;
	jout_field_u64(j, "total", found.total);
	jout_field_text(j, "total_is", found.total_is_exact ? "exact" : "estimate");
	jout_field_bool(j, "partial", found.partial);
	jout_key(j, "hits");
	jout_open(j, '[');
	for (size_t i = 0; i < found.hit_count && st == ST_OK; i++) {
		jout_open(j, '{');
		search_write_hit_members(&found.hits[i], j);
		st = write_reasons(&found.hits[i], r, j, err);
		jout_close(j, '}');
	}
	jout_close(j, ']');
	write_next(found.next, j);
	return st;
}

static void write_sealed(const SealedRecord *record, Language language, JsonOut *j)
{
	char stamp[CLOCK_STAMP_LEN + 1];
	clock_format_utc(record->utc_ms, stamp);
	jout_open(j, '{');
	jout_field_str(j, "id", record->id);
	jout_field_u64(j, "sequence", record->sequence);
	jout_field_text(j, "sealed_at", stamp);
	jout_key(j, "reasons");
	jout_open(j, '[');
	jout_open(j, '{');
	jout_field_text(j, "code", sealed_off.name);
	jout_field_text(j, "label", language == LANGUAGE_VI ? sealed_off.label_vi : sealed_off.label_en);
	jout_field_str(j, "value", record->reason);
	jout_close(j, '}');
	jout_close(j, ']');
	jout_close(j, '}');
}

static Status write_sealed_off(Request *r, uint64_t limit, uint64_t total, JsonOut *j, Err *err)
{
	SealedRecord *records;
	size_t count;
	uint64_t from = 0, next;
	Str cursor = request_parameter(r, "cursor");
	if (cursor.len && !str_to_u64(cursor, &from))
		return err_set(err, ST_INVALID, "the cursor is none of this queue");
	Status st = standing_sealed(r->service->standing, from, limit, &r->arena, &records, &count, &next, err);
	if (st != ST_OK)
		return st;
	jout_field_u64(j, "total", total);
	jout_key(j, "hits");
	jout_open(j, '[');
	for (size_t i = 0; i < count; i++)
		write_sealed(&records[i], r->language, j);
	jout_close(j, ']');
	char text[24] = "";
	if (next)
		snprintf(text, sizeof text, "%llu", (unsigned long long)next);
	write_next(str_from(text), j);
	return ST_OK;
}

Status get_review(Request *r, Reply *reply, Err *err)
{
	const Deadline until = deadline_in(REVIEW_MS, r->deadline.stop);
	Counts counts;
	Queue queue;
	Str query;
	uint64_t limit;
	JsonOut j;
	Status st = read_queue(r, &queue, &query, err);
	if (st == ST_OK)
		st = request_number(r, "limit", 20, 1, SEARCH_LIMIT_MAX, &limit, err);
	if (st == ST_OK)
		st = count(r, &until, &counts, err);
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	reply_header(reply, "Vary", STR("Accept-Language"));
	jout_open(&j, '{');
	write_counts(&counts, r->language, &j);
	if (queue != QUEUE_NONE) {
		jout_key(&j, "records");
		jout_open(&j, '{');
		st = queue == QUEUE_SEALED ? write_sealed_off(r, limit, counts.standing.sealed_off, &j, err)
					   : write_found(r, query, limit, &until, &j, err);
		jout_close(&j, '}');
	}
	jout_close(&j, '}');
	return st;
}
