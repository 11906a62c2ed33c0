/* store/log/read.c - frames by ordinal, bodies, entries and objects. Nothing here trusts what it reads: every frame is
 * checked against its sums, its ordinal and what was asked for. */
#include "store/log/internal.h"

#include "base/rwlock.h"

#include "store/format/payload.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- frames ---------------------------------------------------------------------------------------------------- */

/* Where frame `ordinal` of a segment is, as far as memory knows; *offset_out 0: the footer has to say. */
static Status find_place(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, SegmentFile **file_out,
			 uint64_t *offset_out, uint64_t *room_out, Err *err)
{
	Status st = ST_OK;
	const Committed *c = &store->committed;
	rwlock_read(&store->lock);
	Segment *s = log_segment(store, segment);
	bool hidden =
		sight == SEE_COMMITTED && (segment > c->segment || (segment == c->segment && ordinal >= c->frames));
	*offset_out = *room_out = 0;
	if (!s) {
		st = err_set(err, ST_CORRUPT, "segment %08" PRIx32 ".seg is missing", segment);
	} else if (!hidden && !s->file) {
		/* closed: the file may have been written anew with more frames, so it is opened first */
	} else if (hidden || ordinal >= s->frames) {
		st = err_set(err, ST_NOT_FOUND, "segment %08" PRIx32 ".seg has no frame %" PRIu32, segment, ordinal);
	} else if (s->offsets) {
		uint32_t next = ordinal + 1;
		while (next < s->frames && !s->offsets[next])
			next++;
		*offset_out = (uint64_t)s->offsets[ordinal] * FRAME_ALIGN;
		*room_out = (next < s->frames ? (uint64_t)s->offsets[next] * FRAME_ALIGN : s->end) - *offset_out;
		if (!*offset_out)
			st = err_set(err, ST_CORRUPT, "segment %08" PRIx32 ".seg: frame %" PRIu32 " is damaged",
				     segment, ordinal);
	}
	if (st == ST_OK && s->file) { /* place and file of one moment */
		s->used_at = atomic_fetch_add(&store->clock, 1);
		*file_out = segment_file_use(s->file);
	}
	pthread_rwlock_unlock(&store->lock);
	return st;
}

/* A frame that the writer has not yet given to the file. */
static Status copy_from_buffer(Store *store, uint64_t offset, Arena *arena, Frame *out, Err *err)
{
	const Writer *w = &store->writer;
	FrameHeader header;
	const uint8_t *at = (const uint8_t *)w->buffer.data + (offset - w->buffer_at);
	if (!frame_header_get(at, frame_seed(w->live->file->seed, offset), &header))
		return err_set(err, ST_INTERNAL, "a frame in the write buffer is damaged");
	Str copy = arena_copy(arena, (Str){(const char *)at, (size_t)frame_len(&header)});
	if (!copy.ptr)
		return err_no_memory(err);
	frame_split((const uint8_t *)copy.ptr, offset, &header, out);
	return ST_OK;
}

/* The file is to be given back where it is not NULL. */
static Status locate_frame(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, SegmentFile **file_out,
			   uint64_t *offset_out, uint64_t *room_out, Err *err)
{
	*file_out = NULL;
	Status st = find_place(store, sight, segment, ordinal, file_out, offset_out, room_out, err);
	while (st == ST_OK && !*file_out) { /* it was closed: open it and look again */
		SegmentFile *opened = files_use(store, segment, err);
		segment_file_free(opened);
		st = opened ? find_place(store, sight, segment, ordinal, file_out, offset_out, room_out, err)
			    : err->code;
	}
	if (st == ST_OK && !*offset_out)
		st = segment_file_locate(*file_out, ordinal, offset_out, room_out, err);
	return st;
}

static Status read_frame_once(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, Arena *arena, Frame *out,
			      Err *err)
{
	const Writer *w = &store->writer;
	uint64_t offset, room;
	SegmentFile *file;
	Status st = locate_frame(store, sight, segment, ordinal, &file, &offset, &room, err);
	if (st == ST_OK && sight == SEE_PENDING && w->live && w->live->id == segment && offset >= w->buffer_at)
		st = copy_from_buffer(store, offset, arena, out, err);
	else if (st == ST_OK)
		st = segment_file_read(file, offset, room, arena, out, err);
	if (st == ST_OK && out->header.ordinal != ordinal)
		st = err_set(err, ST_CORRUPT,
			     "segment %s offset %" PRIu64 ": frame %" PRIu32 " where %" PRIu32 " should be", file->name,
			     offset, out->header.ordinal, ordinal);
	segment_file_free(file);
	return st;
}

Status read_frame(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, Arena *arena, Frame *out, Err *err)
{
	Status st = read_frame_once(store, sight, segment, ordinal, arena, out, err);
	if (st == ST_CORRUPT && files_rescan(store, segment)) /* the footer may be at fault */
		st = read_frame_once(store, sight, segment, ordinal, arena, out, err);
	return st;
}

static Status find_leaf(Store *store, Sight sight, uint64_t sequence, uint32_t *segment_out, uint32_t *ordinal_out,
			Err *err)
{
	uint32_t leaf = 0;
	Status st = ST_OK;
	bool in_footer = false;
	rwlock_read(&store->lock);
	uint64_t size = sight == SEE_PENDING ? store->writer.frontier.size : store->committed.tree_size;
	Segment *s = sequence < size ? log_segment_of(store, sequence) : NULL;
	if (sequence >= size) {
		st = err_set(err, ST_NOT_FOUND, "there is no record %" PRIu64 "; the archive holds %" PRIu64, sequence,
			     size);
	} else if (!s) {
		st = err_set(err, ST_CORRUPT, "record %" PRIu64 ": its place in the archive is damaged", sequence);
	} else {
		leaf = (uint32_t)(sequence - s->first_sequence);
		*segment_out = s->id;
		in_footer = !s->leaf_ordinals;
		if (!in_footer)
			*ordinal_out = s->leaf_ordinals[leaf];
	}
	pthread_rwlock_unlock(&store->lock);
	if (st == ST_OK && in_footer) {
		SegmentFile *file = files_use(store, *segment_out, err);
		st = file ? segment_file_leaf_ordinal(file, leaf, ordinal_out, err) : err->code;
		segment_file_free(file);
	} else if (st == ST_OK && *ordinal_out == UINT32_MAX) {
		st = err_set(err, ST_CORRUPT, "segment %08" PRIx32 ".seg: record %" PRIu64 " is damaged", *segment_out,
			     sequence);
	}
	return st;
}

static Status read_leaf_once(Store *store, Sight sight, uint64_t sequence, Arena *arena, Frame *out,
			     LeafDescriptor *leaf_out, uint32_t *segment_out, Err *err)
{
	uint32_t ordinal = 0;
	Status st = find_leaf(store, sight, sequence, segment_out, &ordinal, err);
	if (st != ST_OK)
		return st;
	st = read_frame(store, sight, *segment_out, ordinal, arena, out, err);
	if (st == ST_CORRUPT || st == ST_NOT_FOUND) {
		Err cause = *err;
		return err_set(err, ST_CORRUPT, "record %" PRIu64 ": %.180s", sequence, cause.text);
	}
	if (st == ST_OK && (out->header.type != FRAME_LEAF || !leaf_descriptor_get(out->descriptor, leaf_out) ||
			    leaf_out->sequence != sequence))
		return err_set(err, ST_CORRUPT,
			       "record %" PRIu64 ": segment %08" PRIx32 ".seg offset %" PRIu64 " holds something else",
			       sequence, *segment_out, out->offset);
	return st;
}

Status read_leaf(Store *store, Sight sight, uint64_t sequence, Arena *arena, Frame *out, LeafDescriptor *leaf_out,
		 uint32_t *segment_out, Err *err)
{
	*segment_out = 0;
	Status st = read_leaf_once(store, sight, sequence, arena, out, leaf_out, segment_out, err);
	if (st == ST_CORRUPT && *segment_out && files_rescan(store, *segment_out))
		st = read_leaf_once(store, sight, sequence, arena, out, leaf_out, segment_out, err);
	return st;
}

/* ---- by bytes -------------------------------------------------------------------------------------------------- */

static Status locate_leaf(Store *store, uint64_t sequence, uint32_t *segment_out, uint64_t *offset_out, Err *err)
{
	uint32_t ordinal;
	uint64_t room;
	SegmentFile *file = NULL;
	Status st = find_leaf(store, SEE_COMMITTED, sequence, segment_out, &ordinal, err);
	if (st == ST_OK)
		st = locate_frame(store, SEE_COMMITTED, *segment_out, ordinal, &file, offset_out, &room, err);
	segment_file_free(file);
	return st;
}

Status store_bytes_before(Store *store, uint64_t sequence, uint64_t *out, Err *err)
{
	Status st = ST_OK;
	rwlock_read(&store->lock);
	bool is_leaf = sequence != store->committed.tree_size;
	uint32_t segment = is_leaf ? 0 : store->committed.segment;
	*out = store->committed.end; /* what is pending behind it is not of the tree */
	pthread_rwlock_unlock(&store->lock);
	if (is_leaf)
		st = locate_leaf(store, sequence, &segment, out, err);
	if (st != ST_OK && segment && files_rescan(store, segment)) /* the footer may be at fault */
		st = locate_leaf(store, sequence, &segment, out, err);
	if (st != ST_OK)
		return st;
	rwlock_read(&store->lock);
	for (size_t i = 0; i < store->segment_count && store->segments[i]->id < segment; i++)
		*out += store->segments[i]->end;
	pthread_rwlock_unlock(&store->lock);
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
	*sequence_out = low;
	return st;
}

/* ---- bodies ---------------------------------------------------------------------------------------------------- */

const Dictionary *keep_dictionary(Store *store, Dictionary *dict)
{
	for (DictNode *node = store->dicts; node; node = node->next) {
		if (hash_eq(dictionary_hash(node->dict), dictionary_hash(dict))) {
			dictionary_free(dict);
			return node->dict;
		}
	}
	DictNode *node = malloc(sizeof *node);
	if (!node) {
		dictionary_free(dict);
		return NULL;
	}
	*node = (DictNode){store->dicts, dict};
	store->dicts = node;
	return dict;
}

static const Dictionary *known_dictionary(const Segment *s, uint32_t ordinal)
{
	for (size_t i = 0; s && i < s->dict_count; i++)
		if (s->dicts[i].ordinal == ordinal)
			return s->dicts[i].dict;
	return NULL;
}

static Status load_dictionary(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, const Dictionary **out,
			      Err *err)
{
	Arena arena = {0};
	Frame frame;
	Status st = read_frame(store, sight, segment, ordinal, &arena, &frame, err);
	if (st != ST_OK)
		goto done;
	Dictionary *dict = frame.header.type == FRAME_DICT && frame.header.codec == CODEC_RAW
				   ? dictionary_new(frame.stored)
				   : NULL;
	if (frame.header.type == FRAME_DICT && !dict) {
		st = err_no_memory(err);
		goto done;
	}
	if (!dict || memcmp(dictionary_hash(dict)->bytes, frame.descriptor.ptr, STORE_HASH_LEN) != 0) {
		dictionary_free(dict);
		st = err_set(err, ST_CORRUPT,
			     "segment %08" PRIx32 ".seg: frame %" PRIu32 " is not the dictionary it should be", segment,
			     ordinal);
		goto done;
	}
	rwlock_write(&store->lock);
	*out = keep_dictionary(store, dict);
	Segment *s = log_segment(store, segment);
	if (*out && s && !known_dictionary(s, ordinal)) {
		if (s->dict_count == SEGMENT_DICTS_MAX) /* destructions leave used up ones behind */
			memmove(s->dicts, s->dicts + 1, --s->dict_count * sizeof s->dicts[0]);
		s->dicts[s->dict_count].ordinal = ordinal;
		s->dicts[s->dict_count++].dict = *out;
	}
	pthread_rwlock_unlock(&store->lock);
	if (!*out)
		st = err_no_memory(err);
done:
	arena_done(&arena);
	return st;
}

Status read_dictionary(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, const Dictionary **out, Err *err)
{
	rwlock_read(&store->lock);
	*out = known_dictionary(log_segment(store, segment), ordinal);
	pthread_rwlock_unlock(&store->lock);
	return *out ? ST_OK : load_dictionary(store, sight, segment, ordinal, out, err);
}

static Status unpack_into(Store *store, Sight sight, uint32_t segment, const Frame *frame, void *out, size_t wanted,
			  Err *err)
{
	const Dictionary *dict = NULL;
	if (frame->header.flags & FRAME_DESTROYED)
		return err_set(err, ST_NOT_FOUND, "it was lawfully destroyed");
	if (frame->header.codec == CODEC_LZ4_DICT) {
		Status st = read_dictionary(store, sight, segment, frame->header.dict_ordinal, &dict, err);
		if (st != ST_OK)
			return st;
	}
	return codec_unpack((Codec)frame->header.codec, dict, frame->stored, out, frame->header.raw_len, wanted, err);
}

Status read_body(Store *store, Sight sight, uint32_t segment, const Frame *frame, Arena *arena, Str *out, Err *err)
{
	if (frame->header.codec == CODEC_RAW && !(frame->header.flags & FRAME_DESTROYED)) {
		*out = frame->stored;
		return ST_OK;
	}
	char *raw = arena_alloc(arena, (size_t)frame->header.raw_len + 1);
	if (!raw)
		return err_no_memory(err);
	Status st = unpack_into(store, sight, segment, frame, raw, frame->header.raw_len, err);
	if (st == ST_OK)
		*out = (Str){raw, frame->header.raw_len};
	return st;
}

/* ---- entries --------------------------------------------------------------------------------------------------- */

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
		st = read_body(store, SEE_COMMITTED, segment, &frame, arena, &entry.payload, err);
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

/* ---- objects --------------------------------------------------------------------------------------------------- */

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
	return read_body(store, SEE_COMMITTED, segment, &frame, arena, out, err);
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
		return unpack_into(store, SEE_COMMITTED, segment, frame, out, len,
				   err); /* the common case: all or the beginning of a small object */
	Status st = read_body(store, SEE_COMMITTED, segment, frame, arena, &body, err);
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
