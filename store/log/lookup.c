/* store/log/lookup.c - a look-up says where to look; what stands there is checked, so that two keys with the same hash,
 * or damage, cost time and never truth. Newer places are tried first: the newest version is what is mostly asked for.
 */
#include "store/log/lookup.h"

#include "base/rwlock.h"
#include "store/log/catalogue.h"
#include "store/log/read.h"

#include <inttypes.h>
#include <stdlib.h>

Status lookup_add(void *ctx, uint64_t hash, uint64_t value, Err *err)
{
	Store *store = ctx;
	rwlock_write(&store->lock);
	bool added = table_add(&store->table, hash, value);
	pthread_rwlock_unlock(&store->lock);
	return added ? ST_OK : err_no_memory(err);
}

Status lookup_values(Store *store, uint64_t hash, Buf *out, Err *err)
{
	uint64_t value;
	size_t at = 0;
	rwlock_read(&store->lock);
	while (table_next(&store->table, hash, &at, &value))
		buf_add(out, &value, sizeof value);
	pthread_rwlock_unlock(&store->lock);
	return buf_ok(out) ? catalogue_lookup(store, hash, out, err) : err_no_memory(err);
}

static int largest_first(const void *a, const void *b)
{
	uint64_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? 1 : x > y ? -1 : 0;
}

static uint64_t value_at(const Buf *values, size_t i)
{
	uint64_t value;
	memcpy(&value, values->data + i * sizeof value, sizeof value);
	return value;
}

static void sort_values(Buf *values)
{
	if (values->len)
		qsort(values->data, values->len / sizeof(uint64_t), sizeof(uint64_t), largest_first);
}

static uint64_t visible_size(Store *store, Sight sight)
{
	rwlock_read(&store->lock);
	uint64_t size = sight == SEE_PENDING ? store->writer.frontier.size : store->committed.tree_size;
	pthread_rwlock_unlock(&store->lock);
	return size;
}

Status lookup_key(Store *store, Sight sight, uint8_t kind, Str key, uint32_t version, uint64_t *sequence_out, Err *err)
{
	Buf values = {0};
	Arena arena = {0};
	uint64_t size = visible_size(store, sight);
	bool found = false;
	Status st = lookup_values(store, lookup_hash(LOOKUP_KEY, kind, key), &values, err);
	sort_values(&values);
	for (size_t i = 0; st == ST_OK && !found && i < values.len / sizeof(uint64_t); i++) {
		Frame frame;
		LeafDescriptor leaf;
		uint32_t segment;
		uint64_t sequence = value_at(&values, i);
		if (sequence >= size)
			continue;
		arena_reset(&arena);
		st = read_leaf(store, sight, sequence, &arena, &frame, &leaf, &segment, err);
		if (st != ST_OK || leaf.kind != kind || !str_eq(leaf.key, key))
			continue;
		if (version == 0 || leaf.version == version) {
			*sequence_out = sequence;
			found = true;
		} else if (leaf.version < version) {
			break;
		}
	}
	if (st == ST_OK && !found)
		st = version ? err_set(err, ST_NOT_FOUND, "'%.*s' has no version %" PRIu32, STR_ARG(key), version)
			     : err_set(err, ST_NOT_FOUND, "nothing here is called '%.*s'", STR_ARG(key));
	arena_done(&arena);
	buf_done(&values);
	return st;
}

/* In an archive that lacks something, what is not found may have been there. */
static Status not_found_here(Store *store, const char *text, Err *err)
{
	Err damage;
	if (store_damage(store, &damage) != ST_OK)
		return err_set(err, ST_CORRUPT, "%.80s, and not all of the archive can be read: %.140s", text,
			       damage.text);
	return err_set(err, ST_NOT_FOUND, "%s", text);
}

Status store_find(Store *store, EntryKind kind, Str key, uint32_t version, uint64_t *sequence_out, Err *err)
{
	Status st = lookup_key(store, SEE_COMMITTED, (uint8_t)kind, key, version, sequence_out, err);
	Err why = *err;
	return st == ST_NOT_FOUND ? not_found_here(store, why.text, err) : st;
}

Status lookup_object_frame(Store *store, Sight sight, const Hash *hash, Arena *arena, uint32_t *segment_out,
			   Frame *frame_out, Err *err)
{
	Buf values = {0};
	Err damage = {0};
	bool found = false;
	Status st = lookup_values(store, lookup_object(hash), &values, err);
	for (size_t i = 0; st == ST_OK && !found && i < values.len / sizeof(uint64_t); i++) {
		ObjectDescriptor object;
		uint64_t value = value_at(&values, i);
		uint32_t segment = (uint32_t)(value >> 32);
		if (!segment)
			continue;
		Status read = read_frame(store, sight, segment, (uint32_t)value, arena, frame_out, err);
		if (read == ST_CORRUPT)
			damage = *err; /* another place may hold the object; if none does, this is the reason */
		else if (read != ST_OK && read != ST_NOT_FOUND)
			st = read;
		else if (read == ST_OK && frame_out->header.type == FRAME_OBJECT &&
			 !(frame_out->header.flags & FRAME_DESTROYED) &&
			 object_descriptor_get(frame_out->descriptor, &object) && hash_eq(&object.hash, hash)) {
			*segment_out = segment;
			found = true;
		}
	}
	if (st == ST_OK && !found)
		st = damage.code != ST_OK ? err_set(err, ST_CORRUPT, "%s", damage.text)
					  : not_found_here(store, "no object with this SHA-256 is stored", err);
	buf_done(&values);
	return st;
}

/* ---- case files ------------------------------------------------------------------------------------------------ */

/* Does this record version say that it belongs to the case file, and is it the record's newest? */
static Status is_member(Store *store, uint64_t sequence, Str code, bool *out, Err *err)
{
	Arena arena = {0};
	Frame frame;
	LeafDescriptor leaf;
	uint32_t segment;
	Str rest, member;
	uint64_t newest;
	*out = false;
	Status st = read_leaf(store, SEE_COMMITTED, sequence, &arena, &frame, &leaf, &segment, err);
	if (st != ST_OK)
		goto done;
	rest = frame.annex;
	bool named = false;
	while (!named && annex_next(&rest, &member) == STEP_ITEM)
		named = str_eq(member, code);
	if (named && leaf.kind == ENTRY_RECORD) {
		st = lookup_key(store, SEE_COMMITTED, leaf.kind, leaf.key, 0, &newest, err);
		*out = st == ST_OK && newest == sequence;
	}
done:
	arena_done(&arena);
	return st;
}

Status store_case_records(Store *store, Str code, Arena *arena, uint64_t **sequences_out, size_t *count_out, Err *err)
{
	Buf values = {0};
	uint64_t size = visible_size(store, SEE_COMMITTED), *sequences = NULL;
	size_t count = 0;
	Status st = lookup_values(store, lookup_hash(LOOKUP_MEMBER, ENTRY_RECORD, code), &values, err);
	size_t hits = values.len / sizeof(uint64_t);
	if (st == ST_OK && !(sequences = arena_alloc(arena, (hits + 1) * sizeof *sequences)))
		st = err_no_memory(err);
	sort_values(&values);
	for (size_t i = hits; st == ST_OK && i-- > 0;) { /* smallest first */
		uint64_t sequence = value_at(&values, i);
		bool member;
		if (sequence >= size || (count && sequences[count - 1] == sequence))
			continue;
		st = is_member(store, sequence, code, &member, err);
		if (st == ST_OK && member)
			sequences[count++] = sequence;
	}
	buf_done(&values);
	if (st == ST_OK) {
		*sequences_out = sequences;
		*count_out = count;
	}
	return st;
}
