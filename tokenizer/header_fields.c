/* tokenizer/header_fields.c - see header_fields.h. Number, date, type, subject and agencies from the first lines. */
#include "tokenizer/header_fields.h"
#include "tokenizer/date.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/header_cells.h"
#include "tokenizer/plain.h"

#include <stdio.h>

const char *header_field_name(HeaderFieldId id)
{
	static const char *const names[HEADER_FIELD_COUNT] = {
		[HEADER_NUMBER] = "number",     [HEADER_ISSUED] = "issued",
		[HEADER_PLACE] = "place",       [HEADER_TYPE] = "type",
		[HEADER_SUBJECT] = "subject",   [HEADER_AGENCY] = "agency",
		[HEADER_PARENT] = "parent",     [HEADER_SIGNER] = "signer",
		[HEADER_POSITION] = "position", [HEADER_RECIPIENTS] = "recipients",
		[HEADER_SECRECY] = "secrecy",   [HEADER_URGENCY] = "urgency",
	};
	return names[id];
}

void header_set(HeaderFields *out, HeaderFieldId id, Str value, double certainty, uint32_t start, uint32_t end)
{
	out->field[id] = (HeaderField){value, certainty, start, end};
}

static Str keep(Arena *arena, const char *text, size_t len)
{
	Str copy = arena_copy(arena, (Str){text, len});
	return copy.ptr ? copy : STR("");
}

static bool is_national_heading(Str folded)
{
	return str_find(folded, STR("cong hoa xa hoi")) >= 0 || str_find(folded, STR("chu nghia viet nam")) >= 0 ||
	       str_find(folded, STR("tu do - hanh")) >= 0 || folded_starts(folded, "doc lap") ||
	       str_find(folded, STR("viet nam dan chu cong hoa")) >= 0;
}

/* ---- number ---- */

/* Where the number begins in a folded cell "so: …", "luat so …"; -1 if it is no such cell. */
static ptrdiff_t number_label(Str folded)
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

/* The text of a cell behind its first `words` of letters-and-more that the fold has `at` characters before. */
static Str behind_label(const HeaderCell *cell)
{
	const uint8_t *p = (const uint8_t *)cell->text.ptr, *end = p + cell->text.len;
	while (p < end) { /* the word "số" */
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

static void read_number(const HeaderCells *cells, Arena *arena, HeaderFields *out)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < (cells->body < 60 ? cells->body : 60); i++) {
			const HeaderCell *cell = &cells->cells[i];
			RecordNumber number;
			bool labelled = number_label(cell->folded) >= 0;
			if (pass == 0 ? !labelled || !parse_label(cells, i, &number)
				      : !whole_cell_number(cell, &number))
				continue;
			char written[RECORD_NUMBER_MAX + 8];
			size_t len = record_number_write(&number, written);
			out->number = number;
			header_set(out, HEADER_NUMBER, keep(arena, written, len), pass ? 0.7 : 0.9, cell->start,
				   cell->end);
			return;
		}
	}
}

/* ---- place and date ---- */

static bool is_reference(Str folded)
{
	return folded_starts(folded, "can cu") || folded_starts(folded, "theo ") || folded_starts(folded, "xet ") ||
	       folded_starts(folded, "(") || folded_starts(folded, "v/v") || folded_starts(folded, "ve ");
}

/* "[place,] ngày D tháng M năm Y" in a plain text; the day may be missing. */
static bool parse_place_date(Str s, CivilDate *date_out, Str *place_out)
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
	header_set(out, HEADER_ISSUED, keep(arena, text, len), certainty, cell->start, cell->end);
}

static void read_date(const HeaderCells *cells, Arena *arena, HeaderFields *out)
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
		found = parse_place_date(cell->text, &date, &place) && (place.len || (bare && i > 0 && date.day));
		if (!found && i + 1 < cells->count) { /* "Tam" / "Kỳ, ngày …", or cut before the year */
			Str next = cells->cells[i + 1].text;
			int len = snprintf(joined, sizeof joined, "%.*s %.*s",
					   (int)(cell->text.len < 150 ? cell->text.len : 150), cell->text.ptr,
					   (int)(next.len < 150 ? next.len : 150), next.ptr);
			bool dated = str_find(cell->folded, STR("ngay")) >= 0 ||
				     folded_starts(cells->cells[i + 1].folded, "ngay");
			found = dated && len > 0 && parse_place_date((Str){joined, (size_t)len}, &date, &place) &&
				place.len;
		}
		if (!found)
			continue;
		set_date(out, date, !date.day ? 0.5 : place.len ? 0.9 : 0.75, cell, arena);
		if (place.len)
			header_set(out, HEADER_PLACE, keep(arena, place.ptr, place.len), 0.8, cell->start, cell->end);
		return;
	}
}

/* Laws carry no date line: "… thông qua ngày 14 tháng 6 năm 2019." at the end. */
static void read_date_of_law(Str text, Arena *arena, HeaderFields *out)
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

/* ---- type and subject ---- */

static Str trim_marks(Str s)
{
	while (s.len && strchr(" :.;,-_*\"'", s.ptr[s.len - 1]))
		s.len--;
	while (s.len && strchr(" :.;,-_*\"'", s.ptr[0]))
		s = str_slice(s, 1, s.len);
	return s;
}

/* A cell that is a type's name; *rest_out: what stands behind the name on the same line. */
static const DocType *type_of_cell(const HeaderCell *cell, Str *rest_out)
{
	size_t len;
	Str folded = trim_marks(cell->folded);
	const DocType *type = doc_type_by_prefix(folded, &len);
	*rest_out = STR("");
	if (!type)
		return NULL;
	if (len == folded.len)
		return cell->capitals || cell->text.len < 40 ? type : NULL;
	Str rest = str_trim(str_slice(folded, len, folded.len));
	if (folded_starts(rest, "ve viec") || folded_starts(rest, "ve ") || folded_starts(rest, "v/v") ||
	    folded_starts(rest, "quy dinh") || folded_starts(rest, "ban hanh") || folded_starts(rest, "sua doi")) {
		unsigned words = 1, seen = 0; /* the same number of words off the text */
		for (size_t i = 0; i < len; i++)
			words += folded.ptr[i] == ' ';
		size_t at = 0;
		for (; at < cell->text.len && seen < words; at++)
			seen += cell->text.ptr[at] == ' ';
		*rest_out = str_slice(cell->text, at, cell->text.len);
		HeaderCell name = *cell; /* the name itself must be in capitals */
		name.text = str_slice(cell->text, 0, at);
		for (size_t i = 0; i < name.text.len; i++)
			if (name.text.ptr[i] >= 'a' && name.text.ptr[i] <= 'z')
				return NULL;
		return type;
	}
	return NULL;
}

static bool ends_subject(const HeaderCell *cell)
{
	static const char *const openings[] = {"can cu",   "theo ",     "xet ",    "kinh gui", "dieu 1",
					       "chuong i", "chuong 1",  "phan i",  "i.",       "1.",
					       "quoc hoi", "hien phap", "luat so", "so:",      "so "};
	static const char *const agencies[] = {
		"chinh phu", "thu tuong", "bo truong", "uy ban", "chu tich",    "hoi dong nhan dan", "giam doc",
		"thong doc", "chanh an",  "tong ",     "bo ",    "vien truong", "cuc truong",        "ban "};
	for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++)
		if (folded_starts(cell->folded, openings[i]))
			return true;
	for (size_t i = 0; cell->capitals && cell->text.len < 90 && i < sizeof agencies / sizeof agencies[0]; i++)
		if (folded_starts(cell->folded, agencies[i]))
			return true;
	return false;
}

static void read_subject(const HeaderCells *cells, size_t from, Str first, uint32_t start, Arena *arena,
			 HeaderFields *out)
{
	char subject[CELL_MAX];
	size_t len = first.len < sizeof subject ? first.len : 0;
	uint32_t end = cells->cells[from ? from - 1 : 0].end;
	memcpy(subject, first.ptr ? first.ptr : "", len);
	for (size_t i = from; i < cells->count && i < from + 14; i++) {
		const HeaderCell *cell = &cells->cells[i];
		if (ends_subject(cell) || i >= cells->body || len + cell->text.len + 2 > sizeof subject) {
			if (len || i >= cells->body)
				break;
			continue; /* the agency may stand between the type and the subject */
		}
		CivilDate date;
		Str place;
		if (is_national_heading(cell->folded) || (len && parse_place_date(cell->text, &date, &place)))
			break;
		if (!len)
			start = cell->start;
		if (len)
			subject[len++] = ' ';
		memcpy(subject + len, cell->text.ptr, cell->text.len);
		len += cell->text.len;
		end = cell->end;
	}
	if (len)
		header_set(out, HEADER_SUBJECT, keep(arena, subject, len), 0.8, start, end);
}

/* The type that the notation names, for agreement or in place of one that is not written out. */
static const DocType *type_of_number(const RecordNumber *number)
{
	if (!number->group_count)
		return NULL;
	if (strncmp(number->groups[0], "QH", 2) == 0 && number->groups[0][2])
		return doc_type_by_prefix(STR("luat"), &(size_t){0});
	if (strncmp(number->groups[0], "UBTVQH", 6) == 0)
		return doc_type_by_prefix(STR("phap lenh"), &(size_t){0});
	return doc_type_by_key(str_from(number->groups[0]));
}

static size_t find_type(const HeaderCells *cells, const DocType **type_out, Str *rest_out)
{
	size_t limit = cells->body + 2 < cells->count ? cells->body + 2 : cells->count;
	for (size_t i = 0; i < limit && i < 60; i++) {
		const HeaderCell *cell = &cells->cells[i];
		if (number_label(cell->folded) >= 0)
			continue;
		*type_out = type_of_cell(cell, rest_out);
		if (*type_out && strcmp((*type_out)->folded, "phu luc") != 0)
			return i;
	}
	*type_out = NULL;
	return cells->count;
}

static bool is_subject_line(Str folded)
{
	return folded_starts(folded, "v/v") || folded_starts(folded, "v/ v") || folded_starts(folded, "ve viec") ||
	       folded_starts(folded, "vv:");
}

/* Behind the two letters of "V/v", with whatever marks recognition put on them. */
static Str behind_abbreviation(Str text)
{
	const uint8_t *p = (const uint8_t *)text.ptr, *end = p + text.len;
	for (unsigned letters = 0, width; p < end && letters < 2; p += width) {
		if (letter_composed_at(p, end, &width))
			letters++;
		else if (!plain_next(p, end, &width) && !width)
			break;
	}
	return (Str){(const char *)p, (size_t)(end - p)};
}

static void read_type(const HeaderCells *cells, Arena *arena, HeaderFields *out)
{
	const DocType *type, *named = type_of_number(&out->number);
	Str rest;
	size_t at = find_type(cells, &type, &rest);
	if (type) {
		const HeaderCell *cell = &cells->cells[at];
		bool agrees = named && (strcmp(named->name, type->name) == 0 || strcmp(named->key, type->key) == 0);
		header_set(out, HEADER_TYPE, str_from(type->name),
			   agrees  ? 0.98
			   : named ? 0.7
				   : 0.85,
			   cell->start, cell->end);
		read_subject(cells, at + 1, rest, cell->start, arena, out);
		return;
	}
	for (size_t i = 0; i < cells->count && i < 60 && i <= cells->body; i++) {
		const HeaderCell *cell = &cells->cells[i];
		if (!is_subject_line(cell->folded))
			continue;
		if (!named || named->key[0] == 0 ||
		    strcmp(named->key, "CV") == 0) /* a letter has no type in its number */
			header_set(out, HEADER_TYPE, STR("Công văn"), 0.8, cell->start, cell->end);
		Str text = cell->text;
		ptrdiff_t colon = str_find_char(str_slice(text, 0, 6), ':');
		text = colon >= 0                           ? str_slice(text, (size_t)colon + 1, text.len)
		       : folded_starts(cell->folded, "v/v") ? behind_abbreviation(text)
							    : text;
		read_subject(cells, i + 1, str_trim(text), cell->start, arena, out);
		break;
	}
	if (!out->field[HEADER_TYPE].value.len && named)
		header_set(out, HEADER_TYPE, str_from(named->name), 0.75, out->field[HEADER_NUMBER].start,
			   out->field[HEADER_NUMBER].end);
}

/* ---- agencies ---- */

static bool is_agency_cell(const HeaderCell *cell)
{
	size_t len;
	Str folded = trim_marks(cell->folded);
	if (!cell->capitals || folded.len < 5 || is_national_heading(cell->folded) || number_label(cell->folded) >= 0)
		return false;
	for (size_t i = 0; i < folded.len; i++)
		if (plain_is_digit((uint8_t)folded.ptr[i]) && i < 3)
			return false;
	const DocType *type = doc_type_by_prefix(folded, &len);
	if (type && len == folded.len)
		return false;
	return !folded_starts(folded, "mat") && !folded_starts(folded, "khan") && !folded_starts(folded, "hoa toc");
}

/* Does the line go on with the name of the line before ("BỘ NÔNG NGHIỆP VÀ" / "MÔI TRƯỜNG")? */
static bool continues_name(Str before, const HeaderCell *cell)
{
	static const char *const agency_words[] = {
		"bo ",      "uy ban",   "so ",     "cuc ",      "tong ",     "van phong", "vien ",
		"chi cuc",  "hoi dong", "ban ",    "phong ",    "chi nhanh", "truong ",   "trung tam",
		"cong ty",  "vu ",      "toa an",  "thanh tra", "chinh phu", "quoc hoi",  "tinh uy",
		"huyen uy", "thanh uy", "dang uy", "ngan hang", "kho bac",   "kiem toan"};
	if (str_ends(before, STR(" va")) || str_ends(before, STR(",")) || str_ends(before, STR(" nhan dan")) ||
	    str_ends(before, STR(" thuong vu")))
		return true;
	for (size_t i = 0; i < sizeof agency_words / sizeof agency_words[0]; i++)
		if (folded_starts(cell->folded, agency_words[i]))
			return false;
	return true;
}

static void read_agency(const HeaderCells *cells, Arena *arena, HeaderFields *out)
{
	char names[4][400];
	uint32_t starts[4], ends[4];
	Str folded = STR("");
	size_t count = 0;
	for (size_t i = 0; i < cells->body && i < 20; i++) {
		const HeaderCell *cell = &cells->cells[i];
		size_t len;
		const DocType *type = doc_type_by_prefix(trim_marks(cell->folded), &len);
		if (type && len == trim_marks(cell->folded).len)
			break;
		if (number_label(cell->folded) >= 0 && count)
			break;
		if (!is_agency_cell(cell) || cell->text.len >= 200)
			continue;
		Str text = trim_marks(cell->text);
		if (count && continues_name(folded, cell) &&
		    strlen(names[count - 1]) + text.len + 2 < sizeof names[0]) {
			size_t used = strlen(names[count - 1]);
			snprintf(names[count - 1] + used, sizeof names[0] - used, " %.*s", STR_ARG(text));
			ends[count - 1] = cell->end;
		} else if (count < 4) {
			snprintf(names[count], sizeof names[0], "%.*s", STR_ARG(text));
			starts[count] = cell->start;
			ends[count++] = cell->end;
		}
		folded = trim_marks(cell->folded);
		if (cell->folded.len && cell->folded.ptr[cell->folded.len - 1] == ',')
			folded = STR(",");
	}
	if (!count)
		return;
	size_t last = count - 1;
	header_set(out, HEADER_AGENCY, keep(arena, names[last], strlen(names[last])), 0.8, starts[last], ends[last]);
	if (last)
		header_set(out, HEADER_PARENT, keep(arena, names[0], strlen(names[0])), 0.7, starts[0], ends[0]);
}

/* ---- secrecy and urgency ---- */

static void read_levels(const HeaderCells *cells, HeaderFields *out)
{
	static const struct { const char *folded, *value; HeaderFieldId id;
	} levels[] = {
		{"tuyet mat", "Tuyệt mật", HEADER_SECRECY},
		{"toi mat", "Tối mật", HEADER_SECRECY},
		{"mat", "Mật", HEADER_SECRECY},
		{"thuong khan", "Thượng khẩn", HEADER_URGENCY},
		{"hoa toc hen gio", "Hỏa tốc hẹn giờ", HEADER_URGENCY},
		{"hoa toc", "Hỏa tốc", HEADER_URGENCY},
		{"khan", "Khẩn", HEADER_URGENCY},
	};
	for (size_t i = 0; i < cells->count && i < 15; i++) {
		const HeaderCell *cell = &cells->cells[i];
		Str folded = trim_marks(cell->folded);
		for (size_t k = 0; cell->capitals && k < sizeof levels / sizeof levels[0]; k++)
			if (str_eq(folded, str_from(levels[k].folded)) && !out->field[levels[k].id].value.len)
				header_set(out, levels[k].id, str_from(levels[k].value), 0.9, cell->start, cell->end);
	}
}

/* Fields that agree make each other surer: the year of the date with the number's. */
static void weigh(HeaderFields *out)
{
	HeaderField *number = &out->field[HEADER_NUMBER], *issued = &out->field[HEADER_ISSUED];
	if (!number->value.len || !issued->value.len || !out->number.year)
		return;
	bool agree = out->issued.year == out->number.year;
	number->certainty += agree ? 0.08 : -0.2;
	issued->certainty += agree ? 0.08 : -0.3;
}

Status header_fields_read(Str text, Arena *arena, HeaderFields *out, Err *err)
{
	HeaderFields found = {0};
	text = text.ptr ? text : STR("");
	HeaderCells *cells = arena_alloc(arena, sizeof *cells);
	if (!cells)
		return err_no_memory(err);
	Status st = header_cells_cut(text, arena, cells, err);
	if (st != ST_OK)
		return st;
	read_number(cells, arena, &found);
	read_date(cells, arena, &found);
	read_type(cells, arena, &found);
	if (!found.field[HEADER_ISSUED].value.len)
		read_date_of_law(text, arena, &found);
	read_agency(cells, arena, &found);
	read_levels(cells, &found);
	weigh(&found);
	st = header_signature_read(text, arena, &found, err);
	if (st == ST_OK)
		*out = found;
	return st;
}
