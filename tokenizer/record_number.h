/* tokenizer/record_number.h - numbers of records (số ký hiệu): "15/2019/QĐ-UBND", "52-NQ/TW", "73-CP".
 *
 * The grammar stands in number_grammar.c, what running text rules out in record_number_find.c, how people write numbers
 * in record_number_typed.c, near misses in record_number_relax.c.
 *
 * Units    positions are byte offsets
 * Owns     RecordNumber holds all its bytes
 * Errors   none: false where there is no number
 * Threads  pure
 */
#ifndef TOKENIZER_RECORD_NUMBER_H
#define TOKENIZER_RECORD_NUMBER_H

#include "base/clock.h"
#include "base/str.h"

enum { RECORD_NUMBER_MAX = 160, RECORD_NUMBER_GROUPS_MAX = 12 };

typedef enum { NUMBER_STATE, NUMBER_PARTY, NUMBER_OLD } NumberStyle;

typedef struct {
	char display[RECORD_NUMBER_MAX]; /* canonical spelling, Đ and & kept: "15/2019/QĐ-UBND" */
	char key[RECORD_NUMBER_MAX];     /* folded, for comparing: "15/2019/QD-UBND"; equal keys name the same number */
	NumberStyle style;
	char num[16];   /* "15", "66.15" */
	uint8_t zeros;  /* that stood before num: 1 for "05", which display and key leave out */
	char suffix[4]; /* "a" of 36a, else "" */
	uint16_t year;  /* 0: none */
	uint8_t group_count;
	char groups[RECORD_NUMBER_GROUPS_MAX][24]; /* folded: "QD", "UBND" */
	CivilDate date;                            /* said behind the number ("ngày 12/3/2019"); year 0: none */
} RecordNumber;

/* For query boxes and metadata fields: the whole of s is about one number (type names in front and a date
 * behind are understood). False: no number in it. */
bool record_number_parse(Str s, RecordNumber *out);
/* display with the zeros that it was written with ("05/2026/TT-BCT"), as it goes on record; the bytes written. */
size_t record_number_write(const RecordNumber *number, char out[static RECORD_NUMBER_MAX + 8]);
/* For running text: the number that starts at or after *from, if any; stricter guards (QCVN, ratios, dates and
 * form codes are not numbers). start/end are byte offsets. False: none is left. */
bool record_number_find(Str text, size_t from, RecordNumber *out, size_t *start_out, size_t *end_out);
/* The same for the number that begins exactly at `at` (a digit); the date behind it is not read. */
bool record_number_at(Str text, size_t at, RecordNumber *out, size_t *end_out);

/* Relaxations, tried in this order where the full key has no hit. */
typedef enum {
	RELAX_NO_YEAR,     /* the year dropped, or taken from the date clause */
	RELAX_NO_CV,       /* a leading "CV" group dropped */
	RELAX_FIRST_GROUP, /* number + first group */
	RELAX_ANY_ORDER,   /* number + set of groups, any order */
	RELAX_NUMBER_YEAR, /* number + year */
	RELAX_COUNT
} NumberRelax;
/* Does `candidate` match `wanted` when relaxed by `step`? (The exact key is no relaxation: false.) */
bool record_number_matches(const RecordNumber *wanted, const RecordNumber *candidate, NumberRelax step);

#endif
