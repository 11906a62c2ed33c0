/* indexer/source/bytes.h - a stream of bytes to pull from (a file, a pipe, an entry of a package), its lines, and
 * whole files held in memory when small and on a descriptor when large.
 *
 * Units    bytes
 * Owns     a ByteSource borrows its ctx; a LineReader and a SourceFile own what they hold until …_done
 * Errors   those of the source; ST_LIMIT, ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_SOURCE_BYTES_H
#define INDEXER_SOURCE_BYTES_H

#include "base/buf.h"
#include "base/deadline.h"

typedef struct {
	/* Fills at most `capacity` bytes; *got_out 0 is the end. */
	Status (*read)(void *ctx, void *out, size_t capacity, size_t *got_out, Err *err);
	/* How far into the input that is, for the progress: compressed bytes where it is compressed. */
	uint64_t (*position)(const void *ctx);
	void *ctx;
} ByteSource;

typedef struct {
	int fd;
	const char *name;
	uint64_t bytes_read;
	const Deadline *until; /* ST_BUSY once it has passed, also while nothing comes; NULL: waits for ever */
} FdSource;
ByteSource byte_source_fd(FdSource *from);

/* ---- lines ----------------------------------------------------------------------------------------------------- */

/* A line is one record, which may bring its files as base64: 24 MiB of them. While it is read it takes some four times
 * its length in memory. */
enum { LINE_MAX_BYTES = 32 << 20 };

typedef struct {
	ByteSource from;
	Buf bytes; /* [start, bytes.len) is read and not yet handed out */
	size_t start;
	size_t limit;    /* of one line; 0: LINE_MAX_BYTES */
	uint64_t number; /* of the line handed out last, from 1 */
	bool ended;
} LineReader;

typedef struct {
	Str text;      /* without its end ("\n" or "\r\n"); empty when too_long */
	bool too_long; /* it was skipped */
} Line;

void line_reader_init(LineReader *r, ByteSource from);
void line_reader_done(LineReader *r);
/* A last line without its end counts, unless the source failed there: then nobody knows whether it is whole. */
Step line_next(LineReader *r, Line *out, Err *err);

/* ---- files ----------------------------------------------------------------------------------------------------- */

enum { SOURCE_IN_MEMORY_MAX = 4 << 20 };

typedef struct AheadJob AheadJob;

typedef struct {
	Str name;  /* UTF-8, as the record shows it; borrowed */
	Str bytes; /* the content, if fd is -1: in `owned` or borrowed */
	Buf owned;
	int fd; /* or where it stands, from offset 0 */
	uint64_t size_bytes;
	AheadJob *ahead; /* its text, which is being extracted already (indexer/extract/ahead.h); NULL: is not */
} SourceFile;

static inline SourceFile source_file_of(Str name, Str bytes)
{
	return (SourceFile){.name = name, .bytes = bytes, .fd = -1, .size_bytes = bytes.len};
}

/* Where temporary files lie: the first of these that takes one. */
enum { SOURCE_TEMPORARY_PLACES = 2 };
const char *source_temporary_place(unsigned number);

void source_file_done(SourceFile *file);
/* All of `from`: in memory, or in a temporary file without a name once it is large. ST_LIMIT over limit_bytes. */
Status source_file_spool(SourceFile *out, ByteSource from, uint64_t limit_bytes, Err *err);
/* A regular file that is open: read when small, else kept as it is. Takes the descriptor, also on failure. */
Status source_file_take_fd(SourceFile *out, int fd, const char *name, Err *err);
/* The first bytes (at most `capacity`), to see what it is. */
Status source_file_head(const SourceFile *file, void *out, size_t capacity, size_t *got_out, Err *err);
/* Appends the whole content. ST_LIMIT over limit_bytes. */
Status source_file_load(const SourceFile *file, size_t limit_bytes, Buf *out, Err *err);
/* A descriptor of its own at offset 0 for another process to read; the caller closes it. */
Status source_file_open(const SourceFile *file, int *fd_out, Err *err);

#endif
