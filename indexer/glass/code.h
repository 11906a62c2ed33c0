/* indexer/glass/code.h - the numbers and keys of a Xapian glass table, and their limits.
 *
 *   varint    7 bits a byte, least significant first:  300 = ac 02
 *   did       sorts bytewise like the number:          300 = 01 2c,  77799 = 81 2f e7
 *   term      every 00 inside becomes 00 ff:           "a\0b" = 61 00 ff 62
 *
 * A key of postlist.glass that begins with 00 and not 00 ff is no term: its second byte says what it is (writer.c).
 *
 * Owns     nothing
 * Errors   readers return false for what is cut off or out of range; writers need GLASS_*_MAX bytes of room
 * Threads  pure
 * Source   Xapian 1.4's glass format, version 2016-03-14; compared with what Xapian 1.4.22 writes
 */
#ifndef INDEXER_GLASS_CODE_H
#define INDEXER_GLASS_CODE_H

#include "base/str.h"

enum {
	GLASS_KEY_MAX = 255,  /* bytes of a key */
	GLASS_TERM_MAX = 245, /* bytes of a term, each zero byte counted twice */
	GLASS_VARINT_MAX = 10,
	GLASS_DID_MAX = 5,
	GLASS_METADATA_KEY = 0xC0, /* second byte of keys that begin with 00 */
	GLASS_BOUNDS_KEY = 0xD0,
	GLASS_VALUES_KEY = 0xD8,
	GLASS_LENGTHS_KEY = 0xE0,
	GLASS_ESCAPE = 0xFF,
	GLASS_CHUNK = 2000, /* a chunk that has reached this many bytes takes no further entry */
	GLASS_BLOCK_DEFAULT = 8192,
};

static inline uint8_t *glass_put_varint(uint8_t *p, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*p++ = (uint8_t)(value | 0x80);
	*p++ = (uint8_t)value;
	return p;
}

/* Only what fits 32 bits: docids, gaps, wdf, lengths. */
static inline bool glass_get_varint32(const uint8_t **at, const uint8_t *end, uint32_t *out)
{
	const uint8_t *p = *at;
	uint64_t value = 0;
	for (unsigned shift = 0; p < end && shift < 35; shift += 7) {
		uint8_t byte = *p++;
		value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80) {
			*out = (uint32_t)value;
			*at = p;
			return value <= UINT32_MAX;
		}
	}
	return false;
}

static inline uint8_t *glass_put_did(uint8_t *p, uint32_t did)
{
	if (did >= 0x8000) {
		if (did < 1u << 22) {
			*p++ = (uint8_t)(0x80 | did >> 16);
		} else if (did < 1u << 29) {
			*p++ = (uint8_t)(0xC0 | did >> 24);
			*p++ = (uint8_t)(did >> 16);
		} else {
			*p++ = 0xE0;
			*p++ = (uint8_t)(did >> 24);
			*p++ = (uint8_t)(did >> 16);
		}
	}
	*p++ = (uint8_t)(did >> 8);
	*p++ = (uint8_t)did;
	return p;
}

/* The did that fills [p, end) exactly; 0 (which no document has) when it does not. */
static inline uint32_t glass_get_did(const uint8_t *p, const uint8_t *end)
{
	static const uint8_t marks[GLASS_DID_MAX + 1] = {0, 0, 0, 0x80, 0xC0, 0xE0};
	ptrdiff_t len = end - p;
	if (len < 2 || len > GLASS_DID_MAX)
		return 0;
	uint8_t mask = (uint8_t)(0xFF << (9 - len)); /* the leading ones and the zero behind them */
	if ((p[0] & mask) != marks[len])
		return 0;
	uint64_t did = p[0] & (uint8_t)~mask;
	for (p++; p < end; p++)
		did = did << 8 | *p;
	return did > UINT32_MAX ? 0 : (uint32_t)did;
}

/* The escaped form of a term as it begins a key; 0 if it is empty or longer than GLASS_TERM_MAX. */
static inline size_t glass_escape_term(Str term, uint8_t out[GLASS_TERM_MAX])
{
	size_t len = 0;
	if (term.len > GLASS_TERM_MAX)
		return 0;
	if (term.len == 0 || !memchr(term.ptr, 0, term.len)) {
		if (term.len)
			memcpy(out, term.ptr, term.len);
		return term.len;
	}
	for (size_t i = 0; i < term.len; i++) {
		if (len + (term.ptr[i] ? 1 : 2) > GLASS_TERM_MAX)
			return 0;
		out[len++] = (uint8_t)term.ptr[i];
		if (!term.ptr[i])
			out[len++] = GLASS_ESCAPE;
	}
	return len;
}

#endif
