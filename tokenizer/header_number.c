/* tokenizer/header_number.c - the document's own number: behind "Số:", on the line below, over two lines, or alone on a
 * line. A number that is not filled in is none; what is cited further down is not the document's own. */
#include "tokenizer/header_number.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/fold.h"
#include "tokenizer/plain.h"

#include <stdio.h>

#define CERTAIN 0.9
#define HARDLY_CERTAIN 0.7

ptrdiff_t header_number_label(Str folded)
{
	size_t at = 0, len;
	while (at < folded.len && !letter_ascii[(uint8_t)folded.ptr[at]]) {
		if (at > 3 || plain_is_digit((uint8_t)folded.ptr[at]))
			return -1;
		at++;
	}
	Str rest = str_slice(folded, at, folded.len);
	if (doc_type_by_prefix(rest, &len))
		rest = str_trim(str_slice(rest, len, rest.len));
	if (!folded_starts(rest, "so") || (rest.len > 2 && letter_ascii[(uint8_t)rest.ptr[2]]))
		return -1;
	Str behind = str_trim(str_slice(rest, 2, rest.len));
	bool word = behind.len && letter_ascii[(uint8_t)behind.ptr[0]]; /* "Sở Nội vụ"; but "Số l5/2019" */
	if (word && (behind.len < 2 || !strchr("loi", behind.ptr[0]) || letter_ascii[(uint8_t)behind.ptr[1]]))
		return -1;
	return rest.ptr + 2 - folded.ptr;
}

/* What stands behind the word "số" of a cell. */
static Str behind_label(const HeaderCell *cell)
{
	const uint8_t *p = (const uint8_t *)cell->text.ptr, *end = p + cell->text.len;
	while (p < end) {
		char word[16];
		size_t len;
		unsigned width;
		const uint8_t *stop = plain_word(p, end, word, sizeof word, &len);
		if (len == 2 && word[0] == 's' && word[1] == 'o')
			return (Str){(const char *)stop, (size_t)(end - stop)};
		if (stop == p)
			plain_next(p, end, &width);
		p = stop == p ? p + (width ? width : 1) : stop;
	}
	return STR("");
}

/* A number in a sentence is another record's: "Luật số 35/2018/QH14 ngày 20 tháng 11 …", "số 29-NQ/TW của …". Behind
 * the document's own stands nothing, or the place and date of the right column. behind: folded. */
static bool goes_on_as_sentence(Str behind)
{
	static const char *const words[] = {"ngay ",       "cua ",  "ve ",      "va ",      "cho ",
					    "da ",         "duoc ", "quy dinh", "ban hanh", "sua doi",
					    "co hieu luc", "tai ",  "theo ",    "nhu sau",  "thi hanh"};
	behind = str_trim(behind);
	bool listed = behind.len > 1 && strchr(",;", behind.ptr[0]);
	while (behind.len && strchr(" ,;.", behind.ptr[0]))
		behind = str_slice(behind, 1, behind.len);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (folded_starts(behind, words[i]))
			return true;
	return listed && str_find(behind, STR("ngay")) < 0;
}

/* "Thông tư số 102/2018/TT-BTC ngày 14 tháng 11 năm 2018" below its agency: the heading of a part in the gazette. */
static bool is_gazette_heading(const HeaderCells *cells, size_t i, Str behind)
{
	behind = str_trim(behind);
	return i && cells->cells[i - 1].capitals && folded_starts(behind, "ngay ") && behind.len < 34 &&
	       behind.len > 4 && plain_is_digit((uint8_t)behind.ptr[behind.len - 1]);
}

/* How sure is it that the number of a labelled cell is not a citation? 0: it is one. A letterhead writes "Số:" and
 * begins its line with it, or with the type in a heading; "số", or a type before it, is a sentence. */
static double own_certainty(const HeaderCells *cells, size_t i)
{
	const HeaderCell *cell = &cells->cells[i];
	RecordNumber number;
	size_t start, end, type_len;
	Str folded = cell->folded;
	if (!record_number_find(cell->text, 0, &number, &start, &end))
		return CERTAIN;
	Buf behind = {0};
	fold_text(str_slice(cell->text, end, cell->text.len), &behind);
	bool sentence = goes_on_as_sentence(buf_str(&behind)), more = str_trim(buf_str(&behind)).len > 1;
	bool heading = is_gazette_heading(cells, i, buf_str(&behind));
	buf_done(&behind);
	bool typed = doc_type_by_prefix(folded, &type_len);
	bool small = cell->text.len && cell->text.ptr[0] == 's';
	bool colon = start && str_find_char(str_slice(cell->text, 0, start), ':') >= 0;
	if (typed && heading)
		return HARDLY_CERTAIN;
	return ((typed || small) ? sentence || (small && !colon && more) : sentence && !colon) ? 0 : CERTAIN;
}

/* "Số: 4# /2020/TT-BCA": what can't be read of a number is not what is left of it. */
static bool is_illegible(Str rest, const RecordNumber *number)
{
	ptrdiff_t at = str_find(rest, str_from(number->num));
	for (; at > 0; at--)
		if (rest.ptr[at - 1] == '/' || rest.ptr[at - 1] == '-')
			return true;
		else if (rest.ptr[at - 1] != ' ')
			return false;
	return false;
}

static bool parse_label(const HeaderCells *cells, size_t i, RecordNumber *out, double *certainty_out)
{
	*certainty_out = CERTAIN;
	const HeaderCell *cell = &cells->cells[i];
	Str rest = behind_label(cell);
	while (rest.len && strchr(" :.;,'", rest.ptr[0]))
		rest = str_slice(rest, 1, rest.len);
	if (rest.len && !plain_is_digit((uint8_t)rest.ptr[0]) && !strchr("lIO|", rest.ptr[0]))
		rest.len = 0;
	rest = str_trim(rest);
	bool open_end = rest.len && strchr("/-", rest.ptr[rest.len - 1]); /* a joint number goes on below */
	if (rest.len && !open_end && record_number_parse(str_slice(rest, 0, 160), out) && out->group_count)
		return !is_illegible(rest, out) && (*certainty_out = own_certainty(cells, i)) > 0;
	if (i + 1 >= cells->count) /* the number may stand on the next line, whole or in part */
		return false;
	char joined[400];
	Str next = cells->cells[i + 1].text;
	int len = snprintf(joined, sizeof joined, "%.*s%.*s", (int)(rest.len < 150 ? rest.len : 150), rest.ptr,
			   (int)(next.len < 150 ? next.len : 150), next.ptr);
	bool tied = rest.len == 0 || strchr("/-", rest.ptr[rest.len - 1]) || strchr("/-", next.ptr[0]);
	return tied && len > 0 && plain_is_digit((uint8_t)joined[0]) &&
	       record_number_parse((Str){joined, (size_t)len}, out) && out->group_count;
}

static bool whole_cell_number(const HeaderCell *cell, RecordNumber *out)
{
	size_t start, end;
	return cell->text.len < 60 && record_number_find(cell->text, 0, out, &start, &end) && start == 0 &&
	       end + 2 >= cell->text.len;
}

void header_number_read(const HeaderCells *cells, Arena *arena, HeaderFields *out)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < (cells->body < 60 ? cells->body : 60); i++) {
			const HeaderCell *cell = &cells->cells[i];
			RecordNumber number;
			double certainty = HARDLY_CERTAIN;
			bool labelled = header_number_label(cell->folded) >= 0;
			if (pass == 0 ? !labelled || !parse_label(cells, i, &number, &certainty)
				      : !whole_cell_number(cell, &number))
				continue;
			char written[RECORD_NUMBER_MAX + 8];
			size_t len = record_number_write(&number, written);
			out->number = number;
			header_set(out, HEADER_NUMBER, header_keep(arena, written, len), certainty, cell->start,
				   cell->end);
			return;
		}
	}
}
