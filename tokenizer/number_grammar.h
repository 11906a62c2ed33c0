/* tokenizer/number_grammar.h - the grammar of record numbers, for the readers of running text and of typed numbers.
 *
 * Owns     nothing; a RecordNumber holds all its bytes
 * Errors   none: NULL or false where no number stands
 * Threads  pure
 */
#ifndef TOKENIZER_NUMBER_GRAMMAR_H
#define TOKENIZER_NUMBER_GRAMMAR_H

#include "tokenizer/record_number.h"

typedef struct {
	char groups[RECORD_NUMBER_GROUPS_MAX][48]; /* as shown: capitals, Đ and & kept, NUL-terminated */
} NumberText;

/* Reads the number that begins at p (a digit), no guards; returns its end, NULL if none. display and key are not made.
 * whole: the text is nothing but the number, so a group may be any letters ("CV-Liksin") or digits ("SL/L-004"). */
const uint8_t *number_read(const uint8_t *p, const uint8_t *end, bool whole, NumberText *text, RecordNumber *out);
/* Organs that old numbers were given by without a type: CP, HĐBT, SL (folded). */
bool number_is_old_organ(const char *group);
/* Makes display and key; false if they do not fit. */
bool number_finish(const NumberText *text, RecordNumber *n);

#endif
