/* store/format/segment.h - one segment file: opening it, finding a frame by its ordinal, reading frames.
 *
 * A frame is named by (segment, ordinal), never by its offset: a sealed segment may be written anew as a whole
 * (stronger compression, lawful destruction, repair) without touching anything that points into it. Where the frames
 * are stands in the footer of a sealed segment; for the live one, and for one whose footer is damaged, it is kept in
 * memory and found by scanning.
 *
 * Owns     a SegmentFile is counted: segment_file_free gives one use back, the last one closes it
 * Errors   ST_CORRUPT names segment and offset; ST_IO
 * Threads  a SegmentFile is read-only once open; a Segment is guarded by its store's lock
 */
#ifndef STORE_FORMAT_SEGMENT_H
#define STORE_FORMAT_SEGMENT_H

#include "base/arena.h"
#include "base/file.h"
#include "store/format/codec.h"
#include "store/format/descriptor.h"

#include <stdatomic.h>

typedef struct {
	int fd;
	atomic_uint uses;
	uint32_t seed; /* segment_seed of it */
	uint32_t generation;
	uint64_t footer_offset; /* 0: no footer */
	uint64_t table_at;      /* the footer's table of offsets */
	uint32_t footer_frames, footer_leaves;
	char name[16]; /* "0000000a.seg" */
} SegmentFile;

enum { SEGMENT_DICTS_MAX = 4 };

typedef struct {
	uint32_t id;
	SegmentFile *file;        /* NULL: closed for now, or missing */
	_Atomic uint64_t used_at; /* for closing the one unused longest */
	uint64_t first_sequence, end;
	uint32_t frames, leaves; /* of the live one: appended but not committed ones too */
	bool sealed, header_damaged;
	uint32_t generation;     /* of the file that the tables below belong to */
	bool rescanned;          /* its footer is damaged: the tables below were found by scanning */
	uint32_t *offsets;       /* offset / 8 by ordinal, 0 unknown; NULL: look into the footer */
	uint32_t *leaf_ordinals; /* by sequence - first_sequence, UINT32_MAX unknown */
	size_t offsets_room, leaves_room;
	uint32_t footer_frames, footer_leaves, committed_frames; /* as the footer said when the archive was opened */
	struct {
		uint32_t ordinal;
		const Dictionary *dict;
	} dicts[SEGMENT_DICTS_MAX];
	size_t dict_count;
	uint32_t last_dict; /* ordinal of the last DICT frame seen in it; UINT32_MAX: none */
} Segment;

void segment_name(uint32_t id, char out[static 16]);
/* The number of a segment from its file's name; false for other files. */
bool segment_name_parse(const char *name, uint32_t *id_out);
/* dir/segments/NNNNNNNN.seg and what stands behind it: "" or ".new". */
Status segment_path(FilePath *out, const char *dir, uint32_t id, const char *ending, Err *err);

/* Opens dir/segments/…; checks the header where it can. footer_out may be NULL; *sealed_out says whether trailer and
 * footer descriptor are there and right. ST_CORRUPT: the header is damaged (the file is open all the same when
 * *out is set). */
Status segment_file_open(SegmentFile **out, const char *dir, uint32_t id,
			 const uint8_t archive_id[static ARCHIVE_ID_LEN], SegmentHeader *header_out, bool *sealed_out,
			 FooterDescriptor *footer_out, Err *err);
/* The same file again, though another may have its name by now: for one that was sealed since it was opened. */
Status segment_file_open_again(SegmentFile **out, const SegmentFile *old, uint32_t id,
			       const uint8_t archive_id[static ARCHIVE_ID_LEN], Err *err);
static inline SegmentFile *segment_file_use(SegmentFile *f)
{
	atomic_fetch_add(&f->uses, 1);
	return f;
}
void segment_file_free(SegmentFile *f);

/* Offset of frame `ordinal` and how many bytes there are up to the next one, from the footer. */
Status segment_file_locate(const SegmentFile *f, uint32_t ordinal, uint64_t *offset_out, uint64_t *room_out, Err *err);
Status segment_file_leaf_ordinal(const SegmentFile *f, uint32_t leaf, uint32_t *ordinal_out, Err *err);
/* Reads and checks the frame at offset; its bytes lie in the arena. */
Status segment_file_read(const SegmentFile *f, uint64_t offset, uint64_t room, Arena *arena, Frame *out, Err *err);
/* Reads its descriptor alone. No checksum covers that: the caller knows its hash. */
Status segment_file_read_descriptor(const SegmentFile *f, uint64_t offset, uint64_t room, Arena *arena, Str *out,
				    Err *err);

Segment *segment_new(uint32_t id);
void segment_free(Segment *s);
/* Notes where a frame is; ordinals may come with gaps. */
bool segment_note_frame(Segment *s, uint32_t ordinal, uint64_t offset);
bool segment_note_leaf(Segment *s, uint32_t leaf, uint32_t ordinal);
/* Takes the offsets and ordinals out of the footer into memory; lets go of what the footer can say again. */
Status segment_load_tables(Segment *s, uint32_t frames, uint32_t leaves, Err *err);
void segment_release_tables(Segment *s);
void segment_cut(Segment *s, uint32_t frames, uint32_t leaves, uint64_t end);

#endif
