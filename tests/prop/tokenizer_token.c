/* tests/prop/tokenizer_token.c - what must hold for any text: seeded texts of our own and, where it is there, the
 * shared corpus. Prints its seed; HOSO_SEED repeats a run.
 */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tokenizer/fold.h"
#include "tokenizer/plain.h"
#include "tokenizer/syllable.h"
#include "tokenizer/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

static TokenIter *iter, *other;
static uint64_t seed;

static int set_up(void **state)
{
	Err err;
	(void)state;
	const char *given = getenv("HOSO_SEED");
	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	print_message("HOSO_SEED=%llu\n", (unsigned long long)seed);
	seed |= 1;
	iter = token_iter_new(&err);
	other = token_iter_new(&err);
	return iter && other ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	token_iter_free(iter);
	token_iter_free(other);
	return 0;
}

static unsigned next_random(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 20) % below;
}

/* A text of syllables, names, numbers, dates and marks, wrapped here and there. */
static void make_text(Buf *out, unsigned words)
{
	static const char *const others[] = {
		"UBND",
		"15/2019/QĐ-UBND",
		"ngày 12 tháng 3 năm 2019",
		"12/3/2019",
		"H40.15-210521-0012",
		"5.219",
		"95,94 %",
		"Đắk Lắk",
		"QH14",
		"–",
		"“Điều 1”",
		"(mới)",
		"07/2025/NĐ-СР",
		"漢字",
		"naïve",
		"52-NQ/TW",
		"30-4",
		"K'Brơi",
		"\xC2\xA0",
		"th\xC2\xADư",
		"hoa\xCC\x80",
		"NN&PTNT",
		"Россия",
		"thué",
	};
	for (unsigned i = 0; i < words; i++) {
		if (next_random(6) == 0)
			buf_add_zero_terminated(out, others[next_random(sizeof others / sizeof others[0])]);
		else
			buf_add_str(out, syllable_key((uint16_t)(1 + next_random(syllable_count() - 1))));
		unsigned gap = next_random(24);
		buf_add_zero_terminated(out, gap == 0 ? "\n" : gap == 1 ? ", " : gap == 2 ? ".\n\n" : " ");
	}
}

static void to_form(Str text, bool composed, Buf *out)
{
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *form = composed ? unorm2_getNFCInstance(&error) : unorm2_getNFDInstance(&error);
	int32_t capacity = (int32_t)text.len * 4 + 16, wide_len, normal_len, len;
	UChar *wide = malloc((size_t)capacity * sizeof *wide), *normal = malloc((size_t)capacity * sizeof *normal);
	assert_true(wide && normal);
	u_strFromUTF8(wide, capacity, &wide_len, text.ptr, (int32_t)text.len, &error);
	normal_len = unorm2_normalize(form, wide, wide_len, normal, capacity, &error);
	char *bytes = buf_extend(out, (size_t)capacity);
	u_strToUTF8(bytes, capacity, &len, normal, normal_len, &error);
	assert_true(U_SUCCESS(error));
	out->len -= (size_t)(capacity - len);
	free(wide);
	free(normal);
}

/* Offsets rise, lie inside, cut no character, and point at what the token says. */
static void check_offsets(Str text)
{
	Token token;
	Err err;
	uint32_t plain_end = 0, last_start = 0;
	token_iter_set(iter, text);
	while (token_next(iter, &token, &err) == STEP_ITEM) {
		assert_true(token.start < token.end && token.end <= text.len);
		assert_true(token.start >= last_start);
		last_start = token.start;
		if (utf8_is_valid(text)) {
			assert_true(((uint8_t)text.ptr[token.start] & 0xC0) != 0x80);
			assert_true(token.end == text.len || ((uint8_t)text.ptr[token.end] & 0xC0) != 0x80);
		}
		if (token.kind >= TOKEN_RECORD_NUMBER)
			continue;
		assert_true(token.start >= plain_end); /* plain tokens do not overlap */
		plain_end = token.end;
		assert_true(token.folded.len > 0 && token.key.len > 0);
		assert_true(token.fold <= syllable_fold_count() && token.syllable <= syllable_count());
		assert_true((token.kind == TOKEN_SYLLABLE) == (token.syllable != 0));
		if (token.fold)
			assert_str_equal(token.folded, syllable_folded(token.fold));
		if (token.syllable)
			assert_str_equal(token.key, syllable_key(token.syllable));
	}
}

/* The same tokens, apart from where they stand (and the first flags, when `skip_first`). */
static void check_same_tokens(Str a, Str b)
{
	Token x, y;
	Err err;
	token_iter_set(iter, a);
	token_iter_set(other, b);
	for (size_t i = 0;; i++) {
		Step step = token_next(iter, &x, &err), other_step = token_next(other, &y, &err);
		assert_int_equal(step, other_step);
		if (step != STEP_ITEM)
			return;
		if (x.kind != y.kind || !str_eq(x.key, y.key))
			fail_msg("\"%.*s\" (%.*s) and \"%.*s\" (%.*s)",
				 (int)(a.len - x.start < 60 ? a.len - x.start : 60), a.ptr + x.start, STR_ARG(x.key),
				 (int)(b.len - y.start < 60 ? b.len - y.start : 60), b.ptr + y.start, STR_ARG(y.key));
		assert_str_equal(x.folded, y.folded);
		assert_int_equal(x.flags, y.flags);
		assert_int_equal(x.fold, y.fold);
	}
}

static void offsets_lead_back_to_the_text(void **state)
{
	(void)state;
	for (int round = 0; round < 60; round++) {
		Buf text = {0};
		make_text(&text, 200 + next_random(3000));
		check_offsets(buf_str(&text));
		for (int damage = 0; damage < 50; damage++) /* and to a damaged one */
			text.data[next_random((unsigned)text.len)] = (char)next_random(256);
		check_offsets(buf_str(&text));
		buf_done(&text);
	}
}

static void composed_and_decomposed_text_give_the_same_tokens(void **state)
{
	(void)state;
	for (int round = 0; round < 40; round++) {
		Buf text = {0}, composed = {0}, decomposed = {0};
		make_text(&text, 1500);
		to_form(buf_str(&text), true, &composed);
		to_form(buf_str(&text), false, &decomposed);
		check_same_tokens(buf_str(&composed), buf_str(&decomposed));
		check_offsets(buf_str(&decomposed));
		buf_done(&text);
		buf_done(&composed);
		buf_done(&decomposed);
	}
}

/* NFC(NFD(x)) = NFC(x), as ICU has it: what grammars and headers read is composed, whatever was given. */
static void a_plain_copy_is_composed_from_any_form(void **state)
{
	(void)state;
	static char from_composed[1 << 16], from_decomposed[1 << 16];
	for (int round = 0; round < 40; round++) {
		Buf text = {0}, composed = {0}, decomposed = {0}, again = {0};
		make_text(&text, 1500);
		to_form(buf_str(&text), true, &composed);
		to_form(buf_str(&text), false, &decomposed);
		Str a = {from_composed, plain_copy(buf_str(&composed), from_composed, sizeof from_composed)};
		Str b = {from_decomposed, plain_copy(buf_str(&decomposed), from_decomposed, sizeof from_decomposed)};
		assert_true(a.len > 1000 && a.len < sizeof from_composed);
		assert_str_equal(a, b);
		to_form(b, true, &again);
		assert_str_equal(b, buf_str(&again));
		buf_done(&text);
		buf_done(&composed);
		buf_done(&decomposed);
		buf_done(&again);
	}
}

/* Pieces cut at empty lines, analysed one by one, are the whole. */
static void a_text_in_pieces_is_the_text_as_a_whole(void **state)
{
	(void)state;
	for (int round = 0; round < 40; round++) {
		Buf text = {0};
		Token whole, part;
		Err err;
		make_text(&text, 4000);
		token_iter_set(iter, buf_str(&text));
		size_t start = 0;
		while (start < text.len) {
			ptrdiff_t gap = str_find(str_slice(buf_str(&text), start, text.len), STR("\n\n"));
			size_t end = gap < 0 ? text.len : start + (size_t)gap + 2;
			token_iter_set(other, str_slice(buf_str(&text), start, end));
			bool first = true;
			while (token_next(other, &part, &err) == STEP_ITEM) {
				assert_int_equal(token_next(iter, &whole, &err), STEP_ITEM);
				if (whole.start != start + part.start || whole.end != start + part.end)
					fail_msg("\"%.*s\" in the whole, \"%.*s\" in the piece",
						 (int)(whole.end - whole.start), text.data + whole.start,
						 (int)(part.end - part.start), text.data + start + part.start);
				assert_str_equal(whole.key, part.key);
				assert_int_equal(whole.kind, part.kind);
				if (!first) /* what stood before the first is another piece */
					assert_int_equal(whole.flags, part.flags);
				first &= part.kind >= TOKEN_RECORD_NUMBER;
			}
			start = end;
		}
		assert_int_equal(token_next(iter, &whole, &err), STEP_END);
		buf_done(&text);
	}
}

static bool is_asked_for(const TokenWanted *wanted, const Token *token)
{
	if (token->kind >= TOKEN_RECORD_NUMBER)
		return wanted->spans;
	if (token->kind == TOKEN_DIGITS)
		return wanted->digits || wanted->spans;
	return token->kind == TOKEN_WORD || wanted->folds[token->fold / 64] >> token->fold % 64 & 1;
}

/* Skimming hands out the wanted tokens exactly as the whole stream has them, and counts those it left out. */
static void check_skimmed(Str text, const TokenWanted *wanted)
{
	Token whole, skimmed;
	Err err;
	uint64_t passed = 0, taken = 0; /* plain tokens of the one stream, and of the other with those it left out */
	token_iter_set(iter, text);
	token_iter_set(other, text);
	token_iter_skim(other, wanted);
	Step step = token_next(other, &skimmed, &err);
	while (token_next(iter, &whole, &err) == STEP_ITEM) {
		bool is_span = whole.kind >= TOKEN_RECORD_NUMBER,
		     same = step == STEP_ITEM && whole.start == skimmed.start && whole.kind == skimmed.kind;
		if (is_asked_for(wanted, &whole) && !same)
			fail_msg("\"%.*s\" was left out", (int)(whole.end - whole.start), text.ptr + whole.start);
		if (same) {
			assert_int_equal(whole.end, skimmed.end);
			assert_int_equal(whole.fold, skimmed.fold);
			assert_str_equal(whole.key, skimmed.key);
			assert_int_equal(passed, taken + skimmed.left_out);
			if (!skimmed.left_out) /* what was left out may have taken the end of a clause with it */
				assert_int_equal(whole.flags, skimmed.flags);
			taken += is_span ? 0 : skimmed.left_out + 1u;
			step = token_next(other, &skimmed, &err);
		}
		passed += !is_span;
	}
	assert_int_equal(step, STEP_END);
}

static void skimming_leaves_out_what_is_not_wanted_and_nothing_else(void **state)
{
	(void)state;
	for (int round = 0; round < 120; round++) {
		Buf text = {0};
		TokenWanted wanted = {.digits = next_random(3) == 0, .spans = next_random(3) == 0};
		for (unsigned n = next_random(400); n > 0; n--) {
			token_want(&wanted, (uint16_t)(1 + next_random(syllable_fold_count() - 1)));
		}
		make_text(&text, 200 + next_random(3000));
		if (round % 2)
			buf_add_zero_terminated(&text, "\nC¨n cø NghÞ ®Þnh cña ChÝnh phñ, Céng hßa x· héi chñ nghÜa "
						       "ViÖt Nam ngµy 30 th¸ng 4 n¨m 2019\n");
		make_text(&text, 200);
		check_skimmed(buf_str(&text), &wanted);
		for (int damage = 0; damage < 20; damage++)
			text.data[next_random((unsigned)text.len)] = (char)next_random(128);
		check_skimmed(buf_str(&text), &wanted);
		buf_done(&text);
	}
}

static void folding_twice_is_folding_once_and_is_ascii_for_latin(void **state)
{
	(void)state;
	for (uint32_t c = 1; c < 0x110000; c++) {
		char bytes[4];
		Buf once = {0}, twice = {0};
		if (c >= 0xD800 && c < 0xE000)
			continue;
		if (c > 0x3000 && c % 37) /* every 37th of the rest */
			continue;
		fold_text((Str){bytes, utf8_encode(c, bytes)}, &once);
		fold_text(buf_str(&once), &twice);
		if (!str_eq(buf_str(&once), buf_str(&twice)))
			fail_msg("U+%04X folds to \"%.*s\" and then to \"%.*s\"", c, STR_ARG(buf_str(&once)),
				 STR_ARG(buf_str(&twice)));
		bool latin = (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7) || (c >= 0x1E00 && c < 0x1F00);
		for (size_t i = 0; latin && i < once.len; i++)
			if ((uint8_t)once.data[i] >= 0x80 || once.len == 0)
				fail_msg("U+%04X folds to \"%.*s\"", c, STR_ARG(buf_str(&once)));
		buf_done(&once);
		buf_done(&twice);
	}
}

static void a_folded_text_has_the_folded_forms_of_the_text(void **state)
{
	(void)state;
	Buf text = {0}, folded = {0};
	for (unsigned i = 1; i <= syllable_count(); i++) {
		buf_add_str(&text, syllable_key((uint16_t)i));
		text.len -= text.data[text.len - 1] <= '9'; /* the tone digit */
		buf_add_char(&text, ' ');
	}
	fold_text(buf_str(&text), &folded);
	Token a, b;
	Err err;
	token_iter_set(iter, buf_str(&text));
	token_iter_set(other, buf_str(&folded));
	while (token_next(iter, &a, &err) == STEP_ITEM) {
		assert_int_equal(token_next(other, &b, &err), STEP_ITEM);
		assert_str_equal(a.folded, b.folded);
		assert_int_equal(a.fold, b.fold);
	}
	buf_done(&text);
	buf_done(&folded);
}

static Status read_shared(const char *name, Buf *out)
{
	char path[600];
	Err err;
	const char *shared = getenv("HOSO_SHARED");
	snprintf(path, sizeof path, "%s/%s", shared ? shared : "../shared", name);
	return file_read_all(path, 1 << 22, out, &err);
}

static void both_tone_placements_have_the_same_key(void **state)
{
	(void)state;
	Buf file = {0};
	if (read_shared("domain/tone_placement.tsv", &file) != ST_OK) {
		buf_done(&file);
		print_message("skipped: the shared table of tone placement is not there\n");
		skip();
	}
	Str rest = buf_str(&file), line, old_form, new_form;
	size_t pairs = 0;
	while (str_split(&rest, '\n', &line)) {
		if (!line.len || line.ptr[0] == '#' || str_starts(line, STR("old\t")))
			continue;
		str_split(&line, '\t', &old_form);
		str_split(&line, '\t', &new_form);
		check_same_tokens(old_form, new_form);
		pairs++;
	}
	buf_done(&file);
	assert_true(pairs > 60);
}

/* All words of a spelling dictionary keep different keys, and are syllables. */
static void no_two_syllables_of_a_dictionary_collide(void **state)
{
	(void)state;
	Buf file = {0};
	if (read_shared("lexicon/hunspell/dictionaries_vi-DauMoi.dic", &file) != ST_OK) {
		buf_done(&file);
		print_message("skipped: the shared word list is not there\n");
		skip();
	}
	uint8_t *seen = calloc(syllable_count() + 1, 1);
	assert_non_null(seen);
	Str rest = buf_str(&file), line;
	size_t words = 0, syllables = 0;
	while (str_split(&rest, '\n', &line)) {
		Token token;
		Err err;
		token_iter_set(iter, str_trim(line));
		if (token_next(iter, &token, &err) != STEP_ITEM || token.kind == TOKEN_DIGITS)
			continue;
		bool name = false; /* RAM beside ram */
		for (size_t i = 0; i < line.len; i++)
			name |= line.ptr[i] >= 'A' && line.ptr[i] <= 'Z';
		if (name)
			continue;
		words++;
		if (token.kind != TOKEN_SYLLABLE)
			continue;
		syllables++;
		if (seen[token.syllable]++)
			fail_msg("two words have the key %.*s", STR_ARG(token.key));
	}
	buf_done(&file);
	free(seen);
	assert_true(words > 6000 && syllables + 45 > words); /* the rest are ABC, HTML, UBND … */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_lead_back_to_the_text),
		cmocka_unit_test(composed_and_decomposed_text_give_the_same_tokens),
		cmocka_unit_test(a_plain_copy_is_composed_from_any_form),
		cmocka_unit_test(a_text_in_pieces_is_the_text_as_a_whole),
		cmocka_unit_test(skimming_leaves_out_what_is_not_wanted_and_nothing_else),
		cmocka_unit_test(folding_twice_is_folding_once_and_is_ascii_for_latin),
		cmocka_unit_test(a_folded_text_has_the_folded_forms_of_the_text),
		cmocka_unit_test(both_tone_placements_have_the_same_key),
		cmocka_unit_test(no_two_syllables_of_a_dictionary_collide),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
