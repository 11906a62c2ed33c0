/* store/record/record.h - a record's metadata: JSON in, canonical JSON and views out. The one table of fields is here.
 *
 * Input (one object; every field optional):
 *   {"id":…,"number":…,"issued":"2019-03-12",…,"text":"…","files":["scan/15-qd.pdf"],"extra":{…}}
 *   {"case":"H40.15-210521-0012","title":"…",…}          a case file's own metadata
 * Canonical form (what is archived): known fields in table order, dates as civil dates, unknown members under
 * "extra" with sorted keys; no text, no files. Equal metadata gives equal bytes.
 *
 * Shapes   values are UTF-8; a field of another type or length than expected is kept and warned about
 * Owns     everything a Record points to lives in the arena that was passed
 * Errors   ST_INVALID broken JSON or id, ST_LIMIT too large or too deep, ST_NO_MEMORY
 * Threads  pure
 */
#ifndef STORE_RECORD_RECORD_H
#define STORE_RECORD_RECORD_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json_out.h"

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

enum { RECORD_JSON_DEPTH_MAX = 16, RECORD_LIST_MAX = 1000 };

/* Reads one JSON object as a sender gives it. */
Status record_parse(Str json, Arena *arena, Record *out, Err *err);
/* The same for what record_write wrote, as it comes from the archive. */
Status record_parse_stored(Str json, Arena *arena, Record *out, Err *err);
/* Appends the canonical metadata JSON. */
void record_write(const Record *record, Buf *out);
/* Writes the members of the metadata (no braces) into an open object: for answers. */
void record_write_members(const Record *record, JsonOut *j);

static inline Str record_text(const Record *r, RecordFieldId id)
{
	return r->fields[id].text;
}
bool record_id_is_valid(Str id); /* 1..128 of A-Za-z0-9._:- */

#endif
