/* indexer/search/related.h - what other records say of a record: the other side of their relations.
 *
 *   r-2 says {"kind":"replaces","id":"r-1"}      of r-1: {"kind":"replaced_by","id":"r-2","number":…,"issued":…}
 *
 * A relation names a record by its id or, where it has none that is this one's, by its number, however written, and
 * date.
 *
 * Errors   those of search_run; a relation that can't be read says nothing
 * Threads  any
 */
#ifndef INDEXER_SEARCH_RELATED_H
#define INDEXER_SEARCH_RELATED_H

#include "indexer/search/search.h"

/* Writes "related_by":[…] into an open object, where there is any; at most SEARCH_LIMIT_MAX are looked at for the id
 * and as many for the number, and "related_by_are_all":false says where there are more. */
Status search_write_related(Index *index, Str id, const Record *record, Arena *arena, JsonOut *j, Err *err);

#endif
