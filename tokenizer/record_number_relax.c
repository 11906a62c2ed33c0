/* tokenizer/record_number_relax.c - each relaxation compares two numbers part by part and leaves one part out. The
 * parts are folded already, so comparing is comparing strings. */
#include "tokenizer/record_number.h"

static bool same_groups(const RecordNumber *a, unsigned a_from, const RecordNumber *b, unsigned b_from)
{
	if (a->group_count - a_from != b->group_count - b_from)
		return false;
	for (unsigned i = 0; i + a_from < a->group_count; i++)
		if (strcmp(a->groups[i + a_from], b->groups[i + b_from]) != 0)
			return false;
	return true;
}

static bool same_group_set(const RecordNumber *a, const RecordNumber *b)
{
	if (a->group_count != b->group_count)
		return false;
	unsigned used = 0;
	for (unsigned i = 0; i < a->group_count; i++) {
		unsigned j = 0;
		while (j < b->group_count && (used >> j & 1 || strcmp(a->groups[i], b->groups[j]) != 0))
			j++;
		if (j == b->group_count)
			return false;
		used |= 1u << j;
	}
	return true;
}

static unsigned year_of(const RecordNumber *n)
{
	return n->year ? n->year : n->date.year > 0 ? (unsigned)n->date.year : 0;
}

static bool years_agree(const RecordNumber *a, const RecordNumber *b)
{
	unsigned year_a = year_of(a), year_b = year_of(b);
	return !year_a || !year_b || year_a == year_b;
}

bool record_number_matches(const RecordNumber *wanted, const RecordNumber *candidate, NumberRelax step)
{
	if (strcmp(wanted->key, candidate->key) == 0 || strcmp(wanted->num, candidate->num) != 0 ||
	    strcmp(wanted->suffix, candidate->suffix) != 0)
		return false;
	bool groups = wanted->group_count && candidate->group_count;
	switch (step) {
	case RELAX_NO_YEAR:
		return groups && same_groups(wanted, 0, candidate, 0) && years_agree(wanted, candidate);
	case RELAX_NO_CV: {
		unsigned from = groups && strcmp(wanted->groups[0], "CV") == 0 ? 1 : 0;
		unsigned other = groups && strcmp(candidate->groups[0], "CV") == 0 ? 1 : 0;
		return from != other && same_groups(wanted, from, candidate, other) && years_agree(wanted, candidate);
	}
	case RELAX_FIRST_GROUP:
		return groups && strcmp(wanted->groups[0], candidate->groups[0]) == 0 && years_agree(wanted, candidate);
	case RELAX_ANY_ORDER:
		return groups && same_group_set(wanted, candidate) && years_agree(wanted, candidate);
	case RELAX_NUMBER_YEAR:
		return year_of(wanted) && year_of(wanted) == year_of(candidate);
	case RELAX_COUNT:
		break;
	}
	return false;
}
