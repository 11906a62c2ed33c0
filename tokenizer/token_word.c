/* tokenizer/token_word.c - words that are no syllables, and every word that needs a second look: other Latin letters,
 * ignored characters inside, Cyrillic look-alikes, full-width forms, other scripts.
 */
#include "tokenizer/syllable.h"
#include "tokenizer/token_state.h"

enum { LETTERS_MAX = 64 };

/* The number of the folded syllable that the letters spell without their marks, 0 if none. */
static uint16_t fold_of_letters(const LetterRun *run)
{
	const SyllableSlot *slot =
		run->count <= SYLLABLE_LETTERS_MAX ? syllable_find(syllable_plain_code(run->code)) : NULL;
	return slot ? slot->fold : 0;
}

static uint8_t flags_of(const LetterRun *run)
{
	return (uint8_t)((run->any & LETTER_MARKED ? TOKEN_MARKED : 0) |
			 (run->all & LETTER_UPPER ? TOKEN_CAPITALS : 0));
}

void token_push_letters(TokenIter *it, const uint8_t *from, const uint8_t *to, const LetterRun *run)
{
	Token *token = token_push(it, TOKEN_WORD, from, to);
	token->flags |= flags_of(run);
	char *out = it->words + it->words_len;
	size_t len = 0;
	for (int shift = 6 * ((int)run->count - 1); shift >= 0; shift -= 6)
		out[len++] = letter_base((Letter)(run->code >> shift & LETTER_NUMBER));
	token->folded = token->key = token_take_word(it, len);
	token->fold = fold_of_letters(run);
	if (run->any & LETTER_MARKED) {
		out += len;
		len = 0;
		for (int shift = 6 * ((int)run->count - 1); shift >= 0; shift -= 6)
			len += letter_write_toneless((Letter)(run->code >> shift & LETTER_NUMBER), out + len);
		if (run->tone)
			out[len++] = (char)('0' + run->tone);
		token->key = token_take_word(it, len);
	}
	if (token->fold)
		token->folded = syllable_folded(token->fold);
}

typedef struct {
	uint32_t c;    /* as read, confusables mapped */
	Letter letter; /* 0: no Vietnamese letter */
	bool upper;
} WordLetter;

typedef struct {
	WordLetter letters[LETTERS_MAX];
	unsigned count;
	const uint8_t *stop; /* behind the last letter or mark */
	bool latin, twins_only, all_upper, suspicious;
} Word;

static void add_letter(Word *word, uint32_t c)
{
	WordLetter *letter = &word->letters[word->count++];
	char folded[8];
	*letter = (WordLetter){.c = c, .letter = letter_of_code_point(c), .upper = char_is_upper(c)};
	bool twin = char_latin_twin(c) != 0;
	word->latin |= letter->letter || (!twin && c >= 0xC0 && char_fold_latin(c, folded) > 0);
	word->twins_only &= twin;
	word->all_upper &= letter->upper;
}

bool token_apostrophe_joins(const uint8_t *p, const uint8_t *end, unsigned *width_out)
{
	static const char *const apostrophes[] = {"'", "\u2019", "\u2018", "\u02BC"};
	for (size_t i = 0; i < sizeof apostrophes / sizeof *apostrophes; i++) {
		size_t width = strlen(apostrophes[i]);
		uint32_t c;
		if ((size_t)(end - p) <= width || memcmp(p, apostrophes[i], width) != 0)
			continue;
		*width_out = (unsigned)width;
		return utf8_decode((const char *)p + width, (size_t)(end - p) - width, &c) && c != 0x02BC &&
		       char_class(c) == CHAR_LETTER;
	}
	return false;
}

/* Reads letters until something else; characters that are ignored do not end the word. */
static void read_word(const uint8_t *p, const uint8_t *end, Word *word)
{
	*word = (Word){.stop = p, .twins_only = true, .all_upper = true};
	while (p < end) {
		uint32_t c;
		unsigned width;
		if (word->count && token_apostrophe_joins(p, end, &width)) {
			p += width;
			continue;
		}
		width = (unsigned)utf8_decode((const char *)p, (size_t)(end - p), &c);
		if (!width || c == 0x02BC)
			break;
		CharClass class = char_class(c);
		Mark mark = class == CHAR_LETTER ? letter_mark_at(p, end) : MARK_NONE;
		if (class != CHAR_LETTER && class != CHAR_IGNORED)
			break;
		p += width;
		word->suspicious |= token_is_suspicious(c);
		if (class == CHAR_IGNORED)
			continue;
		word->stop = p;
		WordLetter *last = word->count ? &word->letters[word->count - 1] : NULL;
		if (mark != MARK_NONE && last && last->letter)
			last->letter = letter_with_mark(last->letter, mark);
		else if (word->count < LETTERS_MAX)
			add_letter(word, char_plain(c));
	}
	/* Look-alikes of another alphabet are Latin where the word is, or in an abbreviation made of nothing else (СР).
	 */
	for (unsigned i = 0; i < word->count; i++)
		if ((word->latin || (word->twins_only && word->all_upper)) && char_latin_twin(word->letters[i].c))
			word->letters[i].letter = letter_of_code_point(char_latin_twin(word->letters[i].c));
}

static bool to_run(const Word *word, LetterRun *run)
{
	*run = (LetterRun){.all = 0xFFFF};
	for (unsigned i = 0; i < word->count; i++) {
		Letter letter = word->letters[i].letter;
		if (!letter || word->count > SYLLABLE_LETTERS_MAX)
			return false;
		run->code = run->code << 6 | (letter & LETTER_NUMBER);
		if (letter & LETTER_TONE)
			run->tone = letter >> LETTER_TONE_SHIFT & 7;
		run->any |= letter;
		run->all &= letter;
		run->count++;
	}
	return run->count > 0;
}

static size_t write_folded(const Word *word, bool key, char *out, size_t capacity)
{
	size_t len = 0;
	unsigned tone = 0;
	bool other_script = false;
	for (unsigned i = 0; i < word->count && len + 8 < capacity; i++) {
		const WordLetter *letter = &word->letters[i];
		if (letter->letter) {
			if (key)
				len += letter_write_toneless(letter->letter, out + len);
			else
				out[len++] = letter_base(letter->letter);
			if (letter->letter & LETTER_TONE)
				tone = letter->letter >> LETTER_TONE_SHIFT & 7;
			continue;
		}
		size_t ascii = char_fold_latin(letter->c, out + len);
		bool stray_mark = !ascii && word->latin && letter->c >= 0x300 && letter->c < 0x370;
		if (!ascii && !stray_mark) {
			ascii = utf8_encode(char_lower(letter->c), out + len);
			other_script = true;
		}
		len += ascii;
	}
	if (other_script)
		char_compose(out, &len, capacity);
	if (key && tone && len < capacity)
		out[len++] = (char)('0' + tone);
	return len;
}

static void push_word(TokenIter *it, const uint8_t *from, const Word *word)
{
	Token *token = token_push(it, TOKEN_WORD, from, word->stop);
	bool marked = false;
	for (unsigned i = 0; i < word->count; i++)
		marked |= (word->letters[i].letter & LETTER_MARKED) != 0;
	token->flags |= (marked ? TOKEN_MARKED : 0) | (word->all_upper ? TOKEN_CAPITALS : 0);
	token->folded = token->key =
		token_take_word(it, write_folded(word, false, it->words + it->words_len, TOKEN_FOLDED_MAX));
	if (marked)
		token->key = token_take_word(it, write_folded(word, true, it->words + it->words_len, TOKEN_KEY_MAX));
}

/* "QH14", "COVID19": letters that spell no syllable keep the digits behind them. */
static const uint8_t *append_digits(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	Token *token = &it->queue[it->count - 1];
	const uint8_t *from = p;
	while (p < end && ((*p >= '0' && *p <= '9') || letter_ascii[*p]))
		p++;
	if (p < end && *p >= 0x80) /* a marked letter follows: leave it to the next word */
		while (p > from && letter_ascii[p[-1]])
			p--;
	bool same = token->folded.ptr == token->key.ptr;
	for (int k = 0; k < (same ? 1 : 2); k++) {
		Str *part = k ? &token->key : &token->folded;
		size_t capacity = k ? TOKEN_KEY_MAX : TOKEN_FOLDED_MAX, len = part->len;
		char *out = it->words + it->words_len;
		memcpy(out, part->ptr, len);
		for (const uint8_t *q = from; q < p && len < capacity; q++)
			out[len++] = letter_ascii[*q] ? letter_base(letter_ascii[*q]) : (char)*q;
		*part = token_take_word(it, len);
	}
	if (same)
		token->key = token->folded;
	token->end = (uint32_t)(p - it->view);
	return p;
}

/* Digits of other scripts and full-width ones. */
static const uint8_t *scan_wide_digits(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	char *out = it->words + it->words_len;
	size_t len = 0;
	const uint8_t *from = p;
	uint32_t c;
	unsigned width;
	while (p < end && (width = (unsigned)utf8_decode((const char *)p, (size_t)(end - p), &c)) != 0) {
		if (char_class(c) != CHAR_DIGIT)
			break;
		if (len + 4 <= TOKEN_FOLDED_MAX)
			len += utf8_encode(char_plain(c), out + len);
		p += width;
	}
	Token *token = token_push(it, TOKEN_DIGITS, from, p);
	token->folded = token->key = token_take_word(it, len);
	return p;
}

static const uint8_t *push_ideograph(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	size_t width = utf8_valid_width((const char *)p, (size_t)(end - p)), len = width;
	Token *token = token_push(it, TOKEN_WORD, p, p + width);
	memcpy(it->words + it->words_len, p, width);
	char_compose(it->words + it->words_len, &len, TOKEN_FOLDED_MAX); /* compatibility ideographs */
	token->folded = token->key = token_take_word(it, len);
	return p + width;
}

const uint8_t *token_scan_word(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	uint32_t c;
	unsigned width = (unsigned)utf8_decode((const char *)p, (size_t)(end - p), &c);
	CharClass class = char_class(c);
	if (class == CHAR_DIGIT)
		return scan_wide_digits(it, p, end);
	if (class == CHAR_IDEOGRAPH)
		return push_ideograph(it, p, end);
	if ((c >= 0x300 && c < 0x370) || c == 0x02BC) /* a mark that lost its letter, an apostrophe its word */
		return p + width;
	Word word;
	LetterRun run;
	read_word(p, end, &word);
	it->suspicious |= word.suspicious;
	const uint8_t *stop = word.stop;
	bool digits_follow = stop < end && *stop >= '0' && *stop <= '9';
	if (to_run(&word, &run)) {
		const SyllableSlot *slot = syllable_find(run.code);
		if (slot && slot->tones >> run.tone & 1) {
			Token *token = token_push(it, TOKEN_SYLLABLE, p, stop);
			token->flags |= flags_of(&run);
			token->fold = slot->fold;
			token->syllable = syllable_number(slot, run.tone);
			token->folded = syllable_folded(token->fold);
			token->key = syllable_key(token->syllable);
			return stop;
		}
		token_push_letters(it, p, stop, &run);
		digits_follow &= it->queue[it->count - 1].fold == 0;
	} else {
		push_word(it, p, &word);
	}
	return digits_follow ? append_digits(it, stop, end) : stop;
}
