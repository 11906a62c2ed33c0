/* indexer/search/number.c - look-up by number: one exact term, then variants.
 *
 * The relaxed forms of the number (schema.h) propose records; whether one is a variant, and why, is decided by
 * comparing the record's own number from the archive (record_number_matches). A variant is never shown without its
 * reason.
 */
#include "indexer/search/compile_fields.h"
#include "indexer/search/view.h"

#include "tokenizer/case_number.h"

#include <stdlib.h>

enum { FOUND_MAX = SEARCH_NUMBERS_MAX };
_Static_assert(LABEL_OTHER_NOTATION - LABEL_NO_YEAR == RELAX_COUNT - 1, "one label for each relaxation, in its order");

typedef struct {
	Str number;
	NumberAnswer *answer;
	bool is_record_number;
	RecordNumber wanted;
} Lookup;

static bool is_dead(const View *view, uint64_t sequence)
{
	return superseded_has(&view->snapshot->dead, sequence);
}

/* The sequences of records with this term, at most FOUND_MAX; *all_out: how many the index has, dead ones too. */
static Status find_term(View *view, Str term, uint64_t out[static FOUND_MAX], size_t *count_out, uint64_t *all_out)
{
	QueryHit hits[FOUND_MAX];
	size_t count = 0;
	Status st = matcher_term_hits(view->matcher, term, hits, FOUND_MAX, all_out, view->err);
	for (size_t i = 0; st == ST_OK && i < *all_out && i < FOUND_MAX; i++) {
		uint64_t sequence = snapshot_sequence(view->snapshot, hits[i].shard, hits[i].docid);
		if (!is_dead(view, sequence))
			out[count++] = sequence;
	}
	*count_out = count;
	return st;
}

/* A number that very many records bear: the newest of them. */
static Status find_newest(View *view, Str number, uint64_t *out, size_t *count_out)
{
	QueryFound found;
	Query *query = NULL;
	Status st = compile_number(number, view->arena, &query, view->err);
	QueryAsk ask = {.tiers = {query},
			.tier_count = 1,
			.limit = FOUND_MAX,
			.count_to = FOUND_MAX,
			.sort_slot = SLOT_ISSUED,
			.sort_descending = true};
	if (st == ST_OK)
		st = view_run(view, &ask, &found);
	for (size_t i = 0; st == ST_OK && i < found.count; i++)
		out[i] = snapshot_sequence(view->snapshot, found.hits[i].shard, found.hits[i].docid);
	*count_out = st == ST_OK ? found.count : 0;
	return st;
}

static Status find_exact(View *view, Str number, uint64_t out[static FOUND_MAX], size_t *count_out)
{
	Buf term = {0};
	uint64_t all = 0;
	compile_number_term(number, &term);
	Status st = buf_ok(&term) ? find_term(view, buf_str(&term), out, count_out, &all) : err_no_memory(view->err);
	if (st == ST_OK && all > FOUND_MAX)
		st = find_newest(view, number, out, count_out);
	buf_done(&term);
	return st;
}

static bool is_newer(CivilDate a, CivilDate b)
{
	return a.year != b.year ? a.year > b.year : a.month != b.month ? a.month > b.month : a.day > b.day;
}

/* Newest first; of one day, in the order of the log. */
static void insert_by_date(NumberAnswer *answer, const SearchHit *hit)
{
	size_t at = answer->exact_count++;
	for (; at > 0 && is_newer(hit->record.issued, answer->exact[at - 1].hit.record.issued); at--)
		answer->exact[at] = answer->exact[at - 1];
	answer->exact[at] = (NumberHit){.hit = *hit};
}

static Status add_exact(View *view, Lookup *lookup)
{
	uint64_t found[FOUND_MAX];
	size_t count = 0;
	Status st = find_exact(view, lookup->number, found, &count);
	if (st != ST_OK)
		return st;
	lookup->answer->exact = arena_calloc(view->arena, count + 1, sizeof *lookup->answer->exact);
	if (!lookup->answer->exact)
		return err_no_memory(view->err);
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		SearchHit hit;
		Entry entry;
		st = view_load_hit(view, found[i], &hit, &entry);
		if (st == ST_OK)
			insert_by_date(lookup->answer, &hit);
		st = st == ST_FORBIDDEN ? ST_OK : st;
	}
	return st;
}

/* HĐ and HD have one key, as it is folded: records that spell the number as it was asked come first. */
static void spelt_as_asked_first(const Lookup *lookup)
{
	NumberAnswer *answer = lookup->answer;
	size_t front = 0;
	for (size_t i = 0; i < answer->exact_count; i++) {
		RecordNumber own;
		if (!record_number_parse(record_text(&answer->exact[i].hit.record, RF_NUMBER), &own) ||
		    strcmp(own.display, lookup->wanted.display) != 0)
			continue;
		NumberHit hit = answer->exact[i];
		memmove(&answer->exact[front + 1], &answer->exact[front], (i - front) * sizeof hit);
		answer->exact[front++] = hit;
	}
}

static void add_variant(Lookup *lookup, const SearchHit *hit)
{
	RecordNumber own;
	if (!record_number_parse(record_text(&hit->record, RF_NUMBER), &own))
		return;
	for (int step = 0; step < RELAX_COUNT; step++)
		if (record_number_matches(&lookup->wanted, &own, (NumberRelax)step)) {
			lookup->answer->variants[lookup->answer->variant_count++] =
				(NumberHit){*hit, (SearchLabel)(LABEL_NO_YEAR + step)};
			return;
		}
}

static int nearest_first(const void *a, const void *b)
{
	const NumberHit *x = a, *y = b;
	return (int)x->because - (int)y->because;
}

/* The sequences that the relaxed forms propose, nearest form first, each once and without the exact ones. Every number
 * that record_number_matches accepts has one of the four forms in common with the one that is wanted. */
static Status propose(View *view, const Lookup *lookup, uint64_t out[static FOUND_MAX], size_t *count_out)
{
	static const unsigned nearest_form_first[SCHEMA_NUMBER_FORMS] = {3, 0, 2, 1};
	Superseded seen = {0};
	Buf term = {0};
	Status st = ST_OK;
	*count_out = 0;
	for (size_t i = 0; st == ST_OK && i < lookup->answer->exact_count; i++)
		if (!superseded_add(&seen, lookup->answer->exact[i].hit.sequence))
			st = err_no_memory(view->err);
	for (size_t f = 0; st == ST_OK && f < SCHEMA_NUMBER_FORMS && *count_out < FOUND_MAX; f++) {
		uint64_t found[FOUND_MAX], all;
		size_t count = 0;
		schema_number_form(&term, &lookup->wanted, nearest_form_first[f]);
		if (!buf_ok(&term))
			st = err_no_memory(view->err);
		if (st == ST_OK && term.len)
			st = find_term(view, buf_str(&term), found, &count, &all);
		superseded_sort(&seen);
		for (size_t i = 0; i < count && *count_out < FOUND_MAX; i++)
			if (!superseded_has(&seen, found[i]))
				out[(*count_out)++] = found[i];
		for (size_t i = 0; st == ST_OK && i < count; i++)
			if (!superseded_add(&seen, found[i]))
				st = err_no_memory(view->err);
	}
	free(seen.list);
	buf_done(&term);
	return st;
}

static Status add_variants(View *view, Lookup *lookup)
{
	uint64_t found[FOUND_MAX];
	size_t count;
	Status st = propose(view, lookup, found, &count);
	if (st != ST_OK)
		return st;
	lookup->answer->variants = arena_calloc(view->arena, count + 1, sizeof *lookup->answer->variants);
	if (!lookup->answer->variants)
		return err_no_memory(view->err);
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		SearchHit hit;
		Entry entry;
		st = view_load_hit(view, found[i], &hit, &entry);
		if (st == ST_OK)
			add_variant(lookup, &hit);
		st = st == ST_FORBIDDEN ? ST_OK : st;
	}
	if (st == ST_OK)
		qsort(lookup->answer->variants, lookup->answer->variant_count, sizeof *lookup->answer->variants,
		      nearest_first);
	return st;
}

static Status look_up(View *view, void *ctx)
{
	Lookup *lookup = ctx;
	*lookup->answer = (NumberAnswer){0};
	Status st = add_exact(view, lookup);
	if (st == ST_OK && lookup->is_record_number) {
		spelt_as_asked_first(lookup);
		st = add_variants(view, lookup);
	}
	lookup->answer->degraded = !view->is_whole; /* a hit that cannot be read shows late */
	return st;
}

Status search_number(Index *index, Str number, Arena *arena, NumberAnswer *out, Err *err)
{
	NumberAnswer answer;
	CaseNumber code;
	Lookup lookup = {.number = str_trim(number), .answer = &answer};
	if (number.len > SEARCH_QUERY_MAX)
		return err_set(err, ST_LIMIT, "number: at most %d bytes", SEARCH_QUERY_MAX);
	lookup.is_record_number = !case_number_parse(number, &code) && record_number_parse(number, &lookup.wanted);
	Status st = view_with(index, NULL, arena, look_up, &lookup, err);
	if (st == ST_OK)
		*out = answer;
	return st;
}
