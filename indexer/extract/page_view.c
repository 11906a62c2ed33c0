/* indexer/extract/page_view.c - pdftoppm and pdftotext for PDFs, Leptonica for images. What pdftotext writes is XHTML
 * of its own simple kind: one line a word, which is taken apart without a parser of XML. */
#include "indexer/extract/page_view.h"

#include "base/file.h"
#include "base/utf8.h"
#include "indexer/extract/process.h"

#include <stdio.h>
#include <stdlib.h>

static Status run(const char *order, int wanted_code, const SourceFile *file, const Deadline *until, Buf *out, Err *err)
{
	static const ExtractLimits limits = {.cpu_seconds = PAGE_WALL_MS / 1000,
					     .wall_ms = PAGE_WALL_MS,
					     .memory_mib = 1536,
					     .text_bytes = 32 << 20};
	ProcessResult result;
	int fd = -1;
	Status st = source_file_open(file, &fd, err);
	if (st == ST_OK)
		st = process_extract(order, fd, &limits, until, &result, err);
	close_quietly(fd);
	if (st != ST_OK)
		return st;
	st = page_process_end(&result, wanted_code, err);
	if (st == ST_OK) {
		*out = result.out;
		result.out = (Buf){0};
	}
	process_result_done(&result);
	return st;
}

Status page_view_count(FormatReader reader, const SourceFile *file, const Deadline *until, uint32_t *count_out,
		       Err *err)
{
	Buf out = {0};
	PageImage head;
	uint64_t count = 0;
	Status st = run(reader == READER_PDF ? "pdf-info" : "image-page:0", reader == READER_PDF ? 0 : EXTRACT_READ,
			file, until, &out, err);
	if (st == ST_OK && reader == READER_PDF) {
		ptrdiff_t at = str_find(buf_str(&out), STR("\nPages:"));
		Str line = str_slice(buf_str(&out), at < 0 ? out.len : (size_t)at + 7, out.len);
		ptrdiff_t end = str_find_char(line, '\n');
		if (end < 0 || !str_to_u64(str_trim(str_slice(line, 0, (size_t)end)), &count) || count > PAGES_MAX)
			st = err_set(err, ST_INVALID, "nobody knows how many pages it has");
	} else if (st == ST_OK) {
		st = page_image_parse(&out, &head, err);
		if (st == ST_OK) {
			count = head.pages;
			page_image_done(&head);
		}
	}
	buf_done(&out);
	if (st == ST_OK)
		*count_out = (uint32_t)count;
	return st;
}

Status page_view_draw(FormatReader reader, const SourceFile *file, unsigned page, unsigned width, const Deadline *until,
		      Buf *jpeg_out, Err *err)
{
	char order[64];
	snprintf(order, sizeof order, "%s:%u:%u", reader == READER_PDF ? "pdf-view" : "image-view", page, width);
	Buf out = {0};
	Status st = run(order, reader == READER_PDF ? 0 : EXTRACT_READ, file, until, &out, err);
	if (st == ST_OK && !str_starts(buf_str(&out), STR("\xFF\xD8\xFF")))
		st = err_set(err, ST_INVALID, "the page can't be drawn");
	if (st == ST_OK)
		buf_add_str(jpeg_out, buf_str(&out));
	buf_done(&out);
	return st == ST_OK && !buf_ok(jpeg_out) ? err_no_memory(err) : st;
}

/* ---- boxes ----------------------------------------------------------------------------------------------------- */

/* The number of the attribute in the line. */
static bool read_attribute(Str line, Str name, double *out)
{
	char digits[32] = {0};
	ptrdiff_t at = str_find(line, name);
	if (at < 0)
		return false;
	Str value = str_slice(line, (size_t)at + name.len, line.len);
	ptrdiff_t end = str_find_char(value, '"');
	if (end <= 0 || (size_t)end >= sizeof digits)
		return false;
	memcpy(digits, value.ptr, (size_t)end);
	char *rest;
	*out = strtod(digits, &rest);
	return *rest == 0 && *out > -1e6 && *out < 1e6;
}

static double part(double value, double whole)
{
	double p = whole > 0 ? value / whole : 0;
	return p < 0 ? 0 : p > 1 ? 1 : p;
}

/* The five entities that it writes are undone. */
static Str unescape(Str text, Arena *arena)
{
	static const struct {
		Str entity;
		char c;
	} entities[] = {{{"&amp;", 5}, '&'},
			{{"&lt;", 4}, '<'},
			{{"&gt;", 4}, '>'},
			{{"&quot;", 6}, '"'},
			{{"&apos;", 6}, '\''}};
	Str copy = arena_copy(arena, text);
	char *to = (char *)(uintptr_t)copy.ptr;
	size_t len = 0;
	for (size_t at = 0; to && at < text.len;) {
		size_t i = 0, count = sizeof entities / sizeof entities[0];
		while (i < count && !str_starts(str_slice(text, at, text.len), entities[i].entity))
			i++;
		to[len++] = i < count ? entities[i].c : text.ptr[at];
		at += i < count ? entities[i].entity.len : 1;
	}
	return (Str){copy.ptr, len};
}

static bool read_box(Str line, double width, double height, Arena *arena, PageBox *out)
{
	double left, top, right, bottom;
	ptrdiff_t open = str_find_char(line, '>'), close = str_find(line, STR("</word>"));
	if (open < 0 || close <= open || !read_attribute(line, STR("xMin=\""), &left) ||
	    !read_attribute(line, STR("yMin=\""), &top) || !read_attribute(line, STR("xMax=\""), &right) ||
	    !read_attribute(line, STR("yMax=\""), &bottom))
		return false;
	Str text = str_slice(line, (size_t)open + 1, (size_t)close);
	if (!text.len || utf8_valid_prefix(text) != text.len)
		return false;
	*out = (PageBox){unescape(text, arena), part(left, width), part(top, height), 0, 0};
	out->width = part(right, width) - out->x;
	out->height = part(bottom, height) - out->y;
	return out->text.ptr && out->width >= 0 && out->height >= 0;
}

Status page_boxes_parse(Str xhtml, Arena *arena, PageBox **boxes_out, size_t *count_out, Err *err)
{
	double width = 0, height = 0;
	Str line, rest = xhtml;
	size_t most = 0, count = 0;
	while (rest.len && str_split(&rest, '\n', &line))
		most += str_starts(str_trim(line), STR("<word "));
	if (most > PAGE_BOXES_MAX)
		return err_set(err, ST_LIMIT, "a page of more than %d words", PAGE_BOXES_MAX);
	PageBox *boxes = arena_calloc(arena, most + 1, sizeof *boxes);
	if (!boxes)
		return err_no_memory(err);
	for (rest = xhtml; rest.len && str_split(&rest, '\n', &line);) {
		line = str_trim(line);
		if (str_starts(line, STR("<page "))) {
			if (!read_attribute(line, STR("width=\""), &width) ||
			    !read_attribute(line, STR("height=\""), &height))
				return err_set(err, ST_INVALID, "a page without a size");
		} else if (str_starts(line, STR("<word ")) && read_box(line, width, height, arena, &boxes[count])) {
			count++;
		}
	}
	*boxes_out = boxes;
	*count_out = count;
	return ST_OK;
}

Status page_view_boxes(FormatReader reader, const SourceFile *file, unsigned page, const Deadline *until, Arena *arena,
		       PageBox **boxes_out, size_t *count_out, Err *err)
{
	char order[48];
	Buf out = {0};
	if (reader != READER_PDF)
		return err_set(err, ST_UNSUPPORTED, "no words stand in this kind of file as text");
	snprintf(order, sizeof order, "pdf-words:%u", page);
	Status st = run(order, 0, file, until, &out, err);
	if (st == ST_OK)
		st = page_boxes_parse(buf_str(&out), arena, boxes_out, count_out, err);
	buf_done(&out);
	return st;
}
