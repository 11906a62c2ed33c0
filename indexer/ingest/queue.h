/* indexer/ingest/queue.h - items on their way into the archive: the texts of several are extracted at once, and they
 * are added one by one, in the order in which they came.
 *
 *   ingest_add(a.pdf) ─▶ a copy waits, a worker extracts ─┐
 *   ingest_add(b.docx) ─▶ …                               ├─▶ added in this order ─▶ item_add
 *   ingest_add(c, a record without a document) ─▶ waits ──┘
 *
 * What needs no process is added at once while nothing waits. So the archive is the same with one core or many.
 *
 * Units    QUEUE_BYTES_MAX of copies at most, and one item more
 * Owns     an ingest's queue belongs to its run until queue_end; items are copied and stay the caller's
 * Errors   what ends the ingest (run.h), perhaps of an item that came before; those that can't be taken are rejected
 * Threads  one adds
 */
#ifndef INDEXER_INGEST_QUEUE_H
#define INDEXER_INGEST_QUEUE_H

#include "indexer/ingest/item.h"

enum { QUEUE_BYTES_MAX = 64 << 20 };

/* Without it items are added at once. */
Status queue_begin(IngestRun *run, Err *err);
/* Adds what waits; st: how the ingest went, and where it failed nothing more is added. Returns st, or what failed. */
Status queue_end(IngestRun *run, Status st, Err *err);

/* Takes the item in, now or after those before it. */
Status ingest_add(IngestRun *run, IngestItem *item, Err *err);
/* Adds what waits, so that the archive has it: for whoever looks something up there. */
Status ingest_settle(IngestRun *run, Err *err);

#endif
