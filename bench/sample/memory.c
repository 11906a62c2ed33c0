/* bench/sample/memory.c - a ring of papers for each field. What is recalled is drawn at random until it may be cited:
 * earlier, at most three years old, and of an office that this one looks up to. */
#include "bench/sample/memory.h"

#include <stdio.h>

void memory_add(Memory *m, const Paper *p)
{
	static const bool citable[KIND_COUNT] = {
		[KIND_RULES] = true,  [KIND_RESOLUTION] = true, [KIND_DIRECTIVE] = true, [KIND_PLAN] = true,
		[KIND_LETTER] = true, [KIND_SUBMISSION] = true, [KIND_NOTICE] = true,    [KIND_GUIDE] = true,
	};
	if (!citable[p->kind] || p->subject.len > 200)
		return;
	Cited *c = &m->papers[p->field][m->count[p->field]++ % MEMORY_PAPERS];
	Str subject = buf_str(&p->subject);
	bool named = str_starts(subject, STR("Về việc "));
	paper_cite(p, c->text);
	snprintf(c->about, sizeof c->about, "về việc %.*s",
		 STR_ARG(named ? str_slice(subject, strlen("Về việc "), subject.len) : subject));
	snprintf(c->number, sizeof c->number, "%s", p->number);
	c->office = p->office;
	c->kind = p->kind;
	c->day = p->day;
}

/* Offices cite those above them; the province also what its departments submit. */
static bool may_cite(const Office *office, const Cited *c, int day)
{
	if (c->office->level < LEVEL_DEPARTMENT)
		return c->office != office;
	if (office->level == LEVEL_PROVINCE)
		return c->kind == KIND_SUBMISSION && c->office->level == LEVEL_DEPARTMENT;
	return c->office == units_superior(office, day) ||
	       (c->office->level == LEVEL_DEPARTMENT && c->kind != KIND_SUBMISSION && c->office != office);
}

const Cited *memory_recall(const Memory *m, const Paper *p, bool rules_to_replace, Random *random)
{
	unsigned count = m->count[p->field] < MEMORY_PAPERS ? m->count[p->field] : MEMORY_PAPERS;
	for (unsigned tries = 0; count && tries < 12; tries++) {
		const Cited *c = &m->papers[p->field][random_below(random, count)];
		if (c->day >= p->day || c->day < p->day - 3 * 366)
			continue;
		if (rules_to_replace ? c->kind == KIND_RULES && c->office == p->office : may_cite(p->office, c, p->day))
			return c;
	}
	return NULL;
}
