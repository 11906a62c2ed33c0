/* store/care/verify.c - every stored byte again. Each segment is read from end to end past the look-ups that serving
 * uses: sums of every frame, order of frames, footer against the frames it lists; unless quick also every body unpacked
 * and hashed, every leaf put into the tree anew and each commit's root and the last signed one compared. */
#include "store/log/internal.h"

#include "base/clock.h"
#include "base/file.h"
#include "store/proof/checkpoint.h"
#include "store/format/hash.h"
#include "store/format/payload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
	Store *store;
	bool quick;
	const Stop *stop;
	void (*found)(void *ctx, const VerifyFinding *finding);
	void *ctx;
	VerifyReport *report;
	Committed committed; /* as it was when verify began */
	bool last_is_sealed; /* the last segment ends with what is committed, and its footer */
	Frontier frontier;
	bool tree_broken;       /* a leaf is missing or wrong: later roots cannot be compared */
	Checkpoint signed_last; /* tree size 0 where nothing was signed; views are not kept */
	Hash signed_now;        /* the root of as many leaves, computed anew */
	uint64_t next_sequence;
	const SegmentFile *file;
	uint32_t segment, next_ordinal;
	Buf offsets, leaf_ordinals; /* what the footer must say */
	Arena arena;
	uint64_t bytes_per_second, started_us, scanned; /* 0: as fast as it goes */
} Verify;

static void report(Verify *v, uint64_t offset, uint64_t sequence, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void report(Verify *v, uint64_t offset, uint64_t sequence, const char *format, ...)
{
	VerifyFinding finding = {.offset = offset, .sequence = sequence};
	va_list args;
	va_start(args, format);
	vsnprintf(finding.text, sizeof finding.text, format, args);
	va_end(args);
	snprintf(finding.segment, sizeof finding.segment, "%s", v->file ? v->file->name : "");
	v->report->findings++;
	if (v->found)
		v->found(v->ctx, &finding);
}

/* ---- bodies ---------------------------------------------------------------------------------------------------- */

static void check_chunked(Verify *v, const Frame *frame, const ObjectDescriptor *object)
{
	Err err = {0};
	Sha256 sum;
	Hash hash;
	Status st = ST_OK;
	char *space = arena_alloc(&v->arena, STORE_CHUNK_BYTES);
	sha256_begin(&sum);
	for (uint64_t at = 0; space && st == ST_OK && at < object->size_bytes; at += STORE_CHUNK_BYTES) {
		uint64_t left = object->size_bytes - at;
		size_t part = left < STORE_CHUNK_BYTES ? (size_t)left : STORE_CHUNK_BYTES;
		st = store_object_read(v->store, &object->hash, at, space, part, &err);
		if (st == ST_OK)
			sha256_add(&sum, space, part);
	}
	sha256_end(&sum, &hash);
	if (st != ST_OK)
		report(v, frame->offset, UINT64_MAX, "an object of %" PRIu64 " bytes cannot be read: %.120s",
		       object->size_bytes, err.text);
	else if (!hash_eq(&hash, &object->hash))
		report(v, frame->offset, UINT64_MAX, "an object of %" PRIu64 " bytes does not have its SHA-256",
		       object->size_bytes);
}

static void check_object(Verify *v, const Frame *frame)
{
	ObjectDescriptor object;
	Err err = {0};
	Str body;
	Hash hash;
	v->report->objects++;
	if (!object_descriptor_get(frame->descriptor, &object)) {
		report(v, frame->offset, UINT64_MAX, "an object's descriptor makes no sense");
		return;
	}
	if (v->quick || (frame->header.flags & FRAME_DESTROYED))
		return;
	if (object.chunk_count) {
		check_chunked(v, frame, &object);
		return;
	}
	if (read_body(v->store, SEE_COMMITTED, v->segment, frame, &v->arena, &body, &err) != ST_OK) {
		report(v, frame->offset, UINT64_MAX, "an object cannot be read: %.140s", err.text);
		return;
	}
	hash_of(body, &hash);
	if (body.len != object.size_bytes || !hash_eq(&hash, &object.hash))
		report(v, frame->offset, UINT64_MAX, "an object does not have its SHA-256");
}

static void check_payload(Verify *v, const Frame *frame, const LeafDescriptor *leaf)
{
	Err err = {0};
	Str payload, metadata;
	Hash hash;
	const ObjectRef *objects;
	size_t count;
	if (read_body(v->store, SEE_COMMITTED, v->segment, frame, &v->arena, &payload, &err) != ST_OK) {
		report(v, frame->offset, leaf->sequence, "its payload cannot be read: %.140s", err.text);
		return;
	}
	hash_of(payload, &hash);
	if (payload.len != leaf->payload_bytes || !hash_eq(&hash, &leaf->payload_hash)) {
		report(v, frame->offset, leaf->sequence, "its payload is not the one its descriptor names");
		return;
	}
	if (payload_get(payload, &v->arena, &objects, &count, &metadata, &err) != ST_OK) {
		report(v, frame->offset, leaf->sequence, "%.160s", err.text);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t size;
		if (store_object_size(v->store, &objects[i].hash, &size, &err) != ST_OK)
			report(v, frame->offset, leaf->sequence, "its object %zu (%.15s) is not there: %.100s", i + 1,
			       objects[i].role, err.text);
		else if (size != objects[i].size_bytes)
			report(v, frame->offset, leaf->sequence, "its object %zu (%.15s) has another size", i + 1,
			       objects[i].role);
	}
}

static void check_leaf(Verify *v, const Frame *frame)
{
	LeafDescriptor leaf;
	Hash hash;
	v->report->leaves++;
	if (!leaf_descriptor_get(frame->descriptor, &leaf) || leaf.sequence != frame->header.sequence) {
		report(v, frame->offset, frame->header.sequence, "a descriptor makes no sense");
		v->tree_broken = true;
		return;
	}
	merkle_leaf(frame->descriptor, &hash);
	if (leaf.sequence != v->next_sequence) {
		report(v, frame->offset, leaf.sequence, "record %" PRIu64 " stands where %" PRIu64 " should",
		       leaf.sequence, v->next_sequence);
		v->tree_broken = true;
		v->next_sequence = leaf.sequence;
	}
	v->next_sequence++;
	if (!v->tree_broken) {
		frontier_append(&v->frontier, &hash, NULL, NULL);
		if (v->frontier.size == v->signed_last.tree_size)
			frontier_root(&v->frontier, &v->signed_now);
	}
	if (!v->quick && !(frame->header.flags & FRAME_DESTROYED))
		check_payload(v, frame, &leaf);
}

static void check_commit(Verify *v, const Frame *frame)
{
	CommitDescriptor commit;
	Hash root;
	if (!commit_descriptor_get(frame->descriptor, &commit)) {
		report(v, frame->offset, UINT64_MAX, "a commit makes no sense");
		return;
	}
	frontier_root(&v->frontier, &root);
	if (!v->tree_broken && (commit.tree_size != v->frontier.size || !hash_eq(&root, &commit.root))) {
		report(v, frame->offset, UINT64_MAX,
		       "the records do not give the root that the commit of %" PRIu64 " records names",
		       commit.tree_size);
		v->tree_broken = true;
	}
}

static void check_dictionary(Verify *v, const Frame *frame)
{
	Hash hash;
	hash_of(frame->stored, &hash);
	if (memcmp(hash.bytes, frame->descriptor.ptr, STORE_HASH_LEN) != 0)
		report(v, frame->offset, UINT64_MAX, "a dictionary does not have its SHA-256");
}

/* ---- segments -------------------------------------------------------------------------------------------------- */

static void check_footer(Verify *v, const Frame *frame)
{
	FooterDescriptor footer;
	size_t frames = v->offsets.len / 4, leaves = v->leaf_ordinals.len / 4;
	if (!footer_descriptor_get(frame->descriptor, frame_seed(v->file->seed, frame->offset), &footer) ||
	    frame->stored.len != ((size_t)footer.frames + footer.leaves) * 4) {
		report(v, frame->offset, UINT64_MAX, "the footer makes no sense");
		return;
	}
	if (footer.frames != frames || footer.leaves != leaves ||
	    memcmp(frame->stored.ptr, v->offsets.data, frames * 4) != 0 ||
	    (leaves && memcmp(frame->stored.ptr + frames * 4, v->leaf_ordinals.data, leaves * 4) != 0))
		report(v, frame->offset, UINT64_MAX, "the footer does not list the frames that are there");
}

static void note_place(Buf *list, uint32_t value)
{
	uint8_t bytes[4];
	put_le32(bytes, value);
	buf_add(list, bytes, sizeof bytes);
}

static void check_frame(Verify *v, const Frame *frame)
{
	v->report->frames++;
	arena_reset(&v->arena);
	if (frame->header.ordinal != v->next_ordinal)
		report(v, frame->offset, UINT64_MAX, "frame %" PRIu32 " stands where %" PRIu32 " should",
		       frame->header.ordinal, v->next_ordinal);
	v->next_ordinal = frame->header.ordinal + 1;
	switch ((FrameType)frame->header.type) {
	case FRAME_OBJECT:
		check_object(v, frame);
		break;
	case FRAME_LEAF:
		check_leaf(v, frame);
		note_place(&v->leaf_ordinals, frame->header.ordinal);
		break;
	case FRAME_COMMIT:
		check_commit(v, frame);
		break;
	case FRAME_DICT:
		check_dictionary(v, frame);
		break;
	case FRAME_FOOTER:
		check_footer(v, frame);
		return;
	case FRAME_CHUNK:
	case FRAME_MARK:
		break;
	}
	note_place(&v->offsets, (uint32_t)(frame->offset / FRAME_ALIGN));
}

/* Names what stands at a place where no valid frame is. */
static void report_damage(Verify *v, uint64_t offset)
{
	uint8_t bytes[FRAME_HEADER_LEN];
	FrameHeader header;
	Err err;
	bool known = file_pread(v->file->fd, bytes, sizeof bytes, offset, v->file->name, &err) == ST_OK &&
		     frame_header_get(bytes, frame_seed(v->file->seed, offset), &header);
	if (known && header.type == FRAME_LEAF)
		report(v, offset, header.sequence, "bad checksum: record %" PRIu64 " is damaged", header.sequence);
	else if (known)
		report(v, offset, UINT64_MAX, "bad checksum: damaged %s",
		       header.type == FRAME_OBJECT   ? "object"
		       : header.type == FRAME_CHUNK  ? "part of a large object"
		       : header.type == FRAME_FOOTER ? "footer"
						     : "frame");
	else
		report(v, offset, UINT64_MAX, "no valid frame here");
	v->tree_broken = v->tree_broken || !known || header.type == FRAME_LEAF;
}

static bool is_stopped(const Verify *v)
{
	return stop_raised(v->stop);
}

/* Waits until what was read so far is due. */
static void keep_pace(Verify *v, uint64_t bytes)
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

static Status scan_frames(Verify *v, uint64_t end, Err *err)
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
			check_frame(v, &frame);
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

static void check_trailer(Verify *v, uint64_t size)
{
	uint8_t bytes[SEGMENT_TRAILER_LEN];
	SegmentTrailer trailer;
	Err err;
	if (size < SEGMENT_TRAILER_LEN ||
	    file_pread(v->file->fd, bytes, sizeof bytes, size - sizeof bytes, v->file->name, &err) != ST_OK ||
	    !segment_trailer_get(bytes, v->store->archive_id, v->segment, size - sizeof bytes, &trailer))
		report(v, size - SEGMENT_TRAILER_LEN, UINT64_MAX, "the trailer is damaged");
}

static bool someone_writes(Store *store)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return store->writer.depth > 0 || fcntl(store->writer.lock_fd, F_OFD_GETLK, &lock) != 0 ||
	       lock.l_type != F_UNLCK;
}

/* Whether the bytes from scan->at on are what a write leaves that was cut off: the beginning of a frame, or zeros where
 * the file had grown and its blocks had not. */
static bool is_cut_short(const Verify *v, const Scan *scan, uint64_t size)
{
	uint8_t bytes[4096];
	FrameHeader header;
	Err err;
	for (uint64_t at = scan->at; at < size; at += sizeof bytes) {
		size_t len = size - at < sizeof bytes ? (size_t)(size - at) : sizeof bytes;
		if (file_pread(v->file->fd, bytes, len, at, v->file->name, &err) != ST_OK)
			return false;
		if (at == scan->at && len < FRAME_HEADER_LEN)
			return true;
		if (at == scan->at && frame_header_get(bytes, frame_seed(v->file->seed, at), &header))
			return header.batch == v->committed.batch + 1 && frame_len(&header) > size - at;
		for (size_t i = 0; i < len; i++)
			if (bytes[i])
				return false;
	}
	return true;
}

/* Behind the last COMMIT stand a MARK, what somebody is writing just now, or the beginning of a batch that was never
 * acknowledged: that is no damage. Anything else might be. */
static void check_tail(Verify *v, uint64_t size)
{
	Scan scan;
	Frame frame;
	Err err;
	Step step = STEP_END;
	if (size == v->committed.end || someone_writes(v->store))
		return;
	scan_begin(&scan, v->file, v->committed.end, size);
	uint64_t kept = v->committed.end; /* the MARK stays */
	while ((step = scan_next(&scan, &frame, &err)) == STEP_ITEM && frame.header.batch == v->committed.batch + 1)
		if (frame.header.type == FRAME_MARK)
			kept = scan.at;
	v->report->torn_bytes = size - kept;
	if (step == STEP_ITEM || (step == STEP_ERROR && !is_cut_short(v, &scan, size)))
		report(v, v->committed.end, UINT64_MAX,
		       "%" PRIu64
		       " bytes belong to no commit, and no write leaves such bytes; the next one removes them",
		       size - kept);
	scan_done(&scan);
}

static Status verify_segment(Verify *v, uint32_t id, Err *err)
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
		report(v, UINT64_MAX, UINT64_MAX, "segment %08" PRIx32 ".seg cannot be read: %.120s", id, err->text);
		v->tree_broken = true;
		return st == ST_NO_MEMORY ? st : ST_OK;
	}
	if (st == ST_CORRUPT)
		report(v, 0, UINT64_MAX, "the segment's header is damaged");
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
	const Segment *last = log_segment(store, store->committed.segment);
	return store->tail.sealed || (last && last->sealed && last->frames == store->tail.keep_frames);
}

Status verify_one(Store *store, uint32_t segment, uint64_t bytes_per_second, const Stop *stop,
		  void (*found)(void *ctx, const VerifyFinding *finding), void *ctx, VerifyReport *out, Err *err)
{
	VerifyReport result = {0};
	Verify v = {.store = store,
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
	const Segment *s = log_segment(store, segment);
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

/* The log must still begin with what was signed. */
static void check_signed(Verify *v)
{
	const Checkpoint *last = &v->signed_last;
	v->file = NULL;
	if (last->tree_size > v->committed.tree_size)
		report(v, UINT64_MAX, UINT64_MAX,
		       "%" PRIu64 " records were signed and %" PRIu64 " are there: the end of the log is missing",
		       last->tree_size, v->committed.tree_size);
	else if (last->tree_size && !v->tree_broken && !hash_eq(&last->root, &v->signed_now))
		report(v, UINT64_MAX, UINT64_MAX, "the first %" PRIu64 " records do not give the root that was signed",
		       last->tree_size);
}

static Status load_signed(Verify *v, Err *err)
{
	Buf text = {0};
	Status st = store_checkpoint_last_checked(v->store, &text, &v->signed_last, err);
	if (st == ST_INVALID || st == ST_LIMIT)
		report(v, UINT64_MAX, UINT64_MAX, "checkpoint or keys/verifier.txt is damaged: %.120s", err->text);
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
	Verify v = {.store = store, .quick = quick, .stop = stop, .found = found, .ctx = ctx, .report = &result};
	Status st = load_signed(&v, err); /* before the log is read: it may only have grown since */
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
		report(&v, UINT64_MAX, UINT64_MAX, "%.190s", damage.text);
	for (uint32_t id = 1; st == ST_OK && id <= last; id++)
		st = verify_segment(&v, id, err);
	frontier_root(&v.frontier, &result.root);
	if (st == ST_OK && !v.tree_broken && last && !hash_eq(&result.root, &v.committed.root))
		report(&v, UINT64_MAX, UINT64_MAX, "the records do not give the archive's root");
	if (st == ST_OK)
		check_signed(&v);
	buf_done(&v.offsets);
	buf_done(&v.leaf_ordinals);
	arena_done(&v.arena);
	if (st == ST_OK)
		*out = result;
	return st;
}
