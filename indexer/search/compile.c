/* indexer/search/compile.c - clauses of a query, from the innermost out, each to its sides; then the tiers.
 *
 * Runs of words become an AND of words (compile_words.c) whose parts may have other forms (compile_forms.c), or, where
 * one word is enough, an OR of the telling ones (compile_any.c); field:value is compile_fields.c's. Sides of clauses
 * are joined side by side: an AND of clauses has as its exact side the AND of their exact sides, and so on. The sides
 * of the whole query are its tiers.
 *
 * The index knows pairs of words, no longer phrases. A phrase of more words, and NEAR, are compiled to what they imply
 * (all words, all pairs) and noted in `checks`: the text of each hit is looked at.
 */
#include "indexer/search/compile.h"

#include "indexer/search/compile_any.h"
#include "indexer/search/compile_fields.h"
#include "indexer/search/compile_forms.h"
#include "indexer/search/compile_words.h"
#include "indexer/search/spoken.h"

#include <stdio.h>

static const double pair_factor = 1.0;

static void must_check(Compiler *c, const Clause *clause)
{
	if (c->out->check_count < COMPILE_CHECKS_MAX)
		c->out->checks[c->out->check_count++] = clause;
}

/* Gathers the pairs of a run of words, which add to the score. Beside a number they do not: it decides, and the words
 * around it need not stand side by side. */
static void add_pairs(Compiler *c, const Clause *clause, Gathered *g)
{
	if (query_has_number(clause->words, clause->word_count))
		return;
	for (size_t i = 1; i < clause->word_count && !c->failed; i++)
		if (compile_makes_pair(clause, i) && g->pair_count < SEARCH_TERMS_MAX)
			g->pairs[g->pair_count++] =
				compile_pair(c, PREFIX_BODY, &clause->words[i - 1], &clause->words[i]);
}

static Sides clause_sides(Compiler *c, const Clause *clause, bool required);

/* A number identifies the record: the words around it ("Nghị định số … ngày …") only add to the score. */
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

/* The relaxed forms of a number: what may be a variant of it. */
static Query *near_forms(Compiler *c, const RecordNumber *number)
{
	Query *forms[SCHEMA_NUMBER_FORMS];
	size_t count = 0;
	Buf bytes = {0};
	for (unsigned form = 0; form < SCHEMA_NUMBER_FORMS; form++) {
		schema_number_form(&bytes, number, form);
		if (bytes.len)
			forms[count++] = compile_term(c, &bytes);
	}
	buf_done(&bytes);
	return c->failed ? NULL : compile_checked(c, query_node(c->arena, QUERY_OR, forms, count));
}

static Query *number_form(Compiler *c, const RecordNumber *number, unsigned form)
{
	Buf bytes = {0};
	schema_number_form(&bytes, number, form);
	Query *q = bytes.len ? compile_term(c, &bytes) : NULL;
	buf_done(&bytes);
	return q;
}

enum { FORM_FIRST_GROUP = 1, FORM_YEAR = 3 };

/* Type and number, with the year and the other words that were said: "nghị quyết số 16 HĐND". A type whose numbers do
 * not name it ("Luật 45 năm 2019") needs the year. */
static Query *spoken_query(Compiler *c, const Clause *clause, const Spoken *spoken)
{
	const RecordNumber *number = &spoken->number;
	Query *parts[3] = {0}, *by_group = NULL, *by_year = number_form(c, number, FORM_YEAR);
	char year[8];
	if (number->group_count)
		by_group = number_form(c, number, FORM_FIRST_GROUP);
	if (by_group && number->year) {
		snprintf(year, sizeof year, "%u", number->year);
		by_group = compile_checked(c, query_pair(c->arena, QUERY_AND, by_group,
							 compile_exact_term(c, PREFIX_YEAR, str_from(year))));
		by_year = NULL;
	} else if (by_year) {
		Buf type = {0};
		schema_whole(&type, PREFIX_TYPE, str_from(spoken->type->folded));
		by_year = compile_checked(c, query_pair(c->arena, QUERY_AND, by_year, compile_term(c, &type)));
		buf_done(&type);
	}
	parts[0] = by_group ? by_group : by_year;
	if (!parts[0] || c->failed)
		return NULL;
	if (spoken->other_count) {
		Clause others = {.kind = CLAUSE_WORDS,
				 .value = clause->value,
				 .words = (Word *)spoken->others,
				 .word_count = spoken->other_count};
		size_t said = c->out->expansion_count; /* they are told with those of the whole run */
		parts[1] = compile_words_or_forms(c, &others).folded;
		c->out->expansion_count = said;
	}
	return c->failed ? NULL : compile_checked(c, query_node(c->arena, QUERY_AND, parts, 2));
}

enum { NUMBER_ALONE_MOST = 12 /* words of a run that is about a number and little else */ };

/* The number that a run of words is about, in whatever words. */
static void find_number(Compiler *c, const Clause *clause)
{
	Spoken *spoken = arena_calloc(c->arena, 1, sizeof *spoken);
	Compiled *out = c->out;
	Query *own[2] = {0};
	if (!spoken) {
		compile_checked(c, NULL);
		return;
	}
	bool is_said = spoken_number(clause->row, clause->row_count, spoken);
	bool is_whole =
		clause->value.len && record_number_parse(clause->value, &out->wanted) && out->wanted.group_count;
	for (size_t i = 0; !is_whole && i < clause->word_count; i++)
		is_whole = clause->words[i].kind == TOKEN_RECORD_NUMBER &&
			   record_number_parse(clause->words[i].folded, &out->wanted);
	if (is_whole)
		own[0] = compile_exact_term(c, PREFIX_NUMBER, str_from(out->wanted.key));
	if (is_said && !query_has_number(clause->words, clause->word_count))
		own[1] = spoken_query(c, clause, spoken);
	/* "NQ 16 CP" is no 16/CP */
	if (!is_whole || (own[1] && strcmp(out->wanted.groups[0], spoken->number.groups[0]) != 0))
		out->wanted = spoken->number;
	if (c->failed || (!own[0] && !own[1]))
		return;
	out->number = compile_checked(c, query_node(c->arena, QUERY_OR, own, 2));
	if (!c->options.any && clause->row_count <= NUMBER_ALONE_MOST) /* a question is about more than the number */
		out->near_number = near_forms(c, &out->wanted);
}

/* Words as typed; where they say a number as people say it ("QĐ 15 2019 UBND"), that number too. */
static Sides run_sides(Compiler *c, const Clause *clause, bool required)
{
	if (required && !c->out->number)
		find_number(c, clause);
	if (query_has_number(clause->words, clause->word_count))
		return around_numbers(c, clause);
	Sides sides = compile_words_or_forms(c, clause);
	if (c->failed || !required || !c->out->number)
		return sides;
	Query *q = query_weighted(c->arena, QUERY_BOOST, c->out->number, COMPILE_OWN_NUMBER);
	if (sides.exact)
		sides.exact = compile_checked(c, query_pair(c->arena, QUERY_OR, q, sides.exact));
	sides.folded = compile_checked(c, query_pair(c->arena, QUERY_OR, q, sides.folded));
	return sides;
}

static Sides either_sides(Compiler *c, const Clause *clause, bool required)
{
	Gathered g = {0};
	for (size_t i = 0; i < clause->child_count && i < 3 * SEARCH_TERMS_MAX && !c->failed; i++) {
		const Clause *child = clause->children[i];
		bool any = child->kind == CLAUSE_WORDS && child->word_count && c->options.any && required;
		gathered_add(&g, any ? (Sides){.folded = compile_any(c, child)} : clause_sides(c, child, false));
	}
	return gathered_join(c, QUERY_OR, &g);
}

static Sides phrase_sides(Compiler *c, const Clause *clause, bool required)
{
	bool marked = query_any_marked(clause->words, clause->word_count);
	Sides sides = compile_tight(c, PREFIX_BODY, clause, 0, clause->word_count, !c->options.parted);
	bool is_pair = clause->word_count == 2 && compile_makes_pair(clause, 1) && !c->options.parted;
	if (required && clause->row_count > 1 && (marked || !is_pair))
		must_check(c, clause);
	return (Sides){.folded = sides.exact ? sides.exact : sides.folded}; /* a phrase has no wider side */
}

/* The query without what is excluded, and with the pairs that add to its score. NULL stays NULL. */
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
	Sides sides = gathered_join(c, QUERY_AND, g);
	Query *none = without->count
			      ? compile_checked(c, query_node(c->arena, QUERY_OR, without->folded, without->count))
			      : NULL;
	Query *pairs =
		g->pair_count ? compile_checked(c, query_node(c->arena, QUERY_OR, g->pairs, g->pair_count)) : NULL;
	Query **every[] = {&sides.folded, &sides.exact, &sides.likely, &sides.literal};
	if (pairs && !c->failed)
		sides.pairs = compile_checked(c, query_node(c->arena, QUERY_AND, g->pairs, g->pair_count));
	for (size_t i = 0; i < sizeof every / sizeof *every; i++)
		*every[i] = finished(c, *every[i], none, pairs);
	return sides;
}

/* All children; exclusions apply to the whole. `required`: every hit must match this clause. Only there may the "any"
 * mode take one word for all, pairs add to the score, and phrases be checked on the text. */
static Sides all_sides(Compiler *c, const Clause *clause, bool required)
{
	Gathered g = {0}, without = {0};
	for (size_t i = 0; i < clause->child_count && !c->failed; i++) {
		const Clause *child = clause->children[i];
		if (g.count >= 3 * SEARCH_TERMS_MAX || without.count >= 3 * SEARCH_TERMS_MAX)
			break;
		if (child->kind == CLAUSE_NOT) {
			Sides sides = clause_sides(c, child->children[0], false);
			gathered_add(&without, (Sides){.folded = sides.exact ? sides.exact : sides.folded});
		} else if (child->kind == CLAUSE_WORDS && child->word_count == 0) {
			continue;
		} else if (child->kind == CLAUSE_WORDS && c->options.any && required) {
			gathered_add(&g, (Sides){.folded = compile_any(c, child)});
		} else {
			gathered_add(&g, clause_sides(c, child, required));
			if (child->kind == CLAUSE_WORDS && required)
				add_pairs(c, child, &g);
		}
	}
	if (g.count == 0 && without.count && !c->failed)
		gathered_add(&g, (Sides){.folded = compile_exact_term(c, PREFIX_RECORD, (Str){0})});
	return c->failed ? (Sides){0} : finish_all(c, &g, &without);
}

static Sides clause_sides(Compiler *c, const Clause *clause, bool required)
{
	switch (clause->kind) {
	case CLAUSE_WORDS:
		return run_sides(c, clause, required);
	case CLAUSE_PHRASE:
		return phrase_sides(c, clause, required);
	case CLAUSE_NEAR:
		if (required)
			must_check(c, clause);
		return compile_tight(c, PREFIX_BODY, clause, 0, clause->word_count, false);
	case CLAUSE_FIELD:
		return compile_field_sides(c, clause);
	case CLAUSE_AND:
		return all_sides(c, clause, required);
	case CLAUSE_OR:
		return either_sides(c, clause, required);
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

static bool is_any_unquoted(const Clause *clause)
{
	if (clause->kind == CLAUSE_NOT || clause->kind == CLAUSE_FIELD)
		return false;
	for (size_t i = 0; i < clause->child_count; i++)
		if (is_any_unquoted(clause->children[i]))
			return true;
	return clause->kind != CLAUSE_PHRASE && clause->word_count > 0;
}

/* NULL: no tier. */
static void add_tier(Compiler *c, OrderSource source, SearchLabel matched, Query *q)
{
	Compiled *out = c->out;
	if (!q || c->failed)
		return;
	out->tiers[out->tier_count] = q;
	out->sources[out->tier_count] = source;
	out->matched[out->tier_count++] = out->only_phrases ? LABEL_PHRASE : matched;
}

/* q, restricted to what has every pair. */
static Query *with_pairs(Compiler *c, Query *q, Query *pairs)
{
	return q ? compile_checked(c, query_pair(c->arena, QUERY_AND, query_matching(c->arena, q), pairs)) : NULL;
}

/* The sources of order.h, each within the next. */
static void add_tiers(Compiler *c, const Sides *sides)
{
	/* Typed without any mark, up to three words are read as their most frequent accentuation: it comes first. */
	Query *words = sides->exact ? sides->exact : sides->likely, *typed = words;
	if (typed && sides->literal && !sides->exact)
		typed = compile_checked(c, query_pair(c->arena, QUERY_OR, typed, sides->literal));
	if (sides->pairs && !c->failed) {
		Query *all = with_pairs(c, sides->folded, sides->pairs);
		add_tier(c, SOURCE_LITERAL, LABEL_PHRASE, with_pairs(c, sides->literal, sides->pairs));
		add_tier(c, SOURCE_TYPED, LABEL_PHRASE, with_pairs(c, typed, sides->pairs));
		add_tier(c, SOURCE_PAIRS, LABEL_PHRASE_WITHOUT_ACCENTS, all);
		if (words && !c->failed)
			words = compile_checked(c,
						query_pair(c->arena, QUERY_OR, words, query_matching(c->arena, all)));
	}
	if (sides->exact || sides->pairs)
		add_tier(c, SOURCE_WORDS, LABEL_ALL_WORDS, words);
	add_tier(c, SOURCE_ALL, sides->exact ? LABEL_WITHOUT_ACCENTS : LABEL_ALL_WORDS, sides->folded);
}

/* Runs of words that every hit must have, where there are pairs: they come first where they stand in a row. */
static void note_runs(Compiler *c, const Clause *root)
{
	for (size_t i = 0; i < root->child_count && c->out->run_count < COMPILE_RUNS_MAX; i++) {
		const Clause *run = root->children[i];
		if (root->kind == CLAUSE_AND && run->kind == CLAUSE_AND)
			note_runs(c, run);
		else if (run->kind == CLAUSE_WORDS && run->word_count > 1)
			c->out->runs[c->out->run_count++] = run;
	}
}

/* All pairs of a run as it stands in a text; NULL: there are none, or one that no record has. */
static Query *every_pair(Compiler *c, TermPrefix prefix, const Clause *run)
{
	Query *pairs[SEARCH_TERMS_MAX];
	size_t count = 0;
	for (size_t i = 1; i < run->row_count && count < SEARCH_TERMS_MAX && !c->failed; i++) {
		const Word *word = &run->row[i];
		uint64_t documents = 0;
		if (!word->joined || word->prefix)
			continue;
		pairs[count] = compile_pair(c, prefix, &run->row[i - 1], word);
		if (c->failed || matcher_term_documents(c->matcher, pairs[count]->term, &documents, c->err) != ST_OK)
			c->failed = true;
		if (!documents)
			return NULL;
		count++;
	}
	return count && !c->failed ? compile_checked(c, query_node(c->arena, QUERY_AND, pairs, count)) : NULL;
}

enum { TITLE_LEAST = 5 /* words; of fewer there are too many to look at each */ };

/* One run of words or one phrase, that may be a title. rows: where the tiers do not look for it in a row. */
static void add_front(Compiler *c, const Clause *root, bool rows)
{
	const Clause *run = root->child_count == 1 ? root->children[0] : root;
	if (run->kind != CLAUSE_WORDS && run->kind != CLAUSE_PHRASE)
		return;
	c->out->front_run = run;
	if (run->row_count >= TITLE_LEAST)
		c->out->title = every_pair(c, PREFIX_SUBJECT, run);
	if (rows && !c->failed)
		c->out->front = every_pair(c, PREFIX_BODY, run);
}

Status query_compile(const ParsedQuery *parsed, CompileOptions options, TokenIter *tokens, Matcher *matcher,
		     Arena *arena, Compiled *out, Err *err)
{
	Compiled compiled = {0};
	Compiler c = {
		.matcher = matcher, .arena = arena, .err = err, .options = options, .tokens = tokens, .out = &compiled};
	Sides sides = clause_sides(&c, parsed->root, true);
	if (options.any && options.front && !c.failed && parsed->root->child_count == 1 &&
	    parsed->root->children[0]->kind == CLAUSE_WORDS)
		find_number(&c, parsed->root->children[0]);
	if (c.failed)
		return err->code;
	compiled.has_words = has_words(parsed->root);
	compiled.only_phrases = compiled.has_words && !is_any_unquoted(parsed->root);
	add_tiers(&c, &sides);
	if (sides.pairs)
		note_runs(&c, parsed->root);
	if (options.front && !c.failed)
		add_front(&c, parsed->root, !sides.pairs && !compiled.only_phrases);
	if (c.failed)
		return err->code;
	*out = compiled;
	return ST_OK;
}
