/* store/format/descriptor.c - each descriptor byte for byte, as docs/FORMAT.md has it. A reader takes exactly one form
 * of each: reserved bytes are zero and lengths agree with each other, so that no changed byte goes unseen. The footer
 * carries its own sum: it is read without its frame's body, so the frame's content sum cannot vouch for it.
 */
#include "store/format/descriptor.h"

#include "store/format/hash.h"

#define LEAF_MAGIC 0x316c7368u /* "hsl1" */

void object_descriptor_put(const ObjectDescriptor *d, uint8_t out[static OBJECT_DESCRIPTOR_LEN])
{
	memcpy(out, d->hash.bytes, STORE_HASH_LEN);
	put_le64(out + 32, d->size_bytes);
	put_le32(out + 40, d->chunk_count);
	put_le32(out + 44, 0);
}

bool object_descriptor_get(Str bytes, ObjectDescriptor *out)
{
	if (bytes.len != OBJECT_DESCRIPTOR_LEN || get_le32(bytes.ptr + 44) != 0)
		return false;
	memcpy(out->hash.bytes, bytes.ptr, STORE_HASH_LEN);
	out->size_bytes = get_le64(bytes.ptr + 32);
	out->chunk_count = get_le32(bytes.ptr + 40);
	uint64_t chunks = out->size_bytes / STORE_CHUNK_BYTES + (out->size_bytes % STORE_CHUNK_BYTES != 0);
	return out->chunk_count == 0 ? out->size_bytes <= STORE_CHUNK_BYTES : out->chunk_count == chunks;
}

void chunk_descriptor_put(const ChunkDescriptor *d, uint8_t out[static CHUNK_DESCRIPTOR_LEN])
{
	memcpy(out, d->object.bytes, STORE_HASH_LEN);
	put_le64(out + 32, d->offset);
}

bool chunk_descriptor_get(Str bytes, ChunkDescriptor *out)
{
	if (bytes.len != CHUNK_DESCRIPTOR_LEN)
		return false;
	memcpy(out->object.bytes, bytes.ptr, STORE_HASH_LEN);
	out->offset = get_le64(bytes.ptr + 32);
	return out->offset % STORE_CHUNK_BYTES == 0;
}

void chunk_run_put(const ChunkRun *run, uint8_t out[static CHUNK_RUN_LEN])
{
	put_le32(out, run->segment);
	put_le32(out + 4, run->ordinal);
	put_le32(out + 8, run->count);
}

void chunk_run_get(const void *bytes, ChunkRun *out)
{
	const uint8_t *at = bytes;
	*out = (ChunkRun){get_le32(at), get_le32(at + 4), get_le32(at + 8)};
}

void commit_descriptor_put(const CommitDescriptor *d, uint8_t out[static COMMIT_DESCRIPTOR_LEN])
{
	put_le64(out, d->batch);
	put_le64(out + 8, d->first_sequence);
	put_le64(out + 16, d->tree_size);
	memcpy(out + 24, d->root.bytes, STORE_HASH_LEN);
	put_le64(out + 56, d->utc_ms);
	put_le64(out + 64, d->objects);
	put_le64(out + 72, d->bytes_original);
	memset(out + 80, 0, 16);
}

bool commit_descriptor_get(Str bytes, CommitDescriptor *out)
{
	if (bytes.len != COMMIT_DESCRIPTOR_LEN)
		return false;
	*out = (CommitDescriptor){
		.batch = get_le64(bytes.ptr),
		.first_sequence = get_le64(bytes.ptr + 8),
		.tree_size = get_le64(bytes.ptr + 16),
		.utc_ms = get_le64(bytes.ptr + 56),
		.objects = get_le64(bytes.ptr + 64),
		.bytes_original = get_le64(bytes.ptr + 72),
	};
	memcpy(out->root.bytes, bytes.ptr + 24, STORE_HASH_LEN);
	return out->first_sequence <= out->tree_size && !get_le64(bytes.ptr + 80) && !get_le64(bytes.ptr + 88);
}

void leaf_descriptor_put(const LeafDescriptor *d, Buf *out)
{
	uint8_t *at = (uint8_t *)buf_extend(out, LEAF_FIXED_LEN + d->key.len);
	if (!at)
		return;
	put_le32(at, LEAF_MAGIC);
	at[4] = d->kind;
	at[5] = d->operation;
	put_le16(at + 6, (uint16_t)d->key.len);
	put_le32(at + 8, d->version);
	put_le32(at + 12, d->object_count);
	put_le64(at + 16, d->sequence);
	put_le64(at + 24, d->utc_ms);
	put_le64(at + 32, d->previous);
	memcpy(at + 40, d->previous_leaf.bytes, STORE_HASH_LEN);
	memcpy(at + 72, d->payload_hash.bytes, STORE_HASH_LEN);
	put_le64(at + 104, d->payload_bytes);
	put_le64(at + 112, d->object_bytes);
	memset(at + 120, 0, 16);
	memcpy(at + LEAF_FIXED_LEN, d->key.ptr, d->key.len);
}

bool leaf_descriptor_get(Str bytes, LeafDescriptor *out)
{
	const uint8_t *at = (const uint8_t *)bytes.ptr;
	if (bytes.len < LEAF_FIXED_LEN || get_le32(at) != LEAF_MAGIC ||
	    bytes.len != (size_t)LEAF_FIXED_LEN + get_le16(at + 6))
		return false;
	*out = (LeafDescriptor){
		.kind = at[4],
		.operation = at[5],
		.key = str_slice(bytes, LEAF_FIXED_LEN, bytes.len),
		.version = get_le32(at + 8),
		.object_count = get_le32(at + 12),
		.sequence = get_le64(at + 16),
		.utc_ms = get_le64(at + 24),
		.previous = get_le64(at + 32),
		.payload_bytes = get_le64(at + 104),
		.object_bytes = get_le64(at + 112),
	};
	memcpy(out->previous_leaf.bytes, at + 40, STORE_HASH_LEN);
	memcpy(out->payload_hash.bytes, at + 72, STORE_HASH_LEN);
	return out->kind && out->operation && out->version && entry_key_is_valid(out->kind, out->key) &&
	       !get_le64(at + 120) && !get_le64(at + 128) &&
	       (out->previous == UINT64_MAX || out->previous < out->sequence);
}

void annex_put(const Str *cases, size_t count, Buf *out)
{
	for (size_t i = 0; i < count; i++) {
		buf_add_char(out, (char)(uint8_t)cases[i].len);
		buf_add_str(out, cases[i]);
	}
}

Step annex_next(Str *rest, Str *code_out)
{
	if (rest->len == 0)
		return STEP_END;
	size_t len = (uint8_t)rest->ptr[0];
	if (len == 0 || 1 + len > rest->len)
		return STEP_ERROR;
	*code_out = str_slice(*rest, 1, 1 + len);
	*rest = str_slice(*rest, 1 + len, rest->len);
	return STEP_ITEM;
}

/* ---- footer ---------------------------------------------------------------------------------------------------- */

void footer_descriptor_put(const FooterDescriptor *d, uint32_t seed, Buf *out)
{
	unsigned peaks = frontier_count(d->frontier.size);
	size_t len = FOOTER_FIXED_LEN + peaks * (size_t)STORE_HASH_LEN;
	uint8_t *at = (uint8_t *)buf_extend(out, len);
	if (!at)
		return;
	put_le32(at, d->frames);
	put_le32(at + 4, d->leaves);
	put_le32(at + 8, d->committed_frames);
	put_le32(at + 12, d->committed_leaves);
	put_le64(at + 16, d->first_sequence);
	put_le64(at + 24, d->committed_end);
	put_le64(at + 32, d->batch);
	put_le64(at + 40, d->frontier.size);
	put_le32(at + 48, d->last_dict + 1); /* 0: none */
	for (unsigned i = 0; i < peaks; i++)
		memcpy(at + FOOTER_FIXED_LEN + i * (size_t)STORE_HASH_LEN, d->frontier.peaks[i].bytes, STORE_HASH_LEN);
	uint32_t crc = crc32c(crc32c(seed, at, 52), at + FOOTER_FIXED_LEN, len - FOOTER_FIXED_LEN);
	put_le32(at + 52, crc);
}

bool footer_descriptor_get(Str bytes, uint32_t seed, FooterDescriptor *out)
{
	const uint8_t *at = (const uint8_t *)bytes.ptr;
	if (bytes.len < FOOTER_FIXED_LEN)
		return false;
	unsigned peaks = frontier_count(get_le64(at + 40));
	uint32_t crc = crc32c(crc32c(seed, at, 52), at + FOOTER_FIXED_LEN, bytes.len - FOOTER_FIXED_LEN);
	if (bytes.len != FOOTER_FIXED_LEN + peaks * (size_t)STORE_HASH_LEN || get_le32(at + 52) != crc)
		return false;
	*out = (FooterDescriptor){
		.frames = get_le32(at),
		.leaves = get_le32(at + 4),
		.committed_frames = get_le32(at + 8),
		.committed_leaves = get_le32(at + 12),
		.first_sequence = get_le64(at + 16),
		.committed_end = get_le64(at + 24),
		.batch = get_le64(at + 32),
		.last_dict = get_le32(at + 48) - 1,
		.frontier = {.size = get_le64(at + 40)},
	};
	for (unsigned i = 0; i < peaks; i++)
		memcpy(out->frontier.peaks[i].bytes, at + FOOTER_FIXED_LEN + i * (size_t)STORE_HASH_LEN,
		       STORE_HASH_LEN);
	return out->leaves <= out->frames && out->committed_frames <= out->frames &&
	       out->committed_leaves <= out->leaves && out->first_sequence + out->leaves == out->frontier.size;
}
