/* indexer/glass/writer.h - a database directory from sorted input.
 *
 *   metadata* → value bounds* → values* → lengths* → (postings | positions)*            the order of the calls
 *
 * A list (postings, lengths, values of a slot) comes in pieces: runs of documents that follow each other, in the
 * encoding that the tables use themselves. A piece whose first document is `first` has the body
 *
 *   entry (varint gap-1, entry)*            entry: varint wdf | varint length | varint size, bytes of the value
 *
 * so pieces are joined by one number, and only lists longer than a chunk are looked into.
 *
 * Shapes   docids ascend within a list; terms ascend (bytewise, escaped: code.h)
 * Owns     what is given is copied; glass_writer_free of an unfinished writer removes the directory
 * Errors   ST_CONFLICT the directory is there, ST_INVALID wrong order, ST_CORRUPT a body that is no such list,
 *          ST_LIMIT, ST_NO_SPACE, ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_GLASS_WRITER_H
#define INDEXER_GLASS_WRITER_H

#include "indexer/glass/list.h"
#include "indexer/glass/version.h"

typedef struct GlassWriter GlassWriter;

typedef struct {
	Str key;   /* 1..245 bytes */
	Str value; /* not empty */
} GlassMetadata;

/* What goes into a database beside its documents. */
typedef struct {
	uint8_t uuid[16];              /* all zero: a random one */
	const GlassMetadata *metadata; /* user metadata, any order, no name twice */
	size_t metadata_count;
} GlassFinish;

/* Makes `dir` (its parent must be there). block_size as in table.h. */
GlassWriter *glass_writer_new(const char *dir, uint32_t block_size, Err *err);
void glass_writer_free(GlassWriter *w);

Status glass_writer_all_metadata(GlassWriter *w, const GlassFinish *finish, Err *err);
/* Of every slot, in the order of keys (bounds.h): number of values, least and greatest value. */
Status glass_writer_value_bounds(GlassWriter *w, uint32_t slot, uint32_t count, Str least, Str greatest, Err *err);
Status glass_writer_values(GlassWriter *w, uint32_t slot, GlassPiece piece, Err *err);
Status glass_writer_lengths(GlassWriter *w, GlassPiece piece, Err *err);
/* The whole posting list of a term. tf: documents, cf: sum of wdf. */
Status glass_writer_postings(GlassWriter *w, Str escaped_term, uint32_t tf, uint64_t cf, GlassPiece list, Err *err);
/* tag: positions.h */
Status glass_writer_positions(GlassWriter *w, Str escaped_term, uint32_t did, Str tag, Err *err);
/* Syncs the tables, then writes iamglass. uuid all zero: a random one. */
Status glass_writer_finish(GlassWriter *w, const uint8_t uuid[16], const GlassStats *stats, Err *err);

#endif
