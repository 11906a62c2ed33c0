/* store/log/entries.c - reading entries and objects: the calls of store.h that look into the committed log. An entry's
 * payload must have the hash that its descriptor names; an object that is loaded whole must have its own. */
#include "store/log/store.h"

#include "base/rwlock.h"
#include "store/format/payload.h"
#include "store/log/body.h"
#include "store/log/lookup.h"
#include "store/log/read.h"

#include <inttypes.h>

Status store_entry(Store *store, uint64_t sequence, Arena *arena, Entry *out, Err *err)
{
	Frame frame;
	LeafDescriptor leaf;
	uint32_t segment;
	Hash payload_hash;
	Status st = read_leaf(store, SEE_COMMITTED, sequence, arena, &frame, &leaf, &segment, err);
	if (st != ST_OK)
		return st;
	Entry entry = {
		.sequence = sequence,
		.kind = (EntryKind)leaf.kind,
		.key = leaf.key,
		.version = leaf.version,
		.previous = leaf.previous,
		.utc_ms = leaf.utc_ms,
		.descriptor = frame.descriptor,
		.destroyed = (frame.header.flags & FRAME_DESTROYED) != 0,
	};
	merkle_leaf(frame.descriptor, &entry.leaf);
	if (!entry.destroyed) {
		st = body_read(store, SEE_COMMITTED, segment, &frame, arena, &entry.payload, err);
		if (st != ST_OK)
			return st;
		hash_of(entry.payload, &payload_hash);
		if (!hash_eq(&payload_hash, &leaf.payload_hash))
			return err_set(err, ST_CORRUPT,
				       "record %" PRIu64 ": its payload is not the one its descriptor names", sequence);
		st = payload_get(entry.payload, arena, &entry.objects, &entry.object_count, &entry.metadata, err);
		if (st != ST_OK)
			return st;
	}
	*out = entry;
	return ST_OK;
}

/* ---- versions --------------------------------------------------------------------------------------------------
 */

static VersionItem version_item(const LeafDescriptor *leaf)
{
	return (VersionItem){leaf->sequence, leaf->previous, leaf->utc_ms, leaf->version};
}

Status store_versions(Store *store, uint64_t sequence, VersionItem *out, size_t most, size_t *count_out, Err *err)
{
	Arena arena = {0};
	Frame frame;
	LeafDescriptor leaf, older;
	uint32_t segment;
	size_t count = 0;
	Status st = read_leaf(store, SEE_COMMITTED, sequence, &arena, &frame, &leaf, &segment, err);
	while (st == ST_OK) {
		out[count++] = version_item(&leaf);
		if (count >= most || leaf.previous >= leaf.sequence) /* UINT64_MAX: there is none before */
			break;
		arena_reset(&arena);
		st = read_leaf_head(store, leaf.previous, &leaf.previous_leaf, &arena, &older, err);
		leaf = older;
	}
	arena_done(&arena);
	if (st == ST_OK)
		*count_out = count;
	return st;
}

/* ---- work in equal parts ------------------------------------------------------------------------------------------
 */

Status store_bytes_before(Store *store, uint64_t sequence, uint64_t *out, Err *err)
{
	Status st = ST_OK;
	rwlock_read(&store->lock);
	bool is_leaf = sequence != store->committed.tree_size;
	uint32_t segment = is_leaf ? 0 : store->committed.segment;
	uint64_t before = store->committed.end; /* what was appended since the COMMIT does not count */
	pthread_rwlock_unlock(&store->lock);
	if (is_leaf)
		st = read_leaf_place(store, sequence, &segment, &before, err);
	if (st != ST_OK)
		return st;
	rwlock_read(&store->lock);
	for (size_t i = 0; i < store->segment_count && store->segments[i]->id < segment; i++)
		before += store->segments[i]->end;
	pthread_rwlock_unlock(&store->lock);
	*out = before;
	return ST_OK;
}

Status store_sequence_behind(Store *store, uint64_t bytes, uint64_t *sequence_out, Err *err)
{
	uint64_t low = 0, high = store_tree_size(store);
	Status st = ST_OK;
	while (st == ST_OK && low < high) {
		uint64_t middle = low + (high - low) / 2, before = 0;
		st = store_bytes_before(store, middle, &before, err);
		if (before < bytes)
			low = middle + 1;
		else
			high = middle;
	}
	if (st == ST_OK)
		*sequence_out = low;
	return st;
}

/* ---- objects ------------------------------------------------------------------------------------------------------
 */

Status store_object_size(Store *store, const Hash *hash, uint64_t *size_out, Err *err)
{
	Arena arena = {0};
	Frame frame;
	ObjectDescriptor object;
	uint32_t segment;
	Status st = lookup_object_frame(store, SEE_COMMITTED, hash, &arena, &segment, &frame, err);
	if (st == ST_OK && object_descriptor_get(frame.descriptor, &object))
		*size_out = object.size_bytes;
	arena_done(&arena);
	return st;
}

/* Frame of the object's chunk `index`, from the list of runs in its OBJECT frame. */
static Status locate_chunk(Str runs, uint64_t index, uint32_t *segment_out, uint32_t *ordinal_out, Err *err)
{
	ChunkRun run;
	for (size_t at = 0; at + CHUNK_RUN_LEN <= runs.len; at += CHUNK_RUN_LEN) {
		chunk_run_get(runs.ptr + at, &run);
		if (index < run.count) {
			*segment_out = run.segment;
			*ordinal_out = run.ordinal + (uint32_t)index;
			return ST_OK;
		}
		index -= run.count;
	}
	return err_set(err, ST_CORRUPT, "an object whose list of chunks is too short");
}

static Status read_chunk(Store *store, const ObjectDescriptor *object, Str runs, uint64_t index, Arena *arena, Str *out,
			 Err *err)
{
	uint32_t segment = 0, ordinal = 0;
	Frame frame;
	ChunkDescriptor chunk;
	uint64_t start = index * STORE_CHUNK_BYTES, left = object->size_bytes - start;
	Status st = locate_chunk(runs, index, &segment, &ordinal, err);
	if (st == ST_OK)
		st = read_frame(store, SEE_COMMITTED, segment, ordinal, arena, &frame, err);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? err_set(err, ST_CORRUPT, "chunk %" PRIu64 " of an object is missing", index)
					  : st;
	if (frame.header.type != FRAME_CHUNK || !chunk_descriptor_get(frame.descriptor, &chunk) ||
	    chunk.offset != start || !hash_eq(&chunk.object, &object->hash) ||
	    frame.header.raw_len != (left < STORE_CHUNK_BYTES ? left : STORE_CHUNK_BYTES))
		return err_set(err, ST_CORRUPT,
			       "segment %08" PRIx32 ".seg offset %" PRIu64 ": not the chunk it should be", segment,
			       frame.offset);
	return body_read(store, SEE_COMMITTED, segment, &frame, arena, out, err);
}

static Status read_range(Store *store, const ObjectDescriptor *object, Str runs, uint64_t offset, char *out, size_t len,
			 Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	while (len > 0 && st == ST_OK) {
		Str chunk;
		uint64_t within = offset % STORE_CHUNK_BYTES;
		arena_reset(&arena);
		st = read_chunk(store, object, runs, offset / STORE_CHUNK_BYTES, &arena, &chunk, err);
		if (st != ST_OK)
			break;
		size_t part = chunk.len - within < len ? (size_t)(chunk.len - within) : len;
		memcpy(out, chunk.ptr + within, part);
		out += part;
		offset += part;
		len -= part;
	}
	arena_done(&arena);
	return st;
}

/* Bytes of the object whose OBJECT frame was found. */
static Status read_found(Store *store, uint32_t segment, const Frame *frame, const ObjectDescriptor *object,
			 uint64_t offset, void *out, size_t len, Arena *arena, Err *err)
{
	Str body;
	if (offset > object->size_bytes || len > object->size_bytes - offset)
		return err_set(err, ST_INVALID, "bytes %" PRIu64 " to %" PRIu64 " of an object of %" PRIu64, offset,
			       offset + len, object->size_bytes);
	if (!object->chunk_count && offset == 0 && frame->header.raw_len == object->size_bytes)
		return body_unpack(store, SEE_COMMITTED, segment, frame, out, len,
				   err); /* the common case: all or the beginning of a small object */
	Status st = body_read(store, SEE_COMMITTED, segment, frame, arena, &body, err);
	if (st != ST_OK)
		return st;
	if (object->chunk_count)
		return read_range(store, object, body, offset, out, len, err);
	if (body.len != object->size_bytes)
		return err_set(err, ST_CORRUPT, "an object of %zu bytes instead of %" PRIu64, body.len,
			       object->size_bytes);
	if (len)
		memcpy(out, body.ptr + offset, len);
	return ST_OK;
}

static Status find_object(Store *store, const Hash *hash, Arena *arena, uint32_t *segment_out, Frame *frame_out,
			  ObjectDescriptor *out, Err *err)
{
	Status st = lookup_object_frame(store, SEE_COMMITTED, hash, arena, segment_out, frame_out, err);
	if (st == ST_OK)
		object_descriptor_get(frame_out->descriptor, out);
	return st;
}

Status store_object_read(Store *store, const Hash *hash, uint64_t offset, void *out, size_t len, Err *err)
{
	Arena arena = {0};
	Frame frame;
	ObjectDescriptor object = {0};
	uint32_t segment;
	Status st = find_object(store, hash, &arena, &segment, &frame, &object, err);
	if (st == ST_OK)
		st = read_found(store, segment, &frame, &object, offset, out, len, &arena, err);
	arena_done(&arena);
	return st;
}

static Status load_found(Store *store, uint32_t segment, const Frame *frame, const ObjectDescriptor *object,
			 uint64_t limit_bytes, Arena *arena, Buf *out, Err *err)
{
	Hash found;
	if (object->size_bytes > limit_bytes)
		return err_set(err, ST_LIMIT, "the object has %" PRIu64 " bytes, more than %" PRIu64,
			       object->size_bytes, limit_bytes);
	size_t before = out->len, size = (size_t)object->size_bytes;
	char *at = buf_extend(out, size);
	if (!at && size)
		return err_no_memory(err);
	Status st = size ? read_found(store, segment, frame, object, 0, at, size, arena, err) : ST_OK;
	if (st == ST_OK) {
		hash_of((Str){at, size}, &found);
		if (!hash_eq(&found, &object->hash))
			st = err_set(err, ST_CORRUPT, "an object's bytes do not have its SHA-256");
	}
	if (st != ST_OK)
		out->len = before;
	return st;
}

Status store_object_load(Store *store, const Hash *hash, uint64_t limit_bytes, Buf *out, Err *err)
{
	Arena arena = {0};
	Frame frame;
	ObjectDescriptor object = {0};
	uint32_t segment;
	Status st = find_object(store, hash, &arena, &segment, &frame, &object, err);
	if (st == ST_OK)
		st = load_found(store, segment, &frame, &object, limit_bytes, &arena, out, err);
	arena_done(&arena);
	return st;
}
