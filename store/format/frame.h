/* store/format/frame.h - the frames a segment is made of, its header and its trailer: bytes to structs and back.
 *
 *   segment: header (64) | frame | frame | … | FOOTER frame | trailer (32)
 *   frame:   header (56) | descriptor | annex | body | zero padding to 8
 *
 * The one place that knows byte offsets inside a frame; docs/FORMAT.md says the same in prose. Both sums of a frame
 * continue the sum of its seed (archive id, segment id, generation, offset), so a frame that was moved, or left over
 * from another file, never validates.
 *
 * Shapes   little-endian
 * Units    bytes; ordinals count frames of a segment from 0
 * Owns     nothing: parsed Str point into the bytes given
 * Errors   the parsers say false to anything that is not exactly right
 * Threads  pure
 */
#ifndef STORE_FORMAT_FRAME_H
#define STORE_FORMAT_FRAME_H

#include "store/format/hash.h"
#include "store/format/limits.h"

enum {
	FRAME_HEADER_LEN = 56,
	FRAME_ALIGN = 8,
	SEGMENT_HEADER_LEN = 64,
	SEGMENT_TRAILER_LEN = 32,
	ARCHIVE_ID_LEN = 16,
	ARCHIVE_FORMAT = 1,
	DICT_BYTES_MAX = 64 << 10,
	PAYLOAD_MAX = 8 << 20, /* a payload: metadata and its list of objects */
	ANNEX_MAX = STORE_CASES_MAX * (STORE_ID_MAX + 2),
	DESCRIPTOR_MAX = 4096,
};

/* Lengths of descriptors. */
enum {
	OBJECT_DESCRIPTOR_LEN = 48,
	CHUNK_DESCRIPTOR_LEN = 40,
	COMMIT_DESCRIPTOR_LEN = 96,
	DICT_DESCRIPTOR_LEN = 32,
	CHUNK_RUN_LEN = 12,
	LEAF_FIXED_LEN = 136,  /* without the key */
	FOOTER_FIXED_LEN = 56, /* without the frontier */
};

typedef enum {
	FRAME_OBJECT = 1, /* an object, or the list of its chunks */
	FRAME_CHUNK,      /* part of a large object */
	FRAME_LEAF,       /* descriptor: the Merkle leaf; annex: case files; body: payload */
	FRAME_COMMIT,     /* everything before it was made durable together */
	FRAME_DICT,       /* LZ4 dictionary of later frames of this segment */
	FRAME_MARK,       /* the commit before it is known to be durable */
	FRAME_FOOTER,     /* last frame of a sealed segment: where its frames are */
} FrameType;

typedef enum { CODEC_RAW, CODEC_LZ4, CODEC_LZ4_DICT } Codec;

enum { FRAME_DESTROYED = 1 }; /* flag: the body was lawfully destroyed */

typedef struct {
	uint8_t type, codec, flags;
	uint32_t ordinal;
	uint32_t dict_ordinal; /* CODEC_LZ4_DICT: the dictionary's frame */
	uint64_t sequence;     /* a leaf's own; else leaves before it */
	uint64_t batch;        /* number of the commit it belongs to, from 1 */
	uint32_t descriptor_len, annex_len, stored_len, raw_len;
	uint32_t content_crc, header_crc;
} FrameHeader;

typedef struct {
	uint8_t archive_id[ARCHIVE_ID_LEN];
	uint32_t segment, generation;
	uint64_t first_sequence, created_ms;
} SegmentHeader;

/* Sum of (archive id, segment, generation): what frame_seed continues with the offset. */
uint32_t segment_seed(const uint8_t archive_id[static ARCHIVE_ID_LEN], uint32_t segment, uint32_t generation);
uint32_t frame_seed(uint32_t segment_seed_value, uint64_t offset);

static inline uint64_t frame_content_len(const FrameHeader *h)
{
	uint64_t len = (uint64_t)h->descriptor_len + h->annex_len + h->stored_len;
	return (len + FRAME_ALIGN - 1) & ~(uint64_t)(FRAME_ALIGN - 1);
}
static inline uint64_t frame_len(const FrameHeader *h)
{
	return FRAME_HEADER_LEN + frame_content_len(h);
}

/* Writes the header with both sums; `content` is descriptor, annex, body and padding in one piece. */
void frame_header_put(FrameHeader *h, uint32_t seed, const void *content, uint8_t out[static FRAME_HEADER_LEN]);
/* Checks magic, version, header sum and that every length is within its type's limit. */
bool frame_header_get(const uint8_t bytes[static FRAME_HEADER_LEN], uint32_t seed, FrameHeader *out);
/* Content sum and zero padding. */
bool frame_content_ok(const FrameHeader *h, uint32_t seed, const uint8_t *content);

/* A whole frame; the views point into the bytes it was read from. */
typedef struct {
	FrameHeader header;
	uint64_t offset;
	Str descriptor, annex, stored;
} Frame;
/* Cuts a checked frame's bytes into descriptor, annex and body. */
void frame_split(const uint8_t *bytes, uint64_t offset, const FrameHeader *h, Frame *out);

void segment_header_put(const SegmentHeader *h, uint8_t out[static SEGMENT_HEADER_LEN]);
bool segment_header_get(const uint8_t bytes[static SEGMENT_HEADER_LEN], SegmentHeader *out);

typedef struct {
	uint64_t footer_offset;
	uint32_t segment, generation;
} SegmentTrailer;

void segment_trailer_put(const SegmentTrailer *t, uint32_t seed, uint8_t out[static SEGMENT_TRAILER_LEN]);
/* The seed needs the generation, which stands in the trailer itself: archive id and offset are given instead. */
bool segment_trailer_get(const uint8_t bytes[static SEGMENT_TRAILER_LEN],
			 const uint8_t archive_id[static ARCHIVE_ID_LEN], uint32_t segment, uint64_t offset,
			 SegmentTrailer *out);

#endif
