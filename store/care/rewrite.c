/* store/care/rewrite.c - each frame is checked with the old file's sums before it gets the new file's, so that damage
 * is never made to look right. The new file is synced, then renamed over the old one with the store's lock held: a
 * reader meets the old file with its old places, or the new file with the new ones.
 */
#include "store/care/rewrite.h"

#include "store/format/scan.h"
#include "store/log/body.h"
#include "store/log/segments.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUT_BYTES = 1 << 20, SAMPLE_BYTES = 12 << 20, SAMPLE_MAX = 32 << 10 };

typedef struct {
	Store *store;
	const RewritePlan *plan;
	SegmentFile *old;
	SegmentHeader header;
	FooterDescriptor footer;
	uint64_t old_end;
	int fd;
	uint32_t seed, frames;
	uint64_t end;
	Buf out; /* frames not yet written; they end at `end` */
	Buf offsets, leaf_ordinals, packed;
	Packer *packer;
	Dictionary *dict;
	Arena arena;
	FilePath temporary, path;
} Rewrite;

Status rewrite_lock(Store *store, int *fd_out, Err *err)
{
	FilePath path;
	Status st = state_check_writable(store, err);
	if (st == ST_OK)
		st = store_check_place(store, err);
	if (st == ST_OK)
		st = file_path(&path, store->dir, "catalogue/REWRITE", err);
	if (st != ST_OK)
		return st;
	int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path.text);
	st = file_lock(fd, false, path.text, err);
	if (st == ST_OK) {
		*fd_out = fd;
		return ST_OK;
	}
	close_quietly(fd);
	return st == ST_BUSY ? err_set(err, ST_BUSY, "another process is writing segments of %s anew", store->dir) : st;
}

Status rewrite_lock_to_read(Store *store, int *fd_out, Err *err)
{
	Err ignored;
	if (state_check_writable(store, &ignored) == ST_OK)
		return rewrite_lock(store, fd_out, err);
	*fd_out = -1;
	return ST_OK;
}

void rewrite_unlock(int fd)
{
	close_quietly(fd);
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static Status flush(Rewrite *r, Err *err)
{
	Status st = buf_ok(&r->out) ? ST_OK : err_no_memory(err);
	if (st == ST_OK && r->out.len)
		st = file_pwrite(r->fd, r->out.data, r->out.len, r->end - r->out.len, r->temporary.text, err);
	buf_clear(&r->out);
	return st;
}

static void note(Buf *list, uint32_t value)
{
	uint8_t bytes[4];
	put_le32(bytes, value);
	buf_add(list, bytes, sizeof bytes);
}

static Status put_frame(Rewrite *r, FrameHeader *header, Str descriptor, Str annex, Str stored, Err *err)
{
	header->descriptor_len = (uint32_t)descriptor.len;
	header->annex_len = (uint32_t)annex.len;
	header->stored_len = (uint32_t)stored.len;
	uint8_t *at = (uint8_t *)buf_extend(&r->out, (size_t)frame_len(header));
	if (!at)
		return err_no_memory(err);
	uint8_t *content = at + FRAME_HEADER_LEN;
	memset(content, 0, (size_t)frame_content_len(header));
	memcpy(content, descriptor.ptr ? descriptor.ptr : "", descriptor.len);
	memcpy(content + descriptor.len, annex.ptr ? annex.ptr : "", annex.len);
	memcpy(content + descriptor.len + annex.len, stored.ptr ? stored.ptr : "", stored.len);
	frame_header_put(header, frame_seed(r->seed, r->end), content, at);
	if (header->type != FRAME_FOOTER)
		note(&r->offsets, (uint32_t)(r->end / FRAME_ALIGN));
	r->end += frame_len(header);
	return r->out.len >= OUT_BYTES ? flush(r, err) : ST_OK;
}

/* ---- frames ---------------------------------------------------------------------------------------------------- */

static Status repack(Rewrite *r, const Frame *frame, FrameHeader *header, Str *stored, Err *err)
{
	Str raw;
	Codec codec;
	Status st = body_read(r->store, SEE_COMMITTED, r->header.segment, frame, &r->arena, &raw, err);
	if (st != ST_OK)
		return st;
	buf_clear(&r->packed);
	st = packer_pack(r->packer, r->dict, raw, &r->packed, &codec, err);
	if (st != ST_OK || codec == CODEC_RAW || r->packed.len >= stored->len)
		return st; /* the frame keeps its old body */
	header->codec = (uint8_t)codec;
	header->dict_ordinal =
		codec == CODEC_LZ4_DICT ? r->footer.frames : 0; /* the DICT frame will stand behind all others */
	*stored = buf_str(&r->packed);
	return ST_OK;
}

static size_t swap_of(const Rewrite *r, uint32_t ordinal)
{
	size_t i = 0;
	while (i < r->plan->swap_count && r->plan->swaps[i].ordinal != ordinal)
		i++;
	return i;
}

/* A body whose dictionary is emptied: packed with the clean one, or left raw where that saves nothing. */
static Status repack_swapped(Rewrite *r, const Frame *frame, size_t swap, FrameHeader *header, Str *stored, Err *err)
{
	Codec codec;
	Str raw;
	Status st = body_read(r->store, SEE_COMMITTED, r->header.segment, frame, &r->arena, &raw, err);
	if (st != ST_OK)
		return st;
	buf_clear(&r->packed);
	st = packer_pack(r->packer, r->plan->swaps[swap].clean, raw, &r->packed, &codec, err);
	header->codec = (uint8_t)codec;
	header->dict_ordinal = codec == CODEC_LZ4_DICT ? r->footer.frames + (uint32_t)swap : 0;
	*stored = codec == CODEC_RAW ? raw : buf_str(&r->packed);
	return st;
}

static Status copy_frame(Rewrite *r, const Frame *frame, Err *err)
{
	FrameHeader header = frame->header;
	Str descriptor = frame->descriptor, annex = frame->annex, stored = frame->stored;
	uint8_t blank[OBJECT_DESCRIPTOR_LEN];
	bool has_body = header.type == FRAME_OBJECT || header.type == FRAME_CHUNK || header.type == FRAME_LEAF;
	RewriteAction action =
		has_body && !(header.flags & FRAME_DESTROYED) ? r->plan->choose(r->plan->ctx, frame) : REWRITE_KEEP;
	size_t swap = header.codec == CODEC_LZ4_DICT ? swap_of(r, header.dict_ordinal) : r->plan->swap_count;
	Hash empty;
	Status st = ST_OK;
	if (header.type == FRAME_DICT && swap_of(r, header.ordinal) < r->plan->swap_count) {
		hash_of((Str){"", 0}, &empty);
		descriptor = (Str){(const char *)empty.bytes, sizeof empty.bytes};
		stored = (Str){NULL, 0};
		header.raw_len = 0;
	} else if (action == REWRITE_KEEP && swap < r->plan->swap_count) {
		st = repack_swapped(r, frame, swap, &header, &stored, err);
	} else if (action == REWRITE_REPACK) {
		st = repack(r, frame, &header, &stored, err);
	} else if (action == REWRITE_DESTROY) {
		header.flags |= FRAME_DESTROYED;
		header.codec = CODEC_RAW;
		header.dict_ordinal = 0;
		annex = stored = (Str){NULL, 0};
		if (header.type != FRAME_LEAF) { /* an object's hash would let its content be guessed */
			memcpy(blank, descriptor.ptr, descriptor.len);
			memset(blank, 0, STORE_HASH_LEN);
			descriptor = (Str){(const char *)blank, descriptor.len};
		}
	}
	if (st == ST_OK && header.type == FRAME_LEAF)
		note(&r->leaf_ordinals, header.ordinal);
	return st == ST_OK ? put_frame(r, &header, descriptor, annex, stored, err) : st;
}

static Status copy_frames(Rewrite *r, FrameHeader *footer_out, Err *err)
{
	Scan scan;
	Frame frame;
	Status st = ST_OK;
	Step step;
	scan_begin(&scan, r->old, SEGMENT_HEADER_LEN, r->old_end);
	while (st == ST_OK && (step = scan_next(&scan, &frame, err)) == STEP_ITEM) {
		arena_reset(&r->arena);
		if (frame.header.type == FRAME_FOOTER) {
			*footer_out = frame.header;
			break;
		}
		if (frame.header.ordinal != r->frames)
			st = err_set(err, ST_CORRUPT, "segment %s offset %" PRIu64 ": a frame is missing", r->old->name,
				     frame.offset);
		else
			st = copy_frame(r, &frame, err);
		r->frames++;
	}
	scan_done(&scan);
	if (st == ST_OK && (step != STEP_ITEM || r->frames != r->footer.frames))
		st = step == STEP_ERROR
			     ? err->code
			     : err_set(err, ST_CORRUPT, "segment %s has another number of frames than its footer says",
				       r->old->name);
	return st;
}

static Status put_dictionary(Rewrite *r, const Dictionary *dict, const FrameHeader *footer, Err *err)
{
	FrameHeader header = {
		.type = FRAME_DICT, .ordinal = r->frames, .sequence = footer->sequence, .batch = footer->batch};
	Str bytes = dictionary_bytes(dict);
	header.raw_len = (uint32_t)bytes.len;
	r->frames++;
	return put_frame(r, &header, (Str){(const char *)dictionary_hash(dict)->bytes, STORE_HASH_LEN}, (Str){0}, bytes,
			 err);
}

static Status put_dictionaries(Rewrite *r, const FrameHeader *footer, Err *err)
{
	Status st = r->dict ? put_dictionary(r, r->dict, footer, err) : ST_OK;
	for (size_t i = 0; st == ST_OK && i < r->plan->swap_count; i++) {
		if (r->footer.last_dict == r->plan->swaps[i].ordinal)
			r->footer.last_dict = r->frames; /* ingest packs with the clean dictionary from now on */
		st = put_dictionary(r, r->plan->swaps[i].clean, footer, err);
	}
	return st;
}

static Status put_footer(Rewrite *r, const FrameHeader *old_footer, Err *err)
{
	Buf descriptor = {0}, tables = {0};
	FooterDescriptor footer = r->footer;
	uint64_t footer_at = r->end;
	uint8_t trailer_bytes[SEGMENT_TRAILER_LEN];
	footer.frames = r->frames;
	if (!buf_ok(&r->offsets) || !buf_ok(&r->leaf_ordinals))
		return err_no_memory(err);
	if (footer.committed_frames) {
		uint32_t units = get_le32(r->offsets.data + ((size_t)footer.committed_frames - 1) *
								    4); /* offset / 8 of the last COMMIT */
		footer.committed_end = (uint64_t)units * FRAME_ALIGN + FRAME_HEADER_LEN + COMMIT_DESCRIPTOR_LEN;
	}
	footer_descriptor_put(&footer, frame_seed(r->seed, r->end), &descriptor);
	buf_add_str(&tables, buf_str(&r->offsets));
	buf_add_str(&tables, buf_str(&r->leaf_ordinals));
	FrameHeader header = {.type = FRAME_FOOTER,
			      .ordinal = r->frames,
			      .sequence = old_footer->sequence,
			      .batch = old_footer->batch,
			      .raw_len = (uint32_t)tables.len};
	Status st = buf_ok(&descriptor) && buf_ok(&tables)
			    ? put_frame(r, &header, buf_str(&descriptor), (Str){0}, buf_str(&tables), err)
			    : err_no_memory(err);
	SegmentTrailer trailer = {footer_at, r->header.segment, r->header.generation};
	segment_trailer_put(&trailer, frame_seed(r->seed, r->end), trailer_bytes);
	if (st == ST_OK) {
		buf_add(&r->out, trailer_bytes, sizeof trailer_bytes);
		r->end += sizeof trailer_bytes;
		st = flush(r, err);
	}
	buf_done(&descriptor);
	buf_done(&tables);
	return st;
}

/* ---- the dictionary -------------------------------------------------------------------------------------------- */

/* Starts of bodies from all over the segment. Too little to learn from is no error. */
static Status train(Rewrite *r, Err *err)
{
	Scan scan;
	Frame frame;
	Buf samples = {0}, sizes = {0};
	uint64_t every = r->old_end / (4 * SAMPLE_BYTES) + 1, seen = 0;
	Step step;
	Status st = ST_OK;
	scan_begin(&scan, r->old, SEGMENT_HEADER_LEN, r->old_end);
	while (st == ST_OK && samples.len < SAMPLE_BYTES && (step = scan_next(&scan, &frame, err)) == STEP_ITEM) {
		Str raw;
		bool wanted = frame.header.type == FRAME_LEAF ||
			      (frame.header.type == FRAME_OBJECT && frame.header.codec != CODEC_RAW);
		if (!wanted || (frame.header.flags & FRAME_DESTROYED) || frame.header.raw_len > STORE_CHUNK_BYTES ||
		    seen++ / 2 % every != 0)
			continue;
		arena_reset(&r->arena);
		st = body_read(r->store, SEE_COMMITTED, r->header.segment, &frame, &r->arena, &raw, err);
		size_t len = raw.len < SAMPLE_MAX ? raw.len : SAMPLE_MAX;
		if (st == ST_OK) {
			buf_add(&samples, raw.ptr, len);
			buf_add(&sizes, &len, sizeof len);
		}
	}
	scan_done(&scan);
	if (st == ST_OK && (!buf_ok(&samples) || !buf_ok(&sizes)))
		st = err_no_memory(err);
	if (st == ST_OK && samples.len > 4 * DICT_BYTES_MAX) {
		st = dictionary_train(samples.data, (const size_t *)sizes.data, (unsigned)(sizes.len / sizeof(size_t)),
				      &r->dict, err);
		if (st == ST_INVALID)
			st = ST_OK;
	}
	buf_done(&samples);
	buf_done(&sizes);
	return st;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static Status begin(Rewrite *r, uint32_t id, Err *err)
{
	bool sealed;
	struct stat info;
	uint8_t bytes[SEGMENT_HEADER_LEN];
	Status st = segment_path(&r->path, r->store->dir, id, "", err);
	if (st == ST_OK)
		st = segment_path(&r->temporary, r->store->dir, id, ".new", err);
	if (st == ST_OK)
		st = segment_file_open(&r->old, r->store->dir, id, r->store->archive_id, &r->header, &sealed,
				       &r->footer, err);
	if (st != ST_OK)
		return st;
	if (!sealed || fstat(r->old->fd, &info) != 0)
		return err_set(err, ST_CONFLICT, "segment %s is not sealed", r->old->name);
	r->old_end = (uint64_t)info.st_size - SEGMENT_TRAILER_LEN;
	r->header.generation++;
	r->seed = segment_seed(r->store->archive_id, id, r->header.generation);
	r->end = SEGMENT_HEADER_LEN;
	r->packer = packer_new(PACK_SMALL);
	if (!r->packer)
		return err_no_memory(err);
	r->fd = open(r->temporary.text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	if (r->fd < 0)
		return err_errno(err, errno, "create %s", r->temporary.text);
	segment_header_put(&r->header, bytes);
	return file_pwrite(r->fd, bytes, sizeof bytes, 0, r->temporary.text, err);
}

/* The new file takes the old one's place, on disk and for the readers of this process. */
static Status put_in_place(Rewrite *r, Err *err)
{
	SegmentHeader header;
	SegmentFile *fresh = NULL;
	bool sealed;
	if (fsync(r->fd) != 0)
		return err_errno(err, errno, "sync %s", r->temporary.text);
	pthread_rwlock_wrlock(&r->store->lock); /* from here on readers meet the new file only */
	Status st = rename(r->temporary.text, r->path.text) == 0
			    ? ST_OK
			    : err_errno(err, errno, "rename %s", r->temporary.text);
	Segment *s = segments_find(r->store, r->header.segment);
	if (st == ST_OK && s) {
		st = segment_file_open(&fresh, r->store->dir, s->id, r->store->archive_id, &header, &sealed, NULL, err);
		if (st == ST_OK) {
			r->store->files_open += s->file == NULL;
			segment_file_free(s->file);
			s->file = fresh;
			s->rescanned = false;
			segment_release_tables(s);
			s->generation = fresh->generation;
			s->end = fresh->footer_offset;
			s->frames = fresh->footer_frames;
			s->last_dict = r->footer.last_dict;
		} else {
			segment_file_free(fresh);
		}
	}
	pthread_rwlock_unlock(&r->store->lock);
	return st == ST_OK ? segments_sync_dir(r->store, err) : st;
}

Status rewrite_segment(Store *store, uint32_t id, const RewritePlan *plan, Err *err)
{
	Rewrite r = {.store = store, .plan = plan, .fd = -1};
	FrameHeader footer = {0};
	Status st = begin(&r, id, err);
	if (st == ST_OK && plan->train)
		st = train(&r, err);
	if (st == ST_OK)
		st = copy_frames(&r, &footer, err);
	if (st == ST_OK)
		st = put_dictionaries(&r, &footer, err);
	if (st == ST_OK)
		st = put_footer(&r, &footer, err);
	if (st == ST_OK)
		st = put_in_place(&r, err);
	if (st != ST_OK && r.fd >= 0)
		unlink(r.temporary.text);
	close_quietly(r.fd);
	segment_file_free(r.old);
	packer_free(r.packer);
	dictionary_free(r.dict);
	buf_done(&r.out);
	buf_done(&r.offsets);
	buf_done(&r.leaf_ordinals);
	buf_done(&r.packed);
	arena_done(&r.arena);
	return st;
}
