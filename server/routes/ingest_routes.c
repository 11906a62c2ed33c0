/* server/routes/ingest_routes.c - records in: one at a time with a receipt, once it is durable; or many as a job, whose
 * body was received into an unnamed file and is worked off later (server/jobs/). */
#include "server/routes/handlers.h"

#include "indexer/ingest/ingest.h"
#include "server/jobs/jobs.h"
#include "store/record/entry_json.h"

#include <inttypes.h>

static Status answer_receipt(Request *r, const Receipt *receipt, Reply *reply)
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
	jout_close(&j, '}');
	return ST_OK;
}

Status post_record(Request *r, Reply *reply, Err *err)
{
	Receipt receipt;
	if (!request_media_is(r, "application/json"))
		return err_set(err, ST_UNSUPPORTED, "the body must be application/json");
	Status st = ingest_record(r->service->store, r->service->index, buf_str(&r->body), NULL, &receipt, err);
	return st == ST_OK ? answer_receipt(r, &receipt, reply) : st;
}

/* Writes the record as a sender would give it, with its files and one more: archived, that is its next version. */
static Status compose_with_file(Request *r, const Entry *entry, Str name, Buf *json, Err *err)
{
	Record record;
	JsonOut j;
	Buf text = {0}, file = {0};
	int text_object = entry_text_object(entry);
	Status st = entry_read_record(entry, &r->arena, &record, err);
	if (st == ST_OK && text_object >= 0 && str_eq(entry->objects[text_object].from, STR("given")))
		st = store_object_load(r->service->store, &entry->objects[text_object].hash, REQUEST_FILE_MAX, &text,
				       err);
	jout_begin(&j, json);
	jout_open(&j, '{');
	jout_field_str(&j, "id", entry->key);
	record_write_members(&record, &j);
	if (text.len)
		jout_field_str(&j, "text", buf_str(&text));
	jout_key(&j, "files");
	jout_open(&j, '[');
	for (size_t i = 0; i < entry->object_count && st == ST_OK; i++) {
		const ObjectRef *object = &entry->objects[i];
		if (strcmp(object->role, "text") == 0)
			continue;
		buf_clear(&file);
		st = store_object_load(r->service->store, &object->hash, REQUEST_FILE_MAX, &file, err);
		jout_open(&j, '{');
		jout_field_str(&j, "name", object->name);
		jout_field_str(&j, "media", object->media);
		jout_key(&j, "base64");
		jout_base64(&j, file.data, file.len);
		jout_close(&j, '}');
	}
	jout_open(&j, '{');
	jout_field_str(&j, "name", name);
	if (r->media.len)
		jout_field_str(&j, "media", r->media);
	jout_key(&j, "base64");
	jout_base64(&j, r->body.data, r->body.len);
	jout_close(&j, '}');
	jout_close(&j, ']');
	jout_close(&j, '}');
	buf_done(&text);
	buf_done(&file);
	if (st == ST_OK && !buf_ok(json))
		st = err_no_memory(err);
	return st;
}

static bool has_file(const Entry *entry, Str bytes)
{
	Hash hash;
	hash_of(bytes, &hash);
	for (size_t i = 0; i < entry->object_count; i++)
		if (hash_eq(&hash, &entry->objects[i].hash) && strcmp(entry->objects[i].role, "text") != 0)
			return true;
	return false;
}

Status put_record_content(Request *r, Reply *reply, Err *err)
{
	uint64_t sequence;
	Entry entry;
	Receipt receipt;
	Buf json = {0};
	Str name = request_parameter(r, "name");
	if (r->body.len == 0)
		return err_set(err, ST_INVALID, "the body is empty: it must be the file's bytes");
	if (name.len == 0 || name.len > 255)
		return err_set(err, ST_INVALID, "'name' must be the file's name (at most 255 bytes)");
	Status st = store_find(r->service->store, ENTRY_RECORD, r->variables[0], 0, &sequence, err);
	if (st == ST_OK)
		st = store_entry(r->service->store, sequence, &r->arena, &entry, err);
	if (st == ST_OK && has_file(&entry, buf_str(&r->body))) { /* sent again: answered with the same receipt */
		receipt =
			(Receipt){APPEND_DUPLICATE, {0}, entry.version, entry.sequence, entry.leaf, entry.sequence + 1};
		memcpy(receipt.key, entry.key.ptr, entry.key.len);
		return answer_receipt(r, &receipt, reply);
	}
	if (st == ST_OK)
		st = compose_with_file(r, &entry, name, &json, err);
	buf_done(&r->body);
	if (st == ST_OK)
		st = ingest_record(r->service->store, r->service->index, buf_str(&json), NULL, &receipt, err);
	buf_done(&json);
	return st == ST_OK ? answer_receipt(r, &receipt, reply) : st;
}

Status post_ingest(Request *r, Reply *reply, Err *err)
{
	uint64_t id;
	JsonOut j;
	Str name = request_parameter(r, "name");
	const char *ending = name.len ? NULL : ingest_body_ending(r->media);
	if (ending)
		name = str_from(arena_printf(&r->arena, "body%s", ending));
	if (r->body_fd < 0 || r->body_bytes == 0)
		return err_set(err, ST_INVALID, "the body is empty");
	if (r->media.len == 0 || request_media_is(r, "text/plain") ||
	    request_media_is(r, "application/x-www-form-urlencoded") || str_starts(r->media, STR("multipart/")) ||
	    name.len == 0) /* what a form of another site's page can send is not taken */
		return err_set(err, ST_UNSUPPORTED,
			       "Content-Type must be application/x-ndjson, application/zip or application/x-tar; "
			       "or application/octet-stream with ?name=");
	if (name.len > JOB_NAME_MAX)
		return err_set(err, ST_LIMIT, "'name' has at most %d bytes", JOB_NAME_MAX);
	Status st = jobs_add(r->service->jobs, r->body_fd, name, &id, err);
	if (st != ST_OK)
		return st;
	r->body_fd = -1;
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

Status get_job(Request *r, Reply *reply, Err *err)
{
	uint64_t id;
	JsonOut j;
	if (!str_to_u64(r->variables[0], &id))
		return err_set(err, ST_NOT_FOUND, "no such job");
	reply_json_begin(reply, &j);
	return jobs_write(r->service->jobs, id, &j, err);
}
