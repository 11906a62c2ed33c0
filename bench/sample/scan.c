/* bench/sample/scan.c - the lines are drawn into an image first, which is then the only thing on the page of a PDF: it
 * looks like a scan, and no program finds a text in it. */
#include "bench/sample/office_files.h"

#include <cairo-pdf.h>
#include <stdio.h>

enum { LINES_MAX = 34, LINE_BYTES = 120 };

static const double page_width = 595, page_height = 842, margin = 50; /* points */

static cairo_surface_t *draw(Str text, double scale)
{
	cairo_surface_t *image =
		cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(page_width * scale), (int)(page_height * scale));
	cairo_t *cairo = cairo_create(image);
	Str line;
	cairo_set_source_rgb(cairo, 0.97, 0.97, 0.95);
	cairo_paint(cairo);
	cairo_set_source_rgb(cairo, 0.12, 0.12, 0.14);
	cairo_scale(cairo, scale, scale);
	cairo_select_font_face(cairo, "DejaVu Serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cairo, 11);
	for (int i = 0; i < LINES_MAX && text.len; i++) {
		char shown[LINE_BYTES + 1];
		str_split(&text, '\n', &line);
		size_t len = line.len < LINE_BYTES ? line.len : LINE_BYTES;
		while (len < line.len && len && ((unsigned char)line.ptr[len] & 0xC0) == 0x80)
			len--;
		snprintf(shown, sizeof shown, "%.*s", (int)len, line.ptr);
		cairo_move_to(cairo, margin, margin + 22 * (i + 1));
		cairo_show_text(cairo, shown);
	}
	cairo_destroy(cairo);
	cairo_surface_flush(image);
	return image;
}

Status scan_write(Str text, unsigned dpi, const char *path, Err *err)
{
	double scale = dpi / 72.0;
	cairo_surface_t *image = draw(text, scale), *surface = cairo_pdf_surface_create(path, page_width, page_height);
	cairo_t *cairo = cairo_create(surface);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
				       "2020-01-01T00:00:00Z"); /* the same bytes every time */
	cairo_scale(cairo, 1 / scale, 1 / scale);
	cairo_set_source_surface(cairo, image, 0, 0);
	cairo_paint(cairo);
	cairo_show_page(cairo);
	cairo_surface_finish(surface);
	cairo_status_t status = cairo_status(cairo);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	cairo_surface_destroy(image);
	return status == CAIRO_STATUS_SUCCESS
		       ? ST_OK
		       : err_set(err, ST_INTERNAL, "%s: %s", path, cairo_status_to_string(status));
}
