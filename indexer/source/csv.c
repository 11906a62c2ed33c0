/* indexer/source/csv.c - reads a CSV text byte by byte into the cells of one row, which lie one after another in one
 * buffer. A line break outside quotes ends the row; what follows a closing quote within a cell belongs to the cell. */
#include "indexer/source/csv.h"

enum { SEEN_RECORDS = 40, SEEN_BYTES = 64 << 10 };

static const char separators[] = ",;\t";

/* Counts the separator in each of the first records, outside quotes. */
static size_t count_in_records(Str text, char separator, size_t counts[static SEEN_RECORDS])
{
	size_t records = 0, count = 0;
	bool quoted = false;
	for (size_t i = 0; i < text.len && i < SEEN_BYTES && records < SEEN_RECORDS; i++) {
		quoted ^= text.ptr[i] == '"';
		count += !quoted && text.ptr[i] == separator;
		if (quoted || text.ptr[i] != '\n')
			continue;
		counts[records++] = count;
		count = 0;
	}
	if (records < SEEN_RECORDS)
		counts[records++] = count;
	return records;
}

/* How sure it is that this is the separator: the number of records with the same count of it, then that count. */
static uint64_t weigh(Str text, char separator)
{
	size_t counts[SEEN_RECORDS], records = count_in_records(text, separator, counts);
	uint64_t best = 0;
	for (size_t i = 0; i < records; i++) {
		uint64_t same = 0;
		for (size_t k = 0; k < records; k++)
			same += counts[k] == counts[i];
		uint64_t weight = counts[i] ? same << 32 | counts[i] : 0;
		best = weight > best ? weight : best;
	}
	return best;
}

static char find_separator(Str text)
{
	char best = separators[0];
	for (size_t s = 1; separators[s]; s++)
		if (weigh(text, separators[s]) > weigh(text, best))
			best = separators[s];
	return best;
}

/* "sep=;" in a line of its own, as spreadsheets write it. */
static bool take_named_separator(CsvReader *r)
{
	Str rest = r->left, line;
	if (!str_split(&rest, '\n', &line))
		return false;
	Str trimmed = str_trim(line);
	bool tab = str_eq_nocase(line, STR("sep=\t")) || str_eq_nocase(line, STR("sep=\t\r"));
	if (!tab &&
	    (trimmed.len != 5 || !str_eq_nocase(str_slice(trimmed, 0, 4), STR("sep=")) || trimmed.ptr[4] == '"'))
		return false;
	r->separator = tab ? '\t' : trimmed.ptr[4];
	r->left = rest;
	r->next_line = 2;
	return true;
}

void csv_begin(CsvReader *reader, Str text)
{
	*reader = (CsvReader){.left = text, .next_line = 1};
	if (!take_named_separator(reader))
		reader->separator = find_separator(text);
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
