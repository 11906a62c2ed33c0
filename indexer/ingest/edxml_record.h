/* indexer/ingest/edxml_record.h - what an edXML message says, as a record's JSON in the form that senders use.
 *
 *   MessageHeader/Code/CodeNumber 15, CodeNotation QĐ-UBND      "number":"15/QĐ-UBND"
 *   MessageHeader/From/OrganName                                "agency"
 *   MessageHeader/ResponseFor/…                                 "relations":[{"kind":"replies_to",…}]
 *   everything else                                             "extra":{"edxml":{"fields":{"MessageHeader/…":…}}}
 *
 * Owns     nothing
 * Errors   sticky in the Buf (out of memory)
 * Threads  pure
 */
#ifndef INDEXER_INGEST_EDXML_RECORD_H
#define INDEXER_INGEST_EDXML_RECORD_H

#include "indexer/source/edxml.h"
#include "store/format/entry.h"

typedef enum { EDXML_NEW, EDXML_REVOCATION, EDXML_UPDATE, EDXML_REPLACEMENT, EDXML_STATUS, EDXML_KIND_COUNT } EdxmlKind;

EdxmlKind edxml_kind(const Edxml *edxml);
const char *edxml_kind_name(EdxmlKind kind);
/* The record's id for a DocumentId; "" where that is empty. */
void edxml_key(Str document_id, char out[static STORE_ID_MAX + 1]);
/* The DocumentId of the message; where it has none, the form "organ,date,number" of the standard. May be "". */
Str edxml_document_id(const Edxml *edxml, Arena *arena);
/* The DocumentId that an update, a revocation or a status is about; "" where it names none. */
Str edxml_target_id(const Edxml *edxml, EdxmlKind kind);

typedef struct {
	EdxmlKind kind;
	const char *key;      /* the record's id */
	const char *relation; /* to the document it is about: "updates" …; NULL: none */
	Str target_id;        /* of that document */
} EdxmlShape;

void edxml_write_record(const Edxml *edxml, const EdxmlShape *shape, Buf *out);
/* One line of extra.statuses. */
void edxml_write_status(const Edxml *edxml, Buf *out);

#endif
