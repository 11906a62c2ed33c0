/* store/record/record.c - records of the usual shape are read by flat.c, all others by jansson; what jansson gives is
 * copied into the arena, so nothing of it stays. Whichever way it was read, the same checks follow.
 */
#include "store/record/record.h"

#include "base/json_numbers.h"
#include "base/utf8.h"
#include "store/record/flat.h"
#include "store/format/entry.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
	Arena *arena;
	Record *record;
	json_t *extra; /* members that are kept as they came */
	Buf warnings;
	bool guarded; /* numbers that jansson would change are strings (json_numbers.h) */
	bool no_memory;
} RecordReader;

static Str keep(RecordReader *r, const char *bytes, size_t len)
{
	Str copy = arena_copy(r->arena, (Str){bytes, len});
	r->no_memory |= !copy.ptr;
	return copy;
}

static Str keep_string(RecordReader *r, const json_t *string)
{
	Str text = {json_string_value(string), json_string_length(string)};
	text = r->guarded ? json_string_of(text) : text;
	return keep(r, text.ptr, text.len);
}

/* The number that a string stands for; {NULL, 0}: none. */
static Str number_of(const RecordReader *r, const json_t *value)
{
	Str none = {NULL, 0};
	if (!r->guarded || !json_is_string(value))
		return none;
	return json_number_of((Str){json_string_value(value), json_string_length(value)});
}

static bool is_string(const RecordReader *r, const json_t *value)
{
	return json_is_string(value) && !number_of(r, value).len;
}

/* A string as it is; a number or truth value as its JSON text, since senders write pages and numbers either way. */
static bool keep_scalar(RecordReader *r, const json_t *value, Str *out)
{
	char number[64];
	Str sent = number_of(r, value);
	if (sent.len) {
		*out = keep(r, sent.ptr, sent.len);
		return true;
	}
	if (json_is_string(value)) {
		*out = keep_string(r, value);
		return true;
	}
	if (json_is_integer(value))
		snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value)) /* in a text that could not be guarded */
		snprintf(number, sizeof number, "%.17g", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(number, sizeof number, "%s", json_is_true(value) ? "true" : "false");
	else
		return false;
	*out = keep(r, number, strlen(number));
	return true;
}

static bool read_list(RecordReader *r, json_t *value, FieldValue *out)
{
	size_t count = json_is_array(value) ? json_array_size(value) : 1, used = 0;
	if (count > RECORD_LIST_MAX)
		return false;
	Str *items = arena_calloc(r->arena, count ? count : 1, sizeof *items);
	if (!items) {
		r->no_memory = true;
		return true;
	}
	for (size_t i = 0; i < count; i++) {
		if (!keep_scalar(r, json_is_array(value) ? json_array_get(value, i) : value, &items[used]))
			return false;
		used += items[used].len > 0;
	}
	out->items = items;
	out->count = used;
	return true;
}

static bool read_person(RecordReader *r, json_t *value, FieldValue *out)
{
	const char *key;
	json_t *member;
	Str *position = arena_calloc(r->arena, 1, sizeof *position);
	if (!position) {
		r->no_memory = true;
		return true;
	}
	if (!json_is_object(value))
		return keep_scalar(r, value, &out->text);
	json_object_foreach(value, key, member)
	{
		if (strcmp(key, "name") == 0 ? !keep_scalar(r, member, &out->text)
					     : strcmp(key, "position") != 0 || !keep_scalar(r, member, position)) {
			out->text = (Str){NULL, 0};
			return false;
		}
	}
	out->items = position;
	out->count = position->len > 0;
	return true;
}

static bool read_json(RecordReader *r, const json_t *value, FieldValue *out)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	Buf restored = {0};
	if (text && r->guarded)
		json_numbers_restore(str_from(text), &restored);
	Str whole = restored.len ? buf_str(&restored) : str_from(text);
	if (text)
		out->text = keep(r, whole.ptr, whole.len);
	r->no_memory |= !text || !buf_ok(&restored);
	buf_done(&restored);
	free(text);
	return true;
}

/* False: the value does not fit the field and is kept under "extra". */
static bool read_field(RecordReader *r, RecordFieldId id, json_t *value)
{
	FieldValue *out = &r->record->fields[id];
	switch (record_fields[id].kind) {
	case FIELD_TEXT:
	case FIELD_DATE:
		return keep_scalar(r, value, &out->text);
	case FIELD_LIST:
		return read_list(r, value, out);
	case FIELD_PERSON:
		return read_person(r, value, out);
	case FIELD_WHOLE:
		return json_is_integer(value) && json_integer_value(value) >= 0 && keep_scalar(r, value, &out->text);
	case FIELD_JSON:
		return read_json(r, value, out);
	}
	return false;
}

static Status read_file(RecordReader *r, const json_t *value, RecordFile *out, Err *err)
{
	if (is_string(r, value)) {
		out->path = keep_string(r, value);
		return ST_OK;
	}
	const json_t *name = json_object_get(value, "name"), *media = json_object_get(value, "media");
	const json_t *base64 = json_object_get(value, "base64");
	if (!is_string(r, name) || !is_string(r, base64))
		return err_set(err, ST_INVALID, "a file is a path, or an object with \"name\" and \"base64\"");
	Buf bytes = {0};
	if (!buf_add_base64_decoded(&bytes, (Str){json_string_value(base64), json_string_length(base64)}) ||
	    !buf_ok(&bytes)) {
		buf_done(&bytes);
		return err_set(err, ST_INVALID, "the base64 of file '%.80s' is broken", json_string_value(name));
	}
	out->name = keep_string(r, name);
	out->bytes = keep(r, bytes.data, bytes.len);
	if (json_is_string(media))
		out->media = keep_string(r, media);
	buf_done(&bytes);
	return ST_OK;
}

static Status read_files(RecordReader *r, json_t *value, Err *err)
{
	size_t count = json_is_array(value) ? json_array_size(value) : 1;
	if (count >= STORE_OBJECTS_MAX)
		return err_set(err, ST_LIMIT, "%zu files in one record; at most %d", count, STORE_OBJECTS_MAX - 1);
	RecordFile *files = arena_calloc(r->arena, count ? count : 1, sizeof *files);
	if (!files)
		return err_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		Status st = read_file(r, json_is_array(value) ? json_array_get(value, i) : value, &files[i], err);
		if (st != ST_OK)
			return st;
	}
	r->record->files = files;
	r->record->file_count = count;
	return ST_OK;
}

static int field_by_name(const char *name)
{
	for (int id = 0; id < RF_COUNT; id++)
		if (strcmp(record_fields[id].name, name) == 0)
			return id;
	return -1;
}

static bool is_deeper(const json_t *value, int depth)
{
	const char *key;
	json_t *member;
	size_t i;
	if (!json_is_object(value) && !json_is_array(value))
		return false;
	if (depth == 0)
		return true;
	json_object_foreach((json_t *)value, key, member) if (is_deeper(member, depth - 1)) return true;
	json_array_foreach(value, i, member) if (is_deeper(member, depth - 1)) return true;
	return false;
}

static Status read_member(RecordReader *r, const char *key, json_t *value, Err *err)
{
	Record *record = r->record;
	if (json_is_null(value))
		return ST_OK;
	if (strcmp(key, "id") == 0) {
		if (!keep_scalar(r, value, &record->id))
			return err_set(err, ST_INVALID, "\"id\" is not a string");
		return ST_OK;
	}
	if (strcmp(key, "text") == 0) {
		if (!is_string(r, value))
			return err_set(err, ST_INVALID, "\"text\" is not a string");
		record->text = keep_string(r, value);
		record->has_text = true;
		return ST_OK;
	}
	if (strcmp(key, "files") == 0)
		return read_files(r, value, err);
	int id = field_by_name(key);
	if (id == RF_EXTRA && json_is_object(value))
		return json_object_update_missing(r->extra, value) == 0 ? ST_OK : err_no_memory(err);
	if (id >= 0 && id != RF_EXTRA && read_field(r, (RecordFieldId)id, value))
		return ST_OK;
	if (id >= 0) {
		record->fields[id] = (FieldValue){0};
		buf_printf(&r->warnings, "\"%s\" is not of the expected kind; kept under \"extra\"\n", key);
	}
	return json_object_set(r->extra, key, value) == 0 ? ST_OK : err_no_memory(err);
}

static void read_date(RecordReader *r, RecordFieldId id)
{
	CivilDate date;
	char iso[11];
	FieldValue *field = &r->record->fields[id];
	if (civil_date_parse(field->text, &date)) {
		size_t len = civil_date_format(date, iso);
		if (!str_eq(field->text, (Str){iso, len}))
			field->text = keep(r, iso, len);
		if (id == RF_ISSUED)
			r->record->issued = date;
	} else if (field->text.len) {
		buf_printf(&r->warnings, "%.*s is not a date\n",
			   STR_ARG(str_slice(field->text, 0, utf8_cut(field->text, 60))));
	}
}

static void warn_of_lengths(RecordReader *r)
{
	for (int id = 0; id < RF_COUNT; id++) {
		Str text = r->record->fields[id].text;
		size_t most = record_fields[id].max_chars, chars = most && text.len > most ? utf8_count(text) : 0;
		if (chars > most)
			buf_printf(&r->warnings, "\"%s\" has %zu characters; the circulars allow %u\n",
				   record_fields[id].name, chars, (unsigned)most);
	}
}

static Status check_cases(const Record *record, Err *err)
{
	const FieldValue *cases = &record->fields[RF_CASES];
	if (cases->count > STORE_CASES_MAX)
		return err_set(err, ST_LIMIT, "a record may belong to %d case files, not %zu", STORE_CASES_MAX,
			       cases->count);
	for (size_t i = 0; i < cases->count; i++)
		if (cases->items[i].len > STORE_ID_MAX)
			return err_set(err, ST_LIMIT, "a case file's code has at most %d bytes", STORE_ID_MAX);
	if (record->is_case && record->id.len > STORE_ID_MAX)
		return err_set(err, ST_LIMIT, "a case file's code has at most %d bytes", STORE_ID_MAX);
	return ST_OK;
}

static Status read_tree(RecordReader *r, json_t *root, Err *err)
{
	const char *key;
	json_t *value;
	if (!json_is_object(root))
		return err_set(err, ST_INVALID, "a record is a JSON object");
	if (is_deeper(root, RECORD_JSON_DEPTH_MAX))
		return err_set(err, ST_LIMIT, "JSON nested deeper than %d", RECORD_JSON_DEPTH_MAX);
	json_object_foreach(root, key, value)
	{
		Status st = read_member(r, key, value, err);
		if (st != ST_OK)
			return st;
	}
	return !json_object_size(r->extra) || read_json(r, r->extra, &r->record->fields[RF_EXTRA]) ? ST_OK
												   : err_no_memory(err);
}

/* A tree takes some forty times the text that it is read from: how much of it there will be is counted first. What is
 * broken is counted too, and refused by the parser. */
static Status check_shape(Str json, Err *err)
{
	int depth = 0;
	size_t nodes = 0;
	for (size_t at = 0; at < json.len; at++) {
		char c = json.ptr[at];
		if (c == '"') {
			for (at++; (at += json_plain_run(str_slice(json, at, json.len))) < json.len; at++) {
				if (json.ptr[at] == '"')
					break;
				at += json.ptr[at] == '\\';
			}
			continue;
		}
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		nodes += c == '{' || c == '[' || c == ',' || c == ':';
		if (depth > RECORD_JSON_DEPTH_MAX)
			return err_set(err, ST_LIMIT, "JSON nested deeper than %d", RECORD_JSON_DEPTH_MAX);
		if (nodes > RECORD_JSON_NODES_MAX)
			return err_set(err, ST_LIMIT, "JSON of more than %d members and elements",
				       RECORD_JSON_NODES_MAX);
	}
	return ST_OK;
}

/* Where a guarded text is broken, the text itself says it with the right offset. */
static json_t *load(RecordReader *r, Str json, json_error_t *why)
{
	enum { FLAGS = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL };
	Buf guarded = {0};
	json_t *root = NULL;
	r->guarded = json_numbers_guard(json, &guarded);
	r->no_memory |= !buf_ok(&guarded);
	if (r->guarded && buf_ok(&guarded))
		root = json_loadb(guarded.data, guarded.len, FLAGS, why);
	if (!root) {
		r->guarded = false;
		root = json_loadb(json.ptr ? json.ptr : "", json.len, FLAGS, why);
	}
	buf_done(&guarded);
	return root;
}

static Status read_json_text(RecordReader *r, Str json, Err *err)
{
	json_error_t why;
	json_t *root = load(r, json, &why);
	Status st;
	r->extra = json_object();
	if (!r->extra)
		st = err_no_memory(err);
	else if (!root)
		st = err_set(err, ST_INVALID, "broken JSON at byte %d: %s", why.position, why.text);
	else
		st = read_tree(r, root, err);
	json_decref(root);
	json_decref(r->extra);
	return st;
}

/* What holds whichever way the JSON was read. */
static Status complete(RecordReader *r, Err *err)
{
	Record *record = r->record;
	if (record->id.len && !entry_key_is_valid(ENTRY_RECORD, record->id))
		return err_set(err, ST_INVALID, "an id is 1 to %d of A-Z a-z 0-9 . _ : -", STORE_ID_MAX);
	if (record->fields[RF_CASE].text.len && !record->has_text && !record->file_count) {
		record->is_case = true;
		record->id = record->fields[RF_CASE].text;
	}
	read_date(r, RF_ISSUED);
	read_date(r, RF_DUE);
	warn_of_lengths(r);
	record->warnings = keep(r, r->warnings.data, r->warnings.len);
	return r->no_memory || !buf_ok(&r->warnings) ? err_no_memory(err) : check_cases(record, err);
}

static Status parse(Str json, bool canonical, Arena *arena, Record *out, Err *err)
{
	Record record = {0};
	RecordReader reader = {.arena = arena, .record = &record};
	Status st = ST_OK;
	switch (record_read_flat(json, canonical, arena, &record)) {
	case FLAT_READ:
		break;
	case FLAT_OTHER_SHAPE:
		st = canonical ? ST_OK : check_shape(json, err); /* what is archived is bounded by its size */
		if (st == ST_OK)
			st = read_json_text(&reader, json, err);
		break;
	case FLAT_NO_MEMORY:
		st = err_no_memory(err);
		break;
	}
	if (st == ST_OK)
		st = complete(&reader, err);
	if (st == ST_OK)
		*out = record;
	buf_done(&reader.warnings);
	return st;
}

Status record_parse(Str json, Arena *arena, Record *out, Err *err)
{
	return parse(json, false, arena, out, err);
}

Status record_parse_stored(Str json, Arena *arena, Record *out, Err *err)
{
	return parse(json, true, arena, out, err);
}

static void write_value(const FieldValue *value, RecordFieldKind kind, JsonOut *j)
{
	switch (kind) {
	case FIELD_TEXT:
	case FIELD_DATE:
		jout_str(j, value->text);
		break;
	case FIELD_WHOLE:
	case FIELD_JSON:
		jout_raw(j, value->text);
		break;
	case FIELD_LIST:
		jout_open(j, '[');
		for (size_t i = 0; i < value->count; i++)
			jout_str(j, value->items[i]);
		jout_close(j, ']');
		break;
	case FIELD_PERSON:
		jout_open(j, '{');
		if (value->text.len)
			jout_field_str(j, "name", value->text);
		if (value->count)
			jout_field_str(j, "position", value->items[0]);
		jout_close(j, '}');
		break;
	}
}

void record_write_members(const Record *record, JsonOut *j)
{
	for (int id = 0; id < RF_COUNT; id++) {
		const FieldValue *value = &record->fields[id];
		if (value->text.len == 0 && value->count == 0)
			continue;
		jout_key(j, record_fields[id].name);
		write_value(value, record_fields[id].kind, j);
	}
}

void record_write(const Record *record, Buf *out)
{
	JsonOut j;
	jout_begin(&j, out);
	jout_open(&j, '{');
	record_write_members(record, &j);
	jout_close(&j, '}');
}
