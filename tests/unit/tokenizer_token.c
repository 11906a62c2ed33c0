/* tests/unit/tokenizer_token.c - the token stream: the golden file, flags, folded forms, exact offsets. */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tokenizer/syllable.h"
#include "tokenizer/token.h"

#include <stdio.h>
#include <stdlib.h>

static TokenIter *iter;

static int open_iter(void **state)
{
	Err err;
	(void)state;
	iter = token_iter_new(&err);
	return iter ? 0 : 1;
}

static int close_iter(void **state)
{
	(void)state;
	token_iter_free(iter);
	return 0;
}

/* "\n" and "\u00AD" of the golden file become what they stand for. */
static void unescape(Str line, Buf *out)
{
	for (size_t i = 0; i < line.len; i++) {
		char bytes[4], hex[5] = "";
		if (line.ptr[i] == '\\' && i + 1 < line.len && line.ptr[i + 1] == 'n') {
			buf_add_char(out, '\n');
			i++;
		} else if (line.ptr[i] == '\\' && i + 5 < line.len && line.ptr[i + 1] == 'u') {
			memcpy(hex, line.ptr + i + 2, 4);
			buf_add(out, bytes, utf8_encode((uint32_t)strtoul(hex, NULL, 16), bytes));
			i += 5;
		} else {
			buf_add_char(out, line.ptr[i]);
		}
	}
}

/* The stream in the notation of the golden files: keys, or folded forms without spans. */
static void render_as(Str text, bool folded, Buf *out)
{
	static const char *const around[TOKEN_KIND_COUNT] = {
		[TOKEN_RECORD_NUMBER] = "[]", [TOKEN_CASE_NUMBER] = "{}", [TOKEN_DATE] = "<>"};
	Token token;
	Err err;
	Buf spans = {0}; /* the break is said by the plain token behind; a token's forms live until the next only */
	token_iter_set(iter, text);
	while (token_next(iter, &token, &err) == STEP_ITEM) {
		const char *marks = around[token.kind];
		if (marks && folded)
			continue;
		if (marks) {
			buf_printf(&spans, " %c%.*s%c", marks[0], STR_ARG(token.key), marks[1]);
			continue;
		}
		if (token.flags & TOKEN_BREAK_BEFORE)
			buf_add_zero_terminated(out, out->len ? " |" : "|");
		buf_add_str(out, str_slice(buf_str(&spans), out->len == 0, spans.len));
		Str form = folded ? token.folded : token.key;
		buf_printf(out, "%s%.*s", out->len ? " " : "", STR_ARG(form));
		buf_clear(&spans);
	}
	buf_done(&spans);
}

static void render(Str text, Buf *out)
{
	render_as(text, false, out);
}

/* Each text of a golden file gives the line below it. Returns how many there were. */
static size_t check_golden(const char *name, bool folded)
{
	Buf file = {0}, text = {0}, tokens = {0};
	Err err;
	char path[600];
	const char *source = getenv("HOSO_SOURCE");
	snprintf(path, sizeof path, "%s/tests/golden/tokenizer/%s", source ? source : "../..", name);
	if (file_read_all(path, 1 << 20, &file, &err) != ST_OK)
		fail_msg("%s", err.text);
	Str rest = buf_str(&file), line;
	size_t checked = 0, wrong = 0;
	while (str_split(&rest, '\n', &line)) {
		if (!line.len || line.ptr[0] == '#')
			continue;
		if (line.ptr[0] != '\t') {
			buf_clear(&text);
			unescape(line, &text);
			continue;
		}
		buf_clear(&tokens);
		render_as(buf_str(&text), folded, &tokens);
		checked++;
		if (!str_eq(buf_str(&tokens), str_slice(line, 1, line.len))) {
			print_error("%.*s\n  gives  %.*s\n  wanted %.*s\n", STR_ARG(buf_str(&text)),
				    STR_ARG(buf_str(&tokens)), STR_ARG(str_slice(line, 1, line.len)));
			wrong++;
		}
	}
	buf_done(&file);
	buf_done(&text);
	buf_done(&tokens);
	assert_int_equal(wrong, 0);
	return checked;
}

static void each_text_of_the_golden_file_gives_the_tokens_below_it(void **state)
{
	(void)state;
	assert_true(check_golden("tokens.txt", false) >= 20);
}

static void each_text_of_the_golden_file_gives_the_folded_forms_below_it(void **state)
{
	(void)state;
	assert_true(check_golden("folded.txt", true) >= 7);
}

static Token first_token(const char *text)
{
	Token token = {0};
	Err err;
	token_iter_set(iter, str_from(text));
	assert_int_equal(token_next(iter, &token, &err), STEP_ITEM);
	return token;
}

static void marks_and_capitals_are_flagged(void **state)
{
	(void)state;
	assert_int_equal(first_token("quyền").flags, TOKEN_MARKED);
	assert_int_equal(first_token("quyen").flags, 0);
	assert_int_equal(first_token("QUYỀN").flags, TOKEN_MARKED | TOKEN_CAPITALS);
	assert_int_equal(first_token("UBND").flags, TOKEN_CAPITALS);
	assert_int_equal(first_token("đo").flags, TOKEN_MARKED);
	assert_int_equal(first_token("E\xCC\x82").flags, TOKEN_MARKED | TOKEN_CAPITALS);
}

static void an_unaccented_syllable_has_the_number_of_the_accented_ones_fold(void **state)
{
	(void)state;
	Token accented = first_token("quyền"), plain = first_token("quyen"), half = first_token("quyên");
	assert_int_equal(accented.kind, TOKEN_SYLLABLE);
	assert_int_equal(plain.kind, TOKEN_SYLLABLE);
	assert_true(accented.fold != 0);
	assert_int_equal(accented.fold, plain.fold);
	assert_int_equal(accented.fold, half.fold);
	assert_int_not_equal(accented.syllable, plain.syllable);
	assert_int_equal(syllable_fold(accented.syllable), accented.fold);
	/* what recognition made of thuế is no syllable, but folds like one */
	Token damaged = first_token("thué"), whole = first_token("thuế");
	assert_int_equal(damaged.kind, TOKEN_WORD);
	assert_int_equal(damaged.fold, whole.fold);
	assert_str_equal(damaged.folded, whole.folded);
}

static void i_and_y_fold_together_where_they_are_one_sound_only(void **state)
{
	(void)state;
	static const char *const same[][2] = {{"kỹ", "kĩ"}, {"lý", "lí"}, {"quý", "quí"},
					      {"tỷ", "tỉ"}, {"sỹ", "sĩ"}, {"Vy", "Vi"}};
	static const char *const other[][2] = {{"tay", "tai"}, {"thuy", "thui"}, {"ây", "âi"}, {"y", "i"}};
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		Token a = first_token(same[i][0]), b = first_token(same[i][1]);
		assert_str_equal(a.folded, b.folded);
		assert_int_equal(a.fold, b.fold);
		assert_false(str_eq(a.key, b.key));
	}
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		assert_false(str_eq(first_token(other[i][0]).folded, first_token(other[i][1]).folded));
}

static void the_inventory_is_dense_and_its_keys_are_all_different(void **state)
{
	(void)state;
	uint32_t count = syllable_count(), folds = syllable_fold_count();
	assert_true(count > 6642 && count < UINT16_MAX);
	assert_true(folds > 1000 && folds < 4000);
	Str *keys = calloc(count + 1, sizeof *keys);
	assert_non_null(keys);
	for (uint32_t i = 1; i <= count; i++) {
		keys[i] = syllable_key((uint16_t)i);
		uint16_t fold = syllable_fold((uint16_t)i);
		assert_true(keys[i].len > 0 && fold >= 1 && fold <= folds);
		Str folded = syllable_folded(fold);
		for (size_t k = 0; k < folded.len; k++)
			assert_true(folded.ptr[k] >= 'a' && folded.ptr[k] <= 'z');
	}
	for (uint32_t i = 1; i <= count; i++) /* neighbours by hash would do; this is quick enough */
		for (uint32_t k = i + 1; k <= count && k < i + 40; k++)
			if (str_eq(keys[i], keys[k]))
				fail_msg("two syllables have the key %.*s", STR_ARG(keys[i]));
	free(keys);
}

static void a_long_word_is_one_token_cut_in_its_forms_only(void **state)
{
	(void)state;
	char text[5000];
	memset(text, 'x', sizeof text);
	Token token;
	Err err;
	token_iter_set(iter, (Str){text, sizeof text});
	assert_int_equal(token_next(iter, &token, &err), STEP_ITEM);
	assert_int_equal(token.end - token.start, sizeof text);
	assert_true(token.folded.len <= TOKEN_FOLDED_MAX && token.folded.len > 40);
	assert_int_equal(token_next(iter, &token, &err), STEP_END);
}

static void bytes_that_are_no_utf8_part_tokens_and_end_clauses(void **state)
{
	(void)state;
	Buf out = {0};
	render(STR("nhà\xFF\xFEnước \xC3 và\xE1\xBB"), &out);
	assert_str_equal(buf_str(&out), STR("nha1 | nươc2 | va1"));
	buf_done(&out);
}

static void runs_of_tokens_are_the_tokens_one_by_one(void **state)
{
	(void)state;
	Buf text = {0};
	Err err;
	Token one;
	const Token *run;
	size_t count, runs = 0;
	TokenIter *other = token_iter_new(&err);
	while (text.len < 100000)
		buf_add_zero_terminated(&text, "Quyết định số 15/2019/QĐ-UBND ngày 12 tháng 3 năm 2019, COVID19 của "
					       "Céng hßa x· héi\nviệc kỹ sư\n");
	token_iter_set(iter, buf_str(&text));
	token_iter_set(other, buf_str(&text));
	for (; token_next_run(iter, &run, &count, &err) == STEP_ITEM; runs++) {
		assert_true(count > 0);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(token_next(other, &one, &err), STEP_ITEM);
			assert_true(one.start == run[i].start && one.end == run[i].end && one.kind == run[i].kind);
			assert_true(one.flags == run[i].flags && one.fold == run[i].fold &&
				    one.syllable == run[i].syllable);
			assert_str_equal(one.folded, run[i].folded);
			assert_str_equal(one.key, run[i].key);
		}
	}
	assert_true(runs > 1);
	assert_int_equal(token_next(other, &one, &err), STEP_END);
	token_iter_free(other);
	buf_done(&text);
}

static void a_very_long_legacy_line_is_read_to_its_end(void **state)
{
	(void)state;
	Buf text = {0};
	Token token;
	Err err;
	size_t words = 0;
	while (text.len < 200000)
		buf_add_zero_terminated(&text, "Céng hßa x· héi chñ nghÜa ViÖt ");
	token_iter_set(iter, buf_str(&text));
	uint32_t last = 0;
	while (token_next(iter, &token, &err) == STEP_ITEM) {
		assert_true(token.start >= last && token.end <= text.len);
		last = token.end;
		words += token.kind == TOKEN_SYLLABLE && (token.flags & TOKEN_MARKED);
	}
	size_t sentences = text.len / strlen("Céng hßa x· héi chñ nghÜa ViÖt ");
	assert_in_range(words, sentences * 7 - 8, sentences * 7); /* a word may be cut where a part ends */
	buf_done(&text);
}

/* The words of `sentence` over and over, `count` in all, a line break behind every `per_line` of them. */
static void wrap(const char *sentence, unsigned count, unsigned per_line, Buf *out)
{
	Str rest = {0}, word;
	buf_clear(out);
	for (unsigned i = 1; i <= count; i++) {
		if (!rest.len)
			rest = str_from(sentence);
		str_split(&rest, ' ', &word);
		buf_add_str(out, word);
		buf_add_char(out, i % per_line ? ' ' : '\n');
	}
}

static void legacy_text_has_the_tokens_of_its_twin_wherever_its_lines_and_dates_are_wrapped(void **state)
{
	(void)state;
	Buf legacy = {0}, twin = {0}, found = {0}, wanted = {0};
	for (unsigned per_line = 9; per_line < 1500; per_line += per_line < 60 ? 1 : 131) {
		unsigned whole_lines = 1600 - 1600 % per_line; /* few words alone are not sure enough */
		wrap("c¨n cø nghÞ ®Þnh ngµy 30 th¸ng 4 n¨m 2019 cña Bé tr­ëng Bé Tµi chÝnh h­íng dÉn tõ ngµy 12/3/2020 "
		     "®Õn hÕt",
		     whole_lines, per_line, &legacy);
		wrap("căn cứ nghị định ngày 30 tháng 4 năm 2019 của Bộ trưởng Bộ Tài chính hướng dẫn từ ngày 12/3/2020 "
		     "đến hết",
		     whole_lines, per_line, &twin);
		buf_clear(&found);
		buf_clear(&wanted);
		render(buf_str(&legacy), &found);
		render(buf_str(&twin), &wanted);
		assert_str_equal(buf_str(&found), buf_str(&wanted));
	}
	buf_done(&legacy);
	buf_done(&twin);
	buf_done(&found);
	buf_done(&wanted);
}

static void an_iterator_serves_many_texts(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		Buf out = {0};
		render(STR("một hai\n\nba"), &out);
		assert_str_equal(buf_str(&out), STR("môt5 hai | ba"));
		buf_done(&out);
	}
	Token token;
	Err err;
	token_iter_set(iter, STR(""));
	assert_int_equal(token_next(iter, &token, &err), STEP_END);
	token_iter_set(iter, (Str){NULL, 0});
	assert_int_equal(token_next(iter, &token, &err), STEP_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_of_the_golden_file_gives_the_tokens_below_it),
		cmocka_unit_test(each_text_of_the_golden_file_gives_the_folded_forms_below_it),
		cmocka_unit_test(marks_and_capitals_are_flagged),
		cmocka_unit_test(an_unaccented_syllable_has_the_number_of_the_accented_ones_fold),
		cmocka_unit_test(i_and_y_fold_together_where_they_are_one_sound_only),
		cmocka_unit_test(the_inventory_is_dense_and_its_keys_are_all_different),
		cmocka_unit_test(a_long_word_is_one_token_cut_in_its_forms_only),
		cmocka_unit_test(bytes_that_are_no_utf8_part_tokens_and_end_clauses),
		cmocka_unit_test(runs_of_tokens_are_the_tokens_one_by_one),
		cmocka_unit_test(a_very_long_legacy_line_is_read_to_its_end),
		cmocka_unit_test(legacy_text_has_the_tokens_of_its_twin_wherever_its_lines_and_dates_are_wrapped),
		cmocka_unit_test(an_iterator_serves_many_texts),
	};
	return cmocka_run_group_tests(tests, open_iter, close_iter);
}
