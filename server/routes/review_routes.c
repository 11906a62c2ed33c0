/* server/routes/review_routes.c - what a person has to look at: records whose text is not complete, by its state, from
 * the index. Records that are sealed off are not here: they are an administrator's (`hoso sealed`). */
#include "server/routes/handlers.h"

#include "indexer/search/search.h"

enum { REVIEW_MS = 2000 };

static Status read_state(Request *r, Str *query_out, Err *err)
{
	Str state = request_parameter(r, "state");
	*query_out = (Str){NULL, 0};
	if (!state.len)
		return ST_OK;
	TextState known = text_state_by_name(state);
	if (known == TEXT_STATE_COUNT || known == TEXT_COMPLETE)
		return err_set(err, ST_INVALID,
			       "state is one of partial, stamp-only, waiting, unreadable, encrypted, none");
	*query_out = str_from(arena_printf(&r->arena, "state:%s", text_states[known].name));
	return query_out->ptr ? ST_OK : err_no_memory(err);
}

/* All states, those of which there is no record too: a zero is an answer. */
static void write_counts(const SearchAnswer *all, Language language, JsonOut *j)
{
	jout_key(j, "counts");
	jout_open(j, '[');
	for (TextState state = TEXT_PARTIAL; state < TEXT_STATE_COUNT; state++) {
		uint64_t count = 0;
		for (size_t i = 0; i < all->facet_counts[FACET_TEXT_STATE]; i++)
			if (str_eq(all->facets[FACET_TEXT_STATE][i].value, str_from(text_states[state].name)))
				count = all->facets[FACET_TEXT_STATE][i].count;
		jout_open(j, '{');
		jout_field_text(j, "state", text_states[state].name);
		jout_field_text(j, "label",
				language == LANGUAGE_VI ? text_states[state].label_vi : text_states[state].label_en);
		jout_field_u64(j, "count", count);
		jout_close(j, '}');
	}
	jout_close(j, ']');
	jout_field_text(j, "counts_are", all->facets_are_exact ? "exact" : "estimate");
}

Status get_review(Request *r, Reply *reply, Err *err)
{
	const Deadline until = deadline_in(REVIEW_MS, r->deadline.stop);
	SearchRequest everything = {.limit = 1, .facets = 1u << FACET_TEXT_STATE, .until = &until, .bare = true};
	SearchRequest wanted = {.language = r->language, .until = &until, .cursor = request_parameter(r, "cursor")};
	SearchAnswer all, found;
	uint64_t limit;
	JsonOut j;
	Status st = read_state(r, &wanted.query, err);
	if (st == ST_OK)
		st = request_number(r, "limit", 20, 1, SEARCH_LIMIT_MAX, &limit, err);
	if (st == ST_OK)
		st = search_run(r->service->index, &everything, &r->arena, &all, err);
	if (st == ST_OK && wanted.query.len) {
		wanted.limit = (unsigned)limit;
		st = search_run(r->service->index, &wanted, &r->arena, &found, err);
	}
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	reply_header(reply, "Vary", STR("Accept-Language"));
	jout_open(&j, '{');
	write_counts(&all, r->language, &j);
	jout_field_bool(&j, "degraded", all.degraded);
	if (wanted.query.len) {
		jout_key(&j, "records");
		search_write_json(&found, &j);
	}
	jout_close(&j, '}');
	return ST_OK;
}
