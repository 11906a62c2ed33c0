/* bench/compare/engine_hoso.c - hoso itself: the whole program for building, its search library for asking.
 *
 * An answer is what a user gets: ten records with metadata and snippets from the archive, not ten numbers. The second
 * engine asks the same for the bare hits, as the peers give them.
 */
#include "bench/compare/compare.h"

#include "base/file.h"

#include "indexer/search/search.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* One archive for all threads, as in the service; each has memory of its own. */
static struct {
	pthread_mutex_t mutex;
	unsigned users;
	Store *store;
	Index *index;
} shared = {.mutex = PTHREAD_MUTEX_INITIALIZER};

typedef struct {
	Arena arena;
	bool bare;
} Hoso;

/* In the child: becomes hoso. */
static Status become(const char *dir, const char *command, const char *option, const char *file, Err *err)
{
	FilePath archive;
	Status st = file_path(&archive, dir, "hoso", err);
	if (st != ST_OK)
		return st;
	if (!freopen("/dev/null", "w", stdout)) /* its report would stand in the table */
		return err_set(err, ST_IO, "/dev/null can't be opened");
	execl(compare_options.hoso, "hoso", "-a", archive.text, command, option, file, (char *)NULL);
	return err_set(err, ST_NOT_FOUND, "%s can't be run", compare_options.hoso);
}

static Status build(const char *dir, Err *err)
{
	FilePath records;
	Status st = file_path(&records, dir, "records.jsonl", err);
	return st == ST_OK ? become(dir, "ingest", "-q", records.text, err) : st;
}

static Status rebuild(const char *dir, Err *err)
{
	return become(dir, "reindex", NULL, NULL, err);
}

static void drop(void)
{
	if (shared.users && --shared.users)
		return;
	index_close(shared.index);
	store_close(shared.store);
	shared.index = NULL;
	shared.store = NULL;
}

static void finish(void *engine)
{
	Hoso *h = engine;
	pthread_mutex_lock(&shared.mutex);
	drop();
	pthread_mutex_unlock(&shared.mutex);
	arena_done(&h->arena);
	free(h);
}

static Status hold(const char *dir, Err *err)
{
	FilePath archive;
	if (shared.users++)
		return ST_OK;
	Status st = file_path(&archive, dir, "hoso", err);
	if (st == ST_OK)
		st = store_open(&shared.store, archive.text, err);
	if (st == ST_OK)
		st = index_open(&shared.index, shared.store, &(IndexOptions){0}, err);
	if (st != ST_OK)
		drop();
	return st;
}

static void *begin(const char *dir, Err *err)
{
	Hoso *h = calloc(1, sizeof *h);
	if (!h) {
		err_no_memory(err);
		return NULL;
	}
	pthread_mutex_lock(&shared.mutex);
	Status st = hold(dir, err);
	pthread_mutex_unlock(&shared.mutex);
	if (st == ST_OK)
		return h;
	free(h);
	return NULL;
}

static void *begin_bare(const char *dir, Err *err)
{
	Hoso *h = begin(dir, err);
	if (h)
		h->bare = true;
	return h;
}

static Status ask_number(Hoso *h, const Question *q, Found *out, Err *err)
{
	NumberAnswer answer;
	Status st = search_number(shared.index, str_from(q->text), &h->arena, &answer, err);
	if (st == ST_OK)
		out->count = (unsigned)answer.exact_count;
	return st;
}

static Status ask(void *engine, AskKind kind, const Question *q, Found *out, Err *err)
{
	Hoso *h = engine;
	char text[SEARCH_QUERY_MAX + 1];
	arena_reset(&h->arena);
	if (kind == ASK_NUMBER && !h->bare)
		return ask_number(h, q, out, err);
	const char *quote = kind == ASK_PHRASE ? "\"" : "";
	snprintf(text, sizeof text, "%s%s%s", quote, q->text, quote);
	SearchRequest request = {.query = str_from(text), .limit = out->limit, .bare = h->bare};
	request.mode = kind == ASK_ANY ? SEARCH_ANY : kind >= ASK_QUESTION ? SEARCH_AUTO : SEARCH_ALL;
	if (kind == ASK_NUMBER)
		request = (SearchRequest){.number = str_from(q->text), .limit = out->limit, .bare = true};
	SearchAnswer answer;
	Status st = search_run(shared.index, &request, &h->arena, &answer, err);
	if (st != ST_OK)
		return st;
	out->count = (unsigned)answer.hit_count;
	for (unsigned i = 0; out->want_ids && i < out->count && i < DEPTH; i++)
		snprintf(out->ids[i], ID_MAX, "%.*s", STR_ARG(answer.hits[i].id));
	return ST_OK;
}

const Engine engine_hoso = {
	.name = "hoso", .build = build, .rebuild = rebuild, .made = "hoso", .open = begin, .ask = ask, .close = finish};
const Engine engine_hoso_bare = {.name = "hoso, bare", .open = begin_bare, .ask = ask, .close = finish, .no_ids = true};
