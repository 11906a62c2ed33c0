/* tests/unit/search_fixture.h - a scratch archive with an index that follows it, filled with records given as JSON.
 *
 * Owns     a World owns its directory, archive and index from world_open to world_close
 * Errors   none: a step that fails fails the test
 * Threads  the test's, and the follower's
 */
#ifndef TESTS_UNIT_SEARCH_FIXTURE_H
#define TESTS_UNIT_SEARCH_FIXTURE_H

#include "unit.h"

#include "base/file.h"
#include "indexer/ingest/ingest.h"
#include "indexer/search/search.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
	char dir[64];
	Store *store;
	Index *index;
	Arena arena;
	Err err;
} World;

#define assert_ok(world, call)                                                                                         \
	do {                                                                                                           \
		if ((call) != ST_OK)                                                                                   \
			fail_msg("%s: %s", #call, (world)->err.text);                                                  \
	} while (0)

static inline void world_open(World *w)
{
	*w = (World){0};
	snprintf(w->dir, sizeof w->dir, "search-world-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	assert_ok(w, store_init(w->dir, &w->err));
	assert_ok(w, store_open(&w->store, w->dir, &w->err));
	assert_ok(w, index_open(&w->index, w->store, NULL, &w->err));
	assert_ok(w, index_follower_start(w->index, &w->err));
}

static inline void world_close(World *w)
{
	index_close(w->index);
	store_close(w->store);
	arena_done(&w->arena);
	assert_ok(w, file_remove_tree(w->dir, &w->err));
}

static inline void world_add(World *w, const char *json)
{
	Receipt receipt;
	assert_ok(w, ingest_record(w->store, w->index, str_from(json), NULL, &receipt, &w->err));
}

static inline void world_wait(World *w)
{
	assert_ok(w, index_wait(w->index, store_tree_size(w->store), 20000, &w->err));
}

/* The ids found, in order, with blanks between. */
static inline const char *world_ids(World *w, SearchRequest request, SearchAnswer *answer_out)
{
	SearchAnswer answer;
	char *ids = "";
	assert_ok(w, search_run(w->index, &request, &w->arena, &answer, &w->err));
	for (size_t i = 0; i < answer.hit_count; i++)
		ids = arena_printf(&w->arena, "%s%s%.*s", ids, i ? " " : "", STR_ARG(answer.hits[i].id));
	if (answer_out)
		*answer_out = answer;
	return ids;
}

static inline const char *world_find(World *w, const char *query)
{
	return world_ids(w, (SearchRequest){.query = str_from(query)}, NULL);
}

#endif
