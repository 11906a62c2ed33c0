/* tokenizer/header_number.c - the document's own number: behind "Số:", on the line below, over two lines, or alone on a
 * line. A number that is not filled in is none; what is cited further down is not the document's own. */
#include "tokenizer/header_number.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/plain.h"

#include <stdio.h>

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

static bool parse_label(const HeaderCells *cells, size_t i, RecordNumber *out)
{
	const HeaderCell *cell = &cells->cells[i];
	Str rest = behind_label(cell);
	while (rest.len && strchr(" :.;,'", rest.ptr[0]))
		rest = str_slice(rest, 1, rest.len);
	if (rest.len && !plain_is_digit((uint8_t)rest.ptr[0]) && !strchr("lIO|", rest.ptr[0]))
		rest.len = 0;
	rest = str_trim(rest);
	bool open_end = rest.len && strchr("/-", rest.ptr[rest.len - 1]); /* a joint number goes on below */
	if (rest.len && !open_end && record_number_parse(str_slice(rest, 0, 160), out) && out->group_count)
		return true;
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
			bool labelled = header_number_label(cell->folded) >= 0;
			if (pass == 0 ? !labelled || !parse_label(cells, i, &number)
				      : !whole_cell_number(cell, &number))
				continue;
			char written[RECORD_NUMBER_MAX + 8];
			size_t len = record_number_write(&number, written);
			out->number = number;
			header_set(out, HEADER_NUMBER, header_keep(arena, written, len), pass ? 0.7 : 0.9, cell->start,
				   cell->end);
			return;
		}
	}
}
