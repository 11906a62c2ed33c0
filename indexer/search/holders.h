/* indexer/search/holders.h - which records hold a file.
 *
 * The index follows the log: of what came a moment ago nothing may be known yet. Records that are sealed off or
 * destroyed are not among them.
 *
 * Owns     everything lives in the arena
 * Errors   those of search_run
 * Threads  any
 */
#ifndef INDEXER_SEARCH_HOLDERS_H
#define INDEXER_SEARCH_HOLDERS_H

#include "indexer/search/search.h"
#include "store/format/hash.h"

enum { HOLDERS_MAX = 100 };

/* In the order of the log, at most HOLDERS_MAX, as exact hits. */
Status search_holders(Index *index, const Hash *sha256, Arena *arena, NumberAnswer *out, Err *err);
/* Writes "same_original":["id", …] into an open object, where other records hold an original of this one. */
Status search_write_same_original(Index *index, const Entry *entry, Arena *arena, JsonOut *j, Err *err);

#endif
