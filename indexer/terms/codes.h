/* indexer/terms/codes.h - numbers that stand for the frequent terms, so that an index is built without spelling them.
 *
 *   code     kind << 32 | first symbol << 16 | second symbol      in the order of the terms' bytes (invert.h)
 *   kind     which prefix (schema.h), one token or two
 *   symbol   a syllable, a number up to 9999, or one of the abbreviations of administrative texts
 *
 * What has no code is spelled (schema.h): foreign words, names, long numbers. Both ways give the same terms.
 *
 * Threads  pure after codes_init
 */
#ifndef INDEXER_TERMS_CODES_H
#define INDEXER_TERMS_CODES_H

#include "tokenizer/token.h"

/* Where a word stands: the body, or a field that is also searched by name. */
typedef enum { PLACE_BODY, PLACE_AGENCY, PLACE_SIGNER, PLACE_SUBJECT, PLACE_KEYWORDS, PLACE_COUNT } TermPlace;

/* 0: none. */
typedef struct {
	uint16_t exact;  /* with its marks: for the unigram */
	uint16_t folded; /* for bigrams */
} TokenSymbols;

void codes_init(void);         /* once or more, before anything else */
TokenSymbols codes_last(void); /* the greatest there are; they begin with 1 */

/* What the functions below look into; nobody else does. */
typedef struct {
	TokenSymbols of_syllable[1 << 16];
	uint16_t first_letter;                                      /* the first symbol that is no number */
	uint64_t unigram[PLACE_COUNT], bigram[PLACE_COUNT], number; /* kind << 32 */
} CodeTables;
extern CodeTables code_tables;
TokenSymbols codes_of_other_token(const Token *token);

/* Of a SYLLABLE, WORD or DIGITS. */
static inline TokenSymbols codes_of_token(const Token *token)
{
	return token->syllable ? code_tables.of_syllable[token->syllable] : codes_of_other_token(token);
}

/* The code of a term, 0 where it must be spelled. */
static inline uint64_t code_unigram(TermPlace place, uint16_t exact)
{
	if (exact >= code_tables.first_letter)
		return code_tables.unigram[place] | exact;
	return place == PLACE_BODY && exact ? code_tables.number | exact : 0;
}

static inline uint64_t code_bigram(TermPlace place, uint16_t folded_first, uint16_t folded_second)
{
	if (!folded_first || !folded_second)
		return 0;
	return code_tables.bigram[place] | (uint32_t)folded_first << 16 | folded_second;
}

const char *place_prefix(TermPlace place); /* "" for the body */
/* The term of a code (InvertSpell); out: at least 64 bytes. */
size_t code_spell(void *unused, uint64_t code, char *out);

#endif
