/* store/format/frame.h - the frames a segment is made of, and what stands in their descriptors: bytes to structs and
 * back.
 *
 *   header (56) | descriptor | annex | body | zero padding to 8
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

#include "store/format/merkle.h"
#include "store/log/store.h"

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

void segment_header_put(const SegmentHeader *h, uint8_t out[static SEGMENT_HEADER_LEN]);
bool segment_header_get(const uint8_t bytes[static SEGMENT_HEADER_LEN], SegmentHeader *out);

/* ---- descriptors ----------------------------------------------------------------------------------------------- */

enum {
	OBJECT_DESCRIPTOR_LEN = 48,
	CHUNK_DESCRIPTOR_LEN = 40,
	COMMIT_DESCRIPTOR_LEN = 96,
	DICT_DESCRIPTOR_LEN = 32,
	CHUNK_RUN_LEN = 12,
	LEAF_FIXED_LEN = 136
};

typedef struct {
	Hash hash;
	uint64_t size_bytes;
	uint32_t chunk_count; /* 0: the body is the object; else the body is a list of chunk runs */
} ObjectDescriptor;

typedef struct {
	uint32_t segment, ordinal, count;
} ChunkRun; /* chunks in a row: frames ordinal .. ordinal + count - 1 */

typedef struct {
	Hash object;
	uint64_t offset; /* in the object */
} ChunkDescriptor;

typedef struct {
	uint64_t batch, first_sequence, tree_size;
	Hash root;
	uint64_t utc_ms;
	uint64_t objects, bytes_original; /* of the whole archive so far */
	uint64_t reserved;
} CommitDescriptor;

typedef enum { LEAF_PUT = 1, LEAF_HOLD, LEAF_RELEASE, LEAF_DESTROY } LeafOperation;

typedef struct {
	uint8_t kind, operation;
	Str key;
	uint32_t version, object_count;
	uint64_t sequence, utc_ms, previous;
	Hash previous_leaf; /* zeros where there is none */
	Hash payload_hash;
	uint64_t payload_bytes, object_bytes;
} LeafDescriptor;

void object_descriptor_put(const ObjectDescriptor *d, uint8_t out[static OBJECT_DESCRIPTOR_LEN]);
bool object_descriptor_get(Str bytes, ObjectDescriptor *out);
void chunk_descriptor_put(const ChunkDescriptor *d, uint8_t out[static CHUNK_DESCRIPTOR_LEN]);
bool chunk_descriptor_get(Str bytes, ChunkDescriptor *out);
void chunk_run_put(const ChunkRun *run, uint8_t out[static CHUNK_RUN_LEN]);
void chunk_run_get(const void *bytes, ChunkRun *out);
void commit_descriptor_put(const CommitDescriptor *d, uint8_t out[static COMMIT_DESCRIPTOR_LEN]);
bool commit_descriptor_get(Str bytes, CommitDescriptor *out);
void leaf_descriptor_put(const LeafDescriptor *d, Buf *out);
bool leaf_descriptor_get(Str bytes, LeafDescriptor *out);
/* One length byte and the code, for each case file. */
void annex_put(const Str *cases, size_t count, Buf *out);
/* Takes the next code off *rest; STEP_ERROR where the annex is cut off. */
Step annex_next(Str *rest, Str *code_out);
/* A record's id: 1..STORE_ID_MAX of A-Za-z0-9._:-; other kinds (case codes): UTF-8 without control characters. */
bool key_is_valid(uint8_t kind, Str key);

/* ---- footer ---------------------------------------------------------------------------------------------------- */

/* Body of a FOOTER frame: `frames` times le32 offset / 8, then `leaves` times le32 ordinal. */
typedef struct {
	uint32_t frames, leaves;                     /* before the footer */
	uint32_t committed_frames, committed_leaves; /* up to and with the last COMMIT in this segment; 0: none in it */
	uint64_t first_sequence, committed_end;      /* committed_end: offset behind that COMMIT */
	uint64_t batch;                              /* of the last COMMIT in or before this segment */
	uint32_t last_dict;                          /* ordinal of the DICT frame that ingest used; UINT32_MAX: none */
	Frontier frontier;                           /* of the tree with all leaves up to this segment's end */
} FooterDescriptor;

enum { FOOTER_FIXED_LEN = 56 };
void footer_descriptor_put(const FooterDescriptor *d, uint32_t seed, Buf *out);
bool footer_descriptor_get(Str bytes, uint32_t seed, FooterDescriptor *out);

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
