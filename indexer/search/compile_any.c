/* indexer/search/compile_any.c - an OR of the words and pairs that tell records apart.
 *
 * Common words have long lists and say little. So words, and pairs of neighbours, are used where few enough records
 * have them; if those would find too little, the next rarer ones are added. Of a question only pairs find; its words
 * are a second query that is scored in the best hits alone (docs/decisions/0011, 0014).
 */
#include "indexer/search/compile_any.h"

#include "indexer/search/compile_forms.h"
#include "indexer/search/compile_words.h"
#include "indexer/search/question.h"

enum {
	/* Words in more than one of so many records are left to the pairs, pairs in more than one of so many to the
	 * rest; but the rarest so many of each are always used, and more while they would find too few. */
	COMMON_SHARE = 10,
	RARE_WORDS = 5,
	COMMON_PAIR_SHARE = 4,
	COMMON_ASKED_SHARE = 10, /* pairs, of a question */
	COMMON_SECOND_SHARE = 2, /* words, where pairs were asked first */
	RARE_PAIRS = 3,
	FOUND_ENOUGH = 1000, /* records; one that has two of them is counted twice */
};
static const double any_pair_factor = 1.3, alternative_factor = 0.3;

static uint64_t frequency(Compiler *c, const Query *q)
{
	uint64_t total = 0, count = 0;
	if (q->op == QUERY_TERM && matcher_term_documents(c->matcher, q->term, &count, c->err) != ST_OK)
		c->failed = true;
	total = count;
	for (size_t i = 0; i < q->child_count && q->op == QUERY_SYNONYM; i++)
		total += frequency(c, q->children[i]);
	return total;
}

typedef struct {
	Query *query;
	uint64_t documents;
	bool kept;
} Candidate;

/* Keeps those that at most `most` records have; then the rarest of the others, until at least `least` are kept that
 * find FOUND_ENOUGH records. */
static void keep_rare(Candidate *list, size_t count, uint64_t most, size_t least)
{
	uint64_t found = 0;
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		list[i].kept |= list[i].documents && list[i].documents <= most;
		kept += list[i].kept;
		found += list[i].kept ? list[i].documents : 0;
	}
	while (kept < least || found < FOUND_ENOUGH) {
		Candidate *rarest = NULL;
		for (size_t i = 0; i < count; i++)
			if (!list[i].kept && list[i].documents && (!rarest || list[i].documents < rarest->documents))
				rarest = &list[i];
		if (!rarest)
			return;
		rarest->kept = true;
		kept++;
		found += rarest->documents;
	}
}

/* Lists those that are kept, or those that are not; one that no record has is in neither list. */
static size_t add_those(const Candidate *from, size_t count, bool kept, Query **list)
{
	size_t used = 0;
	for (size_t i = 0; i < count; i++)
		if (from[i].kept == kept && (kept || from[i].documents))
			list[used++] = from[i].query;
	return used;
}

typedef struct {
	Candidate words[SEARCH_TERMS_MAX], pairs[SEARCH_TERMS_MAX];
	size_t word_count, pair_count;
	CloseTerm close[SEARCH_TERMS_MAX]; /* of each word of the clause */
} Parts;

/* A word as it was typed, where the index has it so. Beside words with marks, one without is meant to have none. */
static Candidate word_candidate(Compiler *c, const Word *word, bool with_marks)
{
	Sides sides = compile_word(c, PREFIX_BODY, word);
	if (!c->failed && !sides.exact && with_marks && word->kind <= TOKEN_DIGITS && !word->prefix)
		sides.exact = compile_unmarked(c, word);
	uint64_t exact = sides.exact && !c->failed ? frequency(c, sides.exact) : 0;
	Query *best = exact ? sides.exact : sides.folded;
	return (Candidate){best, exact || c->failed ? exact : frequency(c, best), word->kind > TOKEN_DIGITS};
}

static double worth(const Compiler *c, const Candidate *candidate)
{
	return candidate->documents ? matcher_rarity(c->matcher, (double)candidate->documents) : 0;
}

/* Splits a clause into words and pairs and counts the records that have each. Words of a question that only ask are
 * left out. */
static void take_apart(Compiler *c, const Clause *clause, Parts *out)
{
	bool asks[SEARCH_TERMS_MAX] = {0},
	     with_marks = c->options.question && query_any_marked(clause->words, clause->word_count);
	double factor = c->options.question ? 1 : any_pair_factor;
	if (c->options.question && clause->word_count <= SEARCH_TERMS_MAX)
		question_words(clause->words, clause->word_count, asks);
	for (size_t i = 0; i < clause->word_count && !c->failed; i++) {
		CloseTerm *close = &out->close[i];
		close->fold = clause->words[i].fold;
		if (asks[i])
			continue;
		out->words[out->word_count] = word_candidate(c, &clause->words[i], with_marks);
		close->word = worth(c, &out->words[out->word_count++]);
		if (c->failed || !compile_makes_pair(clause, i) || asks[i - 1])
			continue;
		Query *pair = compile_pair(c, PREFIX_BODY, &clause->words[i - 1], &clause->words[i]);
		if (c->failed)
			break;
		out->pairs[out->pair_count] =
			(Candidate){query_weighted(c->arena, QUERY_SCALE, pair, factor), frequency(c, pair), false};
		close->pair = worth(c, &out->pairs[out->pair_count++]);
	}
}

/* For a question: pairs find, as they say what it is about; single words order the best that the pairs find. */
static size_t ask_pairs(Compiler *c, Parts *parts, Query **list)
{
	Query *rest[2 * SEARCH_TERMS_MAX];
	size_t count, left;
	uint64_t records = matcher_documents(c->matcher);
	keep_rare(parts->pairs, parts->pair_count, records / COMMON_ASKED_SHARE, RARE_PAIRS);
	count = add_those(parts->words, parts->word_count, true, list); /* numbers and dates */
	for (size_t i = 0; i < parts->word_count; i++)
		if (parts->words[i].kept)
			parts->words[i] = (Candidate){0};
	count += add_those(parts->pairs, parts->pair_count, true, list + count);
	keep_rare(parts->words, parts->word_count, records / COMMON_SECOND_SHARE, RARE_WORDS);
	left = add_those(parts->words, parts->word_count, true, rest);
	left += add_those(parts->pairs, parts->pair_count, false, rest + left);
	if (left)
		c->out->second = compile_checked(c, query_node(c->arena, QUERY_OR, rest, left));
	return count;
}

Query *compile_any(Compiler *c, const Clause *clause)
{
	Query *list[2 * SEARCH_TERMS_MAX + EXPAND_MAX];
	Parts parts = {0};
	size_t count, known = 0;
	take_apart(c, clause, &parts);
	if (c->failed)
		return NULL;
	for (size_t i = 0; i < parts.pair_count; i++)
		known += parts.pairs[i].documents > 0;
	if (c->options.question && known >= RARE_PAIRS) {
		count = ask_pairs(c, &parts, list);
		memcpy(c->out->close, parts.close, sizeof parts.close);
		c->out->close_count = clause->word_count;
	} else {
		keep_rare(parts.words, parts.word_count, matcher_documents(c->matcher) / COMMON_SHARE, RARE_WORDS);
		keep_rare(parts.pairs, parts.pair_count, matcher_documents(c->matcher) / COMMON_PAIR_SHARE, RARE_PAIRS);
		count = add_those(parts.words, parts.word_count, true, list);
		count += add_those(parts.pairs, parts.pair_count, true, list + count);
	}
	Alternative other[EXPAND_MAX];
	size_t others = compile_forms_of(c, clause, other);
	for (size_t i = 0; i < others && !c->failed; i++)
		list[count++] = query_weighted(c->arena, QUERY_SCALE, compile_form(c, &other[i]), alternative_factor);
	return c->failed ? NULL : compile_checked(c, query_node(c->arena, QUERY_OR, list, count));
}
