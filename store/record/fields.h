/* store/record/fields.h - the one table of a record's fields, and a record as views of its values.
 *
 * Shapes   values are UTF-8; a value of another type or length than its field expects is kept and warned about
 * Units    max_chars in Unicode characters, not bytes
 * Owns     everything a Record points to lives in the arena it was read into
 * Threads  pure
 * Source   NĐ 30/2020 Phụ lục VI, TT 02/2019: names and greatest lengths
 */
#ifndef STORE_RECORD_FIELDS_H
#define STORE_RECORD_FIELDS_H

#include "base/clock.h"
#include "base/str.h"

typedef enum {
	RF_CASE,
	RF_TITLE, /* of a case file's own metadata */
	RF_NUMBER,
	RF_TYPE,
	RF_ISSUED,
	RF_AGENCY,
	RF_SUBJECT,
	RF_SIGNER,
	RF_RECIPIENTS,
	RF_DIRECTION,
	RF_FONDS,
	RF_CASES,
	RF_SECRECY,
	RF_URGENCY,
	RF_LANGUAGE,
	RF_PAGES,
	RF_KEYWORDS,
	RF_FIELD,
	RF_RETENTION,
	RF_ACCESS,
	RF_LOCATION,
	RF_RELATIONS,
	RF_DUE,
	RF_EXTRA,
	RF_READ,       /* what was read from the text, and how sure: {"number":{"certainty":0.9}}; never a sender's */
	RF_TEXT_STATE, /* how much of the text is there: text_state.h; never a sender's */
	RF_REASON,     /* why there is this version, where it is none that was sent: "recognised" */
	RF_SEALED_OFF, /* why nobody may read the record: sealed.h; never a sender's */
	RF_RELEASED,   /* by which decision and by whom a seal was taken off: seal.h; never a sender's */
	RF_AMENDED,    /* who changed the metadata of the version before, when and why; never a sender's */
	RF_COUNT
} RecordFieldId;

typedef enum {
	FIELD_TEXT,   /* a string */
	FIELD_DATE,   /* a civil date, kept as given where it is none */
	FIELD_LIST,   /* strings; a single string is a list of one */
	FIELD_PERSON, /* {"name","position"}: text is the name, items[0] the position */
	FIELD_WHOLE,  /* a whole number, as text */
	FIELD_JSON,   /* any object or array, as JSON text */
} RecordFieldKind;

typedef struct {
	const char *name; /* the JSON member */
	RecordFieldKind kind;
	uint16_t max_chars; /* by NĐ 30/2020 Phụ lục VI, TT 02/2019; 0: none. Longer is warned about, never refused */
	const char *label_vi, *label_en;
} RecordField;
extern const RecordField record_fields[RF_COUNT];

typedef struct {
	Str text;         /* TEXT, DATE, PERSON (name), WHOLE, JSON */
	const Str *items; /* LIST; PERSON: the position */
	size_t count;
} FieldValue;

typedef struct {
	Str name, media; /* media "": by the name */
	Str path;        /* a file to read, relative to the input; or … */
	Str bytes;       /* … the content, already decoded from base64 */
} RecordFile;

typedef struct {
	Str id;       /* "": none given */
	bool is_case; /* metadata of a case file: id is its code */
	FieldValue fields[RF_COUNT];
	CivilDate issued; /* year 0: none that can be read */
	bool has_text;
	Str text;                /* input only */
	const RecordFile *files; /* input only */
	size_t file_count;
	Str warnings; /* sentences, one a line; "" */
} Record;

enum { RECORD_LIST_MAX = 1000 }; /* values of one list */

static inline Str record_text(const Record *r, RecordFieldId id)
{
	return r->fields[id].text;
}

#endif
