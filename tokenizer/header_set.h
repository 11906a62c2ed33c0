/* tokenizer/header_set.h - the fields that were found in a document's letterhead and signature, and setting one.
 *
 * A field that was not found has an empty value. Setting a field again replaces what was there.
 *
 * Shapes   values are plain UTF-8: composed, one blank between words
 * Units    start and end are byte offsets into the document's text
 * Owns     values live in the caller's arena
 * Errors   header_keep: an empty Str when memory is short, so the field counts as not found
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_SET_H
#define TOKENIZER_HEADER_SET_H

#include "base/arena.h"
#include "tokenizer/record_number.h"

typedef struct {
	Str value;        /* len 0: not found */
	double certainty; /* 0..1 */
	uint32_t start, end;
} HeaderField;

typedef enum {
	HEADER_NUMBER, /* canonical form, with the zeros it is written with: 05/2026/TT-BCT */
	HEADER_ISSUED, /* YYYY-MM-DD or YYYY-MM */
	HEADER_PLACE,
	HEADER_TYPE,       /* "Quyết định", as doc_type.h has it */
	HEADER_SUBJECT,    /* trích yếu */
	HEADER_AGENCY,     /* the issuing agency, as written */
	HEADER_PARENT,     /* the agency above it, when the letterhead names one */
	HEADER_SIGNER,     /* name of the person */
	HEADER_POSITION,   /* "KT. BỘ TRƯỞNG THỨ TRƯỞNG" */
	HEADER_RECIPIENTS, /* "; " between them */
	HEADER_SECRECY,    /* "Mật", "Tối mật", "Tuyệt mật" */
	HEADER_URGENCY,    /* "Khẩn", "Thượng khẩn", "Hỏa tốc" */
	HEADER_FIELD_COUNT
} HeaderFieldId;

typedef struct {
	HeaderField field[HEADER_FIELD_COUNT];
	RecordNumber number; /* key[0] 0: none */
	CivilDate issued;
} HeaderFields;

const char *header_field_name(HeaderFieldId id); /* "number", "issued", … as in JSON */
void header_set(HeaderFields *out, HeaderFieldId id, Str value, double certainty, uint32_t start, uint32_t end);
Str header_keep(Arena *arena, const char *text, size_t len); /* a copy in the arena */

#endif
