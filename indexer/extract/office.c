/* indexer/extract/office.c - which parts of a document are read, in which order. For each kind of document a table says
 * what its main part leads to; headers come first, for they stand above the text, and so do the stamps in them that the
 * gate for secrets looks for. */
#include "indexer/extract/office.h"

#include "base/file.h"
#include "indexer/extract/limits.h"
#include "indexer/extract/office_parts.h"
#include "indexer/extract/office_text.h"
#include "indexer/extract/open_sheets.h"
#include "indexer/extract/workbook.h"
#include "indexer/extract/xml_events.h"

/* A part that another leads to: the last word of the relationship's type, and how its text is read. */
typedef struct {
	const char *kind; /* NULL: the part itself */
	const OfficeElement *elements;
} Related;

static const Related word_parts[] = {
	{"header", office_word},    {NULL, office_word},       {"diagramData", office_drawing}, {"footer", office_word},
	{"footnotes", office_word}, {"endnotes", office_word}, {"comments", office_word}};
static const Related slide_parts[] = {{NULL, office_drawing},
				      {"diagramData", office_drawing},
				      {"notesSlide", office_drawing},
				      {"comments", office_remarks}};

static Status read_with_related(OfficeParts *parts, Str part, const Related *rows, size_t count, Buf *out, Err *err)
{
	OfficeRelations relations;
	Status st = office_relations(parts, part, &relations, err);
	for (size_t k = 0; k < count && st == ST_OK; k++) {
		if (!rows[k].kind)
			st = office_text_read(office_part(parts, part), rows[k].elements, out, err);
		for (size_t i = 0; rows[k].kind && i < relations.count && st == ST_OK; i++) {
			Str xml = office_part(parts, relations.rows[i].target);
			if (xml.len && str_eq(relations.rows[i].kind, str_from(rows[k].kind)))
				st = office_text_read(xml, rows[k].elements, out, err);
		}
	}
	return st;
}

static Status read_word(OfficeParts *parts, Str part, Buf *out, Err *err)
{
	return read_with_related(parts, part, word_parts, sizeof word_parts / sizeof word_parts[0], out, err);
}

/* ---- slides ---------------------------------------------------------------------------------------------------- */

typedef struct {
	OfficeParts *parts;
	const OfficeRelations *relations;
	Buf *out;
	Status status;
	Err *err;
	size_t found;
} Slides;

static void open_slide(void *ctx, const char *name, XmlAttributes attributes)
{
	Slides *s = ctx;
	if (strcmp(name, "sldId") != 0 || s->status != ST_OK)
		return;
	Str part = office_related_by_id(s->relations, xml_relation_id(attributes));
	if (office_part(s->parts, part).len == 0)
		return;
	s->found++;
	s->status = read_with_related(s->parts, part, slide_parts, sizeof slide_parts / sizeof slide_parts[0], s->out,
				      s->err);
}

static void pass_close(void *ctx, const char *name)
{
	(void)ctx, (void)name;
}

static void pass_text(void *ctx, Str text)
{
	(void)ctx, (void)text;
}

static Status read_slides(OfficeParts *parts, Str part, Buf *out, Err *err)
{
	static const XmlHandlers handlers = {open_slide, pass_close, pass_text};
	OfficeRelations relations;
	Err slide_err = {0};
	Slides s = {.parts = parts, .relations = &relations, .out = out, .err = &slide_err};
	Status st = office_relations(parts, part, &relations, err);
	if (st == ST_OK)
		st = xml_read(office_part(parts, part), &handlers, &s, err);
	if (st == ST_OK && s.status != ST_OK) {
		*err = slide_err;
		st = s.status;
	}
	return st == ST_OK && s.found == 0 ? err_set(err, ST_INVALID, "a presentation without any slide") : st;
}

/* ---- OpenDocument ---------------------------------------------------------------------------------------------- */

static bool is_encrypted(const OfficeParts *parts)
{
	return str_find(office_part(parts, STR("META-INF/manifest.xml")), STR("encryption-data")) >= 0;
}

/* Headers and footers of pages stand in styles.xml. */
static Status read_open(OfficeParts *parts, Str content, Buf *out, Err *err)
{
	Str styles = office_part(parts, STR("styles.xml"));
	if (is_encrypted(parts))
		return err_set(err, ST_UNSUPPORTED, "encrypted");
	Status st = styles.len ? office_text_read(styles, office_open, out, err) : ST_OK;
	return st == ST_OK ? office_text_read(content, office_open, out, err) : st;
}

/* ---- which it is ----------------------------------------------------------------------------------------------- */

static const struct {
	const char *root;  /* the outermost element of its main part … */
	const char *usual; /* … which is called so where nothing leads to it */
	Status (*read)(OfficeParts *parts, Str part, Buf *out, Err *err);
} kinds[] = {{"document", "word/document.xml", read_word},
	     {"workbook", "xl/workbook.xml", workbook_text},
	     {"presentation", "ppt/presentation.xml", read_slides}};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static Status find_main_part(OfficeParts *parts, Str *part_out, Err *err)
{
	OfficeRelations relations;
	Status st = office_relations(parts, STR(""), &relations, err);
	if (st != ST_OK)
		return st;
	*part_out = office_related_by_kind(&relations, "officeDocument");
	for (size_t i = 0; i < KIND_COUNT && part_out->len == 0; i++)
		if (office_part(parts, str_from(kinds[i].usual)).len)
			*part_out = str_from(kinds[i].usual);
	return ST_OK;
}

static Status read_document(OfficeParts *parts, Buf *out, Err *err)
{
	Str part = {NULL, 0}, content = office_part(parts, STR("content.xml"));
	if (content.len)
		return read_open(parts, content, out, err);
	Status st = find_main_part(parts, &part, err);
	if (st != ST_OK)
		return st;
	Str root = xml_root_name(office_part(parts, part));
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (str_eq(root, str_from(kinds[i].root)))
			return kinds[i].read(parts, part, out, err);
	return err_set(err, ST_INVALID, "it holds no text part: not an office document");
}

static Status read_sheets(OfficeParts *parts, SheetWriter *sheets, Err *err)
{
	Str part = {NULL, 0}, content = office_part(parts, STR("content.xml"));
	if (content.len && is_encrypted(parts))
		return err_set(err, ST_UNSUPPORTED, "encrypted");
	if (content.len)
		return open_sheets_read(content, sheets, err);
	Status st = find_main_part(parts, &part, err);
	if (st != ST_OK)
		return st;
	if (!str_eq(xml_root_name(office_part(parts, part)), STR("workbook")))
		return err_set(err, ST_INVALID, "it holds no sheets: not a workbook");
	return workbook_cells(parts, part, sheets, err);
}

Status office_read_sheets(int fd, Buf *out, Err *err)
{
	OfficeParts parts;
	SheetWriter sheets = {.out = out};
	Status st = office_parts_read(fd, &parts, err);
	if (st != ST_OK)
		return st;
	st = read_sheets(&parts, &sheets, err);
	sheet_writer_done(&sheets);
	office_parts_done(&parts);
	return st;
}

Status office_read(int fd, Buf *out, Err *err)
{
	OfficeParts parts;
	Status st = office_parts_read(fd, &parts, err);
	if (st != ST_OK)
		return st;
	st = read_document(&parts, out, err);
	office_parts_done(&parts);
	return st;
}

Status office_flat_read(int fd, Buf *out, Err *err)
{
	static const struct {
		const char *root;
		const OfficeElement *elements;
	} flat[] = {{"wordDocument", office_word},
		    {"package", office_word},
		    {"Workbook", office_table},
		    {"document", office_open}};
	Buf bytes = {0};
	Status st = file_read_fd(fd, EXTRACT_DECODE_MAX, &bytes, "the document", err);
	Str xml = buf_str(&bytes);
	xml = str_starts(xml, STR("\xEF\xBB\xBF")) ? str_slice(xml, 3, xml.len) : xml;
	Str root = xml_root_name(xml);
	const OfficeElement *elements = NULL;
	for (size_t i = 0; i < sizeof flat / sizeof flat[0]; i++)
		if (str_eq(root, str_from(flat[i].root)))
			elements = flat[i].elements;
	if (st == ST_OK && !elements)
		st = err_set(err, ST_INVALID, "XML, but no office document");
	if (st == ST_OK)
		st = office_text_read(xml, elements, out, err);
	buf_done(&bytes);
	return st;
}
