/* tokenizer/token_iter.c - the functions of token.h: scans the text into a queue of tokens (token_state.h) and hands
 * them out.
 *
 * One class for each byte says which scanner takes over. Vietnamese words take the fast path: one look-up a letter, one
 * probe of the syllable table a word, and for spellings met before (most of a text is a few hundred) not even that.
 * Everything else is left to token_word.c, token_digits.c and token_date.c. When a line turns out to hold legacy
 * characters, its tokens are taken back, the line is decoded and scanned once more.
 */
#include "tokenizer/token_state.h"
#include "tokenizer/legacy_line.h"
#include "tokenizer/plain.h"
#include "tokenizer/syllable.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LEGACY_LINE_MAX = 64 * 1024, FILL_BYTES = 1024 };
enum { C_OTHER, C_LETTER, C_DIGIT, C_BREAK, C_NEWLINE, C_MULTI };

static const uint8_t byte_class[256] = {
	['a' ... 'z'] = C_LETTER, ['A' ... 'Z'] = C_LETTER,  ['0' ... '9'] = C_DIGIT, ['\n'] = C_NEWLINE,
	['.'] = C_BREAK,          [','] = C_BREAK,           [';'] = C_BREAK,         [':'] = C_BREAK,
	['!'] = C_BREAK,          ['?'] = C_BREAK,           ['('] = C_BREAK,         [')'] = C_BREAK,
	['['] = C_BREAK,          [']'] = C_BREAK,           ['{'] = C_BREAK,         ['}'] = C_BREAK,
	['"'] = C_BREAK,          [0x80 ... 0xFF] = C_MULTI,
};

static uint16_t fold_number(const char *folded)
{
	uint64_t code = 0;
	while (*folded)
		code = code << 6 | (letter_ascii[(uint8_t)*folded++] & LETTER_NUMBER);
	return syllable_find(code)->fold;
}

TokenIter *token_iter_new(Err *err)
{
	TokenIter *it = malloc(sizeof *it);
	if (!it) {
		err_no_memory(err);
		return NULL;
	}
	buf_init(&it->decoded);
	buf_init(&it->origin);
	it->memo = NULL;
	memset(it->spellings, 0, sizeof it->spellings);
	it->fold_day = fold_number("ngay");
	it->fold_month = fold_number("thang");
	it->fold_year = fold_number("nam");
	token_iter_set(it, STR(""));
	return it;
}

void token_iter_free(TokenIter *it)
{
	if (!it)
		return;
	buf_done(&it->decoded);
	buf_done(&it->origin);
	legacy_memo_free(it->memo);
	free(it);
}

void token_iter_set(TokenIter *it, Str text)
{
	it->start = it->at = it->view = it->span_end = (const uint8_t *)(text.ptr ? text.ptr : "");
	it->end = it->start + (text.len < TOKEN_TEXT_MAX ? text.len : TOKEN_TEXT_MAX);
	it->flags = it->newlines = 0;
	it->line_is_plain = it->suspicious = false;
	it->skims = false;
	it->left_out = 0;
	it->head = it->count = 0;
	it->words_len = 0;
}

void token_iter_skim(TokenIter *it, const TokenWanted *wanted)
{
	it->skims = true;
	it->wanted = *wanted;
	if (it->wanted.spans) {
		token_want(&it->wanted, it->fold_day);
		token_want(&it->wanted, it->fold_month);
		token_want(&it->wanted, it->fold_year);
	}
}

static inline bool is_wanted(const TokenWanted *wanted, uint16_t fold)
{
	return wanted->folds[fold / 64 % (TOKEN_FOLDS_MAX / 64)] >> (fold & 63) & 1;
}

/* Removes the last token from the queue if it is not wanted. */
static void skim_last(TokenIter *it)
{
	const Token *last = &it->queue[it->count - 1];
	if (last->kind == TOKEN_SYLLABLE ? is_wanted(&it->wanted, last->fold)
					 : last->kind != TOKEN_DIGITS || it->wanted.digits || it->wanted.spans)
		return;
	it->left_out = last->left_out + 1u;
	it->count--;
}

/* ---- letters ---- */

/* Reads Vietnamese letters with their marks; stops at the first other character. */
static inline const uint8_t *read_letters(const uint8_t *p, const uint8_t *end, LetterRun *run)
{
	uint64_t code = 0;
	unsigned count = 0, tone = 0, any = 0, all = 0xFFFF;
	while (p < end) {
		unsigned width = 1, letter = letter_ascii[*p];
		if (!letter) {
			if (*p < 0x80)
				break;
			letter = letter_at(p, end, &width);
			if (!letter) {
				Mark mark = count ? letter_mark_at(p, end) : MARK_NONE;
				if (mark == MARK_NONE)
					break;
				letter = letter_with_mark((Letter)((code & LETTER_NUMBER) |
								   (mark <= MARK_DOT ? 0 : tone << LETTER_TONE_SHIFT)),
							  mark);
				code = (code & ~(uint64_t)LETTER_NUMBER) | (letter & LETTER_NUMBER);
				tone = letter & LETTER_TONE ? letter >> LETTER_TONE_SHIFT & 7 : tone;
				any |= letter & LETTER_MARKED;
				p += 2;
				continue;
			}
		}
		code = code << 6 | (letter & LETTER_NUMBER);
		tone = letter & LETTER_TONE ? letter >> LETTER_TONE_SHIFT & 7 : tone;
		any |= letter;
		all &= letter;
		count++;
		p += width;
	}
	*run = (LetterRun){code, count, tone, (Letter)any, (Letter)all};
	return p;
}

/* Does the character at p (not ASCII, no Vietnamese letter) end a word? Those that run into words are left to
 * token_scan_word. */
static inline bool ends_word(const uint8_t *p, const uint8_t *end)
{
	if (end - p >= 2 && p[0] == 0xC2 && p[1] == 0xA0)
		return true;
	if (end - p >= 3 && p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0xA7)
		return true;
	uint32_t c;
	if (!utf8_decode((const char *)p, (size_t)(end - p), &c))
		return true;
	CharClass class = char_class(c);
	return class != CHAR_LETTER && class != CHAR_IGNORED;
}

static const uint8_t *scan_letters(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	LetterRun run;
	unsigned width;
	const uint8_t *stop = read_letters(p, end, &run);
	if (stop < end && *stop >= 0x80 && !ends_word(stop, end))
		return token_scan_word(it, p, end);
	if (stop < end && (*stop == '\'' || *stop == 0xE2 || *stop == 0xCA) &&
	    token_apostrophe_joins(stop, end, &width))
		return token_scan_word(it, p, end);
	if (stop < end && run.count == 1 && byte_class[*stop] == C_DIGIT && p >= it->span_end && end - stop > 2 &&
	    byte_class[stop[1]] == C_DIGIT && token_seeks_spans(it))
		token_try_case_number(it, p, end);
	const SyllableSlot *slot = run.count <= SYLLABLE_LETTERS_MAX ? syllable_find(run.code) : NULL;
	if (slot && slot->tones >> run.tone & 1) {
		Token *token = token_push(it, TOKEN_SYLLABLE, p, stop);
		token->flags |=
			(run.any & LETTER_MARKED ? TOKEN_MARKED : 0) | (run.all & LETTER_UPPER ? TOKEN_CAPITALS : 0);
		token->fold = slot->fold;
		token->syllable = syllable_number(slot, run.tone);
		token->folded = syllable_folded(token->fold);
		token->key = syllable_key(token->syllable);
		return stop;
	}
	bool code_follows =
		stop < end && byte_class[*stop] == C_DIGIT; /* QH14, H40: token_scan_word takes the digits too */
	if (run.count > SYLLABLE_LETTERS_MAX || code_follows)
		return token_scan_word(it, p, end);
	token_push_letters(it, p, stop, &run);
	return stop;
}

/* ---- everything else ---- */

static const uint8_t *scan_multi(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	unsigned width;
	if (letter_at(p, end, &width))
		return scan_letters(it, p, end);
	if (end - p >= 2 && p[0] == 0xC2 && p[1] == 0xA0)
		return p + 2;
	uint32_t c;
	width = (unsigned)utf8_decode((const char *)p, (size_t)(end - p), &c);
	if (!width) {
		it->flags |= TOKEN_BREAK_BEFORE;
		return p + 1;
	}
	if (token_is_suspicious(c))
		it->suspicious = true;
	switch (char_class(c)) {
	case CHAR_LETTER:
	case CHAR_DIGIT:
	case CHAR_IDEOGRAPH:
		return token_scan_word(it, p, end);
	case CHAR_BREAK:
		it->flags |= TOKEN_BREAK_BEFORE;
		break;
	default:
		break;
	}
	return p + width;
}

/* ---- words by their bytes ---- */

/* How many of the 16 bytes at p can stand in a Vietnamese word: ASCII letters, continuation bytes, leads C3..CF and E1.
 */
static inline unsigned word_bytes(const uint8_t *p)
{
#ifdef __SSE2__
	__m128i b = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i small = _mm_or_si128(b, _mm_set1_epi8(0x20)); /* signed compares: 0x80.. is negative */
	__m128i letter = _mm_and_si128(_mm_cmpgt_epi8(small, _mm_set1_epi8('a' - 1)),
				       _mm_cmplt_epi8(small, _mm_set1_epi8('z' + 1)));
	__m128i trail = _mm_cmplt_epi8(b, _mm_set1_epi8((char)0xC0));
	__m128i lead = _mm_and_si128(_mm_cmpgt_epi8(b, _mm_set1_epi8((char)0xC2)),
				     _mm_cmplt_epi8(b, _mm_set1_epi8((char)0xD0)));
	__m128i three = _mm_cmpeq_epi8(b, _mm_set1_epi8((char)0xE1));
	unsigned inside =
		(unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(letter, trail), _mm_or_si128(lead, three)));
	return (unsigned)__builtin_ctz(~inside);
#else
	unsigned n = 0;
	for (; n < 16; n++) {
		uint8_t c = p[n];
		if (!letter_ascii[c] && (c < 0x80 || (c > 0xBF && c < 0xC3) || (c > 0xCF && c != 0xE1)))
			break;
	}
	return n;
#endif
}

static inline Spelling *find_spelling(TokenIter *it, uint64_t low, uint64_t high)
{
	uint64_t hash = (low ^ high * 0xff51afd7ed558ccdu) * 0x9e3779b97f4a7c15u;
	return &it->spellings[hash >> (64 - SPELLINGS_LOG2)];
}

static void keep_spelling(TokenIter *it, Spelling *spelling, uint64_t low, uint64_t high)
{
	const Token *token = &it->queue[it->count - 1];
	*spelling = (Spelling){
		.low = low,
		.high = high,
		.key_at = syllable_key_at[token->syllable],
		.folded_at = syllable_fold_at[token->fold],
		.syllable = token->syllable,
		.fold = token->fold,
		.flags = token->flags & (TOKEN_MARKED | TOKEN_CAPITALS),
	};
}

/* Syllables with single blanks between them, as long as it goes; stops at anything else. */
static inline __attribute__((always_inline)) const uint8_t *scan_syllables(TokenIter *it, const uint8_t *p,
									   const uint8_t *end, bool skims)
{
	static const uint64_t masks[9] = {
		0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, ~0ull};
	while (end - p > 16 && it->count < TOKEN_QUEUE - 4 && it->words_len < TOKEN_WORDS - WORDS_SPARE) {
		unsigned len = word_bytes(p);
		uint8_t behind = p[len];
		if (len - 1u >= SPELLING_MAX || behind >= 0x80 || behind == '\'' ||
		    (len == 1 && byte_class[behind] == C_DIGIT))
			break;
		uint64_t low = get_le64(p) & masks[len < 8 ? len : 8],
			 high = get_le64(p + 8) & masks[len < 8 ? 0 : len - 8];
		Spelling *spelling = find_spelling(it, low, high);
		bool is_known = spelling->low == low && spelling->high == high;
		if (is_known && skims && !is_wanted(&it->wanted, spelling->fold)) {
			it->left_out++;
			it->flags = it->newlines = 0;
		} else if (is_known) {
			Token *token = token_push(it, TOKEN_SYLLABLE, p, p + len);
			token->flags |= spelling->flags;
			token->fold = spelling->fold;
			token->syllable = spelling->syllable;
			token->folded = syllable_from_pool(syllable_fold_pool, spelling->folded_at);
			token->key = syllable_from_pool(syllable_key_pool, spelling->key_at);
		} else {
			unsigned width;
			if (!letter_at(p, end, &width))
				break;
			const uint8_t *stop = scan_letters(it, p, end);
			if (stop != p + len || it->queue[it->count - 1].kind != TOKEN_SYLLABLE)
				return stop;
			keep_spelling(it, spelling, low, high);
			if (skims)
				skim_last(it);
		}
		p += len;
		if (behind != ' ')
			break;
		p++;
	}
	return p;
}

/* The state at the beginning of a line: scanning returns to it when the line turns out to be legacy text. */
typedef struct {
	const uint8_t *at, *span_end;
	size_t words_len;
	unsigned count, left_out;
	uint8_t flags, newlines;
} LineMark;

static void set_mark(TokenIter *it, const uint8_t *at, LineMark *mark)
{
	it->line_first = it->count;
	it->crossing_span = NO_CROSSING_SPAN;
	*mark = (LineMark){at, it->span_end, it->words_len, it->count, it->left_out, it->flags, it->newlines};
}

static void return_to_mark(TokenIter *it, const LineMark *mark)
{
	if (it->crossing_span != NO_CROSSING_SPAN) /* the date that began on the line before is found again */
		memmove(&it->queue[it->crossing_span], &it->queue[it->crossing_span + 1],
			(mark->count - it->crossing_span) * sizeof it->queue[0]);
	it->line_first = mark->count;
	it->crossing_span = NO_CROSSING_SPAN;
	it->span_end = mark->span_end;
	it->words_len = mark->words_len;
	it->count = mark->count;
	it->left_out = mark->left_out;
	it->flags = mark->flags;
	it->newlines = mark->newlines;
	it->suspicious = false;
}

static bool has_room(const TokenIter *it)
{
	return it->count < TOKEN_QUEUE - 4 && it->words_len < TOKEN_WORDS - WORDS_SPARE;
}

static const uint8_t *scan_one(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	switch (byte_class[*p]) {
	case C_LETTER: {
		const uint8_t *stop = it->skims ? scan_syllables(it, p, end, true) : scan_syllables(it, p, end, false);
		return stop != p ? stop : scan_letters(it, p, end);
	}
	case C_DIGIT:
		return token_scan_digits(it, p, end);
	case C_MULTI:
		return scan_multi(it, p, end);
	case C_BREAK: /* inside numbers and codes (66.15, H40.15) it ends no clause */
		if (end - p < 2 || byte_class[p[1]] != C_DIGIT)
			it->flags |= TOKEN_BREAK_BEFORE;
		return p + 1;
	case C_NEWLINE: /* an empty line ends a clause; a line may be wrapped anywhere */
		if (it->newlines < 2 && ++it->newlines == 2)
			it->flags |= TOKEN_BREAK_BEFORE;
		return p + 1;
	default:
		return p + 1;
	}
}

static inline const uint8_t *scan_next(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	unsigned count = it->count;
	p = scan_one(it, p, end);
	if (it->skims && it->count > count)
		skim_last(it);
	return p;
}

/* Decodes the line that begins at the mark and scans it; *end_out is where scanning goes on in the text, NULL: the line
 * is not legacy text. Offsets of its tokens are mapped back into the text. */
static Status scan_legacy(TokenIter *it, const LineMark *mark, const uint8_t **end_out, Err *err)
{
	const uint8_t *line_end = memchr(mark->at, '\n', (size_t)(it->end - mark->at));
	line_end = line_end ? line_end : it->end;
	if (line_end - mark->at > LEGACY_LINE_MAX) {
		line_end = mark->at + LEGACY_LINE_MAX;
		while (line_end > mark->at && (*line_end & 0xC0) == 0x80)
			line_end--;
	}
	bool is_legacy = false;
	Str line = {(const char *)mark->at, (size_t)(line_end - mark->at)};
	if (!it->memo)
		it->memo = legacy_memo_new();
	Status st = legacy_line_decode(line, it->memo, &it->decoded, &it->origin, &is_legacy, err);
	if (st != ST_OK)
		return st;
	it->line_is_plain = true;
	*end_out = NULL;
	if (!is_legacy)
		return ST_OK;
	const uint32_t *origin = (const uint32_t *)(const void *)it->origin.data;
	it->view = it->span_end = (const uint8_t *)it->decoded.data;
	it->decoded_at = mark->at;
	it->mapped = it->count;
	const uint8_t *p = it->view, *end = p + it->decoded.len;
	while (p < end && has_room(it))
		p = scan_next(it, p, end);
	token_map_offsets(it);
	*end_out = mark->at + (p < end ? origin[p - it->view] : line.len);
	it->view = it->span_end = it->start;
	it->suspicious = false;
	bool line_goes_on = line_end < it->end && *line_end != '\n'; /* a long line is looked at in parts */
	it->line_is_plain = p >= end && !line_goes_on;
	return ST_OK;
}

/* Moves the waiting tokens and their words to the front of their buffers. */
static void make_room(TokenIter *it)
{
	char kept[HELD_BACK * (160 + TOKEN_KEY_MAX)];
	size_t len = 0;
	unsigned waiting = it->count - it->head;
	memmove(it->queue, it->queue + it->head, waiting * sizeof it->queue[0]);
	for (unsigned i = 0; i < waiting; i++) {
		Token *token = &it->queue[i];
		Str *parts[2] = {&token->folded, &token->key};
		bool same = token->folded.ptr == token->key.ptr;
		for (int k = 0; k < 2; k++) {
			if (k == 1 && same) {
				token->key = token->folded;
				continue;
			}
			if (parts[k]->ptr < it->words || parts[k]->ptr >= it->words + TOKEN_WORDS)
				continue;
			memcpy(kept + len, parts[k]->ptr, parts[k]->len);
			parts[k]->ptr = it->words + len;
			len += parts[k]->len;
		}
	}
	memcpy(it->words, kept, len);
	it->words_len = len;
	it->head = 0;
	it->count = waiting;
}

static Status fill(TokenIter *it, Err *err)
{
	make_room(it);
	const uint8_t *p = it->at, *end = it->end;
	LineMark mark;
	set_mark(it, p, &mark);
	it->suspicious = false;
	while (p < end && has_room(it)) {
		bool newline = *p == '\n';
		p = scan_next(it, p, end);
		if (newline) {
			it->line_is_plain = false;
			if (it->count >= QUEUE_SOFT || p - it->at > FILL_BYTES)
				break;
			set_mark(it, p, &mark);
		} else if (it->suspicious && !it->line_is_plain) {
			const uint8_t *line_end;
			return_to_mark(it, &mark);
			Status st = scan_legacy(it, &mark, &line_end, err);
			if (st != ST_OK)
				return st;
			p = line_end ? line_end : mark.at;
			set_mark(it, p, &mark);
		}
	}
	it->at = p;
	return ST_OK;
}

static inline unsigned held_back(const TokenIter *it)
{
	return it->at < it->end && token_seeks_spans(it) ? HELD_BACK : 0;
}

/* Fills the queue until a token can be handed out. */
static inline Step prepare(TokenIter *it, Err *err)
{
	while (it->count - it->head <= held_back(it)) {
		if (it->at >= it->end)
			return STEP_END;
		if (fill(it, err) != ST_OK)
			return STEP_ERROR;
	}
	return STEP_ITEM;
}

Step token_next(TokenIter *it, Token *out, Err *err)
{
	Step step = prepare(it, err);
	if (step == STEP_ITEM)
		*out = it->queue[it->head++];
	return step;
}

Step token_next_run(TokenIter *it, const Token **out, size_t *count_out, Err *err)
{
	Step step = prepare(it, err);
	if (step != STEP_ITEM)
		return step;
	*out = &it->queue[it->head];
	*count_out = it->count - it->head - held_back(it);
	it->head += (unsigned)*count_out;
	return STEP_ITEM;
}
