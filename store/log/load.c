/* store/log/load.c - opening takes the state at the last COMMIT that the catalogue covers out of a segment's footer,
 * and follows the log from there. Where something does not fit together everything is read, so that the damage is
 * named. */
#include "store/log/load.h"

#include "store/log/catalogue.h"
#include "store/log/follow.h"
#include "store/log/note.h"
#include "store/log/segments.h"
#include "store/log/tree.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static Status list_segments(const Store *store, Buf *ids, Err *err)
{
	FilePath path;
	Status st = file_path(&path, store->dir, "segments", err);
	if (st != ST_OK)
		return st;
	DIR *dir = opendir(path.text);
	if (!dir && errno == ENOENT)
		return ST_OK; /* the mark or the checkpoint tell whether anything is missing */
	if (!dir)
		return err_errno(err, errno, "open directory %s", path.text);
	for (struct dirent *entry; (entry = readdir(dir));) {
		uint32_t id;
		if (segment_name_parse(entry->d_name, &id))
			buf_add(ids, &id, sizeof id);
	}
	closedir(dir);
	if (!buf_ok(ids))
		return err_no_memory(err);
	if (ids->len)
		qsort(ids->data, ids->len / sizeof(uint32_t), sizeof(uint32_t), by_number);
	return ST_OK;
}

/* Opens the files of the list and notes what their footers say. *sealed_run_out: segments 1 to this one are sealed and
 * follow one another without a gap; *last_commit_out: the last of them that holds a COMMIT. */
static Status open_segments(Store *store, const Buf *ids, uint32_t *sealed_run_out, uint32_t *last_commit_out, Err *err)
{
	bool unbroken = true;
	uint64_t next_sequence = 0;
	*sealed_run_out = *last_commit_out = 0;
	for (size_t i = 0; i < ids->len / sizeof(uint32_t); i++) {
		Segment *s;
		FooterDescriptor footer = {0};
		uint32_t id;
		bool sealed;
		memcpy(&id, ids->data + i * sizeof id, sizeof id);
		Status st = segments_open(store, id, &s, &sealed, &footer, err);
		if (st != ST_OK)
			return st;
		if (sealed) {
			s->footer_frames = footer.frames;
			s->footer_leaves = footer.leaves;
			s->committed_frames = footer.committed_frames;
			s->last_dict = footer.last_dict;
		}
		unbroken = unbroken && sealed && id == i + 1 && footer.first_sequence == next_sequence &&
			   s->first_sequence == next_sequence;
		if (unbroken) {
			next_sequence += footer.leaves;
			*sealed_run_out = id;
			if (footer.committed_frames)
				*last_commit_out = id;
		}
		if (store->files_open > store->options.files_max && sealed) {
			segment_file_free(s->file);
			s->file = NULL;
			store->files_open--;
		}
	}
	return ST_OK;
}

/* Appends leaves [from, to) of a sealed segment to the frontier. */
static Status append_leaves(Segment *s, uint32_t from, uint32_t to, Frontier *f, Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	for (uint32_t i = from; st == ST_OK && i < to; i++) {
		uint32_t ordinal;
		uint64_t offset, room;
		Frame frame;
		Hash leaf;
		arena_reset(&arena);
		st = segment_file_leaf_ordinal(s->file, i, &ordinal, err);
		if (st == ST_OK)
			st = segment_file_locate(s->file, ordinal, &offset, &room, err);
		if (st == ST_OK)
			st = segment_file_read(s->file, offset, room, &arena, &frame, err);
		if (st != ST_OK)
			break;
		merkle_leaf(frame.descriptor, &leaf);
		frontier_append(f, &leaf, NULL, NULL);
	}
	arena_done(&arena);
	return st;
}

static bool has_root(const Frontier *f, const CommitDescriptor *commit)
{
	Hash root;
	frontier_root(f, &root);
	return f->size == commit->tree_size && hash_eq(&root, &commit->root);
}

/* The tree after `leaves` leaves of a sealed segment: what its footer says is the tree after all of them. A batch that
 * goes on into the next segment leaves its COMMIT there; then the tree file knows all but the last few leaves, and
 * where it does not, the leaves are hashed from the segment's first on. Whoever called compares the root. */
static Status frontier_inside(Store *store, Segment *s, const FooterDescriptor *own, const CommitDescriptor *commit,
			      uint32_t leaves, Frontier *out, Err *err)
{
	SegmentHeader header;
	FooterDescriptor before;
	bool sealed = true;
	uint64_t whole = (own->first_sequence + leaves) & ~UINT64_C(7);
	if (leaves == own->leaves) {
		*out = own->frontier;
		return ST_OK;
	}
	if (whole >= own->first_sequence && tree_frontier(store, whole, out, err) == ST_OK &&
	    append_leaves(s, (uint32_t)(whole - own->first_sequence), leaves, out, err) == ST_OK &&
	    has_root(out, commit))
		return ST_OK;
	frontier_init(&before.frontier);
	if (s->id > 1) {
		SegmentFile *file = NULL;
		Status st = segment_file_open(&file, store->dir, s->id - 1, store->archive_id, &header, &sealed,
					      &before, err);
		segment_file_free(file);
		if (st != ST_OK || !sealed)
			return err_set(err, ST_CORRUPT, "segment %08" PRIx32 ".seg has no footer", s->id - 1);
	}
	*out = before.frontier;
	return append_leaves(s, 0, leaves, out, err);
}

/* Takes the committed state at the last COMMIT of a sealed segment from its footer, so that what lies before need not
 * be read. ST_CORRUPT: it does not fit together; then everything is read. */
static Status start_at(Store *store, uint32_t id, Err *err)
{
	SegmentHeader header;
	SegmentFile *file = NULL;
	FooterDescriptor footer;
	CommitDescriptor commit;
	Frame frame;
	Arena arena = {0};
	bool sealed = false;
	Committed c = {.segment = id};
	uint64_t offset, room;
	Segment *s = segments_find(store, id);
	Status st = segment_file_open(&file, store->dir, id, store->archive_id, &header, &sealed, &footer, err);
	if (st != ST_OK || !sealed) {
		segment_file_free(file);
		return st != ST_OK ? st : err_set(err, ST_CORRUPT, "segment %08" PRIx32 ".seg has no footer", id);
	}
	if (s->file)
		store->files_open--;
	segment_file_free(s->file);
	s->file = file;
	store->files_open++;
	st = segment_file_locate(file, footer.committed_frames - 1, &offset, &room, err);
	if (st == ST_OK)
		st = segment_file_read(file, offset, room, &arena, &frame, err);
	if (st == ST_OK && (frame.header.type != FRAME_COMMIT || !commit_descriptor_get(frame.descriptor, &commit) ||
			    commit.batch != footer.batch))
		st = err_set(err, ST_CORRUPT, "segment %08" PRIx32 ".seg: footer and commit disagree", id);
	if (st == ST_OK)
		st = frontier_inside(store, s, &footer, &commit, footer.committed_leaves, &c.frontier, err);
	if (st == ST_OK && !has_root(&c.frontier, &commit))
		st = err_set(err, ST_CORRUPT, "segment %08" PRIx32 ".seg: footer and commit disagree", id);
	if (st == ST_OK)
		st = segment_load_tables(s, footer.committed_frames, footer.committed_leaves, err);
	if (st != ST_OK)
		goto done;
	c.tree_size = commit.tree_size;
	c.batch = commit.batch;
	c.root = commit.root;
	c.frames = footer.committed_frames;
	c.leaves = footer.committed_leaves;
	c.end = c.batch_start = footer.committed_end;
	c.objects = commit.objects;
	c.bytes_original = commit.bytes_original;
	s->end = c.end;
	store->committed = c;
	store->tail = (Tail){.keep_end = c.end, .keep_frames = c.frames};
	for (size_t i = 0; i < store->segment_count && store->segments[i]->id < id; i++) {
		Segment *before = store->segments[i];
		before->frames = before->footer_frames;
		before->leaves = before->footer_leaves;
		before->end = before->file ? before->file->footer_offset : before->end;
		before->sealed = true;
	}
done:
	arena_done(&arena);
	return st;
}

static void forget_all(Store *store)
{
	segments_drop_after(store, 0);
	table_done(&store->table);
	store->committed = (Committed){0};
	store->tail = (Tail){0};
	store->damage = (Err){0};
	store->gap = false;
}

/* The last segment with a COMMIT that the runs cover; 0: none. */
static uint32_t last_covered_commit(const Store *store, uint32_t sealed_run)
{
	uint32_t id = store->catalogue.covered < sealed_run ? store->catalogue.covered : sealed_run;
	for (; id > 0; id--) {
		const Segment *s = segments_find(store, id);
		if (s && s->committed_frames)
			break;
	}
	return id;
}

/* How many records were signed, as the last checkpoint says; 0 where there is none or it is damaged (a writer and
 * verify say so). */
static uint64_t signed_size(Store *store)
{
	Buf text = {0};
	Checkpoint last = {0};
	Err ignored;
	if (store_checkpoint_last(store, &text, &ignored) != ST_OK ||
	    checkpoint_parse(buf_str(&text), &last, &ignored) != ST_OK)
		last.tree_size = 0;
	buf_done(&text);
	return last.tree_size;
}

Status archive_load(Store *store, bool at_open, Err *err)
{
	Buf ids = {0};
	uint64_t signed_before = signed_size(store); /* before the log, which can only have grown since */
	uint32_t sealed_run, last_commit;
	Err why;
	pthread_rwlock_wrlock(&store->lock);
	forget_all(store);
	Status st = list_segments(store, &ids, err);
	if (st == ST_OK)
		st = open_segments(store, &ids, &sealed_run, &last_commit, err);
	if (at_open && st == ST_OK)
		catalogue_load(store);
	pthread_rwlock_unlock(&store->lock);
	if (st != ST_OK)
		goto done;
	if (at_open && last_commit > 1)
		catalogue_cover(store, last_commit - 1); /* what lies before a COMMIT is committed */
	pthread_rwlock_wrlock(&store->lock);
	uint32_t start = at_open ? last_covered_commit(store, sealed_run) : 0;
	if (start && start_at(store, start, &why) != ST_OK) {
		forget_all(store); /* everything is read instead, so that the damage is named */
		st = open_segments(store, &ids, &sealed_run, &last_commit, err);
	}
	if (st == ST_OK)
		st = archive_follow(store, err);
	if (st == ST_OK && store->committed.tree_size < signed_before)
		state_note_damage(store,
				  "the end of the log is missing: %" PRIu64 " records were signed, and %" PRIu64
				  " are there",
				  signed_before, store->committed.tree_size);
	pthread_rwlock_unlock(&store->lock);
done:
	buf_done(&ids);
	return st;
}
