/* tokenizer/case_number.h - codes of case files (mã hồ sơ): "H40.15-210521-0012".
 *
 *   agency "-" yymmdd "-" 3 to 7 digits      agency: letter A..Y, two digits, then groups ".dd" or ".ddd"
 *
 * The agency code of before 2020 (000.00.15.H40) is read from right to left into the present form, groups of zeros
 * dropped: H40.15.
 *
 * Units    positions are byte offsets
 * Owns     a CaseNumber holds all its bytes
 * Errors   none: false where there is no code
 * Threads  pure
 */
#ifndef TOKENIZER_CASE_NUMBER_H
#define TOKENIZER_CASE_NUMBER_H

#include "base/clock.h"
#include "base/str.h"

enum { CASE_NUMBER_MAX = 64 };

typedef struct {
	char canonical[CASE_NUMBER_MAX]; /* "H40.15-210521-0012" */
	char agency[40];                 /* "H40.15" */
	CivilDate received;
} CaseNumber;

/* Anywhere in s (a label in front is fine). False: none. */
bool case_number_parse(Str s, CaseNumber *out);
/* The code that begins exactly at `at`. */
bool case_number_at(Str text, size_t at, CaseNumber *out, size_t *end_out);
/* In running text: the code that starts at or after `from`. */
bool case_number_find(Str text, size_t from, CaseNumber *out, size_t *start_out, size_t *end_out);

#endif
