/* indexer/search/front.c - terms propose records; what they bear, are called or say decides. */
#include "indexer/search/front.h"

#include "indexer/search/grade.h"

enum { LOOKED_AT = 40, RANK_NUMBER = 100, RANK_VARIANT = 50 /* less the place of its reason */, RANK_TITLE = 20 };

typedef struct {
	View *view;
	const Search *search;
	Front *front;
	size_t most;
} Finding;

bool front_has(const Front *front, const QueryHit *hit)
{
	for (size_t i = 0; i < front->count; i++)
		if (front->list[i].hit.shard == hit->shard && front->list[i].hit.docid == hit->docid)
			return true;
	return false;
}

static void insert(Finding *f, const QueryHit *hit, SearchLabel label, int rank)
{
	Front *front = f->front;
	if (front->count == f->most || front_has(front, hit))
		return;
	size_t at = front->count++;
	for (; at > 0 && front->list[at - 1].rank < rank; at--)
		front->list[at] = front->list[at - 1];
	front->list[at].hit = *hit;
	front->list[at].label = label;
	front->list[at].rank = rank;
}

/* The candidates, restricted by the filters. */
static Status propose(Finding *f, Query *query, QueryAsk ask, QueryFound *found)
{
	*found = (QueryFound){0};
	if (!query || f->front->count == f->most)
		return ST_OK;
	ask.tier_count = 1;
	ask.tiers[0] = f->search->filter ? query_pair(f->view->arena, QUERY_FILTER, query, f->search->filter) : query;
	return ask.tiers[0] ? view_run(f->view, &ask, found) : err_no_memory(f->view->err);
}

/* The newest first. */
static Status find_numbers(Finding *f)
{
	const QueryAsk ask = {.limit = f->most, .sort_slot = SLOT_ISSUED, .sort_descending = true};
	QueryFound found;
	Status st = propose(f, f->search->compiled.number, ask, &found);
	for (size_t i = 0; st == ST_OK && i < found.count; i++)
		insert(f, &found.hits[i], LABEL_NUMBER, RANK_NUMBER);
	return st;
}

/* Why a record's number is a variant of the one asked for; LABEL_NONE: it is none. */
static SearchLabel reason_of(const Record *record, const RecordNumber *wanted)
{
	RecordNumber own;
	if (!record_number_parse(record_text(record, RF_NUMBER), &own))
		return LABEL_NONE;
	if (!own.year)
		own.date = record->issued;
	for (int step = 0; step < RELAX_COUNT; step++)
		if (record_number_matches(wanted, &own, (NumberRelax)step))
			return (SearchLabel)(LABEL_NO_YEAR + step);
	return LABEL_NONE;
}

static Status find_variants(Finding *f)
{
	const QueryAsk ask = {.limit = LOOKED_AT, .sort_slot = -1};
	QueryFound found;
	Status st = propose(f, f->search->compiled.near_number, ask, &found);
	for (size_t i = 0; st == ST_OK && i < found.count; i++) {
		SearchHit hit;
		Entry entry;
		uint64_t sequence = snapshot_sequence(f->view->snapshot, found.hits[i].shard, found.hits[i].docid);
		st = view_load_hit(f->view, sequence, &hit, &entry);
		SearchLabel label = st == ST_OK ? reason_of(&hit.record, &f->search->compiled.wanted) : LABEL_NONE;
		if (label != LABEL_NONE)
			insert(f, &found.hits[i], label, RANK_VARIANT - (int)label + LABEL_NO_YEAR);
		st = st == ST_FORBIDDEN ? ST_OK : st;
	}
	return st;
}

/* Records whose subject is the row, or which have it somewhere (rows_too). */
static Status find_rows(Finding *f, Query *query, bool rows_too)
{
	const QueryAsk ask = {.limit = LOOKED_AT, .sort_slot = -1};
	const Clause *run = f->search->compiled.front_run;
	QueryFound found;
	Status st = propose(f, query, ask, &found);
	for (size_t i = 0; st == ST_OK && i < found.count && view_may_look(f->view); i++) {
		LoadedHit loaded;
		PhraseGrade grade = PHRASE_NONE;
		bool is_title = false;
		st = hits_load(f->view, &found.hits[i], false, &loaded);
		Str subject = st == ST_OK ? record_text(&loaded.hit.record, RF_SUBJECT) : (Str){0};
		if (subject.len)
			st = passage_is_row(subject, run, f->view->tokens, &is_title, f->view->err);
		if (st == ST_OK && is_title)
			st = passage_grade(subject, run, PHRASE_LITERAL, false, f->view->tokens, &grade, f->view->err);
		else if (st == ST_OK && rows_too)
			st = grade_row(f->view, &loaded, run, PHRASE_LITERAL, false, &grade);
		if (st == ST_OK && grade >= PHRASE_UNMARKED)
			insert(f, &found.hits[i], grade >= PHRASE_TYPED ? LABEL_PHRASE : LABEL_PHRASE_WITHOUT_ACCENTS,
			       (is_title ? RANK_TITLE : 0) + (int)grade);
		st = st == ST_FORBIDDEN ? ST_OK : st;
	}
	return st;
}

Status front_find(View *view, const Search *search, Front *front)
{
	size_t limit = search->request->limit;
	Finding f = {view, search, front, limit < FRONT_MOST ? limit : FRONT_MOST};
	front->count = 0;
	if (search->request->sort != SORT_RELEVANCE)
		return ST_OK;
	Status st = find_numbers(&f);
	if (st != ST_OK || front->count) /* what has it in a row names it among others */
		return st;
	st = find_variants(&f);
	if (st == ST_OK)
		st = find_rows(&f, search->compiled.title, false);
	return st == ST_OK ? find_rows(&f, search->compiled.front, true) : st;
}
