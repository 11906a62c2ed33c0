/* store/record/doubt.c - most records were not read from a document, or have all their fields given: they are passed
 * over without looking into their JSON. */
#include "store/record/doubt.h"

#include <jansson.h>

static const RecordFieldId not_taken_over[] = {RF_NUMBER, RF_ISSUED};

typedef struct {
	const Record *record;
	Arena *arena;
	Doubt *out;
	size_t count;
} Doubts;

static bool is_confirmed(const Record *record, RecordFieldId field)
{
	const FieldValue *confirmed = &record->fields[RF_CONFIRMED];
	for (size_t i = 0; i < confirmed->count; i++)
		if (str_eq(confirmed->items[i], str_from(record_fields[field].name)))
			return true;
	return false;
}

static Status add(Doubts *d, RecordFieldId field, double percent, const char *value, Err *err)
{
	Doubt *doubt = &d->out[d->count];
	if (!(percent >= 0 && percent < DOUBT_BELOW_PERCENT) || d->count == DOUBT_MAX || is_confirmed(d->record, field))
		return ST_OK;
	*doubt = (Doubt){.field = field, .percent = (unsigned)(percent + 0.5)};
	if (value)
		doubt->value = arena_copy(d->arena, str_from(value));
	if (value && !doubt->value.ptr)
		return err_no_memory(err);
	d->count++;
	return ST_OK;
}

static Status add_read(Doubts *d, Err *err)
{
	Str text = record_text(d->record, RF_READ);
	json_t *read = text.len ? json_loadb(text.ptr, text.len, 0, NULL) : NULL;
	Status st = ST_OK;
	for (int id = 0; read && id < RF_COUNT && st == ST_OK; id++) {
		const json_t *certainty = json_object_get(json_object_get(read, record_fields[id].name), "certainty");
		if (json_is_number(certainty))
			st = add(d, (RecordFieldId)id, json_number_value(certainty) * 100, NULL, err);
	}
	json_decref(read);
	return st;
}

static Status add_not_taken_over(Doubts *d, Err *err)
{
	Str text = record_text(d->record, RF_EXTRA);
	if (str_find(text, STR("\"extracted\":")) < 0)
		return ST_OK;
	json_t *extra = json_loadb(text.ptr, text.len, 0, NULL);
	const json_t *extracted = json_object_get(extra, "extracted");
	Status st = ST_OK;
	for (size_t i = 0; i < sizeof not_taken_over / sizeof *not_taken_over && st == ST_OK; i++) {
		RecordFieldId id = not_taken_over[i];
		const json_t *found = json_object_get(extracted, record_fields[id].name);
		const json_t *percent = json_object_get(found, "certainty_percent");
		const char *value = json_string_value(json_object_get(found, "value"));
		if (!record_text(d->record, id).len && value && json_is_integer(percent))
			st = add(d, id, (double)json_integer_value(percent), value, err);
	}
	json_decref(extra);
	return st;
}

Status doubts_of(const Record *record, Arena *arena, Doubt out[static DOUBT_MAX], size_t *count_out, Err *err)
{
	Doubts d = {record, arena, out, 0};
	*count_out = 0;
	Status st = record->is_case ? ST_OK : add_read(&d, err);
	if (st == ST_OK && !record->is_case)
		st = add_not_taken_over(&d, err);
	if (st == ST_OK)
		*count_out = d.count;
	return st;
}
