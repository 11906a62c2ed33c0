/* indexer/report/standing.c - two lists of sequences, in ascending order since the log is read in order. A version that
 * follows another takes its entry away; after a decision to destroy all that is listed is looked at again. */
#include "indexer/report/standing.h"

#include "indexer/recognise/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { LOOK_MS = 2000, STOP_MS = 100, ENTRIES_AT_ONCE = 256, NICENESS = 15 };

typedef struct {
	uint64_t sequence;
	uint64_t pages; /* of a waiting record */
} Listed;

typedef struct {
	Listed *items;
	size_t count, capacity;
} List;

struct Standing {
	Store *store;
	pthread_mutex_t lock; /* the lists and position */
	List waiting, sealed;
	uint64_t pages;
	uint64_t position; /* sequences below were looked at */
	Stop stop;
	bool follows;
	pthread_t thread;
};

/* ---- lists ----------------------------------------------------------------------------------------------------- */

static Status list_add(List *list, Listed item, Err *err)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 64;
		Listed *grown = realloc(list->items, capacity * sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		list->items = grown;
		list->capacity = capacity;
	}
	list->items[list->count++] = item;
	return ST_OK;
}

/* The first item whose sequence is at least this. */
static size_t list_place(const List *list, uint64_t sequence)
{
	size_t low = 0, high = list->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list->items[middle].sequence < sequence)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Its pages; 0 where it was not listed. */
static uint64_t list_remove(List *list, uint64_t sequence)
{
	size_t at = list_place(list, sequence);
	if (at == list->count || list->items[at].sequence != sequence)
		return 0;
	uint64_t pages = list->items[at].pages;
	memmove(&list->items[at], &list->items[at + 1], (--list->count - at) * sizeof *list->items);
	return pages;
}

/* ---- looking --------------------------------------------------------------------------------------------------- */

static void drop_destroyed(Standing *s, List *list, Arena *arena)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		Entry entry;
		Err ignored; /* what can't be read stays listed */
		arena_reset(arena);
		Status st = store_entry(s->store, list->items[i].sequence, arena, &entry, &ignored);
		if (st == ST_OK && entry.destroyed)
			s->pages -= list->items[i].pages;
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

static Status look_at(Standing *s, uint64_t sequence, Arena *arena, Err *err)
{
	Entry entry;
	uint64_t pages = 0;
	bool is_sealed = false;
	Status st = store_entry(s->store, sequence, arena, &entry, err);
	if (st == ST_OK && entry.kind == ENTRY_DESTRUCTION) {
		drop_destroyed(s, &s->waiting, arena);
		drop_destroyed(s, &s->sealed, arena);
		return ST_OK;
	}
	if (st != ST_OK || entry.kind != ENTRY_RECORD)
		return st;
	if (entry.previous != UINT64_MAX) {
		s->pages -= list_remove(&s->waiting, entry.previous);
		list_remove(&s->sealed, entry.previous);
	}
	st = entry_is_sealed(&entry, arena, &is_sealed, err);
	if (st == ST_OK && is_sealed)
		return list_add(&s->sealed, (Listed){sequence, 0}, err);
	if (st == ST_OK)
		st = queue_waiting_pages(&entry, arena, &pages, err);
	if (st != ST_OK || !pages)
		return st;
	s->pages += pages;
	return list_add(&s->waiting, (Listed){sequence, pages}, err);
}

/* The lock is given back now and then, so that whoever asks for the numbers does not wait for all of a long log. */
static Status look_at_some(Standing *s, uint64_t goal, Arena *arena, Err *err)
{
	Status st = ST_OK;
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < ENTRIES_AT_ONCE && st == ST_OK && s->position < goal; i++) {
		arena_reset(arena);
		st = look_at(s, s->position, arena, err);
		if (st == ST_CORRUPT || st == ST_NOT_FOUND)
			st = ST_OK;
		s->position += st == ST_OK;
	}
	pthread_mutex_unlock(&s->lock);
	return st;
}

Status standing_look(Standing *s, const Deadline *until, Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	bool at_end = false;
	while (st == ST_OK && !at_end) {
		uint64_t goal = store_tree_size(s->store);
		if (deadline_passed(until))
			st = err_set(err, ST_BUSY, "time ended before the whole log was looked at");
		else
			st = look_at_some(s, goal, &arena, err);
		pthread_mutex_lock(&s->lock);
		at_end = s->position >= goal;
		pthread_mutex_unlock(&s->lock);
	}
	arena_done(&arena);
	return st;
}

static void *run(void *ctx)
{
	Standing *s = ctx;
	const Deadline never = {.stop = &s->stop};
	const struct timespec tick = {0, STOP_MS * 1000000L};
	Err ignored; /* it is tried again; others name what can't be read */
	setpriority(PRIO_PROCESS, 0, NICENESS);
	while (!stop_raised(&s->stop)) {
		standing_look(s, &never, &ignored);
		for (unsigned slept = 0; slept < LOOK_MS && !stop_raised(&s->stop); slept += STOP_MS)
			nanosleep(&tick, NULL);
	}
	return NULL;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

Status standing_open(Standing **out, Store *store, Err *err)
{
	Standing *s = calloc(1, sizeof *s);
	if (!s)
		return err_no_memory(err);
	s->store = store;
	pthread_mutex_init(&s->lock, NULL);
	*out = s;
	return ST_OK;
}

Status standing_follow(Standing *s, Err *err)
{
	if (pthread_create(&s->thread, NULL, run, s) != 0)
		return err_set(err, ST_NO_MEMORY, "no thread can be started that counts what waits");
	s->follows = true;
	return ST_OK;
}

void standing_close(Standing *s)
{
	if (!s)
		return;
	stop_raise(&s->stop);
	if (s->follows)
		pthread_join(s->thread, NULL);
	free(s->waiting.items);
	free(s->sealed.items);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void standing_state(Standing *s, StandingState *out)
{
	uint64_t tree_size = store_tree_size(s->store);
	pthread_mutex_lock(&s->lock);
	*out = (StandingState){s->waiting.count, s->pages, s->sealed.count, s->position >= tree_size};
	pthread_mutex_unlock(&s->lock);
}

/* *skipped_out: it was destroyed meanwhile, or can't be read. */
static Status read_sealed(Standing *s, uint64_t sequence, Arena *arena, SealedRecord *out, bool *skipped_out, Err *err)
{
	Entry entry;
	Record record;
	Status st = store_entry(s->store, sequence, arena, &entry, err);
	if (st == ST_OK && !entry.destroyed)
		st = entry_read_record(&entry, arena, &record, err);
	*skipped_out = st == ST_CORRUPT || st == ST_NOT_FOUND || (st == ST_OK && entry.destroyed);
	if (st == ST_OK && !entry.destroyed)
		*out = (SealedRecord){entry.key, record_text(&record, RF_SEALED_OFF), sequence, entry.utc_ms};
	return *skipped_out ? ST_OK : st;
}

Status standing_sealed(Standing *s, uint64_t from, size_t limit, Arena *arena, SealedRecord **out, size_t *count_out,
		       uint64_t *next_out, Err *err)
{
	SealedRecord *records = arena_calloc(arena, limit, sizeof *records);
	size_t count = 0;
	Status st = records ? ST_OK : err_no_memory(err);
	pthread_mutex_lock(&s->lock);
	size_t at = list_place(&s->sealed, from);
	for (; st == ST_OK && at < s->sealed.count && count < limit; at++) {
		bool skipped;
		st = read_sealed(s, s->sealed.items[at].sequence, arena, &records[count], &skipped, err);
		count += st == ST_OK && !skipped;
	}
	uint64_t next = at < s->sealed.count ? s->sealed.items[at].sequence : 0;
	pthread_mutex_unlock(&s->lock);
	if (st != ST_OK)
		return st;
	*out = records;
	*count_out = count;
	*next_out = next;
	return ST_OK;
}
