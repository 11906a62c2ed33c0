/* tokenizer/token_state.h - the state of a token iterator, shared by token_iter.c, token_digits.c, token_word.c,
 * token_date.c.
 *
 *      text ──scan──▶ queue of up to TOKEN_QUEUE tokens ──token_next──▶ caller
 *                       │ the last HELD_BACK stay in the queue while text is left, so that a date
 *                       │ may still put its span before them
 *                       └ folded forms and keys of words, digits and spans lie in `words`
 *
 * Lines that hold characters of a legacy encoding are decoded into `decoded` and scanned there; `origin` maps
 * their offsets back: at the end of the line, or before a date is looked for, which may begin on the line before.
 *
 * Owns     the iterator owns its buffers; token_iter_free frees them
 * Errors   none but in token_next: lack of memory for a decoded line
 * Threads  an iterator belongs to one thread
 */
#ifndef TOKENIZER_TOKEN_STATE_H
#define TOKENIZER_TOKEN_STATE_H

#include "base/buf.h"
#include "tokenizer/legacy.h"
#include "tokenizer/syllable_table.h"
#include "tokenizer/token.h"

enum { TOKEN_QUEUE = 1024, QUEUE_SOFT = 128, HELD_BACK = 8, TOKEN_WORDS = 48 * 1024, WORDS_SPARE = 1024 };

/* What a spelling stood for when it was last read. A text repeats a few hundred spellings, so most words are found here
 * by their bytes alone. */
typedef struct {
	uint64_t low, high;         /* the bytes of the spelling, zero behind it; low 0: free */
	uint32_t key_at, folded_at; /* syllable_table.h */
	uint16_t syllable, fold;
	uint8_t flags;
} Spelling;
enum { SPELLINGS_LOG2 = 12, SPELLING_MAX = 15 };

enum { NO_CROSSING_SPAN = TOKEN_QUEUE };

struct TokenIter {
	const uint8_t *start, *at, *end; /* the text as given and how far it is scanned */
	const uint8_t *view;             /* what is scanned now: the text, or a decoded line */
	const uint8_t *decoded_at;       /* where in the text the decoded line begins */
	const uint8_t *span_end;         /* inside the view: a span covers the tokens before this */
	uint8_t flags;                   /* TOKEN_BREAK_BEFORE waiting for the next token */
	uint8_t newlines;                /* since the last token */
	bool line_is_plain;              /* this line is known not to be legacy text */
	bool suspicious;                 /* a character was met that may be legacy text (token_is_suspicious) */
	bool skims;                      /* hands out only what is wanted */
	TokenWanted wanted;
	unsigned left_out;                        /* since the last token */
	uint16_t fold_day, fold_month, fold_year; /* "ngay", "thang", "nam" */
	unsigned head, count;                     /* queue[head..count) waits */
	unsigned mapped;        /* while a decoded line is scanned: tokens before this have offsets into the text */
	unsigned line_first;    /* tokens from here on are of the line that may be scanned again */
	unsigned crossing_span; /* a date begun on the line before and completed on this one; NO_CROSSING_SPAN: none */
	size_t words_len;
	Buf decoded, origin; /* origin: uint32_t per byte of decoded, and one more */
	LegacyMemo *memo;    /* made when the first legacy line is met */
	Spelling spellings[1 << SPELLINGS_LOG2];
	Token queue[TOKEN_QUEUE];
	char words[TOKEN_WORDS];
};

static inline Token *token_push(TokenIter *it, TokenKind kind, const uint8_t *from, const uint8_t *to)
{
	Token *token = &it->queue[it->count++];
	token->start = (uint32_t)(from - it->view);
	token->end = (uint32_t)(to - it->view);
	token->kind = (uint8_t)kind;
	token->flags = it->flags;
	token->fold = token->syllable = 0;
	token->left_out = (uint16_t)(it->left_out < UINT16_MAX ? it->left_out : UINT16_MAX);
	it->flags = 0;
	it->newlines = 0;
	it->left_out = 0;
	return token;
}

/* Takes `len` bytes of the word store, written by the caller before; there is always room for one token. */
static inline Str token_take_word(TokenIter *it, size_t len)
{
	Str word = {it->words + it->words_len, len};
	it->words_len += len;
	return word;
}

/* Maps the offsets of the tokens of a decoded line back into the text. */
static inline void token_map_offsets(TokenIter *it)
{
	const uint32_t *origin = (const uint32_t *)(const void *)it->origin.data;
	uint32_t base = (uint32_t)(it->decoded_at - it->start);
	for (; it->mapped < it->count; it->mapped++) {
		Token *token = &it->queue[it->mapped];
		token->start = base + origin[token->start];
		token->end = base + origin[token->end];
	}
}

static inline bool token_seeks_spans(const TokenIter *it)
{
	return !it->skims || it->wanted.spans;
}

typedef struct {
	uint64_t code;  /* toneless letters, six bits each */
	unsigned count; /* letters */
	unsigned tone;
	Letter any, all; /* or / and of the letters' bits */
} LetterRun;

/* U+0080..U+00FF that Vietnamese in Unicode does not use: they may be legacy letters shown as Latin-1. */
static inline bool token_is_suspicious(uint32_t c)
{
	return c >= 0x80 && c <= 0xFF && c != 0xA0 && c != 0xB0 && c != 0xB2 && c != 0xB3 && c != 0xA9 && c != 0xD7;
}

/* A word of Vietnamese letters only, at most SYLLABLE_LETTERS_MAX, that is no syllable. */
void token_push_letters(TokenIter *it, const uint8_t *from, const uint8_t *to, const LetterRun *run);
/* An apostrophe at p with a letter behind it: inside a word it is ignored ("Cư M'gar" is "Cư Mgar"). *width_out: its
 * bytes. */
bool token_apostrophe_joins(const uint8_t *p, const uint8_t *end, unsigned *width_out);
/* The word at p, character by character (any script, ignored characters inside); returns its end. */
const uint8_t *token_scan_word(TokenIter *it, const uint8_t *p, const uint8_t *end);
/* The digits at p as one token, with the spans that begin there before it; returns their end. */
const uint8_t *token_scan_digits(TokenIter *it, const uint8_t *p, const uint8_t *end);
/* Pushes the span of the case number that begins at p, if one does. */
void token_try_case_number(TokenIter *it, const uint8_t *p, const uint8_t *end);
/* Called behind each DIGITS token: puts a DATE span in front of the tokens that make one with it. */
void token_look_back_for_date(TokenIter *it, const uint8_t *view_end);

#endif
