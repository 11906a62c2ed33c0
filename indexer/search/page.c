/* indexer/search/page.c - tiers become a page: hits with their snippets, totals, facets.
 *
 * A hit's record and text are read from the archive, never from the index. Four kinds of pages:
 *
 *   plain      every hit that the matcher finds is shown
 *   sifted     words side by side come first (sift.h)
 *   checking   the query has a phrase or NEAR that the index can only guess: each hit's text is looked at, some fall
 *              away
 *   question   the first hits are ordered again by how close together their text has what is asked (closeness.h)
 *
 * Where the next page begins is told by a cursor (cursor.h).
 */
#include "indexer/search/page.h"

#include "indexer/search/front.h"
#include "indexer/search/grade.h"
#include "indexer/search/sift.h"

#include <stdlib.h>

enum {
	COUNT_TO = 2000,
	COUNT_LEAST = 100, /* totals up to this are exact, in small archives and in large ones */
	CHECK_STEP = 40,
	CHECK_MOST = 400, /* hits whose text is looked at for a phrase: in the first step, in all */
	FACET_VALUES_MAX = 50,
	CLOSE_HITS = 10,
	CLOSE_BYTES = 48 << 10, /* of a question: hits and bytes of text that are looked at for closeness */
};
static const double close_factor = 0.75;

static void order_by(const Search *search, QueryAsk *ask)
{
	SearchSort sort = search->request->sort;
	bool unranked = sort == SORT_RELEVANCE && !search->compiled.has_words;
	ask->sort_slot = sort == SORT_RELEVANCE && !unranked ? -1 : SLOT_ISSUED;
	ask->sort_descending = unranked || sort == SORT_ISSUED_DESCENDING;
}

static unsigned facet_slots(unsigned facets)
{
	unsigned slots = 0;
	for (unsigned f = 0; f < FACET_COUNT; f++)
		if (facets >> f & 1)
			slots |= 1u << facet_rows[f].slot;
	return slots;
}

static SearchLabel matched_by(const Search *search, size_t tier, double score)
{
	return score >= COMPILE_OWN_NUMBER ? LABEL_NUMBER : search->compiled.matched[tier];
}

static Status holds_checks(View *view, const Search *search, LoadedHit *loaded, bool *holds)
{
	Status st = ST_OK;
	*holds = true;
	for (size_t i = 0; st == ST_OK && *holds && i < search->compiled.check_count; i++) {
		const Clause *check = search->compiled.checks[i];
		PhraseGrade grade = PHRASE_NONE;
		if (check->kind == CLAUSE_NEAR) {
			st = grade_near(view, loaded, check, holds);
			continue;
		}
		st = grade_row(view, loaded, check, PHRASE_TYPED, search->parted, &grade);
		*holds = grade >= PHRASE_TYPED;
	}
	return st;
}

static Status add_hit(View *view, Search *search, const QueryHit *found, SearchLabel matched, bool *kept)
{
	LoadedHit loaded;
	*kept = true;
	if (search->request->bare && !search->compiled.check_count) {
		hits_add_bare(view, search, found, matched);
		return ST_OK;
	}
	Status st = hits_load(view, found, search->compiled.check_count > 0, &loaded);
	if (st == ST_OK && search->compiled.check_count)
		st = holds_checks(view, search, &loaded, kept);
	if (st == ST_OK && *kept)
		return hits_add(view, search, found, &loaded, matched);
	*kept = false;
	return st == ST_FORBIDDEN ? ST_OK : st;
}

/* The tiers, restricted by the filters. */
static Status ask_tiers(View *view, const Search *search, QueryAsk *ask)
{
	ask->tier_count = search->compiled.tier_count;
	for (size_t tier = 0; tier < ask->tier_count; tier++) {
		Query *q = search->compiled.tiers[tier];
		ask->tiers[tier] = search->filter ? query_pair(view->arena, QUERY_FILTER, q, search->filter) : q;
		if (!ask->tiers[tier])
			return err_no_memory(view->err);
	}
	return ST_OK;
}

/* Where a page ends: behind so many hits of a tier. */
typedef struct {
	size_t tier;
	uint64_t passed;
} PageEnd;

static void step_over(PageEnd *end, const QueryHit *hit)
{
	end->passed = hit->tier == end->tier ? end->passed + 1 : 1;
	end->tier = hit->tier;
}

static int better_first(const void *a, const void *b)
{
	const QueryHit *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->shard != y->shard ? (x->shard > y->shard) - (x->shard < y->shard)
				    : (x->docid > y->docid) - (x->docid < y->docid);
}

static uint64_t text_bytes(const Entry *entry)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < entry->object_count; i++)
		bytes += strcmp(entry->objects[i].role, "text") == 0 ? entry->objects[i].size_bytes : 0;
	return bytes;
}

/* Orders the first hits of a question again, as many as have at most CLOSE_BYTES of text together: closeness is added
 * to their scores. */
static Status order_by_closeness(View *view, const Search *search, QueryFound *found)
{
	uint64_t budget = CLOSE_BYTES;
	size_t count = 0;
	Status st = ST_OK;
	for (; count < found->count && count < CLOSE_HITS && !deadline_passed(view->until); count++) {
		QueryHit *hit = &found->hits[count];
		SearchHit record;
		Entry entry;
		bool is_all;
		double close;
		st = view_load_hit(view, snapshot_sequence(view->snapshot, hit->shard, hit->docid), &record, &entry);
		if (st != ST_OK || text_bytes(&entry) > budget)
			break;
		budget -= text_bytes(&entry);
		st = view_load_text(view, &entry, CLOSE_BYTES, &is_all);
		if (st == ST_OK)
			st = closeness(record_text(&record.record, RF_SUBJECT), buf_str(&view->text),
				       search->compiled.close, search->compiled.close_count, view->tokens, &close,
				       view->err);
		if (st != ST_OK)
			break;
		hit->score += close_factor * close;
	}
	qsort(found->hits, count, sizeof *found->hits, better_first);
	return st == ST_FORBIDDEN ? ST_OK : st;
}

static Status find_hits(View *view, const Search *search, QueryAsk *ask, QueryFound *found)
{
	uint64_t first = ask->first, limit = ask->limit;
	if (!search->compiled.close_count || ask->sort_slot >= 0 || first >= CLOSE_HITS)
		return view_run(view, ask, found);
	ask->first = 0;
	ask->limit = first + limit > CLOSE_HITS ? first + limit : CLOSE_HITS;
	Status st = view_run(view, ask, found);
	if (st == ST_OK)
		st = order_by_closeness(view, search, found);
	found->hits += first < found->count ? first : found->count;
	found->count -= first < found->count ? first : found->count;
	found->count = found->count < limit ? found->count : limit;
	ask->first = first;
	ask->limit = limit;
	return st;
}

static Status show_front(View *view, Search *search, const Front *front)
{
	Status st = ST_OK;
	bool kept;
	for (size_t i = 0; st == ST_OK && i < front->count; i++)
		st = add_hit(view, search, &front->list[i].hit, front->list[i].label, &kept);
	return st;
}

static bool is_passed_over(const View *view, const Search *search, const QueryHit *hit)
{
	return front_has(&search->front, hit) || hits_are_shown(view, search, hit);
}

/* A page that shows every hit. */
static Status fill_plainly(View *view, Search *search, QueryAsk *ask)
{
	SearchAnswer *answer = search->answer;
	PageEnd at = {search->tier, search->first};
	QueryFound found;
	uint64_t left = 0;
	size_t passed = 0;
	ask->limit = search->request->limit + search->front.count + search->cursor.shown_count;
	ask->second = search->compiled.second;
	Status st = find_hits(view, search, ask, &found);
	for (; st == ST_OK && passed < found.count && answer->hit_count < search->request->limit &&
	       (answer->hit_count == 0 || !deadline_passed(view->until));
	     passed++) {
		const QueryHit *hit = &found.hits[passed];
		bool is_kept;
		if (!is_passed_over(view, search, hit))
			st = add_hit(view, search, hit, matched_by(search, hit->tier, hit->score), &is_kept);
		step_over(&at, hit);
	}
	if (st != ST_OK)
		return st;
	bool full = answer->hit_count >= search->request->limit, more = false;
	answer->partial |= found.gave_up || (passed < found.count && !full);
	answer->total = found.total;
	answer->total_is_exact = found.total_is_exact;
	for (size_t tier = at.tier; tier < ask->tier_count; tier++)
		left += found.totals[tier];
	for (size_t i = passed; i < found.count; i++)
		more |= !is_passed_over(view, search, &found.hits[i]);
	more |= found.count == ask->limit && (left > at.passed + (found.count - passed) || !found.total_is_exact);
	return more ? hits_set_next(view, search, 0, at.tier, at.passed, 0) : ST_OK;
}

/* A page whose hits are checked on their text. The total is exact only if all hits were checked. One text is looked at
 * in any case, so that a cursor always leads on. */
static Status fill_checking(View *view, Search *search, QueryAsk *ask)
{
	SearchAnswer *answer = search->answer;
	PageEnd at = {search->tier, search->first};
	QueryFound found;
	uint64_t looked = 0, kept = 0;
	bool from_the_start = !search->tier && !search->first, passed_all, ended;
	ask->limit = CHECK_STEP;
	do {
		ask->first_tier = at.tier;
		ask->first = at.passed;
		Status st = view_run(view, ask, &found);
		size_t i = 0;
		for (; st == ST_OK && i < found.count && answer->hit_count < search->request->limit &&
		       (looked == 0 || view_may_look(view));
		     i++, looked++) {
			bool is_kept = false;
			if (is_passed_over(view, search, &found.hits[i])) {
				step_over(&at, &found.hits[i]);
				kept += from_the_start;
				continue;
			}
			st = add_hit(view, search, &found.hits[i],
				     matched_by(search, found.hits[i].tier, found.hits[i].score), &is_kept);
			step_over(&at, &found.hits[i]);
			kept += is_kept;
		}
		if (st != ST_OK)
			return st;
		passed_all = i == found.count && found.count < ask->limit;
		ended = passed_all && !found.gave_up;
		ask->limit = CHECK_MOST - CHECK_STEP; /* few of the first passed the check */
	} while (!passed_all && answer->hit_count < search->request->limit && looked < CHECK_MOST &&
		 view_may_look(view));
	answer->partial |= !ended && answer->hit_count < search->request->limit;
	answer->total = ended && from_the_start ? kept : found.total;
	answer->total_is_exact = ended && from_the_start;
	return passed_all ? ST_OK : hits_set_next(view, search, 0, at.tier, at.passed, looked - kept);
}

static void add_count(View *view, Facet facet, Str value, uint64_t count)
{
	SearchAnswer *answer = view->answer;
	size_t *n = &answer->facet_counts[facet];
	bool is_cut = facet_rows[facet].value_bytes > 0;
	if (is_cut)
		value = str_slice(value, 0, facet_rows[facet].value_bytes);
	for (size_t i = 0; is_cut && i < *n; i++) /* many dates are one year; other values come once */
		if (str_eq(answer->facets[facet][i].value, value)) {
			answer->facets[facet][i].count += count;
			return;
		}
	if ((*n & (*n - 1)) == 0) {
		FacetCount *grown = arena_calloc(view->arena, *n ? 2 * *n : 1, sizeof *grown);
		if (!grown)
			return;
		if (*n)
			memcpy(grown, answer->facets[facet], *n * sizeof *grown);
		answer->facets[facet] = grown;
	}
	answer->facets[facet][(*n)++] = (FacetCount){arena_copy(view->arena, value), count};
}

static void count_facet(void *ctx, unsigned slot, Str value, uint64_t count)
{
	for (Facet facet = 0; facet < FACET_COUNT; facet++)
		if (facet_rows[facet].slot == slot)
			add_count(ctx, facet, value, count);
}

static Status count_facets(View *view, Search *search)
{
	SearchAnswer *answer = search->answer;
	unsigned slots = facet_slots(search->request->facets);
	uint64_t all;
	QueryAsk ask = {0};
	if (!slots)
		return ST_OK;
	if (deadline_passed(view->until)) {
		answer->partial = true;
		return ST_OK;
	}
	Status st = ask_tiers(view, search, &ask);
	if (st == ST_OK)
		st = view_facets(view, &ask, slots, count_facet, &all, &answer->facets_are_exact);
	if (st == ST_OK && search->compiled.check_count == 0 && (answer->facets_are_exact || all > answer->total)) {
		answer->total = all;
		answer->total_is_exact = answer->facets_are_exact;
	}
	answer->partial |= !answer->facets_are_exact && deadline_passed(view->until);
	answer->facets_are_exact &= search->compiled.check_count == 0;
	return st;
}

static int most_first(const void *a, const void *b)
{
	const FacetCount *x = a, *y = b;
	return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : str_cmp(x->value, y->value);
}

static void order_facets(SearchAnswer *answer)
{
	for (unsigned f = 0; f < FACET_COUNT; f++) {
		if (answer->facet_counts[f])
			qsort(answer->facets[f], answer->facet_counts[f], sizeof *answer->facets[f], most_first);
		if (answer->facet_counts[f] > FACET_VALUES_MAX)
			answer->facet_counts[f] = FACET_VALUES_MAX;
	}
}

Status page_fill(View *view, Search *search)
{
	SearchAnswer *answer = search->answer;
	bool small = matcher_documents(view->matcher) <= COUNT_TO;
	QueryAsk ask = {.count_to = small ? COUNT_TO : COUNT_LEAST, .first_tier = search->tier, .first = search->first};
	order_by(search, &ask);
	Status st = ask_tiers(view, search, &ask);
	if (st == ST_OK)
		st = front_find(view, search, &search->front);
	if (st == ST_OK && !search->request->cursor.len)
		st = show_front(view, search, &search->front);
	if (st == ST_OK)
		st = search->compiled.check_count ? fill_checking(view, search, &ask)
		     : sift_is_needed(search)     ? sift_fill(view, search, &ask)
						  : fill_plainly(view, search, &ask);
	if (st == ST_OK)
		st = count_facets(view, search);
	order_facets(answer);
	if (answer->total < answer->hit_count) /* variants of a number are none of the matches */
		answer->total = answer->hit_count;
	answer->total_is_exact &= !answer->partial;
	/* estimates of tiers may add up to more than there is; what was counted is right, and the dead may have had no
	 * document: records that were destroyed before the shard was built */
	uint64_t most = view->snapshot->documents - view->snapshot->dead.count;
	if (!answer->total_is_exact && answer->total > most)
		answer->total = most;
	return st;
}
