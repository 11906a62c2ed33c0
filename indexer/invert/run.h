/* indexer/invert/run.h - a run: the sorted lists of one batch (or of several, merged), in memory or spilled.
 *
 *   run      streams RUN_CODES, RUN_TERMS, and with positions RUN_CODE_POSITIONS, RUN_TERM_POSITIONS
 *   stream   entry*, ascending; the same key may come again and goes on with later documents
 *   entry    codes: varint code - code before     terms: 1 bytes shared with the key before | 1 size of the rest | rest
 *            varint 0 | varint first - base | varint wdf                          one posting
 *            varint entries | varint first - base | varint last - first | varint cf | varint size | list
 *
 * Keys of RUN_TERMS are escaped terms, and before them what has the same shape: values (00 d8 varint slot) and
 * lengths (00 e0). Runs never leave this process, so they have no version.
 *
 * Shapes   lists as in glass/list.h; long ones are cut into entries of about RUN_BODY bytes
 * Owns     a Run its memory; file runs borrow the descriptor
 * Errors   ST_CORRUPT a spill file that is not what was written, ST_NO_SPACE, ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_INVERT_RUN_H
#define INDEXER_INVERT_RUN_H

#include "indexer/glass/list.h"

typedef enum { RUN_CODES, RUN_TERMS, RUN_CODE_POSITIONS, RUN_TERM_POSITIONS, RUN_STREAMS } RunStream;

enum {
	RUN_BODY = 32 << 10,
	RUN_HEAD_MAX = 512,            /* bytes of an entry before its list */
	RUN_READ_BYTES = 2 * RUN_BODY, /* a cursor on a file reads so much at a time */
};

typedef struct {
	uint64_t code; /* of streams with codes */
	Str term;      /* of the others */
} RunKey;

static inline bool run_stream_has_codes(RunStream s)
{
	return s == RUN_CODES || s == RUN_CODE_POSITIONS;
}
static inline bool run_stream_has_positions(RunStream s)
{
	return s == RUN_CODE_POSITIONS || s == RUN_TERM_POSITIONS;
}
/* Positions and values are lists of strings, the rest of numbers. */
static inline GlassEntries run_entries(RunStream s, Str term)
{
	bool value = s == RUN_TERMS && term.len > 2 && term.ptr[0] == 0 && (uint8_t)term.ptr[1] == GLASS_VALUES_KEY;
	return value || run_stream_has_positions(s) ? GLASS_STRINGS : GLASS_NUMBERS;
}

typedef struct {
	int fd; /* -1: in memory */
	uint8_t *bytes;
	uint64_t start[RUN_STREAMS + 1]; /* of each stream, in bytes or in the file */
	uint32_t base;                   /* first document */
} Run;

void run_free_bytes(Run *run);

/* Writes entries behind `out`; with fd >= 0 whole buffers go to the file. */
typedef struct {
	Buf out;
	int fd;
	uint64_t offset; /* in the file, of out's first byte */
	bool damaged;    /* sticky: a list that is none */
	uint32_t base;
	RunStream stream;
	uint64_t last_code;
	uint8_t last_term[GLASS_TERM_MAX];
	size_t last_len;
} RunWriter;

void run_writer_begin(RunWriter *w, RunStream stream);
/* A list of any length: it is cut into several entries where it is long. Out of memory is sticky in w->out. */
void run_add(RunWriter *w, RunKey key, GlassPiece list, uint32_t tf, uint64_t cf);
Status run_writer_flush(RunWriter *w, size_t at_least, Err *err);

/* Reads a stream from front to back. */
typedef struct {
	const uint8_t *at, *end;
	uint8_t *buffer; /* of a file run; NULL: in memory */
	size_t capacity;
	int fd;
	uint64_t next, limit; /* what of the file was not read yet */
	bool at_end;
	RunStream stream;
	uint32_t base;
	uint64_t code;
	uint64_t prefix; /* first 8 bytes of the term, big-endian: most comparisons end here */
	size_t term_len;
	uint8_t term[GLASS_TERM_MAX + 8];
	GlassPiece piece; /* valid until the next run_cursor_next */
	uint32_t tf;
	uint64_t cf;
	/* of an entry being read, until all of it is there */
	uint64_t new_code;
	size_t same;
	Str rest;
} RunCursor;

Status run_cursor_begin(RunCursor *c, const Run *run, RunStream stream, Err *err); /* stands on the first entry */
Status run_cursor_next(RunCursor *c, Err *err);
void run_cursor_done(RunCursor *c);

#endif
