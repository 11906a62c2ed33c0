/* tests/fuzz/ingest_page.c - any bytes as what a recogniser or a drawing process wrote, and as a layout out of the
 * archive: words lie on the page, pixels within what was given, places within bounds; and as boxes out of a PDF. The
 * first byte says which. */
#include "indexer/extract/page_image.h"
#include "indexer/extract/page_view.h"
#include "indexer/extract/page_words.h"
#include "indexer/recognise/layout.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_words(Str lines)
{
	PageWords words;
	Buf text = {0};
	Err err;
	if (page_words_parse(lines, &words, &err) != ST_OK)
		return;
	uint32_t *starts = malloc((words.count + 1) * sizeof *starts);
	if (starts)
		page_words_add_text(&words, &text, starts);
	for (size_t i = 0; i < words.count; i++) {
		const PageWord *w = &words.words[i];
		if (w->x + w->width > PAGE_PARTS || w->y + w->height > PAGE_PARTS || w->certainty > 100 ||
		    (starts && starts[i] + w->text.len > text.len))
			abort();
	}
	free(starts);
	buf_done(&text);
	page_words_done(&words);
}

static void read_image(Str bytes)
{
	PageImage image;
	Buf pgm = {0};
	Err err;
	buf_add_str(&pgm, bytes);
	if (page_image_parse(&pgm, &image, &err) == ST_OK) {
		if ((uint64_t)image.width * image.height != image.pixels.len || image.pixels.len > bytes.len)
			abort();
		page_image_done(&image);
	}
	buf_done(&pgm);
}

static void read_layout(Str bytes)
{
	LayoutReader reader = {.rest = bytes};
	LayoutPage page;
	LayoutWord word;
	bool is_page;
	Err err;
	uint64_t last = 0;
	while (layout_next(&reader, &is_page, &page, &word, &err) == STEP_ITEM) {
		if (!is_page && (word.end < word.start || word.start < last || word.x + word.width > PAGE_PARTS ||
				 word.y + word.height > PAGE_PARTS))
			abort();
		last = is_page ? last : word.end;
	}
}

static void read_boxes(Str xhtml)
{
	Arena arena = {0};
	PageBox *boxes;
	size_t count = 0;
	Err err;
	if (page_boxes_parse(xhtml, &arena, &boxes, &count, &err) != ST_OK)
		count = 0;
	for (size_t i = 0; i < count; i++)
		if (!boxes[i].text.len || boxes[i].x < 0 || boxes[i].x + boxes[i].width > 1.000001 || boxes[i].y < 0 ||
		    boxes[i].y + boxes[i].height > 1.000001)
			abort();
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	Str rest = {(const char *)data + 1, size - 1};
	if (data[0] == 'w')
		read_words(rest);
	else if (data[0] == 'i')
		read_image(rest);
	else if (data[0] == 'b')
		read_boxes(rest);
	else
		read_layout(rest);
	return 0;
}
