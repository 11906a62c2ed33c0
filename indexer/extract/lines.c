/* indexer/extract/lines.c - lines are made in the output itself. The end of a cell is written as U+001F, which no XML
 * or HTML text can hold, until its row is complete. */
#include "indexer/extract/lines.h"

enum { CELL_END = 0x1F };

void lines_begin(LineWriter *w, Buf *out, bool collapse)
{
	*w = (LineWriter){.out = out, .collapse = collapse};
}

/* 0 at the very start. */
static char last(const LineWriter *w, size_t back)
{
	return w->out->len >= back ? w->out->data[w->out->len - back] : 0;
}

static bool is_line_start(const LineWriter *w)
{
	char c = last(w, 1);
	return c == 0 || c == '\n' || c == CELL_END;
}

static bool is_control(char c)
{
	return (uint8_t)c < 0x20 || c == 0x7F;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void trim_blanks(LineWriter *w)
{
	while (last(w, 1) == ' ' || last(w, 1) == '\t')
		w->out->len--;
	w->want_blank = false;
}

static void add_collapsed(LineWriter *w, Str text)
{
	for (size_t at = 0; at < text.len;) {
		size_t start = at;
		while (at < text.len && !is_control(text.ptr[at]) && text.ptr[at] != ' ')
			at++;
		if (at > start) {
			if (w->want_blank && !is_line_start(w) && last(w, 1) != '\t')
				buf_add_char(w->out, ' ');
			w->want_blank = false;
			buf_add(w->out, text.ptr + start, at - start);
		}
		for (; at < text.len && (is_control(text.ptr[at]) || text.ptr[at] == ' '); at++)
			w->want_blank |= is_blank(text.ptr[at]);
	}
}

void lines_text(LineWriter *w, Str text)
{
	if (w->collapse) {
		add_collapsed(w, text);
		return;
	}
	for (size_t i = 0; i < text.len; i++)
		if (!is_control(text.ptr[i]) || text.ptr[i] == '\t')
			buf_add_char(w->out, text.ptr[i]);
		else if (text.ptr[i] == '\n')
			buf_add_char(w->out, ' ');
}

void lines_break(LineWriter *w)
{
	trim_blanks(w);
	if (last(w, 1) == 0 || last(w, 1) == CELL_END ||
	    (last(w, 1) == '\n' && (last(w, 2) == '\n' || w->out->len == 1)))
		return;
	buf_add_char(w->out, '\n');
}

void lines_paragraph(LineWriter *w)
{
	trim_blanks(w);
	if (!is_line_start(w))
		buf_add_char(w->out, '\n');
}

void lines_tab(LineWriter *w)
{
	if (!is_line_start(w))
		buf_add_char(w->out, '\t');
	w->want_blank = false;
}

void lines_row_begin(LineWriter *w)
{
	lines_paragraph(w);
	if (w->rows < LINES_ROWS_MAX)
		w->row_start[w->rows] = w->out->len;
	w->rows++;
}

void lines_cell_end(LineWriter *w)
{
	if (w->rows == 0 || w->rows > LINES_ROWS_MAX) {
		lines_paragraph(w);
		return;
	}
	trim_blanks(w);
	while (w->out->len > w->row_start[w->rows - 1] && last(w, 1) == '\n')
		w->out->len--;
	buf_add_char(w->out, CELL_END);
}

void lines_row_end(LineWriter *w)
{
	if (w->rows == 0 || w->rows-- > LINES_ROWS_MAX) {
		lines_paragraph(w);
		return;
	}
	size_t start = w->row_start[w->rows];
	trim_blanks(w);
	if (!buf_ok(w->out) || w->out->len <= start)
		return;
	char *row = w->out->data + start, *end = w->out->data + w->out->len, *to = row;
	bool several = memchr(row, '\n', (size_t)(end - row)) != NULL;
	for (char *at = row; at < end; at++) {
		char c = *at != CELL_END ? *at : several ? '\n' : '\t';
		if (c == '\n' && (to == row || to[-1] == '\n') && *at == CELL_END)
			continue; /* an empty cell among lines */
		*to++ = c;
	}
	while (to > row && is_blank(to[-1]))
		to--;
	w->out->len = (size_t)(to - w->out->data);
	lines_paragraph(w);
}

void lines_finish(LineWriter *w)
{
	while (w->rows)
		lines_row_end(w);
	lines_paragraph(w);
}
