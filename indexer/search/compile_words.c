/* indexer/search/compile_words.c - words as terms, and joined runs of words.
 *
 * A word typed with marks is one term, its exact form. A word typed without marks is a synonym of all accentuations
 * that the index has: they are listed by their common prefix, "quyen" and "quyen=…". The one in most records is its
 * likely side. word* lists the terms that begin so.
 */
#include "indexer/search/compile_words.h"

enum {
	VARIANTS_MAX = 64,     /* accentuations of one folded syllable: at most 29 are known */
	COMPLETIONS_MAX = 200, /* terms that one word* stands for */
	PREFIX_LEAST = 2,      /* letters before the * */
	GUESSED_WORDS = 3,     /* typed without marks: of more words, the likely accentuations no longer fit together */
};

Query *compile_checked(Compiler *c, Query *q)
{
	if (!q && !c->failed) {
		c->failed = true;
		err_no_memory(c->err);
	}
	return q;
}

Query *compile_term(Compiler *c, const Buf *bytes)
{
	return buf_ok(bytes) ? compile_checked(c, query_term(c->arena, buf_str(bytes))) : compile_checked(c, NULL);
}

typedef struct {
	Compiler *c;
	Query *list[COMPLETIONS_MAX + 1], *likely;
	uint64_t likely_documents;
	size_t count, most;
} Variants;

static bool collect(void *ctx, Str found, uint64_t documents)
{
	Variants *v = ctx;
	Query *q = compile_checked(v->c, query_term(v->c->arena, found));
	if (q && documents > v->likely_documents) {
		v->likely = q;
		v->likely_documents = documents;
	}
	v->list[v->count] = q;
	return v->list[v->count++] && v->count < v->most;
}

/* Every accentuation of a folded word, weighed as one term. */
static Query *any_accents(Compiler *c, TermPrefix prefix, const Word *word, Query **likely)
{
	Variants v = {.c = c, .most = word->prefix ? COMPLETIONS_MAX : VARIANTS_MAX};
	Buf bytes = {0};
	schema_unigram(&bytes, prefix, word->folded, word->key, false);
	if (!word->prefix) {
		v.list[v.count++] = compile_term(c, &bytes);
		buf_add_char(&bytes, SCHEMA_MARKED);
	} else if (word->folded.len < PREFIX_LEAST) {
		buf_done(&bytes);
		return compile_checked(c, query_node(c->arena, QUERY_SYNONYM, NULL, 0));
	}
	if (!c->failed && buf_ok(&bytes) && matcher_terms(c->matcher, buf_str(&bytes), collect, &v, c->err) != ST_OK)
		c->failed = true;
	buf_done(&bytes);
	*likely = v.likely;
	return c->failed ? NULL : compile_checked(c, query_node(c->arena, QUERY_SYNONYM, v.list, v.count));
}

static Query *exact_accents(Compiler *c, TermPrefix prefix, const Word *word)
{
	Buf bytes = {0};
	schema_unigram(&bytes, prefix, word->folded, word->key, true);
	Query *q = compile_term(c, &bytes);
	buf_done(&bytes);
	return q;
}

/* The word as typed, or written without marks in the text; weighed as one term. */
static Query *exact_or_bare(Compiler *c, TermPrefix prefix, const Word *word, Query *exact)
{
	Buf bytes = {0};
	schema_unigram(&bytes, prefix, word->folded, word->key, false);
	Query *either[] = {exact, compile_term(c, &bytes)};
	buf_done(&bytes);
	return c->failed ? NULL : compile_checked(c, query_node(c->arena, QUERY_SYNONYM, either, 2));
}

Query *compile_unmarked(Compiler *c, const Word *word)
{
	Buf bytes = {0};
	schema_unigram(&bytes, PREFIX_BODY, word->folded, word->key, false);
	Query *q = compile_term(c, &bytes);
	buf_done(&bytes);
	return q;
}

Query *compile_exact_term(Compiler *c, TermPrefix prefix, Str value)
{
	Buf bytes = {0};
	schema_exact(&bytes, prefix, value);
	Query *q = compile_term(c, &bytes);
	buf_done(&bytes);
	return q;
}

Query *compile_span(Compiler *c, const Word *word)
{
	bool is_record = word->kind == TOKEN_RECORD_NUMBER;
	if (word->kind == TOKEN_DATE)
		return compile_exact_term(c, PREFIX_SAID_DATE, word->folded);
	Query *own = compile_exact_term(c, is_record ? PREFIX_NUMBER : PREFIX_CASE_NUMBER, word->folded);
	Query *said = compile_exact_term(c, is_record ? PREFIX_SAID_NUMBER : PREFIX_SAID_CASE_NUMBER, word->folded);
	return compile_checked(c, query_pair(c->arena, QUERY_OR,
					     query_weighted(c->arena, QUERY_BOOST, own, COMPILE_OWN_NUMBER), said));
}

Sides compile_word(Compiler *c, TermPrefix prefix, const Word *word)
{
	Sides sides = {0};
	if (word->kind > TOKEN_DIGITS) {
		sides.folded = compile_span(c, word);
		return sides;
	}
	bool exactly = word->marked && !word->prefix;
	if (exactly)
		sides.exact = exact_accents(c, prefix, word);
	if (exactly && !c->options.any_accents)
		sides.folded = exact_or_bare(c, prefix, word, sides.exact);
	else
		sides.folded = any_accents(c, prefix, word, &sides.likely);
	if (word->prefix || word->marked)
		sides.likely = NULL;
	else if (sides.folded && sides.folded->child_count > 1) /* the index has accentuations of it */
		sides.literal = sides.folded->children[0];
	return sides;
}

Query *compile_pair(Compiler *c, TermPrefix prefix, const Word *first, const Word *second)
{
	Buf bytes = {0};
	schema_bigram(&bytes, prefix, first->folded, second->folded);
	Query *q = compile_term(c, &bytes);
	buf_done(&bytes);
	return q;
}

bool compile_makes_pair(const Clause *clause, size_t i)
{
	return i > 0 && clause->words[i].joined && !clause->words[i].prefix &&
	       clause->words[i - 1].kind <= TOKEN_DIGITS;
}

void gathered_add(Gathered *g, Sides sides)
{
	g->folded[g->count] = sides.folded;
	g->likely[g->count] = sides.likely ? sides.likely : sides.folded;
	g->literal[g->count] = sides.literal ? sides.literal : sides.exact ? sides.exact : sides.folded;
	g->exact[g->count++] = sides.exact ? sides.exact : sides.folded;
	g->marked |= sides.exact != NULL;
	g->guessed |= sides.likely != NULL;
	g->unmarked |= sides.literal != NULL;
}

Sides gathered_join(Compiler *c, QueryOp op, Gathered *g)
{
	Sides sides = {.folded = compile_checked(c, query_node(c->arena, op, g->folded, g->count))};
	if (g->unmarked && g->count)
		sides.literal = compile_checked(c, query_node(c->arena, op, g->literal, g->count));
	if (g->marked)
		sides.exact = compile_checked(c, query_node(c->arena, op, g->exact, g->count));
	else if (g->guessed && g->count > 1 && g->count <= GUESSED_WORDS)
		sides.likely = compile_checked(c, query_node(c->arena, op, g->likely, g->count));
	else if (g->guessed && g->count == 1)
		sides.likely = g->likely[0];
	return sides;
}

Sides compile_tight(Compiler *c, TermPrefix prefix, const Clause *clause, size_t first, size_t end, bool pairs)
{
	Gathered g = {0};
	for (size_t i = first; i < end && !c->failed; i++) {
		gathered_add(&g, compile_word(c, prefix, &clause->words[i]));
		if (pairs && i > first && compile_makes_pair(clause, i))
			gathered_add(&g, (Sides){.folded = compile_pair(c, prefix, &clause->words[i - 1],
									&clause->words[i])});
	}
	return gathered_join(c, QUERY_AND, &g);
}
