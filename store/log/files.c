/* store/log/files.c - a few segment files are kept open; when there are too many, the one unused longest is closed.
 * Frames are found through a segment's footer, or by scanning it where the footer is damaged. */
#include "store/log/files.h"

#include "store/format/scan.h"
#include "store/log/segments.h"

#include <inttypes.h>
#include <sys/stat.h>

static void close_oldest(Store *store, const Segment *keep)
{
	Segment *oldest = NULL;
	for (size_t i = 0; i < store->segment_count; i++) {
		Segment *s = store->segments[i];
		if (s->file && s != keep && s->sealed && s->id < store->committed.segment &&
		    (!oldest || s->used_at < oldest->used_at))
			oldest = s;
	}
	if (oldest) {
		segment_file_free(oldest->file);
		oldest->file = NULL;
		store->files_open--;
	}
}

Status files_open(Store *store, Segment *s, Err *err)
{
	SegmentHeader header;
	FooterDescriptor footer;
	bool sealed;
	if (s->file)
		return ST_OK;
	Status st = segment_file_open(&s->file, store->dir, s->id, store->archive_id, &header, &sealed, &footer, err);
	if (!s->file)
		return st;
	if (s->generation !=
	    s->file->generation) { /* another process wrote it anew: what was known of the old file is void */
		s->rescanned = false;
		segment_release_tables(s);
		s->generation = s->file->generation;
		if (s->file->footer_offset) {
			s->frames = s->file->footer_frames;
			s->end = s->file->footer_offset;
		}
		if (sealed)
			s->last_dict = footer.last_dict;
	}
	if (++store->files_open > store->options.files_max)
		close_oldest(store, s);
	return ST_OK; /* a damaged header was noted when the archive was opened */
}

Status files_use(Store *store, uint32_t id, SegmentFile **out, Err *err)
{
	SegmentFile *file = NULL;
	Status st = ST_OK;
	pthread_rwlock_rdlock(&store->lock);
	Segment *s = segments_find(store, id);
	if (s && s->file) {
		s->used_at = atomic_fetch_add(&store->clock, 1);
		file = segment_file_use(s->file);
	}
	pthread_rwlock_unlock(&store->lock);
	if (file) {
		*out = file;
		return ST_OK;
	}
	pthread_rwlock_wrlock(&store->lock);
	s = segments_find(store, id);
	if (s && files_open(store, s, err) == ST_OK) {
		s->used_at = atomic_fetch_add(&store->clock, 1);
		file = segment_file_use(s->file);
	} else {
		st = err_set(err, ST_CORRUPT, "segment %08" PRIx32 ".seg is missing", id);
	}
	pthread_rwlock_unlock(&store->lock);
	if (st == ST_OK)
		*out = file;
	return st;
}

bool files_recheck(Store *store)
{
	FilePath path;
	Err ignored;
	struct stat dir, now, own;
	bool anew = false;
	if (file_path(&path, store->dir, "segments", &ignored) != ST_OK || stat(path.text, &dir) != 0)
		return false;
	uint64_t changed = (uint64_t)dir.st_mtim.tv_sec * 1000000000u + (uint64_t)dir.st_mtim.tv_nsec;
	pthread_rwlock_wrlock(&store->lock);
	for (size_t i = 0; changed != store->segments_changed && i < store->segment_count; i++) {
		Segment *s = store->segments[i];
		if (!s->file || !s->sealed || s->id >= store->committed.segment ||
		    segment_path(&path, store->dir, s->id, "", &ignored) != ST_OK || stat(path.text, &now) != 0 ||
		    fstat(s->file->fd, &own) != 0 || now.st_ino == own.st_ino)
			continue;
		segment_file_free(s->file);
		s->file = NULL;
		store->files_open--;
		anew = true;
	}
	store->segments_changed = changed;
	pthread_rwlock_unlock(&store->lock);
	return anew;
}

/* The footer of a sealed segment is wrong: its frames are found by scanning and kept in memory. Done once for a
 * segment. */
bool files_rescan(Store *store, uint32_t id)
{
	Err err;
	Scan scan;
	Frame frame;
	struct stat info;
	Step step;
	SegmentFile *file = NULL;
	Segment *found = segment_new(id);
	bool done = false;
	if (files_use(store, id, &file, &err) != ST_OK || !found || fstat(file->fd, &info) != 0)
		goto done;
	pthread_rwlock_rdlock(&store->lock);
	Segment *s = segments_find(store, id);
	uint32_t frames = s ? s->frames : 0, leaves = s ? s->leaves : 0;
	bool wanted = s && s->sealed && !s->rescanned && !s->offsets;
	found->first_sequence = s ? s->first_sequence : 0;
	pthread_rwlock_unlock(&store->lock);
	if (!wanted)
		goto done;
	segment_note_frame(found, frames ? frames - 1 : 0, 0);
	if (leaves)
		segment_note_leaf(found, leaves - 1, UINT32_MAX);
	scan_begin(&scan, file, SEGMENT_HEADER_LEN, (uint64_t)info.st_size);
	while ((step = scan_next(&scan, &frame, &err)) != STEP_END) {
		if (step == STEP_ERROR && (err.code != ST_CORRUPT || scan_resync(&scan, &err) != STEP_ITEM))
			break;
		if (step != STEP_ITEM || frame.header.ordinal >= frames)
			continue;
		uint64_t leaf = frame.header.sequence - found->first_sequence;
		segment_note_frame(found, frame.header.ordinal, frame.offset);
		if (frame.header.type == FRAME_LEAF && leaf < leaves)
			segment_note_leaf(found, (uint32_t)leaf, frame.header.ordinal);
	}
	scan_done(&scan);
	pthread_rwlock_wrlock(&store->lock);
	s = segments_find(store, id);
	if (s && s->sealed && !s->offsets && s->frames == frames && found->offsets &&
	    (found->leaf_ordinals || !leaves)) {
		s->offsets = found->offsets;
		s->leaf_ordinals = found->leaf_ordinals;
		s->offsets_room = found->offsets_room;
		s->leaves_room = found->leaves_room;
		s->rescanned = done = true;
		found->offsets = found->leaf_ordinals = NULL;
	}
	pthread_rwlock_unlock(&store->lock);
done:
	segment_free(found);
	segment_file_free(file);
	return done;
}
