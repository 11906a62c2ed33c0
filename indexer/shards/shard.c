/* indexer/shards/shard.c - see shard.h. */
#include "indexer/shards/shard.h"

#include "base/clock.h"
#include "base/file.h"
#include "indexer/invert/invert.h"
#include "store/format/hash.h"

#include <jansson.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- superseded versions --------------------------------------------------------------------------------------- */

bool superseded_add(Superseded *s, uint64_t sequence)
{
	if (s->count == s->capacity) {
		size_t wanted = s->capacity ? s->capacity * 2 : 64;
		uint64_t *grown = realloc(s->list, wanted * sizeof *grown);
		if (!grown)
			return false;
		s->list = grown;
		s->capacity = wanted;
	}
	s->list[s->count++] = sequence;
	return true;
}

static int order_of_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

void superseded_sort(Superseded *s)
{
	size_t used = 0;
	if (s->count)
		qsort(s->list, s->count, sizeof *s->list, order_of_numbers);
	for (size_t i = 0; i < s->count; i++)
		if (used == 0 || s->list[used - 1] != s->list[i])
			s->list[used++] = s->list[i];
	s->count = used;
}

bool superseded_has(const Superseded *s, uint64_t sequence)
{
	return s->count && bsearch(&sequence, s->list, s->count, sizeof *s->list, order_of_numbers);
}

/* ---- from the log to terms ------------------------------------------------------------------------------------- */

struct ShardReader {
	Store *store;
	TermMaker *maker;
	Arena arena;
	Buf text;
	Entry entry; /* the one at hand */
	Record record;
};

ShardReader *shard_reader_new(Store *store, Err *err)
{
	ShardReader *reader = calloc(1, sizeof *reader);
	if (!reader) {
		err_no_memory(err);
		return NULL;
	}
	reader->store = store;
	reader->maker = term_maker_new(err);
	if (!reader->maker) {
		free(reader);
		return NULL;
	}
	return reader;
}

void shard_reader_free(ShardReader *reader)
{
	if (!reader)
		return;
	term_maker_free(reader->maker);
	arena_done(&reader->arena);
	buf_done(&reader->text);
	free(reader);
}

/* All texts of a record behind each other; a form feed keeps words of two texts apart. The checksum of what is stored
 * is enough for words; what is given out is held against its SHA-256. */
static Status load_texts(ShardReader *r, const Entry *entry, Err *err)
{
	buf_clear(&r->text);
	for (size_t i = 0; i < entry->object_count; i++) {
		const ObjectRef *object = &entry->objects[i];
		if (strcmp(object->role, "text") != 0 || !object->size_bytes ||
		    object->size_bytes > SHARD_TEXT_MAX - r->text.len)
			continue;
		if (r->text.len)
			buf_add_char(&r->text, '\f');
		char *bytes = buf_extend(&r->text, (size_t)object->size_bytes);
		if (!bytes)
			return err_no_memory(err);
		Status st = store_object_read(r->store, &object->hash, 0, bytes, (size_t)object->size_bytes, err);
		if (st != ST_OK)
			return st;
	}
	return buf_ok(&r->text) ? ST_OK : err_no_memory(err);
}

/* Every version of a destroyed record is dead. */
static Status add_versions(ShardReader *r, Str id, Superseded *superseded, Err *err)
{
	uint64_t sequence = 0;
	Status st = store_find(r->store, ENTRY_RECORD, id, 0, &sequence, err);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	while (st == ST_OK && sequence != UINT64_MAX) {
		Entry version;
		if (!superseded_add(superseded, sequence))
			return err_no_memory(err);
		st = store_entry(r->store, sequence, &r->arena, &version, err);
		sequence = st == ST_OK ? version.previous : UINT64_MAX;
	}
	return st;
}

static Status add_destroyed(ShardReader *r, Superseded *superseded, Err *err)
{
	json_t *decision = json_loadb(r->entry.metadata.ptr, r->entry.metadata.len, 0, NULL);
	const json_t *records = json_object_get(decision, "records"), *id;
	Status st = ST_OK;
	size_t i;
	json_array_foreach(records, i, id)
	{
		if (st == ST_OK && json_is_string(id))
			st = add_versions(r, (Str){json_string_value(id), json_string_length(id)}, superseded, err);
	}
	superseded->destroyed = true;
	json_decref(decision);
	return st;
}

Status shard_load(ShardReader *r, uint64_t sequence, Superseded *superseded, bool *is_document_out, Err *err)
{
	arena_reset(&r->arena);
	Status st = store_entry(r->store, sequence, &r->arena, &r->entry, err);
	if (st != ST_OK)
		return st;
	if (r->entry.previous != UINT64_MAX && r->entry.kind == ENTRY_RECORD &&
	    !superseded_add(superseded, r->entry.previous))
		return err_no_memory(err);
	*is_document_out = r->entry.kind == ENTRY_RECORD && !r->entry.destroyed;
	if (r->entry.kind == ENTRY_DESTRUCTION)
		return add_destroyed(r, superseded, err);
	if (!*is_document_out)
		return ST_OK;
	st = record_parse_stored(r->entry.metadata, &r->arena, &r->record, err);
	return st == ST_OK ? load_texts(r, &r->entry, err) : st;
}

Status shard_emit(ShardReader *r, const TermSink *sink, Err *err)
{
	return terms_of_record(r->maker, r->entry.key, &r->record, buf_str(&r->text), sink, err);
}

/* ---- sealed shards --------------------------------------------------------------------------------------------- */

static void invert_codes_sink(void *ctx, const uint64_t *codes, size_t count, uint32_t wdf)
{
	invert_codes(ctx, codes, count, wdf);
}

static void invert_term_sink(void *ctx, Str term, uint32_t wdf)
{
	invert_term(ctx, term, wdf);
}
static void invert_value_sink(void *ctx, unsigned slot, Str value)
{
	invert_value(ctx, slot, value);
}

static bool takes(const ShardRange *range, uint64_t sequence)
{
	return range->takes ? range->takes(range->ctx, sequence) : sequence < range->to;
}

static Status build_in_bulk(Store *store, const char *dir, const char *index_dir, const ShardRange *range,
			    const IndexOptions *options, const Stop *stop, Shard *shard, Superseded *superseded,
			    Err *err)
{
	InvertOptions how = {.memory_bytes = options->memory_bytes,
			     .spill_dir = index_dir,
			     .spell = code_spell,
			     .codes_in_order = true};
	GlassStats stats;
	Status st = ST_OK;
	ShardReader *reader = shard_reader_new(store, err);
	Inverter *inverter = reader ? invert_new(&how, err) : NULL;
	TermSink sink = {inverter, invert_codes_sink, invert_term_sink, invert_value_sink};
	if (!inverter)
		st = err->code;
	for (shard->to = shard->from; st == ST_OK && !stop_raised(stop) && takes(range, shard->to); shard->to++) {
		bool is_document = false;
		st = shard_load(reader, shard->to, superseded, &is_document, err);
		if (st != ST_OK || !is_document)
			continue;
		st = invert_begin(inverter, (uint32_t)(shard->to - shard->from + 1), err);
		if (st == ST_OK)
			st = shard_emit(reader, &sink, err);
		if (st == ST_OK)
			st = invert_end(inverter, err);
		shard->documents++;
	}
	if (st == ST_OK && stop_raised(stop))
		st = err_set(err, ST_BUSY, "stopped");
	if (st == ST_OK)
		st = invert_finish(inverter, dir, &(InvertFinish){0}, &stats, err);
	invert_free(inverter);
	shard_reader_free(reader);
	return st;
}

static void writer_codes(void *ctx, const uint64_t *codes, size_t count, uint32_t wdf)
{
	char term[SCHEMA_TERM_MAX + 16];
	for (size_t i = 0; i < count; i++)
		xap_writer_term(ctx, (Str){term, code_spell(NULL, codes[i], term)}, wdf);
}

static void writer_term(void *ctx, Str term, uint32_t wdf)
{
	xap_writer_term(ctx, term, wdf);
}
static void writer_value(void *ctx, unsigned slot, Str value)
{
	xap_writer_value(ctx, slot, value);
}

/* Documents of a shard that starts at shard_from, through Xapian's own writer. */
static Status write_documents(Store *store, XapWriter *writer, uint64_t shard_from, const ShardRange *range,
			      const Stop *stop, uint64_t *to_out, uint64_t *documents, Superseded *superseded, Err *err)
{
	const TermSink sink = {writer, writer_codes, writer_term, writer_value};
	ShardReader *reader = shard_reader_new(store, err);
	Status st = reader ? ST_OK : err->code;
	uint64_t seq = range->from;
	for (; st == ST_OK && !stop_raised(stop) && takes(range, seq); seq++) {
		bool is_document = false;
		st = shard_load(reader, seq, superseded, &is_document, err);
		if (st == ST_OK && is_document)
			st = shard_emit(reader, &sink, err);
		if (st == ST_OK && is_document)
			st = xap_writer_put(writer, (uint32_t)(seq - shard_from + 1), err);
		*documents += is_document;
	}
	if (st == ST_OK && stop_raised(stop))
		st = err_set(err, ST_BUSY, "stopped");
	*to_out = seq;
	shard_reader_free(reader);
	return st;
}

static Status build_by_xapian(Store *store, const char *dir, const ShardRange *range, const Stop *stop, Shard *shard,
			      Superseded *superseded, Err *err)
{
	XapWriter *writer = NULL;
	Status st = xap_writer_open(&writer, dir, err);
	if (st == ST_OK)
		st = write_documents(store, writer, shard->from, range, stop, &shard->to, &shard->documents, superseded,
				     err);
	if (st == ST_OK)
		st = xap_writer_commit(writer, "built-by", STR("xapian"), err);
	xap_writer_close(writer);
	return st;
}

void shard_name(Shard *shard)
{
	uint32_t random = 0;
	if (getrandom(&random, sizeof random, 0) != sizeof random)
		random = (uint32_t)clock_monotonic_us();
	snprintf(shard->name, sizeof shard->name, "%08" PRIu64 "-%08" PRIu64 ".%08x", shard->from, shard->to, random);
}

static Status path_below(const char *index_dir, const char *name, char out[static 4200], Err *err)
{
	return snprintf(out, 4200, "%s/%s", index_dir, name) < 4200
		       ? ST_OK
		       : err_set(err, ST_LIMIT, "path too long: %.100s…", index_dir);
}

/* How far it goes shows at the end only: then the directory gets its name. */
static Status name_built(const char *index_dir, char dir[static 4200], Shard *shard, Err *err)
{
	char named[4200];
	shard_name(shard);
	Status st = path_below(index_dir, shard->name, named, err);
	if (st == ST_OK && rename(dir, named) != 0)
		st = err_errno(err, errno, "rename %s", dir);
	if (st == ST_OK)
		memcpy(dir, named, sizeof named);
	return st == ST_OK ? file_sync_dir(index_dir, err) : st;
}

Status shard_build(Store *store, const char *index_dir, const ShardRange *range, const IndexOptions *options,
		   const Stop *stop, Shard *out, Superseded *superseded, Err *err)
{
	Shard shard = {.from = range->from, .to = range->from};
	char dir[4200];
	shard_name(&shard);
	Status st = path_below(index_dir, shard.name, dir, err);
	if (st != ST_OK)
		return st;
	st = options->xapian_writer
		     ? build_by_xapian(store, dir, range, stop, &shard, superseded, err)
		     : build_in_bulk(store, dir, index_dir, range, options, stop, &shard, superseded, err);
	if (st == ST_OK)
		st = name_built(index_dir, dir, &shard, err);
	if (st == ST_OK)
		st = shard_sum(dir, &shard.bytes, &shard.sha256, err);
	if (st != ST_OK) {
		Err ignored;
		file_remove_tree(dir, &ignored);
		return st;
	}
	*out = shard;
	return ST_OK;
}

static int only_tables(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "flintlock") != 0;
}

static Status sum_file(const char *dir, const char *name, Sha256 *sum, uint64_t *bytes, Err *err)
{
	static const size_t step = 1 << 18;
	char path[4400], *block = NULL;
	Status st = ST_OK;
	snprintf(path, sizeof path, "%s/%s", dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path);
	sha256_add(sum, name, strlen(name) + 1);
	block = malloc(step);
	if (!block)
		st = err_no_memory(err);
	for (ssize_t got; st == ST_OK;) {
		got = read(fd, block, step);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			st = err_errno(err, errno, "read %s", path);
		if (got <= 0)
			break;
		sha256_add(sum, block, (size_t)got);
		*bytes += (uint64_t)got;
	}
	free(block);
	close_quietly(fd);
	return st;
}

Status shard_sum(const char *dir, uint64_t *bytes_out, Hash *out, Err *err)
{
	struct dirent **names = NULL;
	uint64_t bytes = 0;
	Sha256 sum;
	Status st = ST_OK;
	int count = scandir(dir, &names, only_tables, alphasort);
	if (count < 0)
		return err_errno(err, errno, "list %s", dir);
	sha256_begin(&sum);
	for (int i = 0; i < count; i++) {
		if (st == ST_OK)
			st = sum_file(dir, names[i]->d_name, &sum, &bytes, err);
		free(names[i]);
	}
	free(names);
	if (st != ST_OK)
		return st;
	sha256_end(&sum, out);
	*bytes_out = bytes;
	return ST_OK;
}

/* ---- the live shard -------------------------------------------------------------------------------------------- */

static const char live_key[] = "hoso-live";

Status shard_live_append(Store *store, XapWriter *writer, uint64_t live_from, uint64_t from, uint64_t to,
			 Superseded *superseded, pthread_rwlock_t *gate, Err *err)
{
	uint64_t documents = 0, end;
	Buf state = {0};
	Status st = write_documents(store, writer, live_from, &(ShardRange){.from = from, .to = to}, NULL, &end,
				    &documents, superseded, err);
	superseded_sort(superseded);
	buf_add_varint(&state, to);
	buf_add_varint(&state, superseded->count);
	for (size_t i = 0; i < superseded->count; i++)
		buf_add_varint(&state, superseded->list[i]);
	if (st == ST_OK && !buf_ok(&state))
		st = err_no_memory(err);
	if (st == ST_OK) {
		pthread_rwlock_wrlock(gate);
		st = xap_writer_commit(writer, live_key, buf_str(&state), err);
		pthread_rwlock_unlock(gate);
	}
	buf_done(&state);
	return st;
}

Status shard_live_state(const char *dir, uint64_t *to_out, uint64_t *documents_out, Superseded *superseded, Err *err)
{
	Buf state = {0};
	XapDb *db = NULL;
	uint64_t to = 0, count = 0, sequence = 0;
	Status st = xap_metadata(dir, live_key, &state, err);
	const uint8_t *at = (const uint8_t *)state.data, *end = at + state.len;
	if (st == ST_OK && (state.len == 0 || !varint_read(&at, end, &to) || !varint_read(&at, end, &count)))
		st = err_set(err, ST_CORRUPT, "live shard %s does not say how far it goes", dir);
	for (uint64_t i = 0; st == ST_OK && i < count; i++) {
		if (!varint_read(&at, end, &sequence))
			st = err_set(err, ST_CORRUPT, "live shard %s: list of replaced versions is cut off", dir);
		else if (!superseded_add(superseded, sequence))
			st = err_no_memory(err);
	}
	if (st == ST_OK)
		st = xap_open(&db, &dir, 1, err);
	if (st == ST_OK) {
		*documents_out = xap_documents(db);
		*to_out = to;
	}
	xap_close(db);
	buf_done(&state);
	return st;
}
