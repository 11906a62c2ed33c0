/* indexer/ingest/row.c - values are gathered by field first, so that a JSON object never has a member twice; the parts
 * of numbers, dates and codes are then put together. */
#include "indexer/ingest/row.h"

#include "base/json_out.h"
#include "tokenizer/fold.h"

#include <stdio.h>

/* ---- dates ----------------------------------------------------------------------------------------------------- */

static bool is_digits(Str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

/* "12/03/2019 00:00:00" → "12/03/2019"; a spreadsheet's serial day → the date; anything else as it is. */
static Str read_date(Str cell, Arena *arena)
{
	uint64_t serial;
	char date[11];
	ptrdiff_t blank = str_find_char(cell, ' '), t = str_find_char(cell, 'T');
	ptrdiff_t end = blank > 0 ? blank : t;
	if (end >= 6 && str_find_char(str_slice(cell, (size_t)end, cell.len), ':') > 0)
		cell = str_slice(cell, 0, (size_t)end);
	if (cell.len == 5 && str_to_u64(cell, &serial) && grid_date_of_serial(serial, false, date))
		return arena_copy(arena, str_from(date));
	return cell;
}

/* Parts that make no date are kept as they are: "31/2/2019". */
static Str compose_date(Str whole, Str day, Str month, Str year, Arena *arena)
{
	uint64_t d = 0, m = 0, y = 0;
	char *text = NULL;
	if (whole.len)
		return read_date(whole, arena);
	if (day.len > 2 && !month.len && !year.len)
		return read_date(day, arena);
	if (!day.len && !month.len && !year.len)
		return whole;
	bool plain = is_digits(year) && year.len == 4 && str_to_u64(year, &y) &&
		     (!month.len || (is_digits(month) && str_to_u64(month, &m) && m >= 1 && m <= 12)) &&
		     (!day.len || (is_digits(day) && str_to_u64(day, &d) && d >= 1 && d <= 31));
	if (plain && day.len && month.len)
		text = arena_printf(arena, "%04u-%02u-%02u", (unsigned)y, (unsigned)m, (unsigned)d);
	else if (plain && month.len)
		text = arena_printf(arena, "%04u-%02u", (unsigned)y, (unsigned)m);
	else if (plain && !day.len)
		text = arena_printf(arena, "%04u", (unsigned)y);
	else
		text = arena_printf(arena, "%.*s/%.*s/%.*s", STR_ARG(day), STR_ARG(month), STR_ARG(year));
	return str_from(text);
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

/* "/T.Tr- CC" → "TTr-CC": a notation has neither blanks nor dots, and the stroke before it is none of its letters. */
static Str clean_notation(Str notation, Arena *arena)
{
	char *out = arena_alloc(arena, notation.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < notation.len && out; i++) {
		char c = notation.ptr[i];
		bool near_stroke = len == 0 || out[len - 1] == '-' || out[len - 1] == '/' ||
				   (i + 1 < notation.len && (notation.ptr[i + 1] == '-' || notation.ptr[i + 1] == '/'));
		if (c == '.' || (c == ' ' && near_stroke) || (len == 0 && (c == '/' || c == '-')))
			continue;
		out[len++] = c;
	}
	return out ? str_trim((Str){out, len}) : (Str){NULL, 0};
}

static Str compose_number(const RegisterRow *row, Arena *arena)
{
	Str whole = row->values[REG_NUMBER], numeral = row->values[REG_NUMERAL];
	if (whole.len)
		return whole;
	Str notation = clean_notation(row->values[REG_NOTATION], arena);
	while (numeral.len && (numeral.ptr[numeral.len - 1] == '/' || numeral.ptr[numeral.len - 1] == ' '))
		numeral.len--;
	if (!numeral.len || !notation.len)
		return numeral; /* a notation alone is no number: it is kept beside it */
	bool begins_so =
		str_starts(notation, numeral) && notation.len > numeral.len && notation.ptr[numeral.len] == '/';
	if (begins_so || str_ends(numeral, notation))
		return begins_so ? notation : numeral;
	return str_from(arena_printf(arena, "%.*s/%.*s", STR_ARG(numeral), STR_ARG(notation)));
}

/* The code as it is given, or composed of its parts as TT 02/2019 has it: agency, fonds, catalogue, notation. */
static Str compose_code(const RegisterRow *row, Arena *arena)
{
	static const RegisterField parts[] = {REG_CASE_AGENCY_CODE, REG_CASE_FONDS_CODE, REG_CASE_CATALOGUE,
					      REG_CASE_NOTATION};
	Buf code = {0};
	Str whole = row->values[REG_CASE_CODE], result;
	if (whole.len || !row->values[REG_CASE_NOTATION].len)
		return whole;
	if (!row->values[REG_CASE_FONDS_CODE].len && !row->values[REG_CASE_AGENCY_CODE].len)
		buf_add_str(&code, row->values[REG_FONDS]);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!row->values[parts[i]].len)
			continue;
		if (code.len)
			buf_add_char(&code, '.');
		buf_add_str(&code, row->values[parts[i]]);
	}
	result = buf_ok(&code) ? arena_copy(arena, buf_str(&code)) : (Str){NULL, 0};
	buf_done(&code);
	return result;
}

/* "hopso01", "Hộp số 01" → "01". */
static Str clean_box(Str cell)
{
	static const char *const words[] = {"hopso", "hop so", "hop"};
	Buf folded = {0};
	fold_text(cell, &folded);
	Str text = buf_str(&folded);
	size_t digits = 0;
	for (size_t i = 0; i < sizeof words / sizeof *words && !digits; i++) {
		Str rest = str_starts(text, str_from(words[i])) ? str_trim(str_slice(text, strlen(words[i]), text.len))
								: (Str){NULL, 0};
		digits = is_digits(rest) ? rest.len : 0;
	}
	buf_done(&folded);
	return digits ? str_slice(cell, cell.len - digits, cell.len) : cell;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static void compose(RegisterRow *row, Arena *arena)
{
	Str *v = row->values;
	row->number = compose_number(row, arena);
	row->issued = compose_date(v[REG_ISSUED], v[REG_ISSUED_DAY], v[REG_ISSUED_MONTH], v[REG_ISSUED_YEAR], arena);
	row->case_code = compose_code(row, arena);
}

void row_read(const RegisterColumns *columns, const GridRow *cells, Arena *arena, RegisterRow *out)
{
	*out = (RegisterRow){.columns = columns, .cells = cells};
	for (size_t i = 0; i < columns->count; i++) {
		Str cell = grid_cell(cells, i);
		RegisterField field = columns->columns[i].field;
		if (!cell.len || field <= REG_IGNORED)
			continue;
		Str *value = &out->values[field];
		if (value->len) /* a list of several columns */
			cell = str_from(arena_printf(arena, "%.*s|%.*s", STR_ARG(*value), STR_ARG(cell)));
		*value = cell;
	}
	out->values[REG_BOX] = clean_box(out->values[REG_BOX]);
	compose(out, arena);
}

void row_carry_case(RegisterRow *row, const RegisterRow *before, Arena *arena)
{
	for (int field = 0; field < REG_COUNT; field++)
		if (register_fields[field].of_case && row->values[field].len)
			return;
	if (!row_has_document(row))
		return;
	for (int field = 0; field < REG_COUNT; field++)
		if (register_fields[field].of_case ||
		    ((field == REG_FONDS || field == REG_BOX) && !row->values[field].len))
			row->values[field] = before->values[field];
	compose(row, arena);
}

bool row_has_document(const RegisterRow *row)
{
	static const RegisterField fields[] = {REG_ID,      REG_FILE,    REG_TEXT,     REG_TYPE,          REG_AGENCY,
					       REG_SUBJECT, REG_ORDINAL, REG_DOC_CODE, REG_ARRIVAL_NUMBER};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (row->values[fields[i]].len)
			return true;
	return row->number.len || row->issued.len;
}

bool row_has_case(const RegisterRow *row)
{
	return row->case_code.len > 0;
}

size_t row_filled(const RegisterRow *row)
{
	size_t filled = 0;
	for (size_t i = 0; i < row->cells->count; i++)
		filled += row->cells->cells[i].len > 0;
	return filled;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static void write_list(JsonOut *j, const char *key, Str value)
{
	Str part;
	jout_key(j, key);
	jout_open(j, '[');
	while (value.len && str_split(&value, '|', &part))
		if (str_trim(part).len)
			jout_str(j, str_trim(part));
	jout_close(j, ']');
}

static void write_member(JsonOut *j, const RegisterFieldRow *field, Str value, Arena *arena)
{
	uint64_t whole;
	if (!value.len)
		return;
	if (field->kind == COLUMN_LIST)
		write_list(j, field->member, value);
	else if (field->kind == COLUMN_WHOLE && str_to_u64(value, &whole))
		jout_key(j, field->member), jout_u64(j, whole);
	else if (field->kind == COLUMN_DATE || field->kind == COLUMN_EXTRA_DATE)
		jout_field_str(j, field->member, read_date(value, arena));
	else
		jout_field_str(j, field->member, value);
}

/* All values of one kind of place; *open_out: an object was opened for them under `key`. */
static void write_kinds(JsonOut *j, const RegisterRow *row, bool of_case, ColumnKind first, ColumnKind second,
			const char *key, bool *open_out, Arena *arena)
{
	for (int i = 0; i < REG_COUNT; i++) {
		const RegisterFieldRow *field = &register_fields[i];
		if (field->of_case != of_case || (field->kind != first && field->kind != second) || !row->values[i].len)
			continue;
		if (key && !*open_out) {
			jout_key(j, key);
			jout_open(j, '{');
			*open_out = true;
		}
		write_member(j, field, row->values[i], arena);
	}
}

static void open_extra(JsonOut *j, bool *open)
{
	if (*open)
		return;
	jout_key(j, "extra");
	jout_open(j, '{');
	*open = true;
}

/* What has no field of its own, under its heading. */
static void write_unknown(JsonOut *j, const RegisterRow *row, bool *open)
{
	for (size_t i = 0; i < row->columns->count; i++) {
		const RegisterColumn *column = &row->columns->columns[i];
		Str cell = grid_cell(row->cells, i);
		if (column->field != REG_NONE || !cell.len)
			continue;
		open_extra(j, open);
		jout_key_str(j, column->title);
		jout_str(j, cell);
	}
}

static void write_signer(JsonOut *j, const RegisterRow *row)
{
	Str name = row->values[REG_SIGNER], position = row->values[REG_POSITION];
	if (!name.len && !position.len)
		return;
	jout_key(j, "signer");
	if (!position.len) {
		jout_str(j, name);
		return;
	}
	jout_open(j, '{');
	if (name.len)
		jout_field_str(j, "name", name);
	jout_field_str(j, "position", position);
	jout_close(j, '}');
}

void row_write_record(const RegisterRow *row, bool with_files, Buf *out)
{
	static const ColumnKind members[] = {COLUMN_MEMBER, COLUMN_LIST, COLUMN_WHOLE};
	JsonOut j;
	Arena arena = {0};
	RegisterRow rest = *row;
	bool open = false;
	if (!with_files)
		rest.values[REG_FILE] = (Str){NULL, 0};
	if (!rest.values[REG_DIRECTION].len && (rest.values[REG_ARRIVAL_NUMBER].len || rest.values[REG_ARRIVED].len))
		rest.values[REG_DIRECTION] = STR("incoming");
	jout_begin(&j, out);
	jout_open(&j, '{');
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		write_kinds(&j, &rest, false, members[i], members[i], NULL, &open, &arena);
	if (row->number.len)
		jout_field_str(&j, "number", row->number);
	if (row->issued.len)
		jout_field_str(&j, "issued", row->issued);
	if (rest.values[REG_DUE].len)
		jout_field_str(&j, "due", read_date(rest.values[REG_DUE], &arena));
	write_signer(&j, row);
	if (row->case_code.len)
		write_list(&j, "cases", row->case_code);
	write_kinds(&j, &rest, false, COLUMN_LOCATION, COLUMN_LOCATION, "location", &open, &arena);
	if (open)
		jout_close(&j, '}');
	open = false;
	write_kinds(&j, &rest, false, COLUMN_EXTRA, COLUMN_EXTRA_DATE, "extra", &open, &arena);
	if (rest.values[REG_NOTATION].len && !rest.values[REG_NUMERAL].len) {
		open_extra(&j, &open);
		jout_field_str(&j, "codeNotation", rest.values[REG_NOTATION]);
	}
	write_unknown(&j, row, &open);
	if (open)
		jout_close(&j, '}');
	jout_close(&j, '}');
	arena_done(&arena);
}

static void write_case_date(JsonOut *j, const RegisterRow *row, RegisterField whole, bool *open, Arena *arena)
{
	const Str *v = row->values;
	Str date = compose_date(v[whole], v[whole + 1], v[whole + 2], v[whole + 3], arena);
	if (!date.len)
		return;
	open_extra(j, open);
	jout_field_str(j, register_fields[whole].member, date);
}

void row_write_case(const RegisterRow *row, Arena *arena, Buf *out)
{
	static const ColumnKind members[] = {COLUMN_MEMBER, COLUMN_LIST, COLUMN_WHOLE};
	JsonOut j;
	RegisterRow rest = *row;
	bool open = false;
	rest.values[REG_CASE_START] = rest.values[REG_CASE_END] = (Str){NULL, 0};
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_str(&j, "case", row->case_code);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		write_kinds(&j, &rest, true, members[i], members[i], NULL, &open, arena);
	if (row->values[REG_FONDS].len)
		jout_field_str(&j, "fonds", row->values[REG_FONDS]);
	write_kinds(&j, &rest, true, COLUMN_EXTRA, COLUMN_EXTRA_DATE, "extra", &open, arena);
	write_case_date(&j, row, REG_CASE_START, &open, arena);
	write_case_date(&j, row, REG_CASE_END, &open, arena);
	if (row->values[REG_CASE_CATALOGUE].len) {
		open_extra(&j, &open);
		jout_field_str(&j, "fileCatalog", row->values[REG_CASE_CATALOGUE]);
	}
	if (row->values[REG_CASE_NOTATION].len) {
		open_extra(&j, &open);
		jout_field_str(&j, "fileNotation", row->values[REG_CASE_NOTATION]);
	}
	if (open)
		jout_close(&j, '}');
	jout_close(&j, '}');
}
