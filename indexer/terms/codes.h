/* indexer/terms/codes.h - 64-bit numbers that stand for the frequent terms, so that most terms of an index are counted
 * and sorted as numbers and spelled once, at the end.
 *
 *   code     kind << 32 | first symbol << 16 | second symbol      in the order of the terms' bytes (invert.h)
 *   kind     which prefix (schema.h), one token or two
 *   symbol   a syllable, a number up to 9999, or one of the abbreviations of administrative texts
 *
 * A term without a code is spelled (schema.h): foreign words, names, long numbers. Both ways give the same terms.
 *
 * Shapes   0 is no code; codes ascend as the bytes of their terms do (tests/unit/terms_codes.c)
 * Owns     nothing; the tables are made once and stay
 * Errors   none
 * Threads  pure after codes_init
 */
#ifndef INDEXER_TERMS_CODES_H
#define INDEXER_TERMS_CODES_H

#include "indexer/terms/schema.h"

/* 0: none. */
typedef struct {
	uint16_t exact;  /* with its marks: for the unigram */
	uint16_t folded; /* for bigrams */
} TokenSymbols;

void codes_init(void);         /* before anything else; again is fine */
TokenSymbols codes_last(void); /* the greatest symbols; they begin with 1 */

/* The tables of the functions below, which are inline for speed; nobody else reads them. */
typedef struct {
	TokenSymbols of_syllable[1 << 16];
	uint16_t first_letter;                                              /* the first symbol that is no number */
	uint64_t unigram[PREFIX_OF_WORDS], bigram[PREFIX_OF_WORDS], number; /* kind << 32 */
} CodeTables;
extern CodeTables code_tables;
TokenSymbols codes_of_other_token(const Token *token);

/* Of a SYLLABLE, WORD or DIGITS. */
static inline TokenSymbols codes_of_token(const Token *token)
{
	return token->syllable ? code_tables.of_syllable[token->syllable] : codes_of_other_token(token);
}

/* The code of a word under a prefix of words; 0: it must be spelled. */
static inline uint64_t code_unigram(TermPrefix prefix, uint16_t exact)
{
	if (exact >= code_tables.first_letter)
		return code_tables.unigram[prefix] | exact;
	return prefix == PREFIX_BODY && exact ? code_tables.number | exact : 0;
}

static inline uint64_t code_bigram(TermPrefix prefix, uint16_t folded_first, uint16_t folded_second)
{
	if (!folded_first || !folded_second)
		return 0;
	return code_tables.bigram[prefix] | (uint32_t)folded_first << 16 | folded_second;
}

/* The term of a code (InvertSpell); out: at least 64 bytes. */
size_t code_spell(void *unused, uint64_t code, char *out);

#endif
