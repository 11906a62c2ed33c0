/* tokenizer/header_date.c - the first cell that reads "[place,] ngày D tháng M năm Y". Cells that only refer to another
 * document ("Căn cứ …") are passed over; a date may be broken over two lines. Laws have their date in the last lines.
 */
#include "tokenizer/header_date.h"
#include "tokenizer/date.h"
#include "tokenizer/plain.h"

#include <stdio.h>

static bool is_reference(Str folded)
{
	return folded_starts(folded, "can cu") || folded_starts(folded, "theo ") || folded_starts(folded, "xet ") ||
	       folded_starts(folded, "(") || folded_starts(folded, "v/v") || folded_starts(folded, "ve ");
}

bool header_place_date(Str s, CivilDate *date_out, Str *place_out)
{
	const uint8_t *start = (const uint8_t *)s.ptr, *p = start, *end = p + s.len;
	unsigned width;
	while (p < end) {
		char word[8];
		size_t len;
		const uint8_t *stop = plain_word(p, end, word, sizeof word, &len);
		if (stop == p) {
			uint32_t c = plain_next(p, end, &width);
			if (plain_is_digit(c) || !width) /* "…, 12/3/2019" without the word */
				break;
			p += width;
			continue;
		}
		if (len == 4 && memcmp(word, "ngay", 4) == 0)
			break;
		p = stop;
	}
	Str place = str_trim((Str){s.ptr, (size_t)(p - start)});
	while (place.len && strchr(", .-_", place.ptr[place.len - 1]))
		place.len--;
	char word[8];
	size_t len;
	const uint8_t *behind = plain_word(p, end, word, sizeof word, &len);
	behind = plain_skip_spaces(len ? behind : p, end, 3);
	size_t at = (size_t)(behind - start);
	if (place.len > 70 || (!len && !place.len))
		return false;
	if (date_read(s, &at, date_out)) {
		*place_out = place;
		return s.len - at <= 12;
	}
	for (at = (size_t)(behind - start); len && at < s.len;
	     at++) { /* the day is not filled in: "ngày … tháng 3 năm 2019" */
		const uint8_t *month = plain_word(start + at, end, word, sizeof word, &len);
		if (len == 5 && memcmp(word, "thang", 5) == 0) {
			char filled[64];
			Str rest = {(const char *)month - (month - (start + at)), (size_t)(end - (start + at))};
			int n = snprintf(filled, sizeof filled, "1 %.*s", (int)(rest.len < 50 ? rest.len : 50),
					 rest.ptr);
			size_t zero = 0;
			if (n <= 0 || !date_read((Str){filled, strlen(filled)}, &zero, date_out))
				return false;
			date_out->day = 0;
			*place_out = place;
			return true;
		}
		len = 4;
		if (letter_ascii[(uint8_t)s.ptr[at]])
			return false;
	}
	return false;
}

static void set_date(HeaderFields *out, CivilDate date, double certainty, const HeaderCell *cell, Arena *arena)
{
	char text[11];
	size_t len = civil_date_format(date, text);
	out->issued = date;
	header_set(out, HEADER_ISSUED, header_keep(arena, text, len), certainty, cell->start, cell->end);
}

void header_date_read(const HeaderCells *cells, Arena *arena, HeaderFields *out)
{
	for (size_t i = 0; i < (cells->body < 60 ? cells->body : 60); i++) {
		const HeaderCell *cell = &cells->cells[i];
		CivilDate date;
		Str place;
		char joined[400];
		bool found = false;
		if (is_reference(cell->folded) || cell->text.len > 200)
			continue;
		bool bare = folded_starts(cell->folded, "ngay ");
		found = header_place_date(cell->text, &date, &place) && (place.len || (bare && i > 0 && date.day));
		if (!found && i + 1 < cells->count) { /* "Tam" / "Kỳ, ngày …", or cut before the year */
			Str next = cells->cells[i + 1].text;
			int len = snprintf(joined, sizeof joined, "%.*s %.*s",
					   (int)(cell->text.len < 150 ? cell->text.len : 150), cell->text.ptr,
					   (int)(next.len < 150 ? next.len : 150), next.ptr);
			bool dated = str_find(cell->folded, STR("ngay")) >= 0 ||
				     folded_starts(cells->cells[i + 1].folded, "ngay");
			found = dated && len > 0 && header_place_date((Str){joined, (size_t)len}, &date, &place) &&
				place.len;
		}
		if (!found)
			continue;
		set_date(out, date, !date.day ? 0.5 : place.len ? 0.9 : 0.75, cell, arena);
		if (place.len)
			header_set(out, HEADER_PLACE, header_keep(arena, place.ptr, place.len), 0.8, cell->start,
				   cell->end);
		return;
	}
}

/* Laws carry no date line: "… thông qua ngày 14 tháng 6 năm 2019." at the end. */
void header_date_of_law_read(Str text, Arena *arena, HeaderFields *out)
{
	size_t from = text.len > 6000 ? text.len - 6000 : 0;
	const uint8_t *p = (const uint8_t *)text.ptr + from, *end = (const uint8_t *)text.ptr + text.len;
	char last[2][8] = {"", ""};
	while (p < end) {
		char word[8] = "";
		size_t len;
		const uint8_t *stop = plain_word(p, end, word, sizeof word - 1, &len);
		if (stop == p) {
			unsigned width;
			plain_next(p, end, &width);
			p += width ? width : 1;
			continue;
		}
		if (strcmp(word, "ngay") == 0 && strcmp(last[0], "qua") == 0 && strcmp(last[1], "thong") == 0) {
			size_t at = (size_t)(plain_skip_spaces(stop, end, 3) - (const uint8_t *)text.ptr);
			CivilDate date;
			if (date_read(text, &at, &date)) {
				HeaderCell cell = {.start = (uint32_t)(p - (const uint8_t *)text.ptr),
						   .end = (uint32_t)at};
				set_date(out, date, 0.75, &cell, arena);
				return;
			}
		}
		memcpy(last[1], last[0], sizeof last[0]);
		memcpy(last[0], word, sizeof last[0]);
		last[0][7] = 0;
		p = stop;
	}
}
