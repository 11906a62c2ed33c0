/* tokenizer/header_cells.c - a line is cut at white space wide enough to part columns, and before words that only begin
 * a right column: the national heading, the motto, a place with a date, "KT." and its relatives. The body begins with
 * the first cell that reads like a legal basis or an article.
 */
#include "tokenizer/header_cells.h"
#include "tokenizer/fold.h"
#include "tokenizer/plain.h"

enum { HEAD_BYTES = 32 * 1024 };

static void look_at_letters(HeaderCell *cell)
{
	size_t upper = 0, lower = 0;
	const uint8_t *p = (const uint8_t *)cell->text.ptr, *end = p + cell->text.len;
	unsigned width;
	for (; p < end; p += width) {
		uint32_t c = plain_next(p, end, &width);
		if (!width)
			break;
		if (plain_is_letter(c)) {
			bool is_upper = plain_upper(c) == c;
			upper += is_upper;
			lower += !is_upper;
		}
	}
	cell->capitals = upper >= 2 && lower * 10 <= upper; /* a small letter or two of recognition are let pass */
}

bool header_cell_make(Str text, size_t start, size_t end, Arena *arena, HeaderCell *out, Err *err)
{
	char plain[CELL_MAX];
	Buf folded;
	size_t len = plain_copy(str_slice(text, start, end), plain, sizeof plain);
	bool has_letter = false;
	for (size_t i = 0; i < len; i++)
		has_letter |= (uint8_t)plain[i] >= 0x80 || letter_ascii[(uint8_t)plain[i]] ||
			      plain_is_digit((uint8_t)plain[i]);
	if (!has_letter)
		return false;
	buf_init(&folded);
	fold_text((Str){plain, len}, &folded);
	*out = (HeaderCell){.start = (uint32_t)start, .end = (uint32_t)end};
	out->text = arena_copy(arena, (Str){plain, len});
	out->folded = arena_copy(arena, buf_str(&folded));
	bool ok = buf_ok(&folded) && out->text.ptr && out->folded.ptr;
	buf_done(&folded);
	if (!ok) {
		err_no_memory(err);
		return false;
	}
	look_at_letters(out);
	return true;
}

/* White space that parts columns: a tab, or three blanks; its end, or at where none stands. */
static size_t column_gap(Str text, size_t at, size_t end)
{
	size_t blanks = 0, i = at;
	bool tab = false;
	while (i < end) {
		unsigned width;
		const uint8_t *p = (const uint8_t *)text.ptr;
		if (plain_next(p + i, p + end, &width) != ' ')
			break;
		tab |= text.ptr[i] == '\t';
		blanks++;
		i += width;
	}
	return tab || blanks >= 3 ? i : at;
}

/* Does the right column begin at the word at `at`: the national heading, the motto, "<Place>, ngày", "KT. …"? */
static bool begins_right_column(Str text, size_t at, size_t end)
{
	static const char *const openings[] = {"conghoaxahoi", "conghoaxa", "doclap-tudo", "doclaptudo"};
	char letters[16];
	size_t len = 0;
	unsigned width;
	const uint8_t *base = (const uint8_t *)text.ptr;
	for (size_t i = at; i < end && len + 1 < sizeof letters; i += width) {
		uint32_t c = plain_next(base + i, base + end, &width);
		char ascii = plain_ascii_upper(c);
		if (!width)
			break;
		if (ascii)
			letters[len++] = (char)(ascii + 32);
		else if (c == '-')
			letters[len++] = '-';
		else if (c != ' ')
			break;
	}
	for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++)
		if (len >= 9 &&
		    strncmp(letters, openings[i], len < strlen(openings[i]) ? len : strlen(openings[i])) == 0)
			return true;
	return false;
}

/* "Hà Nội, ngày 12" with something before it on the line: Capital, a few words, a comma, "ngày". */
static bool begins_place(Str text, size_t at, size_t end)
{
	const uint8_t *p = (const uint8_t *)text.ptr + at, *stop = (const uint8_t *)text.ptr + end;
	unsigned width;
	uint32_t c = plain_next(p, stop, &width);
	if (!plain_is_letter(c) || plain_upper(c) != c)
		return false;
	for (unsigned letters = 0; p < stop && letters < 40; letters++, p += width) {
		c = plain_next(p, stop, &width);
		if (c == ',') {
			char word[8];
			size_t len;
			plain_word(plain_skip_spaces(p + width, stop, 3), stop, word, sizeof word, &len);
			return letters >= 2 && len == 4 && memcmp(word, "ngay", 4) == 0;
		}
		if (c != ' ' && c != '.' && c != '-' && !plain_is_letter(c))
			return false;
	}
	return false;
}

static Status add_cell(HeaderCells *cells, Str text, size_t start, size_t end, bool right, Arena *arena, Err *err)
{
	HeaderCell *cell = &cells->cells[cells->count];
	err->code = ST_OK;
	if (cells->count < HEADER_CELLS_MAX && header_cell_make(text, start, end, arena, cell, err)) {
		cell->right = right;
		cells->count++;
	}
	return err->code;
}

static Status cut_line(HeaderCells *cells, Str text, size_t start, size_t end, Arena *arena, Err *err)
{
	size_t from = start, i = start;
	Status st = ST_OK;
	bool right = false, word_start = true, number_before = false;
	while (i < end && st == ST_OK) {
		size_t gap = column_gap(text, i, end);
		bool cut = gap > i && from < i;
		unsigned width;
		const uint8_t *p = (const uint8_t *)text.ptr;
		uint32_t c = plain_next(p + i, p + end, &width);
		if (!cut && word_start && i > from + 3 && c != ' ')
			cut = begins_right_column(text, i, end) || (number_before && begins_place(text, i, end));
		if (cut) {
			st = add_cell(cells, text, from, i, right, arena, err);
			right = true;
			from = gap > i ? gap : i;
			number_before = false;
		}
		if (gap > i) {
			if (from <= i)
				from = gap;
			i = gap;
			word_start = true;
			continue;
		}
		number_before |= plain_is_digit(c);
		word_start = c == ' ';
		i += width ? width : 1;
	}
	return st == ST_OK && from < end ? add_cell(cells, text, from, end, right, arena, err) : st;
}

static bool begins_body(Str folded)
{
	static const char *const openings[] = {"can cu ",    "dieu 1.",      "dieu 1:",     "dieu 1 ",
					       "chuong i",   "theo de nghi", "xet de nghi", "kinh gui",
					       "thuc hien ", "phan i",       "xet to trinh"};
	for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++)
		if (folded_starts(folded, openings[i]))
			return true;
	return false;
}

Status header_cells_cut(Str text, Arena *arena, HeaderCells *out, Err *err)
{
	size_t at = 0, limit = text.len < HEAD_BYTES ? text.len : HEAD_BYTES;
	Status st = ST_OK;
	out->count = 0;
	out->body = HEADER_CELLS_MAX;
	while (at < limit && out->count < HEADER_CELLS_MAX && out->count < out->body + 4 && st == ST_OK) {
		size_t first = out->count;
		ptrdiff_t newline = str_find_char(str_slice(text, at, limit), '\n');
		size_t end = newline < 0 ? limit : at + (size_t)newline;
		st = cut_line(out, text, at, end, arena, err);
		at = end + 1;
		for (size_t i = first; i < out->count && out->body == HEADER_CELLS_MAX; i++)
			if (begins_body(out->cells[i].folded))
				out->body = i;
	}
	out->body = out->body < out->count ? out->body : out->count;
	return st;
}

bool header_is_national(Str folded)
{
	return str_find(folded, STR("cong hoa xa hoi")) >= 0 || str_find(folded, STR("chu nghia viet nam")) >= 0 ||
	       str_find(folded, STR("tu do - hanh")) >= 0 || folded_starts(folded, "doc lap") ||
	       str_find(folded, STR("viet nam dan chu cong hoa")) >= 0;
}

Str header_trim(Str s)
{
	while (s.len && strchr(" :.;,-_*\"'", s.ptr[s.len - 1]))
		s.len--;
	while (s.len && strchr(" :.;,-_*\"'", s.ptr[0]))
		s = str_slice(s, 1, s.len);
	return s;
}
