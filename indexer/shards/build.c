/* indexer/shards/build.c - document after document into an Inverter, which writes the tables in one go at the end.
 *
 * options.xapian_writer does the same with Xapian's writer, for comparison: the database answers alike, slowly made.
 */
#include "indexer/shards/build.h"

#include "base/file.h"
#include "indexer/invert/invert.h"
#include "indexer/shards/documents.h"

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
	DocumentReader *reader = document_reader_new(store, err);
	Inverter *inverter = reader ? invert_new(&how, err) : NULL;
	TermSink sink = {inverter, invert_codes_sink, invert_term_sink, invert_value_sink};
	if (!inverter)
		st = err->code;
	for (shard->to = shard->from; st == ST_OK && !stop_raised(stop) && shard_range_takes(range, shard->to);
	     shard->to++) {
		bool is_document = false;
		st = document_load(reader, shard->to, superseded, &is_document, err);
		if (st != ST_OK || !is_document)
			continue;
		st = invert_begin(inverter, (uint32_t)(shard->to - shard->from + 1), err);
		if (st == ST_OK)
			st = document_emit(reader, &sink, err);
		if (st == ST_OK)
			st = invert_end(inverter, err);
		shard->documents++;
	}
	if (st == ST_OK && stop_raised(stop))
		st = err_set(err, ST_BUSY, "stopped");
	if (st == ST_OK)
		st = invert_finish(inverter, dir, &(InvertFinish){0}, &stats, err);
	invert_free(inverter);
	document_reader_free(reader);
	return st;
}

static Status build_by_xapian(Store *store, const char *dir, const ShardRange *range, const Stop *stop, Shard *shard,
			      Superseded *superseded, Err *err)
{
	XapWriter *writer = NULL;
	Status st = xap_writer_open(&writer, dir, err);
	if (st == ST_OK)
		st = documents_write(store, writer, shard->from, range, stop, &shard->to, &shard->documents, superseded,
				     err);
	if (st == ST_OK)
		st = xap_writer_commit(writer, "built-by", STR("xapian"), err);
	if (st == ST_OK)
		st = xap_writer_sync(writer, err);
	xap_writer_close(writer);
	return st;
}

/* How far the shard goes is known at the end only; then its directory gets its name. */
static Status name_built(const char *index_dir, FilePath *dir, Shard *shard, Err *err)
{
	FilePath named;
	shard_name(shard);
	Status st = file_path(&named, index_dir, shard->name, err);
	if (st == ST_OK)
		st = file_move(dir->text, named.text, err);
	if (st == ST_OK)
		*dir = named;
	return st;
}

Status shard_build(Store *store, const char *index_dir, const ShardRange *range, const IndexOptions *options,
		   const Stop *stop, Shard *out, Superseded *superseded, Err *err)
{
	Shard shard = {.from = range->from, .to = range->from};
	FilePath dir;
	shard_name(&shard);
	Status st = file_path(&dir, index_dir, shard.name, err);
	if (st != ST_OK)
		return st;
	st = options->xapian_writer
		     ? build_by_xapian(store, dir.text, range, stop, &shard, superseded, err)
		     : build_in_bulk(store, dir.text, index_dir, range, options, stop, &shard, superseded, err);
	if (st == ST_OK)
		st = name_built(index_dir, &dir, &shard, err);
	if (st == ST_OK)
		st = shard_seal(dir.text, &shard, err);
	if (st != ST_OK) {
		Err ignored;
		file_remove_tree(dir.text, &ignored);
		return st;
	}
	*out = shard;
	return ST_OK;
}
