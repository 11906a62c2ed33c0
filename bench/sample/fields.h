/* bench/sample/fields.h - the fields of administration and the laws their papers begin with.
 *
 * Owns     static tables
 * Errors   none
 * Threads  constant
 * Source   numbers, titles and dates of laws and decrees as promulgated; a law is cited only while it is in force
 */
#ifndef BENCH_SAMPLE_FIELDS_H
#define BENCH_SAMPLE_FIELDS_H

#include "bench/sample/units.h"

typedef struct {
	const char *prefix; /* of its rules in the grammar */
	const char *name;   /* the record's field */
	const char *mark;   /* in codes of case files */
	const char *keywords;
} FieldInfo;

extern const FieldInfo fields[FIELD_COUNT];

typedef struct {
	uint16_t fields;
	int from, to;     /* yyyymmdd, both inclusive */
	const char *text; /* "Luật Đất đai ngày 29 tháng 11 năm 2013" */
} Law;

/* The laws for a field on that day, organisation of government first; at most `max`, returns how many. */
size_t fields_laws(FieldId field, Level level, int day, const char **out, size_t max);

#endif
