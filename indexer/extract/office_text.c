/* indexer/extract/office_text.c - a handler of events with counters of what is open: text, paragraphs, what is dropped.
 * An aside is written to a buffer of its own, which is appended at the end: a note within a sentence would cut it. */
#include "indexer/extract/office_text.h"

#include "indexer/extract/cell_format.h"
#include "indexer/extract/lines.h"
#include "indexer/extract/xml_events.h"

const OfficeElement office_word[] = {
	{"p", OFFICE_PARAGRAPH},      {"r", OFFICE_RUN},
	{"t", OFFICE_TEXT},           {"tab", OFFICE_TAB},
	{"ptab", OFFICE_TAB},         {"br", OFFICE_BREAK},
	{"cr", OFFICE_BREAK},         {"noBreakHyphen", OFFICE_HYPHEN},
	{"tr", OFFICE_ROW},           {"tc", OFFICE_CELL},
	{"vanish", OFFICE_HIDDEN},    {"txbxContent", OFFICE_BOX},
	{"pPr", OFFICE_DROPPED},      {"rPrChange", OFFICE_DROPPED},
	{"Fallback", OFFICE_DROPPED}, /* the same box again, for older programs */
	{"del", OFFICE_DROPPED},      /* tracked: deleted … */
	{"moveFrom", OFFICE_DROPPED}, /* … and moved: its text stands where it was moved to */
	{NULL, OFFICE_NONE},
};
const OfficeElement office_drawing[] = {
	{"p", OFFICE_PARAGRAPH}, {"t", OFFICE_TEXT},           {"br", OFFICE_BREAK},
	{"tr", OFFICE_ROW},      {"tc", OFFICE_CELL},          {"sp", OFFICE_BOX},
	{"pt", OFFICE_BOX},      {"Fallback", OFFICE_DROPPED}, {NULL, OFFICE_NONE},
};
const OfficeElement office_remarks[] = {
	{"comment", OFFICE_BOX}, {"cm", OFFICE_BOX},    {"threadedComment", OFFICE_BOX},
	{"t", OFFICE_TEXT},      {"text", OFFICE_TEXT}, {"rPh", OFFICE_DROPPED},
	{NULL, OFFICE_NONE},
};
const OfficeElement office_table[] = {
	{"Row", OFFICE_ROW},
	{"Cell", OFFICE_CELL},
	{"Data", OFFICE_TEXT},
	{NULL, OFFICE_NONE},
};
const OfficeElement office_open[] = {
	{"p", OFFICE_PARAGRAPH},
	{"h", OFFICE_PARAGRAPH},
	{"tab", OFFICE_TAB},
	{"line-break", OFFICE_BREAK},
	{"s", OFFICE_SPACES},
	{"text-box", OFFICE_BOX},
	{"page", OFFICE_BOX},
	{"note-citation", OFFICE_DROPPED},
	{"note-body", OFFICE_ASIDE},
	{"annotation", OFFICE_ASIDE},
	{"table-row", OFFICE_ROW},
	{"table-cell", OFFICE_CELL},
	{"tracked-changes", OFFICE_DROPPED},
	{NULL, OFFICE_NONE},
};

typedef struct {
	const OfficeElement *elements;
	bool text_in_paragraphs;
	LineWriter lines, aside_lines, *to; /* to: one of the two */
	Buf asides;
	unsigned dropped, text, paragraphs, aside, outer_paragraphs;
	bool hidden;
	bool cell_is_date; /* ODF: the date of the cell stands for what it shows */
} PartReader;

static OfficeElementKind kind_of(const PartReader *r, const char *name)
{
	for (const OfficeElement *e = r->elements; e->name; e++)
		if (strcmp(name, e->name) == 0)
			return e->kind;
	return OFFICE_NONE;
}

static void add_spaces(PartReader *r, Str count_text)
{
	uint64_t count;
	if (!str_to_u64(count_text, &count))
		count = 1;
	for (; count > 0 && count <= 1000; count--)
		buf_add_char(r->to->out, ' ');
}

/* How a date is shown depends on the sheet's language; its value does not. */
static void begin_cell(PartReader *r, XmlAttributes attributes)
{
	char shown[CELL_TEXT_MAX];
	r->cell_is_date = str_eq(xml_attribute(attributes, "value-type"), STR("date")) &&
			  cell_date_of_iso(xml_attribute(attributes, "date-value"), shown);
	if (r->cell_is_date)
		lines_text(r->to, str_from(shown));
}

static void begin_aside(PartReader *r)
{
	if (r->aside++)
		return;
	r->outer_paragraphs = r->paragraphs;
	r->paragraphs = 0;
	r->to = &r->aside_lines;
	lines_paragraph(r->to);
}

static void end_aside(PartReader *r)
{
	if (r->aside == 0 || --r->aside)
		return;
	lines_paragraph(r->to);
	r->to = &r->lines;
	r->paragraphs = r->outer_paragraphs;
}

static void open_element(void *ctx, const char *name, XmlAttributes attributes)
{
	PartReader *r = ctx;
	OfficeElementKind kind = kind_of(r, name);
	r->dropped += kind == OFFICE_DROPPED;
	if (r->dropped)
		return;
	switch (kind) {
	case OFFICE_TEXT:
		r->text++;
		return;
	case OFFICE_RUN:
		r->hidden = false;
		return;
	case OFFICE_HIDDEN: {
		Str value = xml_attribute(attributes, "val");
		r->hidden = !str_eq(value, STR("0")) && !str_eq(value, STR("false")) && !str_eq(value, STR("off"));
		return;
	}
	case OFFICE_PARAGRAPH:
		r->paragraphs++;
		r->hidden = false;
		return;
	case OFFICE_BOX:
		lines_paragraph(r->to);
		r->hidden = false;
		return;
	case OFFICE_ASIDE:
		begin_aside(r);
		return;
	case OFFICE_TAB:
		lines_tab(r->to);
		return;
	case OFFICE_BREAK:
		lines_break(r->to);
		return;
	case OFFICE_HYPHEN:
		lines_text(r->to, STR("-"));
		return;
	case OFFICE_SPACES:
		add_spaces(r, xml_attribute(attributes, "c"));
		return;
	case OFFICE_ROW:
		lines_row_begin(r->to);
		return;
	case OFFICE_CELL:
		begin_cell(r, attributes);
		return;
	case OFFICE_DROPPED:
	case OFFICE_NONE:
		return;
	}
}

static void close_element(void *ctx, const char *name)
{
	PartReader *r = ctx;
	OfficeElementKind kind = kind_of(r, name);
	if (kind == OFFICE_DROPPED) {
		r->dropped -= r->dropped > 0;
		return;
	}
	if (r->dropped)
		return;
	if (kind == OFFICE_TEXT) {
		r->text -= r->text > 0;
	} else if (kind == OFFICE_PARAGRAPH) {
		r->paragraphs -= r->paragraphs > 0;
		lines_break(r->to);
	} else if (kind == OFFICE_BOX) {
		lines_paragraph(r->to);
	} else if (kind == OFFICE_ASIDE) {
		end_aside(r);
	} else if (kind == OFFICE_CELL) {
		r->cell_is_date = false;
		lines_cell_end(r->to);
	} else if (kind == OFFICE_ROW) {
		lines_row_end(r->to);
	}
}

static void add_text(void *ctx, Str text)
{
	PartReader *r = ctx;
	bool counts = r->text || (r->text_in_paragraphs && r->paragraphs);
	if (counts && !r->dropped && !r->hidden && !(r->cell_is_date && !r->aside))
		lines_text(r->to, text);
}

Status office_text_read(Str xml, const OfficeElement *elements, Buf *out, Err *err)
{
	static const XmlHandlers handlers = {open_element, close_element, add_text};
	bool is_open = elements == office_open;
	PartReader r = {.elements = elements, .text_in_paragraphs = is_open};
	lines_begin(&r.lines, out, is_open);
	lines_begin(&r.aside_lines, &r.asides, is_open);
	r.to = &r.lines;
	Status st = xml_read(xml, &handlers, &r, err);
	lines_finish(&r.lines);
	lines_finish(&r.aside_lines);
	buf_add_str(out, buf_str(&r.asides));
	if (st == ST_OK && !(buf_ok(out) && buf_ok(&r.asides)))
		st = err_no_memory(err);
	buf_done(&r.asides);
	return st;
}
