/* indexer/source/edxml.c - libxml2 reads the message as a stream of events, so that nothing is held twice but the
 * content of the attachment at hand. A path of local names is kept while elements open and close; an element without
 * children is a leaf. What stands before "<?xml" is passed over and warned about: a real gateway writes a counter
 * there. */
#include "indexer/source/edxml.h"

#include <libxml/parser.h>
#include <stdio.h>

enum { STEP_BYTES = 1 << 20, JUNK_MAX = 4096, PATH_MAX_BYTES = 1024 };

typedef struct {
	Edxml *out;
	Err why; /* code ST_OK: nothing went wrong */
	xmlParserCtxtPtr parser;
	char path[PATH_MAX_BYTES];
	size_t path_len[EDXML_DEPTH_MAX + 1]; /* of the path up to each open element */
	uint32_t number[EDXML_DEPTH_MAX + 1]; /* of each open element */
	bool has_child[EDXML_DEPTH_MAX + 1];
	unsigned depth;
	unsigned signature_depth; /* of the Signature that is open; 0: none */
	unsigned dropped;         /* open elements beneath it */
	uint32_t elements;
	size_t leaf_capacity, attachment_capacity, warning_count;
	Buf value;
	bool warned_of_namespace;
} EdxmlReader;

bool edxml_is(Str head)
{
	head = str_slice(head, 0, 1024 + JUNK_MAX);
	ptrdiff_t at = str_find(head, STR("edXML"));
	return at > 0 && (head.ptr[at - 1] == '<' || head.ptr[at - 1] == ':');
}

static void stop(EdxmlReader *r, Status code, const char *reason)
{
	if (r->why.code == ST_OK)
		err_set(&r->why, code, "%s", reason);
	xmlStopParser(r->parser);
}

static void warn(EdxmlReader *r, const char *warning)
{
	if (r->warning_count++ < EDXML_WARNINGS_MAX)
		buf_printf(&r->out->warnings, "%s\n", warning);
}

/* ---- growing --------------------------------------------------------------------------------------------------- */

/* Doubles an array that lies in the arena. */
static void *grow(EdxmlReader *r, void *old, size_t count, size_t *capacity, size_t size)
{
	size_t more = *capacity ? *capacity * 2 : 64;
	void *grown = arena_calloc(&r->out->arena, more, size);
	if (!grown) {
		stop(r, ST_NO_MEMORY, "out of memory");
		return NULL;
	}
	if (count)
		memcpy(grown, old, count * size);
	*capacity = more;
	return grown;
}

static Str keep(EdxmlReader *r, Str value)
{
	Str copy = arena_copy(&r->out->arena, value);
	if (!copy.ptr)
		stop(r, ST_NO_MEMORY, "out of memory");
	return copy;
}

static void add_leaf(EdxmlReader *r, Str path, Str value)
{
	Edxml *out = r->out;
	if (out->count == EDXML_LEAVES_MAX) {
		stop(r, ST_LIMIT, "the message has more than 10000 fields");
		return;
	}
	if (out->count == r->leaf_capacity) {
		EdxmlLeaf *grown = grow(r, out->leaves, out->count, &r->leaf_capacity, sizeof *grown);
		if (!grown)
			return;
		out->leaves = grown;
	}
	out->leaves[out->count++] =
		(EdxmlLeaf){.path = keep(r, path), .value = keep(r, value), .parent = r->number[r->depth - 1]};
}

static EdxmlAttachment *attachment_at_hand(EdxmlReader *r)
{
	if (!r->out->attachment_count) {
		stop(r, ST_INVALID, "an attachment's part without its attachment");
		return NULL;
	}
	return &r->out->attachments[r->out->attachment_count - 1];
}

static void begin_attachment(EdxmlReader *r)
{
	Edxml *out = r->out;
	if (out->attachment_count == EDXML_ATTACHMENTS_MAX) {
		stop(r, ST_LIMIT, "the message has more than 500 attachments");
		return;
	}
	if (out->attachment_count == r->attachment_capacity) {
		EdxmlAttachment *grown =
			grow(r, out->attachments, out->attachment_count, &r->attachment_capacity, sizeof *grown);
		if (!grown)
			return;
		out->attachments = grown;
	}
	out->attachments[out->attachment_count++] = (EdxmlAttachment){0};
}

/* ---- elements -------------------------------------------------------------------------------------------------- */

static Str path_of(const EdxmlReader *r)
{
	static const char *const outer[] = {"edXML/", "edXMLEnvelope/", "edXMLHeader/", "edXMLBody/"};
	Str path = {r->path, r->path_len[r->depth]};
	for (size_t i = 0; i < sizeof outer / sizeof *outer; i++)
		if (str_starts(path, str_from(outer[i])))
			path = str_slice(path, strlen(outer[i]), path.len);
	return path;
}

static void check_namespace(EdxmlReader *r, Str name, const xmlChar *uri)
{
	if (r->depth == 1 && !str_eq(name, STR("edXML")))
		stop(r, ST_INVALID, "not an edXML message: its root is another element");
	if (!uri && !r->warned_of_namespace && !r->signature_depth) {
		r->warned_of_namespace = true;
		warn(r, "elements without the namespace of QCVN 102:2016");
	}
	if (str_eq(name, STR("Signature")) &&
	    (!uri || !str_eq(str_from((const char *)uri), STR("http://www.w3.org/2000/09/xmldsig#"))))
		warn(r, "a Signature without the namespace of XML signatures: no program can check it");
}

static void open_element(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int ns_count,
			 const xmlChar **namespaces, int attribute_count, int defaulted, const xmlChar **attributes)
{
	(void)prefix, (void)ns_count, (void)namespaces, (void)attribute_count, (void)defaulted, (void)attributes;
	EdxmlReader *r = ctx;
	Str name = str_from((const char *)local);
	if (r->signature_depth || r->why.code != ST_OK) {
		r->dropped++;
		return;
	}
	size_t at = r->path_len[r->depth];
	if (r->depth == EDXML_DEPTH_MAX || at + name.len + 2 > PATH_MAX_BYTES) {
		stop(r, ST_LIMIT, "elements nested too deep");
		return;
	}
	if (at)
		r->path[at++] = '/';
	memcpy(r->path + at, name.ptr, name.len);
	r->has_child[r->depth++] = true;
	r->path_len[r->depth] = at + name.len;
	r->number[r->depth] = ++r->elements;
	r->has_child[r->depth] = false;
	buf_clear(&r->value);
	check_namespace(r, name, uri);
	if (str_eq(name, STR("Signature")) || str_eq(name, STR("DigitalSignature"))) {
		r->signature_depth = r->depth;
		r->out->has_signature = true;
	} else if (str_eq(path_of(r), STR("AttachmentEncoded/Attachment"))) {
		begin_attachment(r);
	}
}

static void add_characters(void *ctx, const xmlChar *bytes, int len)
{
	EdxmlReader *r = ctx;
	if (r->depth && !r->signature_depth)
		buf_add(&r->value, bytes, (size_t)len);
}

/* Base64 as senders write it: in lines, or with blanks. */
static void decode_content(EdxmlReader *r, EdxmlAttachment *attachment)
{
	char *data = r->value.data;
	size_t len = 0;
	attachment->has_content = true;
	for (size_t i = 0; i < r->value.len; i++)
		if (data[i] != '\n' && data[i] != '\r' && data[i] != ' ' && data[i] != '\t')
			data[len++] = data[i];
	attachment->broken = len == 0 || !buf_add_base64_decoded(&attachment->bytes, (Str){data, len});
	if (!buf_ok(&attachment->bytes))
		stop(r, ST_NO_MEMORY, "out of memory");
}

static void end_attachment_part(EdxmlReader *r, Str part, Str value)
{
	EdxmlAttachment *attachment = attachment_at_hand(r);
	if (!attachment)
		return;
	if (str_eq(part, STR("ContentTransferEncoded"))) {
		decode_content(r, attachment);
		return;
	}
	struct {
		const char *name;
		Str *to;
	} parts[] = {{"ContentId", &attachment->content_id},
		     {"AttachmentName", &attachment->name},
		     {"ContentType", &attachment->media},
		     {"Description", &attachment->description}};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_eq(part, str_from(parts[i].name)))
			*parts[i].to = keep(r, value);
}

static void end_leaf(EdxmlReader *r)
{
	Str path = path_of(r), value = str_trim(buf_str(&r->value)), within = STR("AttachmentEncoded/Attachment/");
	bool is_part = str_starts(path, within);
	if (!buf_ok(&r->value)) {
		stop(r, ST_NO_MEMORY, "out of memory");
	} else if (is_part && str_ends(path, STR("/ContentTransferEncoded"))) {
		end_attachment_part(r, str_slice(path, within.len, path.len), value);
	} else if (value.len > EDXML_VALUE_MAX) {
		stop(r, ST_LIMIT, "a field of the message is longer than 64 KiB");
	} else if (is_part) {
		end_attachment_part(r, str_slice(path, within.len, path.len), value);
	} else if (value.len) {
		add_leaf(r, path, value);
	}
}

static void close_element(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	(void)local, (void)prefix, (void)uri;
	EdxmlReader *r = ctx;
	if (r->dropped) {
		r->dropped--;
		return;
	}
	if (r->why.code != ST_OK || !r->depth)
		return;
	if (r->signature_depth == r->depth)
		r->signature_depth = 0;
	else if (!r->has_child[r->depth])
		end_leaf(r);
	buf_clear(&r->value);
	r->depth--;
}

/* Entities are a document type's: without one there are none but those of XML itself. */
static void refuse_document_type(void *ctx, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
	(void)name, (void)external_id, (void)system_id;
	stop(ctx, ST_FORBIDDEN, "an XML document type in a message: not taken");
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* libxml2 tells a prefix that was never declared as an error of its own, and goes on. */
static void note_error(void *ctx, xmlErrorPtr error)
{
	EdxmlReader *r = ctx;
	char text[160];
	if (error->domain != XML_FROM_NAMESPACE || r->why.code != ST_OK)
		return;
	snprintf(text, sizeof text, "line %d: a namespace is missing: %.100s", error->line,
		 error->message ? error->message : "");
	text[strcspn(text, "\n")] = 0;
	warn(r, text);
}

static Str skip_junk(EdxmlReader *r, Str bytes)
{
	char text[80];
	Str start = str_slice(bytes, 0, JUNK_MAX);
	ptrdiff_t at = str_find(start, STR("<?xml"));
	if (str_starts(start, STR("\xEF\xBB\xBF")) && (at == 3 || at < 0))
		return bytes;
	if (at <= 0)
		return bytes;
	snprintf(text, sizeof text, "%zu stray bytes before \"<?xml\"", (size_t)at);
	warn(r, text);
	return str_slice(bytes, (size_t)at, bytes.len);
}

static Status parse(EdxmlReader *r, Str bytes, Err *err)
{
	xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
				 .internalSubset = refuse_document_type,
				 .startElementNs = open_element,
				 .endElementNs = close_element,
				 .characters = add_characters,
				 .ignorableWhitespace = add_characters,
				 .cdataBlock = add_characters,
				 .serror = note_error};
	r->parser = xmlCreatePushParserCtxt(&handler, r, NULL, 0, NULL);
	if (!r->parser)
		return err_no_memory(err);
	/* "huge" lifts libxml2's limit on one text: the limits here are our own. */
	xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_HUGE);
	for (size_t at = 0; at < bytes.len && r->why.code == ST_OK && !r->parser->disableSAX; at += STEP_BYTES) {
		Str step = str_slice(bytes, at, at + STEP_BYTES);
		xmlParseChunk(r->parser, step.ptr, (int)step.len, at + STEP_BYTES >= bytes.len);
	}
	int line = r->parser->input ? r->parser->input->line : 0;
	if (r->why.code == ST_OK && !r->parser->wellFormed)
		err_set(&r->why, ST_INVALID, "its XML is broken at line %d", line);
	if (r->parser->myDoc)
		xmlFreeDoc(r->parser->myDoc);
	xmlFreeParserCtxt(r->parser);
	if (r->why.code == ST_OK && (!buf_ok(&r->out->warnings) || !buf_ok(&r->value)))
		err_no_memory(&r->why);
	if (r->why.code != ST_OK)
		*err = r->why;
	return r->why.code;
}

Status edxml_read(Str bytes, Edxml *out, Err *err)
{
	Edxml read = {0};
	EdxmlReader r = {.out = &read};
	if (bytes.len > EDXML_BYTES_MAX)
		return err_set(err, ST_LIMIT, "a message of more than %d MiB", EDXML_BYTES_MAX >> 20);
	Status st = parse(&r, skip_junk(&r, bytes), err);
	buf_done(&r.value);
	if (st != ST_OK) {
		edxml_done(&read);
		return st;
	}
	*out = read;
	return ST_OK;
}

void edxml_done(Edxml *edxml)
{
	for (size_t i = 0; i < edxml->attachment_count; i++)
		buf_done(&edxml->attachments[i].bytes);
	buf_done(&edxml->warnings);
	arena_done(&edxml->arena);
	*edxml = (Edxml){0};
}

/* ---- looking up ------------------------------------------------------------------------------------------------ */

Str edxml_value(const Edxml *edxml, const char *path)
{
	for (size_t i = 0; i < edxml->count; i++)
		if (str_eq(edxml->leaves[i].path, str_from(path)))
			return edxml->leaves[i].value;
	return (Str){NULL, 0};
}

static Str last_part(Str path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.ptr[i - 1] == '/')
			return str_slice(path, i, path.len);
	return path;
}

Str edxml_sibling(const Edxml *edxml, const EdxmlLeaf *leaf, const char *name)
{
	for (size_t i = 0; i < edxml->count; i++)
		if (edxml->leaves[i].parent == leaf->parent && str_eq(last_part(edxml->leaves[i].path), str_from(name)))
			return edxml->leaves[i].value;
	return (Str){NULL, 0};
}
