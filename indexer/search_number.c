/* indexer/search_number.c - look-up by number: one exact term, then the relaxations that can be named.
 *
 * The index proposes by the relaxed forms of schema.h; whether a proposal is a variant, and why, is decided on the
 * record's own number from the archive. A near number is never shown without its reason.
 */
#include "indexer/compile.h"
#include "indexer/search_parts.h"

#include "tokenizer/case_number.h"

#include <stdlib.h>

enum { FOUND_MAX = 100 };

typedef struct {
	Str number;
	NumberAnswer *answer;
	bool is_record_number;
	RecordNumber wanted;
} Lookup;

static Status find(View *view, const Query *query, XapResult *out)
{
	XapSearch search = {.query = query, .limit = FOUND_MAX, .count_to = FOUND_MAX, .sort_slot = SLOT_ISSUED, .sort_descending = true};
	return view_run(view, &search, out);
}

static Status add_exact(View *view, Lookup *lookup)
{
	XapResult found;
	Query *query = compile_number(lookup->number, view->arena, view->err);
	Status st = query ? find(view, query, &found) : err_no_memory(view->err);
	if (st != ST_OK)
		return st;
	lookup->answer->exact = arena_calloc(view->arena, found.count + 1, sizeof *lookup->answer->exact);
	if (!lookup->answer->exact)
		return err_no_memory(view->err);
	for (size_t i = 0; st == ST_OK && i < found.count; i++) {
		Entry entry;
		st = view_load_hit(view, snapshot_sequence(view->snapshot, found.hits[i].shard, found.hits[i].docid),
		                   &lookup->answer->exact[lookup->answer->exact_count].hit, &entry);
		lookup->answer->exact_count += st == ST_OK;
		st = st == ST_FORBIDDEN ? ST_OK : st;
	}
	return st;
}

/* Folding makes HĐ and HD one key: what is spelt as asked comes first. */
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

static bool is_listed(const NumberAnswer *answer, uint64_t sequence)
{
	for (size_t i = 0; i < answer->exact_count; i++)
		if (answer->exact[i].hit.sequence == sequence)
			return true;
	for (size_t i = 0; i < answer->variant_count; i++)
		if (answer->variants[i].hit.sequence == sequence)
			return true;
	return false;
}

/* A query may carry the date or be typed in parts; the four forms cover what record_number_matches can accept. */
static Query *proposals(View *view, const RecordNumber *wanted)
{
	Query *forms[SCHEMA_NUMBER_FORMS];
	size_t count = 0;
	Buf term = {0};
	for (unsigned form = 0; form < SCHEMA_NUMBER_FORMS; form++) {
		schema_number_form(&term, wanted, form);
		if (term.len && buf_ok(&term))
			forms[count++] = query_term(view->arena, buf_str(&term));
	}
	buf_done(&term);
	return query_node(view->arena, QUERY_OR, forms, count);
}

static void add_variant(Lookup *lookup, const SearchHit *hit)
{
	RecordNumber own;
	if (!record_number_parse(record_text(&hit->record, RF_NUMBER), &own))
		return;
	for (int step = 0; step < RELAX_COUNT; step++)
		if (record_number_matches(&lookup->wanted, &own, (NumberRelax)step)) {
			lookup->answer->variants[lookup->answer->variant_count++] = (NumberHit){*hit, number_relax_reason((NumberRelax)step)};
			return;
		}
}

static int step_of(const char *because)
{
	int step = 0;
	while (step < RELAX_COUNT && number_relax_reason((NumberRelax)step) != because)
		step++;
	return step;
}

static int nearest_first(const void *a, const void *b)
{
	const NumberHit *x = a, *y = b;
	return step_of(x->because) - step_of(y->because);
}

static Status add_variants(View *view, Lookup *lookup)
{
	XapResult found;
	Query *query = proposals(view, &lookup->wanted);
	Status st = query ? find(view, query, &found) : err_no_memory(view->err);
	if (st != ST_OK)
		return st;
	lookup->answer->variants = arena_calloc(view->arena, found.count + 1, sizeof *lookup->answer->variants);
	if (!lookup->answer->variants)
		return err_no_memory(view->err);
	for (size_t i = 0; st == ST_OK && i < found.count; i++) {
		SearchHit hit;
		Entry entry;
		uint64_t sequence = snapshot_sequence(view->snapshot, found.hits[i].shard, found.hits[i].docid);
		if (is_listed(lookup->answer, sequence))
			continue;
		st = view_load_hit(view, sequence, &hit, &entry);
		if (st == ST_OK)
			add_variant(lookup, &hit);
		st = st == ST_FORBIDDEN ? ST_OK : st;
	}
	if (st == ST_OK)
		qsort(lookup->answer->variants, lookup->answer->variant_count, sizeof *lookup->answer->variants, nearest_first);
	return st;
}

static Status look_up(View *view, void *ctx)
{
	Lookup *lookup = ctx;
	*lookup->answer = (NumberAnswer){0};
	Status st = add_exact(view, lookup);
	if (st != ST_OK || !lookup->is_record_number)
		return st;
	spelt_as_asked_first(lookup);
	return add_variants(view, lookup);
}

Status search_number(Index *index, Str number, Arena *arena, NumberAnswer *out, Err *err)
{
	NumberAnswer answer;
	CaseNumber code;
	Lookup lookup = {.number = str_trim(number), .answer = &answer};
	if (number.len > SEARCH_QUERY_MAX)
		return err_set(err, ST_LIMIT, "number: at most %d bytes", SEARCH_QUERY_MAX);
	lookup.is_record_number = !case_number_parse(number, &code) && record_number_parse(number, &lookup.wanted);
	Status st = view_with(index, arena, look_up, &lookup, err);
	if (st == ST_OK)
		*out = answer;
	return st;
}
