/* indexer/ingest/signed.c - "15-qd.pdf.p7m" holds "15-qd.pdf". The id is the container's hash, so that the same
 * container again adds nothing. */
#include "indexer/ingest/signed.h"

#include "indexer/ingest/queue.h"
#include "indexer/source/cms_in.h"
#include "indexer/source/files.h"

Status ingest_signed(IngestRun *run, const SourceFile *file, IngestPlace place, Err *err)
{
	Arena arena = {0};
	Buf bytes = {0}, inner = {0};
	Record record = {0};
	Hash hash;
	Err why;
	char id[STORE_ID_MAX + 1];
	Str name = arena_copy(&arena, file->name);
	place.name = arena_copy(&arena, place.name);
	arena_reset(&run->arena);
	Status st =
		name.ptr && place.name.ptr ? source_file_load(file, CMS_BYTES_MAX, &bytes, err) : err_no_memory(err);
	if (st == ST_OK && !bytes.len)
		st = err_set(err, ST_INVALID, "an empty file");
	if (st == ST_OK && cms_document(buf_str(&bytes), &inner, &why) != ST_OK)
		ingest_warn(run, place, str_from(why.text));
	SourceFile envelope = source_file_of(name, buf_str(&bytes)),
		   document = source_file_of(file_stem(name), buf_str(&inner));
	IngestItem item = {.place = place,
			   .record = &record,
			   .files = &document,
			   .file_count = inner.len > 0,
			   .envelope = &envelope};
	hash_of(buf_str(&bytes), &hash);
	entry_derive_id("sha256-", &hash, id);
	record.id = str_from(id);
	st = st == ST_OK ? ingest_add(run, &item, err) : ingest_reject_or_end(run, place, err, err);
	buf_done(&bytes);
	buf_done(&inner);
	arena_done(&arena);
	return st;
}
