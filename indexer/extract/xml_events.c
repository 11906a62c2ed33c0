/* indexer/extract/xml_events.c - libxml2's push parser behind three functions. The parser and the check before it must
 * see the same text: UTF-8, whatever else the XML says of itself. */
#include "indexer/extract/xml_events.h"

#include "base/utf8.h"
#include "indexer/extract/markup.h"

#include <libxml/parser.h>

typedef struct {
	const XmlHandlers *handlers;
	void *ctx;
} Events;

/* SAX2 attributes come five pointers each. */
enum { FIELD_NAME, FIELD_PREFIX, FIELD_URI, FIELD_VALUE, FIELD_END, FIELDS };

static Str value_of(XmlAttributes attributes, int at)
{
	const unsigned char **field = attributes.fields + (ptrdiff_t)at * FIELDS;
	return (Str){(const char *)field[FIELD_VALUE], (size_t)(field[FIELD_END] - field[FIELD_VALUE])};
}

Str xml_attribute(XmlAttributes attributes, const char *name)
{
	for (int i = 0; i < attributes.count; i++)
		if (strcmp((const char *)attributes.fields[i * FIELDS + FIELD_NAME], name) == 0)
			return value_of(attributes, i);
	return (Str){NULL, 0};
}

Str xml_relation_id(XmlAttributes attributes)
{
	for (int i = 0; i < attributes.count; i++) {
		const unsigned char **field = attributes.fields + (ptrdiff_t)i * FIELDS;
		if (strcmp((const char *)field[FIELD_NAME], "id") == 0 && field[FIELD_URI] &&
		    str_ends(str_from((const char *)field[FIELD_URI]), STR("/relationships")))
			return value_of(attributes, i);
	}
	return (Str){NULL, 0};
}

static void open_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int ns_count,
			 const xmlChar **namespaces, int attribute_count, int defaulted, const xmlChar **attributes)
{
	const Events *e = ctx;
	(void)prefix, (void)uri, (void)ns_count, (void)namespaces, (void)defaulted;
	e->handlers->open(e->ctx, (const char *)name, (XmlAttributes){attributes, attribute_count});
}

static void close_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	const Events *e = ctx;
	(void)prefix, (void)uri;
	e->handlers->close(e->ctx, (const char *)name);
}

static void add_characters(void *ctx, const xmlChar *bytes, int len)
{
	const Events *e = ctx;
	e->handlers->text(e->ctx, (Str){(const char *)bytes, len > 0 ? (size_t)len : 0});
}

static Status parse(Events *events, Str xml, Err *err)
{
	xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
				 .startElementNs = open_element,
				 .endElementNs = close_element,
				 .characters = add_characters,
				 .ignorableWhitespace = add_characters,
				 .cdataBlock = add_characters};
	xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, events, NULL, 0, NULL);
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
	return code == 0 ? ST_OK : err_set(err, ST_INVALID, "its XML is broken at line %d", line);
}

Status xml_read(Str xml, const XmlHandlers *handlers, void *ctx, Err *err)
{
	Events events = {handlers, ctx};
	if (!utf8_is_valid(xml) || (xml.len && memchr(xml.ptr, 0, xml.len)))
		return err_set(err, ST_INVALID, "its XML is not UTF-8");
	Status st = markup_check_xml(xml, err);
	return st == ST_OK ? parse(&events, xml, err) : st;
}

Str xml_root_name(Str xml)
{
	for (size_t at = 0; at + 1 < xml.len; at++) {
		if (xml.ptr[at] != '<' || xml.ptr[at + 1] == '?' || xml.ptr[at + 1] == '!')
			continue;
		size_t start = ++at;
		while (at < xml.len && !strchr(" \t\r\n/>", xml.ptr[at])) {
			if (xml.ptr[at++] == ':')
				start = at;
		}
		return str_slice(xml, start, at);
	}
	return (Str){NULL, 0};
}
