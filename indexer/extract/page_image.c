/* indexer/extract/page_image.c - one process for each page, so that a page that can't be drawn costs no other one. A
 * page that is too large at 300 dpi (a map, a plan) is drawn once more, fitted into a square. */
#include "indexer/extract/page_image.h"

#include "base/file.h"
#include "indexer/extract/process.h"

#include <stdio.h>

void page_image_done(PageImage *image)
{
	buf_done(&image->owned);
	*image = (PageImage){0};
}

static const struct {
	FormatReader reader;
	const char *word, *smaller;
} drawers[] = {
	{READER_PDF, "pdf-page", "pdf-page-small"},
	{READER_IMAGE, "image-page", NULL},
};

bool page_image_is_possible(FormatReader reader)
{
	for (size_t i = 0; i < sizeof drawers / sizeof drawers[0]; i++)
		if (drawers[i].reader == reader)
			return true;
	return false;
}

/* ---- PGM ------------------------------------------------------------------------------------------------------- */

/* The digits at *at, and what stands behind them. */
static bool read_number(Str *at, uint32_t *out)
{
	size_t digits = 0;
	uint64_t value;
	while (digits < at->len && digits < 9 && at->ptr[digits] >= '0' && at->ptr[digits] <= '9')
		digits++;
	if (!digits || !str_to_u64(str_slice(*at, 0, digits), &value))
		return false;
	*at = str_slice(*at, digits, at->len);
	*out = (uint32_t)value;
	return true;
}

static bool skip_word(Str *at, Str word)
{
	if (!str_starts(*at, word))
		return false;
	*at = str_slice(*at, word.len, at->len);
	return true;
}

static bool skip_blank(Str *at)
{
	if (!at->len || (at->ptr[0] != ' ' && at->ptr[0] != '\n'))
		return false;
	*at = str_slice(*at, 1, at->len);
	return true;
}

Status page_image_parse(Buf *pgm, PageImage *out, Err *err)
{
	PageImage image = {.dpi = PAGE_DPI};
	uint32_t most = 0;
	Str at = buf_str(pgm);
	bool ok = skip_word(&at, STR("P5")) && skip_blank(&at);
	if (ok && skip_word(&at, STR("# pages ")))
		ok = read_number(&at, &image.pages) && skip_word(&at, STR(" dpi ")) && read_number(&at, &image.dpi) &&
		     skip_blank(&at);
	ok = ok && read_number(&at, &image.width) && skip_blank(&at) && read_number(&at, &image.height) &&
	     skip_blank(&at) && read_number(&at, &most) && most == 255 && skip_blank(&at);
	uint64_t pixels = (uint64_t)image.width * image.height;
	if (!ok || !pixels || pixels > at.len || !image.dpi)
		return err_set(err, ST_INVALID, "its page is no image that can be read");
	if (pixels > PAGE_PIXELS_MAX || image.width > PAGE_SIDE_MAX || image.height > PAGE_SIDE_MAX)
		return err_set(err, ST_LIMIT, "its page has %u × %u pixels, which is too many", image.width,
			       image.height);
	image.pixels = str_slice(at, 0, (size_t)pixels);
	image.owned = *pgm;
	*pgm = (Buf){0};
	*out = image;
	return ST_OK;
}

/* ---- drawing --------------------------------------------------------------------------------------------------- */

Status page_process_end(const struct ProcessResult *result, int wanted_code, Err *err)
{
	if (result->end == PROCESS_GIVEN_UP)
		return err_set(err, ST_BUSY, "there was no time left to draw the page");
	if (result->end == PROCESS_KILLED_TIME)
		return err_set(err, ST_LIMIT, "the page took too long to draw");
	if (result->end == PROCESS_KILLED_OUTPUT)
		return err_set(err, ST_LIMIT, "the page is too large");
	if (result->end == PROCESS_DIED)
		return err_set(err, ST_INVALID, "the page can't be drawn: signal %d", result->code);
	if (strstr(result->message, "there is no page") || strstr(result->message, "Wrong page range"))
		return err_set(err, ST_NOT_FOUND, "there is no such page");
	if (result->end != PROCESS_ENDED || result->code != wanted_code)
		return err_set(err, ST_INVALID, "the page can't be drawn: %s", result->message);
	if (!result->out.len)
		return err_set(err, ST_NOT_FOUND, "there is no such page");
	return ST_OK;
}

static Status draw(const char *word, unsigned page, int fd, bool by_program, const Deadline *until, PageImage *out,
		   Err *err)
{
	static const ExtractLimits limits = {.cpu_seconds = PAGE_WALL_MS / 1000,
					     .wall_ms = PAGE_WALL_MS,
					     .memory_mib = 1536,
					     .text_bytes = PAGE_PIXELS_MAX + 1024};
	ProcessResult result;
	char order[48];
	snprintf(order, sizeof order, "%s:%u", word, page);
	Status st = process_extract(order, fd, &limits, until, &result, err);
	if (st != ST_OK)
		return st;
	st = page_process_end(&result, by_program ? 0 : EXTRACT_READ, err);
	if (st == ST_OK)
		st = page_image_parse(&result.out, out, err);
	process_result_done(&result);
	return st;
}

Status page_image_draw(FormatReader reader, const SourceFile *file, unsigned page, const Deadline *until,
		       PageImage *out, Err *err)
{
	int fd = -1;
	for (size_t i = 0; i < sizeof drawers / sizeof drawers[0]; i++) {
		if (drawers[i].reader != reader)
			continue;
		bool by_program = drawers[i].smaller != NULL;
		Status st = source_file_open(file, &fd, err);
		if (st != ST_OK)
			return st;
		st = draw(drawers[i].word, page, fd, by_program, until, out, err);
		if (st == ST_LIMIT && by_program && !deadline_passed(until))
			st = draw(drawers[i].smaller, page, fd, by_program, until, out, err);
		close_quietly(fd);
		return st;
	}
	return err_set(err, ST_UNSUPPORTED, "pages of this kind of file can't be drawn");
}
