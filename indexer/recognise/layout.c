/* indexer/recognise/layout.c - lines of whole numbers. Starts are told by the gap behind the word before, so most lines
 * are short and much alike, which the archive's compression likes: some 8 bytes a word on disk. */
#include "indexer/recognise/layout.h"

static const char head[] = "hoso-layout 1";

static void begin(LayoutWriter *writer)
{
	if (!writer->lines.len)
		buf_printf(&writer->lines, "%s\n", head);
}

void layout_add_page(LayoutWriter *writer, const LayoutPage *page)
{
	begin(writer);
	buf_printf(&writer->lines, "page %u %u %u %u %u %u %d\n", page->object, page->page, page->width, page->height,
		   page->dpi, page->quarters, page->tilt);
}

void layout_add_word(LayoutWriter *writer, const LayoutWord *word)
{
	begin(writer);
	buf_printf(&writer->lines, "%llu %llu %u %u %u %u %u\n", (unsigned long long)(word->start - writer->at),
		   (unsigned long long)(word->end - word->start), word->x, word->y, word->width, word->height,
		   word->certainty);
	writer->at = word->end;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

enum { NUMBERS = 7 };
static const uint64_t number_max = UINT32_MAX;

static bool read_numbers(Str line, uint64_t out[static NUMBERS], bool *minus)
{
	Str part;
	for (int i = 0; i < NUMBERS; i++) {
		if (!str_split(&line, ' ', &part))
			return false;
		if (i == NUMBERS - 1 && str_starts(part, STR("-"))) {
			*minus = true;
			part = str_slice(part, 1, part.len);
		}
		if (!str_to_u64(part, &out[i]) || out[i] > number_max)
			return false;
	}
	return line.len == 0;
}

static bool read_page(const uint64_t n[static NUMBERS], bool minus, LayoutPage *out)
{
	enum { TILT_MAX = 9000, PAGES = 1000000, SIDE_MAX = 1000000 };
	if (n[1] == 0 || n[1] > PAGES || n[2] > SIDE_MAX || n[3] > SIDE_MAX || n[5] > 3 || n[6] > TILT_MAX)
		return false;
	*out = (LayoutPage){(uint32_t)n[0],
			    (uint32_t)n[1],
			    (uint32_t)n[2],
			    (uint32_t)n[3],
			    (uint32_t)n[4],
			    (uint32_t)n[5],
			    minus ? -(int32_t)n[6] : (int32_t)n[6]};
	return true;
}

static bool read_word(const uint64_t n[static NUMBERS], bool minus, LayoutReader *reader, LayoutWord *out)
{
	enum { PARTS = 10000 };
	if (minus || n[2] > PARTS || n[3] > PARTS || n[4] > PARTS - n[2] || n[5] > PARTS - n[3] || n[6] > 100)
		return false;
	uint64_t start = reader->at + n[0], end = start + n[1];
	reader->at = end;
	*out = (LayoutWord){start, end, (uint32_t)n[2], (uint32_t)n[3], (uint32_t)n[4], (uint32_t)n[5], (uint32_t)n[6]};
	return true;
}

static bool begin_reading(LayoutReader *reader)
{
	Str line;
	reader->begun = true;
	return str_split(&reader->rest, '\n', &line) && str_eq(line, str_from(head));
}

Step layout_next(LayoutReader *reader, bool *is_page_out, LayoutPage *page, LayoutWord *word, Err *err)
{
	Str line;
	uint64_t numbers[NUMBERS];
	bool minus = false, ok = true;
	if (!reader->begun)
		ok = begin_reading(reader);
	if (ok && !reader->rest.len)
		return STEP_END;
	ok = ok && str_split(&reader->rest, '\n', &line);
	if (ok) {
		*is_page_out = str_starts(line, STR("page "));
		if (*is_page_out)
			line = str_slice(line, 5, line.len);
		ok = read_numbers(line, numbers, &minus) &&
		     (*is_page_out ? read_page(numbers, minus, page) : read_word(numbers, minus, reader, word));
	}
	if (ok)
		return STEP_ITEM;
	err_set(err, ST_CORRUPT, "no layout of words that can be read");
	return STEP_ERROR;
}
