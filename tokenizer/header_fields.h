/* tokenizer/header_fields.h - the fields of a document's letterhead and signature, read from its text.
 *
 *   CHÍNH PHỦ          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
 *   -------            Độc lập - Tự do - Hạnh phúc
 *   Số: 30/2020/NĐ-CP  Hà Nội, ngày 05 tháng 3 năm 2020
 *                 NGHỊ ĐỊNH
 *        Về công tác văn thư
 *
 * Columns that were merged on one line are cut apart again; comparison is without accents, since capitals lose their
 * marks in recognition. Metadata given by a sender wins over what is read here; keep both.
 *
 * Shapes   text: UTF-8 (bytes that are none are skipped); values are plain: composed, one blank between words
 * Units    start and end are byte offsets into the text
 * Owns     values live in the arena
 * Errors   ST_NO_MEMORY
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_FIELDS_H
#define TOKENIZER_HEADER_FIELDS_H

#include "base/arena.h"
#include "base/err.h"
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
Status header_fields_read(Str text, Arena *arena, HeaderFields *out, Err *err);

#endif
