/* store/log/recover.c - whoever takes the writer's lock first judges what the disk holds behind the last COMMIT: a
 * batch that was never acknowledged is cut off, a whole batch that nothing proves durable is written once more, damage
 * makes the archive read-only. Whoever gives the lock back leaves a MARK that says the last batch is durable. */
#include "store/log/recover.h"

#include "store/log/body.h"
#include "store/log/files.h"
#include "store/log/follow.h"
#include "store/log/live.h"
#include "store/log/load.h"
#include "store/log/mark.h"
#include "store/log/note.h"
#include "store/log/out.h"
#include "store/log/rollback.h"
#include "store/log/tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static Status take_lock(Store *store, Err *err)
{
	Status st = state_check_writable(store, err);
	if (st == ST_OK)
		st = file_lock(store->writer.lock_fd, false, store->dir, err);
	return st == ST_BUSY ? err_set(err, ST_BUSY, "another process is writing to the archive %s", store->dir) : st;
}

/* The last batch is whole, but nothing proves that its fdatasync came back; if that failed, the kernel counts the pages
 * as clean. The same bytes are written once more, so that the next fdatasync covers them. */
static Status write_again(Store *store, Err *err)
{
	const Committed *c = &store->committed;
	Writer *w = &store->writer;
	enum { PART = 1 << 20 };
	char *space = malloc(PART);
	Status st = space ? ST_OK : err_no_memory(err);
	for (uint64_t at = c->batch_start; st == ST_OK && at < c->end;) {
		size_t part = c->end - at < PART ? (size_t)(c->end - at) : PART;
		st = file_pread(w->live_fd, space, part, at, "the live segment", err);
		if (st == ST_OK)
			st = file_pwrite(w->live_fd, space, part, at, "the live segment", err);
		at += part;
	}
	free(space);
	if (st == ST_OK && fdatasync(w->live_fd) != 0)
		st = err_errno(err, errno, "sync the live segment");
	return st;
}

/* The dictionary to pack with: that of the live segment, since frames name it by its place; else the one in use; else
 * that of the last segment that has one. */
static Status find_dictionary(Store *store, Err *err)
{
	Writer *w = &store->writer;
	if (w->dict_ordinal != UINT32_MAX && w->live)
		return body_load_dictionary(store, SEE_COMMITTED, w->live->id, w->dict_ordinal, &w->dict, err);
	for (size_t i = store->segment_count; i-- > 0 && !w->dict;) {
		Segment *s = store->segments[i];
		pthread_rwlock_wrlock(&store->lock);
		Status st = files_open(store, s, err); /* where it was written anew it has another dictionary */
		pthread_rwlock_unlock(&store->lock);
		if (st != ST_OK)
			return st;
		if (s->last_dict != UINT32_MAX)
			return body_load_dictionary(store, SEE_COMMITTED, s->id, s->last_dict, &w->dict, err);
	}
	return ST_OK;
}

/* Never cut the log below what was signed: that would be a rewritten history. */
static Status check_signed(Store *store, Err *err)
{
	Buf text = {0};
	Checkpoint last;
	Status st = store_checkpoint_last(store, &text, err);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st == ST_OK && checkpoint_parse(buf_str(&text), &last, err) != ST_OK)
		st = err_set(err, ST_READ_ONLY, "%s/checkpoint is damaged; put it back or remove it", store->dir);
	else if (st == ST_OK && last.tree_size > store->committed.tree_size)
		st = err_set(err, ST_READ_ONLY,
			     "the archive holds %" PRIu64 " records, but %" PRIu64
			     " were signed: the end of the log is missing",
			     store->committed.tree_size, last.tree_size);
	buf_done(&text);
	return st;
}

static Status recover(Store *store, Err *err)
{
	Status st = ST_OK;
	if (store->damage.code != ST_OK) {
		/* a reader may have misjudged what was being written; with the lock held the judgement is final */
		if (!store->damage_judged)
			st = archive_load(store, false, err);
		store->damage_judged = true;
	} else {
		pthread_rwlock_wrlock(&store->lock);
		st = archive_follow(store, err);
		pthread_rwlock_unlock(&store->lock);
	}
	if (st == ST_OK && store->damage.code != ST_OK)
		st = err_set(err, ST_READ_ONLY, "the archive is damaged and takes no writes: %.180s",
			     store->damage.text);
	if (st == ST_OK && (store->tail.torn_bytes || store->checked_tail != store->committed.batch))
		st = check_signed(store, err);
	if (st == ST_OK)
		st = rollback_cut_tail(store, err);
	if (st == ST_OK)
		store->checked_tail = store->committed.batch;
	if (st == ST_OK && store->committed.segment && !store->tail.sealed && !store->tail.confirmed)
		st = write_again(store, err);
	if (st == ST_OK)
		st = mark_begin(store, err); /* what stands there is durable now, whoever wrote it */
	if (st == ST_OK)
		st = rollback_resume(store, err);
	if (st == ST_OK && files_recheck(store))
		live_forget_dictionary(store); /* something may have been destroyed that it was trained on */
	if (st == ST_OK)
		st = find_dictionary(store, err);
	if (st == ST_OK)
		tree_catch_up(store);
	return st;
}

Status writing_begin(Store *store, Err *err)
{
	Writer *w = &store->writer;
	Status st = out_check_poison(w, err);
	if (st != ST_OK)
		return st;
	if (w->depth > 0) {
		w->depth++;
		return ST_OK;
	}
	st = take_lock(store, err);
	if (st != ST_OK)
		return st;
	st = store_check_place(store, err);
	if (st == ST_OK)
		st = recover(store, err);
	if (st != ST_OK) {
		file_unlock(store->writer.lock_fd);
		return st;
	}
	w->depth = 1;
	return ST_OK;
}

static void add_mark(Store *store)
{
	Writer *w = &store->writer;
	Err ignored;
	FrameHeader header = {.type = FRAME_MARK};
	if (w->marked || !w->live || out_check_poison(w, &ignored) != ST_OK)
		return;
	if (out_put_frame(store, &header, (Str){0}, (Str){0}, (Str){0}, NULL, &ignored) == ST_OK &&
	    out_flush(store, &ignored) == ST_OK) {
		pthread_rwlock_wrlock(&store->lock);
		store->seen_size = w->live->end;
		pthread_rwlock_unlock(&store->lock);
	}
}

void writing_end(Store *store)
{
	Writer *w = &store->writer;
	Err ignored = {0};
	if (w->depth == 0 || --w->depth > 0)
		return;
	out_wait_for_sync(w);
	if (w->batch_frames > 0 && out_check_poison(w, &ignored) == ST_OK) {
		err_set(&ignored, ST_CONFLICT, "it was not committed");
		rollback_batch(store, &ignored);
	}
	add_mark(store);
	if (w->live) {
		const Committed *c = &store->committed;
		pthread_rwlock_wrlock(&store->lock);
		segment_cut(w->live, c->frames, c->leaves, c->end);
		pthread_rwlock_unlock(&store->lock);
	}
	file_unlock(store->writer.lock_fd);
}
