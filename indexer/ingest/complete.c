/* indexer/ingest/complete.c - completes an item: first its text, file by file, with the reasons of those that have
 * none; then its metadata, read from the letterhead. A field is filled in only where the letterhead is sure and the
 * record says nothing; everything that was read stands under "extra" as well. */
#include "indexer/ingest/complete.h"

#include "base/utf8.h"
#include "indexer/extract/ahead.h"
#include "indexer/ingest/secret.h"
#include "tokenizer/header_fields.h"

#include <stdio.h>

/* Sets a member of the record's "extra" to what run->scratch holds as JSON. */
static Status set_extra(IngestRun *run, Record *record, const char *name, Err *err)
{
	Str *extra = &record->fields[RF_EXTRA].text;
	if (!buf_ok(&run->scratch))
		return err_no_memory(err);
	return json_set_member(*extra, name, buf_str(&run->scratch), &run->arena, extra, err);
}

/* ---- the text -------------------------------------------------------------------------------------------------- */

typedef struct {
	Buf problems; /* "b.jpg: an image …; " */
	uint32_t pages;
	unsigned without_text, with_text;
	uint32_t waiting_pages;
	bool first_waits;
	unsigned states[TEXT_STATE_COUNT]; /* how many files are in each */
} Found;

/* Of the whole, by its parts. */
static TextState join_states(const Found *found, bool has_lead)
{
	const unsigned *n = found->states;
	bool some = n[TEXT_COMPLETE] || n[TEXT_PARTIAL] || has_lead;
	if (found->waiting_pages)
		return some ? TEXT_PARTIAL : n[TEXT_STAMP_ONLY] ? TEXT_STAMP_ONLY : TEXT_WAITING;
	if (some)
		return n[TEXT_UNREADABLE] || n[TEXT_ENCRYPTED] || n[TEXT_PARTIAL] ? TEXT_PARTIAL : TEXT_COMPLETE;
	return n[TEXT_UNREADABLE] ? TEXT_UNREADABLE : n[TEXT_ENCRYPTED] ? TEXT_ENCRYPTED : TEXT_NONE;
}

static Status extract_file(SourceFile *file, const Deadline *until, Extraction *out, Err *err)
{
	char head[1024];
	size_t got;
	if (file->ahead)
		return ahead_take(file, out, err);
	Status st = source_file_head(file, head, sizeof head, &got, err);
	if (st != ST_OK)
		return st;
	return extract_text(format_by_content(file->name, (Str){head, got})->reader, file, NULL, until, out, err);
}

static Status add_text_of(SourceFile *file, const Deadline *until, Buf *text, ItemText *out, Found *found, Err *err)
{
	Extraction e;
	Status st = extract_file(file, until, &e, err);
	if (st != ST_OK)
		return st;
	found->pages += e.pages;
	found->waiting_pages += e.waiting_pages;
	found->first_waits = found->first_waits || (e.first_waits && !found->with_text && !found->without_text);
	found->states[e.state]++;
	if (e.problem.code != ST_OK) {
		buf_printf(&found->problems, "%s%.*s: %s", found->without_text++ ? "; " : "",
			   (int)utf8_cut(file->name, 100), file->name.ptr ? file->name.ptr : "", e.problem.text);
		extraction_done(&e);
		return buf_ok(&found->problems) ? ST_OK : err_no_memory(err);
	}
	st = secret_check_text(buf_str(&e.text), err); /* of each file: in the joined text only the first is the head */
	if (st != ST_OK) {
		extraction_done(&e);
		return st;
	}
	if (found->with_text++ == 0) {
		snprintf(out->from, sizeof out->from, "%s", e.from);
		*text = e.text; /* the usual case: one file, nothing to copy */
	} else {
		if (!str_ends(buf_str(text), STR("\n")) && !str_ends(buf_str(text), STR("\f")))
			buf_add_char(text, '\n');
		buf_add_str(text, buf_str(&e.text));
		extraction_done(&e);
	}
	return buf_ok(text) ? ST_OK : err_no_memory(err);
}

/* Why there is no text, or not all of it. */
static Status note_problems(IngestRun *run, IngestItem *item, const Found *found, Err *err)
{
	JsonOut j;
	if (!found->without_text && !found->waiting_pages)
		return ST_OK;
	Str reason = buf_str(&found->problems);
	if (!found->without_text)
		reason = STR("pages without a usable text layer");
	else if (item->file_count == 1) /* its name is in the record already */
		reason = str_slice(reason, (size_t)str_find(reason, STR(": ")) + 2, reason.len);
	buf_clear(&run->scratch);
	jout_begin(&j, &run->scratch);
	jout_open(&j, '{');
	jout_field_str(&j, "reason", reason);
	jout_field_text(&j, "text", found->with_text ? "partial" : "none");
	if (found->waiting_pages)
		jout_field_u64(&j, "waiting_pages", found->waiting_pages);
	jout_close(&j, '}');
	return set_extra(run, item->record, "extraction", err);
}

static Status extract_files(IngestRun *run, IngestItem *item, Buf *text, ItemText *out, Err *err)
{
	Found found = {0};
	Status st = ST_OK;
	if (item->lead.len) {
		buf_add_str(text, item->lead);
		snprintf(out->from, sizeof out->from, "hoso mail");
		found.with_text++;
	}
	for (size_t i = 0; i < item->file_count && st == ST_OK; i++)
		st = add_text_of(&item->files[i], &run->options.until, text, out, &found, err);
	if (st == ST_OK)
		st = note_problems(run, item, &found, err);
	if (st == ST_OK && found.pages && !record_text(item->record, RF_PAGES).len)
		item->record->fields[RF_PAGES].text = str_from(arena_printf(&run->arena, "%u", found.pages));
	buf_done(&found.problems);
	out->text = buf_str(text);
	out->has_text = found.with_text > 0;
	out->state = item->file_count ? join_states(&found, item->lead.len > 0)
		     : out->has_text  ? TEXT_COMPLETE
				      : TEXT_NONE;
	out->waiting_pages = found.waiting_pages;
	out->first_waits = found.first_waits;
	return st;
}

/* The text of a scan, typed or recognised elsewhere. */
static Status read_text_file(IngestRun *run, IngestItem *item, Buf *text, ItemText *out, Err *err)
{
	Extraction e;
	Status st = extract_text(READER_PLAIN, item->text_file, NULL, &run->options.until, &e, err);
	if (st != ST_OK)
		return st;
	out->keep_file = item->text_file->size_bytes > 0 && strcmp(e.from, "given") != 0;
	if (e.problem.code != ST_OK) {
		extraction_done(&e);
		return extract_files(run, item, text, out, err);
	}
	*text = e.text;
	snprintf(out->from, sizeof out->from, "%s", e.from);
	out->text = buf_str(text);
	out->has_text = true;
	return ST_OK;
}

Status item_find_text(IngestRun *run, IngestItem *item, Buf *text_buf, ItemText *out, Err *err)
{
	*out = (ItemText){0};
	if (item->record->has_text && item->record->text.len) {
		out->text = item->record->text;
		out->has_text = true;
		snprintf(out->from, sizeof out->from, "given");
		return ST_OK;
	}
	if (item->text_file)
		return read_text_file(run, item, text_buf, out, err);
	return extract_files(run, item, text_buf, out, err);
}

/* ---- the metadata ---------------------------------------------------------------------------------------------- */

/* What is less certain than this stands under "extra" only. */
static const double sure_enough = 0.7;

static const struct {
	HeaderFieldId header;
	RecordFieldId field;
} completed[] = {
	/* by their names: the members of "read" are sorted */
	{HEADER_AGENCY, RF_AGENCY}, {HEADER_ISSUED, RF_ISSUED},
	{HEADER_NUMBER, RF_NUMBER}, {HEADER_RECIPIENTS, RF_RECIPIENTS},
	{HEADER_SIGNER, RF_SIGNER}, {HEADER_SUBJECT, RF_SUBJECT},
	{HEADER_TYPE, RF_TYPE},     {HEADER_URGENCY, RF_URGENCY},
};
enum { COMPLETED_COUNT = sizeof completed / sizeof completed[0] };

static bool is_sure(const HeaderField *field)
{
	return field->value.len && field->certainty >= sure_enough;
}

/* A text without a number and a date is hardly an official document: what looks like an agency there is a title. */
static bool has_letterhead(const HeaderFields *found)
{
	return is_sure(&found->field[HEADER_NUMBER]) || is_sure(&found->field[HEADER_ISSUED]);
}

/* May the letterhead fill in fields? A file is read unless the five main fields were given; of a text alone, any of the
 * three that identify a record says that its sender described it. */
static bool is_bare(const IngestItem *item)
{
	const FieldValue *fields = item->record->fields;
	bool described = fields[RF_NUMBER].text.len || fields[RF_ISSUED].text.len || fields[RF_SUBJECT].text.len;
	bool complete = fields[RF_NUMBER].text.len && fields[RF_ISSUED].text.len && fields[RF_SUBJECT].text.len &&
			fields[RF_TYPE].text.len && fields[RF_AGENCY].text.len;
	return item->file_count ? !complete : !described;
}

static Status split_recipients(Str text, Arena *arena, FieldValue *out, Err *err)
{
	Str part;
	Str *items = arena_calloc(arena, RECORD_LIST_MAX, sizeof *items);
	if (!items)
		return err_no_memory(err);
	*out = (FieldValue){.items = items};
	while (out->count < RECORD_LIST_MAX && str_split(&text, ';', &part))
		if (str_trim(part).len)
			items[out->count++] = str_trim(part);
	return ST_OK;
}

static Status fill_field(Record *record, RecordFieldId id, const HeaderFields *found, const HeaderField *value,
			 Arena *arena, Err *err)
{
	FieldValue *field = &record->fields[id];
	if (field->text.len || field->count)
		return ST_OK;
	if (record_fields[id].kind == FIELD_LIST)
		return split_recipients(value->value, arena, field, err);
	field->text = value->value;
	if (id == RF_ISSUED)
		record->issued = found->issued;
	if (id == RF_SIGNER && found->field[HEADER_POSITION].value.len) {
		Str *position = arena_calloc(arena, 1, sizeof *position);
		if (!position)
			return err_no_memory(err);
		*position = found->field[HEADER_POSITION].value;
		field->items = position;
		field->count = 1;
	}
	return ST_OK;
}

/* The member `name` of what was read before; "": none. */
static Str read_before(Str read, const char *name)
{
	char key[48];
	snprintf(key, sizeof key, "\"%s\":{", name);
	ptrdiff_t at = str_find(read, str_from(key));
	ptrdiff_t end = at < 0 ? -1 : str_find_char(str_slice(read, (size_t)at, read.len), '}');
	return end < 0 ? STR("") : str_slice(read, (size_t)at, (size_t)(at + end) + 1);
}

/* How sure it is what was read now, beside what was read for the version before and still stands. */
static Status write_read(IngestRun *run, Record *record, const HeaderFields *found, const bool *is_new, Err *err)
{
	Buf *out = &run->scratch;
	Str *read = &record->fields[RF_READ].text;
	buf_clear(out);
	for (size_t i = 0; i < COMPLETED_COUNT; i++) {
		const char *name = record_fields[completed[i].field].name;
		unsigned percent = (unsigned)(found->field[completed[i].header].certainty * 100 + 0.5);
		Str before = read_before(*read, name);
		if (!is_new[i] && !before.len)
			continue;
		buf_add_char(out, out->len ? ',' : '{');
		if (is_new[i])
			buf_printf(out, "\"%s\":{\"certainty\":%.3g}", name, percent / 100.0);
		else
			buf_add_str(out, before);
	}
	if (!out->len)
		return ST_OK;
	buf_add_char(out, '}');
	*read = arena_copy(&run->arena, buf_str(out));
	return buf_ok(out) && read->ptr ? ST_OK : err_no_memory(err);
}

/* {"number":{"certainty_percent":95,"value":"15/2019/QĐ-UBND"},…}: whole numbers, since equal metadata must be equal
 * bytes however often it goes through JSON. */
static bool write_found(const HeaderFields *found, Buf *out)
{
	JsonOut j;
	bool any = false;
	jout_begin(&j, out);
	jout_open(&j, '{');
	for (int id = 0; id < HEADER_FIELD_COUNT; id++) {
		const HeaderField *field = &found->field[id];
		if (!field->value.len || id == HEADER_SECRECY) /* whether it is one was the gate's to say */
			continue;
		any = true;
		jout_key(&j, header_field_name((HeaderFieldId)id));
		jout_open(&j, '{');
		jout_field_u64(&j, "certainty_percent", (uint64_t)(field->certainty * 100 + 0.5));
		jout_field_str(&j, "value", field->value);
		jout_close(&j, '}');
	}
	jout_close(&j, '}');
	return any;
}

/* What stands in words that were recognised is no more certain than they are. A number or a date is wrong with one
 * digit. Of real letters, numbers that were read right stood in words of 0.83 and more, wrong ones in words of 0.6
 * and less. */
static void weigh_by_words(const ItemText *text, HeaderFields *found)
{
	const double sure_word = 0.8;
	enum { SUBJECT_BYTES = 400 }; /* longer: the line below it was not seen, and the text behind it was taken */
	for (int id = 0; id < HEADER_FIELD_COUNT; id++) {
		HeaderField *field = &found->field[id];
		if (!field->value.len)
			continue;
		bool least = id == HEADER_NUMBER || id == HEADER_ISSUED;
		double words = text->certainty(text->certainty_ctx, field->start, field->end, least);
		if (words < sure_word)
			field->certainty *= words / sure_word;
		if (id == HEADER_SUBJECT && field->value.len > SUBJECT_BYTES)
			field->certainty *= sure_word;
	}
}

Status item_complete_metadata(IngestRun *run, IngestItem *item, const ItemText *text, Err *err)
{
	HeaderFields found;
	if (!text->has_text || text->first_waits || !is_bare(item))
		return ST_OK;
	Status st = header_fields_read(text->text, &run->arena, &found, err);
	if (st != ST_OK)
		return st;
	if (text->certainty)
		weigh_by_words(text, &found);
	/* A lone MẬT is judged by secret_check_text, which knows it from MẶT and MẤT. */
	if (found.field[HEADER_SECRECY].value.len && !str_eq(found.field[HEADER_SECRECY].value, STR("Mật")))
		return secret_refuse("a stamp in its text", err);
	bool is_new[COMPLETED_COUNT] = {false};
	for (size_t i = 0; has_letterhead(&found) && i < COMPLETED_COUNT && st == ST_OK; i++) {
		const HeaderField *value = &found.field[completed[i].header];
		const FieldValue *field = &item->record->fields[completed[i].field];
		is_new[i] = is_sure(value) && !field->text.len && !field->count;
		if (is_new[i])
			st = fill_field(item->record, completed[i].field, &found, value, &run->arena, err);
	}
	if (st == ST_OK)
		st = write_read(run, item->record, &found, is_new, err);
	buf_clear(&run->scratch);
	if (st != ST_OK || !write_found(&found, &run->scratch))
		return st;
	return set_extra(run, item->record, "extracted", err);
}
