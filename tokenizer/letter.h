/* tokenizer/letter.h - one character at a time: Vietnamese letters by table, everything else by rule.
 *
 *   bytes of 'ộ' (U+1ED9), or of ô + U+0323, or of o + U+0323 + U+0302  -->  number of ô, tone 5
 *
 * A Letter is 16 bits: number of the toneless small letter (a..z 1..26, then ă â đ ê ô ơ ư), tone, case, marked.
 * Characters that are typed for others (dashes, Ð, full-width forms, Cyrillic look-alikes) are mapped here and
 * nowhere else.
 *
 * Units    bytes; code points
 * Owns     static tables (made by gen/make_syllables.c from data/letters.tsv)
 * Errors   none; 0 stands for no letter
 * Threads  pure
 */
#ifndef TOKENIZER_LETTER_H
#define TOKENIZER_LETTER_H

#include "base/str.h"
#include "base/utf8.h"

typedef uint16_t Letter; /* 0: none */
enum {
	LETTER_NUMBER = 63,
	LETTER_TONE_SHIFT = 6,
	LETTER_TONE = 7 << LETTER_TONE_SHIFT,
	LETTER_UPPER = 1 << 9,
	LETTER_MARKED = 1 << 10,
	LETTER_A_BREVE = 27,
	LETTER_A_CIRCUMFLEX,
	LETTER_D_STROKE,
	LETTER_E_CIRCUMFLEX,
	LETTER_O_CIRCUMFLEX,
	LETTER_O_HORN,
	LETTER_U_HORN,
	LETTER_COUNT /* one past the last number */
};

extern const uint16_t letter_two[4][64];   /* UTF-8 leads C3..C6 */
extern const uint16_t letter_three[2][64]; /* E1 BA xx, E1 BB xx */
extern const Letter letter_ascii[256];     /* 0 for what is no ASCII letter */

/* A combining mark of Vietnamese: a tone (1..5) or one that changes the letter. */
typedef enum {
	MARK_NONE,
	MARK_GRAVE,
	MARK_ACUTE,
	MARK_HOOK,
	MARK_TILDE,
	MARK_DOT,
	MARK_CIRCUMFLEX,
	MARK_BREVE,
	MARK_HORN
} Mark;

/* The Vietnamese letter at p without marks that follow it; *width_out its bytes. 0: another character. */
static inline Letter letter_at(const uint8_t *p, const uint8_t *end, unsigned *width_out)
{
	uint8_t c = p[0];
	if (c < 0x80) {
		*width_out = 1;
		return letter_ascii[c];
	}
	if (c >= 0xC3 && c <= 0xC6 && end - p >= 2) {
		*width_out = 2;
		return (p[1] & 0xC0) == 0x80 ? letter_two[c - 0xC3][p[1] & 63] : 0;
	}
	if (c == 0xE1 && end - p >= 3 && (p[1] & 0xFE) == 0xBA && (p[2] & 0xC0) == 0x80) {
		*width_out = 3;
		return letter_three[p[1] & 1][p[2] & 63];
	}
	return 0;
}

/* The Vietnamese letter that a precomposed character is; 0: none. */
static inline Letter letter_of_code_point(uint32_t c)
{
	if (c < 0x80)
		return letter_ascii[c];
	if (c >= 0xC0 && c < 0x1C0)
		return letter_two[(c >> 6) - 3][c & 63];
	return c >= 0x1E80 && c < 0x1F00 ? letter_three[c >> 6 & 1][c & 63] : 0;
}

extern const uint8_t letter_mark_table[2][64]; /* leads CC, CD */
/* The combining mark at p (always two bytes), MARK_NONE for anything else. */
static inline Mark letter_mark_at(const uint8_t *p, const uint8_t *end)
{
	if (end - p < 2 || (p[0] & 0xFE) != 0xCC || (p[1] & 0xC0) != 0x80)
		return MARK_NONE;
	return (Mark)letter_mark_table[p[0] & 1][p[1] & 63];
}
/* A mark that the letter does not take leaves it as it is; the last tone wins. */
Letter letter_with_mark(Letter letter, Mark mark);
/* The letter at p with all marks behind it, in any order. */
Letter letter_composed_at(const uint8_t *p, const uint8_t *end, unsigned *width_out);

char letter_base(Letter letter);           /* 'a'..'z' */
uint32_t letter_code_point(Letter letter); /* precomposed, NFC */
/* Appends the toneless small letter in UTF-8 (1..2 bytes) at out; returns the bytes written. */
size_t letter_write_toneless(Letter letter, char *out);

typedef enum {
	CHAR_OTHER, /* separates tokens: punctuation, symbols, unassigned, bytes that are no UTF-8 */
	CHAR_BREAK, /* separates clauses */
	CHAR_SPACE,
	CHAR_IGNORED, /* soft hyphen, zero-width joiners: as if it were not there */
	CHAR_LETTER,  /* a letter or mark that continues a word */
	CHAR_DIGIT,
	CHAR_IDEOGRAPH, /* Hán, Nôm: a word by itself */
} CharClass;
CharClass char_class(uint32_t code_point);
/* What the character stands for: dashes '-', slashes '/', spaces ' ', full-width forms ASCII, Ð Đ …; itself
 * otherwise. */
uint32_t char_plain(uint32_t code_point);
/* The Latin letter that a Cyrillic or Greek letter looks like, 0 if none. */
uint32_t char_latin_twin(uint32_t code_point);
/* ASCII small letters for a Latin letter with or without marks ("ß" "ss"); returns the length, 0 if it is not Latin. */
size_t char_fold_latin(uint32_t code_point, char out[static 8]);
uint32_t char_lower(uint32_t code_point);
bool char_is_upper(uint32_t code_point);
/* The character that a base and the mark behind it are in NFC, 0 if they stay two. */
uint32_t char_compose_pair(uint32_t base, uint32_t mark);
/* Composes to NFC in place (other scripts; small texts only); false if it does not fit or is no UTF-8. */
bool char_compose(char *text, size_t *len, size_t capacity);

#endif
