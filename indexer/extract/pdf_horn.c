/* indexer/extract/pdf_horn.c - a hyphen within or at the end of a word is "ư" where that makes a syllable, and the
 * parts beside it are not words already: "t-íng" is, "Hà-Nội" is not. */
#include "indexer/extract/pdf_horn.h"

#include "tokenizer/legacy.h"

static const Str horn = {"\xC2\xAD", 2};

/* Lines of letters beyond ASCII are enough to know the encoding by. */
static bool is_tcvn3(Str text)
{
	Buf sample = {0}, units = {0};
	Str rest = text, line;
	while (sample.len < 4 * LEGACY_SAMPLE && str_split(&rest, '\n', &line))
		if (str_find_char(line, '\xC2') >= 0 || str_find_char(line, '\xC3') >= 0) {
			buf_add_str(&sample, line);
			buf_add_char(&sample, '\n');
		}
	legacy_units_of_text(buf_str(&sample), &units);
	size_t count = units.len / sizeof(LegacyUnit);
	LegacyGuess guess = legacy_guess_text((const LegacyUnit *)(const void *)units.data,
					      count < LEGACY_SAMPLE ? count : LEGACY_SAMPLE, NULL);
	bool is = buf_ok(&sample) && buf_ok(&units) && guess.sure && guess.kind == LEGACY_TCVN3;
	buf_done(&sample);
	buf_done(&units);
	return is;
}

static bool is_letter(char c)
{
	return (uint8_t)c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

typedef struct {
	Buf word, units, decoded;
} Judge;

/* One syllable, when it is read as TCVN3. */
static bool is_syllable(Judge *j, Str before, Str middle, Str after)
{
	buf_clear(&j->word);
	buf_clear(&j->units);
	buf_clear(&j->decoded);
	buf_add_str(&j->word, before);
	buf_add_str(&j->word, middle);
	buf_add_str(&j->word, after);
	legacy_units_of_text(buf_str(&j->word), &j->units);
	legacy_decode(LEGACY_TCVN3, (const LegacyUnit *)(const void *)j->units.data, j->units.len / sizeof(LegacyUnit),
		      &j->decoded, NULL);
	LegacyScore score = legacy_score(buf_str(&j->decoded));
	return buf_ok(&j->word) && buf_ok(&j->units) && buf_ok(&j->decoded) && score.words == 1 && score.valid == 1;
}

static bool is_horn(Judge *j, Str text, size_t at)
{
	enum { WORD_MAX = 24 };
	Str none = {NULL, 0};
	size_t start = at, end = at + 1;
	while (start > 0 && at - start < WORD_MAX && is_letter(text.ptr[start - 1]))
		start--;
	while (end < text.len && end - at < WORD_MAX && is_letter(text.ptr[end]))
		end++;
	Str before = str_slice(text, start, at), after = str_slice(text, at + 1, end);
	if (before.len + after.len == 0 || !is_syllable(j, before, horn, after))
		return false;
	if (before.len == 0) /* "-u tiên"; but "-i" begins a list */
		return !is_syllable(j, none, none, after) &&
		       (after.len > 1 || after.ptr[0] == 'u' || after.ptr[0] == 'a');
	return !(is_syllable(j, before, none, none) && (after.len == 0 || is_syllable(j, after, none, none)));
}

void pdf_find_horns(Buf *text)
{
	Str in = buf_str(text);
	Buf out = {0};
	Judge j = {0};
	if (str_find_char(in, '-') < 0 || !is_tcvn3(in))
		return;
	for (size_t at = 0; at < in.len; at++)
		if (in.ptr[at] == '-' && is_horn(&j, in, at))
			buf_add_str(&out, horn);
		else
			buf_add_char(&out, in.ptr[at]);
	buf_done(&j.word);
	buf_done(&j.units);
	buf_done(&j.decoded);
	buf_done(text);
	*text = out;
}
