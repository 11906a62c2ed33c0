/* indexer/extract/page_words.c - lines of numbers and a word. Whoever wrote them may have been subverted by the
 * document, so every number is bounded and every word is UTF-8 without control characters. */
#include "indexer/extract/page_words.h"

#include "base/utf8.h"

#include <stdlib.h>

void page_words_done(PageWords *words)
{
	free(words->words);
	*words = (PageWords){0};
}

static bool take_number(Str *line, uint64_t most, uint64_t *out)
{
	Str part;
	return str_split(line, ' ', &part) && str_to_u64(part, out) && *out <= most;
}

static bool parse_head(Str line, PageWords *out)
{
	uint64_t quarters, tilt;
	Str word;
	if (!str_split(&line, ' ', &word) || !str_eq(word, STR("page")) || !take_number(&line, 3, &quarters))
		return false;
	bool minus = str_starts(line, STR("-"));
	if (minus)
		line = str_slice(line, 1, line.len);
	if (!take_number(&line, 9000, &tilt) || line.len)
		return false;
	out->quarters = (unsigned)quarters;
	out->tilt = minus ? -(int)tilt : (int)tilt;
	return true;
}

static bool is_word(Str text)
{
	if (!text.len || utf8_valid_prefix(text) != text.len)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if ((uint8_t)text.ptr[i] <= ' ' || text.ptr[i] == 0x7F)
			return false;
	return true;
}

static bool parse_word(Str line, PageWord *out)
{
	uint64_t x, y, width, height, certainty, before;
	if (!take_number(&line, PAGE_PARTS, &x) || !take_number(&line, PAGE_PARTS, &y) ||
	    !take_number(&line, PAGE_PARTS - x, &width) || !take_number(&line, PAGE_PARTS - y, &height) ||
	    !take_number(&line, 100, &certainty) || !take_number(&line, BREAK_PARAGRAPH, &before) || !is_word(line))
		return false;
	*out = (PageWord){(uint16_t)x,     (uint16_t)y, (uint16_t)width, (uint16_t)height, (uint8_t)certainty,
			  (uint8_t)before, line};
	return true;
}

Status page_words_parse(Str lines, PageWords *out, Err *err)
{
	PageWords parsed = {0};
	Str line;
	size_t capacity = 0;
	if (!str_split(&lines, '\n', &line) || !parse_head(line, &parsed))
		return err_set(err, ST_INVALID, "what the recogniser wrote is no page");
	while (lines.len && str_split(&lines, '\n', &line)) {
		if (parsed.count == capacity) {
			capacity = capacity ? capacity * 2 : 512;
			PageWord *grown = realloc(parsed.words, capacity * sizeof *grown);
			if (!grown) {
				page_words_done(&parsed);
				return err_no_memory(err);
			}
			parsed.words = grown;
		}
		if (parsed.count == PAGE_WORDS_MAX || !parse_word(line, &parsed.words[parsed.count])) {
			bool too_many = parsed.count == PAGE_WORDS_MAX;
			page_words_done(&parsed);
			return too_many ? err_set(err, ST_LIMIT, "a page of more than %d words", PAGE_WORDS_MAX)
					: err_set(err, ST_INVALID, "what the recogniser wrote is no word");
		}
		parsed.count++;
	}
	*out = parsed;
	return ST_OK;
}

void page_words_write_head(unsigned quarters, int tilt, Buf *out)
{
	buf_printf(out, "page %u %d\n", quarters, tilt);
}

void page_words_write(const PageWord *word, Buf *out)
{
	buf_printf(out, "%u %u %u %u %u %u %.*s\n", word->x, word->y, word->width, word->height, word->certainty,
		   word->before, STR_ARG(word->text));
}

void page_words_add_text(const PageWords *words, Buf *out, uint32_t *starts)
{
	static const char *const breaks[] = {" ", "\n", "\n\n"};
	for (size_t i = 0; i < words->count; i++) {
		if (i)
			buf_add_zero_terminated(out, breaks[words->words[i].before]);
		if (starts)
			starts[i] = (uint32_t)out->len;
		buf_add_str(out, words->words[i].text);
	}
}
