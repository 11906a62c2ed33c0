/* store/care/verify.c - each segment is read from end to end, past the look-ups that serving uses: sums of every frame,
 * the order of frames, the footer against the frames it lists; unless quick also every body unpacked and hashed, every
 * leaf put into the tree anew, and each commit's root and the last signed one compared.
 */
#include "store/care/verify.h"

#include "base/clock.h"
#include "store/care/verify_frame.h"
#include "store/format/scan.h"
#include "store/log/segments.h"
#include "store/proof/keys.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- segments -----------------------------------------------------------------------------------------------------
 */

/* Names what stands at a place where no valid frame is. */
static void report_damage(Verification *v, uint64_t offset)
{
	uint8_t bytes[FRAME_HEADER_LEN];
	FrameHeader header;
	Err err;
	bool known = file_pread(v->file->fd, bytes, sizeof bytes, offset, v->file->name, &err) == ST_OK &&
		     frame_header_get(bytes, frame_seed(v->file->seed, offset), &header);
	if (known && header.type == FRAME_LEAF)
		verify_report(v, offset, header.sequence, "bad checksum: record %" PRIu64 " is damaged",
			      header.sequence);
	else if (known)
		verify_report(v, offset, UINT64_MAX, "bad checksum: damaged %s",
			      header.type == FRAME_OBJECT   ? "object"
			      : header.type == FRAME_CHUNK  ? "part of a large object"
			      : header.type == FRAME_FOOTER ? "footer"
							    : "frame");
	else
		verify_report(v, offset, UINT64_MAX, "no valid frame here");
	v->tree_broken = v->tree_broken || !known || header.type == FRAME_LEAF;
}

static bool is_stopped(const Verification *v)
{
	return stop_raised(v->stop);
}

/* Sleeps until the bytes read so far are due at the pace. */
static void keep_pace(Verification *v, uint64_t bytes)
{
	v->scanned += bytes;
	if (!v->bytes_per_second)
		return;
	uint64_t due_us = (uint64_t)((double)v->scanned / (double)v->bytes_per_second * 1e6);
	while (!is_stopped(v) && clock_monotonic_us() - v->started_us < due_us) {
		uint64_t left_us = due_us - (clock_monotonic_us() - v->started_us);
		usleep((useconds_t)(left_us < 100000 ? left_us : 100000));
	}
}

static Status scan_frames(Verification *v, uint64_t end, Err *err)
{
	Scan scan;
	Frame frame;
	Status st = ST_OK;
	scan_begin(&scan, v->file, SEGMENT_HEADER_LEN, end);
	for (;;) {
		if (is_stopped(v)) {
			st = err_set(err, ST_BUSY, "checking was stopped");
			break;
		}
		Step step = scan_next(&scan, &frame, err);
		if (step == STEP_END)
			break;
		if (step == STEP_ITEM) {
			verify_frame(v, &frame);
			keep_pace(v, frame_len(&frame.header));
			continue;
		}
		if (err->code != ST_CORRUPT) {
			st = err->code;
			break;
		}
		report_damage(v, scan.at);
		step = scan_resync(&scan, err);
		if (step == STEP_END)
			break;
		if (step == STEP_ERROR) {
			st = err->code;
			break;
		}
	}
	scan_done(&scan);
	return st;
}

static void check_trailer(Verification *v, uint64_t size)
{
	uint8_t bytes[SEGMENT_TRAILER_LEN];
	SegmentTrailer trailer;
	Err err;
	if (size < SEGMENT_TRAILER_LEN ||
	    file_pread(v->file->fd, bytes, sizeof bytes, size - sizeof bytes, v->file->name, &err) != ST_OK ||
	    !segment_trailer_get(bytes, v->store->archive_id, v->segment, size - sizeof bytes, &trailer))
		verify_report(v, size - SEGMENT_TRAILER_LEN, UINT64_MAX, "the trailer is damaged");
}

static bool someone_writes(Store *store)
{
	return store->writer.depth > 0 || file_is_locked(store->writer.lock_fd);
}

/* A part of a sector that is all zeros, where a frame has none: the file had grown, and this sector was not written. Of
 * less bytes nothing is said: a frame ends in some zeros. */
static bool is_unwritten(const uint8_t *bytes, size_t len)
{
	enum { LEAST_BYTES = 16 };
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return len >= LEAST_BYTES;
}

/* Whether the bytes from scan->at on are what a write leaves that was cut off: the beginning of a frame, or sectors
 * that were not written, in any order, since nothing was synced. */
static bool is_cut_short(const Verification *v, const Scan *scan, uint64_t size)
{
	enum { SECTOR_BYTES = 512 };
	uint8_t bytes[SECTOR_BYTES];
	FrameHeader header;
	Err err;
	size_t head = size - scan->at < FRAME_HEADER_LEN ? (size_t)(size - scan->at) : FRAME_HEADER_LEN;
	if (head < FRAME_HEADER_LEN)
		return true;
	if (file_pread(v->file->fd, bytes, head, scan->at, v->file->name, &err) != ST_OK)
		return false;
	if (frame_header_get(bytes, frame_seed(v->file->seed, scan->at), &header) &&
	    (header.batch != v->committed.batch + 1 || frame_len(&header) > size - scan->at))
		return header.batch == v->committed.batch + 1;
	for (uint64_t at = scan->at; at < size;) {
		uint64_t end = (at / SECTOR_BYTES + 1) * SECTOR_BYTES;
		size_t len = (size_t)((end < size ? end : size) - at);
		if (file_pread(v->file->fd, bytes, len, at, v->file->name, &err) != ST_OK)
			return false;
		if (is_unwritten(bytes, len))
			return true;
		at += len;
	}
	return false;
}

/* Behind the last COMMIT stand a MARK, what somebody is writing just now, or the beginning of a batch that was never
 * acknowledged: that is no damage. Anything else might be. */
static void check_tail(Verification *v, uint64_t size)
{
	Scan scan;
	Frame frame;
	Err err;
	Step step = STEP_END;
	if (size == v->committed.end || someone_writes(v->store))
		return;
	scan_begin(&scan, v->file, v->committed.end, size);
	uint64_t kept = v->committed.end; /* the next writer keeps the MARK */
	while ((step = scan_next(&scan, &frame, &err)) == STEP_ITEM && frame.header.batch == v->committed.batch + 1)
		if (frame.header.type == FRAME_MARK)
			kept = scan.at;
	v->report->torn_bytes = size - kept;
	if (step == STEP_ITEM || (step == STEP_ERROR && !is_cut_short(v, &scan, size)))
		verify_report(v, v->committed.end, UINT64_MAX,
			      "%" PRIu64
			      " bytes belong to no commit, and no write leaves such bytes; the next one removes them",
			      size - kept);
	scan_done(&scan);
}

static Status verify_segment(Verification *v, uint32_t id, Err *err)
{
	SegmentHeader header;
	SegmentFile *file = NULL;
	FooterDescriptor footer;
	struct stat info;
	bool sealed;
	v->segment = id;
	v->next_ordinal = 0;
	buf_clear(&v->offsets);
	buf_clear(&v->leaf_ordinals);
	Status st = segment_file_open(&file, v->store->dir, id, v->store->archive_id, &header, &sealed, &footer, err);
	v->file = file;
	if (!file) {
		verify_report(v, UINT64_MAX, UINT64_MAX, "segment %08" PRIx32 ".seg cannot be read: %.120s", id,
			      err->text);
		v->tree_broken = true;
		return st == ST_NO_MEMORY ? st : ST_OK;
	}
	if (st == ST_CORRUPT)
		verify_report(v, 0, UINT64_MAX, "the segment's header is damaged");
	st = ST_OK;
	if (fstat(file->fd, &info) != 0) {
		st = err_errno(err, errno, "look at segment %s", file->name);
		goto done;
	}
	uint64_t size = (uint64_t)info.st_size, end = sealed ? size - SEGMENT_TRAILER_LEN : size;
	bool live = id == v->committed.segment && !(sealed && v->last_is_sealed);
	if (live && end > v->committed.end)
		end = v->committed.end;
	v->report->segments++;
	v->report->bytes += size;
	st = scan_frames(v, end, err);
	if (st == ST_OK && !live)
		check_trailer(v, size);
	if (st == ST_OK && live)
		check_tail(v, size);
done:
	v->file = NULL;
	segment_file_free(file);
	return st;
}

/* Called with the store's lock held. */
static bool is_last_sealed(const Store *store)
{
	const Segment *last = segments_find(store, store->committed.segment);
	return store->tail.sealed || (last && last->sealed && last->frames == store->tail.keep_frames);
}

Status store_verify_segment(Store *store, uint32_t segment, uint64_t bytes_per_second, const Stop *stop,
			    void (*found)(void *ctx, const VerifyFinding *finding), void *ctx, VerifyReport *out,
			    Err *err)
{
	VerifyReport result = {0};
	Verification v = {.store = store,
			  .stop = stop,
			  .found = found,
			  .ctx = ctx,
			  .report = &result,
			  .tree_broken = true,
			  .bytes_per_second = bytes_per_second,
			  .started_us = clock_monotonic_us()};
	pthread_rwlock_rdlock(&store->lock);
	v.committed = store->committed;
	v.last_is_sealed = is_last_sealed(store);
	const Segment *s = segments_find(store, segment);
	v.next_sequence = s ? s->first_sequence : 0;
	pthread_rwlock_unlock(&store->lock);
	Status st = verify_segment(&v, segment, err);
	buf_done(&v.offsets);
	buf_done(&v.leaf_ordinals);
	arena_done(&v.arena);
	if (st == ST_OK)
		*out = result;
	return st;
}

/* ---- the whole archive --------------------------------------------------------------------------------------------
 */

/* The log must still begin with what was signed. */
static void check_signed(Verification *v)
{
	const Checkpoint *last = &v->signed_last;
	v->file = NULL;
	if (last->tree_size > v->committed.tree_size)
		verify_report(v, UINT64_MAX, UINT64_MAX,
			      "%" PRIu64 " records were signed and %" PRIu64
			      " are there: the end of the log is missing",
			      last->tree_size, v->committed.tree_size);
	else if (last->tree_size && !v->tree_broken && !hash_eq(&last->root, &v->signed_now))
		verify_report(v, UINT64_MAX, UINT64_MAX,
			      "the first %" PRIu64 " records do not give the root that was signed", last->tree_size);
}

static void check_key(Verification *v)
{
	Err why;
	v->file = NULL;
	if (key_verify(v->store, &why) == ST_CORRUPT)
		verify_report(v, UINT64_MAX, UINT64_MAX, "%.190s", why.text);
}

/* The log must hold what the durable mark names. `known`: damage was reported already. */
static void check_mark(Verification *v, Status marked, const Err *why, bool known)
{
	const DurableMark *mark = &v->mark;
	v->file = NULL;
	if (marked == ST_CORRUPT && !known)
		verify_report(v, UINT64_MAX, UINT64_MAX, "%.190s", why->text);
	if (marked != ST_OK)
		return;
	if (mark->batch > v->committed.batch && !known)
		verify_report(v, UINT64_MAX, UINT64_MAX,
			      "%" PRIu64 " records were stored and %" PRIu64
			      " are there: the end of the log is missing",
			      mark->tree_size, v->committed.tree_size);
	else if (mark->tree_size && mark->tree_size <= v->committed.tree_size && !v->tree_broken &&
		 !hash_eq(&mark->root, &v->marked_now))
		verify_report(v, UINT64_MAX, UINT64_MAX,
			      "the first %" PRIu64 " records do not give the root that the file durable names",
			      mark->tree_size);
}

static Status load_signed(Verification *v, Err *err)
{
	Buf text = {0};
	Status st = store_checkpoint_last_checked(v->store, &text, &v->signed_last, err);
	if (st == ST_INVALID || st == ST_LIMIT)
		verify_report(v, UINT64_MAX, UINT64_MAX, "checkpoint or keys/verifier.txt is damaged: %.120s",
			      err->text);
	if (st == ST_NOT_FOUND || st == ST_INVALID || st == ST_LIMIT)
		st = ST_OK;
	buf_done(&text);
	v->signed_last.origin = v->signed_last.body = (Str){0};
	return st;
}

Status store_verify(Store *store, bool quick, const Stop *stop, void (*found)(void *ctx, const VerifyFinding *finding),
		    void *ctx, VerifyReport *out, Err *err)
{
	VerifyReport result = {0};
	Verification v = {.store = store, .quick = quick, .stop = stop, .found = found, .ctx = ctx, .report = &result};
	Err why = {0};
	Status st = load_signed(&v, err); /* read before the log: the log can only have grown since */
	Status marked = mark_read(store, &v.mark, &why);
	if (st == ST_OK)
		st = store_refresh(store, err);
	if (st != ST_OK)
		return st;
	pthread_rwlock_rdlock(&store->lock);
	v.committed = store->committed;
	v.last_is_sealed = is_last_sealed(store);
	uint32_t last = store->committed.segment;
	Err damage = store->damage;
	pthread_rwlock_unlock(&store->lock);
	if (damage.code != ST_OK)
		verify_report(&v, UINT64_MAX, UINT64_MAX, "%.190s", damage.text);
	for (uint32_t id = 1; st == ST_OK && id <= last; id++)
		st = verify_segment(&v, id, err);
	frontier_root(&v.frontier, &result.root);
	if (st == ST_OK && !v.tree_broken && last && !hash_eq(&result.root, &v.committed.root))
		verify_report(&v, UINT64_MAX, UINT64_MAX, "the records do not give the archive's root");
	if (st == ST_OK)
		check_signed(&v);
	if (st == ST_OK)
		check_key(&v);
	if (st == ST_OK)
		check_mark(&v, marked, &why, damage.code != ST_OK);
	buf_done(&v.offsets);
	buf_done(&v.leaf_ordinals);
	arena_done(&v.arena);
	if (st == ST_OK)
		*out = result;
	return st;
}
