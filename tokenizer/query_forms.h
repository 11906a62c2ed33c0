/* tokenizer/query_forms.h - other forms of what was asked for: abbreviations, changed names, keystrokes.
 *
 *   "ubnd tỉnh Hà Giang"   UBND = Ủy ban nhân dân (abbreviation)
 *                          Hà Giang = Tuyên Quang (renamed 2025-07-01)
 *   "quyeets ddinhj"       quyết định (Telex), a suggestion
 *
 * For queries only; a record is never rewritten. A form is `automatic` where it has one meaning, else it is for
 * offering.
 * Tables: data/abbreviations.tsv, data/names_changed.tsv, data/communes.tsv (communes.h).
 *
 * Units    start and end are byte offsets into the query
 * Owns     the forms and their texts live in the arena (or are static)
 * Errors   ST_NO_MEMORY
 * Threads  safe; the tables are prepared once
 */
#ifndef TOKENIZER_QUERY_FORMS_H
#define TOKENIZER_QUERY_FORMS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "tokenizer/token.h"

typedef enum {
	FORM_EXPANSION,    /* an abbreviation stands in the query, text is what it is short for */
	FORM_ABBREVIATION, /* the full words stand in the query, text is their abbreviation */
	FORM_NEW_NAME,     /* an old name stands in the query */
	FORM_OLD_NAME,     /* the present name stands in the query, text is one it had */
} QueryFormKind;

typedef struct {
	QueryFormKind kind;
	uint32_t start, end; /* the part of the query that has the other form */
	Str asked;           /* as the table has it: "UBND", "Hà Giang" */
	Str text;            /* the other form: "Ủy ban nhân dân", "Tuyên Quang" */
	Str pair;            /* both, for people: "UBND = Ủy ban nhân dân", "Hà Giang = Tuyên Quang" */
	Str date;            /* of a name: since when, or until when ("1991"), it is `text`; else "" */
	bool automatic;
} QueryForm;

enum { QUERY_FORMS_MAX = 32 };
/* it: the caller's, set to the query. */
Status query_forms_find(Str query, TokenIter *it, Arena *arena, QueryForm **forms_out, size_t *count_out, Err *err);

typedef enum { KEYS_NONE, KEYS_TELEX, KEYS_VNI } Keystrokes;
/* One word as typed with an input method that was switched off; KEYS_NONE: it is no syllable with marks that way. */
Keystrokes query_word_decode(Str word, Buf *out);
/* The whole query decoded, where most of its words that are no Vietnamese as they stand decode. For suggesting, when
 * the query as typed finds nothing; never in its place. KEYS_NONE leaves out as it was. */
Keystrokes query_keystrokes_decode(Str query, Buf *out);

#endif
