/* indexer/glass/reader.h - reads a table of a glass database from its first key to its last.
 *
 *   while ((step = glass_reader_next(r, &key, &tag, &err)) == STEP_ITEM) …
 *
 * Every number in a block is checked before it is used: a damaged file gives ST_CORRUPT and nothing else. Tables that
 * Xapian has updated since are read as well; only compressed tags are not (postlist and position have none).
 *
 * Owns     key and tag are valid until the next call
 * Errors   ST_CORRUPT, ST_UNSUPPORTED a compressed tag, ST_NOT_FOUND the file, ST_IO, ST_NO_MEMORY
 * Threads  one at a time; any number of readers on the same files
 */
#ifndef INDEXER_GLASS_READER_H
#define INDEXER_GLASS_READER_H

#include "indexer/glass/sums.h"

typedef struct GlassReader GlassReader;

/* version: that of the same directory. A table without entries needs no file. sums: every block is compared with its
 * sum first, and they outlive the reader; NULL: it is not. */
GlassReader *glass_reader_open(const char *dir, GlassTableKind kind, const GlassVersion *version, const GlassSums *sums,
			       Err *err);
Step glass_reader_next(GlassReader *r, Str *key_out, Str *tag_out, Err *err);
void glass_reader_close(GlassReader *r);

#endif
