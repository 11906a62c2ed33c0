/* store/record/doubt.h - fields that were read from a document with little certainty: a person has to look at them.
 *
 *   "read":{"number":{"certainty":0.7}}                                     the record's number may be wrong
 *   "extra":{"extracted":{"number":{"certainty_percent":50,"value":"…"}}}   too uncertain to be the record's number
 *
 * A field leaves the list when somebody says it (an amendment takes its certainty away) or confirms it as it is:
 * "confirmed":["number"]. A number or date that was not taken over is in doubt as long as the record has none.
 *
 * Owns     values lie in the arena that was passed
 * Errors   ST_NO_MEMORY
 * Threads  pure
 */
#ifndef STORE_RECORD_DOUBT_H
#define STORE_RECORD_DOUBT_H

#include "base/arena.h"
#include "base/err.h"
#include "store/record/fields.h"

enum {
	DOUBT_MAX = 16,
	/* Below it a field is in doubt. What a letterhead says in its own place has 80 and more, a list of recipients
	 * 75; a number that may be a citation's, or that the date contradicts, 70 and less. */
	DOUBT_BELOW_PERCENT = 75,
};

typedef struct {
	RecordFieldId field;
	unsigned percent; /* how certain */
	Str value;        /* what was read and not taken over; "": it is the record's own value */
} Doubt;

Status doubts_of(const Record *record, Arena *arena, Doubt out[static DOUBT_MAX], size_t *count_out, Err *err);

#endif
