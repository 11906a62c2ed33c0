/* bench/compare/engine_hoso.c - hoso itself: the whole program for building, its search library for asking.
 *
 * An answer is what a user gets: ten records with metadata and snippets from the archive, not ten numbers.
 */
#include "bench/compare/compare.h"

#include "indexer/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *compare_hoso_binary;

typedef struct {
	Store *store;
	Index *index;
	Arena arena;
} Hoso;

/* In the child: becomes hoso. */
static Status build(const char *dir, Err *err)
{
	char archive[4200], records[4200];
	snprintf(archive, sizeof archive, "%s/hoso", dir);
	snprintf(records, sizeof records, "%s/records.jsonl", dir);
	if (!freopen("/dev/null", "w", stdout)) /* its report would stand in the table */
		return err_set(err, ST_IO, "/dev/null can't be opened");
	execl(compare_hoso_binary, "hoso", "-a", archive, "ingest", "-q", records, (char *)NULL);
	return err_set(err, ST_NOT_FOUND, "%s can't be run", compare_hoso_binary);
}

static void finish(void *engine)
{
	Hoso *h = engine;
	index_close(h->index);
	store_close(h->store);
	arena_done(&h->arena);
	free(h);
}

static void *begin(const char *dir, Err *err)
{
	char archive[4200];
	IndexOptions options = {0};
	Hoso *h = calloc(1, sizeof *h);
	snprintf(archive, sizeof archive, "%s/hoso", dir);
	if (!h) {
		err_no_memory(err);
		return NULL;
	}
	if (store_open(&h->store, archive, err) != ST_OK || index_open(&h->index, h->store, &options, err) != ST_OK) {
		if (h->store)
			store_close(h->store);
		free(h);
		return NULL;
	}
	return h;
}

static void join(const Question *q, const char *quote, char out[static 128])
{
	snprintf(out, 128, "%s%s %s%s%s%s", quote, q->words[0], q->words[1], q->count > 2 ? " " : "",
		 q->count > 2 ? q->words[2] : "", quote);
}

static Status ask_number(Hoso *h, const Question *q, unsigned *hits, Err *err)
{
	NumberAnswer answer;
	Status st = search_number(h->index, str_from(q->number), &h->arena, &answer, err);
	if (st == ST_OK)
		*hits = (unsigned)answer.exact_count;
	return st;
}

static Status ask(void *engine, AskKind kind, const Question *q, unsigned *hits, Err *err)
{
	Hoso *h = engine;
	char text[128];
	arena_reset(&h->arena);
	if (kind == ASK_NUMBER)
		return ask_number(h, q, hits, err);
	join(q, kind == ASK_PHRASE ? "\"" : "", text);
	SearchRequest request = {
		.query = str_from(text), .limit = 10, .mode = kind == ASK_ANY ? SEARCH_ANY : SEARCH_ALL};
	SearchAnswer answer;
	Status st = search_run(h->index, &request, &h->arena, &answer, err);
	if (st == ST_OK)
		*hits = (unsigned)answer.hit_count;
	return st;
}

const Engine engine_hoso = {"hoso", build, "hoso", begin, ask, finish, true};
