/* store/log/objects.c - an object is named by its SHA-256, so it is read twice: once for its hash, and again to store
 * it where nobody has it. The second reading is hashed too: a file that changed in between is refused. */
#include "store/log/objects.h"

#include "store/log/lookup.h"
#include "store/log/pack.h"
#include "store/log/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- measuring ----------------------------------------------------------------------------------------------------
 */

static Status read_part(int fd, void *out, size_t len, uint64_t offset, size_t *got_out, Err *err)
{
	size_t total = 0;
	while (total < len) {
		ssize_t got = pread(fd, (char *)out + total, len - total, (off_t)(offset + total));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, errno, "read the file to store");
		if (got == 0)
			break;
		total += (size_t)got;
	}
	*got_out = total;
	return ST_OK;
}

static Status measure_file(ObjectInput *object, Err *err)
{
	Sha256 sum;
	char *space = malloc(STORE_CHUNK_BYTES);
	uint64_t size = 0;
	size_t got = STORE_CHUNK_BYTES;
	Status st = space ? ST_OK : err_no_memory(err);
	sha256_begin(&sum);
	while (st == ST_OK && got == STORE_CHUNK_BYTES) {
		st = read_part(object->fd, space, STORE_CHUNK_BYTES, size, &got, err);
		if (st == ST_OK) {
			sha256_add(&sum, space, got);
			size += got;
		}
	}
	free(space);
	if (st != ST_OK)
		return st;
	sha256_end(&sum, &object->ref.hash);
	object->ref.size_bytes = size;
	return ST_OK;
}

Status object_measure(Store *store, ObjectInput *object, Err *err)
{
	if (object->bytes.ptr) {
		hash_of(object->bytes, &object->ref.hash);
		object->ref.size_bytes = object->bytes.len;
		return ST_OK;
	}
	if (object->fd >= 0)
		return measure_file(object, err);
	Arena arena = {0};
	Frame frame;
	ObjectDescriptor stored;
	uint32_t segment;
	Status st = lookup_object_frame(store, SEE_PENDING, &object->ref.hash, &arena, &segment, &frame, err);
	if (st == ST_OK && object_descriptor_get(frame.descriptor, &stored))
		object->ref.size_bytes = stored.size_bytes;
	arena_done(&arena);
	return st;
}

/* ---- storing ------------------------------------------------------------------------------------------------------
 */

static Status add_object_frame(Store *store, const ObjectRef *ref, uint32_t chunks, FrameHeader *header, Str stored,
			       Err *err)
{
	uint8_t descriptor[OBJECT_DESCRIPTOR_LEN];
	uint32_t ordinal;
	ObjectDescriptor object = {ref->hash, ref->size_bytes, chunks};
	object_descriptor_put(&object, descriptor);
	header->type = FRAME_OBJECT;
	Status st = writer_add(store, header, (Str){(const char *)descriptor, sizeof descriptor}, (Str){0}, stored,
			       &ordinal, err);
	if (st != ST_OK)
		return st;
	store->writer.objects++;
	store->writer.bytes_original += ref->size_bytes;
	return lookup_add(store, lookup_object(&ref->hash), (uint64_t)store->writer.live->id << 32 | ordinal, err);
}

static Status store_small(Store *store, const ObjectRef *ref, Str bytes, Err *err)
{
	FrameHeader header = {0};
	Str stored;
	Status st = pack_body(store, bytes, &header, &stored, err);
	return st == ST_OK ? add_object_frame(store, ref, 0, &header, stored, err) : st;
}

/* Notes a chunk's place: the last run grows, or a new one starts. */
static void note_chunk(Buf *runs, ChunkRun *last, uint32_t segment, uint32_t ordinal)
{
	uint8_t bytes[CHUNK_RUN_LEN];
	if (last->count && last->segment == segment && last->ordinal + last->count == ordinal) {
		last->count++;
		return;
	}
	if (last->count) {
		chunk_run_put(last, bytes);
		buf_add(runs, bytes, sizeof bytes);
	}
	*last = (ChunkRun){segment, ordinal, 1};
}

static Status store_chunk(Store *store, const ObjectRef *ref, Str chunk, uint64_t offset, Buf *runs, ChunkRun *last,
			  Err *err)
{
	uint8_t descriptor[CHUNK_DESCRIPTOR_LEN];
	FrameHeader header = {.type = FRAME_CHUNK};
	ChunkDescriptor d = {ref->hash, offset};
	Str stored;
	uint32_t ordinal;
	Status st = pack_body(store, chunk, &header, &stored, err);
	if (st != ST_OK)
		return st;
	chunk_descriptor_put(&d, descriptor);
	st = writer_add(store, &header, (Str){(const char *)descriptor, sizeof descriptor}, (Str){0}, stored, &ordinal,
			err);
	if (st == ST_OK)
		note_chunk(runs, last, store->writer.live->id, ordinal);
	return st;
}

static Status store_large(Store *store, const ObjectInput *object, Err *err)
{
	const ObjectRef *ref = &object->ref;
	Buf runs = {0};
	ChunkRun last = {0};
	Sha256 sum;
	Hash again;
	FrameHeader header = {0};
	uint8_t bytes[CHUNK_RUN_LEN];
	char *space = object->bytes.ptr ? NULL : malloc(STORE_CHUNK_BYTES);
	uint32_t chunks = 0;
	Status st = object->bytes.ptr || space ? ST_OK : err_no_memory(err);
	sha256_begin(&sum);
	for (uint64_t at = 0; st == ST_OK && at < ref->size_bytes; at += STORE_CHUNK_BYTES, chunks++) {
		uint64_t left = ref->size_bytes - at;
		Str chunk = {space, left < STORE_CHUNK_BYTES ? (size_t)left : STORE_CHUNK_BYTES};
		size_t got = chunk.len;
		if (object->bytes.ptr)
			chunk.ptr = object->bytes.ptr + at;
		else
			st = read_part(object->fd, space, chunk.len, at, &got, err);
		if (st == ST_OK && got != chunk.len)
			st = err_set(err, ST_CONFLICT, "the file became shorter while it was read");
		if (st == ST_OK && space)
			sha256_add(&sum, chunk.ptr, chunk.len);
		if (st == ST_OK)
			st = store_chunk(store, ref, chunk, at, &runs, &last, err);
	}
	sha256_end(&sum, &again);
	if (st == ST_OK && space && !hash_eq(&again, &ref->hash))
		st = err_set(err, ST_CONFLICT, "the file changed while it was read");
	chunk_run_put(&last, bytes);
	buf_add(&runs, bytes, sizeof bytes);
	if (st == ST_OK && !buf_ok(&runs))
		st = err_no_memory(err);
	header.raw_len = (uint32_t)runs.len;
	if (st == ST_OK)
		st = add_object_frame(store, ref, chunks, &header, buf_str(&runs), err);
	free(space);
	buf_done(&runs);
	return st;
}

static Status store_small_file(Store *store, const ObjectInput *object, Err *err)
{
	size_t len = (size_t)object->ref.size_bytes, got = 0;
	Hash again = object->ref.hash;
	char *space = malloc(len + 1);
	Status st = space ? read_part(object->fd, space, len, 0, &got, err) : err_no_memory(err);
	if (st == ST_OK) {
		hash_of((Str){space, got}, &again);
		if (got != len || !hash_eq(&again, &object->ref.hash))
			st = err_set(err, ST_CONFLICT, "the file changed while it was read");
	}
	if (st == ST_OK)
		st = store_small(store, &object->ref, (Str){space, len}, err);
	free(space);
	return st;
}

Status object_store(Store *store, const ObjectInput *object, Err *err)
{
	Arena arena = {0};
	Frame frame;
	uint32_t segment;
	Status st = lookup_object_frame(store, SEE_PENDING, &object->ref.hash, &arena, &segment, &frame, err);
	arena_done(&arena);
	if (st != ST_NOT_FOUND && st != ST_CORRUPT)
		return st;
	if (!object->bytes.ptr && object->fd < 0)
		return st; /* nothing here to store it from */
	if (object->ref.size_bytes > STORE_CHUNK_BYTES)
		return store_large(store, object, err);
	return object->bytes.ptr ? store_small(store, &object->ref, object->bytes, err)
				 : store_small_file(store, object, err);
}
