/* indexer/glass/entry.h - what an entry of postlist.glass or position.glass says (layout: writer.c).
 *
 * Shapes   did is 0 where the key has none (first chunks, bounds, metadata)
 * Owns     views of the key and tag that were given
 * Errors   false: no valid entry
 * Threads  pure
 */
#ifndef INDEXER_GLASS_ENTRY_H
#define INDEXER_GLASS_ENTRY_H

#include "indexer/glass/list.h"

typedef enum { GLASS_METADATA, GLASS_BOUNDS, GLASS_VALUES, GLASS_LENGTHS, GLASS_POSTINGS } GlassEntryKind;

typedef struct {
	GlassEntryKind kind;
	Str list;         /* the key without the did: chunks of a list have it in common */
	uint32_t slot;    /* of values and bounds */
	bool first, last; /* chunk of its list */
	uint32_t tf;      /* of a first chunk of postings */
	uint64_t cf;
	GlassPiece chunk;    /* for values `last` is not known: the piece's last is 0 */
	Str least, greatest; /* of bounds */
	uint32_t count;      /* of bounds */
} GlassEntry;

bool glass_entry_read(Str key, Str tag, GlassEntry *out);
/* Splits the key of position.glass. */
bool glass_entry_read_position_key(Str key, Str *term_out, uint32_t *did_out);

#endif
