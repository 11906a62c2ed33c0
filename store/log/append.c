/* store/log/append.c - one entry in: its objects are hashed, its key is looked up, and a version with the same payload
 * (written with that version's salt) makes it a duplicate. Otherwise objects, payload and leaf are appended in this
 * order, so that a leaf never points to what is not there.
 *
 * Group commit: threads that call store_put together wait for one batch; whoever finds nobody at it commits for all.
 */
#include "store/log/append.h"

#include "base/clock.h"
#include "base/rwlock.h"
#include "base/utf8.h"
#include "store/format/payload.h"
#include "store/log/body.h"
#include "store/log/lookup.h"
#include "store/log/objects.h"
#include "store/log/pack.h"
#include "store/log/read.h"
#include "store/log/recover.h"
#include "store/log/rollback.h"
#include "store/log/tree.h"
#include "store/log/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

/* ---- checking what is given ------------------------------------------------------------------------------------ */

static Status check_cases(const EntryInput *input, Err *err)
{
	if (input->case_count > STORE_CASES_MAX)
		return err_set(err, ST_LIMIT, "a record can belong to %d case files, not to %zu", STORE_CASES_MAX,
			       input->case_count);
	for (size_t i = 0; i < input->case_count; i++)
		if (!entry_key_is_valid(ENTRY_CASE, input->cases[i]))
			return err_set(err, ST_INVALID, "not a code of a case file: '%.*s'",
				       STR_ARG(str_slice(input->cases[i], 0, 64)));
	return ST_OK;
}

static Status check_input(const EntryInput *input, Err *err)
{
	Str metadata = input->metadata;
	if (input->kind < ENTRY_RECORD || input->kind > ENTRY_KEY)
		return err_set(err, ST_INVALID, "there is no kind of entry %d", (int)input->kind);
	if (input->key.len && !entry_key_is_valid((uint8_t)input->kind, input->key))
		return err_set(err, input->key.len > STORE_ID_MAX ? ST_LIMIT : ST_INVALID,
			       "an id has 1 to %d of A-Z a-z 0-9 . _ : -, not '%.*s'", STORE_ID_MAX,
			       STR_ARG(str_slice(input->key, 0, 64)));
	if (!input->key.len && input->kind != ENTRY_RECORD)
		return err_set(err, ST_INVALID, "an entry that is no record needs a key");
	if (metadata.len < 2 || metadata.ptr[0] != '{' || metadata.ptr[metadata.len - 1] != '}' ||
	    !utf8_is_valid(metadata))
		return err_set(err, ST_INVALID, "the metadata is not a JSON object in UTF-8");
	if (metadata.len > STORE_METADATA_MAX)
		return err_set(err, ST_LIMIT, "the metadata has %zu bytes, more than %d", metadata.len,
			       STORE_METADATA_MAX);
	if (input->object_count > STORE_OBJECTS_MAX)
		return err_set(err, ST_LIMIT, "a record can have %d objects, not %zu", STORE_OBJECTS_MAX,
			       input->object_count);
	for (size_t i = 0; i < input->object_count; i++) {
		const ObjectRef *ref = &input->objects[i].ref;
		if (!memchr(ref->role, 0, sizeof ref->role) || !ref->role[0])
			return err_set(err, ST_INVALID, "object %zu has no role", i + 1);
		if (ref->name.len > 4096 || ref->media.len > 256 || ref->from.len > 256)
			return err_set(err, ST_LIMIT, "object %zu: name, media type or source is too long", i + 1);
	}
	return check_cases(input, err);
}

/* ---- what is there already ------------------------------------------------------------------------------------- */

static void derive_key(const EntryInput *input, char out[static STORE_ID_MAX + 1])
{
	Sha256 sum;
	Hash hash;
	sha256_begin(&sum);
	sha256_add(&sum, input->metadata.ptr, input->metadata.len);
	for (size_t i = 0; i < input->object_count; i++)
		sha256_add(&sum, input->objects[i].ref.hash.bytes, STORE_HASH_LEN);
	sha256_end(&sum, &hash);
	entry_derive_id("h-", &hash, out);
}

static Status put_payload(Store *store, const EntryInput *input, const uint8_t salt[static SALT_LEN], Arena *arena,
			  Err *err)
{
	Buf *payload = &store->writer.payload;
	ObjectRef *refs = arena_calloc(arena, input->object_count + 1, sizeof *refs);
	if (!refs)
		return err_no_memory(err);
	for (size_t i = 0; i < input->object_count; i++)
		refs[i] = input->objects[i].ref;
	buf_clear(payload);
	payload_put(salt, refs, input->object_count, input->metadata, payload);
	if (!buf_ok(payload))
		return err_no_memory(err);
	if (payload->len > PAYLOAD_MAX)
		return err_set(err, ST_LIMIT, "metadata and list of objects have %zu bytes, more than %d", payload->len,
			       PAYLOAD_MAX);
	return ST_OK;
}

/* Would this input give the stored version's payload, byte for byte, with that version's salt? */
static Status is_same(Store *store, const EntryInput *input, uint32_t segment, const Frame *frame,
		      const LeafDescriptor *leaf, Arena *arena, bool *out, Err *err)
{
	uint8_t salt[SALT_LEN];
	Str stored;
	*out = false;
	if (frame->header.flags & FRAME_DESTROYED)
		return err_set(err, ST_CONFLICT, "'%.*s' was lawfully destroyed and is not taken in again",
			       STR_ARG(leaf->key));
	if (leaf->object_count != input->object_count)
		return ST_OK;
	Status st = body_read(store, SEE_PENDING, segment, frame, arena, &stored, err);
	if (st == ST_OK)
		st = payload_salt(stored, salt, err);
	if (st == ST_OK)
		st = put_payload(store, input, salt, arena, err);
	if (st == ST_OK)
		*out = str_eq(stored, buf_str(&store->writer.payload));
	return st;
}

/* Compare and append: looked at with the writer's mutex held, as is the append that follows. prior NULL: no version. */
static Status check_expected(const EntryInput *input, Str key, const LeafDescriptor *prior, Err *err)
{
	uint32_t newest = prior ? prior->version : 0, expected = input->expected_version;
	if (expected == 0 || expected == newest || (expected == VERSION_NONE && !prior))
		return ST_OK;
	if (!prior)
		return err_set(err, ST_CONFLICT, "'%.*s' is not there; its version %" PRIu32 " was to be followed",
			       STR_ARG(key), expected);
	if (expected == VERSION_NONE)
		return err_set(err, ST_CONFLICT, "'%.*s' is there already, with version %" PRIu32, STR_ARG(key),
			       newest);
	return err_set(err, ST_CONFLICT,
		       "'%.*s' was changed meanwhile: its newest version is %" PRIu32 ", not %" PRIu32, STR_ARG(key),
		       newest, expected);
}

/* ---- the leaf -------------------------------------------------------------------------------------------------- */

static Status fresh_salt(Writer *w, uint8_t out[static SALT_LEN], Err *err)
{
	if (w->salts_left < SALT_LEN) {
		size_t have = 0;
		while (have < sizeof w->salts) {
			ssize_t got = getrandom(w->salts + have, sizeof w->salts - have, 0);
			if (got < 0 && errno != EINTR)
				return err_errno(err, errno, "get random bytes");
			have += got > 0 ? (size_t)got : 0;
		}
		w->salts_left = sizeof w->salts;
	}
	w->salts_left -= SALT_LEN;
	memcpy(out, w->salts + w->salts_left, SALT_LEN);
	explicit_bzero(w->salts + w->salts_left, SALT_LEN);
	return ST_OK;
}

static Status add_leaf(Store *store, LeafDescriptor *leaf, Str annex, Hash *leaf_out, Err *err)
{
	Writer *w = &store->writer;
	FrameHeader header = {.type = FRAME_LEAF};
	Str payload = buf_str(&w->payload), stored;
	Status st = pack_body(store, payload, &header, &stored, err);
	if (st != ST_OK)
		return st;
	buf_clear(&w->descriptor);
	leaf_descriptor_put(leaf, &w->descriptor);
	if (!buf_ok(&w->descriptor))
		return err_no_memory(err);
	Frame frame = {.descriptor = buf_str(&w->descriptor), .annex = annex};
	rwlock_write(&store->lock); /* once the leaf's frame is out nothing may fail any more */
	bool room = table_reserve(&store->table, 1 + STORE_CASES_MAX);
	pthread_rwlock_unlock(&store->lock);
	if (!room)
		return err_no_memory(err);
	st = writer_add(store, &header, frame.descriptor, annex, stored, NULL, err);
	if (st != ST_OK)
		return st;
	frame.header = header;
	merkle_leaf(frame.descriptor, leaf_out);
	rwlock_write(&store->lock);
	frontier_append(&w->frontier, leaf_out, tree_collect, &w->tree_nodes);
	pthread_rwlock_unlock(&store->lock);
	w->bytes_original += payload.len;
	return frame_lookups(w->live->id, &frame, lookup_add, store, err);
}

static Status add_version(Store *store, const EntryInput *input, Str key, const LeafDescriptor *prior,
			  const Hash *prior_leaf, Receipt *out, Err *err)
{
	Writer *w = &store->writer;
	Arena arena = {0};
	uint8_t salt[SALT_LEN];
	Hash leaf_hash;
	LeafDescriptor leaf = {
		.kind = (uint8_t)input->kind,
		.operation = LEAF_PUT,
		.key = key,
		.version = prior ? prior->version + 1 : 1,
		.object_count = (uint32_t)input->object_count,
		.utc_ms = clock_utc_ms(),
		.previous = prior ? prior->sequence : UINT64_MAX,
	};
	if (prior)
		leaf.previous_leaf = *prior_leaf;
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < input->object_count; i++) {
		leaf.object_bytes += input->objects[i].ref.size_bytes;
		st = object_store(store, &input->objects[i], err);
	}
	if (st == ST_OK)
		st = fresh_salt(w, salt, err);
	if (st == ST_OK)
		st = put_payload(store, input, salt, &arena, err);
	buf_clear(&w->annex);
	annex_put(input->cases, input->case_count, &w->annex);
	if (st == ST_OK && !buf_ok(&w->annex))
		st = err_no_memory(err);
	if (st == ST_OK) {
		hash_of(buf_str(&w->payload), &leaf.payload_hash);
		leaf.payload_bytes = w->payload.len;
		leaf.sequence = w->frontier.size;
		st = add_leaf(store, &leaf, buf_str(&w->annex), &leaf_hash, err);
	}
	if (st == ST_OK) {
		*out = (Receipt){.result = prior ? APPEND_VERSION : APPEND_ADDED,
				 .version = leaf.version,
				 .sequence = leaf.sequence,
				 .leaf = leaf_hash,
				 .tree_size = leaf.sequence + 1};
		memcpy(out->key, key.ptr, key.len);
	}
	arena_done(&arena);
	return st;
}

static void tell_duplicate(Receipt *out, Str key, const LeafDescriptor *leaf, const Frame *frame, uint64_t sequence)
{
	*out = (Receipt){
		.result = APPEND_DUPLICATE, .version = leaf->version, .sequence = sequence, .tree_size = sequence + 1};
	merkle_leaf(frame->descriptor, &out->leaf);
	memcpy(out->key, key.ptr, key.len);
}

/* An older version with the same content: the input is a repetition, not news. Without this, taking in a file again
 * that holds two versions of a record would add both each time. Holds are different: they alternate. So are writers
 * that name the version they follow: they know what they change. */
static Status find_older(Store *store, const EntryInput *input, Str key, uint64_t sequence, bool *found_out,
			 Receipt *out, Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	*found_out = false;
	if ((input->kind != ENTRY_RECORD && input->kind != ENTRY_CASE) || input->expected_version)
		return ST_OK;
	while (st == ST_OK && sequence != UINT64_MAX && !*found_out) {
		Frame frame;
		LeafDescriptor leaf;
		uint32_t segment;
		arena_reset(&arena);
		st = read_leaf(store, SEE_PENDING, sequence, &arena, &frame, &leaf, &segment, err);
		if (st == ST_OK)
			st = is_same(store, input, segment, &frame, &leaf, &arena, found_out, err);
		if (st == ST_OK && *found_out)
			tell_duplicate(out, key, &leaf, &frame, sequence);
		sequence = st == ST_OK ? leaf.previous : UINT64_MAX;
	}
	arena_done(&arena);
	return st;
}

static Status append_measured(Store *store, const EntryInput *input, Str key, Receipt *out, Err *err)
{
	Arena arena = {0};
	Frame frame;
	LeafDescriptor prior;
	Hash prior_leaf;
	uint64_t sequence;
	uint32_t segment;
	bool same = false;
	Status st = lookup_key(store, SEE_PENDING, (uint8_t)input->kind, key, 0, &sequence, err);
	if (st == ST_NOT_FOUND) {
		st = check_expected(input, key, NULL, err);
		if (st == ST_OK)
			st = add_version(store, input, key, NULL, NULL, out, err);
		goto done;
	}
	if (st == ST_OK)
		st = read_leaf(store, SEE_PENDING, sequence, &arena, &frame, &prior, &segment, err);
	if (st == ST_OK)
		st = check_expected(input, key, &prior, err);
	if (st == ST_OK)
		st = is_same(store, input, segment, &frame, &prior, &arena, &same, err);
	if (st != ST_OK)
		goto done;
	if (same) {
		tell_duplicate(out, key, &prior, &frame, sequence);
		goto done;
	}
	st = find_older(store, input, key, prior.previous, &same, out, err);
	if (st == ST_OK && !same) {
		merkle_leaf(frame.descriptor, &prior_leaf);
		st = add_version(store, input, key, &prior, &prior_leaf, out, err);
	}
done:
	arena_done(&arena);
	return st;
}

Status append_entry(Store *store, const EntryInput *input, Receipt *out, Err *err)
{
	char derived[STORE_ID_MAX + 1];
	Savepoint save;
	if (store->writer.depth == 0)
		return err_set(err, ST_INTERNAL, "store_append outside store_write_begin and store_write_end");
	Status st = check_input(input, err);
	for (size_t i = 0; st == ST_OK && i < input->object_count; i++)
		st = object_measure(store, &input->objects[i], err);
	if (st != ST_OK)
		return st;
	Str key = input->key;
	if (!key.len) {
		derive_key(input, derived);
		key = str_from(derived);
	}
	rollback_save(store, &save);
	st = append_measured(store, input, key, out, err);
	if (st != ST_OK)
		rollback_entry(store, &save);
	return st;
}

/* ---- the calls of store.h -------------------------------------------------------------------------------------- */

Status store_write_begin(Store *store, Err *err)
{
	pthread_mutex_lock(&store->writer.mutex);
	Status st = writing_begin(store, err);
	pthread_mutex_unlock(&store->writer.mutex);
	return st;
}

void store_write_end(Store *store)
{
	pthread_mutex_lock(&store->writer.mutex);
	writing_end(store);
	pthread_mutex_unlock(&store->writer.mutex);
}

Status store_append(Store *store, const EntryInput *input, Receipt *out, Err *err)
{
	pthread_mutex_lock(&store->writer.mutex);
	Status st = append_entry(store, input, out, err);
	pthread_mutex_unlock(&store->writer.mutex);
	return st;
}

Status store_commit(Store *store, Err *err)
{
	pthread_mutex_lock(&store->writer.mutex);
	Status st = writer_commit(store, err);
	pthread_mutex_unlock(&store->writer.mutex);
	return st;
}

uint64_t store_drops(Store *store, Err *cause_out)
{
	Writer *w = &store->writer;
	pthread_mutex_lock(&w->sync_mutex);
	uint64_t drops = w->drops;
	*cause_out = w->drop_cause;
	pthread_mutex_unlock(&w->sync_mutex);
	return drops;
}

Status store_seal(Store *store, Err *err)
{
	pthread_mutex_lock(&store->writer.mutex);
	Status st = store->writer.depth ? writer_seal(store, err)
					: err_set(err, ST_INTERNAL, "store_seal outside store_write_begin");
	pthread_mutex_unlock(&store->writer.mutex);
	return st;
}

/* Waits until the batch is durable; whoever finds nobody else at it commits for all who wait. */
static Status wait_for_batch(Store *store, uint64_t batch, uint64_t drops, Err *err)
{
	Writer *w = &store->writer;
	Status st = ST_OK;
	pthread_mutex_lock(&w->sync_mutex);
	while (w->synced_batch < batch) {
		if (w->poison.code != ST_OK) {
			st = err_set(err, ST_READ_ONLY, "%s", w->poison.text);
			break;
		}
		if (w->drops != drops) {
			st = err_set(err, w->drop_cause.code, "%s", w->drop_cause.text);
			break;
		}
		if (w->leading) {
			pthread_cond_wait(&w->synced, &w->sync_mutex);
			continue;
		}
		Err own;
		w->leading = true;
		pthread_mutex_unlock(&w->sync_mutex);
		pthread_mutex_lock(&w->mutex);
		writer_commit(store, &own);
		pthread_mutex_unlock(&w->mutex);
		pthread_mutex_lock(&w->sync_mutex);
		w->leading = false;
		pthread_cond_broadcast(&w->synced);
	}
	pthread_mutex_unlock(&w->sync_mutex);
	return st;
}

Status store_put(Store *store, const EntryInput *input, Receipt *out, Err *err)
{
	Writer *w = &store->writer;
	Receipt receipt;
	uint64_t batch = 0, drops = 0;
	pthread_mutex_lock(&w->mutex);
	Status st = writing_begin(store, err);
	if (st != ST_OK) {
		pthread_mutex_unlock(&w->mutex);
		return st;
	}
	st = append_entry(store, input, &receipt, err);
	bool wait = st == ST_OK || (st == ST_CONFLICT && input->expected_version);
	if (wait) {
		/* the version that a duplicate repeats, or that was faster, may not be durable yet */
		batch = w->batch_frames ? w->batch : w->batch - 1;
		pthread_mutex_lock(&w->sync_mutex);
		drops = w->drops;
		pthread_mutex_unlock(&w->sync_mutex);
	}
	pthread_mutex_unlock(&w->mutex);
	if (wait) {
		Err why;
		Status waited = wait_for_batch(store, batch, drops, &why);
		if (st == ST_OK && waited != ST_OK)
			st = err_set(err, why.code, "%s", why.text);
	}
	pthread_mutex_lock(&w->mutex);
	writing_end(store);
	pthread_mutex_unlock(&w->mutex);
	if (st == ST_OK)
		*out = receipt;
	return st;
}
