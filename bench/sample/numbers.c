/* bench/sample/numbers.c - the number that an office has reached is what its yearly count gives for the day of the
 * year, a little chance added, and always more than the last one. So numbers rise with the dates, with gaps as in real
 * registers. */
#include "bench/sample/numbers.h"

#include "bench/sample/calendar.h"

#include <stdio.h>
#include <stdlib.h>

enum { CASES_A_YEAR = 2400 };

typedef struct {
	int year;
	unsigned last;
} Series;

struct Numbers {
	Series *series; /* office × (kind + 1): resolutions with a year have a series of their own */
};

Numbers *numbers_new(Err *err)
{
	Numbers *n = calloc(1, sizeof *n);
	if (n)
		n->series = calloc(units_count() * (KIND_COUNT + 1), sizeof *n->series);
	if (!n || !n->series) {
		numbers_free(n);
		err_no_memory(err);
		return NULL;
	}
	return n;
}

void numbers_free(Numbers *n)
{
	if (!n)
		return;
	free(n->series);
	free(n);
}

/* Of a hundred papers of an office, how many are of the kind: sets the pace of its series. */
static const uint8_t shares[KIND_COUNT] = {
	[KIND_DECISION] = 30,  [KIND_RULES] = 1,      [KIND_RESOLUTION] = 60,  [KIND_DIRECTIVE] = 1,
	[KIND_PLAN] = 6,       [KIND_REPORT] = 8,     [KIND_LETTER] = 40,      [KIND_NOTICE] = 5,
	[KIND_SUBMISSION] = 4, [KIND_INVITATION] = 4, [KIND_MINUTES] = 2,      [KIND_GUIDE] = 1,
	[KIND_PERMIT] = 3,     [KIND_EXTRACT] = 20,   [KIND_CERTIFICATE] = 20,
};

/* The next number of a series: as far as the year has gone, and always after the last one. */
static unsigned take_number(Numbers *n, const Office *office, size_t series, unsigned yearly, int day, Random *random)
{
	Series *s = &n->series[units_index(office) * (KIND_COUNT + 1) + series];
	int year = calendar_civil(day).year;
	unsigned of_year = (unsigned)(day - calendar_day(year, 1, 1)) + 1;
	unsigned pace = yearly * of_year / 366 + random_below(random, 3);
	if (s->year != year)
		*s = (Series){.year = year};
	s->last = pace > s->last ? pace : s->last + 1;
	return s->last;
}

static void pick_letters(const Office *office, Random *random, char out[static 32])
{
	Str rest = str_from(office->letters), part = {0};
	unsigned count = 1;
	for (const char *c = office->letters; *c; c++)
		count += *c == ' ';
	for (unsigned skip = random_below(random, count) + 1; skip > 0; skip--)
		str_split(&rest, ' ', &part);
	snprintf(out, 32, "%.*s", STR_ARG(part));
}

void numbers_give(Numbers *n, Paper *p, Random *random)
{
	const Office *o = p->office;
	const KindInfo *kind = &paper_kinds[p->kind];
	int year = calendar_civil(p->day).year;
	bool with_year = p->kind == KIND_RULES || (p->kind == KIND_RESOLUTION && random_chance(random, 40));
	size_t series = p->kind == KIND_RESOLUTION && with_year ? KIND_COUNT : (size_t)p->kind;
	unsigned yearly = o->yearly * shares[p->kind] / 100;
	unsigned number = take_number(n, o, series, yearly, p->day, random);
	const char *mark = kind->abbreviation[0] ? kind->abbreviation : "CV";
	if (with_year) {
		snprintf(p->number, sizeof p->number, "%02u/%d/%s-%s", number, year, kind->abbreviation, o->notation);
	} else if (p->kind == KIND_LETTER) {
		char letters[32];
		pick_letters(o, random, letters);
		snprintf(p->number, sizeof p->number, "%02u/%s-%s", number, o->notation, letters);
	} else {
		snprintf(p->number, sizeof p->number, "%02u/%s-%s", number, kind->abbreviation, o->notation);
	}
	static const struct {
		const char *vietnamese, *ascii;
	} ascii[] = {{"QĐ", "QD"}, {"CĐ", "CD"}};
	for (size_t i = 0; i < sizeof ascii / sizeof *ascii; i++)
		if (strcmp(mark, ascii[i].vietnamese) == 0)
			mark = ascii[i].ascii;
	snprintf(p->id, sizeof p->id, "%s-%d-%s%s-%u", o->code, year, mark, with_year ? "PL" : "", number);
}

unsigned numbers_case(Numbers *n, const Office *office, int day, Random *random)
{
	return take_number(n, office, KIND_RECEIPT, CASES_A_YEAR, day, random);
}
