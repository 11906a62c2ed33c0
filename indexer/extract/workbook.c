/* indexer/extract/workbook.c - shared strings and styles first, for cells point at both by number; then each sheet that
 * the workbook lists, found by its relationship. */
#include "indexer/extract/workbook.h"

#include "indexer/extract/cell_format.h"
#include "indexer/extract/lines.h"
#include "indexer/extract/office_text.h"
#include "indexer/extract/sheet_writer.h"
#include "indexer/extract/xml_events.h"

#include <stdio.h>
#include <stdlib.h>

enum { SHEETS_MAX = 1024, STYLES_MAX = 1 << 16 };

typedef struct {
	uint64_t number;
	CellFormat format;
} NumberFormat;

typedef struct {
	Str name, id;
} Sheet;

typedef struct {
	Arena *arena;
	bool since_1904, failed;
	Sheet list[SHEETS_MAX];
	size_t sheet_count;
	bool too_many_sheets;

	Buf shared, shared_ends; /* strings one after another, and where each ends, as size_t */
	Buf formats;             /* NumberFormat, of the workbook's own */
	Buf styles;              /* CellFormat, by number */
	bool in_cell_styles;

	unsigned text, dropped; /* open elements */
	bool in_head;
	Buf value, head;
	enum { VALUE_NUMBER, VALUE_SHARED, VALUE_TEXT, VALUE_BOOL, VALUE_DATE } kind;
	uint64_t style;
	LineWriter lines;
	SheetWriter *sheets; /* gets the cells, and nothing else of a sheet; NULL: the text is written */
	uint64_t row, column;
} Workbook;

static void pass_close(void *ctx, const char *name)
{
	(void)ctx, (void)name;
}

static void pass_text(void *ctx, Str text)
{
	(void)ctx, (void)text;
}

/* ---- the list of sheets ---------------------------------------------------------------------------------------- */

static bool is_true(Str value)
{
	return str_eq(value, STR("1")) || str_eq(value, STR("true")) || str_eq(value, STR("on"));
}

static void open_in_workbook(void *ctx, const char *name, XmlAttributes attributes)
{
	Workbook *w = ctx;
	if (strcmp(name, "workbookPr") == 0)
		w->since_1904 = is_true(xml_attribute(attributes, "date1904"));
	if (strcmp(name, "sheet") != 0)
		return;
	w->too_many_sheets |= w->sheet_count == SHEETS_MAX;
	if (w->sheet_count == SHEETS_MAX)
		return;
	Sheet sheet = {arena_copy(w->arena, xml_attribute(attributes, "name")),
		       arena_copy(w->arena, xml_relation_id(attributes))};
	w->failed |= !sheet.name.ptr || !sheet.id.ptr;
	w->list[w->sheet_count++] = sheet;
}

/* ---- shared strings -------------------------------------------------------------------------------------------- */

static void open_in_strings(void *ctx, const char *name, XmlAttributes attributes)
{
	Workbook *w = ctx;
	(void)attributes;
	w->dropped += strcmp(name, "rPh") == 0;
	w->text += strcmp(name, "t") == 0;
}

static void close_in_strings(void *ctx, const char *name)
{
	Workbook *w = ctx;
	w->dropped -= strcmp(name, "rPh") == 0;
	w->text -= strcmp(name, "t") == 0;
	if (strcmp(name, "si") == 0)
		buf_add(&w->shared_ends, &w->shared.len, sizeof w->shared.len);
}

static void add_to_strings(void *ctx, Str text)
{
	Workbook *w = ctx;
	if (w->text && !w->dropped)
		buf_add_str(&w->shared, text);
}

static Str shared_string(const Workbook *w, Str number)
{
	uint64_t at;
	size_t start = 0, end;
	if (!str_to_u64(number, &at) || at >= w->shared_ends.len / sizeof end)
		return (Str){NULL, 0};
	memcpy(&end, w->shared_ends.data + at * sizeof end, sizeof end);
	if (at > 0)
		memcpy(&start, w->shared_ends.data + (at - 1) * sizeof start, sizeof start);
	return str_slice(buf_str(&w->shared), start, end);
}

/* ---- styles ---------------------------------------------------------------------------------------------------- */

static CellFormat format_of_number(const Workbook *w, uint64_t number)
{
	NumberFormat row;
	for (size_t at = 0; at + sizeof row <= w->formats.len; at += sizeof row) {
		memcpy(&row, w->formats.data + at, sizeof row);
		if (row.number == number)
			return row.format;
	}
	return cell_format_built_in(number);
}

static void open_in_styles(void *ctx, const char *name, XmlAttributes attributes)
{
	Workbook *w = ctx;
	uint64_t number = 0;
	bool known = str_to_u64(xml_attribute(attributes, "numFmtId"), &number);
	if (strcmp(name, "cellXfs") == 0) {
		w->in_cell_styles = true;
	} else if (strcmp(name, "numFmt") == 0 && known && w->formats.len < STYLES_MAX * sizeof(NumberFormat)) {
		NumberFormat row = {number, cell_format_of_code(xml_attribute(attributes, "formatCode"))};
		buf_add(&w->formats, &row, sizeof row);
	} else if (strcmp(name, "xf") == 0 && w->in_cell_styles && w->styles.len < STYLES_MAX * sizeof(CellFormat)) {
		CellFormat format = format_of_number(w, number);
		buf_add(&w->styles, &format, sizeof format);
	}
}

static void close_in_styles(void *ctx, const char *name)
{
	Workbook *w = ctx;
	if (strcmp(name, "cellXfs") == 0)
		w->in_cell_styles = false;
}

static CellFormat style(const Workbook *w, uint64_t number)
{
	CellFormat format = {CELL_PLAIN, 0};
	if (number < w->styles.len / sizeof format)
		memcpy(&format, w->styles.data + number * sizeof format, sizeof format);
	return format;
}

/* ---- a sheet --------------------------------------------------------------------------------------------------- */

static void begin_cell(Workbook *w, XmlAttributes attributes)
{
	static const struct {
		const char *word;
		int kind;
	} kinds[] = {{"s", VALUE_SHARED}, {"inlineStr", VALUE_TEXT}, {"str", VALUE_TEXT},
		     {"e", VALUE_TEXT},   {"b", VALUE_BOOL},         {"d", VALUE_DATE}};
	Str type = xml_attribute(attributes, "t");
	buf_clear(&w->value);
	w->kind = VALUE_NUMBER;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_eq(type, str_from(kinds[i].word)))
			w->kind = kinds[i].kind;
	w->style = 0;
	str_to_u64(xml_attribute(attributes, "s"), &w->style);
	/* Without a reference a cell follows the one before it. */
	if (!sheet_reference(xml_attribute(attributes, "r"), &w->column, &w->row))
		w->column++;
}

static void end_cell(Workbook *w)
{
	char shown[CELL_TEXT_MAX];
	Str value = buf_str(&w->value);
	if (w->kind == VALUE_SHARED) {
		value = shared_string(w, value);
	} else if (w->kind == VALUE_BOOL) {
		value = is_true(value) ? STR("TRUE") : STR("FALSE");
	} else if (w->kind == VALUE_DATE && cell_date_of_iso(value, shown)) {
		value = str_from(shown);
	} else if (w->kind == VALUE_NUMBER && value.len) {
		cell_show(value, style(w, w->style), w->since_1904, shown);
		value = str_from(shown);
	}
	if (w->sheets) {
		sheet_cell(w->sheets, w->row, w->column, value);
		return;
	}
	lines_text(&w->lines, value);
	lines_cell_end(&w->lines);
}

static void begin_row(Workbook *w, XmlAttributes attributes)
{
	w->row++;
	str_to_u64(xml_attribute(attributes, "r"), &w->row);
	w->column = UINT64_MAX;
	if (!w->sheets)
		lines_row_begin(&w->lines);
}

/* "B2:B7" */
static void merge_cells(Workbook *w, Str range)
{
	uint64_t column, row, last_column, last_row;
	ptrdiff_t colon = str_find_char(range, ':');
	if (w->sheets && colon > 0 && sheet_reference(str_slice(range, 0, (size_t)colon), &column, &row) &&
	    sheet_reference(str_slice(range, (size_t)colon + 1, range.len), &last_column, &last_row) && last_row > row)
		sheet_merge(w->sheets, row, column, last_row - row + 1);
}

static bool is_head(const char *name)
{
	static const char *const names[] = {"oddHeader", "evenHeader", "firstHeader",
					    "oddFooter", "evenFooter", "firstFooter"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void open_in_sheet(void *ctx, const char *name, XmlAttributes attributes)
{
	Workbook *w = ctx;
	if (strcmp(name, "row") == 0)
		begin_row(w, attributes);
	else if (strcmp(name, "c") == 0)
		begin_cell(w, attributes);
	else if (strcmp(name, "mergeCell") == 0)
		merge_cells(w, xml_attribute(attributes, "ref"));
	w->dropped += strcmp(name, "rPh") == 0;
	w->text += strcmp(name, "v") == 0 || strcmp(name, "t") == 0;
	w->in_head |= is_head(name);
}

static void close_in_sheet(void *ctx, const char *name)
{
	Workbook *w = ctx;
	if (strcmp(name, "row") == 0 && !w->sheets)
		lines_row_end(&w->lines);
	else if (strcmp(name, "c") == 0)
		end_cell(w);
	w->dropped -= strcmp(name, "rPh") == 0;
	w->text -= strcmp(name, "v") == 0 || strcmp(name, "t") == 0;
	if (is_head(name)) {
		w->in_head = false;
		buf_add_char(&w->head, '\n');
	}
}

static void add_to_sheet(void *ctx, Str text)
{
	Workbook *w = ctx;
	if (w->in_head)
		buf_add_str(&w->head, text);
	else if (w->text && !w->dropped)
		buf_add_str(&w->value, text);
}

static void write_head(Workbook *w)
{
	Buf text = {0};
	Str rest, line;
	cell_head_text(buf_str(&w->head), &text);
	for (rest = buf_str(&text); str_split(&rest, '\n', &line);) {
		lines_text(&w->lines, line);
		lines_paragraph(&w->lines);
	}
	w->head.failed |= text.failed;
	w->head.len = 0;
	buf_done(&text);
}

static Status read_remarks(OfficeParts *parts, Str part, Buf *out, Err *err)
{
	static const struct {
		const char *kind;
		const OfficeElement *elements;
	} kinds[] = {{"drawing", office_drawing}, {"comments", office_remarks}, {"threadedComment", office_remarks}};
	OfficeRelations relations;
	Status st = office_relations(parts, part, &relations, err);
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0] && st == ST_OK; k++)
		for (size_t i = 0; i < relations.count && st == ST_OK; i++) {
			Str xml = office_part(parts, relations.rows[i].target);
			if (xml.len && str_eq(relations.rows[i].kind, str_from(kinds[k].kind)))
				st = office_text_read(xml, kinds[k].elements, out, err);
		}
	return st;
}

static const XmlHandlers in_sheet = {open_in_sheet, close_in_sheet, add_to_sheet};

static Status read_cells(Workbook *w, OfficeParts *parts, const Sheet *sheet, Str part, Err *err)
{
	sheet_begin(w->sheets, sheet->name);
	w->text = w->dropped = 0;
	w->row = 0;
	Status st = xml_read(office_part(parts, part), &in_sheet, w, err);
	buf_clear(&w->head);
	if (st == ST_OK)
		st = sheet_end(w->sheets, err);
	return st == ST_OK && !(buf_ok(&w->value) && buf_ok(&w->head)) ? err_no_memory(err) : st;
}

static Status read_sheet(Workbook *w, OfficeParts *parts, const Sheet *sheet, Str part, Buf *out, Err *err)
{
	Buf rows = {0};
	lines_begin(&w->lines, &rows, false);
	w->text = w->dropped = 0;
	Status st = xml_read(office_part(parts, part), &in_sheet, w, err);
	lines_finish(&w->lines);
	if (st == ST_OK && cell_sheet_has_own_name(sheet->name) && rows.len)
		buf_printf(out, "%.*s\n", STR_ARG(sheet->name));
	lines_begin(&w->lines, out, false);
	write_head(w);
	buf_add_str(out, buf_str(&rows));
	if (st == ST_OK && !(buf_ok(&rows) && buf_ok(&w->value) && buf_ok(&w->head)))
		st = err_no_memory(err);
	buf_done(&rows);
	return st == ST_OK ? read_remarks(parts, part, out, err) : st;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

/* Some programs forget the relationship; the part has its usual name then. */
static Status read_related(Workbook *w, OfficeParts *parts, const OfficeRelations *relations, const char *kind,
			   const XmlHandlers *handlers, Err *err)
{
	char usual[32];
	snprintf(usual, sizeof usual, "xl/%s.xml", kind);
	Str part = office_related_by_kind(relations, kind);
	Str xml = office_part(parts, part.len ? part : str_from(usual));
	Status st = xml.len ? xml_read(xml, handlers, w, err) : ST_OK;
	bool ok = buf_ok(&w->shared) && buf_ok(&w->shared_ends) && buf_ok(&w->formats) && buf_ok(&w->styles);
	return st == ST_OK && !ok ? err_no_memory(err) : st;
}

static Status read_sheets(Workbook *w, OfficeParts *parts, const OfficeRelations *relations, Buf *out, Err *err)
{
	size_t found = 0;
	Status st = ST_OK;
	for (size_t i = 0; i < w->sheet_count && st == ST_OK; i++) {
		Str part = office_related_by_id(relations, w->list[i].id);
		if (office_part(parts, part).len == 0)
			continue;
		found++;
		st = w->sheets ? read_cells(w, parts, &w->list[i], part, err)
			       : read_sheet(w, parts, &w->list[i], part, out, err);
	}
	return st == ST_OK && found == 0 ? err_set(err, ST_INVALID, "a workbook without any sheet") : st;
}

static Status read_workbook(OfficeParts *parts, Str part, SheetWriter *sheets, Buf *out, Err *err)
{
	static const XmlHandlers in_workbook = {open_in_workbook, pass_close, pass_text};
	static const XmlHandlers in_strings = {open_in_strings, close_in_strings, add_to_strings};
	static const XmlHandlers in_styles = {open_in_styles, close_in_styles, pass_text};
	OfficeRelations relations = {0};
	Workbook *w = calloc(1, sizeof *w);
	if (!w)
		return err_no_memory(err);
	w->arena = &parts->arena;
	w->sheets = sheets;
	Status st = xml_read(office_part(parts, part), &in_workbook, w, err);
	if (st == ST_OK && w->too_many_sheets)
		st = err_set(err, ST_LIMIT, "it has more than %d sheets", SHEETS_MAX);
	if (st == ST_OK && w->failed)
		st = err_no_memory(err);
	if (st == ST_OK)
		st = office_relations(parts, part, &relations, err);
	if (st == ST_OK)
		st = read_related(w, parts, &relations, "sharedStrings", &in_strings, err);
	if (st == ST_OK)
		st = read_related(w, parts, &relations, "styles", &in_styles, err);
	if (st == ST_OK)
		st = read_sheets(w, parts, &relations, out, err);
	Buf *bufs[] = {&w->shared, &w->shared_ends, &w->formats, &w->styles, &w->value, &w->head};
	for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++)
		buf_done(bufs[i]);
	free(w);
	return st;
}

Status workbook_text(OfficeParts *parts, Str part, Buf *out, Err *err)
{
	return read_workbook(parts, part, NULL, out, err);
}

Status workbook_cells(OfficeParts *parts, Str part, SheetWriter *sheets, Err *err)
{
	return read_workbook(parts, part, sheets, NULL, err);
}
