/* server/routes/ingest_routes.c - records in: one at a time with a receipt, once it is durable; or many as a job, whose
 * body was received into an unnamed file and is worked off later (server/jobs/). */
#include "server/routes/handlers.h"

#include "base/file.h"
#include "indexer/ingest/ingest.h"
#include "server/http/conditions.h"
#include "server/jobs/jobs.h"

#include <inttypes.h>

enum { JOBS_DEFAULT = 20 };

static Status answer_receipt(Request *r, const Receipt *receipt, const Buf *warnings, Reply *reply)
{
	JsonOut j;
	Buf location = {0};
	index_notify(r->service->index);
	reply->http = receipt->result == APPEND_DUPLICATE ? 200 : 201;
	buf_add_zero_terminated(&location, "/v1/records/");
	url_escape(str_from(receipt->key), &location);
	reply_header(reply, "Location", arena_copy(&r->arena, buf_str(&location)));
	buf_done(&location);
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	jout_field_text(&j, "id", receipt->key);
	jout_field_u64(&j, "version", receipt->version);
	jout_field_u64(&j, "sequence", receipt->sequence);
	jout_key(&j, "leaf");
	jout_hex(&j, receipt->leaf.bytes, sizeof receipt->leaf.bytes);
	jout_field_u64(&j, "tree_size", receipt->tree_size);
	if (warnings && warnings->len) {
		jout_key(&j, "warnings");
		jout_open(&j, '[');
		jout_raw(&j, buf_str(warnings));
		jout_close(&j, ']');
	}
	jout_close(&j, '}');
	return ST_OK;
}

static void gather_warning(void *ctx, Str source, const char *code, Str warning)
{
	Buf *warnings = ctx;
	JsonOut j;
	if (warnings->len)
		buf_add_char(warnings, ',');
	jout_begin(&j, warnings);
	ingest_warning_write(source, code, warning, &j);
}

Status post_record(Request *r, Reply *reply, Err *err)
{
	Receipt receipt;
	Buf warnings = {0};
	IngestOptions options = {.ctx = &warnings, .warned = gather_warning, .until = r->deadline};
	if (!request_media_is(r, "application/json"))
		return err_set(err, ST_UNSUPPORTED, "the body must be application/json");
	Status st = ingest_record(r->service->store, r->service->index, request_body(r), &options, &receipt, err);
	if (st == ST_OK)
		st = buf_ok(&warnings) ? answer_receipt(r, &receipt, &warnings, reply) : err_no_memory(err);
	buf_done(&warnings);
	return st;
}

/* Which version If-Match lets this request follow; 0: whichever is the newest. */
static Status check_if_match(Request *r, Reply *reply, uint32_t *version_out, Err *err)
{
	uint64_t sequence;
	Entry newest;
	*version_out = 0;
	if (!r->if_match.ptr || str_eq(str_trim(r->if_match), STR("*")))
		return ST_OK;
	Status st = store_find(r->service->store, ENTRY_RECORD, r->variables[0], 0, &sequence, err);
	if (st == ST_OK)
		st = store_entry(r->service->store, sequence, &r->arena, &newest, err);
	if (st != ST_OK)
		return st;
	*version_out = newest.version;
	if (etag_list_holds(r->if_match, record_tag(&newest, sequence, &r->arena), true))
		return ST_OK;
	reply->http = 412;
	return err_set(err, ST_CONFLICT, "If-Match names another version than the newest, which is %" PRIu32,
		       newest.version);
}

Status put_record_content(Request *r, Reply *reply, Err *err)
{
	Receipt receipt;
	ContentInput input = {.id = r->variables[0],
			      .name = request_parameter(r, "name"),
			      .bytes = request_body(r),
			      .fd = -1,
			      .size_bytes = r->body.len,
			      .until = r->deadline};
	if (r->body.len == 0)
		return err_set(err, ST_INVALID, "the body is empty: it must be the file's bytes");
	if (input.name.len == 0 || input.name.len > 255)
		return err_set(err, ST_INVALID, "'name' must be the file's name (at most 255 bytes)");
	Status st = check_if_match(r, reply, &input.version, err);
	if (st != ST_OK)
		return st;
	st = ingest_content(r->service->store, r->service->index, &input, &receipt, err);
	if (st == ST_CONFLICT && input.version)
		reply->http = 412;
	return st == ST_OK ? answer_receipt(r, &receipt, NULL, reply) : st;
}

Status patch_record(Request *r, Reply *reply, Err *err)
{
	Receipt receipt;
	AmendInput input = {.id = r->variables[0], .patch = request_body(r), .until = r->deadline};
	if (!request_media_is(r, "application/merge-patch+json") && !request_media_is(r, "application/json"))
		return err_set(err, ST_UNSUPPORTED, "the body must be application/merge-patch+json");
	Status st = check_if_match(r, reply, &input.version, err);
	if (st != ST_OK)
		return st;
	st = ingest_amend(r->service->store, r->service->index, &input, &receipt, err);
	if (st == ST_CONFLICT && input.version)
		reply->http = 412;
	return st == ST_OK ? answer_receipt(r, &receipt, NULL, reply) : st;
}

Status post_ingest(Request *r, Reply *reply, Err *err)
{
	uint64_t id;
	JsonOut j;
	Str name = request_parameter(r, "name");
	const char *ending = name.len ? NULL : ingest_body_ending(r->media);
	if (ending)
		name = str_from(arena_printf(&r->arena, "body%s", ending));
	if (r->body.len == 0)
		return err_set(err, ST_INVALID, "the body is empty");
	if (r->media.len == 0 || request_media_is(r, "text/plain") ||
	    request_media_is(r, "application/x-www-form-urlencoded") || str_starts(r->media, STR("multipart/")) ||
	    name.len == 0) /* what a form of another site's page can send is not taken */
		return err_set(err, ST_UNSUPPORTED,
			       "Content-Type must be application/x-ndjson, application/zip or application/x-tar; "
			       "or application/octet-stream with ?name=");
	if (name.len > JOB_NAME_MAX)
		return err_set(err, ST_LIMIT, "'name' has at most %d bytes", JOB_NAME_MAX);
	int fd = request_take_file(r);
	Status st = jobs_add(r->service->jobs, fd, name, &id, err);
	if (st != ST_OK) {
		close_quietly(fd);
		return st;
	}
	char *location = arena_printf(&r->arena, "/v1/jobs/%" PRIu64, id);
	reply->http = 202;
	reply_header(reply, "Location", str_from(location));
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	jout_field_u64(&j, "job", id);
	jout_field_text(&j, "url", location);
	jout_close(&j, '}');
	return ST_OK;
}

/* ---- jobs ------------------------------------------------------------------------------------------------------ */

Status get_jobs(Request *r, Reply *reply, Err *err)
{
	uint64_t before, limit, next;
	JsonOut j;
	Status st = request_number(r, "before", 0, 0, UINT64_MAX, &before, err);
	if (st == ST_OK)
		st = request_number(r, "limit", JOBS_DEFAULT, 1, JOBS_KEPT, &limit, err);
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	jout_key(&j, "jobs");
	jobs_write_list(r->service->jobs, before, limit, &next, &j);
	if (next)
		jout_field_u64(&j, "next", next);
	jout_close(&j, '}');
	return ST_OK;
}

static Status read_job_id(const Request *r, uint64_t *out, Err *err)
{
	return str_to_u64(r->variables[0], out) ? ST_OK : err_set(err, ST_NOT_FOUND, "no such job");
}

Status get_job(Request *r, Reply *reply, Err *err)
{
	uint64_t id;
	JsonOut j;
	Status st = read_job_id(r, &id, err);
	if (st != ST_OK)
		return st;
	if (str_eq(request_parameter(r, "format"), STR("csv"))) {
		reply->media = "text/csv; charset=utf-8";
		reply_header(reply, "Content-Disposition", STR("attachment; filename=\"bao-cao.csv\""));
		return jobs_write_table(r->service->jobs, id, &reply->body, err);
	}
	reply_json_begin(reply, &j);
	return jobs_write(r->service->jobs, id, &j, err);
}

Status delete_job(Request *r, Reply *reply, Err *err)
{
	uint64_t id;
	JsonOut j;
	Status st = read_job_id(r, &id, err);
	if (st == ST_OK)
		st = jobs_cancel(r->service->jobs, id, err);
	if (st != ST_OK)
		return st;
	reply->http = 202;
	reply_json_begin(reply, &j);
	return jobs_write(r->service->jobs, id, &j, err);
}
