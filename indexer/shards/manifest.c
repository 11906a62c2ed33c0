/* indexer/shards/manifest.c - reads and writes the MANIFEST.
 *
 * What is read is checked before it is believed: the sum, that the ranges are adjacent from 0 to `position`, that names
 * have no slash and no leading dot, that the archive is at least that long and has that leaf. A manifest that fails is
 * not repaired from what it says: a process that still has it in memory writes it again, else the index is built anew.
 */
#include "indexer/shards/manifest.h"

#include "base/file.h"
#include "base/json_out.h"
#include "indexer/terms/schema.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { MANIFEST_FORMAT = 2, MANIFEST_MAX_BYTES = 256 << 20 };

static const Str sum_word = {"sha256 ", 7};

void manifest_done(Manifest *m)
{
	free(m->shards);
	free(m->superseded.list);
	*m = (Manifest){0};
}

Status manifest_copy(Manifest *out, const Manifest *m, Err *err)
{
	Manifest copy = *m;
	copy.superseded = (Superseded){.destroyed = m->superseded.destroyed};
	copy.shards = malloc((m->count + 1) * sizeof *copy.shards);
	if (!copy.shards || !superseded_add_all(&copy.superseded, &m->superseded)) {
		manifest_done(&copy);
		return err_no_memory(err);
	}
	if (m->count)
		memcpy(copy.shards, m->shards, m->count * sizeof *copy.shards);
	*out = copy;
	return ST_OK;
}

Status manifest_add(Manifest *m, const Shard *shard, const Superseded *superseded, Err *err)
{
	Shard *grown = realloc(m->shards, (m->count + 1) * sizeof *grown);
	if (!grown)
		return err_no_memory(err);
	m->shards = grown;
	if (!superseded_add_all(&m->superseded, superseded))
		return err_no_memory(err);
	superseded_sort(&m->superseded);
	m->purge |= superseded->destroyed;
	m->shards[m->count++] = *shard;
	m->live_from = shard->to;
	m->live_name[0] = 0;
	return ST_OK;
}

/* The leaf before the position, in hex; of position 0: "". */
static Status leaf_before(Store *store, uint64_t position, char out[static 2 * STORE_HASH_LEN + 1], Err *err)
{
	Arena arena = {0};
	Entry entry;
	out[0] = 0;
	if (position == 0)
		return ST_OK;
	Status st = store_entry(store, position - 1, &arena, &entry, err);
	if (st == ST_CORRUPT || st == ST_NOT_FOUND) { /* that leaf is damaged: nothing can be compared */
		arena_done(&arena);
		return ST_OK;
	}
	for (size_t i = 0; st == ST_OK && i < STORE_HASH_LEN; i++)
		snprintf(out + 2 * i, 3, "%02x", entry.leaf.bytes[i]);
	arena_done(&arena);
	return st;
}

static void write_shard(JsonOut *j, const Shard *shard)
{
	jout_open(j, '{');
	jout_field_u64(j, "from", shard->from);
	jout_field_u64(j, "to", shard->to);
	jout_field_text(j, "name", shard->name);
	jout_field_u64(j, "documents", shard->documents);
	jout_field_u64(j, "bytes", shard->bytes);
	jout_key(j, "sha256");
	jout_hex(j, shard->sha256.bytes, STORE_HASH_LEN);
	jout_close(j, '}');
}

Status manifest_save(const char *index_dir, Store *store, const Manifest *m, Err *err)
{
	FilePath path;
	char leaf[2 * STORE_HASH_LEN + 1];
	Buf text = {0};
	JsonOut j;
	Status st = file_path(&path, index_dir, "MANIFEST", err);
	if (st == ST_OK)
		st = leaf_before(store, m->live_from, leaf, err);
	if (st != ST_OK)
		return st;
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_u64(&j, "format", MANIFEST_FORMAT);
	jout_field_u64(&j, "schema", SCHEMA_VERSION);
	jout_field_u64(&j, "position", m->live_from);
	jout_field_text(&j, "leaf", leaf);
	jout_key(&j, "shards");
	jout_open(&j, '[');
	for (size_t i = 0; i < m->count; i++)
		write_shard(&j, &m->shards[i]);
	jout_close(&j, ']');
	jout_field_text(&j, "live", m->live_name);
	jout_key(&j, "superseded");
	jout_open(&j, '[');
	for (size_t i = 0; i < m->superseded.count; i++)
		jout_u64(&j, m->superseded.list[i]);
	jout_close(&j, ']');
	jout_field_bool(&j, "purge", m->purge);
	jout_field_u64(&j, "unreadable", m->superseded.unreadable);
	jout_close(&j, '}');
	Hash sum;
	hash_of(buf_str(&text), &sum);
	buf_add_char(&text, '\n');
	buf_add_str(&text, sum_word);
	buf_add_hex(&text, sum.bytes, STORE_HASH_LEN);
	buf_add_char(&text, '\n');
	st = buf_ok(&text) ? file_replace(path.text, buf_str(&text), err) : err_no_memory(err);
	buf_done(&text);
	return st;
}

static bool take_u64(const json_t *object, const char *key, uint64_t *out)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

static bool take_name(const json_t *object, const char *key, char out[static SHARD_NAME_MAX])
{
	const char *name = json_string_value(json_object_get(object, key));
	if (!name || strlen(name) >= SHARD_NAME_MAX || strchr(name, '/') || name[0] == '.')
		return false;
	snprintf(out, SHARD_NAME_MAX, "%s", name);
	return true;
}

static bool take_shard(const json_t *object, uint64_t from, Shard *out)
{
	const char *sum = json_string_value(json_object_get(object, "sha256"));
	return take_u64(object, "from", &out->from) && take_u64(object, "to", &out->to) && out->from == from &&
	       out->to > from && take_name(object, "name", out->name) && out->name[0] &&
	       take_u64(object, "documents", &out->documents) && take_u64(object, "bytes", &out->bytes) && sum &&
	       hex_decode(str_from(sum), out->sha256.bytes, STORE_HASH_LEN);
}

static bool take_all(const json_t *root, Manifest *m, uint64_t *position)
{
	const json_t *shards = json_object_get(root, "shards"), *superseded = json_object_get(root, "superseded"),
		     *item;
	size_t i;
	if (!json_is_array(shards) || !json_is_array(superseded) || !take_u64(root, "position", position) ||
	    !take_name(root, "live", m->live_name))
		return false;
	m->shards = calloc(json_array_size(shards) + 1, sizeof *m->shards);
	if (!m->shards)
		return false;
	json_array_foreach(shards, i, item)
	{
		if (!take_shard(item, m->live_from, &m->shards[i]))
			return false;
		m->live_from = m->shards[i].to;
		m->count++;
	}
	json_array_foreach(superseded, i, item)
	{
		if (!json_is_integer(item) || !superseded_add(&m->superseded, (uint64_t)json_integer_value(item)))
			return false;
	}
	superseded_sort(&m->superseded);
	m->purge = json_is_true(json_object_get(root, "purge"));
	if (json_object_get(root, "unreadable") && !take_u64(root, "unreadable", &m->superseded.unreadable))
		return false;
	return m->live_from == *position;
}

/* The line of JSON in front of the line with its sum. */
static bool take_summed(Str bytes, Str *json_out)
{
	Hash said, sum;
	size_t line_len = 1 + sum_word.len + 2 * STORE_HASH_LEN + 1;
	if (bytes.len < line_len || bytes.ptr[bytes.len - 1] != '\n')
		return false;
	Str json = str_slice(bytes, 0, bytes.len - line_len), line = str_slice(bytes, json.len, bytes.len - 1);
	if (line.ptr[0] != '\n' || !str_starts(str_slice(line, 1, line.len), sum_word) ||
	    !hex_decode(str_slice(line, 1 + sum_word.len, line.len), said.bytes, STORE_HASH_LEN))
		return false;
	hash_of(json, &sum);
	*json_out = json;
	return hash_eq(&said, &sum);
}

static Status read_members(const json_t *root, Manifest *m, char leaf[static 2 * STORE_HASH_LEN + 1], Err *err)
{
	uint64_t format = 0, schema = 0, position = 0;
	const char *written = json_string_value(json_object_get(root, "leaf"));
	if (!take_u64(root, "format", &format) || !take_u64(root, "schema", &schema))
		return err_set(err, ST_CORRUPT, "the index manifest can't be read");
	if (format != MANIFEST_FORMAT || schema != SCHEMA_VERSION)
		return err_set(err, ST_UNSUPPORTED, "the index was built by another version");
	if (!take_all(root, m, &position) || !written || strlen(written) > 2 * STORE_HASH_LEN)
		return err_set(err, ST_CORRUPT, "the index manifest contradicts itself");
	memcpy(leaf, written, strlen(written) + 1);
	return ST_OK;
}

Status manifest_parse(Str bytes, Manifest *out, char leaf_out[static 2 * STORE_HASH_LEN + 1], Err *err)
{
	Manifest m = {0};
	Str json;
	if (!take_summed(bytes, &json)) /* a manifest of the first format has no sum */
		return err_set(err, ST_CORRUPT, "the index manifest does not fit its sum");
	json_t *root = json_loadb(json.len ? json.ptr : "", json.len, JSON_REJECT_DUPLICATES, NULL);
	Status st = root ? read_members(root, &m, leaf_out, err)
			 : err_set(err, ST_CORRUPT, "the index manifest is no JSON");
	json_decref(root);
	if (st == ST_OK)
		*out = m;
	else
		manifest_done(&m);
	return st;
}

/* Does the log have that leaf before that position? */
static Status check_archive(const Manifest *m, const char *written, Store *store, Err *err)
{
	char leaf[2 * STORE_HASH_LEN + 1];
	Status st = store_expect(store, m->live_from, "the index", err);
	if (st == ST_CORRUPT)
		return ST_READ_ONLY; /* the index is kept: it may be all that tells what was there */
	if (st == ST_OK)
		st = leaf_before(store, m->live_from, leaf, err);
	if (st == ST_OK && leaf[0] && strcmp(written, leaf) != 0)
		st = err_set(err, ST_CONFLICT, "the index belongs to another archive");
	return st;
}

Status manifest_load(const char *index_dir, Store *store, Manifest *out, Err *err)
{
	char leaf[2 * STORE_HASH_LEN + 1];
	FilePath path;
	Buf text = {0};
	Manifest m = {0};
	Status st = file_path(&path, index_dir, "MANIFEST", err);
	if (st == ST_OK)
		st = file_read_all(path.text, MANIFEST_MAX_BYTES, &text, err);
	if (st == ST_LIMIT)
		st = err_set(err, ST_CORRUPT, "the index manifest is too long");
	if (st == ST_OK)
		st = manifest_parse(buf_str(&text), &m, leaf, err);
	if (st == ST_OK)
		st = check_archive(&m, leaf, store, err);
	buf_done(&text);
	if (st == ST_OK)
		*out = m;
	else
		manifest_done(&m);
	return st;
}
