/* indexer/extract/office_parts.c - all parts that may hold text are read into memory, for the zip comes as a stream and
 * relationships lead back and forth. What can't hold text (pictures, themes, layouts) is passed over. */
#include "indexer/extract/office_parts.h"

#include "indexer/extract/limits.h"
#include "indexer/extract/xml_events.h"
#include "indexer/source/package_in.h"
#include "tokenizer/encoding.h"

#include <stdlib.h>

/* ---- reading --------------------------------------------------------------------------------------------------- */

static bool holds_no_text(Str name)
{
	static const char *const folders[] = {"docProps/",      "customXml/",        "word/theme/",
					      "word/glossary/", "ppt/theme/",        "ppt/slideLayouts/",
					      "xl/theme/",      "xl/externalLinks/", "xl/pivotCache/",
					      "xl/calcChain",   "ppt/slideMasters/", "ppt/notesMasters/"};
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (str_starts(name, str_from(folders[i])))
			return true;
	return !(str_ends(name, STR(".xml")) || str_ends(name, STR(".rels")) || str_eq(name, STR("mimetype")));
}

/* UTF-16 is allowed by the standard, and rare. */
static Status make_utf8(Buf *bytes, Err *err)
{
	Buf utf8 = {0};
	EncodingReport report;
	if (!str_starts(buf_str(bytes), STR("\xFF\xFE")) && !str_starts(buf_str(bytes), STR("\xFE\xFF")))
		return ST_OK;
	Status st = encoding_decode(buf_str(bytes), &utf8, &report, err);
	if (st == ST_OK && !buf_ok(&utf8))
		st = err_no_memory(err);
	if (st != ST_OK) {
		buf_done(&utf8);
		return st;
	}
	buf_done(bytes);
	*bytes = utf8;
	return ST_OK;
}

static Status read_part(PackageIn *package, OfficePart *part, size_t *total, Err *err)
{
	enum { STEP_BYTES = 16 << 10 };
	ByteSource from = package_in_source(package);
	char step[STEP_BYTES];
	for (;;) {
		size_t got = 0;
		Status st = from.read(from.ctx, step, sizeof step, &got, err);
		if (st != ST_OK)
			return st;
		*total += got;
		if (*total > EXTRACT_PARTS_BYTES_MAX)
			return err_set(err, ST_LIMIT, "its XML is larger than %d MiB", EXTRACT_PARTS_BYTES_MAX >> 20);
		buf_add(&part->bytes, step, got);
		if (!buf_ok(&part->bytes))
			return err_no_memory(err);
		if (got == 0)
			return make_utf8(&part->bytes, err);
	}
}

static Status add_part(OfficeParts *parts, Str name, OfficePart **out, Err *err)
{
	if (parts->count == EXTRACT_PARTS_MAX)
		return err_set(err, ST_LIMIT, "it has more than %d parts", EXTRACT_PARTS_MAX);
	if (parts->count == parts->capacity) {
		size_t capacity = parts->capacity ? parts->capacity * 2 : 64;
		OfficePart *grown = realloc(parts->parts, capacity * sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		parts->parts = grown;
		parts->capacity = capacity;
	}
	Str copy = arena_copy(&parts->arena, name);
	if (!copy.ptr)
		return err_no_memory(err);
	*out = &parts->parts[parts->count++];
	**out = (OfficePart){.name = copy};
	return ST_OK;
}

static Status read_all(PackageIn *package, OfficeParts *parts, Err *err)
{
	PackageEntry entry;
	OfficePart *part;
	Step step;
	size_t total = 0;
	while ((step = package_in_next(package, &entry, err)) == STEP_ITEM) {
		if (holds_no_text(entry.name))
			continue;
		if (entry.refusal.code == ST_UNSUPPORTED) {
			*err = entry.refusal;
			return err->code;
		}
		if (entry.refusal.code != ST_OK)
			continue;
		Status st = add_part(parts, entry.name, &part, err);
		if (st == ST_OK)
			st = read_part(package, part, &total, err);
		if (st != ST_OK)
			return st;
	}
	return step == STEP_ERROR ? err->code : ST_OK;
}

Status office_parts_read(int fd, OfficeParts *out, Err *err)
{
	PackageIn *package;
	OfficeParts parts = {0};
	Status st = package_in_open(&package, PACKAGE_ENTRIES, fd, (Str){NULL, 0}, err);
	if (st != ST_OK)
		return st;
	st = read_all(package, &parts, err);
	package_in_close(package);
	if (st == ST_OK)
		*out = parts;
	else
		office_parts_done(&parts);
	return st;
}

void office_parts_done(OfficeParts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		buf_done(&parts->parts[i].bytes);
	free(parts->parts);
	arena_done(&parts->arena);
	*parts = (OfficeParts){0};
}

Str office_part(const OfficeParts *parts, Str name)
{
	for (size_t i = 0; i < parts->count && name.len; i++)
		if (str_eq_nocase(parts->parts[i].name, name))
			return buf_str(&parts->parts[i].bytes);
	return (Str){NULL, 0};
}

/* ---- relationships --------------------------------------------------------------------------------------------- */

typedef struct {
	OfficeParts *parts;
	Str folder; /* of the part that leads there, with its "/"; "": the top */
	OfficeRelations *out;
	size_t capacity;
	bool failed;
} RelationReader;

static Str folder_of(Str name)
{
	size_t len = name.len;
	while (len && name.ptr[len - 1] != '/')
		len--;
	return str_slice(name, 0, len);
}

/* "../comments1.xml" seen from "xl/worksheets/" is "xl/comments1.xml"; "/xl/a.xml" is "xl/a.xml". */
static Str resolve(RelationReader *r, Str target)
{
	Str folder = r->folder;
	if (str_starts(target, STR("/")))
		return arena_copy(&r->parts->arena, str_slice(target, 1, target.len));
	for (;; target = str_slice(target, target.ptr[1] == '.' ? 3 : 2, target.len)) {
		if (str_starts(target, STR("../")))
			folder = folder_of(str_slice(folder, 0, folder.len ? folder.len - 1 : 0));
		else if (!str_starts(target, STR("./")))
			break;
	}
	char *path = arena_printf(&r->parts->arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(target));
	return str_from(path);
}

static void add_relation(void *ctx, const char *name, XmlAttributes attributes)
{
	RelationReader *r = ctx;
	if (strcmp(name, "Relationship") != 0 || r->failed ||
	    str_eq(xml_attribute(attributes, "TargetMode"), STR("External")))
		return;
	if (r->out->count == r->capacity) {
		size_t capacity = r->capacity ? r->capacity * 2 : 32;
		OfficeRelation *grown = arena_calloc(&r->parts->arena, capacity, sizeof *grown);
		r->failed = !grown;
		if (!grown)
			return;
		if (r->out->count)
			memcpy(grown, r->out->rows, r->out->count * sizeof *grown);
		r->out->rows = grown;
		r->capacity = capacity;
	}
	Str type = xml_attribute(attributes, "Type");
	OfficeRelation row = {arena_copy(&r->parts->arena, xml_attribute(attributes, "Id")),
			      arena_copy(&r->parts->arena, str_slice(type, folder_of(type).len, type.len)),
			      resolve(r, xml_attribute(attributes, "Target"))};
	r->failed = !row.id.ptr || !row.kind.ptr || !row.target.ptr;
	if (!r->failed)
		r->out->rows[r->out->count++] = row;
}

static void pass_close(void *ctx, const char *name)
{
	(void)ctx, (void)name;
}

static void pass_text(void *ctx, Str text)
{
	(void)ctx, (void)text;
}

Status office_relations(OfficeParts *parts, Str part, OfficeRelations *out, Err *err)
{
	static const XmlHandlers handlers = {add_relation, pass_close, pass_text};
	OfficeRelations relations = {0};
	Str folder = folder_of(part), file = str_slice(part, folder.len, part.len);
	RelationReader r = {.parts = parts, .folder = folder, .out = &relations};
	const char *name = arena_printf(&parts->arena, "%.*s_rels/%.*s.rels", STR_ARG(folder), STR_ARG(file));
	if (!name)
		return err_no_memory(err);
	Str xml = office_part(parts, str_from(name));
	Status st = xml.len ? xml_read(xml, &handlers, &r, err) : ST_OK;
	if (st == ST_OK && r.failed)
		st = err_no_memory(err);
	if (st == ST_OK)
		*out = relations;
	return st;
}

Str office_related_by_id(const OfficeRelations *relations, Str id)
{
	for (size_t i = 0; i < relations->count && id.len; i++)
		if (str_eq(relations->rows[i].id, id))
			return relations->rows[i].target;
	return STR("");
}

Str office_related_by_kind(const OfficeRelations *relations, const char *kind)
{
	for (size_t i = 0; i < relations->count; i++)
		if (str_eq(relations->rows[i].kind, str_from(kind)))
			return relations->rows[i].target;
	return STR("");
}
