/* indexer/glass/version.h - iamglass: the one file that says what a database holds.
 *
 * It names the root of every table and carries the statistics that steer Xapian's matcher. It is written last
 * and renamed into place, so a directory without it is no database and one with it is a whole one.
 *
 * Shapes   GlassRoot describes one table; entries counts tags, not items
 * Owns     nothing
 * Errors   reading: ST_NOT_FOUND no database, ST_CORRUPT, ST_UNSUPPORTED another version; writing: ST_NO_SPACE, ST_IO
 * Threads  safe; nothing is kept
 */
#ifndef INDEXER_GLASS_VERSION_H
#define INDEXER_GLASS_VERSION_H

#include "base/err.h"
#include "base/str.h"

typedef enum {
	GLASS_POSTLIST,
	GLASS_DOCDATA,
	GLASS_TERMLIST,
	GLASS_POSITION,
	GLASS_SPELLING,
	GLASS_SYNONYM,
	GLASS_TABLE_COUNT
} GlassTableKind;

typedef struct {
	uint32_t root;    /* block number */
	uint32_t level;   /* of the root; 0: it is a leaf */
	uint64_t entries; /* 0: an empty table, its file may be absent */
	uint32_t block_size;
	uint32_t compress_min; /* 0: never compressed */
	uint32_t blocks;       /* in the file */
	bool sequential;       /* the leaves lie in key order */
} GlassRoot;

typedef struct {
	uint32_t documents;
	uint32_t last_docid;
	uint64_t total_length; /* sum of the documents' lengths */
	uint32_t length_min;   /* over documents with a length > 0; 0 when there is none */
	uint32_t length_max;
	uint32_t wdf_max;
} GlassStats;

typedef struct {
	uint8_t uuid[16];
	uint32_t revision;
	GlassRoot roots[GLASS_TABLE_COUNT];
	GlassStats stats;
} GlassVersion;

/* An entry for each table that is not there: empty, with Xapian's defaults. */
void glass_version_init(GlassVersion *v, uint32_t block_size);
/* v.tmp, fsync, rename to iamglass, fsync of the directory. */
Status glass_version_write(const char *dir, const GlassVersion *v, Err *err);
Status glass_version_read(const char *dir, GlassVersion *out, Err *err);
const char *glass_table_file(GlassTableKind kind); /* "postlist.glass" … */

#endif
