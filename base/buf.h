/* base/buf.h - a growing byte buffer whose out-of-memory is sticky.
 *
 * Append freely and check once at the end: after a failed allocation every append does nothing and
 * buf_ok is false. The encodings of numbers that the formats share (hex, base64, varint, little-endian) are here too.
 *
 * Owns     `data`, until buf_done
 * Errors   out of memory; seen with buf_ok, at the latest when the bytes are used
 * Threads  one at a time
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/linkage.h"

#include "base/err.h"
#include "base/str.h"

C_LINKAGE_BEGIN

typedef struct {
	char *data;
	size_t len, capacity;
	bool failed;
} Buf;

static inline void buf_init(Buf *b)
{
	memset(b, 0, sizeof *b);
}
void buf_done(Buf *b); /* frees; the Buf is empty again */
static inline void buf_clear(Buf *b)
{
	b->len = 0;
	b->failed = false;
} /* keeps the memory */
static inline bool buf_ok(const Buf *b)
{
	return !b->failed;
}
static inline Str buf_str(const Buf *b)
{
	return (Str){b->data, b->len};
} /* until the next append */
bool buf_reserve(Buf *b, size_t more); /* room for `more` bytes behind len */
char *buf_extend(Buf *b, size_t more); /* the same and counts them as used; NULL on failure */
void buf_add(Buf *b, const void *bytes, size_t len);
void buf_add_str(Buf *b, Str s);
void buf_add_zero_terminated(Buf *b, const char *text);
void buf_add_char(Buf *b, char c);
void buf_add_u64(Buf *b, uint64_t value); /* in decimal digits */
void buf_printf(Buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_add_hex(Buf *b, const void *bytes, size_t len);    /* lower case */
void buf_add_base64(Buf *b, const void *bytes, size_t len); /* standard alphabet, padded */
/* Decodes standard base64 with padding, no white space; false on anything else (b keeps its length). */
bool buf_add_base64_decoded(Buf *b, Str base64);
bool hex_decode(Str hex, void *out, size_t out_len); /* exactly out_len bytes */
void buf_add_varint(Buf *b, uint64_t value);         /* LEB128 */
/* Reads a LEB128 at *at (<= end) and moves *at behind it; false if cut off or over 64 bits. */
bool varint_read(const uint8_t **at, const uint8_t *end, uint64_t *out);

static inline void put_le16(void *p, uint16_t v)
{
	uint8_t *b = (uint8_t *)p;
	b[0] = (uint8_t)v;
	b[1] = (uint8_t)(v >> 8);
}
static inline void put_le32(void *p, uint32_t v)
{
	uint8_t *b = (uint8_t *)p;
	for (int i = 0; i < 4; i++)
		b[i] = (uint8_t)(v >> 8 * i);
}
static inline void put_le64(void *p, uint64_t v)
{
	uint8_t *b = (uint8_t *)p;
	for (int i = 0; i < 8; i++)
		b[i] = (uint8_t)(v >> 8 * i);
}
static inline uint16_t get_le16(const void *p)
{
	const uint8_t *b = (const uint8_t *)p;
	return (uint16_t)(b[0] | b[1] << 8);
}
static inline uint32_t get_le32(const void *p)
{
	const uint8_t *b = (const uint8_t *)p;
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}
static inline uint64_t get_le64(const void *p)
{
	const uint8_t *b = (const uint8_t *)p;
	return get_le32(b) | (uint64_t)get_le32(b + 4) << 32;
}
static inline void put_be16(void *p, uint16_t v)
{
	uint8_t *b = (uint8_t *)p;
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}
static inline void put_be32(void *p, uint32_t v)
{
	uint8_t *b = (uint8_t *)p;
	put_be16(b, (uint16_t)(v >> 16));
	put_be16(b + 2, (uint16_t)v);
}

C_LINKAGE_END

#endif
