/* bench/sample/pdf.c - cairo lays out one line after the other. Lines are broken by words; lines in capitals are
 * centred. */
#include "bench/sample/office_files.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <stdlib.h>

static const double page_width = 595, page_height = 842, margin = 62, font_size = 12, leading = 17; /* points */

typedef struct {
	cairo_t *cairo;
	double y;
} Page;

static double width_of(cairo_t *cairo, const char *line)
{
	cairo_text_extents_t extents;
	cairo_text_extents(cairo, line, &extents);
	return extents.x_advance;
}

static void show_line(Page *page, const char *line, bool centred)
{
	if (page->y > page_height - margin) {
		cairo_show_page(page->cairo);
		page->y = margin;
	}
	double x = centred ? (page_width - width_of(page->cairo, line)) / 2 : margin;
	cairo_move_to(page->cairo, x, page->y);
	cairo_show_text(page->cairo, line);
	page->y += leading;
}

static bool is_capital_line(Str s)
{
	bool letters = false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
			return false;
		letters = letters || (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z');
	}
	return letters && s.len < 120;
}

/* Words are added to the line while it is not too wide. */
static void show_paragraph(Page *page, Str paragraph, Buf *line)
{
	bool centred = is_capital_line(paragraph);
	Str word;
	buf_clear(line);
	while (str_split(&paragraph, ' ', &word)) {
		size_t before = line->len;
		if (before)
			buf_add_char(line, ' ');
		buf_add_str(line, word);
		buf_add_char(line, 0);
		line->len--;
		if (before && width_of(page->cairo, line->data) > page_width - 2 * margin) {
			line->data[before] = 0;
			show_line(page, line->data, centred);
			buf_clear(line);
			buf_add_str(line, word);
		}
	}
	buf_add_char(line, 0);
	if (buf_ok(line))
		show_line(page, line->data, centred);
}

Status pdf_write(Str text, const char *title, const char *path, Err *err)
{
	cairo_surface_t *surface = cairo_pdf_surface_create(path, page_width, page_height);
	cairo_t *cairo = cairo_create(surface);
	Page page = {cairo, margin};
	Buf line = {0};
	Str paragraph;
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
				       "2020-01-01T00:00:00Z"); /* the same bytes every time */
	cairo_select_font_face(cairo, "DejaVu Serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cairo, font_size);
	while (str_split(&text, '\n', &paragraph))
		show_paragraph(&page, paragraph, &line);
	cairo_show_page(cairo);
	cairo_surface_finish(surface);
	cairo_status_t status = cairo_status(cairo);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	Status st = buf_ok(&line) ? ST_OK : err_no_memory(err);
	buf_done(&line);
	return status == CAIRO_STATUS_SUCCESS
		       ? st
		       : err_set(err, ST_INTERNAL, "%s: %s", path, cairo_status_to_string(status));
}
