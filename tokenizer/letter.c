/* tokenizer/letter.c - Vietnamese letters come from tables; the rest of Unicode is asked from ICU's properties, off the
 * fast path. */
#include "tokenizer/letter.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "tokenizer/letters.inc"

#define L(c) [c] = (c) - 'a' + 1, [(c)-32] = ((c) - 'a' + 1) | LETTER_UPPER
const Letter letter_ascii[256] = {
	L('a'), L('b'), L('c'), L('d'), L('e'), L('f'), L('g'), L('h'), L('i'), L('j'), L('k'), L('l'), L('m'),
	L('n'), L('o'), L('p'), L('q'), L('r'), L('s'), L('t'), L('u'), L('v'), L('w'), L('x'), L('y'), L('z'),
};
#undef L

const uint8_t letter_mark_table[2][64] = {
	{[0x00] = MARK_GRAVE,
	 [0x01] = MARK_ACUTE,
	 [0x02] = MARK_CIRCUMFLEX,
	 [0x03] = MARK_TILDE,
	 [0x06] = MARK_BREVE,
	 [0x09] = MARK_HOOK,
	 [0x10] = MARK_BREVE /* candrabindu typed for it */,
	 [0x1B] = MARK_HORN,
	 [0x23] = MARK_DOT},
	{[0x00] = MARK_GRAVE, [0x01] = MARK_ACUTE}, /* the deprecated U+0340, U+0341 */
};

Letter letter_with_mark(Letter letter, Mark mark)
{
	static const uint8_t circumflex[LETTER_COUNT] = {
		[1] = LETTER_A_CIRCUMFLEX, [5] = LETTER_E_CIRCUMFLEX, [15] = LETTER_O_CIRCUMFLEX};
	static const uint8_t breve[LETTER_COUNT] = {[1] = LETTER_A_BREVE};
	static const uint8_t horn[LETTER_COUNT] = {[15] = LETTER_O_HORN, [21] = LETTER_U_HORN};
	if (mark == MARK_NONE)
		return letter;
	static const uint8_t vowel[LETTER_COUNT] = {[1] = 1,
						    [5] = 1,
						    [9] = 1,
						    [15] = 1,
						    [21] = 1,
						    [25] = 1,
						    [LETTER_A_BREVE] = 1,
						    [LETTER_A_CIRCUMFLEX] = 1,
						    [LETTER_E_CIRCUMFLEX] = 1,
						    [LETTER_O_CIRCUMFLEX] = 1,
						    [LETTER_O_HORN] = 1,
						    [LETTER_U_HORN] = 1};
	if (mark <= MARK_DOT && !vowel[letter & LETTER_NUMBER]) /* ñ is no letter of Vietnamese, in either form */
		return letter;
	if (mark <= MARK_DOT)
		return (Letter)((letter & ~LETTER_TONE) | (unsigned)mark << LETTER_TONE_SHIFT | LETTER_MARKED);
	const uint8_t *table = mark == MARK_CIRCUMFLEX ? circumflex : mark == MARK_BREVE ? breve : horn;
	unsigned composed = table[letter & LETTER_NUMBER];
	return composed ? (Letter)((letter & ~LETTER_NUMBER) | composed | LETTER_MARKED) : letter;
}

Letter letter_composed_at(const uint8_t *p, const uint8_t *end, unsigned *width_out)
{
	unsigned width;
	Letter letter = letter_at(p, end, &width);
	if (!letter)
		return 0;
	for (Mark mark; (mark = letter_mark_at(p + width, end)) != MARK_NONE; width += 2)
		letter = letter_with_mark(letter, mark);
	*width_out = width;
	return letter;
}

char letter_base(Letter letter)
{
	unsigned number = letter & LETTER_NUMBER;
	return number <= 26 ? (char)('a' + number - 1) : "aadeoou"[number - 27];
}

uint32_t letter_code_point(Letter letter)
{
	unsigned upper = letter & LETTER_UPPER ? 1 : 0, tone = letter >> LETTER_TONE_SHIFT & 7;
	uint32_t c = code_points[upper][letter & LETTER_NUMBER][tone < 6 ? tone : 0];
	return c ? c : (uint32_t)letter_base(letter) - 32 * upper; /* a consonant, or a tone on one: no such letter */
}

size_t letter_write_toneless(Letter letter, char *out)
{
	static const char utf8[][3] = {"ă", "â", "đ", "ê", "ô", "ơ", "ư"};
	unsigned number = letter & LETTER_NUMBER;
	if (number <= 26) {
		out[0] = (char)('a' + number - 1);
		return 1;
	}
	memcpy(out, utf8[number - 27], 2);
	return 2;
}

static CharClass ascii_class(uint32_t c)
{
	if ((c | 32) >= 'a' && (c | 32) <= 'z')
		return CHAR_LETTER;
	if (c >= '0' && c <= '9')
		return CHAR_DIGIT;
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return CHAR_SPACE;
	return c && strchr(".,;:!?()[]{}\"", (int)c) ? CHAR_BREAK : CHAR_OTHER;
}

CharClass char_class(uint32_t c)
{
	if (c < 0x80)
		return ascii_class(c);
	uint32_t plain = char_plain(c);
	if (plain < 0x80)
		return ascii_class(plain);
	if (c == 0x200B) /* zero width space: where a line may be broken, that is, between words */
		return CHAR_SPACE;
	if (c == 0xAD || (c >= 0x200C && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) ||
	    c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF))
		return CHAR_IGNORED;
	if (c == 0x2026 || (c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB || c == 0x3001 || c == 0x3002)
		return CHAR_BREAK;
	if (u_hasBinaryProperty((UChar32)c, UCHAR_IDEOGRAPHIC))
		return CHAR_IDEOGRAPH;
	switch (u_charType((UChar32)c)) {
	case U_UPPERCASE_LETTER:
	case U_LOWERCASE_LETTER:
	case U_TITLECASE_LETTER:
	case U_MODIFIER_LETTER:
	case U_OTHER_LETTER:
	case U_NON_SPACING_MARK:
	case U_ENCLOSING_MARK:
	case U_COMBINING_SPACING_MARK:
	case U_LETTER_NUMBER:
		return CHAR_LETTER;
	case U_DECIMAL_DIGIT_NUMBER:
		return CHAR_DIGIT;
	case U_SPACE_SEPARATOR:
	case U_LINE_SEPARATOR:
	case U_PARAGRAPH_SEPARATOR:
		return CHAR_SPACE;
	default:
		return CHAR_OTHER;
	}
}

uint32_t char_plain(uint32_t c)
{
	if (c < 0xA0)
		return c;
	if (c >= 0xFF01 && c <= 0xFF5E)
		return c - 0xFEE0;
	switch (c) {
	case 0xA0:
	case 0x202F:
	case 0x2007:
	case 0x2008:
	case 0x2009:
	case 0x200A:
	case 0x3000:
		return ' ';
	case 0x2010:
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2014:
	case 0x2015:
	case 0x2212:
	case 0xFE63:
	case 0xFE58:
		return '-';
	case 0x2044:
	case 0x2215:
		return '/';
	case 0x2018:
	case 0x2019:
	case 0x2BC:
	case 0xB4:
		return '\'';
	case 0xD0:
	case 0x189:
		return 0x110;
	case 0xF0:
	case 0x256:
		return 0x111;
	case 0x1CD:
		return 0x102;
	case 0x1CE:
		return 0x103;
	default:
		return c;
	}
}

uint32_t char_latin_twin(uint32_t c)
{
	static const struct {
		uint16_t from;
		char to;
	} twins[] = {
		{0x391, 'A'}, {0x392, 'B'}, {0x395, 'E'}, {0x397, 'H'}, {0x399, 'I'}, {0x39A, 'K'}, {0x39C, 'M'},
		{0x39D, 'N'}, {0x39F, 'O'}, {0x3A1, 'P'}, {0x3A4, 'T'}, {0x3A5, 'Y'}, {0x3A7, 'X'}, {0x405, 'S'},
		{0x406, 'I'}, {0x408, 'J'}, {0x410, 'A'}, {0x412, 'B'}, {0x415, 'E'}, {0x41A, 'K'}, {0x41C, 'M'},
		{0x41D, 'H'}, {0x41E, 'O'}, {0x420, 'P'}, {0x421, 'C'}, {0x422, 'T'}, {0x423, 'Y'}, {0x425, 'X'},
		{0x430, 'a'}, {0x435, 'e'}, {0x43E, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x443, 'y'}, {0x445, 'x'},
		{0x455, 's'}, {0x456, 'i'}, {0x458, 'j'},
	};
	if (c < 0x391 || c > 0x458)
		return 0;
	for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++)
		if (twins[i].from == c)
			return (uint32_t)twins[i].to;
	return 0;
}

/* Letters of names like "LATIN SMALL LETTER O WITH STROKE": the word behind LETTER, or the single letter behind it. */
static size_t fold_by_name(uint32_t c, char out[static 8])
{
	char name[96];
	UErrorCode error = U_ZERO_ERROR;
	int32_t len = u_charName((UChar32)c, U_UNICODE_CHAR_NAME, name, sizeof name, &error);
	if (U_FAILURE(error) || len <= 0 || len >= (int32_t)sizeof name)
		return 0;
	const char *word = strstr(name, "LETTER "), *ligature = strstr(name, "LIGATURE ");
	if (!word && !ligature)
		return 0;
	word = word ? word + 7 : ligature + 9;
	size_t word_len = strcspn(word, " ");
	const char *second = word[word_len] ? word + word_len + 1 : NULL; /* "OPEN E", "SHARP S" */
	if (word_len > 2 && second && strcspn(second, " ") == 1) {
		word = second;
		word_len = 1;
	}
	size_t n = 0;
	for (; n < word_len && n < 4; n++) {
		char upper = word[n];
		if (upper < 'A' || upper > 'Z')
			break;
		out[n] = (char)(upper + 32);
	}
	return n;
}

size_t char_fold_latin(uint32_t c, char out[static 8])
{
	if (c < 0x80) {
		if ((c | 32) < 'a' || (c | 32) > 'z')
			return 0;
		out[0] = (char)(c | 32);
		return 1;
	}
	if (!u_hasBinaryProperty((UChar32)c, UCHAR_ALPHABETIC))
		return 0;
	UErrorCode error = U_ZERO_ERROR;
	if (uscript_getScript((UChar32)c, &error) != USCRIPT_LATIN || U_FAILURE(error))
		return 0;
	c = char_lower(c);
	if (c == 0xDF) {
		memcpy(out, "ss", 2);
		return 2;
	}
	const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&error);
	UChar parts[8];
	int32_t count = U_SUCCESS(error) ? unorm2_getDecomposition(nfkd, (UChar32)c, parts, 8, &error) : -1;
	size_t n = 0;
	for (int32_t i = 0; U_SUCCESS(error) && i < count && i < 8 && n < 7; i++)
		if ((parts[i] | 32) >= 'a' && (parts[i] | 32) <= 'z')
			out[n++] = (char)(parts[i] | 32);
	if (n)
		return n;
	return fold_by_name(count > 0 ? parts[0] : c, out);
}

uint32_t char_lower(uint32_t c)
{
	return (uint32_t)u_tolower((UChar32)c);
}

bool char_is_upper(uint32_t c)
{
	return u_isUUppercase((UChar32)c);
}

uint32_t char_compose_pair(uint32_t base, uint32_t mark)
{
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
	UChar32 composed = U_SUCCESS(error) ? unorm2_composePair(nfc, (UChar32)base, (UChar32)mark) : -1;
	return composed > 0 ? (uint32_t)composed : 0;
}

bool char_compose(char *text, size_t *len, size_t capacity)
{
	UChar wide[256], composed[256];
	int32_t wide_len, composed_len, out_len;
	UErrorCode error = U_ZERO_ERROR;
	u_strFromUTF8(wide, 256, &wide_len, text, (int32_t)*len, &error);
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
	if (U_FAILURE(error))
		return false;
	composed_len = unorm2_normalize(nfc, wide, wide_len, composed, 256, &error);
	char out[512];
	u_strToUTF8(out, sizeof out, &out_len, composed, composed_len, &error);
	if (U_FAILURE(error) || (size_t)out_len > capacity)
		return false;
	memcpy(text, out, (size_t)out_len);
	*len = (size_t)out_len;
	return true;
}
