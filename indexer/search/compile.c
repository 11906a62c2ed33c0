/* indexer/search/compile.c - see compile.h: clauses and tiers. Words are in compile_words.c, fields in
 * compile_fields.c. */
#include "indexer/search/compile_parts.h"

#include "indexer/search/expand.h"
#include "indexer/search/question.h"
#include "indexer/search/search.h"

enum {
	/* In "any", words in more than one of so many records are left to the pairs, pairs in more than one of so many
	 * to the rest; but the rarest so many of each are always looked for, and more while they would find too few. */
	COMMON_SHARE = 10,
	RARE_WORDS = 5,
	COMMON_PAIR_SHARE = 4,
	COMMON_ASKED_SHARE = 10, /* pairs, of a question */
	COMMON_SECOND_SHARE = 2, /* words, where pairs were asked first */
	RARE_PAIRS = 3,
	FOUND_ENOUGH = 1000, /* records, one that has two of them counted twice */
	GUESSED_WORDS =
		3, /* typed without marks: of more words, the most frequent accentuations no longer fit together */
};
static const double pair_factor = 1.0, loose_pair_factor = 1.3, alternative_factor = 0.3;

static bool makes_pair(const Clause *clause, size_t i)
{
	return i > 0 && clause->words[i].joined && !clause->words[i].prefix &&
	       clause->words[i - 1].kind <= TOKEN_DIGITS;
}

typedef struct {
	Query *folded[3 * SEARCH_TERMS_MAX], *exact[3 * SEARCH_TERMS_MAX], *likely[3 * SEARCH_TERMS_MAX];
	Query *pairs[SEARCH_TERMS_MAX];
	size_t count, pair_count;
	bool marked, guessed;
} Gathered;

static void gather(Gathered *g, Sides sides)
{
	g->folded[g->count] = sides.folded;
	g->likely[g->count] = sides.likely ? sides.likely : sides.folded;
	g->exact[g->count++] = sides.exact ? sides.exact : sides.folded;
	g->marked |= sides.exact != NULL;
	g->guessed |= sides.likely != NULL;
}

static Sides joined(Compiler *c, QueryOp op, Gathered *g)
{
	Sides sides = {.folded = compile_checked(c, query_node(c->arena, op, g->folded, g->count))};
	if (g->marked)
		sides.exact = compile_checked(c, query_node(c->arena, op, g->exact, g->count));
	else if (g->guessed && g->count > 1 && g->count <= GUESSED_WORDS)
		sides.likely = compile_checked(c, query_node(c->arena, op, g->likely, g->count));
	else if (g->guessed && op == QUERY_AND)
		sides.likely = g->likely[0];
	return sides;
}

static void must_check(Compiler *c, const Clause *clause)
{
	if (c->out->check_count < COMPILE_CHECKS_MAX)
		c->out->checks[c->out->check_count++] = clause;
}

/* All of the words [first, end), and as a phrase every pair of neighbours too. */
static Sides tight_part(Compiler *c, TermPrefix prefix, const Clause *clause, size_t first, size_t end, bool pairs)
{
	Gathered g = {0};
	for (size_t i = first; i < end && !c->failed; i++) {
		gather(&g, compile_word(c, prefix, &clause->words[i]));
		if (pairs && i > first && makes_pair(clause, i))
			gather(&g,
			       (Sides){.folded = compile_pair(c, prefix, &clause->words[i - 1], &clause->words[i])});
	}
	return joined(c, QUERY_AND, &g);
}

Sides compile_tight(Compiler *c, TermPrefix prefix, const Clause *clause, bool pairs)
{
	return tight_part(c, prefix, clause, 0, clause->word_count, pairs);
}

/* The alternatives of a run of words; each is named in the answer. */
static size_t alternatives_of(Compiler *c, const Clause *clause, Alternative list[static EXPAND_MAX])
{
	size_t count = 0;
	if (!c->options.expand || c->failed)
		return 0;
	if (expand_clause(clause, c->options.language, c->tokens, c->arena, list, &count, c->err) != ST_OK)
		c->failed = true;
	for (size_t i = 0; i < count && c->out->expansion_count < COMPILE_EXPANSIONS_MAX; i++)
		c->out->expansions[c->out->expansion_count++] = list[i].reason;
	return count;
}

static Clause as_clause(const Alternative *a)
{
	return (Clause){.kind = CLAUSE_PHRASE, .words = a->words, .word_count = a->word_count};
}

/* All words, where a part that has another form may stand in that form instead. */
static Sides tight_or_alternatives(Compiler *c, const Clause *clause)
{
	Alternative list[EXPAND_MAX];
	size_t count = alternatives_of(c, clause, list);
	Gathered g = {0};
	for (size_t i = 0; i < clause->word_count && !c->failed;) {
		Gathered either = {0};
		size_t step = 1;
		for (size_t a = 0; a < count; a++)
			if (list[a].first == i && list[a].count > step)
				step = list[a].count;
		gather(&either, tight_part(c, PREFIX_BODY, clause, i, i + step, false));
		for (size_t a = 0; a < count; a++) {
			Clause other = as_clause(&list[a]);
			if (list[a].first >= i && list[a].first + list[a].count <= i + step && !c->failed)
				gather(&either, compile_tight(c, PREFIX_BODY, &other, true));
		}
		gather(&g, either.count == 1 ? tight_part(c, PREFIX_BODY, clause, i, i + step, false)
					     : joined(c, QUERY_OR, &either));
		i += step;
	}
	return joined(c, QUERY_AND, &g);
}

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

/* Keeps what is in few enough records; of the others the rarest, until `least` are kept that find enough. */
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

/* Those that are kept, or the others; what is in no record is neither. */
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

static bool any_marked(const Clause *clause)
{
	bool marked = false;
	for (size_t i = 0; i < clause->word_count; i++)
		marked |= clause->words[i].marked;
	return marked;
}

/* A word exactly as it was typed, where the index knows it so. Who types marks means an unmarked word without. */
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

/* Words and pairs, and how many records have each. Of a question, what only asks is left out. */
static void take_apart(Compiler *c, const Clause *clause, Parts *out)
{
	bool asks[SEARCH_TERMS_MAX] = {0}, with_marks = c->options.question && any_marked(clause);
	double factor = c->options.question ? 1 : loose_pair_factor;
	if (c->options.question && clause->word_count <= SEARCH_TERMS_MAX)
		question_words(clause->words, clause->word_count, asks);
	for (size_t i = 0; i < clause->word_count && !c->failed; i++) {
		CloseTerm *close = &out->close[i];
		close->fold = clause->words[i].fold;
		if (asks[i])
			continue;
		out->words[out->word_count] = word_candidate(c, &clause->words[i], with_marks);
		close->word = worth(c, &out->words[out->word_count++]);
		if (c->failed || !makes_pair(clause, i) || asks[i - 1])
			continue;
		Query *pair = compile_pair(c, PREFIX_BODY, &clause->words[i - 1], &clause->words[i]);
		if (c->failed)
			break;
		out->pairs[out->pair_count] =
			(Candidate){query_weighted(c->arena, QUERY_SCALE, pair, factor), frequency(c, pair), false};
		close->pair = worth(c, &out->pairs[out->pair_count++]);
	}
}

/* Pairs say what a question is about; its single words decide among the best that the pairs find. */
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

/* "Any": the rarer words and the rarer pairs; of a question, pairs. */
static Query *loose(Compiler *c, const Clause *clause)
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
	size_t others = alternatives_of(c, clause, other);
	for (size_t i = 0; i < others && !c->failed; i++) {
		Clause phrase = as_clause(&other[i]);
		list[count++] = query_weighted(c->arena, QUERY_SCALE,
					       compile_tight(c, PREFIX_BODY, &phrase, true).folded, alternative_factor);
	}
	return c->failed ? NULL : compile_checked(c, query_node(c->arena, QUERY_OR, list, count));
}

static bool says_number(const Clause *clause)
{
	for (size_t i = 0; i < clause->word_count; i++)
		if (clause->words[i].kind == TOKEN_RECORD_NUMBER || clause->words[i].kind == TOKEN_CASE_NUMBER)
			return true;
	return false;
}

/* The pairs of a run of words: they add to the score. */
static void add_pairs(Compiler *c, const Clause *clause, Gathered *g)
{
	if (says_number(clause)) /* the number decides, not how the words around it stand */
		return;
	for (size_t i = 1; i < clause->word_count && !c->failed; i++)
		if (makes_pair(clause, i) && g->pair_count < SEARCH_TERMS_MAX)
			g->pairs[g->pair_count++] =
				compile_pair(c, PREFIX_BODY, &clause->words[i - 1], &clause->words[i]);
}

static Sides clause_sides(Compiler *c, const Clause *clause, bool on_spine);

/* A number says what is wanted: the words around it ("Nghị định số … ngày …") only add to the score. */
static Sides around_numbers(Compiler *c, const Clause *clause)
{
	Query *numbers[SEARCH_TERMS_MAX], *others[SEARCH_TERMS_MAX];
	size_t number_count = 0, other_count = 0;
	for (size_t i = 0; i < clause->word_count && !c->failed; i++) {
		const Word *word = &clause->words[i];
		Query *q = compile_word(c, PREFIX_BODY, word).folded;
		if (word->kind == TOKEN_RECORD_NUMBER || word->kind == TOKEN_CASE_NUMBER)
			numbers[number_count++] = q;
		else
			others[other_count++] = q;
	}
	if (c->failed)
		return (Sides){0};
	Query *wanted = compile_checked(c, query_node(c->arena, QUERY_AND, numbers, number_count));
	if (other_count)
		wanted = compile_checked(c, query_pair(c->arena, QUERY_AND_MAYBE, wanted,
						       query_node(c->arena, QUERY_OR, others, other_count)));
	return (Sides){.folded = wanted};
}

/* Words as typed; where all of them are one number as people type it ("QĐ 15 2019 UBND"), that number too. */
static Sides run_sides(Compiler *c, const Clause *clause)
{
	RecordNumber number;
	if (says_number(clause))
		return around_numbers(c, clause);
	Sides sides = tight_or_alternatives(c, clause);
	if (c->failed || !clause->value.len || !record_number_parse(clause->value, &number))
		return sides;
	Word typed = {.folded = str_from(number.key), .kind = TOKEN_RECORD_NUMBER};
	Query *q = compile_span(c, &typed);
	if (sides.exact)
		sides.exact = compile_checked(c, query_pair(c->arena, QUERY_OR, q, sides.exact));
	sides.folded = compile_checked(c, query_pair(c->arena, QUERY_OR, q, sides.folded));
	return sides;
}

static Sides either_sides(Compiler *c, const Clause *clause)
{
	Gathered g = {0};
	for (size_t i = 0; i < clause->child_count && i < 3 * SEARCH_TERMS_MAX && !c->failed; i++)
		gather(&g, clause_sides(c, clause->children[i], false));
	return joined(c, QUERY_OR, &g);
}

static Sides phrase_sides(Compiler *c, const Clause *clause, bool on_spine)
{
	bool marked = false;
	for (size_t i = 0; i < clause->word_count; i++)
		marked |= clause->words[i].marked;
	Sides sides = compile_tight(c, PREFIX_BODY, clause, true);
	if (on_spine && (clause->word_count > 2 || (clause->word_count == 2 && marked)))
		must_check(c, clause);
	return (Sides){.folded = sides.exact ? sides.exact : sides.folded}; /* a phrase is meant exactly */
}

/* The query without what is excluded, pairs adding to its score. NULL stays NULL. */
static Query *finished(Compiler *c, Query *q, Query *without, Query *pairs)
{
	if (q && without)
		q = compile_checked(c, query_pair(c->arena, QUERY_AND_NOT, q, query_matching(c->arena, without)));
	if (q && pairs)
		q = compile_checked(c, query_pair(c->arena, QUERY_AND_MAYBE, q,
						  query_weighted(c->arena, QUERY_SCALE, pairs, pair_factor)));
	return q;
}

static Sides finish_all(Compiler *c, Gathered *g, Gathered *without)
{
	Sides sides = joined(c, QUERY_AND, g);
	Query *none = without->count
			      ? compile_checked(c, query_node(c->arena, QUERY_OR, without->folded, without->count))
			      : NULL;
	Query *pairs =
		g->pair_count ? compile_checked(c, query_node(c->arena, QUERY_OR, g->pairs, g->pair_count)) : NULL;
	if (pairs && !c->failed) {
		Query *best = sides.exact ? sides.exact : sides.likely ? sides.likely : sides.folded;
		Query *every = compile_checked(c, query_node(c->arena, QUERY_AND, g->pairs, g->pair_count));
		sides.strict =
			finished(c, compile_checked(c, query_pair(c->arena, QUERY_AND, best, every)), none, NULL);
	}
	sides.folded = finished(c, sides.folded, none, pairs);
	sides.exact = finished(c, sides.exact, none, pairs);
	sides.likely = finished(c, sides.likely, none, pairs);
	return sides;
}

/* All children; exclusions apply to the whole. On the spine (every record must match it) the "any" mode loosens words
 * and pairs add to the score. */
static Sides all_sides(Compiler *c, const Clause *clause, bool on_spine)
{
	Gathered g = {0}, without = {0};
	for (size_t i = 0; i < clause->child_count && !c->failed; i++) {
		const Clause *child = clause->children[i];
		if (g.count >= 3 * SEARCH_TERMS_MAX || without.count >= 3 * SEARCH_TERMS_MAX)
			break;
		if (child->kind == CLAUSE_NOT) {
			Sides sides = clause_sides(c, child->children[0], false);
			gather(&without, (Sides){.folded = sides.exact ? sides.exact : sides.folded});
		} else if (child->kind == CLAUSE_WORDS && child->word_count == 0) {
			continue;
		} else if (child->kind == CLAUSE_WORDS && c->options.any && on_spine) {
			gather(&g, (Sides){.folded = loose(c, child)});
		} else {
			gather(&g, clause_sides(c, child, on_spine));
			if (child->kind == CLAUSE_WORDS && on_spine)
				add_pairs(c, child, &g);
		}
	}
	if (g.count == 0 && without.count && !c->failed)
		gather(&g, (Sides){.folded = compile_exact_term(c, PREFIX_RECORD, (Str){0})});
	return c->failed ? (Sides){0} : finish_all(c, &g, &without);
}

static Sides clause_sides(Compiler *c, const Clause *clause, bool on_spine)
{
	switch (clause->kind) {
	case CLAUSE_WORDS:
		return run_sides(c, clause);
	case CLAUSE_PHRASE:
		return phrase_sides(c, clause, on_spine);
	case CLAUSE_NEAR:
		if (on_spine)
			must_check(c, clause);
		return compile_tight(c, PREFIX_BODY, clause, false);
	case CLAUSE_FIELD:
		return compile_field_sides(c, clause);
	case CLAUSE_AND:
		return all_sides(c, clause, on_spine);
	case CLAUSE_OR:
		return either_sides(c, clause);
	case CLAUSE_NOT:
		break;
	}
	return all_sides(c, &(Clause){.kind = CLAUSE_AND, .children = (Clause *[]){(Clause *)clause}, .child_count = 1},
			 false);
}

static bool has_words(const Clause *clause)
{
	if (clause->kind == CLAUSE_NOT || clause->kind == CLAUSE_FIELD)
		return false;
	for (size_t i = 0; i < clause->child_count; i++)
		if (has_words(clause->children[i]))
			return true;
	return clause->word_count > 0;
}

static void add_tier(Compiled *out, Query *q, SearchLabel matched)
{
	if (!q)
		return;
	out->tiers[out->tier_count] = q;
	out->matched[out->tier_count++] = matched;
}

Status query_compile(const ParsedQuery *parsed, CompileOptions options, TokenIter *tokens, Matcher *matcher,
		     Arena *arena, Compiled *out, Err *err)
{
	Compiled compiled = {0};
	Compiler c = {
		.matcher = matcher, .arena = arena, .err = err, .options = options, .tokens = tokens, .out = &compiled};
	Sides sides = clause_sides(&c, parsed->root, true);
	if (c.failed)
		return err->code;
	compiled.has_words = has_words(parsed->root);
	add_tier(&compiled, sides.strict, LABEL_PHRASE);
	/* Typed without any mark, two words or more are read as their most frequent accentuation: it comes first. */
	if (sides.exact)
		add_tier(&compiled, sides.exact, LABEL_ALL_WORDS);
	else if (sides.likely && compiled.tier_count)
		add_tier(&compiled, sides.likely, LABEL_ALL_WORDS);
	add_tier(&compiled, sides.folded, sides.exact ? LABEL_WITHOUT_ACCENTS : LABEL_ALL_WORDS);
	if (c.failed)
		return err->code;
	*out = compiled;
	return ST_OK;
}
