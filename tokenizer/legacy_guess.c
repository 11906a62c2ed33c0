/* tokenizer/legacy_guess.c - every reading is made of the same units, and the words of the result are looked up among
 * the syllables of Vietnamese. The reading whose words are syllables most often wins, if it leads by a margin; most
 * false readings give almost none. In a text that is UTF-8 only words with characters that Vietnamese has no use for
 * are judged, and what was found about a word is remembered.
 */
#include "tokenizer/legacy.h"
#include "tokenizer/legacy_table.h"
#include "tokenizer/syllable_table.h"

#include <stdlib.h>

static inline Letter composed_at(const uint8_t *p, const uint8_t *end, unsigned *width_out)
{
	Letter letter = letter_at(p, end, width_out);
	if (letter && end - p > *width_out && (p[*width_out] & 0xFE) == 0xCC)
		return letter_composed_at(p, end, width_out);
	return letter;
}

/* Does a character that is no Vietnamese letter continue a word? Legacy bytes shown as Latin-1 are mostly signs. */
static inline bool is_letter(uint32_t c)
{
	if (c >= 0x80 && c < 0xC0)
		return c == 0xAA || c == 0xB5 || c == 0xBA;
	return char_class(c) == CHAR_LETTER;
}

/* One word of letters at p; false where no letter stands. */
static const uint8_t *score_word(const uint8_t *p, const uint8_t *end, LegacyScore *score)
{
	uint64_t code = 0;
	unsigned tone = 0, count = 0;
	bool marked = false, foreign = false, small = false;
	while (p < end) {
		unsigned width;
		Letter letter = composed_at(p, end, &width);
		if (letter) {
			if (small && (letter & LETTER_UPPER) && *p < 0x80) /* "lýMã": words that lost their blank */
				break;
			code = code << 6 | (letter & LETTER_NUMBER);
			if (letter & LETTER_TONE)
				tone = letter >> LETTER_TONE_SHIFT & 7;
			marked |= (letter & LETTER_MARKED) != 0;
			foreign |= small && (letter & LETTER_UPPER); /* "phÀn" */
			small |= !(letter & LETTER_UPPER);
		} else {
			uint32_t c;
			width = *p < 0x80 ? 0 : (unsigned)utf8_decode((const char *)p, (size_t)(end - p), &c);
			if (!width || !is_letter(c))
				break;
			foreign = true;
		}
		count++;
		p += width;
	}
	if (count > 1) { /* single letters are syllables too easily */
		const SyllableSlot *slot = !foreign && count <= SYLLABLE_LETTERS_MAX ? syllable_find(code) : NULL;
		bool valid = slot && slot->genuine >> tone & 1;
		score->words++;
		score->valid += valid;
		score->accented += valid && marked;
	}
	return p;
}

LegacyScore legacy_score(Str utf8)
{
	LegacyScore score = {0};
	const uint8_t *p = (const uint8_t *)utf8.ptr, *end = p + utf8.len;
	while (p < end) {
		if (*p < 0x80 && !letter_ascii[*p]) {
			p++;
			continue;
		}
		const uint8_t *stop = score_word(p, end, &score);
		if (stop == p) {
			size_t width = utf8_valid_width((const char *)p, (size_t)(end - p));
			stop += width ? width : 1;
		}
		p = stop;
	}
	return score;
}

/* Runs of letters and units that are not ASCII, with at least one of the latter and two units in all. */
unsigned legacy_words_in_question(const LegacyUnit *units, size_t count)
{
	unsigned words = 0, len = 0, high = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t c = units[i].c;
		bool inside = c >= 0x80 || letter_ascii[c];
		words += !inside & (high != 0) & (len > 1);
		high = inside ? high + (c >= 0x80 && c != 0xA0) : 0;
		len = inside ? len + 1 : 0;
	}
	return words + (high && len > 1);
}

static double value_of_text(Str text, unsigned words)
{
	double value = words ? (double)legacy_score(text).accented / words : 0;
	return value > 1 ? 1 : value;
}

double legacy_value(LegacyKind kind, const LegacyUnit *units, size_t count, Buf *text_out)
{
	buf_clear(text_out);
	legacy_decode(kind, units, count, text_out, NULL);
	return value_of_text(buf_str(text_out), legacy_words_in_question(units, count));
}

bool legacy_is_possible(const LegacyUnit *units, size_t count)
{
	size_t unicode = 0, high = 0, odd = 0;
	for (size_t i = 0; i < count; i++) {
		bool letter = legacy_letter(units[i].c) != 0;
		unicode += units[i].c >= LEGACY_KEPT && letter;
		high += units[i].c >= 0x80 && units[i].c < 0x100;
		odd += units[i].c >= 0x80 && units[i].c < 0x100 && !letter && units[i].c != 0xA0;
	}
	return odd >= 2 && odd * 5 >= high && unicode * 4 <= high;
}

/* A lead byte of UTF-8 with a continuation behind it. Without one, to read the units as UTF-8 is to leave them. */
static bool may_be_utf8(const LegacyUnit *units, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++)
		if (units[i].c >= 0xC2 && units[i].c <= 0xF4 && units[i + 1].c >= 0x80 && units[i + 1].c <= 0xBF)
			return true;
	return false;
}

/* The readings compete: the best, and the best of the others that differ from it. */
typedef struct {
	LegacyGuess best;
	double next;
} Contest;

/* True: the reading leads now. */
static bool enter(Contest *contest, LegacyKind kind, double value, bool same_as_best)
{
	if (value > contest->best.value) {
		contest->next = contest->best.value > contest->next ? contest->best.value : contest->next;
		contest->best.kind = kind;
		contest->best.value = value;
		return true;
	}
	if (value > contest->next && !same_as_best)
		contest->next = value;
	return false;
}

static LegacyGuess decide(const Contest *contest, unsigned words)
{
	/* What a reading needs: right readings explain 0.9 and more of the words, wrong ones below 0.4. */
	const double enough = 0.6, enough_margin = 0.08, almost_all = 0.85;
	LegacyGuess best = contest->best;
	best.margin = best.value - contest->next;
	best.words = words;
	double lead = best.margin * words + 0.01; /* in words */
	best.sure = best.kind != LEGACY_CP1252 && best.value >= enough && best.margin >= enough_margin &&
		    (lead >= 2 || (lead >= 1 && words >= 3 && best.value >= almost_all));
	return best;
}

LegacyGuess legacy_guess(const LegacyUnit *units, size_t count)
{
	Contest contest = {.best = {.value = -1}};
	Buf texts[2];
	unsigned current = 0;
	buf_init(&texts[0]);
	buf_init(&texts[1]);
	count = count < LEGACY_SAMPLE ? count : LEGACY_SAMPLE;
	unsigned words = legacy_words_in_question(units, count);
	LegacyKind end = words && may_be_utf8(units, count) ? LEGACY_COUNT : words ? LEGACY_UTF8 : LEGACY_CP1252;
	for (LegacyKind kind = LEGACY_CP1252; kind < end; kind++) {
		Buf *text = &texts[current];
		buf_clear(text);
		legacy_decode(kind, units, count, text, NULL);
		bool same = str_eq(buf_str(text), buf_str(&texts[current ^ 1]));
		if (enter(&contest, kind, value_of_text(buf_str(text), words), same))
			current ^= 1; /* the best text stays in the other */
	}
	buf_done(&texts[0]);
	buf_done(&texts[1]);
	return decide(&contest, words);
}

/* ---- text in which legacy characters sit: only its odd words are judged ---- */

/* A character that no Vietnamese word has, in the range where legacy bytes lie. */
static bool is_odd(uint32_t unit)
{
	return unit >= 0x80 && unit < 0x100 && unit != 0xA0 && !legacy_letter(unit);
}

/* The run of letters and more that begins at *at, with at least one odd character; empty: another run. *at moves behind
 * it, by one unit at least. */
static size_t odd_word(const LegacyUnit *units, size_t count, size_t *at)
{
	size_t start = *at, i = start, odd = 0;
	for (; i < count && (units[i].c >= 0x80 || letter_ascii[units[i].c]); i++)
		odd += is_odd(units[i].c);
	*at = i + (i == start);
	return odd ? i - start : 0;
}

/* What the readings make of a word. The same few hundred words make up a text. */
typedef struct {
	uint64_t word;               /* hash of its units; 0: free */
	uint64_t text[LEGACY_COUNT]; /* hashes of what it reads */
	uint8_t accented[LEGACY_COUNT];
} KnownWord;
enum { KNOWN_LOG2 = 11, WORD_MAX = 62 };

struct LegacyMemo {
	Buf text;
	LegacyUnit units[WORD_MAX + 2];
	KnownWord known[1 << KNOWN_LOG2];
};

LegacyMemo *legacy_memo_new(void)
{
	return calloc(1, sizeof(LegacyMemo));
}

void legacy_memo_free(LegacyMemo *memo)
{
	if (!memo)
		return;
	buf_done(&memo->text);
	free(memo);
}

static const KnownWord *recall(LegacyMemo *memo, const LegacyUnit *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		memo->units[i] = (LegacyUnit){word[i].c, 0};
	uint64_t hash = str_hash((Str){(const char *)memo->units, len * sizeof *word}) | 1;
	KnownWord *known = &memo->known[hash >> (64 - KNOWN_LOG2)];
	if (known->word == hash)
		return known;
	/* A small letter behind it: the word does not stand on a line of capitals. */
	memo->units[len] = (LegacyUnit){' ', 0};
	memo->units[len + 1] = (LegacyUnit){'a', 0};
	for (LegacyKind kind = LEGACY_CP1252; kind < LEGACY_COUNT; kind++) {
		buf_clear(&memo->text);
		legacy_decode(kind, memo->units, len + 2, &memo->text, NULL);
		known->text[kind] = str_hash(buf_str(&memo->text));
		known->accented[kind] = (uint8_t)legacy_score(buf_str(&memo->text)).accented;
	}
	known->word = buf_ok(&memo->text) ? hash : 0;
	return known->word ? known : NULL;
}

/* legacy_guess over the odd words, word by word. False: it must see them together (a line of capitals, which TCVN3
 * reads as a whole; a long line, which is cut). */
static bool guess_by_words(const LegacyUnit *units, size_t count, LegacyMemo *memo, LegacyGuess *out)
{
	unsigned words = 0, accented[LEGACY_COUNT] = {0};
	uint64_t texts[LEGACY_COUNT] = {0};
	size_t together = 0;
	bool small = false;
	for (size_t i = 0; i < count; together++) {
		size_t start = i, len = odd_word(units, count, &i);
		if (!len)
			continue;
		const KnownWord *known = len <= WORD_MAX ? recall(memo, units + start, len) : NULL;
		if (!known)
			return false;
		for (size_t k = start; k < start + len; k++)
			small |= units[k].c >= 'a' && units[k].c <= 'z';
		for (LegacyKind kind = LEGACY_CP1252; kind < LEGACY_COUNT; kind++) {
			accented[kind] += known->accented[kind];
			texts[kind] = (texts[kind] ^ known->text[kind]) * 0x9e3779b97f4a7c15u;
		}
		words += len > 1;
		together += len;
	}
	if (!small || together > LEGACY_SAMPLE)
		return false;
	Contest contest = {.best = {.value = -1}};
	for (LegacyKind kind = LEGACY_CP1252; words && kind < LEGACY_COUNT; kind++) {
		double value = (double)accented[kind] / words;
		enter(&contest, kind, value > 1 ? 1 : value, texts[kind] == texts[contest.best.kind]);
	}
	*out = decide(&contest, words);
	return true;
}

LegacyGuess legacy_guess_text(const LegacyUnit *units, size_t count, LegacyMemo *memo)
{
	const LegacyUnit blank = {' ', 0};
	LegacyGuess guess = {.kind = LEGACY_CP1252};
	Buf odd_words;
	buf_init(&odd_words);
	count = count < LEGACY_SAMPLE ? count : LEGACY_SAMPLE;
	if (memo && guess_by_words(units, count, memo, &guess))
		return guess;
	for (size_t i = 0; i < count;) {
		size_t start = i, len = odd_word(units, count, &i);
		buf_add(&odd_words, &units[start], len * sizeof *units);
		buf_add(&odd_words, &blank, sizeof blank);
	}
	if (buf_ok(&odd_words) && odd_words.len)
		guess = legacy_guess((const LegacyUnit *)(const void *)odd_words.data, odd_words.len / sizeof *units);
	buf_done(&odd_words);
	return guess;
}
