/* store/record/text_state.h - how much of a record's text is there: the one table of text states.
 *
 *   complete     all of it                            unreadable   a file can't be read: broken, too large, unknown
 *   partial      of some files or pages only          encrypted    it can't be read without a password
 *   stamp-only   of a scan: its signature stamp alone none         there is no file
 *   waiting      for recognition
 *
 * A record says its state ("text_state") where it is another than its objects tell: with a text it is complete, without
 * one there is none. What is told by a sender is never believed: whoever takes the record in sets it.
 *
 * How many pages wait for recognition stands beside it: "extra":{"extraction":{"waiting_pages":3}}. They may wait in
 * any of partial, stamp-only and waiting.
 *
 * Owns     static tables
 * Errors   none: a word that is no state is TEXT_STATE_COUNT
 * Threads  pure
 */
#ifndef STORE_RECORD_TEXT_STATE_H
#define STORE_RECORD_TEXT_STATE_H

#include "store/record/fields.h"

typedef enum {
	TEXT_COMPLETE,
	TEXT_PARTIAL,
	TEXT_STAMP_ONLY,
	TEXT_WAITING,
	TEXT_UNREADABLE,
	TEXT_ENCRYPTED,
	TEXT_NONE,
	TEXT_STATE_COUNT
} TextState;

typedef struct {
	const char *name; /* "stamp-only": in metadata, answers, queries */
	const char *label_vi, *label_en;
} TextStateRow;
extern const TextStateRow text_states[TEXT_STATE_COUNT];

TextState text_state_by_name(Str name);
/* Of a record as it is stored. */
TextState text_state_of(const Record *record, bool has_text);
/* What the record is to say: "" where its objects tell. */
Str text_state_to_store(TextState state, bool has_text);

#endif
