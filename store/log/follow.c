/* store/log/follow.c - from the bytes on disk to the committed state, and what to think of the bytes behind it.
 *
 * The log is followed frame by frame from the last known COMMIT. Each frame carries the number of its batch, and a
 * batch is written only after the one before it is durable. So damage followed by an intact frame of a *later*
 * batch was done to durable bytes: corruption in the middle; the archive goes read-only and the rest is read with
 * gaps. Damage followed by nothing, or only by frames of its own batch, is a batch that the power cut off before it
 * was acknowledged: a torn tail, which a writer truncates and a reader ignores. A MARK behind a COMMIT (written when
 * the writer rests) already belongs to the next batch, so that the last batch of a rested archive is covered too.
 *
 * A COMMIT at the very end of the file may not be durable yet: another process reads it from the page cache while the
 * writer's fdatasync runs. It counts when the durable mark (mark.h) names it. Where nobody holds the writer's lock, its
 * writer has died: then the reader syncs the file itself.
 */
#include "store/log/follow.h"

#include "store/format/scan.h"
#include "store/log/files.h"
#include "store/log/mark.h"
#include "store/log/segments.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
	Store *store;
	Segment *segment;
	Frontier frontier;
	Buf pairs;               /* TableEntry of frames that no COMMIT covers yet */
	uint64_t batch_start;    /* offset of the current batch's first frame in `segment` */
	uint64_t frames_pending; /* since the last COMMIT, MARK and FOOTER not counted */
	bool next_exists, go_on;
	uint64_t durable_batch; /* as the mark says it; 0: there is no mark */
	Committed last;         /* the state after a COMMIT that is not known to be durable yet */
	bool in_doubt;          /* there is one in `last` */
} Follow;

static Status add_pair(void *ctx, uint64_t hash, uint64_t value, Err *err)
{
	Buf *pairs = ctx;
	TableEntry entry = {hash, value};
	buf_add(pairs, &entry, sizeof entry);
	return buf_ok(pairs) ? ST_OK : err_no_memory(err);
}

/* The COMMIT in f->last counts. */
static Status accept_commit(Follow *f, Err *err)
{
	Store *store = f->store;
	const TableEntry *pairs = (const TableEntry *)f->pairs.data;
	for (size_t i = 0; i < f->pairs.len / sizeof *pairs; i++)
		if (!table_add(&store->table, pairs[i].hash, pairs[i].value))
			return err_no_memory(err);
	buf_clear(&f->pairs);
	store->committed = f->last;
	store->tail = (Tail){.keep_end = f->last.end, .keep_frames = f->last.frames};
	f->in_doubt = false;
	return ST_OK;
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
		state_note_damage(store,
				  "segment %s offset %" PRIu64 ": the tree's root does not agree with the records",
				  f->segment->file->name, frame->offset);
		store->gap = true;
	}
	f->last = (Committed){
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
	f->batch_start = f->last.end;
	f->frames_pending = 0;
	f->in_doubt = true;
	return commit.batch <= f->durable_batch ? accept_commit(f, err) : ST_OK;
}

/* Is this the frame that must follow here? Behind damage (store->gap) any later frame is taken. */
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

/* ST_CORRUPT: the frame's sums are right, but its content contradicts itself or the log. */
static Status take_frame(Follow *f, const Frame *frame, Err *err)
{
	Segment *s = f->segment;
	Store *store = f->store;
	if (!segment_note_frame(s, frame->header.ordinal, frame->offset))
		return err_no_memory(err);
	s->end = frame->offset + frame_len(&frame->header);
	store->tail.confirmed =
		true; /* any frame behind the COMMIT proves that it was durable; take_commit resets this */
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
		s->frames--; /* a footer has no ordinal of its own */
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

/* The scan stands at bytes that are not the next frame. *torn_out: they are a torn tail; else they are damage, which is
 * noted, and the scan is moved behind it. */
static Status judge_damage(Follow *f, Scan *scan, bool *torn_out, Err *err)
{
	bool later = f->next_exists;
	Status st = later ? ST_OK : later_batch_follows(f, scan, &later, err);
	*torn_out = !later;
	if (st != ST_OK || !later)
		return st;
	state_note_damage(f->store,
			  "segment %s offset %" PRIu64 ": damaged, and intact frames of a later commit follow",
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
		if (f->in_doubt && (step != STEP_END || f->next_exists)) {
			Err none;
			st = accept_commit(f, &none); /* bytes behind it are written only when it is durable */
			if (st != ST_OK) {
				*err = none;
				break;
			}
		}
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
				state_note_damage(f->store, "segment %s offset %" PRIu64 ": %s", file->name,
						  frame.offset, err->text);
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
			state_note_damage(f->store, "segment %s has no footer, but a later segment is there",
					  file->name);
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

/* The segment behind f->segment: the next in the list, or a new file. NULL: there is none. */
static Status next_segment(Follow *f, Err *err)
{
	Store *store = f->store;
	Segment *last = store->segment_count ? store->segments[store->segment_count - 1] : NULL, *next = NULL;
	uint32_t id = f->segment ? f->segment->id : 0;
	for (size_t i = 0; i < store->segment_count && !next; i++)
		if (store->segments[i]->id > id)
			next = store->segments[i];
	if (!next && segments_is_there(store, (last ? last->id : 0) + 1)) {
		Status st = segments_open(store, (last ? last->id : 0) + 1, &next, NULL, NULL, err);
		if (st != ST_OK)
			return st;
	}
	if (next && next->id != id + 1) {
		state_note_damage(store, "segment %08" PRIx32 ".seg is missing", id + 1);
		store->gap = true;
	}
	if (next && next->header_damaged && !store->gap)
		next->first_sequence = f->frontier.size;
	if (next && !store->gap && next->first_sequence != f->frontier.size) {
		state_note_damage(store, "segment %08" PRIx32 ".seg starts at record %" PRIu64 " instead of %" PRIu64,
				  next->id, next->first_sequence, f->frontier.size);
		store->gap = true;
	}
	f->segment = next;
	f->batch_start = SEGMENT_HEADER_LEN;
	return ST_OK;
}

static bool later_segment_is_known(const Store *store, uint32_t id)
{
	return segments_is_there(store, id + 1) ||
	       (store->segment_count && store->segments[store->segment_count - 1]->id > id);
}

/* Throws away what was noted of frames behind the last COMMIT. */
static void cut_to_committed(Store *store, uint64_t size)
{
	const Committed *c = &store->committed;
	Segment *s = segments_find(store, c->segment);
	bool later = store->segment_count && store->segments[store->segment_count - 1]->id > c->segment;
	if (s && s->sealed && s->frames == store->tail.keep_frames && !later)
		store->tail.sealed = true;
	else if (s)
		store->tail.torn_bytes = size > store->tail.keep_end && !later ? size - store->tail.keep_end : 0;
	if (store->gap)
		return; /* what stands behind the damage stays readable */
	segments_drop_after(store, c->segment);
	if (s)
		segment_cut(s, c->frames, c->leaves, c->end);
	if (s && !store->tail.sealed)
		s->sealed = false;
}

/* The log ends with a COMMIT that the mark does not name. Nobody writes: it was left by a writer that died, and is made
 * durable here. */
static bool is_durable_now(const Store *store, const Segment *s)
{
	if (store->writer.not_writable == EROFS)
		return true;
	if (file_is_locked(store->writer.lock_fd))
		return false;
	return fdatasync(s->file->fd) == 0 || errno == EROFS || errno == EINVAL;
}

static Status judge_last_commit(Follow *f, Err *err)
{
	Store *store = f->store;
	Segment *s = segments_find(store, f->last.segment);
	store->withheld_batch = 0;
	if (!f->in_doubt)
		return ST_OK;
	if (s && s->file && is_durable_now(store, s))
		return accept_commit(f, err);
	store->withheld_batch = f->last.batch;
	return ST_OK;
}

/* A log that ends before the mark has lost what was acknowledged. */
static void check_mark(Store *store, const DurableMark *mark)
{
	if (mark->batch > store->committed.batch)
		state_note_damage(store,
				  "the end of the log is missing: %" PRIu64
				  " records were stored, in segments 1 to %" PRIu32 ", and %" PRIu64 " are there",
				  mark->tree_size, mark->segment, store->committed.tree_size);
}

Status archive_follow(Store *store, Err *err)
{
	DurableMark mark = {0};
	Err why;
	Status marked = mark_read(store, &mark, &why); /* before the log, which can only have grown since */
	Follow f = {.store = store,
		    .durable_batch = mark.batch,
		    .segment = segments_find(store, store->committed.segment),
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
	if (st == ST_OK)
		st = judge_last_commit(&f, err);
	if (st == ST_OK && marked == ST_CORRUPT)
		state_note_damage(store, "%.200s", why.text);
	for (size_t i = 0; st == ST_OK && i < store->segment_count; i++)
		if (store->segments[i]->header_damaged && store->segments[i]->id <= store->committed.segment)
			state_note_damage(store, "segment %08" PRIx32 ".seg: damaged header at offset 0",
					  store->segments[i]->id);
	if (st == ST_OK)
		cut_to_committed(store, store->seen_size);
	if (st == ST_OK)
		check_mark(store, &mark);
	buf_done(&f.pairs);
	return st;
}

/* May the COMMIT that was withheld count now? */
static bool is_withheld_settled(const Store *store)
{
	DurableMark mark;
	Err ignored;
	return !file_is_locked(store->writer.lock_fd) ||
	       (mark_read(store, &mark, &ignored) == ST_OK && mark.batch >= store->withheld_batch);
}

bool archive_has_news(Store *store)
{
	struct stat info;
	pthread_rwlock_rdlock(&store->lock);
	uint32_t id = store->segment_count ? store->segments[store->segment_count - 1]->id : 0;
	Segment *s = segments_find(store, id);
	bool news = segments_is_there(store, id + 1);
	if (!news && s && s->file)
		news = fstat(s->file->fd, &info) != 0 || (uint64_t)info.st_size != store->seen_size;
	news = news || (store->withheld_batch && is_withheld_settled(store));
	pthread_rwlock_unlock(&store->lock);
	return news;
}
