/* indexer/recognise/record.c - the record's files are read again, one after the other, as they were when it came in;
 * but a page without a usable text layer is drawn and recognised. Where it has a layer that is poor, the better of
 * the two is taken. Each page ends with a form feed. */
#include "indexer/recognise/record.h"

#include "indexer/extract/extract.h"
#include "indexer/extract/layer.h"
#include "indexer/ingest/compose.h"
#include "indexer/ingest/complete.h"
#include "indexer/ingest/secret.h"
#include "indexer/recognise/layout.h"
#include "store/record/sealed.h"
#include "store/record/text_state.h"

#include <stdio.h>
#include <stdlib.h>

enum { OBJECT_MAX = 1 << 30, REASONS_MAX = 600, WORDS_OF_A_STAMP = 400 };

typedef struct {
	IngestRun run;
	Recogniser *recogniser;
	const Deadline *until;
	_Atomic uint64_t *pages_done;
	Entry entry;
	Record record;
	SourceFile file; /* at hand, … */
	unsigned object; /* … and its number */
	Buf bytes, text, reasons;
	LayoutWriter layout;
	uint32_t pages, recognised, failed, files_failed;
	bool from_layer, is_layer_replaced;
	bool is_usable;            /* something of the text is more than a stamp */
	uint64_t certainty, words; /* the sum of words' certainties, their count */
} Work;

/* ---- a page ---------------------------------------------------------------------------------------------------- */

static void note(Work *w, unsigned page, const char *reason)
{
	if (w->reasons.len > REASONS_MAX)
		return;
	buf_printf(&w->reasons, "%s%.*s", w->reasons.len ? "; " : "", STR_ARG(w->file.name));
	if (page)
		buf_printf(&w->reasons, ", page %u", page);
	buf_printf(&w->reasons, ": %s", reason);
}

static bool is_fault_of_page(Status st)
{
	return st == ST_INVALID || st == ST_LIMIT || st == ST_NOT_FOUND || st == ST_CORRUPT;
}

static void add_layout(Work *w, const PageImage *image, unsigned page, const PageWords *words, const uint32_t *starts,
		       size_t base)
{
	LayoutPage head = {w->object, page, image->width, image->height, image->dpi, words->quarters, words->tilt};
	layout_add_page(&w->layout, &head);
	for (size_t i = 0; i < words->count; i++) {
		const PageWord *word = &words->words[i];
		LayoutWord placed = {base + starts[i], base + starts[i] + word->text.len,
				     word->x,          word->y,
				     word->width,      word->height,
				     word->certainty};
		layout_add_word(&w->layout, &placed);
		w->certainty += word->certainty;
		w->words++;
	}
}

/* What was released by decision is not asked again. */
static Status pass_gate(const Work *w, Str text, Err *err)
{
	return record_text(&w->record, RF_RELEASED).len ? ST_OK : secret_check_text(text, err);
}

/* The better of layer and words behind the text. */
static Status take_better(Work *w, const PageImage *image, unsigned page, const PageWords *words, Str layer, Err *err)
{
	Buf text = {0};
	Layer of_layer, of_words;
	uint32_t *starts = malloc((words->count + 1) * sizeof *starts);
	Status st = starts ? ST_OK : err_no_memory(err);
	if (st == ST_OK)
		page_words_add_text(words, &text, starts);
	if (st == ST_OK && !buf_ok(&text))
		st = err_no_memory(err);
	if (st == ST_OK)
		st = layer_judge(layer, &of_layer, err);
	if (st == ST_OK)
		st = layer_judge(buf_str(&text), &of_words, err);
	if (st == ST_OK)
		st = pass_gate(w, buf_str(&text), err);
	if (st == ST_OK && of_layer.kind == LAYER_POOR && of_layer.worth >= of_words.worth) {
		buf_add_str(&w->text, layer);
		w->from_layer = w->is_usable = true;
	} else if (st == ST_OK) {
		add_layout(w, image, page, words, starts, w->text.len);
		buf_add_str(&w->text, buf_str(&text));
		w->recognised++;
		w->is_usable = w->is_usable || words->count;
		w->is_layer_replaced = w->is_layer_replaced || of_layer.kind != LAYER_EMPTY;
	}
	free(starts);
	buf_done(&text);
	return st;
}

static Status recognise_page(Work *w, const PageImage *image, unsigned page, Str layer, Err *err)
{
	PageText read = {0};
	Status st = recogniser_read(w->recogniser, image, w->until, &read, err);
	if (st == ST_OK) {
		st = take_better(w, image, page, &read.words, layer, err);
		page_text_done(&read);
	}
	return st;
}

/* What a page has in place of what can't be recognised: its layer. */
static Status give_up_page(Work *w, unsigned page, Str layer, Status st, Err *err)
{
	if (!is_fault_of_page(st))
		return st;
	note(w, page, err->text);
	w->failed++;
	w->from_layer = w->from_layer || layer.len;
	buf_add_str(&w->text, layer);
	return ST_OK;
}

static Status add_page(Work *w, FormatReader reader, unsigned page, Str layer, Err *err)
{
	PageImage image = {0};
	Status st = page_image_draw(reader, &w->file, page, w->until, &image, err);
	if (st == ST_OK)
		st = recognise_page(w, &image, page, layer, err);
	page_image_done(&image);
	if (st != ST_OK)
		st = give_up_page(w, page, layer, st, err);
	buf_add_char(&w->text, '\f');
	w->pages++;
	atomic_fetch_add(w->pages_done, 1);
	return st;
}

/* ---- a file ---------------------------------------------------------------------------------------------------- */

static void give_up_file(Work *w, const char *reason)
{
	note(w, 0, reason);
	w->files_failed++;
}

static Status add_pdf(Work *w, Err *err)
{
	Extraction e;
	Layer layer;
	Str page;
	Status st = extract_text(READER_PDF, &w->file, NULL, w->until, &e, err);
	if (st != ST_OK)
		return st;
	Str rest = buf_str(&e.text);
	if (e.problem.code != ST_OK && e.problem.code != ST_NOT_FOUND)
		give_up_file(w, e.problem.text);
	for (unsigned number = 1; number <= e.pages && number <= PAGES_MAX && st == ST_OK; number++) {
		if (!rest.ptr || !str_split(&rest, '\f', &page))
			page = (Str){NULL, 0};
		st = layer_judge(page, &layer, err);
		if (st == ST_OK && layer.kind == LAYER_GOOD) {
			buf_add_str(&w->text, page);
			buf_add_char(&w->text, '\f');
			w->from_layer = w->is_usable = true;
			w->pages++;
		} else if (st == ST_OK) {
			st = add_page(w, READER_PDF, number, page, err);
		}
	}
	extraction_done(&e);
	return st;
}

/* How many pages an image has is known when its first is drawn. */
static Status add_image(Work *w, Err *err)
{
	PageImage image = {0};
	Status st = page_image_draw(READER_IMAGE, &w->file, 1, w->until, &image, err);
	uint32_t pages = st == ST_OK && image.pages ? image.pages : 1;
	if (st == ST_OK)
		st = recognise_page(w, &image, 1, (Str){NULL, 0}, err);
	page_image_done(&image);
	if (st != ST_OK)
		st = give_up_page(w, pages > 1 ? 1 : 0, (Str){NULL, 0}, st, err);
	buf_add_char(&w->text, '\f');
	w->pages++;
	atomic_fetch_add(w->pages_done, 1);
	for (unsigned page = 2; page <= pages && st == ST_OK; page++)
		st = add_page(w, READER_IMAGE, page, (Str){NULL, 0}, err);
	return st;
}

static Status add_other(Work *w, FormatReader reader, Err *err)
{
	Extraction e;
	Status st = extract_text(reader, &w->file, NULL, w->until, &e, err);
	if (st != ST_OK)
		return st;
	if (e.problem.code != ST_OK)
		give_up_file(w, e.problem.text);
	else
		st = pass_gate(w, buf_str(&e.text), err);
	w->from_layer = w->from_layer || e.text.len;
	w->is_usable = w->is_usable || e.text.len;
	buf_add_str(&w->text, buf_str(&e.text));
	if (e.text.len && !str_ends(buf_str(&e.text), STR("\n")) && !str_ends(buf_str(&e.text), STR("\f")))
		buf_add_char(&w->text, '\n');
	extraction_done(&e);
	return st;
}

static Status add_file(Work *w, size_t object, Err *err)
{
	const ObjectRef *ref = &w->entry.objects[object];
	buf_clear(&w->bytes);
	Status st = store_object_load(w->run.store, &ref->hash, OBJECT_MAX, &w->bytes, err);
	w->object = (unsigned)object;
	w->file = source_file_of(ref->name, buf_str(&w->bytes));
	if (st == ST_LIMIT) {
		give_up_file(w, err->text);
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	FormatReader reader = format_by_content(ref->name, str_slice(buf_str(&w->bytes), 0, 1024))->reader;
	return reader == READER_PDF     ? add_pdf(w, err)
	       : reader == READER_IMAGE ? add_image(w, err)
					: add_other(w, reader, err);
}

static Status add_files(Work *w, size_t *count_out, Err *err)
{
	Status st = ST_OK;
	*count_out = 0;
	for (size_t i = 0; i < w->entry.object_count && st == ST_OK; i++) {
		if (strcmp(w->entry.objects[i].role, "original") != 0)
			continue;
		++*count_out;
		st = add_file(w, i, err);
	}
	bool ok = buf_ok(&w->text) && buf_ok(&w->reasons) && buf_ok(&w->layout.lines);
	return st == ST_OK && !ok ? err_no_memory(err) : st;
}

/* ---- the next version ------------------------------------------------------------------------------------------ */

static bool has_words(Str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((uint8_t)text.ptr[i] > ' ')
			return true;
	return false;
}

static TextState state_of(const Work *w, bool has_text)
{
	if (!has_text || !w->is_usable)
		return has_text ? TEXT_STAMP_ONLY : TEXT_UNREADABLE;
	return w->failed || w->files_failed ? TEXT_PARTIAL : TEXT_COMPLETE;
}

/* What was done, in place of what had to be done. */
static Status write_extraction(Work *w, bool has_text, Err *err)
{
	Buf json = {0};
	JsonOut j;
	Str *extra = &w->record.fields[RF_EXTRA].text;
	jout_begin(&j, &json);
	jout_open(&j, '{');
	if (w->words)
		jout_field_u64(&j, "certainty_percent", w->certainty / w->words);
	if (w->reasons.len)
		jout_field_str(&j, "reason", buf_str(&w->reasons));
	else if (!has_text)
		jout_field_text(&j, "reason", "no word was recognised on its pages");
	jout_field_u64(&j, "recognised_pages", w->recognised);
	if (w->failed || w->files_failed || !has_text)
		jout_field_text(&j, "text", has_text ? "partial" : "none");
	jout_close(&j, '}');
	Status st = buf_ok(&json) ? json_set_member(*extra, "extraction", buf_str(&json), &w->run.arena, extra, err)
				  : err_no_memory(err);
	buf_done(&json);
	return st;
}

static double certainty_of_words(const void *ctx, uint32_t start, uint32_t end, bool least)
{
	const Work *w = ctx;
	LayoutReader reader = {.rest = buf_str(&w->layout.lines)};
	LayoutPage page;
	LayoutWord word;
	bool is_page;
	Err ignored;
	unsigned count = 0;
	double sum = 0, lowest = 1;
	while (layout_next(&reader, &is_page, &page, &word, &ignored) == STEP_ITEM) {
		if (is_page || word.end <= start)
			continue;
		if (word.start >= end)
			break;
		double certainty = word.certainty / 100.0;
		sum += certainty;
		lowest = certainty < lowest ? certainty : lowest;
		count++;
	}
	return !count ? 1 : least ? lowest : sum / count;
}

static void write_from(const Work *w, ItemText *out)
{
	const char *recogniser = recogniser_label(w->recogniser);
	if (w->from_layer && w->recognised)
		snprintf(out->from, sizeof out->from, "%.22s, %.23s", extract_label(READER_PDF), recogniser);
	else
		snprintf(out->from, sizeof out->from, "%s", w->recognised ? recogniser : extract_label(READER_PDF));
}

/* The objects of before, but for the text; then what came of it. */
static Status compose_objects(Work *w, const ItemText *text, EntryInput *next, Err *err)
{
	const Entry *entry = &w->entry;
	ObjectInput *objects = arena_calloc(&w->run.arena, entry->object_count + 2, sizeof *objects);
	if (!objects)
		return err_no_memory(err);
	for (size_t i = 0; i < entry->object_count; i++) {
		ObjectRef ref = entry->objects[i];
		bool is_text = strcmp(ref.role, "text") == 0;
		if (strcmp(ref.role, LAYOUT_ROLE) == 0 || (is_text && !w->is_layer_replaced))
			continue;
		if (is_text)
			snprintf(ref.role, sizeof ref.role, "layer");
		objects[next->object_count++] = (ObjectInput){.ref = ref, .fd = -1};
	}
	if (text->has_text)
		objects[next->object_count++] = item_text_object(text);
	if (text->has_text && w->layout.lines.len)
		objects[next->object_count++] =
			(ObjectInput){.ref = {.role = LAYOUT_ROLE,
					      .media = STR(LAYOUT_MEDIA),
					      .from = str_from(recogniser_label(w->recogniser))},
				      .bytes = buf_str(&w->layout.lines),
				      .fd = -1};
	next->objects = objects;
	return ST_OK;
}

/* Whatever its fields say: it is sealed off because it is a secret, so the gate is not asked. */
static Status write_sealed(Work *w, EntryInput *next, Err *err)
{
	buf_clear(&w->run.metadata);
	record_write(&w->record, &w->run.metadata);
	next->metadata = buf_str(&w->run.metadata);
	next->cases = w->record.fields[RF_CASES].items;
	next->case_count = w->record.fields[RF_CASES].count;
	return buf_ok(&w->run.metadata) ? ST_OK : err_no_memory(err);
}

static Status append(Work *w, EntryInput *next, RecogniseResult *out, Err *err)
{
	next->kind = ENTRY_RECORD;
	next->key = w->entry.key;
	next->expected_version = w->entry.version;
	w->record.fields[RF_AMENDED] = (FieldValue){0};
	w->record.fields[RF_REASON].text = STR("recognised");
	Status st = record_is_sealed(&w->record) ? write_sealed(w, next, err)
						 : item_write_metadata(&w->run, &w->record, next, err);
	if (st == ST_OK && deadline_passed(w->until))
		st = err_set(err, ST_BUSY, "there was no time left; nothing of it is archived");
	return st == ST_OK ? store_put(w->run.store, next, &out->receipt, err) : st;
}

static Status append_recognised(Work *w, size_t file_count, RecogniseResult *out, Err *err)
{
	EntryInput next = {0};
	bool has_text = has_words(buf_str(&w->text));
	ItemText text = {.text = buf_str(&w->text), .has_text = has_text, .state = state_of(w, has_text)};
	text.certainty = certainty_of_words;
	text.certainty_ctx = w;
	IngestItem item = {.place = {.name = w->entry.key}, .record = &w->record, .file_count = file_count};
	write_from(w, &text);
	if (!record_text(&w->record, RF_PAGES).len && w->pages)
		w->record.fields[RF_PAGES].text = str_from(arena_printf(&w->run.arena, "%u", w->pages));
	w->record.fields[RF_TEXT_STATE].text = text_state_to_store(text.state, has_text);
	Status st = write_extraction(w, has_text, err);
	if (st == ST_OK)
		st = item_complete_metadata(&w->run, &item, &text, err);
	if (st == ST_OK)
		st = compose_objects(w, &text, &next, err);
	return st == ST_OK ? append(w, &next, out, err) : st;
}

/* The gate found a stamp: nothing that was recognised is kept, and the record is sealed off. */
static Status seal_off(Work *w, RecogniseResult *out, Err *err)
{
	EntryInput next = {0};
	ItemText none = {0};
	buf_clear(&w->layout.lines);
	w->record.fields[RF_TEXT_STATE].text = text_state_to_store(TEXT_UNREADABLE, false);
	w->record.fields[RF_SEALED_OFF].text = STR("a stamp of secrecy on its pages");
	Status st = json_set_member(record_text(&w->record, RF_EXTRA), "extraction",
				    STR("{\"reason\":\"a stamp of secrecy on its pages\",\"text\":\"none\"}"),
				    &w->run.arena, &w->record.fields[RF_EXTRA].text, err);
	if (st == ST_OK)
		st = compose_objects(w, &none, &next, err);
	return st == ST_OK ? append(w, &next, out, err) : st;
}

/* ---- the record ------------------------------------------------------------------------------------------------ */

/* Is the entry still the newest of its record? */
static Status read_entry(Work *w, uint64_t sequence, bool *is_newest_out, Err *err)
{
	uint64_t newest;
	Status st = store_entry(w->run.store, sequence, &w->run.arena, &w->entry, err);
	if (st == ST_OK)
		st = store_find(w->run.store, ENTRY_RECORD, w->entry.key, 0, &newest, err);
	if (st != ST_OK)
		return st;
	*is_newest_out = newest == sequence && !w->entry.destroyed;
	return entry_read_record(&w->entry, &w->run.arena, &w->record, err);
}

static Status recognise(Work *w, uint64_t sequence, RecogniseResult *out, Err *err)
{
	bool is_newest;
	size_t file_count;
	out->outcome = RECOGNISED_BY_OTHERS;
	Status st = read_entry(w, sequence, &is_newest, err);
	if (st != ST_OK || !is_newest)
		return st;
	st = add_files(w, &file_count, err);
	if (st == ST_OK)
		st = append_recognised(w, file_count, out, err);
	if (st == ST_OK)
		out->outcome = RECOGNISED;
	if (st == ST_FORBIDDEN) {
		st = seal_off(w, out, err);
		if (st == ST_OK)
			out->outcome = RECOGNISED_SECRET;
	}
	return st == ST_CONFLICT ? ST_OK : st; /* others changed it meanwhile: it is looked at again if it waits */
}

Status recognise_record(Store *store, Recogniser *recogniser, uint64_t sequence, const Deadline *until,
			_Atomic uint64_t *pages_done, RecogniseResult *out, Err *err)
{
	IngestReport report;
	IngestOptions options = {0};
	RecogniseResult result = {0};
	Work w = {.recogniser = recogniser, .until = until, .pages_done = pages_done};
	ingest_init(&w.run, store, NULL, &options, &report);
	Status st = recognise(&w, sequence, &result, err);
	result.failed_pages = w.failed;
	st = ingest_end(&w.run, st, err);
	buf_done(&w.bytes);
	buf_done(&w.text);
	buf_done(&w.reasons);
	buf_done(&w.layout.lines);
	if (st == ST_OK)
		*out = result;
	return st;
}
