/* indexer/extract/open_sheets.c - a cell says how often it is repeated, and so does a row: empty ones fill a sheet to
 * its last column, which costs nothing. A row with content that is repeated is written again from what was kept of
 * it. */
#include "indexer/extract/open_sheets.h"

#include "indexer/extract/cell_format.h"
#include "indexer/extract/xml_events.h"
#include "indexer/source/grid.h"

typedef struct {
	size_t end; /* of its text in `texts`; it begins where the one before ends */
	uint64_t column, rows;
} Cell;

typedef struct {
	SheetWriter *sheets;
	uint64_t row, column;
	uint64_t row_repeats, cell_repeats, cell_rows;
	bool in_sheet, in_cell, in_paragraph, has_value, first_paragraph;
	unsigned dropped, tables;
	Buf cells, texts, value; /* of the row at hand: Cell after Cell, their texts */
	uint64_t sheet_count;
	Status status;
	Err err;
} OpenSheets;

static uint64_t count_of(XmlAttributes attributes, const char *name)
{
	uint64_t count;
	return str_to_u64(xml_attribute(attributes, name), &count) && count > 0 ? count : 1;
}

static void begin_cell(OpenSheets *s, XmlAttributes attributes)
{
	char shown[CELL_TEXT_MAX];
	s->in_cell = s->first_paragraph = true;
	s->cell_repeats = count_of(attributes, "number-columns-repeated");
	s->cell_rows = count_of(attributes, "number-rows-spanned");
	buf_clear(&s->value);
	s->has_value = str_eq(xml_attribute(attributes, "value-type"), STR("date")) &&
		       cell_date_of_iso(xml_attribute(attributes, "date-value"), shown);
	if (s->has_value)
		buf_add_str(&s->value, str_from(shown));
}

static void end_cell(OpenSheets *s)
{
	s->in_cell = false;
	for (uint64_t i = 0; i < s->cell_repeats && s->column <= GRID_COLUMNS_MAX && s->value.len; i++) {
		buf_add_str(&s->texts, buf_str(&s->value));
		Cell cell = {s->texts.len, s->column++, s->cell_rows};
		buf_add(&s->cells, &cell, sizeof cell);
	}
	if (!s->value.len && s->cell_repeats <= GRID_ROWS_MAX)
		s->column += s->cell_repeats;
}

static void end_row(OpenSheets *s)
{
	size_t count = s->cells.len / sizeof(Cell);
	for (uint64_t i = 0; count && i < s->row_repeats && s->sheets->problem.code == ST_OK; i++) {
		size_t start = 0;
		for (size_t k = 0; k < count; k++) {
			Cell cell;
			memcpy(&cell, s->cells.data + k * sizeof cell, sizeof cell);
			sheet_cell(s->sheets, s->row + i, cell.column, str_slice(buf_str(&s->texts), start, cell.end));
			sheet_merge(s->sheets, s->row + i, cell.column, cell.rows);
			start = cell.end;
		}
	}
	s->row += s->row_repeats <= GRID_ROWS_MAX ? s->row_repeats : GRID_ROWS_MAX;
}

static void open_element(void *ctx, const char *name, XmlAttributes attributes)
{
	OpenSheets *s = ctx;
	s->dropped +=
		strcmp(name, "annotation") == 0 || strcmp(name, "tracked-changes") == 0 || strcmp(name, "shapes") == 0;
	if (s->dropped || s->status != ST_OK)
		return;
	if (strcmp(name, "table") == 0 && s->tables++ == 0) {
		sheet_begin(s->sheets, xml_attribute(attributes, "name"));
		s->row = 1;
		s->sheet_count++;
	}
	if (s->tables != 1)
		return;
	if (strcmp(name, "table-row") == 0) {
		s->row_repeats = count_of(attributes, "number-rows-repeated");
		s->column = 0;
		buf_clear(&s->cells);
		buf_clear(&s->texts);
	} else if (strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0) {
		begin_cell(s, attributes);
	} else if (s->in_cell && strcmp(name, "p") == 0) {
		if (!s->has_value && !s->first_paragraph)
			buf_add_char(&s->value, '\n');
		s->in_paragraph = true;
		s->first_paragraph = false;
	} else if (s->in_paragraph && !s->has_value && (strcmp(name, "s") == 0 || strcmp(name, "tab") == 0)) {
		buf_add_char(&s->value, ' ');
	} else if (s->in_paragraph && !s->has_value && strcmp(name, "line-break") == 0) {
		buf_add_char(&s->value, '\n');
	}
}

static void close_element(void *ctx, const char *name)
{
	OpenSheets *s = ctx;
	if (strcmp(name, "annotation") == 0 || strcmp(name, "tracked-changes") == 0 || strcmp(name, "shapes") == 0)
		s->dropped -= s->dropped > 0;
	else if (s->dropped || s->status != ST_OK)
		return;
	else if (strcmp(name, "table") == 0 && s->tables && --s->tables == 0)
		s->status = sheet_end(s->sheets, &s->err);
	else if (s->tables != 1)
		return;
	else if (strcmp(name, "table-row") == 0)
		end_row(s);
	else if (strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0)
		end_cell(s);
	else if (strcmp(name, "p") == 0)
		s->in_paragraph = false;
}

static void add_text(void *ctx, Str text)
{
	OpenSheets *s = ctx;
	if (!s->in_cell || !s->in_paragraph || s->dropped || s->has_value || s->tables != 1)
		return;
	for (size_t i = 0; i < text.len; i++) /* line ends of the XML are none of the text */
		buf_add_char(&s->value, (unsigned char)text.ptr[i] < 0x20 ? ' ' : text.ptr[i]);
}

Status open_sheets_read(Str content, SheetWriter *sheets, Err *err)
{
	static const XmlHandlers handlers = {open_element, close_element, add_text};
	OpenSheets s = {.sheets = sheets};
	Status st = xml_read(content, &handlers, &s, err);
	if (st == ST_OK && s.status != ST_OK) {
		*err = s.err;
		st = s.status;
	}
	if (st == ST_OK && s.sheet_count == 0)
		st = err_set(err, ST_INVALID, "it holds no sheets: not a workbook");
	if (st == ST_OK && !(buf_ok(&s.cells) && buf_ok(&s.texts) && buf_ok(&s.value)))
		st = err_no_memory(err);
	buf_done(&s.cells);
	buf_done(&s.texts);
	buf_done(&s.value);
	return st;
}
