/* indexer/search/sift.c - hits of the matcher's tiers, graded by what their texts have, and dealt to classes.
 *
 * Hits are fetched in the order of the tiers, a batch at a time, and stay in a buffer with their grades. Each class
 * passes over the tiers it takes from and keeps the hits of its grade; the next class passes over the same buffer. So a
 * page of a common phrase reads the texts it shows, and one of a rare phrase those that could have it.
 *
 * A cursor names the class, the tier and the hits to pass over: a class begins and goes on at any place, as a grade
 * depends on nothing but the record.
 */
#include "indexer/search/sift.h"

#include "indexer/search/front.h"
#include "indexer/search/grade.h"

enum {
	LOOK_MOST = 400,  /* hits of a page whose texts are looked at */
	PEEK_MOST = 20,   /* of them, once the page is full, only to know whether there are more */
	BATCH_FIRST = 10, /* hits fetched at once beyond the page's; then so many times more */
	BATCH_GROWS = 4,
	GRADE_UNKNOWN = -1,
	GRADE_GONE = -2, /* the record can't be shown, or stands in front */
};

typedef struct {
	QueryHit found;
	uint64_t ordinal; /* in its tier */
	int grade;
} Candidate;

typedef struct {
	View *view;
	Search *search;
	QueryAsk *ask;
	Candidate *list;
	size_t count, capacity;
	size_t end_tier; /* where the buffer ends: so many hits of a tier passed */
	uint64_t end_passed;
	bool at_end;  /* there is nothing behind the buffer */
	bool counted; /* the answer has its totals */
	uint64_t batch;
	size_t looked, peeked;
	LoadedHit loaded; /* of the candidate that was looked at last */
	const Candidate *loaded_for;
	bool full, more, gave_up;
	size_t at_class, at_tier; /* behind the last hit that was shown or passed over */
	uint64_t at_passed;
} Sift;

bool sift_is_needed(const Search *search)
{
	const SearchRequest *request = search->request;
	return search->compiled.run_count && !(request->bare && request->mode == SEARCH_ALL);
}

/* ---- the buffer ------------------------------------------------------------------------------------------------- */

static void begin_at(Sift *s, size_t tier, uint64_t passed)
{
	s->count = 0;
	s->end_tier = tier;
	s->end_passed = passed;
	s->at_end = false;
	s->loaded_for = NULL;
}

static Status grow(Sift *s, size_t wanted)
{
	if (wanted <= s->capacity)
		return ST_OK;
	Candidate *grown = arena_alloc(s->view->arena, 2 * wanted * sizeof *grown);
	if (!grown)
		return err_no_memory(s->view->err);
	if (s->count)
		memcpy(grown, s->list, s->count * sizeof *grown);
	s->list = grown;
	s->capacity = 2 * wanted;
	s->loaded_for = NULL;
	return ST_OK;
}

/* Fetches the hits behind the buffer. */
static Status fetch(Sift *s)
{
	QueryFound found;
	SearchAnswer *answer = s->search->answer;
	s->ask->first_tier = s->end_tier;
	s->ask->first = s->end_passed;
	s->ask->limit = s->batch;
	s->batch *= BATCH_GROWS;
	Status st = view_run(s->view, s->ask, &found);
	if (st == ST_OK)
		st = grow(s, s->count + found.count);
	for (size_t i = 0; st == ST_OK && i < found.count; i++) {
		const QueryHit *hit = &found.hits[i];
		s->end_passed = hit->tier == s->end_tier ? s->end_passed : 0;
		s->end_tier = hit->tier;
		s->list[s->count++] = (Candidate){*hit, s->end_passed++, GRADE_UNKNOWN};
	}
	if (st != ST_OK)
		return st;
	s->at_end = found.count < s->ask->limit;
	s->gave_up |= found.gave_up;
	if (!s->counted) {
		answer->total = found.total;
		answer->total_is_exact = found.total_is_exact;
	}
	s->counted = true;
	return ST_OK;
}

/* *at becomes the place in the buffer where hits begin that stand at (tier, passed) or behind. */
static void seek(Sift *s, size_t tier, uint64_t passed, size_t *at)
{
	bool before = s->count == 0 || tier < s->list[0].found.tier ||
		      (tier == s->list[0].found.tier && passed < s->list[0].ordinal);
	bool behind = tier > s->end_tier || (tier == s->end_tier && passed > s->end_passed);
	*at = 0;
	if (before || (behind && !s->at_end)) {
		begin_at(s, tier, passed);
		return;
	}
	while (*at < s->count &&
	       (s->list[*at].found.tier < tier || (s->list[*at].found.tier == tier && s->list[*at].ordinal < passed)))
		++*at;
}

/* ---- grades ----------------------------------------------------------------------------------------------------- */

/* The best that a text of a hit of this source can have. */
static PhraseGrade best_of(const Search *search, OrderSource source)
{
	bool marked = query_any_marked(search->words, search->word_count);
	return source == SOURCE_LITERAL            ? PHRASE_LITERAL
	       : source == SOURCE_TYPED || !marked ? PHRASE_TYPED
						   : PHRASE_UNMARKED;
}

static Status look_at(Sift *s, Candidate *candidate)
{
	const Compiled *compiled = &s->search->compiled;
	PhraseGrade enough = best_of(s->search, compiled->sources[candidate->found.tier]), grade = enough;
	Status st = hits_load(s->view, &candidate->found, false, &s->loaded);
	s->loaded_for = st == ST_OK ? candidate : NULL;
	s->looked++;
	if (st == ST_FORBIDDEN) {
		candidate->grade = GRADE_GONE;
		return ST_OK;
	}
	for (size_t i = 0; st == ST_OK && i < compiled->run_count; i++) {
		PhraseGrade best = PHRASE_NONE;
		st = grade_row(s->view, &s->loaded, compiled->runs[i], enough, false, &best);
		grade = best < grade ? best : grade;
	}
	candidate->grade = (int)grade;
	return st;
}

/* ---- classes ---------------------------------------------------------------------------------------------------- */

static bool takes_from(const OrderClass *class, OrderSource source)
{
	return (source >= class->first && source <= class->last) || source == class->unproven;
}

/* The first and last tier that the class takes hits from; false: none. */
static bool tiers_of(const Compiled *compiled, const OrderClass *class, size_t *first, size_t *last)
{
	bool any = false;
	for (size_t tier = 0; tier < compiled->tier_count; tier++) {
		if (!takes_from(class, compiled->sources[tier]))
			continue;
		*first = any ? *first : tier;
		*last = tier;
		any = true;
	}
	return any;
}

static Status show(Sift *s, size_t class, const Candidate *candidate)
{
	bool marked = query_any_marked(s->search->words, s->search->word_count);
	SearchLabel label = order_label(class, s->search->compiled.sources[candidate->found.tier], marked);
	if (candidate->found.score >= COMPILE_OWN_NUMBER)
		label = LABEL_NUMBER;
	SearchAnswer *answer = s->search->answer;
	size_t shown = answer->hit_count;
	if (s->search->request->bare) {
		hits_add_bare(s->view, s->search, &candidate->found, label);
		return ST_OK;
	}
	Status st = ST_OK;
	if (s->loaded_for != candidate)
		st = hits_load(s->view, &candidate->found, false, &s->loaded);
	s->loaded_for = NULL;
	if (st == ST_FORBIDDEN)
		return ST_OK;
	if (st == ST_OK)
		st = hits_add(s->view, s->search, &candidate->found, &s->loaded, label);
	if (answer->hit_count > shown)
		answer->hits[shown].other_marks =
			order_classes[class].grade == PHRASE_TYPED && s->search->compiled.sources[0] == SOURCE_LITERAL;
	return st;
}

/* Looks at one candidate for a class. False: the page ends before it. */
static bool pass(Sift *s, size_t class, Candidate *candidate, Status *st)
{
	const OrderClass *row = &order_classes[class];
	OrderSource source = s->search->compiled.sources[candidate->found.tier];
	if (candidate->grade == GRADE_UNKNOWN &&
	    (front_has(&s->search->front, &candidate->found) || hits_are_shown(s->view, s->search, &candidate->found)))
		candidate->grade = GRADE_GONE;
	bool proven = source != row->unproven && row->grade != ORDER_UNPROVEN, taken = takes_from(row, source);
	if (taken && proven && candidate->grade == GRADE_UNKNOWN) {
		if (s->looked >= LOOK_MOST || (s->looked && !view_may_look(s->view)) ||
		    (s->full && ++s->peeked > PEEK_MOST)) {
			s->more = true;
			return false;
		}
		*st = look_at(s, candidate);
	}
	taken = taken && candidate->grade != GRADE_GONE && (!proven || candidate->grade == row->grade);
	if (*st != ST_OK || (taken && s->full)) {
		s->more = true;
		return false;
	}
	if (taken)
		*st = show(s, class, candidate);
	if (!s->full) {
		s->at_class = class;
		s->at_tier = candidate->found.tier;
		s->at_passed = candidate->ordinal + 1;
	}
	s->full = s->search->answer->hit_count >= s->search->request->limit;
	return *st == ST_OK;
}

/* True: the class has no more hits. */
static bool pass_over(Sift *s, size_t class, size_t from_tier, uint64_t passed, size_t last, Status *st)
{
	size_t at;
	seek(s, from_tier, passed, &at);
	for (;; at++) {
		if (at == s->count && !s->at_end && !s->gave_up) {
			*st = fetch(s);
			if (*st != ST_OK)
				return false;
		}
		if (at == s->count || s->list[at].found.tier > last)
			return true;
		if (!pass(s, class, &s->list[at], st))
			return false;
	}
}

Status sift_fill(View *view, Search *search, QueryAsk *ask)
{
	SearchAnswer *answer = search->answer;
	Sift s = {.view = view,
		  .search = search,
		  .ask = ask,
		  .batch = search->request->limit + search->cursor.shown_count + BATCH_FIRST};
	Status st = ST_OK;
	size_t first = 0, last = 0;
	bool goes_on = true;
	s.full = answer->hit_count >= search->request->limit;
	s.at_class = search->order_class;
	s.at_tier = search->tier;
	s.at_passed = search->first;
	for (size_t class = search->order_class; goes_on && class < ORDER_CLASSES; class ++) {
		bool is_begun = class == search->order_class && (search->tier || search->first);
		if (tiers_of(&search->compiled, &order_classes[class], &first, &last))
			goes_on = pass_over(&s, class, is_begun ? search->tier : first, is_begun ? search->first : 0,
					    last, &st);
	}
	if (st == ST_OK && !s.counted)
		st = fetch(&s);
	if (st != ST_OK)
		return st;
	answer->partial |= s.gave_up || (s.more && !s.full);
	return s.more ? hits_set_next(view, search, s.at_class, s.at_tier, s.at_passed,
				      s.looked > answer->hit_count ? s.looked - answer->hit_count : 0)
		      : ST_OK;
}
