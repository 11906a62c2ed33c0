/* tokenizer/legacy.h - the encodings of Vietnamese before Unicode, as streams of units.
 *
 * A unit is a byte of legacy text, or a character that has nothing to do with it and is kept. Bytes come from a file,
 * or from characters U+0080..U+00FF (and the punctuation of CP1252) that a careless conversion left inside UTF-8.
 *
 * Owns     Bufs are the caller's
 * Errors   sticky in the Bufs (out of memory)
 * Threads  safe; the tables are made once from data/legacy_letters.tsv
 */
#ifndef TOKENIZER_LEGACY_H
#define TOKENIZER_LEGACY_H

#include "base/buf.h"

typedef enum {
	LEGACY_CP1252, /* as it stands: what no other reading explains better */
	LEGACY_TCVN3,
	LEGACY_VNI,
	LEGACY_VISCII,
	LEGACY_VPS,
	LEGACY_BKHCM2,
	LEGACY_CP1258,
	LEGACY_UTF8,       /* the bytes are UTF-8 (UTF-8 taken for CP1252, when they come from characters) */
	LEGACY_UTF8_TWICE, /* and the result again */
	LEGACY_COUNT
} LegacyKind;

typedef struct {
	uint32_t c;  /* 0..255: a byte; otherwise LEGACY_KEPT | code point */
	uint32_t at; /* offset in the source */
} LegacyUnit;
enum { LEGACY_KEPT = 1 << 30 };

const char *legacy_name(LegacyKind kind); /* "tcvn3" … "utf-8"; cp1252 is "unknown" */
void legacy_units_of_bytes(Str bytes, Buf *units);
void legacy_units_of_text(Str utf8, Buf *units);
/* Appends UTF-8 to out, composed; to origin (may be NULL), for each byte of it, the `at` of its first unit. */
void legacy_decode(LegacyKind kind, const LegacyUnit *units, size_t count, Buf *out, Buf *origin);

typedef struct {
	unsigned words, valid, accented; /* of two and more letters; syllables; syllables with a mark */
} LegacyScore;
LegacyScore legacy_score(Str utf8);

/* How well a reading explains the words that hold more than ASCII: accented syllables in the result / such words.
 * text_out is cleared and holds the reading. */
double legacy_value(LegacyKind kind, const LegacyUnit *units, size_t count, Buf *text_out);
/* Words that hold more than ASCII. */
unsigned legacy_words_in_question(const LegacyUnit *units, size_t count);

/* For units of text: legacy text is full of characters that Vietnamese has no use for; a foreign name or a sign is not
 * enough, and letters outside Latin-1 show that the text is Unicode already. */
bool legacy_is_possible(const LegacyUnit *units, size_t count);

typedef struct {
	LegacyKind kind;
	double value, margin; /* of the best reading; its lead over the next that differs */
	unsigned words;       /* with more than ASCII */
	bool sure;            /* value and margin are enough */
} LegacyGuess;
/* Tries all readings on at most LEGACY_SAMPLE units. */
enum { LEGACY_SAMPLE = 8192 };
LegacyGuess legacy_guess(const LegacyUnit *units, size_t count);
/* What words of a text were found to be, for many lines of it; changes no guess. NULL for lack of memory. */
typedef struct LegacyMemo LegacyMemo;
LegacyMemo *legacy_memo_new(void);
void legacy_memo_free(LegacyMemo *memo);
/* The same for units of text: only words that hold characters Vietnamese has no use for are judged.
 * memo may be NULL. */
LegacyGuess legacy_guess_text(const LegacyUnit *units, size_t count, LegacyMemo *memo);

#endif
