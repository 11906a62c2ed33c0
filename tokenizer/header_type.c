/* tokenizer/header_type.c - a type is a line that is a type's name, or begins with one in capitals; the lines behind it
 * are the subject, up to the first line of the body. A letter (công văn) has no line of its own for its type; its
 * subject stands behind "V/v". The notation in the number confirms the type, or gives it where none is written.
 */
#include "tokenizer/header_type.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/header_date.h"
#include "tokenizer/header_number.h"
#include "tokenizer/plain.h"

/* A cell that is a type's name; *rest_out: what stands behind the name on the same line. */
static const DocType *type_of_cell(const HeaderCell *cell, Str *rest_out)
{
	size_t len;
	Str folded = header_trim(cell->folded);
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
		if (header_is_national(cell->folded) || (len && header_place_date(cell->text, &date, &place)))
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
		header_set(out, HEADER_SUBJECT, header_keep(arena, subject, len), 0.8, start, end);
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
		if (header_number_label(cell->folded) >= 0)
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

void header_type_read(const HeaderCells *cells, Arena *arena, HeaderFields *out)
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
