/* tokenizer/header_agency.c - names of agencies are the lines in capitals above the type; a line that goes on with the
 * name before it is joined to it. The last of at most four names is the issuing agency, the first the agency above it.
 * Secrecy and urgency are lines that hold nothing but one of seven words.
 */
#include "tokenizer/header_agency.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/header_number.h"
#include "tokenizer/plain.h"

#include <stdio.h>

static bool is_agency_cell(const HeaderCell *cell)
{
	size_t len;
	Str folded = header_trim(cell->folded);
	if (!cell->capitals || folded.len < 5 || header_is_national(cell->folded) ||
	    header_number_label(cell->folded) >= 0)
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

void header_agency_read(const HeaderCells *cells, Arena *arena, HeaderFields *out)
{
	char names[4][400];
	uint32_t starts[4], ends[4];
	Str folded = STR("");
	size_t count = 0;
	for (size_t i = 0; i < cells->body && i < 20; i++) {
		const HeaderCell *cell = &cells->cells[i];
		size_t len;
		const DocType *type = doc_type_by_prefix(header_trim(cell->folded), &len);
		if (type && len == header_trim(cell->folded).len)
			break;
		if (header_number_label(cell->folded) >= 0 && count)
			break;
		if (!is_agency_cell(cell) || cell->text.len >= 200)
			continue;
		Str text = header_trim(cell->text);
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
		folded = header_trim(cell->folded);
		if (cell->folded.len && cell->folded.ptr[cell->folded.len - 1] == ',')
			folded = STR(",");
	}
	if (!count)
		return;
	size_t last = count - 1;
	header_set(out, HEADER_AGENCY, header_keep(arena, names[last], strlen(names[last])), 0.8, starts[last],
		   ends[last]);
	if (last)
		header_set(out, HEADER_PARENT, header_keep(arena, names[0], strlen(names[0])), 0.7, starts[0], ends[0]);
}

void header_levels_read(const HeaderCells *cells, HeaderFields *out)
{
	static const struct {
		const char *folded, *value;
		HeaderFieldId id;
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
		Str folded = header_trim(cell->folded);
		for (size_t k = 0; cell->capitals && k < sizeof levels / sizeof levels[0]; k++)
			if (str_eq(folded, str_from(levels[k].folded)) && !out->field[levels[k].id].value.len)
				header_set(out, levels[k].id, str_from(levels[k].value), 0.9, cell->start, cell->end);
	}
}
