/* store/format/segment.c - a segment is read with pread, never mmap: a page that rots must be an error, not a SIGBUS.
 * Trailer and footer are taken only when every sum and length fits; otherwise the segment counts as not sealed and its
 * frames are found by scanning.
 */
#include "store/format/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void segment_name(uint32_t id, char out[static 16])
{
	snprintf(out, 16, "%08" PRIx32 ".seg", id);
}

bool segment_name_parse(const char *name, uint32_t *id_out)
{
	char again[16];
	unsigned long id = strtoul(name, NULL, 16);
	if (id == 0 || id > UINT32_MAX)
		return false;
	segment_name((uint32_t)id, again);
	if (strcmp(name, again) != 0)
		return false;
	*id_out = (uint32_t)id;
	return true;
}

Status segment_path(FilePath *out, const char *dir, uint32_t id, const char *ending, Err *err)
{
	char name[32];
	snprintf(name, sizeof name, "%08" PRIx32 ".seg%.15s", id, ending);
	Status st = file_path(out, dir, "segments", err);
	return st == ST_OK ? file_path(out, out->text, name, err) : st;
}

void segment_file_free(SegmentFile *f)
{
	if (!f || atomic_fetch_sub(&f->uses, 1) != 1)
		return;
	close_quietly(f->fd);
	free(f);
}

/* Reads trailer and footer descriptor; leaves f->footer_offset 0 where either is not right. */
static void read_footer(SegmentFile *f, uint32_t id, const uint8_t *archive_id, uint64_t size, FooterDescriptor *out)
{
	uint8_t bytes[FRAME_HEADER_LEN + DESCRIPTOR_MAX], trailer_bytes[SEGMENT_TRAILER_LEN];
	SegmentTrailer trailer;
	FrameHeader header;
	Err ignored;
	if (size < SEGMENT_HEADER_LEN + FRAME_HEADER_LEN + SEGMENT_TRAILER_LEN || size % FRAME_ALIGN != 0)
		return;
	uint64_t trailer_at = size - SEGMENT_TRAILER_LEN;
	if (file_pread(f->fd, trailer_bytes, sizeof trailer_bytes, trailer_at, f->name, &ignored) != ST_OK ||
	    !segment_trailer_get(trailer_bytes, archive_id, id, trailer_at, &trailer))
		return;
	size_t len = trailer_at - trailer.footer_offset < sizeof bytes ? (size_t)(trailer_at - trailer.footer_offset)
								       : sizeof bytes;
	uint32_t own_seed = segment_seed(archive_id, id, trailer.generation),
		 seed = frame_seed(own_seed, trailer.footer_offset);
	if (len < FRAME_HEADER_LEN ||
	    file_pread(f->fd, bytes, len, trailer.footer_offset, f->name, &ignored) != ST_OK ||
	    !frame_header_get(bytes, seed, &header) || header.type != FRAME_FOOTER || header.codec != CODEC_RAW ||
	    FRAME_HEADER_LEN + header.descriptor_len > len || trailer.footer_offset + frame_len(&header) != trailer_at)
		return;
	if (!footer_descriptor_get((Str){(char *)bytes + FRAME_HEADER_LEN, header.descriptor_len}, seed, out) ||
	    header.raw_len != ((uint64_t)out->frames + out->leaves) * 4 || header.ordinal != out->frames)
		return;
	f->generation = trailer.generation;
	f->seed = own_seed;
	f->footer_offset = trailer.footer_offset;
	f->table_at = trailer.footer_offset + FRAME_HEADER_LEN + header.descriptor_len;
	f->footer_frames = out->frames;
	f->footer_leaves = out->leaves;
}

Status segment_file_open(SegmentFile **out, const char *dir, uint32_t id,
			 const uint8_t archive_id[static ARCHIVE_ID_LEN], SegmentHeader *header_out, bool *sealed_out,
			 FooterDescriptor *footer_out, Err *err)
{
	FilePath path;
	uint8_t bytes[SEGMENT_HEADER_LEN];
	FooterDescriptor footer;
	struct stat info;
	Status st = segment_path(&path, dir, id, "", err);
	if (st != ST_OK)
		return st;
	SegmentFile *f = calloc(1, sizeof *f);
	if (!f)
		return err_no_memory(err);
	atomic_init(&f->uses, 1);
	segment_name(id, f->name);
	f->fd = open(path.text, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0 || fstat(f->fd, &info) != 0) {
		st = err_errno(err, errno, "open segment %s", path.text);
		segment_file_free(f);
		return st;
	}
	f->seed = segment_seed(archive_id, id, 0);
	*header_out = (SegmentHeader){.segment = id};
	bool right = (uint64_t)info.st_size >= SEGMENT_HEADER_LEN &&
		     file_pread(f->fd, bytes, sizeof bytes, 0, f->name, err) == ST_OK &&
		     segment_header_get(bytes, header_out) && header_out->segment == id &&
		     memcmp(header_out->archive_id, archive_id, ARCHIVE_ID_LEN) == 0;
	if (right) {
		f->generation = header_out->generation;
		f->seed = segment_seed(archive_id, id, f->generation);
	}
	read_footer(f, id, archive_id, (uint64_t)info.st_size, footer_out ? footer_out : &footer);
	*sealed_out = f->footer_offset != 0;
	*out = f;
	if (!right)
		return err_set(err, ST_CORRUPT, "segment %s: damaged header at offset 0", f->name);
	return ST_OK;
}

Status segment_file_open_again(SegmentFile **out, const SegmentFile *old, uint32_t id,
			       const uint8_t archive_id[static ARCHIVE_ID_LEN], Err *err)
{
	struct stat info;
	FooterDescriptor footer;
	SegmentFile *f = calloc(1, sizeof *f);
	if (!f)
		return err_no_memory(err);
	atomic_init(&f->uses, 1);
	memcpy(f->name, old->name, sizeof f->name);
	f->seed = old->seed;
	f->generation = old->generation;
	f->fd = fcntl(old->fd, F_DUPFD_CLOEXEC, 0);
	if (f->fd < 0 || fstat(f->fd, &info) != 0) {
		Status st = err_errno(err, errno, "open segment %s again", f->name);
		segment_file_free(f);
		return st;
	}
	read_footer(f, id, archive_id, (uint64_t)info.st_size, &footer);
	*out = f;
	return ST_OK;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

Status segment_file_locate(const SegmentFile *f, uint32_t ordinal, uint64_t *offset_out, uint64_t *room_out, Err *err)
{
	uint8_t bytes[8];
	if (!f->footer_offset || ordinal >= f->footer_frames)
		return err_set(err, ST_CORRUPT, "segment %s has no frame %" PRIu32, f->name, ordinal);
	bool last = ordinal + 1 == f->footer_frames;
	Status st = file_pread(f->fd, bytes, last ? 4 : 8, f->table_at + (uint64_t)ordinal * 4, f->name, err);
	if (st != ST_OK)
		return st;
	uint64_t offset = (uint64_t)get_le32(bytes) * FRAME_ALIGN;
	uint64_t next = last ? f->footer_offset : (uint64_t)get_le32(bytes + 4) * FRAME_ALIGN;
	if (offset < SEGMENT_HEADER_LEN || next < offset + FRAME_HEADER_LEN || next > f->footer_offset)
		return err_set(err, ST_CORRUPT, "segment %s offset %" PRIu64 ": damaged footer at frame %" PRIu32,
			       f->name, f->table_at + (uint64_t)ordinal * 4, ordinal);
	*offset_out = offset;
	*room_out = next - offset;
	return ST_OK;
}

Status segment_file_leaf_ordinal(const SegmentFile *f, uint32_t leaf, uint32_t *ordinal_out, Err *err)
{
	uint8_t bytes[4];
	if (!f->footer_offset || leaf >= f->footer_leaves)
		return err_set(err, ST_CORRUPT, "segment %s has no leaf %" PRIu32, f->name, leaf);
	uint64_t at = f->table_at + ((uint64_t)f->footer_frames + leaf) * 4;
	Status st = file_pread(f->fd, bytes, 4, at, f->name, err);
	if (st != ST_OK)
		return st;
	*ordinal_out = get_le32(bytes);
	return ST_OK;
}

Status segment_file_read(const SegmentFile *f, uint64_t offset, uint64_t room, Arena *arena, Frame *out, Err *err)
{
	enum { FIRST_READ = 256 << 10 };
	size_t first = room < FIRST_READ ? (size_t)room : FIRST_READ;
	FrameHeader header;
	uint32_t seed = frame_seed(f->seed, offset);
	uint8_t *bytes = arena_alloc(arena, first);
	if (!bytes)
		return err_no_memory(err);
	Status st = file_pread(f->fd, bytes, first, offset, f->name, err);
	if (st != ST_OK)
		return st;
	if (first < FRAME_HEADER_LEN || !frame_header_get(bytes, seed, &header) || frame_len(&header) > room)
		return err_set(err, ST_CORRUPT, "segment %s offset %" PRIu64 ": damaged frame header", f->name, offset);
	size_t len = (size_t)frame_len(&header);
	if (len > first) {
		uint8_t *whole = arena_alloc(arena, len);
		if (!whole)
			return err_no_memory(err);
		memcpy(whole, bytes, first);
		bytes = whole;
		st = file_pread(f->fd, bytes + first, len - first, offset + first, f->name, err);
		if (st != ST_OK)
			return st;
	}
	if (!frame_content_ok(&header, seed, bytes + FRAME_HEADER_LEN))
		return err_set(err, ST_CORRUPT, "segment %s offset %" PRIu64 ": bad checksum", f->name, offset);
	frame_split(bytes, offset, &header, out);
	return ST_OK;
}

Status segment_file_read_descriptor(const SegmentFile *f, uint64_t offset, uint64_t room, Arena *arena, Str *out,
				    Err *err)
{
	enum { FIRST_READ = 512 };
	size_t first = room < FIRST_READ ? (size_t)room : FIRST_READ;
	FrameHeader header;
	uint8_t *bytes = arena_alloc(arena, FIRST_READ);
	if (!bytes)
		return err_no_memory(err);
	Status st = file_pread(f->fd, bytes, first, offset, f->name, err);
	if (st != ST_OK)
		return st;
	if (first < FRAME_HEADER_LEN || !frame_header_get(bytes, frame_seed(f->seed, offset), &header) ||
	    header.descriptor_len > first - FRAME_HEADER_LEN)
		return err_set(err, ST_CORRUPT, "segment %s offset %" PRIu64 ": damaged frame header", f->name, offset);
	*out = (Str){(const char *)bytes + FRAME_HEADER_LEN, header.descriptor_len};
	return ST_OK;
}

/* ---- what is known of a segment -------------------------------------------------------------------------------- */

Segment *segment_new(uint32_t id)
{
	Segment *s = calloc(1, sizeof *s);
	if (s) {
		s->id = id;
		s->end = SEGMENT_HEADER_LEN;
		s->last_dict = UINT32_MAX;
	}
	return s;
}

void segment_free(Segment *s)
{
	if (!s)
		return;
	segment_file_free(s->file);
	free(s->offsets);
	free(s->leaf_ordinals);
	free(s);
}

static bool grow(uint32_t **array, size_t *room, size_t wanted, int fill)
{
	if (wanted <= *room)
		return true;
	size_t bigger = *room ? *room * 2 : 256;
	if (bigger < wanted)
		bigger = wanted;
	uint32_t *grown = realloc(*array, bigger * sizeof **array);
	if (!grown)
		return false;
	memset(grown + *room, fill, (bigger - *room) * sizeof **array);
	*array = grown;
	*room = bigger;
	return true;
}

bool segment_note_frame(Segment *s, uint32_t ordinal, uint64_t offset)
{
	if (!grow(&s->offsets, &s->offsets_room, (size_t)ordinal + 1, 0))
		return false;
	s->offsets[ordinal] = (uint32_t)(offset / FRAME_ALIGN);
	if (ordinal >= s->frames)
		s->frames = ordinal + 1;
	return true;
}

bool segment_note_leaf(Segment *s, uint32_t leaf, uint32_t ordinal)
{
	if (!grow(&s->leaf_ordinals, &s->leaves_room, (size_t)leaf + 1, 0xFF))
		return false;
	s->leaf_ordinals[leaf] = ordinal;
	if (leaf >= s->leaves)
		s->leaves = leaf + 1;
	return true;
}

void segment_cut(Segment *s, uint32_t frames, uint32_t leaves, uint64_t end)
{
	for (uint32_t i = frames; i < s->frames && i < s->offsets_room; i++)
		s->offsets[i] = 0;
	for (uint32_t i = leaves; i < s->leaves && i < s->leaves_room; i++)
		s->leaf_ordinals[i] = UINT32_MAX;
	if (s->last_dict != UINT32_MAX && s->last_dict >= frames)
		s->last_dict = UINT32_MAX;
	s->frames = frames;
	s->leaves = leaves;
	s->end = end;
}

Status segment_load_tables(Segment *s, uint32_t frames, uint32_t leaves, Err *err)
{
	const SegmentFile *f = s->file;
	Buf bytes = {0};
	size_t len = ((size_t)f->footer_frames + f->footer_leaves) * 4;
	bool noted = buf_extend(&bytes, len) || !len;
	Status st = noted ? file_pread(f->fd, bytes.data, len, f->table_at, f->name, err) : err_no_memory(err);
	for (uint32_t i = 0; st == ST_OK && noted && i < frames; i++)
		noted = segment_note_frame(s, i, (uint64_t)get_le32(bytes.data + (size_t)i * 4) * FRAME_ALIGN);
	for (uint32_t i = 0; st == ST_OK && noted && i < leaves; i++)
		noted = segment_note_leaf(s, i, get_le32(bytes.data + ((size_t)f->footer_frames + i) * 4));
	buf_done(&bytes);
	return st == ST_OK && !noted ? err_no_memory(err) : st;
}

void segment_release_tables(Segment *s)
{
	if (!s->sealed || s->rescanned)
		return;
	free(s->offsets);
	free(s->leaf_ordinals);
	s->offsets = s->leaf_ordinals = NULL;
	s->offsets_room = s->leaves_room = 0;
}
