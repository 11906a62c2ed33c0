/* indexer/extract/xml_events.h - one XML text as a stream of events, by libxml2.
 *
 *   xml_read ─▶ checks its size and shape (markup.h) ─▶ open, text, close, in the order of the text
 *
 * Shapes   UTF-8; names of elements and attributes come without their prefix; a document type of its own is refused,
 *          and its entities with it
 * Owns     nothing; names and values live until the handler returns
 * Errors   ST_INVALID broken, or not UTF-8; ST_LIMIT, ST_UNSUPPORTED those of markup.h; ST_NO_MEMORY
 * Threads  safe; one text by one thread
 */
#ifndef INDEXER_EXTRACT_XML_EVENTS_H
#define INDEXER_EXTRACT_XML_EVENTS_H

#include "base/err.h"
#include "base/str.h"

typedef struct {
	const unsigned char **fields;
	int count;
} XmlAttributes;

typedef struct {
	void (*open)(void *ctx, const char *name, XmlAttributes attributes);
	void (*close)(void *ctx, const char *name);
	void (*text)(void *ctx, Str text); /* of one element in any number of pieces */
} XmlHandlers;

/* {NULL, 0}: there is none. */
Str xml_attribute(XmlAttributes attributes, const char *name);
/* The attribute `id` of the namespace of relationships: "rId3". */
Str xml_relation_id(XmlAttributes attributes);

Status xml_read(Str xml, const XmlHandlers *handlers, void *ctx, Err *err);
/* The name of the outermost element, without its prefix. */
Str xml_root_name(Str xml);

#endif
