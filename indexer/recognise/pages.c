/* indexer/recognise/pages.c - finds the original that a page belongs to, and lets it be drawn or read in an extracting
 * process. Which page of a document is which is asked of the document only where a record has several. */
#include "indexer/recognise/pages.h"

#include "indexer/extract/page_view.h"
#include "indexer/recognise/layout.h"

#include <stdlib.h>

enum { OBJECT_MAX = 1 << 30, LAYOUT_MAX = 256 << 20, WORDS_STEP = 256 };

typedef struct {
	SourceFile file;
	Buf bytes;
	FormatReader reader;
	unsigned object, page; /* of the record; of the object */
} Found;

static Status load(Store *store, const Entry *entry, size_t object, Found *out, Err *err)
{
	const ObjectRef *ref = &entry->objects[object];
	buf_clear(&out->bytes);
	Status st = store_object_load(store, &ref->hash, OBJECT_MAX, &out->bytes, err);
	if (st != ST_OK)
		return st;
	out->file = source_file_of(ref->name, buf_str(&out->bytes));
	out->reader = format_by_content(ref->name, str_slice(buf_str(&out->bytes), 0, 1024))->reader;
	out->object = (unsigned)object;
	return ST_OK;
}

static bool is_original(const Entry *entry, size_t object)
{
	return strcmp(entry->objects[object].role, "original") == 0;
}

static Status find(Store *store, const Entry *entry, unsigned page, const Deadline *until, Found *out, Err *err)
{
	size_t originals = 0;
	uint32_t count;
	Status st = ST_OK;
	for (size_t i = 0; i < entry->object_count; i++)
		originals += is_original(entry, i);
	for (size_t i = 0; i < entry->object_count && st == ST_OK; i++) {
		if (!is_original(entry, i))
			continue;
		st = load(store, entry, i, out, err);
		if (st != ST_OK || !page_image_is_possible(out->reader))
			continue;
		out->page = page;
		if (originals == 1)
			return ST_OK;
		st = page_view_count(out->reader, &out->file, until, &count, err);
		if (st == ST_OK && page <= count)
			return ST_OK;
		if (st == ST_OK)
			page -= count;
		else if (st == ST_INVALID || st == ST_LIMIT || st == ST_NOT_FOUND) /* one that can't be read has none */
			st = ST_OK;
	}
	return st == ST_OK ? err_set(err, ST_NOT_FOUND, "this record has no such page") : st;
}

Status page_view(Store *store, const Entry *entry, unsigned page, unsigned width, const Deadline *until, Buf *jpeg_out,
		 Err *err)
{
	Found found = {0};
	Status st = find(store, entry, page, until, &found, err);
	if (st == ST_OK)
		st = page_view_draw(found.reader, &found.file, found.page, width, until, jpeg_out, err);
	buf_done(&found.bytes);
	return st;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

typedef struct {
	Arena *arena;
	ViewWord *words;
	size_t count, capacity;
} Words;

static Status add(Words *words, const ViewWord *word, Err *err)
{
	if (words->count == words->capacity) {
		size_t capacity = words->capacity ? words->capacity * 2 : WORDS_STEP;
		ViewWord *grown = arena_calloc(words->arena, capacity, sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		if (words->count)
			memcpy(grown, words->words, words->count * sizeof *grown);
		words->words = grown;
		words->capacity = capacity;
	}
	words->words[words->count++] = *word;
	return ST_OK;
}

static Status add_layout_word(Words *words, const LayoutWord *word, Str text, Err *err)
{
	const double parts = 10000;
	ViewWord shown = {.text = str_slice(text, (size_t)word->start, (size_t)word->end),
			  .start = word->start,
			  .end = word->end,
			  .x = word->x / parts,
			  .y = word->y / parts,
			  .width = word->width / parts,
			  .height = word->height / parts};
	return add(words, &shown, err);
}

/* *found_out: the layout has the page. */
static Status read_layout(Store *store, const Entry *entry, const Found *found, Str text, Words *out, bool *found_out,
			  Err *err)
{
	Buf lines = {0};
	LayoutPage page = {0};
	LayoutWord word;
	Step step = STEP_END;
	bool is_page, is_wanted = false;
	Status st = ST_OK;
	for (size_t i = 0; i < entry->object_count && st == ST_OK; i++) {
		if (strcmp(entry->objects[i].role, LAYOUT_ROLE) != 0)
			continue;
		buf_clear(&lines);
		st = store_object_load(store, &entry->objects[i].hash, LAYOUT_MAX, &lines, err);
		LayoutReader reader = {.rest = buf_str(&lines)};
		while (st == ST_OK && (step = layout_next(&reader, &is_page, &page, &word, err)) == STEP_ITEM) {
			if (is_page)
				is_wanted = page.object == found->object && page.page == found->page;
			else if (is_wanted)
				st = add_layout_word(out, &word, text, err);
			*found_out = *found_out || is_wanted;
		}
		if (st == ST_OK && step == STEP_ERROR)
			st = err->code;
	}
	buf_done(&lines);
	return st;
}

/* The part of the text that is the page's: form feeds end pages. */
static size_t start_of_page(Str text, unsigned page)
{
	size_t at = 0;
	for (unsigned number = 1; number < page; number++) {
		ptrdiff_t feed = str_find_char(str_slice(text, at, text.len), '\f');
		if (feed < 0)
			return text.len;
		at += (size_t)feed + 1;
	}
	return at;
}

/* Words out of the document come in the order of its text: each is looked for a little behind the one before. */
static void place_in_text(ViewWord *words, size_t count, Str text, unsigned page)
{
	enum { AHEAD = 400 };
	size_t at = start_of_page(text, page);
	for (size_t i = 0; i < count; i++) {
		ptrdiff_t found = str_find(str_slice(text, at, at + AHEAD), words[i].text);
		if (found < 0)
			continue;
		words[i].start = at + (size_t)found;
		words[i].end = words[i].start + words[i].text.len;
		at = (size_t)words[i].end;
	}
}

static Status read_document(const Found *found, const Deadline *until, Words *out, Err *err)
{
	PageBox *boxes = NULL;
	size_t count = 0;
	Status st = page_view_boxes(found->reader, &found->file, found->page, until, out->arena, &boxes, &count, err);
	for (size_t i = 0; i < count && st == ST_OK; i++) {
		ViewWord word = {.text = boxes[i].text,
				 .x = boxes[i].x,
				 .y = boxes[i].y,
				 .width = boxes[i].width,
				 .height = boxes[i].height};
		st = add(out, &word, err);
	}
	return st;
}

Status page_view_words(Store *store, const Entry *entry, unsigned page, Str text, const Deadline *until, Arena *arena,
		       ViewWord **words_out, size_t *count_out, Err *err)
{
	Found found = {0};
	Words words = {.arena = arena};
	bool is_there = false;
	Status st = find(store, entry, page, until, &found, err);
	if (st == ST_OK)
		st = read_layout(store, entry, &found, text, &words, &is_there, err);
	if (st == ST_OK && !is_there && found.reader == READER_PDF) {
		st = read_document(&found, until, &words, err);
		if (st == ST_OK)
			place_in_text(words.words, words.count, text, page);
	}
	buf_done(&found.bytes);
	if (st != ST_OK)
		return st;
	*words_out = words.words;
	*count_out = words.count;
	return ST_OK;
}
