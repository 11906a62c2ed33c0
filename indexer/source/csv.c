/* indexer/source/csv.c - reads a CSV text byte by byte into the cells of one row, which lie one after another in one
 * buffer. A line break outside quotes ends the row; what follows a closing quote within a cell belongs to the cell. */
#include "indexer/source/csv.h"

static char find_separator(Str text)
{
	static const char separators[] = ",;\t";
	size_t counts[3] = {0}, most = 0;
	Str first = {NULL, 0}; /* of a text without any line */
	str_split(&text, '\n', &first);
	for (size_t i = 0; i < first.len; i++)
		for (size_t s = 0; s < 3; s++)
			counts[s] += first.ptr[i] == separators[s];
	for (size_t s = 1; s < 3; s++)
		if (counts[s] > counts[most])
			most = s;
	return separators[most];
}

void csv_begin(CsvReader *reader, Str text)
{
	*reader = (CsvReader){.left = text, .separator = find_separator(text), .next_line = 1};
}

void csv_done(CsvReader *reader)
{
	buf_done(&reader->cells);
}

static char take_char(CsvReader *r)
{
	char c = r->left.ptr[0];
	r->left = str_slice(r->left, 1, r->left.len);
	r->next_line += c == '\n';
	return c;
}

static void end_cell(CsvReader *r)
{
	if (r->count < CSV_CELLS_MAX)
		r->ends[r->count++] = r->cells.len;
	else
		r->too_many = true;
}

/* What stands between quotes, behind the first of them. */
static void read_quoted(CsvReader *r)
{
	while (r->left.len) {
		char c = take_char(r);
		if (c != '"')
			buf_add_char(&r->cells, c);
		else if (r->left.len && r->left.ptr[0] == '"')
			buf_add_char(&r->cells, take_char(r));
		else
			return;
	}
}

Step csv_next(CsvReader *r, Err *err)
{
	buf_clear(&r->cells);
	r->count = 0;
	r->too_many = false;
	r->line = r->next_line;
	if (!r->left.len)
		return STEP_END;
	size_t start = 0;
	while (r->left.len) {
		char c = take_char(r);
		if (c == '"' && r->cells.len == start) {
			read_quoted(r);
		} else if (c == r->separator) {
			end_cell(r);
			start = r->cells.len;
		} else if (c == '\n') {
			break;
		} else if (c != '\r') {
			buf_add_char(&r->cells, c);
		}
	}
	end_cell(r);
	if (buf_ok(&r->cells))
		return STEP_ITEM;
	err_no_memory(err);
	return STEP_ERROR;
}

Str csv_cell(const CsvReader *r, size_t at)
{
	if (at >= r->count)
		return (Str){NULL, 0};
	return str_trim(str_slice(buf_str(&r->cells), at ? r->ends[at - 1] : 0, r->ends[at]));
}
