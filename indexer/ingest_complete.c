/* indexer/ingest_complete.c - what the sender left out: the text, from the files; the metadata, from the text. What was
 * given always wins; what was found stands under "extra" beside it. See ingest_run.h. */
#include "indexer/ingest_run.h"

#include "base/utf8.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- "extra" --------------------------------------------------------------------------------------------------- */

Status record_set_extra(Record *record, Arena *arena, const char *name, Str json, Err *err)
{
	Str before = record->fields[RF_EXTRA].text, kept = {NULL, 0};
	json_t *extra = before.len ? json_loadb(before.ptr, before.len, 0, NULL) : json_object();
	json_t *value = json_loadb(json.ptr ? json.ptr : "", json.len, JSON_DECODE_ANY, NULL);
	char *text = NULL;
	if (json_is_object(extra) && value && json_object_set(extra, name, value) == 0)
		text = json_dumps(extra, JSON_COMPACT | JSON_SORT_KEYS);
	if (text)
		kept = arena_copy(arena, str_from(text));
	free(text);
	json_decref(value);
	json_decref(extra);
	if (!kept.ptr)
		return err_no_memory(err);
	record->fields[RF_EXTRA].text = kept;
	return ST_OK;
}

/* ---- the text -------------------------------------------------------------------------------------------------- */

typedef struct {
	Buf problems;      /* "b.jpg: an image …; " */
	uint32_t pages;
	unsigned without_text, with_text;
} Found;

static Status add_text_of(const SourceFile *file, Buf *text, ItemText *out, Found *found, Err *err)
{
	char head[1024];
	size_t got;
	Extraction e;
	Status st = source_file_head(file, head, sizeof head, &got, err);
	if (st != ST_OK)
		return st;
	st = extract_text(doc_kind_by_content(file->name, (Str){head, got}), file, NULL, &e, err);
	if (st != ST_OK)
		return st;
	found->pages += e.pages;
	if (e.problem[0]) {
		buf_printf(&found->problems, "%s%.*s: %s", found->without_text++ ? "; " : "",
		           (int)utf8_cut(file->name, 100), file->name.ptr ? file->name.ptr : "", e.problem);
		extraction_done(&e);
		return buf_ok(&found->problems) ? ST_OK : err_no_memory(err);
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
	if (!found->without_text)
		return ST_OK;
	Str reason = buf_str(&found->problems);
	if (item->file_count == 1) /* its name is in the record already */
		reason = str_slice(reason, (size_t)str_find(reason, STR(": ")) + 2, reason.len);
	buf_clear(&run->scratch);
	jout_begin(&j, &run->scratch);
	jout_open(&j, '{');
	jout_field_str(&j, "reason", reason);
	jout_field_text(&j, "text", found->with_text ? "partial" : "none");
	jout_close(&j, '}');
	if (!buf_ok(&run->scratch))
		return err_no_memory(err);
	return record_set_extra(item->record, &run->arena, "extraction", buf_str(&run->scratch), err);
}

static Status extract_files(IngestRun *run, IngestItem *item, Buf *text, ItemText *out, Err *err)
{
	Found found = {0};
	Status st = ST_OK;
	for (size_t i = 0; i < item->file_count && st == ST_OK; i++)
		st = add_text_of(&item->files[i], text, out, &found, err);
	if (st == ST_OK)
		st = note_problems(run, item, &found, err);
	if (st == ST_OK && found.pages && !record_text(item->record, RF_PAGES).len)
		item->record->fields[RF_PAGES].text = str_from(arena_printf(&run->arena, "%u", found.pages));
	buf_done(&found.problems);
	out->text = buf_str(text);
	out->has_text = found.with_text > 0;
	return st;
}

/* The text of a scan, typed or recognised elsewhere. */
static Status read_text_file(IngestRun *run, IngestItem *item, Buf *text, ItemText *out, Err *err)
{
	Extraction e;
	Status st = extract_text(DOC_TEXT, item->text_file, NULL, &e, err);
	if (st != ST_OK)
		return st;
	out->keep_file = strcmp(e.from, "given") != 0;
	if (e.problem[0]) {
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
	return run->options.no_extraction ? ST_OK : extract_files(run, item, text_buf, out, err);
}

Status item_complete_metadata(IngestRun *run, IngestItem *item, const ItemText *text, Err *err)
{
	(void)run, (void)item, (void)text, (void)err;
	return ST_OK;
}
