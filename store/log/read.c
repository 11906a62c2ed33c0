/* store/log/read.c - frames and leaves. Nothing here trusts what it reads: every frame is checked against its sums, its
 * ordinal and what was asked for. Where that fails the segment's footer may be at fault, so the segment is scanned once
 * and the frame looked for again. */
#include "store/log/read.h"

#include "base/rwlock.h"
#include "store/log/files.h"
#include "store/log/segments.h"

#include <inttypes.h>

/* Where frame `ordinal` of a segment stands, from what is in memory; *offset_out 0: look into the footer. */
static Status find_place(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, SegmentFile **file_out,
			 uint64_t *offset_out, uint64_t *room_out, Err *err)
{
	Status st = ST_OK;
	const Committed *c = &store->committed;
	rwlock_read(&store->lock);
	Segment *s = segments_find(store, segment);
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
	if (st == ST_OK && s->file) { /* the place belongs to this file, even if another takes its name now */
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
		SegmentFile *opened = NULL;
		st = files_use(store, segment, &opened, err);
		segment_file_free(opened);
		if (st == ST_OK)
			st = find_place(store, sight, segment, ordinal, file_out, offset_out, room_out, err);
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
	Segment *s = sequence < size ? segments_find_leaf(store, sequence) : NULL;
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
		SegmentFile *file = NULL;
		st = files_use(store, *segment_out, &file, err);
		if (st == ST_OK)
			st = segment_file_leaf_ordinal(file, leaf, ordinal_out, err);
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

static Status leaf_place_once(Store *store, uint64_t sequence, uint32_t *segment_out, uint64_t *offset_out, Err *err)
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

Status read_leaf_place(Store *store, uint64_t sequence, uint32_t *segment_out, uint64_t *offset_out, Err *err)
{
	*segment_out = 0;
	Status st = leaf_place_once(store, sequence, segment_out, offset_out, err);
	if (st != ST_OK && *segment_out && files_rescan(store, *segment_out)) /* the footer may be at fault */
		st = leaf_place_once(store, sequence, segment_out, offset_out, err);
	return st;
}

static bool head_is_leaf(Str descriptor, uint64_t sequence, const Hash *leaf_hash, LeafDescriptor *out)
{
	Hash found;
	merkle_leaf(descriptor, &found);
	return hash_eq(&found, leaf_hash) && leaf_descriptor_get(descriptor, out) && out->sequence == sequence;
}

Status read_leaf_head(Store *store, uint64_t sequence, const Hash *leaf_hash, Arena *arena, LeafDescriptor *out,
		      Err *err)
{
	uint32_t segment = 0, ordinal;
	uint64_t offset, room;
	SegmentFile *file = NULL;
	Frame frame;
	Str descriptor;
	Err ignored;
	Status st = find_leaf(store, SEE_COMMITTED, sequence, &segment, &ordinal, &ignored);
	if (st == ST_OK)
		st = locate_frame(store, SEE_COMMITTED, segment, ordinal, &file, &offset, &room, &ignored);
	if (st == ST_OK)
		st = segment_file_read_descriptor(file, offset, room, arena, &descriptor, &ignored);
	segment_file_free(file);
	if (st == ST_OK && head_is_leaf(descriptor, sequence, leaf_hash, out))
		return ST_OK;
	/* whatever is wrong there, reading the whole frame finds it and names the place */
	st = read_leaf(store, SEE_COMMITTED, sequence, arena, &frame, out, &segment, err);
	if (st == ST_OK && !head_is_leaf(frame.descriptor, sequence, leaf_hash, out))
		st = err_set(err, ST_CORRUPT, "record %" PRIu64 " is not the version that its successor names",
			     sequence);
	return st;
}
