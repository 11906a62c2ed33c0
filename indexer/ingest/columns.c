/* indexer/ingest/columns.c - each of the first rows is tried as the row of headings, alone and with the row below;
 * the one that names most fields is it. What a heading alone does not say is settled by its place. */
#include "indexer/ingest/columns.h"

#include <stdio.h>

enum { HEADING_ROWS_MAX = 40 };

void column_letters(size_t at, char out[static 4])
{
	if (at < 26)
		snprintf(out, 4, "%c", 'A' + (int)at);
	else
		snprintf(out, 4, "%c%c", 'A' + (int)(at / 26 - 1) % 26, 'A' + (int)(at % 26));
}

bool columns_have(const RegisterColumns *columns, RegisterField field)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->columns[i].field == field)
			return true;
	return false;
}

/* ---- one heading ----------------------------------------------------------------------------------------------- */

/* Which of day, month and year a heading below another names; 0: none of them. */
static int date_part(Str child)
{
	bool slip;
	RegisterField field = heading_find(child, &slip);
	return field >= REG_ISSUED_DAY && field <= REG_ISSUED_YEAR && !slip ? field - REG_ISSUED_DAY + 1 : 0;
}

/* "Hồ sơ" above a heading makes it the case file's. */
static bool is_case_group(Str parent)
{
	Buf folded = {0};
	heading_fold(parent, &folded);
	Str text = buf_str(&folded);
	bool found = str_eq(text, STR("ho so")) || str_ends(text, STR(" ho so")) || str_starts(text, STR("ho so "));
	buf_done(&folded);
	return found;
}

/* Two headings, one above the other. */
static RegisterField resolve_two(Str parent, Str child, bool *slip_out)
{
	char joined[600];
	bool parent_slip;
	RegisterField above = heading_find(parent, &parent_slip);
	int part = date_part(child);
	*slip_out = false;
	if (part && (above == REG_ISSUED || above == REG_CASE_START || above == REG_CASE_END))
		return (RegisterField)((int)above + part);
	snprintf(joined, sizeof joined, "%.250s %.250s", parent.ptr, child.ptr);
	RegisterField both = heading_find(str_from(joined), slip_out);
	if (both != REG_NONE && !*slip_out)
		return both;
	RegisterField below = heading_find(child, slip_out);
	if (below != REG_NONE && is_case_group(parent) && register_fields[below].twin != REG_NONE)
		return register_fields[below].twin;
	return below;
}

static Status read_headings(const GridRow *above, const GridRow *below, Arena *arena, RegisterColumns *out, Err *err)
{
	size_t count = below && below->count > above->count ? below->count : above->count;
	Str parent = {NULL, 0};
	*out = (RegisterColumns){.columns = arena_calloc(arena, count + 1, sizeof *out->columns), .count = count};
	if (!out->columns)
		return err_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		Str top = grid_cell(above, i), bottom = below ? grid_cell(below, i) : (Str){NULL, 0};
		RegisterColumn *column = &out->columns[i];
		bool slip = false;
		if (str_eq(top, bottom))
			bottom = (Str){NULL, 0};
		if (top.len || !bottom.len)
			parent = top;
		column->title = bottom.len ? bottom : top;
		if (bottom.len && parent.len) {
			column->field = resolve_two(parent, bottom, &slip);
			column->title = str_from(arena_printf(arena, "%.*s / %.*s", STR_ARG(parent), STR_ARG(bottom)));
		} else if (column->title.len) {
			column->field = heading_find(column->title, &slip);
		}
		column->how = column->field == REG_NONE ? "unknown" : slip ? "slip" : "heading";
	}
	return ST_OK;
}

static size_t count_known(const RegisterColumns *columns)
{
	bool seen[REG_COUNT] = {false};
	size_t known = 0;
	for (size_t i = 0; i < columns->count; i++) {
		RegisterField field = columns->columns[i].field;
		known += field > REG_IGNORED && !seen[field];
		seen[field] = true;
	}
	return known;
}

/* ---- what a heading means by its place ------------------------------------------------------------------------- */

static size_t find_column(const RegisterColumns *c, RegisterField field, size_t from)
{
	for (size_t i = from; i < c->count; i++)
		if (c->columns[i].field == field)
			return i;
	return SIZE_MAX;
}

static void change_all(RegisterColumns *c, RegisterField from, RegisterField to)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->columns[i].field == from) {
			c->columns[i].field = to;
			c->columns[i].how = "position";
		}
}

/* "Ngày" beside "Tháng" is a day; alone it is the whole date. */
static void settle_dates(RegisterColumns *c)
{
	static const RegisterField wholes[] = {REG_ISSUED, REG_CASE_START, REG_CASE_END};
	for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
		RegisterField whole = wholes[i], day = whole + 1, month = whole + 2;
		if (find_column(c, month, 0) == SIZE_MAX && find_column(c, whole, 0) == SIZE_MAX)
			change_all(c, day, whole);
		else if (find_column(c, month, 0) != SIZE_MAX && find_column(c, day, 0) == SIZE_MAX)
			change_all(c, whole, day);
	}
}

static bool is_document_column(RegisterField field)
{
	return field == REG_ORDINAL || (field >= REG_NUMBER && field <= REG_SUBJECT) || field == REG_ID ||
	       field == REG_FILE || field == REG_ARRIVED || field == REG_ARRIVAL_NUMBER;
}

/* The first column that is a document's for sure; what stands left of it may be the case file's. */
static size_t find_boundary(const RegisterColumns *c)
{
	size_t ordinal = find_column(c, REG_ORDINAL, 0);
	if (ordinal != SIZE_MAX)
		return ordinal;
	for (size_t i = 0; i < c->count; i++) {
		RegisterField field = c->columns[i].field;
		bool again = register_fields[field].twin != REG_NONE && find_column(c, field, i + 1) != SIZE_MAX;
		if (is_document_column(field) && !again)
			return i;
	}
	return c->count;
}

static bool has_case_before(const RegisterColumns *c, size_t boundary)
{
	for (size_t i = 0; i < boundary; i++)
		if (register_fields[c->columns[i].field].of_case && c->columns[i].field != REG_CASE_CODE)
			return true;
	return boundary == c->count && find_column(c, REG_CASE_CODE, 0) != SIZE_MAX;
}

static void settle_twins(RegisterColumns *c)
{
	size_t boundary = find_boundary(c);
	if (!has_case_before(c, boundary))
		return;
	for (size_t i = 0; i < c->count && i < boundary; i++) {
		RegisterField field = c->columns[i].field, twin = register_fields[field].twin;
		if (twin == REG_NONE || find_column(c, twin, 0) != SIZE_MAX || strcmp(c->columns[i].how, "map") == 0)
			continue;
		c->columns[i].field = twin;
		c->columns[i].how = "position";
	}
}

static void settle_numbers(RegisterColumns *c)
{
	if (find_column(c, REG_NOTATION, 0) == SIZE_MAX && find_column(c, REG_NUMBER, 0) == SIZE_MAX)
		change_all(c, REG_NUMERAL, REG_NUMBER);
	if (find_column(c, REG_CASE_CODE, 0) == SIZE_MAX && find_column(c, REG_CASE_NOTATION, 0) == SIZE_MAX &&
	    find_column(c, REG_SUBJECT, 0) == SIZE_MAX)
		change_all(c, REG_CASE_TITLE, REG_SUBJECT);
}

/* A field has one column; only lists may have several. What is left over is kept under its title. */
static void settle_repeats(RegisterColumns *c)
{
	bool seen[REG_COUNT] = {false};
	for (size_t i = 0; i < c->count; i++) {
		RegisterColumn *column = &c->columns[i];
		if (column->field > REG_IGNORED && seen[column->field] &&
		    register_fields[column->field].kind != COLUMN_LIST) {
			column->field = REG_NONE;
			column->how = "unknown";
		}
		seen[column->field] = true;
	}
}

/* ---- titles of unknown columns --------------------------------------------------------------------------------- */

static bool title_is_used(const RegisterColumns *c, size_t at)
{
	for (size_t i = 0; i < c->count; i++)
		if (i != at && c->columns[i].field == REG_NONE && str_eq(c->columns[i].title, c->columns[at].title) &&
		    i < at)
			return true;
	for (int field = 0; field < REG_COUNT; field++) {
		const char *member = register_fields[field].member;
		if (member && str_eq(str_from(member), c->columns[at].title))
			return true;
	}
	return false;
}

static Status make_titles_unique(RegisterColumns *c, Arena *arena, Err *err)
{
	for (size_t i = 0; i < c->count; i++) {
		RegisterColumn *column = &c->columns[i];
		char letters[4];
		column_letters(i, letters);
		if (column->field != REG_NONE)
			continue;
		if (!column->title.len)
			column->title = str_from(arena_printf(arena, "Cột %s", letters));
		if (column->title.ptr && title_is_used(c, i))
			column->title = str_from(arena_printf(arena, "%.*s (%s)", STR_ARG(column->title), letters));
		if (!column->title.ptr)
			return err_no_memory(err);
	}
	return ST_OK;
}

/* ---- mappings -------------------------------------------------------------------------------------------------- */

static bool same_heading(Str a, Str b)
{
	Buf left = {0}, right = {0};
	heading_fold(a, &left);
	heading_fold(b, &right);
	bool same = left.len && str_eq(buf_str(&left), buf_str(&right));
	buf_done(&left);
	buf_done(&right);
	return same || str_eq(str_trim(a), str_trim(b));
}

/* "Cột=field"; a column may be named by its letters too. *used_out counts the columns that it settles. */
static Status apply_map(RegisterColumns *c, Str map, size_t *used_out, Err *err)
{
	ptrdiff_t equals = -1;
	for (size_t i = 0; i < map.len; i++)
		if (map.ptr[i] == '=')
			equals = (ptrdiff_t)i;
	Str title = str_slice(map, 0, equals < 0 ? 0 : (size_t)equals),
	    path = str_slice(map, (size_t)(equals + 1), map.len);
	RegisterField field = register_field_by_path(str_trim(path));
	if (equals <= 0 || field == REG_NONE)
		return err_set(err, ST_INVALID,
			       "--map %.*s: it should be 'Column=field', and the field one of the table in "
			       "docs/registers.md",
			       STR_ARG(map));
	*used_out = 0;
	for (size_t i = 0; i < c->count; i++) {
		char letters[4];
		column_letters(i, letters);
		if (!same_heading(c->columns[i].title, title) && !str_eq(str_trim(title), str_from(letters)))
			continue;
		c->columns[i].field = field;
		c->columns[i].how = "map";
		++*used_out;
	}
	return ST_OK;
}

static Status apply_maps(RegisterColumns *c, const Str *maps, size_t map_count, Err *err)
{
	for (size_t i = 0; i < map_count; i++) {
		size_t used;
		Status st = apply_map(c, maps[i], &used, err);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

/* ---- the row of headings --------------------------------------------------------------------------------------- */

/* "(1) (2) (3)", "1 2 3", "A B 1 2" below the headings. */
static bool is_row_of_numbers(const GridRow *row)
{
	size_t seen = 0;
	uint64_t expected = 1;
	for (size_t i = 0; i < row->count; i++) {
		Str cell = grid_cell(row, i);
		uint64_t number;
		if (!cell.len)
			continue;
		seen++;
		if (cell.len > 2 && cell.ptr[0] == '(' && cell.ptr[cell.len - 1] == ')')
			cell = str_slice(cell, 1, cell.len - 1);
		bool letter = cell.len == 1 && cell.ptr[0] >= 'A' && cell.ptr[0] <= 'Z';
		if (!letter && (!str_to_u64(cell, &number) || number != expected++))
			return false;
	}
	return seen >= 3 && expected > 2;
}

static bool suffices(const RegisterColumns *c)
{
	static const RegisterField identities[] = {REG_NUMBER,     REG_NUMERAL, REG_SUBJECT,
						   REG_FILE,       REG_TEXT,    REG_CASE_CODE,
						   REG_CASE_TITLE, REG_ID,      REG_CASE_NOTATION};
	for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
		if (c->known >= 2 && find_column(c, identities[i], 0) != SIZE_MAX)
			return true;
	return false;
}

static Status try_rows(const Grid *table, size_t at, bool two, const Str *maps, size_t map_count, Arena *arena,
		       RegisterColumns *best, Err *err)
{
	RegisterColumns tried;
	Status st = read_headings(&table->rows[at], two ? &table->rows[at + 1] : NULL, arena, &tried, err);
	if (st == ST_OK)
		st = apply_maps(&tried, maps, map_count, err);
	if (st != ST_OK)
		return st;
	tried.heading_row = at;
	tried.first_row = at + (two ? 2 : 1);
	tried.known = count_known(&tried);
	if (!best->columns || tried.known > best->known)
		*best = tried;
	return ST_OK;
}

Status columns_find(const Grid *table, const Str *maps, size_t map_count, Arena *arena, RegisterColumns *out, Err *err)
{
	RegisterColumns best = {0};
	Status st = ST_OK;
	for (int two = 0; two < 2; two++)
		for (size_t i = 0; i + (size_t)two < table->row_count && i < HEADING_ROWS_MAX && st == ST_OK; i++)
			st = try_rows(table, i, two, maps, map_count, arena, &best, err);
	if (st != ST_OK)
		return st;
	settle_dates(&best);
	settle_twins(&best);
	settle_numbers(&best);
	settle_repeats(&best);
	while (best.first_row < table->row_count && is_row_of_numbers(&table->rows[best.first_row]))
		best.first_row++;
	best.known = count_known(&best);
	best.understood = suffices(&best);
	st = make_titles_unique(&best, arena, err);
	if (st == ST_OK)
		*out = best;
	return st;
}
