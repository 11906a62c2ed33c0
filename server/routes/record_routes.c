/* server/routes/record_routes.c - one record: its metadata, its text and the places in it that match, its original
 * bytes. Everything is read from the archive; only the places are the search's. */
#include "server/routes/handlers.h"

#include "indexer/search/holders.h"
#include "indexer/search/related.h"
#include "indexer/search/search.h"
#include "server/http/conditions.h"
#include "store/record/sealed.h"

#include <inttypes.h>
#include <stdlib.h>

enum { VERSIONS_SHOWN = 1000, MATCHES_TEXT_MAX = 64 << 20 };

Status record_load_version(Request *r, Entry *out, Err *err)
{
	uint64_t version;
	Status st = request_number(r, "version", 0, 1, UINT32_MAX, &version, err);
	return st == ST_OK ? record_load(r->service->store, r->variables[0], (uint32_t)version, &r->arena, out, err)
			   : st;
}

/* ---- metadata -------------------------------------------------------------------------------------------------- */

/* Newest first, a page of them; what can't be read ends the list, it does not hide the record. */
static void write_versions(Request *r, uint64_t from, JsonOut *j)
{
	char stamp[CLOCK_STAMP_LEN + 1];
	size_t count = 0;
	Err err;
	VersionItem *items = arena_calloc(&r->arena, VERSIONS_SHOWN + 1, sizeof *items);
	if (!items || store_versions(r->service->store, from, items, VERSIONS_SHOWN + 1, &count, &err) != ST_OK)
		count = 0;
	jout_key(j, "versions");
	jout_open(j, '[');
	for (size_t i = 0; i < count && i < VERSIONS_SHOWN; i++) {
		clock_format_utc(items[i].utc_ms, stamp);
		jout_open(j, '{');
		jout_field_u64(j, "version", items[i].version);
		jout_field_u64(j, "sequence", items[i].sequence);
		jout_field_text(j, "archived", stamp);
		jout_close(j, '}');
	}
	jout_close(j, ']');
	if (count > VERSIONS_SHOWN)
		jout_field_u64(j, "versions_next", items[VERSIONS_SHOWN].version);
}

static void write_objects(const Entry *entry, JsonOut *j)
{
	Buf url = {0};
	jout_key(j, "objects");
	jout_open(j, '[');
	for (size_t i = 0; i < entry->object_count; i++) {
		buf_clear(&url);
		buf_add_zero_terminated(&url, "/v1/records/");
		url_escape(entry->key, &url);
		buf_printf(&url, "/content?object=%zu&version=%" PRIu32, i, entry->version);
		jout_open(j, '{');
		entry_write_object_members(&entry->objects[i], i, j);
		jout_field_str(j, "url", buf_str(&url));
		jout_close(j, '}');
	}
	jout_close(j, ']');
	buf_done(&url);
}

Str record_tag(const Entry *entry, uint64_t newest_sequence, Arena *arena)
{
	char *seed = arena_printf(arena, "%" PRIu64 " of %" PRIu64 " %d", entry->sequence, newest_sequence,
				  entry->destroyed);
	return reply_etag_of(str_from(seed), arena);
}

Status get_record(Request *r, Reply *reply, Err *err)
{
	Entry entry;
	Record record;
	JsonOut j;
	uint64_t newest, listed, listed_version;
	Status st = record_load_version(r, &entry, err);
	if (st == ST_OK)
		st = entry_read_record(&entry, &r->arena, &record, err);
	if (st == ST_OK)
		st = store_find(r->service->store, ENTRY_RECORD, r->variables[0], 0, &newest, err);
	if (st == ST_OK)
		st = request_number(r, "versions_from", 0, 1, UINT32_MAX, &listed_version, err);
	if (st == ST_OK)
		st = store_find(r->service->store, ENTRY_RECORD, r->variables[0], (uint32_t)listed_version, &listed,
				err);
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	entry_write_members(&entry, &record, &j);
	jout_field_bool(&j, "current", entry.sequence == newest);
	write_objects(&entry, &j);
	write_versions(r, listed, &j);
	Err ignored; /* an index that can't be asked hides no record */
	search_write_related(r->service->index, entry.key, &record, &r->arena, &j, &ignored);
	search_write_same_original(r->service->index, &entry, &r->arena, &j, &ignored);
	jout_close(&j, '}');
	reply->etag = record_tag(&entry, newest, &r->arena);
	return ST_OK;
}

/* ---- bytes ----------------------------------------------------------------------------------------------------- */

typedef struct {
	Store *store;
	Hash hash;
	uint64_t size;
} ObjectStream;

static ptrdiff_t read_object(void *ctx, uint64_t offset, char *out, size_t len)
{
	ObjectStream *stream = ctx;
	Err err;
	if (offset >= stream->size)
		return -1;
	if (len > stream->size - offset)
		len = (size_t)(stream->size - offset);
	return store_object_read(stream->store, &stream->hash, offset, out, len, &err) == ST_OK ? (ptrdiff_t)len : -1;
}

/* Small objects are read whole, so that a damaged one is a clear error and not a cut-off answer. */
static Status send_object(Request *r, const ObjectRef *object, Reply *reply, Err *err)
{
	Buf hex = {0};
	buf_add_char(&hex, '"');
	buf_add_hex(&hex, object->hash.bytes, sizeof object->hash.bytes);
	buf_add_char(&hex, '"');
	reply->etag = arena_copy(&r->arena, buf_str(&hex));
	buf_done(&hex);
	if (object->size_bytes <= REPLY_BLOCK_BYTES)
		return r->is_head && object->size_bytes == 0 ? ST_OK
							     : store_object_load(r->service->store, &object->hash,
										 REPLY_BLOCK_BYTES, &reply->body, err);
	ObjectStream *stream = malloc(sizeof *stream);
	if (!stream)
		return err_no_memory(err);
	*stream = (ObjectStream){r->service->store, object->hash, object->size_bytes};
	reply->source = (ReplySource){stream, read_object, free, object->size_bytes};
	return ST_OK;
}

Status get_record_text(Request *r, Reply *reply, Err *err)
{
	Entry entry;
	Status st = record_load_version(r, &entry, err);
	if (st != ST_OK)
		return st;
	int text = entry_text_object(&entry);
	if (text < 0)
		return err_set(err, ST_NOT_FOUND, "this record has no text");
	reply->media = "text/plain; charset=utf-8";
	return send_object(r, &entry.objects[text], reply, err);
}

static void write_places(const char *key, const SearchPlace *places, size_t count, JsonOut *j)
{
	jout_key(j, key);
	jout_open(j, '[');
	for (size_t i = 0; i < count; i++) {
		jout_open(j, '[');
		jout_u64(j, places[i].start);
		jout_u64(j, places[i].end);
		jout_close(j, ']');
	}
	jout_close(j, ']');
}

/* The places of the record's text; a record without one has none. */
static Status find_places(Request *r, const Entry *entry, SearchPlaces *out, Err *err)
{
	Record record;
	Buf text = {0};
	int object = entry_text_object(entry);
	Status st = entry_read_record(entry, &r->arena, &record, err);
	if (st == ST_OK && object >= 0)
		st = store_object_load(r->service->store, &entry->objects[object].hash, MATCHES_TEXT_MAX, &text, err);
	if (st == ST_OK)
		st = search_places(r->service->index, buf_str(&text), request_parameter(r, "q"),
				   record_text(&record, RF_NUMBER), &r->arena, out, err);
	buf_done(&text);
	return st;
}

Status get_record_matches(Request *r, Reply *reply, Err *err)
{
	Entry entry;
	SearchPlaces places;
	JsonOut j;
	Status st = record_load_version(r, &entry, err);
	if (st == ST_OK)
		st = find_places(r, &entry, &places, err);
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	jout_field_str(&j, "id", entry.key);
	jout_field_u64(&j, "version", entry.version);
	write_places("matches", places.matches, places.match_count, &j);
	write_places("numbers", places.numbers, places.number_count, &j);
	jout_field_bool(&j, "are_all", places.are_all);
	jout_close(&j, '}');
	return ST_OK;
}

/* What a browser may show in place: nothing that runs scripts. The viewer for PDF is the browser's own and needs a
 * style sheet of its own; nothing may be loaded from anywhere. */
static const char *const inline_media[] = {"application/pdf", "image/png",  "image/jpeg",
					   "image/gif",       "image/webp", "text/plain"};
static const char viewer_csp[] =
	"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'self'; "
	"frame-ancestors 'self'";

static const char *safe_media(Str media, Arena *arena, bool *may_show)
{
	*may_show = false;
	for (size_t i = 0; i < sizeof inline_media / sizeof *inline_media; i++) {
		if (!str_eq_nocase(media, str_from(inline_media[i])))
			continue;
		*may_show = true;
		return strcmp(inline_media[i], "text/plain") == 0 ? "text/plain; charset=utf-8" : inline_media[i];
	}
	ptrdiff_t slash = str_find_char(media, '/');
	bool well_formed = slash > 0 && is_token(str_slice(media, 0, (size_t)slash)) &&
			   is_token(str_slice(media, (size_t)slash + 1, media.len)) && media.len < 100;
	Str copy = well_formed ? arena_copy(arena, media) : (Str){NULL, 0};
	return copy.ptr ? copy.ptr : "application/octet-stream";
}

static Str file_name(const Entry *entry, const ObjectRef *object, Arena *arena)
{
	Str name = object->name;
	for (size_t i = 0; i < object->name.len; i++) /* without folders */
		if (object->name.ptr[i] == '/' || object->name.ptr[i] == '\\')
			name = str_slice(object->name, i + 1, object->name.len);
	if (name.len)
		return name;
	const char *ending = str_eq(object->media, STR("application/pdf")) ? "pdf"
			     : strcmp(object->role, "text") == 0           ? "txt"
									   : "bin";
	return str_from(arena_printf(arena, "%.*s.%s", STR_ARG(entry->key), ending));
}

Status get_record_content(Request *r, Reply *reply, Err *err)
{
	Entry entry;
	uint64_t number = 0;
	bool may_show;
	Buf disposition = {0};
	Status st = record_load_version(r, &entry, err);
	if (st == ST_OK)
		st = request_number(r, "object", 0, 0, STORE_OBJECTS_MAX, &number, err);
	if (st != ST_OK)
		return st;
	if (!request_parameter(r, "object").len) {
		int main_object = entry_main_object(&entry);
		number = main_object < 0 ? entry.object_count : (uint64_t)main_object;
	}
	if (number >= entry.object_count)
		return err_set(err, ST_NOT_FOUND, "this record has %zu objects; there is no such one",
			       entry.object_count);
	const ObjectRef *object = &entry.objects[number];
	reply->media = safe_media(object->media, &r->arena, &may_show);
	bool is_inline = may_show && str_eq(request_parameter(r, "inline"), STR("1"));
	if (is_inline)
		reply->csp = viewer_csp;
	disposition_write(is_inline, file_name(&entry, object, &r->arena), &disposition);
	reply_header(reply, "Content-Disposition", arena_copy(&r->arena, buf_str(&disposition)));
	buf_done(&disposition);
	return send_object(r, object, reply, err);
}
