/* indexer/ingest/edxml_record.c - one table says which field of a message is which field of a record; what no row names
 * is kept under its path. Relations carry the number and the date that stand in a DocumentId of the standard's form,
 * so that they find their record also where it came by another way. */
#include "indexer/ingest/edxml_record.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "base/utf8.h"

#include <stdio.h>

#define HEADER "MessageHeader/"
#define BUSINESS "TraceHeaderList/Bussiness/" /* as the standard spells it */

/* ---- kinds and ids --------------------------------------------------------------------------------------------- */

static const char *const kind_names[EDXML_KIND_COUNT] = {"new", "revocation", "update", "replacement", "status"};

const char *edxml_kind_name(EdxmlKind kind)
{
	return kind_names[kind];
}

EdxmlKind edxml_kind(const Edxml *edxml)
{
	if (edxml_value(edxml, HEADER "StatusCode").len)
		return EDXML_STATUS;
	Str type = edxml_value(edxml, BUSINESS "BussinessDocType");
	uint64_t number;
	return str_to_u64(type, &number) && number <= EDXML_REPLACEMENT ? (EdxmlKind)number : EDXML_NEW;
}

void edxml_key(Str document_id, char out[static STORE_ID_MAX + 1])
{
	Hash hash;
	if (!document_id.len) {
		out[0] = 0;
	} else if (entry_key_is_valid(ENTRY_RECORD, document_id)) {
		snprintf(out, STORE_ID_MAX + 1, "%.*s", STR_ARG(document_id));
	} else {
		hash_of(document_id, &hash);
		entry_derive_id("edxml-", &hash, out);
	}
}

/* "7816/VPCP-TTĐT" */
static Str number_of(const Edxml *edxml, Buf *out)
{
	Str number = edxml_value(edxml, HEADER "Code/CodeNumber"),
	    notation = edxml_value(edxml, HEADER "Code/CodeNotation");
	buf_clear(out);
	buf_add_str(out, number);
	if (notation.len && !str_ends(number, notation))
		buf_printf(out, "%s%.*s", number.len ? "/" : "", STR_ARG(notation));
	return buf_str(out);
}

Str edxml_document_id(const Edxml *edxml, Arena *arena)
{
	Str id = edxml_value(edxml, HEADER "DocumentId"), organ = edxml_value(edxml, HEADER "From/OrganId"),
	    date = edxml_value(edxml, HEADER "PromulgationInfo/PromulgationDate");
	Buf buf = {0};
	if (id.len || edxml_kind(edxml) == EDXML_STATUS)
		return id;
	Str number = number_of(edxml, &buf);
	if (organ.len && date.len && number.len)
		id = str_from(arena_printf(arena, "%.*s,%.*s,%.*s", STR_ARG(organ), STR_ARG(date), STR_ARG(number)));
	buf_done(&buf);
	return id;
}

Str edxml_target_id(const Edxml *edxml, EdxmlKind kind)
{
	if (kind == EDXML_STATUS)
		return edxml_value(edxml, HEADER "ResponseFor/DocumentId");
	Str named = edxml_value(edxml, BUSINESS "DocumentId");
	return named.len ? named : edxml_value(edxml, HEADER "DocumentId");
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* "2015/09/30" → "2015-09-30"; what is no date stays, and the record's reader warns of it. */
static void write_date(JsonOut *j, const char *key, Str date)
{
	char iso[11];
	CivilDate checked;
	if (date.len == 10 && date.ptr[4] == '/' && date.ptr[7] == '/') {
		snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s", date.ptr, date.ptr + 5, date.ptr + 8);
		if (civil_date_parse(str_from(iso), &checked))
			date = str_from(iso);
	}
	if (date.len)
		jout_field_str(j, key, date);
}

static void write_text(JsonOut *j, const char *key, Str value)
{
	if (value.len)
		jout_field_str(j, key, value);
}

static const char *const urgencies[] = {"thường", "khẩn", "thượng khẩn", "hỏa tốc", "hỏa tốc hẹn giờ"};

/* The standard's code becomes its word; what is no code stays. */
static void write_urgency(JsonOut *j, Str priority)
{
	uint64_t code;
	if (str_to_u64(priority, &code) && code < sizeof urgencies / sizeof *urgencies)
		jout_field_text(j, "urgency", urgencies[code]);
	else
		write_text(j, "urgency", priority);
}

typedef enum { AS_TEXT, AS_DATE, AS_URGENCY, AS_WHOLE, AS_PART } FieldForm; /* a part of a field written by itself */

static const struct {
	const char *path, *field;
	FieldForm form;
} mapped[] = {
	{HEADER "DocumentType/TypeName", "type", AS_TEXT},
	{HEADER "PromulgationInfo/PromulgationDate", "issued", AS_DATE},
	{HEADER "OtherInfo/Priority", "urgency", AS_URGENCY},
	{HEADER "OtherInfo/PageAmount", "pages", AS_WHOLE},
	{HEADER "DueDate", "due", AS_DATE},
	{HEADER "SecurityLevel", "secrecy", AS_TEXT},
	{HEADER "OtherInfo/SecurityLevel", "secrecy", AS_TEXT},
	{HEADER "Secrecy", "secrecy", AS_TEXT},
	{HEADER "OtherInfo/Secrecy", "secrecy", AS_TEXT},
	{HEADER "Subject", NULL, AS_PART},
	{HEADER "Code/CodeNumber", NULL, AS_PART},
	{HEADER "Code/CodeNotation", NULL, AS_PART},
	{HEADER "From/OrganName", NULL, AS_PART},
	{HEADER "To/OrganName", NULL, AS_PART},
	{HEADER "ToPlaces/Place", NULL, AS_PART},
	{HEADER "SignerInfo/FullName", NULL, AS_PART},
	{HEADER "SignerInfo/Position", NULL, AS_PART},
	{HEADER "DocumentId", NULL, AS_PART},
};

static bool is_mapped(Str path)
{
	for (size_t i = 0; i < sizeof mapped / sizeof *mapped; i++)
		if (str_eq(path, str_from(mapped[i].path)))
			return true;
	return false;
}

static void write_mapped(const Edxml *edxml, JsonOut *j)
{
	const char *written = "";
	for (size_t i = 0; i < sizeof mapped / sizeof *mapped; i++) {
		Str value = edxml_value(edxml, mapped[i].path);
		uint64_t whole;
		if (!value.len || !mapped[i].field || strcmp(mapped[i].field, written) == 0)
			continue;
		if (mapped[i].form == AS_DATE)
			write_date(j, mapped[i].field, value);
		else if (mapped[i].form == AS_URGENCY)
			write_urgency(j, value);
		else if (mapped[i].form == AS_WHOLE && str_to_u64(value, &whole) && whole < INT32_MAX)
			jout_field_u64(j, mapped[i].field, whole);
		else
			write_text(j, mapped[i].field, value);
		written = mapped[i].field;
	}
}

static void write_signer(const Edxml *edxml, JsonOut *j)
{
	Str name = edxml_value(edxml, HEADER "SignerInfo/FullName"),
	    position = edxml_value(edxml, HEADER "SignerInfo/Position");
	if (!name.len && !position.len)
		return;
	jout_key(j, "signer");
	jout_open(j, '{');
	jout_field_str(j, "name", name);
	write_text(j, "position", position);
	jout_close(j, '}');
}

static void write_recipients(const Edxml *edxml, JsonOut *j)
{
	size_t count = 0;
	for (size_t i = 0; i < edxml->count && count < 1000; i++) {
		const EdxmlLeaf *leaf = &edxml->leaves[i];
		if (!str_eq(leaf->path, STR(HEADER "To/OrganName")) &&
		    !str_eq(leaf->path, STR(HEADER "ToPlaces/Place")))
			continue;
		if (count++ == 0) {
			jout_key(j, "recipients");
			jout_open(j, '[');
		}
		jout_str(j, leaf->value);
	}
	if (count)
		jout_close(j, ']');
}

/* ---- relations ------------------------------------------------------------------------------------------------- */

/* number and date given beside it, or those of a DocumentId "organ,2015/09/30,7816/VPCP-TTĐT". */
static void write_relation(JsonOut *j, const char *kind, Str document_id, Str number, Str issued)
{
	char key[STORE_ID_MAX + 1];
	Str organ, date, rest = document_id;
	bool standard = str_split(&rest, ',', &organ) && str_split(&rest, ',', &date) && rest.len;
	edxml_key(document_id, key);
	jout_open(j, '{');
	jout_field_text(j, "kind", kind);
	if (key[0])
		jout_field_text(j, "id", key);
	if (document_id.len)
		jout_field_str(j, "document_id", document_id);
	write_text(j, "number", number.len || !standard ? number : rest);
	write_date(j, "issued", issued.len || !standard ? issued : date);
	jout_close(j, '}');
}

static void write_answered(const Edxml *edxml, const char *kind, JsonOut *j)
{
	uint32_t done = 0;
	for (size_t i = 0; i < edxml->count; i++) {
		const EdxmlLeaf *leaf = &edxml->leaves[i];
		if (!str_starts(leaf->path, STR(HEADER "ResponseFor/")) || leaf->parent == done)
			continue;
		done = leaf->parent;
		Str id = edxml_sibling(edxml, leaf, "DocumentId"), code = edxml_sibling(edxml, leaf, "Code");
		if (id.len || code.len)
			write_relation(j, kind, id, code, edxml_sibling(edxml, leaf, "PromulgationDate"));
	}
}

static bool was_before(const Edxml *edxml, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (str_eq(edxml->leaves[i].path, edxml->leaves[at].path) &&
		    str_eq(edxml->leaves[i].value, edxml->leaves[at].value))
			return true;
	return false;
}

static void write_relations(const Edxml *edxml, const EdxmlShape *shape, JsonOut *j)
{
	static const char replaced[] = BUSINESS "ReplacementInfoList/ReplacementInfo/DocumentId";
	Buf *out = j->out;
	size_t before = out->len;
	bool comma = j->need_comma;
	jout_key(j, "relations");
	jout_open(j, '[');
	size_t opened = out->len;
	if (shape->relation && shape->kind == EDXML_STATUS)
		write_answered(edxml, shape->relation, j);
	else if (shape->relation)
		write_relation(j, shape->relation, shape->target_id, (Str){NULL, 0}, (Str){NULL, 0});
	for (size_t i = 0; i < edxml->count; i++)
		if (str_eq(edxml->leaves[i].path, STR(replaced)) && !was_before(edxml, i))
			write_relation(j, "replaces", edxml->leaves[i].value, (Str){NULL, 0}, (Str){NULL, 0});
	if (shape->kind != EDXML_STATUS)
		write_answered(edxml, "replies_to", j);
	if (out->len > opened) {
		jout_close(j, ']');
	} else { /* none: no empty list */
		out->len = before;
		j->need_comma = comma;
	}
}

/* ---- the rest -------------------------------------------------------------------------------------------------- */

/* Addresses of receivers are many and say nothing of the document: they are in the envelope. */
static bool is_shown(const EdxmlLeaf *leaf)
{
	return !is_mapped(leaf->path) &&
	       (!str_starts(leaf->path, STR(HEADER "To/")) || str_eq(leaf->path, STR(HEADER "To/OrganId")));
}

static void write_fields(const Edxml *edxml, JsonOut *j)
{
	jout_key(j, "fields");
	jout_open(j, '{');
	for (size_t i = 0; i < edxml->count; i++) {
		const EdxmlLeaf *leaf = &edxml->leaves[i];
		size_t same = 0;
		bool first = true;
		if (!is_shown(leaf))
			continue;
		for (size_t k = 0; k < edxml->count; k++) {
			bool is_same = str_eq(edxml->leaves[k].path, leaf->path);
			same += is_same;
			first = first && (!is_same || k >= i);
		}
		if (!first)
			continue;
		jout_key_str(j, leaf->path);
		if (same > 1)
			jout_open(j, '[');
		for (size_t k = i; k < edxml->count; k++)
			if (str_eq(edxml->leaves[k].path, leaf->path))
				jout_str(j, edxml->leaves[k].value);
		if (same > 1)
			jout_close(j, ']');
	}
	jout_close(j, '}');
}

static void write_extra(const Edxml *edxml, const EdxmlShape *shape, JsonOut *j)
{
	jout_key(j, "extra");
	jout_open(j, '{');
	jout_key(j, "edxml");
	jout_open(j, '{');
	jout_field_text(j, "kind", kind_names[shape->kind]);
	write_text(j, "document_id", edxml_value(edxml, HEADER "DocumentId"));
	jout_field_bool(j, "signed", edxml->has_signature);
	write_fields(edxml, j);
	jout_close(j, '}');
	jout_close(j, '}');
}

void edxml_write_record(const Edxml *edxml, const EdxmlShape *shape, Buf *out)
{
	JsonOut j;
	Buf number = {0};
	Str subject = edxml_value(edxml, HEADER "Subject"), agency = edxml_value(edxml, HEADER "From/OrganName");
	if (!subject.len)
		subject = edxml_value(edxml, shape->kind == EDXML_STATUS ? HEADER "Description" : HEADER "Content");
	if (!agency.len)
		agency = edxml_value(edxml, HEADER "From/OrganizationInCharge");
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_text(&j, "id", shape->key);
	write_text(&j, "number", number_of(edxml, &number));
	write_text(&j, "agency", agency);
	write_text(&j, "subject", subject);
	write_mapped(edxml, &j);
	write_signer(edxml, &j);
	write_recipients(edxml, &j);
	write_relations(edxml, shape, &j);
	write_extra(edxml, shape, &j);
	jout_close(&j, '}');
	out->failed |= number.failed;
	buf_done(&number);
}

void edxml_write_status(const Edxml *edxml, Buf *out)
{
	JsonOut j;
	jout_begin(&j, out);
	jout_open(&j, '{');
	write_text(&j, "code", edxml_value(edxml, HEADER "StatusCode"));
	write_text(&j, "description", edxml_value(edxml, HEADER "Description"));
	write_text(&j, "at", edxml_value(edxml, HEADER "Timestamp"));
	write_text(&j, "agency", edxml_value(edxml, HEADER "From/OrganName"));
	write_text(&j, "staff", edxml_value(edxml, HEADER "StaffInfo/Staff"));
	jout_close(&j, '}');
}
