/* indexer/recognise/queue.c - a record waits when its newest version says so. Entries are read in the order of the log;
 * nearly all are passed over by a look for one word in their metadata. */
#include "indexer/recognise/queue.h"

#include "indexer/source/json.h"
#include "store/record/entry_json.h"

#include <stdlib.h>

static Status waiting_pages(const Entry *entry, Arena *arena, uint64_t *out, Err *err)
{
	Record record;
	*out = 0;
	if (entry->kind != ENTRY_RECORD || entry->destroyed || str_find(entry->metadata, STR("\"waiting_pages\":")) < 0)
		return ST_OK;
	Status st = entry_read_record(entry, arena, &record, err);
	if (st == ST_OK && record_text(&record, RF_TEXT_STATE).len)
		*out = json_get_whole(record_text(&record, RF_EXTRA), "extraction", "waiting_pages");
	return st;
}

static Status add(RecogniseQueue *queue, uint64_t sequence, uint64_t pages, Err *err)
{
	if (queue->first + queue->count == queue->capacity) {
		size_t capacity = queue->capacity ? queue->capacity * 2 : 256;
		QueueItem *grown = realloc(queue->items, capacity * sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		queue->items = grown;
		queue->capacity = capacity;
	}
	queue->items[queue->first + queue->count++] = (QueueItem){sequence, pages};
	queue->pages += pages;
	return ST_OK;
}

static Status look_at(RecogniseQueue *queue, Store *store, uint64_t sequence, Arena *arena, Err *err)
{
	Entry entry;
	uint64_t pages, newest;
	Status st = store_entry(store, sequence, arena, &entry, err);
	if (st == ST_CORRUPT) /* what can't be read is found and named by others */
		return ST_OK;
	if (st == ST_OK)
		st = waiting_pages(&entry, arena, &pages, err);
	if (st != ST_OK || !pages)
		return st == ST_CORRUPT ? ST_OK : st;
	st = store_find(store, ENTRY_RECORD, entry.key, 0, &newest, err);
	return st == ST_OK && newest == sequence ? add(queue, sequence, pages, err) : st;
}

Status queue_look(RecogniseQueue *queue, Store *store, const Stop *stop, Err *err)
{
	Arena arena = {0};
	Status st = store_refresh(store, err);
	uint64_t goal = store_tree_size(store);
	while (st == ST_OK && queue->position < goal) {
		if (stop_raised(stop)) {
			st = err_set(err, ST_BUSY, "stopped");
			break;
		}
		st = look_at(queue, store, queue->position, &arena, err);
		queue->position += st == ST_OK;
		arena_reset(&arena);
	}
	arena_done(&arena);
	return st;
}

bool queue_take(RecogniseQueue *queue, bool newest, QueueItem *out)
{
	if (!queue->count)
		return false;
	*out = queue->items[newest ? queue->first + queue->count - 1 : queue->first];
	queue->first += !newest;
	queue->count--;
	queue->pages -= out->pages;
	if (!queue->count)
		queue->first = 0;
	return true;
}

void queue_done(RecogniseQueue *queue)
{
	free(queue->items);
	*queue = (RecogniseQueue){0};
}
