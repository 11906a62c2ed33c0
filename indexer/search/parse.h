/* indexer/search/parse.h - the query language, parsed into a tree of clauses.
 *
 *   chính quyền "giao đất" -cũ số:15/QĐ-UBND (xã OR phường) đất* năm:2015..2019
 *
 * All clauses must match. "…" is a phrase, - excludes, OR and ( ) combine, word* stands for all words that begin so,
 * NEAR/n puts words within n words of each other, field:value asks a field by its English or Vietnamese name
 * (schema.c),
 * `..` makes a range of years. Odd input is never an error: what can't be read as an operator is read as words.
 *
 * Shapes   the tree's leaves hold tokens in analysed form, copied into the arena
 * Owns     everything lives in the arena
 * Errors   ST_NO_MEMORY only
 * Threads  as the TokenIter
 */
#ifndef INDEXER_SEARCH_PARSE_H
#define INDEXER_SEARCH_PARSE_H

#include "indexer/terms/schema.h"

typedef struct {
	Str folded, key;
	uint32_t start, end; /* in the clause's value */
	bool marked, prefix; /* prefix: word* */
	bool joined;         /* no punctuation before it: makes a pair with the word before */
	bool broken;         /* punctuation before it ends a clause: in a phrase, the text may have such there too */
	uint8_t kind;        /* TokenKind */
	uint16_t fold;       /* of a syllable: its number (token.h); 0: none */
} Word;

enum { ROW_WORDS_MAX = 256 };

typedef enum {
	CLAUSE_WORDS, /* words as typed, in order; also a record or case number and a date */
	CLAUSE_PHRASE,
	CLAUSE_NEAR,  /* words within `distance` words of each other */
	CLAUSE_FIELD, /* field:value */
	CLAUSE_NOT,   /* children[0] must not match */
	CLAUSE_AND,
	CLAUSE_OR,
} ClauseKind;

typedef struct Clause {
	ClauseKind kind;
	Word *words; /* WORDS, PHRASE, NEAR; of a FIELD: its value */
	size_t word_count;
	/* WORDS, PHRASE: as they stand in a text: a number as the words it is written with, and those words too that
	 * are too many to be searched for; at most ROW_WORDS_MAX */
	Word *row;
	size_t row_count;
	unsigned distance;
	const SchemaField *field;
	Str value; /* FIELD: as typed */
	struct Clause **children;
	size_t child_count;
} Clause;

typedef struct {
	Clause *root; /* NULL: nothing to look for */
	Str read_as;  /* the query as it was understood */
} ParsedQuery;

Status query_parse(Str query, TokenIter *tokens, Arena *arena, ParsedQuery *out, Err *err);
bool query_any_marked(const Word *words, size_t count); /* one of them was typed with marks */
bool query_has_number(const Word *words, size_t count); /* a record or case number */
/* The words of a text: for field values and filters. */
Status query_words(Str text, TokenIter *tokens, Arena *arena, Word **out, size_t *count_out, Err *err);

#endif
