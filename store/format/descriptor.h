/* store/format/descriptor.h - what stands in the descriptors of frames, and in a leaf's annex: bytes to structs and
 * back.
 *
 * A descriptor says what a frame's body is, without the body: an object's hash, a leaf of the Merkle tree, a commit's
 * root. A leaf's descriptor is the Merkle leaf itself, so its bytes never change; docs/FORMAT.md has the offsets.
 *
 * Shapes   little-endian
 * Units    bytes; ordinals count frames of a segment from 0, sequences count leaves of the archive from 0
 * Owns     nothing: parsed Str point into the bytes given
 * Errors   the parsers say false to anything that is not exactly right
 * Threads  pure
 */
#ifndef STORE_FORMAT_DESCRIPTOR_H
#define STORE_FORMAT_DESCRIPTOR_H

#include "base/err.h"
#include "store/format/entry.h"
#include "store/format/frame.h"
#include "store/format/merkle.h"

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

void footer_descriptor_put(const FooterDescriptor *d, uint32_t seed, Buf *out);
bool footer_descriptor_get(Str bytes, uint32_t seed, FooterDescriptor *out);

#endif
