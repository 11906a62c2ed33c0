/* indexer/extract/office.c - text of DOCX, ODT and XLSX: the parts of the zip that hold text, read by libxml2 as a
 * stream of events. For each kind of document one table says which parts are read, in which order, and one for each
 * kind of part what its elements mean; names of elements are unique enough without namespaces. */
#include "indexer/extract/office.h"

#include "base/utf8.h"
#include "indexer/extract/limits.h"
#include "indexer/extract/lines.h"
#include "indexer/extract/markup.h"
#include "indexer/source/package_in.h"
#include "tokenizer/encoding.h"

#include <libxml/parser.h>
#include <stdlib.h>

typedef struct {
	char name[80];
	Buf bytes;
} OfficePart;

typedef enum {
	EL_NONE,
	EL_PARAGRAPH,
	EL_BOX,  /* a text box: starts a line of its own, and what follows it too */
	EL_TEXT, /* its characters are text */
	EL_TAB,
	EL_BREAK,
	EL_HYPHEN,
	EL_SPACES,
	EL_ROW,
	EL_CELL,
	EL_SHEET_CELL, /* XLSX: a cell whose attribute t="s" makes its value a number of a shared string */
	EL_SHARED,     /* XLSX: a shared string ends */
	EL_DROPPED,
} ElementKind;

typedef struct {
	const char *name;
	ElementKind kind;
} Element;

static const Element docx_elements[] = {
	{"p", EL_PARAGRAPH},
	{"t", EL_TEXT},
	{"tab", EL_TAB},
	{"ptab", EL_TAB},
	{"br", EL_BREAK},
	{"cr", EL_BREAK},
	{"noBreakHyphen", EL_HYPHEN},
	{"tr", EL_ROW},
	{"tc", EL_CELL},
	{"pPr", EL_DROPPED},
	{"rPr", EL_DROPPED},
	{"Fallback", EL_DROPPED}, /* the same box again, for older programs */
	{"txbxContent", EL_BOX},
	{"moveFrom", EL_DROPPED}, /* tracked: its text stands where it was moved to */
	{NULL, EL_NONE},
};
static const Element odt_elements[] = {
	{"p", EL_PARAGRAPH},        {"h", EL_PARAGRAPH},     {"tab", EL_TAB},
	{"line-break", EL_BREAK},   {"text-box", EL_BOX},    {"s", EL_SPACES},
	{"table-row", EL_ROW},      {"table-cell", EL_CELL}, {"tracked-changes", EL_DROPPED},
	{"annotation", EL_DROPPED}, {NULL, EL_NONE},
};
static const Element shared_elements[] = {
	{"t", EL_TEXT},
	{"si", EL_SHARED},
	{"rPh", EL_DROPPED},
	{NULL, EL_NONE},
};
static const Element sheet_elements[] = {
	{"row", EL_ROW}, {"c", EL_SHEET_CELL}, {"v", EL_TEXT}, {"t", EL_TEXT}, {NULL, EL_NONE},
};

/* Parts in the order of their texts; a numbered one begins so: "xl/worksheets/sheet12.xml". */
typedef struct {
	const char *name;
	bool numbered;
	const Element *elements;
} PartKind;

enum { PART_KINDS_MAX = 6 };

typedef struct {
	PartKind parts[PART_KINDS_MAX];
	bool text_in_paragraphs; /* all characters inside paragraphs are text, and blanks in a row are one */
} OfficeKind;

/* Headers come first: they stand above the text, and so do the stamps in them that the gate for secrets looks for. */
static const OfficeKind docx = {.parts = {{"word/header", true, docx_elements},
					  {"word/document", true, docx_elements},
					  {"word/footer", true, docx_elements},
					  {"word/footnotes.xml", false, docx_elements},
					  {"word/endnotes.xml", false, docx_elements},
					  {"word/comments.xml", false, docx_elements}}};
static const OfficeKind odt = {.parts = {{"content.xml", false, odt_elements}}, .text_in_paragraphs = true};
static const OfficeKind xlsx = {
	.parts = {{"xl/sharedStrings.xml", false, shared_elements}, {"xl/worksheets/sheet", true, sheet_elements}}};

typedef struct {
	const Element *elements;
	bool text_in_paragraphs;
	LineWriter lines;
	unsigned dropped, text, paragraphs;
	/* XLSX */
	Buf *shared;      /* strings one after another … */
	Buf *shared_ends; /* … and where each ends, as size_t */
	Buf value;
	bool value_is_shared, in_cell;
} XmlReader;

static ElementKind element_kind(const XmlReader *r, const xmlChar *name)
{
	for (const Element *e = r->elements; e->name; e++)
		if (strcmp((const char *)name, e->name) == 0)
			return e->kind;
	return EL_NONE;
}

/* SAX2 attributes come five pointers each: name, prefix, URI, value, end of value. */
static Str attribute(const xmlChar **attributes, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp((const char *)attributes[i * 5], name) == 0)
			return (Str){(const char *)attributes[i * 5 + 3],
				     (size_t)(attributes[i * 5 + 4] - attributes[i * 5 + 3])};
	return (Str){NULL, 0};
}

static void add_spaces(XmlReader *r, Str count_text)
{
	uint64_t count;
	if (!str_to_u64(count_text, &count))
		count = 1;
	for (; count > 0 && count <= 1000; count--)
		buf_add_char(r->lines.out, ' ');
}

static void open_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int ns_count,
			 const xmlChar **namespaces, int attribute_count, int defaulted, const xmlChar **attributes)
{
	XmlReader *r = ctx;
	(void)prefix, (void)uri, (void)ns_count, (void)namespaces, (void)defaulted;
	ElementKind kind = element_kind(r, name);
	r->dropped += kind == EL_DROPPED;
	if (r->dropped)
		return;
	if (kind == EL_TEXT)
		r->text++;
	else if (kind == EL_PARAGRAPH)
		r->paragraphs++;
	else if (kind == EL_BOX)
		lines_paragraph(&r->lines);
	else if (kind == EL_TAB)
		lines_tab(&r->lines);
	else if (kind == EL_BREAK)
		lines_break(&r->lines);
	else if (kind == EL_HYPHEN)
		lines_text(&r->lines, STR("-"));
	else if (kind == EL_SPACES)
		add_spaces(r, attribute(attributes, attribute_count, "c"));
	else if (kind == EL_ROW)
		lines_row_begin(&r->lines);
	else if (kind == EL_SHEET_CELL) {
		buf_clear(&r->value);
		r->in_cell = true;
		r->value_is_shared = str_eq(attribute(attributes, attribute_count, "t"), STR("s"));
	}
}

static Str shared_string(const XmlReader *r, Str number)
{
	uint64_t at;
	size_t start = 0, end;
	if (!str_to_u64(number, &at) || at >= r->shared_ends->len / sizeof end)
		return (Str){NULL, 0};
	memcpy(&end, r->shared_ends->data + at * sizeof end, sizeof end);
	if (at > 0)
		memcpy(&start, r->shared_ends->data + (at - 1) * sizeof start, sizeof start);
	return str_slice(buf_str(r->shared), start, end);
}

static void close_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	XmlReader *r = ctx;
	(void)prefix, (void)uri;
	ElementKind kind = element_kind(r, name);
	if (kind == EL_DROPPED) {
		r->dropped -= r->dropped > 0;
		return;
	}
	if (r->dropped)
		return;
	if (kind == EL_TEXT) {
		r->text -= r->text > 0;
	} else if (kind == EL_PARAGRAPH) {
		r->paragraphs -= r->paragraphs > 0;
		lines_break(&r->lines);
	} else if (kind == EL_BOX) {
		lines_paragraph(&r->lines);
	} else if (kind == EL_CELL) {
		lines_cell_end(&r->lines);
	} else if (kind == EL_ROW) {
		lines_row_end(&r->lines);
	} else if (kind == EL_SHARED) {
		buf_add(r->shared_ends, &r->shared->len, sizeof r->shared->len);
	} else if (kind == EL_SHEET_CELL) {
		lines_text(&r->lines, r->value_is_shared ? shared_string(r, buf_str(&r->value)) : buf_str(&r->value));
		lines_cell_end(&r->lines);
		r->in_cell = false;
	}
}

static void add_characters(void *ctx, const xmlChar *bytes, int len)
{
	XmlReader *r = ctx;
	Str text = {(const char *)bytes, len > 0 ? (size_t)len : 0};
	if (r->dropped || !(r->text || (r->text_in_paragraphs && r->paragraphs)))
		return;
	if (r->elements == shared_elements)
		buf_add_str(r->shared, text);
	else if (r->in_cell)
		buf_add_str(&r->value, text);
	else
		lines_text(&r->lines, text);
}

/* The parser and the check before it must see the same text: UTF-8, whatever else the XML says of itself. */
static Status check_xml(Str xml, Err *err)
{
	if (!utf8_is_valid(xml) || (xml.len && memchr(xml.ptr, 0, xml.len)))
		return err_set(err, ST_INVALID, "its XML is not UTF-8");
	return markup_check_xml(xml, err);
}

static Status parse_xml(XmlReader *r, Str xml, Err *err)
{
	xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
				 .startElementNs = open_element,
				 .endElementNs = close_element,
				 .characters = add_characters,
				 .ignorableWhitespace = add_characters,
				 .cdataBlock = add_characters};
	xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, r, NULL, 0, NULL);
	enum { STEP_BYTES = 1 << 20 };
	if (!parser)
		return err_no_memory(err);
	xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
	int code = 0;
	for (size_t at = 0; at < xml.len && code == 0; at += STEP_BYTES) {
		Str step = str_slice(xml, at, at + STEP_BYTES);
		code = xmlParseChunk(parser, step.ptr, (int)step.len, at + STEP_BYTES >= xml.len);
	}
	int line = parser->input ? parser->input->line : 0;
	if (parser->myDoc)
		xmlFreeDoc(parser->myDoc);
	xmlFreeParserCtxt(parser);
	if (code != 0)
		return err_set(err, ST_INVALID, "its XML is broken at line %d", line);
	return buf_ok(r->lines.out) ? ST_OK : err_no_memory(err);
}

/* One part. UTF-16 is allowed by the standard, and rare. */
static Status read_xml(XmlReader *r, Str xml, Err *err)
{
	Buf utf8 = {0};
	EncodingReport report;
	Status st = ST_OK;
	if (str_starts(xml, STR("\xFF\xFE")) || str_starts(xml, STR("\xFE\xFF"))) {
		st = encoding_decode(xml, &utf8, &report, err);
		if (st == ST_OK && !buf_ok(&utf8))
			st = err_no_memory(err);
		xml = buf_str(&utf8);
	}
	if (st == ST_OK)
		st = check_xml(xml, err);
	if (st == ST_OK)
		st = parse_xml(r, xml, err);
	buf_done(&utf8);
	return st;
}

/* ---- parts ----------------------------------------------------------------------------------------------------- */

/* The row of the part's kind; NULL: it holds no text. */
static const PartKind *part_kind(const OfficeKind *kind, Str name)
{
	for (const PartKind *part = kind->parts; part < kind->parts + PART_KINDS_MAX && part->name; part++)
		if (str_ends(name, STR(".xml")) &&
		    (part->numbered ? str_starts(name, str_from(part->name)) : str_eq(name, str_from(part->name))))
			return part;
	return NULL;
}

static Status read_part(PackageIn *package, Str name, OfficePart *part, size_t *total, Err *err)
{
	ByteSource from = package_in_source(package);
	for (;;) {
		enum { STEP_BYTES = 256 << 10 };
		size_t got = 0;
		if (!buf_reserve(&part->bytes, STEP_BYTES))
			return err_no_memory(err);
		Status st = from.read(from.ctx, part->bytes.data + part->bytes.len, STEP_BYTES, &got, err);
		if (st != ST_OK)
			return st;
		part->bytes.len += got;
		*total += got;
		if (*total > EXTRACT_PARTS_BYTES_MAX)
			return err_set(err, ST_LIMIT, "its XML is larger than %d MiB", EXTRACT_PARTS_BYTES_MAX >> 20);
		if (got == 0)
			break;
	}
	memcpy(part->name, name.ptr, name.len);
	part->name[name.len] = 0;
	return ST_OK;
}

static Status read_parts(int fd, const OfficeKind *kind, OfficePart parts[static EXTRACT_PARTS_MAX], size_t *count,
			 Err *err)
{
	PackageIn *package;
	PackageEntry entry;
	Step step = STEP_ERROR;
	size_t total = 0;
	Status st = package_in_open(&package, PACKAGE_ENTRIES, fd, (Str){NULL, 0}, err);
	if (st != ST_OK)
		return st;
	while (st == ST_OK && (step = package_in_next(package, &entry, err)) == STEP_ITEM)
		if (entry.refusal.code == ST_OK && part_kind(kind, entry.name) && *count < EXTRACT_PARTS_MAX &&
		    entry.name.len < sizeof parts->name)
			st = read_part(package, entry.name, &parts[(*count)++], &total, err);
	package_in_close(package);
	return st != ST_OK ? st : step == STEP_ERROR ? err->code : ST_OK;
}

static int compare_parts(const void *a, const void *b, void *kind)
{
	const OfficePart *left = a, *right = b;
	const PartKind *left_kind = part_kind(kind, str_from(left->name)),
		       *right_kind = part_kind(kind, str_from(right->name));
	size_t left_len = strlen(left->name), right_len = strlen(right->name);
	if (left_kind != right_kind)
		return left_kind < right_kind ? -1 : 1;
	if (left_len != right_len)
		return left_len < right_len ? -1 : 1; /* sheet2 before sheet10 */
	return strcmp(left->name, right->name);
}

static Status read_text(const OfficeKind *kind, OfficePart *parts, size_t count, Buf *out, Err *err)
{
	Buf shared = {0}, shared_ends = {0};
	XmlReader r = {.shared = &shared, .shared_ends = &shared_ends, .text_in_paragraphs = kind->text_in_paragraphs};
	Status st = ST_OK;
	lines_begin(&r.lines, out, kind->text_in_paragraphs);
	for (size_t i = 0; i < count && st == ST_OK; i++) {
		r.elements = part_kind(kind, str_from(parts[i].name))->elements;
		st = read_xml(&r, buf_str(&parts[i].bytes), err);
		lines_finish(&r.lines);
		buf_done(&parts[i].bytes);
	}
	buf_done(&r.value);
	buf_done(&shared);
	buf_done(&shared_ends);
	return st;
}

static Status read_document(int fd, const OfficeKind *kind, Buf *out, Err *err)
{
	size_t count = 0;
	OfficePart *parts = calloc(EXTRACT_PARTS_MAX, sizeof *parts);
	if (!parts)
		return err_no_memory(err);
	Status st = read_parts(fd, kind, parts, &count, err);
	if (st == ST_OK && count == 0)
		st = err_set(err, ST_INVALID, "it holds no text part: not a document of this kind");
	if (st == ST_OK) {
		qsort_r(parts, count, sizeof *parts, compare_parts, (void *)(uintptr_t)kind);
		st = read_text(kind, parts, count, out, err);
	}
	for (size_t i = 0; i < count; i++)
		buf_done(&parts[i].bytes);
	free(parts);
	return st;
}

Status docx_read(int fd, Buf *out, Err *err)
{
	return read_document(fd, &docx, out, err);
}

Status odt_read(int fd, Buf *out, Err *err)
{
	return read_document(fd, &odt, out, err);
}

Status xlsx_read(int fd, Buf *out, Err *err)
{
	return read_document(fd, &xlsx, out, err);
}
