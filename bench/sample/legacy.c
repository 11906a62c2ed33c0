/* bench/sample/legacy.c - a table has the small letters; capitals follow from them: in VNI every byte
 * is 0x20 less, in TCVN3 toned capitals have no byte of their own (a capitals font shows them).
 *
 * Source   TCVN 5712:1993 VN3 and the VNI-Windows fonts (byte values are facts of these standards)
 */
#include "bench/sample/legacy.h"

#include "base/utf8.h"

typedef struct {
	uint16_t letter; /* small */
	uint8_t tcvn3, tcvn3_capital;
	const char *vni;
	char base; /* for decomposing; 0: has no decomposition */
	const char *marks;
} Letter;

static const Letter letters[] = {
	{0x00E0, 0xB5, 0xB5, "a\xF8", 'a', "\u0300"},
	{0x1EA3, 0xB6, 0xB6, "a\xFB", 'a', "\u0309"},
	{0x00E3, 0xB7, 0xB7, "a\xF5", 'a', "\u0303"},
	{0x00E1, 0xB8, 0xB8, "a\xF9", 'a', "\u0301"},
	{0x1EA1, 0xB9, 0xB9, "a\xEF", 'a', "\u0323"},
	{0x0103, 0xA8, 0xA1, "a\xEA", 'a', "\u0306"},
	{0x1EB1, 0xBB, 0xBB, "a\xE8", 'a', "\u0306\u0300"},
	{0x1EB3, 0xBC, 0xBC, "a\xFA", 'a', "\u0306\u0309"},
	{0x1EB5, 0xBD, 0xBD, "a\xFC", 'a', "\u0306\u0303"},
	{0x1EAF, 0xBE, 0xBE, "a\xE9", 'a', "\u0306\u0301"},
	{0x1EB7, 0xC6, 0xC6, "a\xEB", 'a', "\u0323\u0306"},
	{0x00E2, 0xA9, 0xA2, "a\xE2", 'a', "\u0302"},
	{0x1EA7, 0xC7, 0xC7, "a\xE0", 'a', "\u0302\u0300"},
	{0x1EA9, 0xC8, 0xC8, "a\xE5", 'a', "\u0302\u0309"},
	{0x1EAB, 0xC9, 0xC9, "a\xE3", 'a', "\u0302\u0303"},
	{0x1EA5, 0xCA, 0xCA, "a\xE1", 'a', "\u0302\u0301"},
	{0x1EAD, 0xCB, 0xCB, "a\xE4", 'a', "\u0323\u0302"},
	{0x00E8, 0xCC, 0xCC, "e\xF8", 'e', "\u0300"},
	{0x1EBB, 0xCE, 0xCE, "e\xFB", 'e', "\u0309"},
	{0x1EBD, 0xCF, 0xCF, "e\xF5", 'e', "\u0303"},
	{0x00E9, 0xD0, 0xD0, "e\xF9", 'e', "\u0301"},
	{0x1EB9, 0xD1, 0xD1, "e\xEF", 'e', "\u0323"},
	{0x00EA, 0xAA, 0xA3, "e\xE2", 'e', "\u0302"},
	{0x1EC1, 0xD2, 0xD2, "e\xE0", 'e', "\u0302\u0300"},
	{0x1EC3, 0xD3, 0xD3, "e\xE5", 'e', "\u0302\u0309"},
	{0x1EC5, 0xD4, 0xD4, "e\xE3", 'e', "\u0302\u0303"},
	{0x1EBF, 0xD5, 0xD5, "e\xE1", 'e', "\u0302\u0301"},
	{0x1EC7, 0xD6, 0xD6, "e\xE4", 'e', "\u0323\u0302"},
	{0x00EC, 0xD7, 0xD7, "\xEC", 'i', "\u0300"},
	{0x1EC9, 0xD8, 0xD8, "\xE6", 'i', "\u0309"},
	{0x0129, 0xDC, 0xDC, "\xF3", 'i', "\u0303"},
	{0x00ED, 0xDD, 0xDD, "\xED", 'i', "\u0301"},
	{0x1ECB, 0xDE, 0xDE, "\xF2", 'i', "\u0323"},
	{0x00F2, 0xDF, 0xDF, "o\xF8", 'o', "\u0300"},
	{0x1ECF, 0xE1, 0xE1, "o\xFB", 'o', "\u0309"},
	{0x00F5, 0xE2, 0xE2, "o\xF5", 'o', "\u0303"},
	{0x00F3, 0xE3, 0xE3, "o\xF9", 'o', "\u0301"},
	{0x1ECD, 0xE4, 0xE4, "o\xEF", 'o', "\u0323"},
	{0x00F4, 0xAB, 0xA4, "o\xE2", 'o', "\u0302"},
	{0x1ED3, 0xE5, 0xE5, "o\xE0", 'o', "\u0302\u0300"},
	{0x1ED5, 0xE6, 0xE6, "o\xE5", 'o', "\u0302\u0309"},
	{0x1ED7, 0xE7, 0xE7, "o\xE3", 'o', "\u0302\u0303"},
	{0x1ED1, 0xE8, 0xE8, "o\xE1", 'o', "\u0302\u0301"},
	{0x1ED9, 0xE9, 0xE9, "o\xE4", 'o', "\u0323\u0302"},
	{0x01A1, 0xAC, 0xA5, "\xF4", 'o', "\u031B"},
	{0x1EDD, 0xEA, 0xEA, "\xF4\xF8", 'o', "\u031B\u0300"},
	{0x1EDF, 0xEB, 0xEB, "\xF4\xFB", 'o', "\u031B\u0309"},
	{0x1EE1, 0xEC, 0xEC, "\xF4\xF5", 'o', "\u031B\u0303"},
	{0x1EDB, 0xED, 0xED, "\xF4\xF9", 'o', "\u031B\u0301"},
	{0x1EE3, 0xEE, 0xEE, "\xF4\xEF", 'o', "\u031B\u0323"},
	{0x00F9, 0xEF, 0xEF, "u\xF8", 'u', "\u0300"},
	{0x1EE7, 0xF1, 0xF1, "u\xFB", 'u', "\u0309"},
	{0x0169, 0xF2, 0xF2, "u\xF5", 'u', "\u0303"},
	{0x00FA, 0xF3, 0xF3, "u\xF9", 'u', "\u0301"},
	{0x1EE5, 0xF4, 0xF4, "u\xEF", 'u', "\u0323"},
	{0x01B0, 0xAD, 0xA6, "\xF6", 'u', "\u031B"},
	{0x1EEB, 0xF5, 0xF5, "\xF6\xF8", 'u', "\u031B\u0300"},
	{0x1EED, 0xF6, 0xF6, "\xF6\xFB", 'u', "\u031B\u0309"},
	{0x1EEF, 0xF7, 0xF7, "\xF6\xF5", 'u', "\u031B\u0303"},
	{0x1EE9, 0xF8, 0xF8, "\xF6\xF9", 'u', "\u031B\u0301"},
	{0x1EF1, 0xF9, 0xF9, "\xF6\xEF", 'u', "\u031B\u0323"},
	{0x1EF3, 0xFA, 0xFA, "y\xF8", 'y', "\u0300"},
	{0x1EF7, 0xFB, 0xFB, "y\xFB", 'y', "\u0309"},
	{0x1EF9, 0xFC, 0xFC, "y\xF5", 'y', "\u0303"},
	{0x00FD, 0xFD, 0xFD, "y\xF9", 'y', "\u0301"},
	{0x1EF5, 0xFE, 0xFE, "\xEE", 'y', "\u0323"},
	{0x0111, 0xAE, 0xA7, "\xF1", 0, ""},
};

static const Letter *find(uint32_t c, bool *capital)
{
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
		uint32_t small = letters[i].letter;
		uint32_t large = small < 0x100                        ? small - 32
				 : small == 0x01A1 || small == 0x01B0 ? small - 1
								      : small & ~(uint32_t)1;
		if (c == small || c == large) {
			*capital = c == large;
			return &letters[i];
		}
	}
	return NULL;
}

static void add_letter(const Letter *letter, bool capital, LegacyForm form, Buf *out)
{
	switch (form) {
	case LEGACY_TCVN3:
		buf_add_char(out, (char)(capital ? letter->tcvn3_capital : letter->tcvn3));
		break;
	case LEGACY_VNI:
		for (const char *c = letter->vni; *c; c++)
			buf_add_char(out, (char)(capital ? *c - 32 : *c));
		break;
	case LEGACY_DECOMPOSED:
		buf_add_char(out, (char)(capital ? letter->base - 32 : letter->base));
		buf_add_zero_terminated(out, letter->marks);
		break;
	}
}

void legacy_write(Str text, LegacyForm form, Buf *out)
{
	for (size_t i = 0; i < text.len;) {
		uint32_t c;
		bool capital = false;
		size_t width = utf8_decode(text.ptr + i, text.len - i, &c);
		const Letter *letter = width > 1 ? find(c, &capital) : NULL;
		if (letter && (form != LEGACY_DECOMPOSED || letter->base))
			add_letter(letter, capital, form, out);
		else if (width > 1 && form != LEGACY_DECOMPOSED)
			buf_add_char(out, c == 0x2013 ? (char)0x96 : '?');
		else
			buf_add(out, text.ptr + i, width ? width : 1);
		i += width ? width : 1;
	}
}
