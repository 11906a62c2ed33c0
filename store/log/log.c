/* store/log/log.c - from the bytes on disk to the committed state, and what to think of the bytes behind it.
 *
 * The log is followed frame by frame from the last known COMMIT. Each frame carries the number of its batch, and a
 * batch is written only after the one before it is durable. So damage followed by an intact frame of a *later*
 * batch was done to durable bytes: corruption in the middle; the archive goes read-only and the rest is read with
 * gaps. Damage followed by nothing, or only by frames of its own batch, is a batch that the power cut off before it
 * was acknowledged: a torn tail, which a writer truncates and a reader ignores. A MARK behind a COMMIT (written when
 * the writer rests) already belongs to the next batch, so that the last batch of a rested archive is covered too.
 */
#include "store/log/internal.h"

#include "base/file.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the list of segments -------------------------------------------------------------------------------------- */

Segment *log_segment(const Store *store, uint32_t id)
{
	size_t low = 0, high = store->segment_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (store->segments[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < store->segment_count && store->segments[low]->id == id ? store->segments[low] : NULL;
}

Segment *log_segment_of(const Store *store, uint64_t sequence)
{
	size_t low = 0, high = store->segment_count;
	while (low < high) { /* the last one whose first_sequence <= sequence and which has leaves at all */
		size_t middle = low + (high - low) / 2;
		if (store->segments[middle]->first_sequence <= sequence)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0) {
		Segment *s = store->segments[--low];
		if (sequence < s->first_sequence)
			continue;
		if (sequence - s->first_sequence < s->leaves)
			return s;
		if (s->leaves)
			return NULL;
	}
	return NULL;
}

bool log_add_segment(Store *store, Segment *segment)
{
	if (store->segment_count == store->segment_room) {
		size_t room = store->segment_room ? store->segment_room * 2 : 16;
		Segment **bigger = realloc(store->segments, room * sizeof *bigger);
		if (!bigger)
			return false;
		store->segments = bigger;
		store->segment_room = room;
	}
	store->segments[store->segment_count++] = segment;
	return true;
}

void log_drop_segments_after(Store *store, uint32_t id)
{
	while (store->segment_count && store->segments[store->segment_count - 1]->id > id) {
		store->files_open -= store->segments[store->segment_count - 1]->file != NULL;
		segment_free(store->segments[--store->segment_count]);
	}
}

void log_note_damage(Store *store, const char *format, ...)
{
	if (store->damage.code != ST_OK)
		return; /* the first place is the one to name */
	va_list args;
	char text[sizeof store->damage.text];
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	err_set(&store->damage, ST_CORRUPT, "%s", text);
}

/* ---- following ------------------------------------------------------------------------------------------------- */

typedef struct {
	Store *store;
	Segment *segment;
	Frontier frontier;
	Buf pairs;               /* TableEntry of frames that no COMMIT covers yet */
	uint64_t batch_start;    /* offset of the current batch's first frame in `segment` */
	uint64_t frames_pending; /* since the last COMMIT, MARK and FOOTER not counted */
	bool next_exists, go_on;
} Follow;

static Status add_pair(void *ctx, uint64_t hash, uint64_t value, Err *err)
{
	Buf *pairs = ctx;
	TableEntry entry = {hash, value};
	buf_add(pairs, &entry, sizeof entry);
	return buf_ok(pairs) ? ST_OK : err_no_memory(err);
}

Status frame_lookups(uint32_t segment, const Frame *frame,
		     Status (*add)(void *ctx, uint64_t hash, uint64_t value, Err *err), void *ctx, Err *err)
{
	Status st = ST_OK;
	if (frame->header.type == FRAME_OBJECT && !(frame->header.flags & FRAME_DESTROYED)) {
		ObjectDescriptor object;
		if (!object_descriptor_get(frame->descriptor, &object))
			return err_set(err, ST_CORRUPT, "damaged object descriptor");
		st = add(ctx, lookup_object(&object.hash), (uint64_t)segment << 32 | frame->header.ordinal, err);
	} else if (frame->header.type == FRAME_LEAF) {
		LeafDescriptor leaf;
		Str rest = frame->annex, code;
		Step step;
		if (!leaf_descriptor_get(frame->descriptor, &leaf) || leaf.sequence != frame->header.sequence)
			return err_set(err, ST_CORRUPT, "damaged leaf descriptor");
		st = add(ctx, lookup_hash(LOOKUP_KEY, leaf.kind, leaf.key), leaf.sequence, err);
		while (st == ST_OK && (step = annex_next(&rest, &code)) != STEP_END)
			st = step == STEP_ERROR
				     ? err_set(err, ST_CORRUPT, "damaged list of case files")
				     : add(ctx, lookup_hash(LOOKUP_MEMBER, leaf.kind, code), leaf.sequence, err);
	}
	return st;
}

static Status take_commit(Follow *f, const Frame *frame, Err *err)
{
	Store *store = f->store;
	CommitDescriptor commit;
	Hash root;
	if (!commit_descriptor_get(frame->descriptor, &commit) || commit.batch != frame->header.batch)
		return err_set(err, ST_CORRUPT, "damaged commit");
	frontier_root(&f->frontier, &root);
	if (!store->gap && (commit.tree_size != f->frontier.size || !hash_eq(&root, &commit.root))) {
		log_note_damage(store, "segment %s offset %" PRIu64 ": the tree's root does not agree with the records",
				f->segment->file->name, frame->offset);
		store->gap = true;
	}
	const TableEntry *pairs = (const TableEntry *)f->pairs.data;
	for (size_t i = 0; i < f->pairs.len / sizeof *pairs; i++)
		if (!table_add(&store->table, pairs[i].hash, pairs[i].value))
			return err_no_memory(err);
	buf_clear(&f->pairs);
	store->committed = (Committed){
		.tree_size = commit.tree_size,
		.batch = commit.batch,
		.root = commit.root,
		.segment = f->segment->id,
		.frames = f->segment->frames,
		.leaves = f->segment->leaves,
		.end = frame->offset + frame_len(&frame->header),
		.batch_start = f->batch_start,
		.objects = commit.objects,
		.bytes_original = commit.bytes_original,
		.frontier = f->frontier,
	};
	f->batch_start = store->committed.end;
	f->frames_pending = 0;
	store->tail = (Tail){.keep_end = store->committed.end, .keep_frames = store->committed.frames};
	return ST_OK;
}

/* Is this the frame that must come here? With gaps any later one is taken. */
static bool frame_fits(const Follow *f, const Frame *frame)
{
	const Store *store = f->store;
	const FrameHeader *h = &frame->header;
	uint64_t leaf = h->sequence - f->segment->first_sequence;
	if (h->type == FRAME_LEAF &&
	    (h->sequence < f->segment->first_sequence || leaf >= UINT32_MAX || leaf > h->ordinal))
		return false;
	if (h->ordinal > (frame->offset - SEGMENT_HEADER_LEN) / FRAME_HEADER_LEN)
		return false;
	if (store->gap)
		return h->ordinal >= f->segment->frames && h->batch > store->committed.batch;
	return h->ordinal == f->segment->frames && h->batch == store->committed.batch + 1 &&
	       (h->type != FRAME_LEAF || h->sequence == f->frontier.size);
}

/* ST_CORRUPT: its sums are right but not what it says. */
static Status take_frame(Follow *f, const Frame *frame, Err *err)
{
	Segment *s = f->segment;
	Store *store = f->store;
	if (!segment_note_frame(s, frame->header.ordinal, frame->offset))
		return err_no_memory(err);
	s->end = frame->offset + frame_len(&frame->header);
	store->tail.confirmed = true; /* a COMMIT sets it back */
	Status st = frame_lookups(s->id, frame, add_pair, &f->pairs, err);
	if (st != ST_OK)
		return st;
	switch (frame->header.type) {
	case FRAME_LEAF: {
		Hash leaf;
		merkle_leaf(frame->descriptor, &leaf);
		if (store->gap)
			f->frontier.size = frame->header.sequence + 1;
		else
			frontier_append(&f->frontier, &leaf, NULL, NULL);
		if (!segment_note_leaf(s, (uint32_t)(frame->header.sequence - s->first_sequence),
				       frame->header.ordinal))
			return err_no_memory(err);
		f->frames_pending++;
		return ST_OK;
	}
	case FRAME_COMMIT:
		return take_commit(f, frame, err);
	case FRAME_MARK:
		if (f->frames_pending == 0 && store->committed.segment == s->id &&
		    store->tail.keep_end == frame->offset) {
			store->tail.keep_end = s->end;
			store->tail.keep_frames = s->frames;
		}
		return ST_OK;
	case FRAME_FOOTER:
		s->frames--; /* the footer is not addressed */
		s->offsets[s->frames] = 0;
		s->end = frame->offset;
		return ST_OK;
	case FRAME_DICT:
		s->last_dict = frame->header.ordinal;
		f->frames_pending++;
		return ST_OK;
	default:
		f->frames_pending++;
		return ST_OK;
	}
}

/* Does an intact frame of a later batch than the damaged one stand behind scan->at? */
static Status later_batch_follows(const Follow *f, const Scan *scan, bool *out, Err *err)
{
	Scan ahead;
	Frame frame;
	Step step;
	scan_begin(&ahead, scan->file, scan->at, scan->end);
	*out = false;
	while (!*out && (step = scan_resync(&ahead, err)) == STEP_ITEM)
		while (!*out && (step = scan_next(&ahead, &frame, err)) == STEP_ITEM)
			*out = frame.header.batch > f->store->committed.batch + (f->store->gap ? 0 : 1);
	scan_done(&ahead);
	return *out || step != STEP_ERROR || err->code == ST_CORRUPT ? ST_OK : err->code;
}

/* The scan stands at something that is not the next frame. Torn: *torn_out; else the scan is moved behind it. */
static Status judge_damage(Follow *f, Scan *scan, bool *torn_out, Err *err)
{
	bool later = f->next_exists;
	Status st = later ? ST_OK : later_batch_follows(f, scan, &later, err);
	*torn_out = !later;
	if (st != ST_OK || !later)
		return st;
	log_note_damage(f->store, "segment %s offset %" PRIu64 ": damaged, and intact frames of a later commit follow",
			f->segment->file->name, scan->at);
	f->store->gap = true;
	Step step = scan_resync(scan, err);
	if (step == STEP_END)
		scan->at = scan->end;
	return step == STEP_ERROR ? err->code : ST_OK;
}

/* Is the segment whole with this footer? It may have been sealed since it was opened, and even written anew: what is
 * followed is the file that was opened, and files_recheck turns to the new one. */
static Status footer_is_whole(Store *store, Segment *s, uint64_t footer_offset, bool *out, Err *err)
{
	if (!s->file->footer_offset) {
		SegmentFile *fresh = NULL;
		Status st = segment_file_open_again(&fresh, s->file, s->id, store->archive_id, err);
		if (st != ST_OK)
			return st;
		segment_file_free(s->file);
		s->file = fresh;
		store->segments_changed = 0;
	}
	*out = s->file->footer_offset == footer_offset;
	return ST_OK;
}

static Status follow_segment(Follow *f, uint64_t from, Err *err)
{
	Scan scan;
	Frame frame;
	struct stat info;
	Status st = files_open(f->store, f->segment, err);
	f->go_on = false;
	if (st != ST_OK)
		return st;
	SegmentFile *file = segment_file_use(f->segment->file);
	if (fstat(file->fd, &info) != 0) {
		st = err_errno(err, errno, "look at segment %s", file->name);
		segment_file_free(file);
		return st;
	}
	uint64_t size = (uint64_t)info.st_size;
	f->store->seen_size = size;
	scan_begin(&scan, file, from, file->footer_offset ? size - SEGMENT_TRAILER_LEN : size);
	for (bool torn = false; !torn && st == ST_OK;) {
		Step step = scan_next(&scan, &frame, err);
		if (step == STEP_ITEM && frame_fits(f, &frame)) {
			st = take_frame(f, &frame, err);
			bool whole = false;
			if (st == ST_OK && frame.header.type == FRAME_FOOTER)
				st = footer_is_whole(f->store, f->segment, frame.offset, &whole, err);
			if (whole) {
				f->segment->sealed = true;
				f->go_on = f->next_exists;
				break;
			}
			if (st == ST_CORRUPT) {
				log_note_damage(f->store, "segment %s offset %" PRIu64 ": %s", file->name, frame.offset,
						err->text);
				f->store->gap = true;
				st = ST_OK;
			}
			continue;
		}
		if (step == STEP_ERROR && err->code != ST_CORRUPT) {
			st = err->code;
			break;
		}
		if (step == STEP_END && !f->next_exists)
			break;
		if (step == STEP_END) {
			log_note_damage(f->store, "segment %s has no footer, but a later segment is there", file->name);
			f->store->gap = true;
			f->go_on = true;
			break;
		}
		if (step == STEP_ITEM)
			scan.at = frame.offset;
		st = judge_damage(f, &scan, &torn, err);
	}
	scan_done(&scan);
	segment_file_free(file);
	return st;
}

static bool segment_is_there(const Store *store, uint32_t id)
{
	char path[PATH_MAX], name[16];
	segment_name(id, name);
	return snprintf(path, sizeof path, "%s/segments/%s", store->dir, name) < (int)sizeof path && file_exists(path);
}

/* Opens a segment and puts it behind the others; its footer, if the caller wants it. */
Status log_open_segment(Store *store, uint32_t id, Segment **out, bool *sealed_out, FooterDescriptor *footer_out,
			Err *err)
{
	SegmentHeader header;
	FooterDescriptor footer;
	bool sealed;
	Segment *s = segment_new(id);
	if (!s)
		return err_no_memory(err);
	Status st = segment_file_open(&s->file, store->dir, id, store->archive_id, &header, &sealed, &footer, err);
	if (st == ST_CORRUPT && s->file) {
		s->header_damaged = true; /* or just being made: what is in it will say */
		header.first_sequence = sealed ? footer.first_sequence : store->committed.tree_size;
		st = ST_OK;
	}
	if (st == ST_OK && !log_add_segment(store, s))
		st = err_no_memory(err);
	if (st != ST_OK) {
		segment_free(s);
		return st;
	}
	s->first_sequence = header.first_sequence;
	s->generation = s->file->generation; /* or it would count as written anew once it is closed and opened again */
	if (sealed_out) {
		*sealed_out = sealed;
		*footer_out = footer;
	}
	store->files_open++;
	*out = s;
	return ST_OK;
}

/* The segment behind f->segment: the next in the list, or a new file. NULL: there is none. */
static Status next_segment(Follow *f, Err *err)
{
	Store *store = f->store;
	Segment *last = store->segment_count ? store->segments[store->segment_count - 1] : NULL, *next = NULL;
	uint32_t id = f->segment ? f->segment->id : 0;
	for (size_t i = 0; i < store->segment_count && !next; i++)
		if (store->segments[i]->id > id)
			next = store->segments[i];
	if (!next && segment_is_there(store, (last ? last->id : 0) + 1)) {
		Status st = log_open_segment(store, (last ? last->id : 0) + 1, &next, NULL, NULL, err);
		if (st != ST_OK)
			return st;
	}
	if (next && next->id != id + 1) {
		log_note_damage(store, "segment %08" PRIx32 ".seg is missing", id + 1);
		store->gap = true;
	}
	if (next && next->header_damaged && !store->gap)
		next->first_sequence = f->frontier.size;
	if (next && !store->gap && next->first_sequence != f->frontier.size) {
		log_note_damage(store, "segment %08" PRIx32 ".seg starts at record %" PRIu64 " instead of %" PRIu64,
				next->id, next->first_sequence, f->frontier.size);
		store->gap = true;
	}
	f->segment = next;
	f->batch_start = SEGMENT_HEADER_LEN;
	return ST_OK;
}

static bool later_segment_is_known(const Store *store, uint32_t id)
{
	return segment_is_there(store, id + 1) ||
	       (store->segment_count && store->segments[store->segment_count - 1]->id > id);
}

/* Throws away what was noted of frames behind the last COMMIT. */
static void cut_to_committed(Store *store, uint64_t size)
{
	const Committed *c = &store->committed;
	Segment *s = log_segment(store, c->segment);
	bool later = store->segment_count && store->segments[store->segment_count - 1]->id > c->segment;
	if (s && s->sealed && s->frames == store->tail.keep_frames && !later)
		store->tail.sealed = true;
	else if (s)
		store->tail.torn_bytes = size > store->tail.keep_end && !later ? size - store->tail.keep_end : 0;
	if (store->gap)
		return; /* what is there stays readable */
	log_drop_segments_after(store, c->segment);
	if (s)
		segment_cut(s, c->frames, c->leaves, c->end);
	if (s && !store->tail.sealed)
		s->sealed = false;
}

Status log_advance(Store *store, Err *err)
{
	Follow f = {.store = store,
		    .segment = log_segment(store, store->committed.segment),
		    .frontier = store->committed.frontier,
		    .batch_start = store->committed.end};
	uint64_t from = store->committed.end;
	Status st = ST_OK;
	if (!f.segment) {
		st = next_segment(&f, err);
		from = SEGMENT_HEADER_LEN;
	}
	while (st == ST_OK && f.segment) {
		f.next_exists = later_segment_is_known(store, f.segment->id);
		st = follow_segment(&f, from, err);
		if (st != ST_OK || !f.go_on)
			break;
		st = next_segment(&f, err);
		from = SEGMENT_HEADER_LEN;
	}
	for (size_t i = 0; st == ST_OK && i < store->segment_count; i++)
		if (store->segments[i]->header_damaged && store->segments[i]->id <= store->committed.segment)
			log_note_damage(store, "segment %08" PRIx32 ".seg: damaged header at offset 0",
					store->segments[i]->id);
	if (st == ST_OK)
		cut_to_committed(store, store->seen_size);
	buf_done(&f.pairs);
	return st;
}

bool log_has_news(Store *store)
{
	struct stat info;
	pthread_rwlock_rdlock(&store->lock);
	uint32_t id = store->segment_count ? store->segments[store->segment_count - 1]->id : 0;
	Segment *s = log_segment(store, id);
	bool news = segment_is_there(store, id + 1);
	if (!news && s && s->file)
		news = fstat(s->file->fd, &info) != 0 || (uint64_t)info.st_size != store->seen_size;
	pthread_rwlock_unlock(&store->lock);
	return news;
}
