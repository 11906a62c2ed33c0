/* bench/sample/units.h - the province of the sample and the offices that write there.
 *
 * Tỉnh Lam Giang does not exist, but everything about it follows the rules: until 30 June 2025 a province with
 * districts and communes, since 1 July 2025 larger communes and no districts; departments merged on 1 March 2025. Codes
 * begin with H70, which no province has (QĐ 20/2020/QĐ-TTg gives H01 to H63).
 *
 * Units    days as in calendar.h
 * Owns     everything is static
 * Errors   none
 * Threads  constant
 */
#ifndef BENCH_SAMPLE_UNITS_H
#define BENCH_SAMPLE_UNITS_H

#include "base/buf.h"
#include "bench/sample/random.h"

/* What a paper is about. The order is that of fields[] in fields.c. */
typedef enum {
	FIELD_LAND,
	FIELD_CIVIL,
	FIELD_INVESTMENT,
	FIELD_EDUCATION,
	FIELD_HEALTH,
	FIELD_TRAFFIC,
	FIELD_FARMING,
	FIELD_REFORM,
	FIELD_STAFF,
	FIELD_WELFARE,
	FIELD_CULTURE,
	FIELD_FINANCE,
	FIELD_COUNT
} FieldId;

typedef enum { LEVEL_COUNCIL, LEVEL_PROVINCE, LEVEL_DEPARTMENT, LEVEL_DISTRICT, LEVEL_COMMUNE } Level;

typedef struct {
	const char *name;     /* in a sentence: "Ủy ban nhân dân xã Tân Lập" */
	const char *parent;   /* the line above the name in the letterhead; NULL: none */
	const char *notation; /* in numbers: "UBND", "STNMT" */
	const char *code;     /* "H70.12" */
	const char *place;    /* of the date line */
	const char *area;     /* "xã Tân Lập", "tỉnh Lam Giang" */
	const char *head;     /* "Chủ tịch", "Giám đốc" */
	const char *body;     /* who decides together, for TM.: "Ủy ban nhân dân"; NULL: the head alone */
	const char *letters;  /* units in the notation of letters, by blanks: "KTN VX TH" */
	Level level;
	int16_t district; /* of a commune or district: index in districts; else -1 */
	uint16_t fields;  /* set of 1 << FieldId */
	uint16_t yearly;  /* papers a year, for the pace of its numbers */
	int from, to;     /* days it exists, both inclusive */
} Office;

typedef struct {
	const char *name, *seat; /* "huyện Thạch Lâm", "thị trấn Thạch Lâm" */
} District;

extern const char units_province[];

size_t units_count(void);
const Office *units_office(size_t index);
size_t units_index(const Office *office);
/* An office that exists on that day; field -1: any. Larger ones write more. */
const Office *units_pick(Random *r, int day, int field);
const Office *units_pick_level(Random *r, int day, Level level, int field);
/* The office above. */
const Office *units_superior(const Office *office, int day);
const District *units_district(int index);

/* A commune that exists on that day, in the district (-1: in any). */
const Office *units_commune(Random *r, int day, int district);
const char *units_hamlet(Random *r);

#endif
