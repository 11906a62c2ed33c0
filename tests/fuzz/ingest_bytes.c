/* tests/fuzz/ingest_bytes.c - any bytes as lines that arrive in pieces: the same lines come out however they arrive,
 * and none is longer than its limit. The first byte is the size of a piece, the second the limit. */
#include "indexer/source/bytes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
	Str left;
	size_t piece;
} Pieces;

static Status read_piece(void *ctx, void *out, size_t capacity, size_t *got_out, Err *err)
{
	Pieces *p = ctx;
	Str piece = str_slice(p->left, 0, p->piece < capacity ? p->piece : capacity);
	(void)err;
	if (piece.len)
		memcpy(out, piece.ptr, piece.len);
	p->left = str_slice(p->left, piece.len, p->left.len);
	*got_out = piece.len;
	return ST_OK;
}

static uint64_t no_position(const void *ctx)
{
	(void)ctx;
	return 0;
}

static void read_lines(Str bytes, size_t piece, size_t limit, Buf *out)
{
	Pieces pieces = {bytes, piece};
	LineReader reader;
	Line line;
	Err err;
	line_reader_init(&reader, (ByteSource){read_piece, no_position, &pieces});
	reader.limit = limit;
	while (line_next(&reader, &line, &err) == STEP_ITEM) {
		if (line.text.len > limit)
			abort();
		buf_printf(out, "%d %zu ", line.too_long, line.text.len);
		buf_add_str(out, line.text);
	}
	line_reader_done(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Buf pieces = {0}, whole = {0};
	if (size < 2)
		return 0;
	Str bytes = {(const char *)data + 2, size - 2};
	size_t limit = (size_t)data[1] + 1;
	read_lines(bytes, (size_t)data[0] + 1, limit, &pieces);
	read_lines(bytes, size, limit, &whole);
	if (!str_eq(buf_str(&pieces), buf_str(&whole)))
		abort();
	buf_done(&pieces);
	buf_done(&whole);
	return 0;
}
