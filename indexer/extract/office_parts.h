/* indexer/extract/office_parts.h - the XML parts of an office document that is a zip, and how one leads to another.
 *
 *   _rels/.rels                   officeDocument → word/document.xml
 *   word/_rels/document.xml.rels  rId7: header → word/header1.xml
 *
 * A part is found by the relationship that leads to it: its name is the writing program's own affair.
 *
 * Shapes   parts are UTF-8; names as in the zip, matched without regard to ASCII case
 * Owns     office_parts_read's result until office_parts_done, with all that points into it
 * Errors   ST_INVALID no zip, or broken; ST_LIMIT more of something than limits.h allows; ST_UNSUPPORTED encrypted;
 *          ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_EXTRACT_OFFICE_PARTS_H
#define INDEXER_EXTRACT_OFFICE_PARTS_H

#include "base/arena.h"
#include "base/buf.h"

typedef struct {
	Str name;
	Buf bytes;
} OfficePart;

typedef struct {
	OfficePart *parts;
	size_t count, capacity;
	Arena arena;
} OfficeParts;

typedef struct {
	Str id;     /* "rId7" */
	Str kind;   /* "header": the last part of its type */
	Str target; /* the name of a part: "word/header1.xml" */
} OfficeRelation;

typedef struct {
	OfficeRelation *rows;
	size_t count;
} OfficeRelations;

Status office_parts_read(int fd, OfficeParts *out, Err *err);
void office_parts_done(OfficeParts *parts);
/* {NULL, 0}: there is none of this name. */
Str office_part(const OfficeParts *parts, Str name);

/* Where a part leads to, in the order of the file; "": the document as a whole. What lies outside is left out. */
Status office_relations(OfficeParts *parts, Str part, OfficeRelations *out, Err *err);
/* The target; "": there is none. */
Str office_related_by_id(const OfficeRelations *relations, Str id);
Str office_related_by_kind(const OfficeRelations *relations, const char *kind);

#endif
