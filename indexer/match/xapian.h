/* indexer/match/xapian.h - the C face of Xapian: open, search, list terms, and write the small live shard.
 *
 * Everything Xapian throws becomes a Status in one place (xapian_guard.hh); no C++ leaves the files that know it
 * (xapian_*.cc).
 *
 * Units    shard: position in the list that was opened; docid: the shard's own, from 1
 * Owns     what xap_…open/new gives until xap_…close/free; hits live in the arena
 * Errors   ST_CORRUPT a damaged database, ST_CONFLICT it changed while reading (open it anew and try again),
 *          ST_LIMIT the deadline passed, ST_NOT_FOUND, ST_NO_SPACE, ST_IO, ST_NO_MEMORY, ST_INTERNAL
 * Threads  a XapDb or XapWriter belongs to one thread at a time; any number of them side by side
 */
#ifndef INDEXER_MATCH_XAPIAN_H
#define INDEXER_MATCH_XAPIAN_H

#include "base/buf.h"
#include "base/err.h"
#include "indexer/match/query.h"

C_LINKAGE_BEGIN

typedef struct XapDb XapDb;
typedef struct XapWriter XapWriter;

Status xap_open(XapDb **out, const char *const *dirs, size_t count, Err *err);
void xap_close(XapDb *db);
uint64_t xap_documents(const XapDb *db);
/* Documents that have the term; 0 where none has. */
Status xap_term_documents(XapDb *db, Str term, uint64_t *count_out, Err *err);
/* Calls `each` for every term that begins with prefix, in order, until it returns false. */
Status xap_terms(XapDb *db, Str prefix, bool (*each)(void *ctx, Str term, uint64_t documents), void *ctx, Err *err);
/* Calls `each` with the documents that have the term, ascending, and its wdf there; of "": every document and its
 * length. Of a database opened from one directory. */
Status xap_postings(XapDb *db, Str term, void (*each)(void *ctx, uint32_t docid, uint32_t number), void *ctx, Err *err);
/* The same for the values of a slot. */
Status xap_values(XapDb *db, unsigned slot, void (*each)(void *ctx, uint32_t docid, Str value), void *ctx, Err *err);
/* User metadata of one database directory; "" where there is none. */
Status xap_metadata(const char *dir, const char *key, Buf *out, Err *err);

Status xap_search(XapDb *db, const QueryAsk *search, Arena *arena, QueryFound *out, Err *err);

/* Calls `each` with every value of the slots (a bit set) that matches of the last tier have, and its count.
 * *all_out: the number of matches; *is_exact_out: every one of them was looked at. */
Status xap_facets(XapDb *db, const QueryAsk *search, unsigned slots, QueryCount *each, void *ctx, uint64_t *all_out,
		  bool *is_exact_out, Err *err);

/* ---- the live shard -------------------------------------------------------------------------------------------- */

/* Opens or makes the database at dir for writing. ST_BUSY: someone else writes it. */
Status xap_writer_open(XapWriter **out, const char *dir, Err *err);
void xap_writer_close(XapWriter *writer);                        /* drops what was not committed */
void xap_writer_term(XapWriter *writer, Str term, uint32_t wdf); /* of the next document; errors come with _put */
void xap_writer_value(XapWriter *writer, unsigned slot, Str value);
Status xap_writer_put(XapWriter *writer, uint32_t docid,
		      Err *err); /* the document gets its number, and a new one begins */
/* One transaction with the metadata key: whole or not there. It is durable once the directory is synced as well. */
Status xap_writer_commit(XapWriter *writer, const char *key, Str value, Err *err);
Status xap_writer_sync(XapWriter *writer, Err *err);

C_LINKAGE_END

#endif
