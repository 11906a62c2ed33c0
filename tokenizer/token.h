/* tokenizer/token.h - the tokens of a Vietnamese text, in order, with exact byte offsets.
 *
 *   "Căn cứ Quyết định số 15/2019/QĐ-UBND"
 *      căn  cứ  quyết  định  số  [15/2019/QD-UBND]  15  2019  qđ  ubnd
 *
 * One function analyses texts and queries. The text is never rewritten: normalising (any order of marks,
 * no-break spaces, confusable letters, full-width forms, legacy encodings inside UTF-8) happens on the way
 * from bytes to tokens only.
 *
 * Two layers come in one stream. Plain tokens (SYLLABLE, WORD, DIGITS) follow each other without overlap.
 * Spans (RECORD_NUMBER, CASE_NUMBER, DATE) come right before the first plain token they cover and do not
 * replace it: a search for UBND still finds 15/2019/QĐ-UBND.
 *
 * Shapes   text: any bytes, at most TOKEN_TEXT_MAX; bytes that are no UTF-8 separate tokens
 * Units    start and end are byte offsets into the text as given; end is past the last byte
 * Owns     folded and key point into static tables or into the iterator and live until the next token_next
 * Errors   STEP_ERROR only for lack of memory (paragraphs that need decoding or composing take a scratch buffer)
 * Threads  an iterator belongs to one thread; the tables are constant
 */
#ifndef TOKENIZER_TOKEN_H
#define TOKENIZER_TOKEN_H

#include "base/err.h"
#include "base/str.h"

enum {
	TOKEN_TEXT_MAX = 1 << 30, /* bytes of one text */
	TOKEN_FOLDED_MAX = 64,    /* bytes of a folded form; what is longer is cut there (still one token) */
	TOKEN_KEY_MAX = 96,
	TOKEN_FOLDS_MAX = 4096, /* more than there are folded syllables */
};

typedef enum {
	TOKEN_SYLLABLE,      /* onset, rhyme and tone are those of Vietnamese (marks or none) */
	TOKEN_WORD,          /* any other run of letters: names, abbreviations, foreign words; with the digits behind it
				where it spells no syllable (QH14); one token for each ideograph of Hán Nôm */
	TOKEN_DIGITS,        /* folded: without thousands separators, decimals with ',' ("5219", "95,94"); 05 is 5 */
	TOKEN_RECORD_NUMBER, /* folded: the number's key, "15/2019/QD-UBND" (record_number.h) */
	TOKEN_CASE_NUMBER,   /* folded: canonical, "H40.15-210521-0012" (case_number.h) */
	TOKEN_DATE,          /* folded: "2019-03-12", "2019-03", "04-30" when the year is not said */
	TOKEN_KIND_COUNT
} TokenKind;

enum {
	TOKEN_MARKED = 1, /* written with at least one Vietnamese mark (tone, vowel mark or đ): matches exactly */
	TOKEN_BREAK_BEFORE = 2, /* punctuation that ends a clause, or an empty line, since the plain token before: no
				   bigram across (a single line break is none: lines are wrapped anywhere) */
	TOKEN_CAPITALS = 4,     /* all letters are capitals */
};

typedef struct {
	uint32_t start, end;
	uint8_t kind; /* TokenKind */
	uint8_t flags;
	uint16_t fold;     /* number of the folded syllable (syllable.h), 1..syllable_fold_count(): of a SYLLABLE, and
			      of a WORD that is one but for its marks ("thué" folds like thuế); else 0 */
	uint16_t syllable; /* SYLLABLE: number of the accented syllable, 1..syllable_count(); else 0 */
	uint16_t left_out; /* plain tokens that were left out right before this one, a span's too; UINT16_MAX: so many
			      or more */
	Str folded;        /* accent-insensitive form: ASCII lower case for Latin letters, i/y merged where safe,
			      other scripts lower-cased NFC */
	Str key; /* canonical form: toneless letters (â ê ô ă ơ ư đ kept) + tone digit 1..5 where there is a
		    tone: "quyền" is "quyên1"; equal to folded (before i/y) for what has no marks */
} Token;

/* Which tokens a caller needs that looks for a few words only (token_iter_skim). */
typedef struct {
	uint64_t folds[TOKEN_FOLDS_MAX / 64]; /* a bit for each number of a folded syllable */
	bool digits;                          /* DIGITS too */
	bool spans;                           /* spans too, and DIGITS */
} TokenWanted;

static inline void token_want(TokenWanted *wanted, uint16_t fold)
{
	wanted->folds[fold / 64 % (TOKEN_FOLDS_MAX / 64)] |= UINT64_C(1) << (fold & 63);
}

typedef struct TokenIter TokenIter;

TokenIter *token_iter_new(Err *err); /* reusable: one a thread, for many texts */
void token_iter_free(TokenIter *it);
void token_iter_set(TokenIter *it, Str text); /* text must stay until the next set; no allocation */
/* After set: syllables, digits and spans that are not wanted may be left out; plain tokens among them are counted. A
 * line of more than a thousand words in two encodings may be cut elsewhere, and so be read otherwise, than without
 * this. */
void token_iter_skim(TokenIter *it, const TokenWanted *wanted);
Step token_next(TokenIter *it, Token *out, Err *err);
/* All tokens that are ready (one or more), in place: valid until the next call of either. */
Step token_next_run(TokenIter *it, const Token **out, size_t *count_out, Err *err);

#endif
