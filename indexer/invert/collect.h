/* indexer/invert/collect.h - the end of collecting documents, for finish.c; the rest of it is invert.h's.
 *
 * Owns     nothing
 * Errors   the first one that any call met
 * Threads  one at a time
 */
#ifndef INDEXER_INVERT_COLLECT_H
#define INDEXER_INVERT_COLLECT_H

#include "indexer/invert/invert.h"

/* What the batch has becomes the last run. */
Status collect_last_run(Inverter *inv, Err *err);

#endif
