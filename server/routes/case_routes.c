/* server/routes/case_routes.c - case files: list, one with its records in order of time, the package. The list comes
 * from the index, everything else from the archive; a package is made while it is sent. */
#include "server/routes/handlers.h"

#include "indexer/search/search.h"
#include "server/http/conditions.h"
#include "store/record/case_file.h"
#include "store/record/entry_json.h"
#include "store/package/package.h"

#include <inttypes.h>

enum {
	CASES_DEFAULT = 50,
	CASES_MAX = 1000,
	CASE_RECORDS_DEFAULT = 500,
	CASE_RECORDS_MAX = 2000,
	CASE_PAGE_BYTES = 4 << 20
};

/* st is ST_NOT_FOUND of the address's code: is there one by another spelling? */
static bool has_other_spelling(Request *r, Status st, Str *out)
{
	Err ignored;
	return st == ST_NOT_FOUND &&
	       search_case_code(r->service->index, r->variables[0], &r->arena, out, &ignored) == ST_OK;
}

static void write_case_title(Request *r, Str code, JsonOut *j)
{
	uint64_t sequence;
	Entry entry;
	Record record;
	Err err;
	if (store_find(r->service->store, ENTRY_CASE, code, 0, &sequence, &err) == ST_OK &&
	    store_entry(r->service->store, sequence, &r->arena, &entry, &err) == ST_OK &&
	    entry_read_record(&entry, &r->arena, &record, &err) == ST_OK && record_text(&record, RF_TITLE).len)
		jout_field_str(j, "title", record_text(&record, RF_TITLE));
}

Status get_cases(Request *r, Reply *reply, Err *err)
{
	CaseItem *cases;
	IndexState index;
	size_t count;
	uint64_t limit;
	JsonOut j;
	Str prefix = request_parameter(r, "prefix");
	Status st = request_number(r, "limit", CASES_DEFAULT, 1, CASES_MAX, &limit, err);
	if (st == ST_OK && prefix.len > STORE_ID_MAX)
		st = err_set(err, ST_LIMIT, "'prefix' has at most %d bytes", STORE_ID_MAX);
	if (st == ST_OK)
		st = search_cases(r->service->index, prefix, limit, &r->arena, &cases, &count, err);
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	jout_key(&j, "cases");
	jout_open(&j, '[');
	for (size_t i = 0; i < count; i++) {
		jout_open(&j, '{');
		jout_field_str(&j, "code", cases[i].code);
		jout_field_u64(&j, "records", cases[i].records);
		write_case_title(r, cases[i].code, &j);
		jout_close(&j, '}');
	}
	jout_close(&j, ']');
	index_state(r->service->index, &index);
	jout_field_bool(&j, "degraded", !index.is_whole);
	jout_close(&j, '}');
	return ST_OK;
}

/* A page ends behind `limit` records, or behind the one that fills it; at least one is shown. */
static Status write_case_records(Request *r, const CaseFile *file, uint64_t from, uint64_t limit, JsonOut *j, Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	uint64_t i = from;
	size_t full = j->out->len + CASE_PAGE_BYTES;
	jout_key(j, "records");
	jout_open(j, '[');
	for (; i < file->record_count && i - from < limit && j->out->len < full && st == ST_OK; i++) {
		Entry entry;
		Record record;
		arena_reset(&arena);
		st = store_entry(r->service->store, file->records[i].sequence, &arena, &entry, err);
		if (st == ST_OK)
			st = entry_read_record(&entry, &arena, &record, err);
		if (st != ST_OK)
			break;
		jout_open(j, '{');
		entry_write_members(&entry, &record, j);
		entry_write_objects(&entry, j);
		jout_close(j, '}');
	}
	jout_close(j, ']');
	if (i < file->record_count)
		jout_field_u64(j, "next", i);
	arena_done(&arena);
	return st;
}

Status get_case(Request *r, Reply *reply, Err *err)
{
	CaseFile file;
	Entry entry;
	Record record = {0};
	uint64_t from, limit;
	Str spelt;
	JsonOut j;
	Status st = request_number(r, "from", 0, 0, UINT32_MAX, &from, err);
	if (st == ST_OK)
		st = request_number(r, "limit", CASE_RECORDS_DEFAULT, 1, CASE_RECORDS_MAX, &limit, err);
	if (st == ST_OK)
		st = case_file_read(r->service->store, r->variables[0], &r->arena, &file, err);
	if (has_other_spelling(r, st, &spelt))
		st = case_file_read(r->service->store, spelt, &r->arena, &file, err);
	if (st == ST_OK && file.has_entry) {
		st = store_entry(r->service->store, file.sequence, &r->arena, &entry, err);
		if (st == ST_OK)
			st = entry_read_record(&entry, &r->arena, &record, err);
	}
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	if (file.has_entry)
		entry_write_members(&entry, &record, &j);
	else
		jout_field_str(&j, "code", file.code);
	jout_field_u64(&j, "total", file.record_count);
	st = write_case_records(r, &file, from, limit, &j, err);
	jout_close(&j, '}');
	reply->etag = reply_etag_of((Str){(const char *)file.state.bytes, sizeof file.state.bytes}, &r->arena);
	return st;
}

/* ---- package --------------------------------------------------------------------------------------------------- */

static ptrdiff_t read_package(void *ctx, uint64_t offset, char *out, size_t len)
{
	Package *package = ctx;
	size_t got;
	Err err;
	if (package_seek(package, offset, &err) != ST_OK || package_read(package, out, len, &got, &err) != ST_OK)
		return -1;
	return got ? (ptrdiff_t)got : -1;
}

static void close_package(void *package)
{
	package_close(package);
}

Status get_case_package(Request *r, Reply *reply, Err *err)
{
	Package *package;
	Buf disposition = {0};
	Str spelt;
	Status st = package_open(&package, r->service->store, r->service->packages, r->variables[0], &r->deadline, err);
	if (has_other_spelling(r, st, &spelt))
		st = package_open(&package, r->service->store, r->service->packages, spelt, &r->deadline, err);
	if (st != ST_OK)
		return st;
	disposition_write(false, str_from(package_file_name(package)), &disposition);
	reply_header(reply, "Content-Disposition", arena_copy(&r->arena, buf_str(&disposition)));
	buf_done(&disposition);
	reply->etag = str_from(arena_printf(&r->arena, "\"%s\"", package_tag(package)));
	reply->media = "application/zip";
	reply->source = (ReplySource){package, read_package, close_package, package_size(package)};
	return ST_OK;
}
