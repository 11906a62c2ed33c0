/* indexer/recognise/queue.h - what waits for recognition, read out of the archive: nothing about it is kept
 * elsewhere, so nothing of it can be lost.
 *
 * Owns     a RecogniseQueue owns its list until queue_done
 * Errors   those of the archive; ST_BUSY stopped, what was found stays
 * Threads  one at a time
 */
#ifndef INDEXER_RECOGNISE_QUEUE_H
#define INDEXER_RECOGNISE_QUEUE_H

#include "base/stop.h"
#include "store/log/store.h"

typedef struct {
	uint64_t sequence;
	uint64_t pages;
} QueueItem;

typedef struct {
	QueueItem *items; /* in the order of their arrival */
	size_t first, count, capacity;
	uint64_t position; /* sequences below were looked at */
	uint64_t pages;    /* of all items */
} RecogniseQueue;

/* Begins as {0}. Looks at what came since. */
Status queue_look(RecogniseQueue *queue, Store *store, const Stop *stop, Err *err);
/* The newest or the oldest item; false: there is none. */
bool queue_take(RecogniseQueue *queue, bool newest, QueueItem *out);
void queue_done(RecogniseQueue *queue);

#endif
