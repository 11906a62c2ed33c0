/* indexer/search/front.c - the pairs of the words propose records, their texts decide. */
#include "indexer/search/front.h"

enum { FRONT_LOOKED_AT = 40 };

static void insert_front(Front *front, const QueryHit *hit, PhraseGrade grade)
{
	size_t at = front->count++;
	for (; at > 0 && front->grades[at - 1] < grade; at--) {
		front->list[at] = front->list[at - 1];
		front->grades[at] = front->grades[at - 1];
	}
	front->list[at] = *hit;
	front->grades[at] = grade;
}

Status front_find(View *view, const Search *search, Front *front)
{
	Query *query = search->compiled.front;
	QueryFound found;
	QueryAsk ask = {.tiers = {query}, .tier_count = 1, .limit = FRONT_LOOKED_AT, .sort_slot = -1};
	size_t most = search->request->limit < FRONT_MOST ? search->request->limit : FRONT_MOST;
	front->count = 0;
	if (!query || search->request->sort != SORT_RELEVANCE)
		return ST_OK;
	if (search->filter && !(ask.tiers[0] = query_pair(view->arena, QUERY_FILTER, query, search->filter)))
		return err_no_memory(view->err);
	Status st = view_run(view, &ask, &found);
	for (size_t i = 0; st == ST_OK && i < found.count && front->count < most && view_may_look(view); i++) {
		LoadedHit loaded;
		PhraseGrade grade = PHRASE_NONE;
		st = hits_load(view, &found.hits[i], false, &loaded);
		if (st == ST_OK)
			st = grade_row(view, &loaded, search->compiled.front_run, PHRASE_LITERAL, false, &grade);
		if (st == ST_OK && grade >= PHRASE_UNMARKED)
			insert_front(front, &found.hits[i], grade);
		st = st == ST_FORBIDDEN ? ST_OK : st;
	}
	return st;
}

bool front_has(const Front *front, const QueryHit *hit)
{
	for (size_t i = 0; i < front->count; i++)
		if (front->list[i].shard == hit->shard && front->list[i].docid == hit->docid)
			return true;
	return false;
}
