/* tokenizer/keystrokes.c - Telex and VNI keystrokes to letters, as an input method would have put them (query_forms.h).
 *
 *   Telex  s f r x j tones, z none · aa ee oo circumflex · aw breve · ow uw horn · dd
 *   VNI    1 2 3 4 5 tones, 0 none · 6 circumflex · 7 horn · 8 breve · 9 đ
 */
#include "tokenizer/query_forms.h"
#include "tokenizer/syllable_table.h"

enum { LETTERS_MAX = 12, A = 1, D = 4, E = 5, O = 15, U = 21 };

typedef struct {
	uint8_t letters[LETTERS_MAX]; /* numbers of letters (letter.h) */
	uint8_t upper[LETTERS_MAX];
	unsigned count, tone, changes; /* changes: keys that were marks */
} Typed;

static bool is_vowel(unsigned letter)
{
	return letter == A || letter == E || letter == 9 || letter == O || letter == U || letter == 25 ||
	       letter >= LETTER_A_BREVE;
}

static bool has_vowel(const Typed *t)
{
	for (unsigned i = 0; i < t->count; i++)
		if (is_vowel(t->letters[i]) && t->letters[i] != LETTER_D_STROKE)
			return true;
	return false;
}

/* The last letter `from` becomes `to`. */
static bool change_last(Typed *t, unsigned from, unsigned to)
{
	for (unsigned i = t->count; i-- > 0;)
		if (t->letters[i] == from) {
			t->letters[i] = (uint8_t)to;
			t->changes++;
			return true;
		}
	return false;
}

static bool add_circumflex(Typed *t, unsigned base)
{
	static const struct {
		uint8_t from, to;
	} pairs[] = {{E, LETTER_E_CIRCUMFLEX}, {O, LETTER_O_CIRCUMFLEX}, {A, LETTER_A_CIRCUMFLEX}};
	for (unsigned i = 0; i < 3; i++)
		if ((!base || base == pairs[i].from) && change_last(t, pairs[i].from, pairs[i].to))
			return true;
	return false;
}

/* Horn on uo (both), else on the last o or u; a u of "qu" stays. */
static bool add_horn(Typed *t)
{
	for (unsigned i = t->count; i-- > 1;) {
		bool u = t->letters[i - 1] == U || t->letters[i - 1] == LETTER_U_HORN;
		bool o = t->letters[i] == O || t->letters[i] == LETTER_O_HORN;
		if (u && o && (i < 2 || t->letters[i - 2] != 17)) {
			t->letters[i - 1] = LETTER_U_HORN;
			t->letters[i] = LETTER_O_HORN;
			t->changes++;
			return true;
		}
	}
	for (unsigned i = 0; i < t->count; i++)
		if (t->letters[i] == U && (i == 0 || t->letters[i - 1] != 17)) {
			t->letters[i] = LETTER_U_HORN;
			t->changes++;
			return true;
		}
	return change_last(t, O, LETTER_O_HORN);
}

static void set_tone(Typed *t, unsigned tone)
{
	t->tone = tone;
	t->changes++;
}

static bool append(Typed *t, unsigned letter, bool upper)
{
	if (t->count == LETTERS_MAX)
		return false;
	t->letters[t->count] = (uint8_t)letter;
	t->upper[t->count++] = upper;
	return true;
}

static bool type_telex(Typed *t, char key, bool upper)
{
	static const char tones[] = "zfsrxj";
	const char *tone = strchr(tones, key);
	unsigned letter = (unsigned)(key - 'a') + 1;
	if (tone && has_vowel(t)) {
		set_tone(t, (unsigned)(tone - tones));
		return true;
	}
	if ((key == 'a' || key == 'e' || key == 'o') && memchr(t->letters, (int)letter, t->count)) {
		if (add_circumflex(t, letter))
			return true;
	}
	if (key == 'd' && t->count && t->letters[0] == D) {
		t->letters[0] = LETTER_D_STROKE;
		t->changes++;
		return true;
	}
	if (key == 'w') {
		unsigned last = t->count ? t->letters[t->count - 1] : 0;
		if (last == A || (!memchr(t->letters, U, t->count) && !memchr(t->letters, O, t->count)))
			if (change_last(t, A, LETTER_A_BREVE))
				return true;
		if (add_horn(t))
			return true;
		t->changes++;
		return append(t, LETTER_U_HORN, upper);
	}
	return append(t, letter, upper);
}

static bool type_vni(Typed *t, char key, bool upper)
{
	static const char tones[] = "021345"; /* key of ngang, huyền, sắc, hỏi, ngã, nặng */
	const char *tone = strchr(tones, key);
	if (tone && has_vowel(t)) {
		set_tone(t, (unsigned)(tone - tones));
		return true;
	}
	switch (key) {
	case '6':
		return add_circumflex(t, 0);
	case '7':
		return add_horn(t);
	case '8':
		return change_last(t, A, LETTER_A_BREVE);
	case '9':
		return change_last(t, D, LETTER_D_STROKE);
	default:
		return key >= 'a' && append(t, (unsigned)(key - 'a') + 1, upper);
	}
}

/* Where the tone mark stands: on the marked vowel; else of the last vowels the one before the last or, with a coda or
 * in two vowels that belong together (oa, oe, uy), the last. Old style, as most of the records have it. */
static unsigned tone_place(const Typed *t)
{
	unsigned first = 0, last = 0, vowels = 0;
	for (unsigned i = 0; i < t->count; i++) {
		bool onset = (i == 1 && t->letters[0] == 17) || (i == 1 && t->letters[0] == 7 && t->letters[1] == 9 &&
								 t->count > 2 && is_vowel(t->letters[2]));
		if (!is_vowel(t->letters[i]) || t->letters[i] == LETTER_D_STROKE || onset)
			continue;
		first = vowels ? first : i;
		last = i;
		vowels++;
	}
	for (unsigned i = t->count; i-- > 0;)
		if (t->letters[i] >= LETTER_A_BREVE && t->letters[i] != LETTER_D_STROKE)
			return i;
	if (vowels <= 1)
		return last;
	if (vowels == 3 || last + 1 < t->count)
		return vowels == 3 ? first + 1 : last;
	return first;
}

static bool is_genuine(const Typed *t)
{
	uint64_t code = 0;
	for (unsigned i = 0; i < t->count; i++)
		code = code << 6 | t->letters[i];
	const SyllableSlot *slot = t->count && t->count <= SYLLABLE_LETTERS_MAX ? syllable_find(code) : NULL;
	return slot && slot->genuine >> t->tone & 1;
}

static bool type_word(Str word, Keystrokes method, Typed *t)
{
	*t = (Typed){0};
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];
		bool upper = c >= 'A' && c <= 'Z', letter = upper || (c >= 'a' && c <= 'z');
		char key = upper ? (char)(c + 32) : c;
		if (!letter && (method == KEYS_TELEX || c < '0' || c > '9'))
			return false;
		if (!(method == KEYS_TELEX ? type_telex(t, key, upper) : type_vni(t, key, upper)))
			return false;
	}
	return t->changes > 0 && is_genuine(t);
}

static void write_word(const Typed *t, Buf *out)
{
	unsigned place = tone_place(t);
	for (unsigned i = 0; i < t->count; i++) {
		char bytes[4];
		Letter letter = (Letter)(t->letters[i] | (t->upper[i] ? LETTER_UPPER : 0) | LETTER_MARKED);
		if (i == place)
			letter |= (Letter)(t->tone << LETTER_TONE_SHIFT);
		buf_add(out, bytes, utf8_encode(letter_code_point(letter), bytes));
	}
}

Keystrokes query_word_decode(Str word, Buf *out)
{
	Typed typed;
	for (Keystrokes method = KEYS_TELEX; method <= KEYS_VNI; method++)
		if (type_word(word, method, &typed)) {
			write_word(&typed, out);
			return method;
		}
	return KEYS_NONE;
}

/* A word that is Vietnamese without accents as it stands ("nam", "ban") is not taken for keystrokes. */
static bool is_plain_syllable(Str word)
{
	uint64_t code = 0;
	for (size_t i = 0; i < word.len; i++) {
		if (!letter_ascii[(uint8_t)word.ptr[i]] || i == SYLLABLE_LETTERS_MAX)
			return false;
		code = code << 6 | (letter_ascii[(uint8_t)word.ptr[i]] & LETTER_NUMBER);
	}
	return code && syllable_find(code);
}

static bool is_word_byte(char c)
{
	return letter_ascii[(uint8_t)c] || (c >= '0' && c <= '9') || (uint8_t)c >= 0x80;
}

Keystrokes query_keystrokes_decode(Str query, Buf *out)
{
	size_t start_len = out->len, decoded = 0, odd = 0;
	Keystrokes method = KEYS_NONE;
	for (size_t i = 0; i < query.len;) {
		size_t end = i;
		while (end < query.len && is_word_byte(query.ptr[end]))
			end++;
		Str word = str_slice(query, i, end > i ? end : i + 1);
		Keystrokes found = KEYS_NONE;
		bool starts_with_letter = end > i && letter_ascii[(uint8_t)word.ptr[0]];
		if (starts_with_letter && !is_plain_syllable(word)) {
			odd++;
			found = query_word_decode(word, out);
		}
		if (found != KEYS_NONE) {
			decoded++;
			method = found;
		} else {
			buf_add_str(out, word);
		}
		i += word.len;
	}
	if (decoded * 2 > odd)
		return method;
	out->len = start_len;
	return KEYS_NONE;
}
