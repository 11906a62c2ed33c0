/* tests/fuzz/search_parse.c - any bytes as a query: never an error, words lie within their clause, the tree is small,
 * and what the query was read as is read again. */
#include "indexer/search/parse.h"
#include "indexer/search/search.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static size_t check_clause(const Clause *clause, size_t depth)
{
	size_t clauses = 1;
	check(depth < SEARCH_QUERY_MAX, "clauses are nested deeper than a query is long");
	for (size_t i = 0; i < clause->word_count; i++) {
		const Word *word = &clause->words[i];
		check(word->start <= word->end, "a word ends before it begins");
		check(word->end <= clause->value.len || clause->kind == CLAUSE_FIELD || !clause->value.len,
		      "a word lies outside its clause");
	}
	check(clause->kind != CLAUSE_FIELD || clause->field, "a field without its row");
	check(clause->kind != CLAUSE_NOT || clause->child_count == 1, "a NOT of several clauses");
	for (size_t i = 0; i < clause->child_count; i++)
		clauses += check_clause(clause->children[i], depth + 1);
	return clauses;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static TokenIter *tokens;
	Arena arena = {0};
	ParsedQuery parsed, again;
	Err err = {0};
	if (size > SEARCH_QUERY_MAX)
		return 0;
	if (!tokens)
		tokens = token_iter_new(&err);
	check(tokens, "no token iterator");
	check(query_parse((Str){(const char *)data, size}, tokens, &arena, &parsed, &err) == ST_OK, err.text);
	if (parsed.root)
		check(check_clause(parsed.root, 0) <= 4 * size + 4, "more clauses than the query has bytes for");
	check(query_parse(parsed.read_as, tokens, &arena, &again, &err) == ST_OK, err.text);
	arena_done(&arena);
	return 0;
}
