/* indexer/source/edxml.h - a message of the national document exchange (edXML): its fields and its attachments.
 *
 *   <edXML><edXMLEnvelope><edXMLHeader><MessageHeader><Code><CodeNumber>15</…>   leaf "MessageHeader/Code/CodeNumber"
 *   <AttachmentEncoded><Attachment><AttachmentName>…<ContentTransferEncoded>     attachment, its base64 decoded
 *
 * Elements are told by their local names, since senders use the namespace in several ways or not at all; what differs
 * from the standard and can be read all the same is a warning. Nothing is fetched, no entity is expanded, a document
 * type is refused.
 *
 * Shapes   values are UTF-8 without white space at both ends; paths begin below edXMLHeader, edXMLBody or edXML
 * Units    bytes
 * Owns     an Edxml owns all it points to until edxml_done
 * Errors   ST_INVALID no edXML, or broken (with its line); ST_LIMIT more than EDXML_…_MAX; ST_FORBIDDEN a document
 *          type; ST_NO_MEMORY
 * Threads  one at a time
 * Source   QCVN 102:2016/BTTTT
 */
#ifndef INDEXER_SOURCE_EDXML_H
#define INDEXER_SOURCE_EDXML_H

#include "base/arena.h"
#include "base/buf.h"

enum {
	EDXML_BYTES_MAX = 128 << 20, /* of a message */
	EDXML_DEPTH_MAX = 32,
	EDXML_LEAVES_MAX = 10000,
	EDXML_ATTACHMENTS_MAX = 500,
	EDXML_VALUE_MAX = 64 << 10, /* of a field */
	EDXML_WARNINGS_MAX = 20,
};

typedef struct {
	Str path, value;
	uint32_t parent; /* leaves of one parent element have one number */
} EdxmlLeaf;

typedef struct {
	Str content_id, name, media, description;
	Buf bytes;
	bool has_content;
	bool broken; /* its content is not base64; bytes are empty */
} EdxmlAttachment;

typedef struct {
	EdxmlLeaf *leaves; /* those that hold something, without attachments and signatures */
	size_t count;
	EdxmlAttachment *attachments;
	size_t attachment_count;
	bool has_signature;
	Buf warnings; /* sentences, one a line */
	Arena arena;
} Edxml;

/* Does it begin like one? The first 1 KiB is enough. */
bool edxml_is(Str head);
Status edxml_read(Str bytes, Edxml *out, Err *err);
void edxml_done(Edxml *edxml);
/* The first value at this path, "" where there is none. */
Str edxml_value(const Edxml *edxml, const char *path);
/* The value of a sibling: same parent, this name; "" where there is none. */
Str edxml_sibling(const Edxml *edxml, const EdxmlLeaf *leaf, const char *name);

#endif
