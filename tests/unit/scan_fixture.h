/* tests/unit/scan_fixture.h - scans that the test draws itself: lines of text as grey pixels, as PNG, as a PDF whose
 * pages are images.
 *
 * Units    lines in points on A4 at `dpi`; degrees and quarter turns, clockwise
 * Owns     the Buf of the caller
 * Errors   a drawing that fails fails the test
 * Threads  one
 */
#ifndef TESTS_UNIT_SCAN_FIXTURE_H
#define TESTS_UNIT_SCAN_FIXTURE_H

#include "unit.h"

#include "base/buf.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <math.h>

/* fontconfig keeps what it has read until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig";
}

typedef struct {
	const char *const *lines; /* closed by NULL */
	double dpi, tilt;
	unsigned quarters;
} ScanPage;

static inline cairo_surface_t *scan_draw(const ScanPage *page)
{
	double width = 8.27 * page->dpi, height = 11.69 * page->dpi, point = page->dpi / 72;
	bool lies = page->quarters & 1;
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(lies ? height : width),
							      (int)(lies ? width : height));
	cairo_t *cairo = cairo_create(surface);
	cairo_set_source_rgb(cairo, 1, 1, 1);
	cairo_paint(cairo);
	cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
	cairo_translate(cairo, cairo_image_surface_get_width(surface) / 2.0,
			cairo_image_surface_get_height(surface) / 2.0);
	cairo_rotate(cairo, page->quarters * (M_PI / 2) + page->tilt * (M_PI / 180));
	cairo_translate(cairo, -width / 2, -height / 2);
	cairo_select_font_face(cairo, "DejaVu Serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cairo, 13 * point);
	for (size_t i = 0; page->lines[i]; i++) {
		cairo_move_to(cairo, 60 * point, (90 + 26 * (double)i) * point);
		cairo_show_text(cairo, page->lines[i]);
	}
	assert_int_equal(cairo_status(cairo), CAIRO_STATUS_SUCCESS);
	cairo_destroy(cairo);
	cairo_surface_flush(surface);
	return surface;
}

static inline cairo_status_t scan_add_bytes(void *ctx, const unsigned char *bytes, unsigned len)
{
	buf_add(ctx, bytes, len);
	return CAIRO_STATUS_SUCCESS;
}

/* As page_image.h has it. */
static inline void scan_add_pgm(const ScanPage *page, Buf *out)
{
	cairo_surface_t *surface = scan_draw(page);
	int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
	int stride = cairo_image_surface_get_stride(surface);
	const unsigned char *data = cairo_image_surface_get_data(surface);
	buf_printf(out, "P5\n# pages 1 dpi %d\n%d %d\n255\n", (int)page->dpi, width, height);
	char *grey = buf_extend(out, (size_t)width * (size_t)height);
	assert_non_null(grey);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			*grey++ = (char)data[y * stride + x * 4];
	cairo_surface_destroy(surface);
}

static inline void scan_add_png(const ScanPage *page, Buf *out)
{
	cairo_surface_t *surface = scan_draw(page);
	assert_int_equal(cairo_surface_write_to_png_stream(surface, scan_add_bytes, out), CAIRO_STATUS_SUCCESS);
	cairo_surface_destroy(surface);
}

/* One page of the PDF each; stamp: text that stands on the first page as text, NULL: none. A page without lines is text
 * alone. */
static inline void scan_add_pdf(const ScanPage *pages, size_t count, const char *const *stamp, Buf *out)
{
	cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(scan_add_bytes, out, 595, 842);
	cairo_t *cairo = cairo_create(pdf);
	for (size_t i = 0; i < count; i++) {
		cairo_surface_t *surface = scan_draw(&pages[i]);
		cairo_save(cairo);
		cairo_scale(cairo, 595.0 / cairo_image_surface_get_width(surface),
			    842.0 / cairo_image_surface_get_height(surface));
		cairo_set_source_surface(cairo, surface, 0, 0);
		cairo_paint(cairo);
		cairo_restore(cairo);
		cairo_surface_destroy(surface);
		for (size_t line = 0; i == 0 && stamp && stamp[line]; line++) {
			cairo_set_source_rgb(cairo, 0, 0, 0);
			cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
			cairo_set_font_size(cairo, 7);
			cairo_move_to(cairo, 300, 30 + 9 * (double)line);
			cairo_show_text(cairo, stamp[line]);
		}
		cairo_show_page(cairo);
	}
	assert_int_equal(cairo_status(cairo), CAIRO_STATUS_SUCCESS);
	cairo_destroy(cairo);
	cairo_surface_destroy(pdf);
}

#endif
