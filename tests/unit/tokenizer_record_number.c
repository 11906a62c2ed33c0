/* tests/unit/tokenizer_record_number.c - numbers of records: every spelling that the golden file lists, what is no
 * number in running text, and the relaxations. */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "tokenizer/case_number.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/fold.h"
#include "tokenizer/record_number.h"

#include <stdio.h>
#include <stdlib.h>

static RecordNumber parsed(const char *text)
{
	RecordNumber number = {0};
	if (!record_number_parse(str_from(text), &number))
		fail_msg("no number in \"%s\"", text);
	return number;
}

static Str next_cell(Str *line)
{
	Str cell = STR("");
	str_split(line, '\t', &cell);
	return cell;
}

typedef void RowCheck(Str line);

/* Each row of a TSV file; '#' lines and the heading are left out. Returns how many there were. */
static size_t each_row(const char *path, RowCheck *check)
{
	Buf file = {0};
	Err err;
	size_t rows = 0;
	if (file_read_all(path, 1 << 20, &file, &err) != ST_OK) {
		buf_done(&file);
		return 0;
	}
	Str rest = buf_str(&file), line;
	bool heading = true;
	while (str_split(&rest, '\n', &line)) {
		if (!line.len || line.ptr[0] == '#')
			continue;
		if (!heading) {
			check(line);
			rows++;
		}
		heading = false;
	}
	buf_done(&file);
	return rows;
}

static void check_number_row(Str line)
{
	static const char *const styles[] = {"state", "party", "old"};
	RecordNumber number = {0};
	char date[11] = "";
	Str input = next_cell(&line), display = next_cell(&line), key = next_cell(&line), style = next_cell(&line),
	    said = next_cell(&line);
	bool found = record_number_parse(input, &number);
	if (!key.len) {
		if (found)
			fail_msg("\"%.*s\" is no number, but was read as %s", STR_ARG(input), number.key);
		return;
	}
	if (!found)
		fail_msg("no number in \"%.*s\"", STR_ARG(input));
	civil_date_format(number.date, date);
	assert_str_equal(str_from(number.display), display);
	assert_str_equal(str_from(number.key), key);
	assert_str_equal(str_from(styles[number.style]), style);
	assert_str_equal(str_from(date), said);
}

static void check_case_row(Str line)
{
	CaseNumber code = {0};
	char date[11] = "";
	Str input = next_cell(&line), canonical = next_cell(&line), received = next_cell(&line);
	bool found = case_number_parse(input, &code);
	if (found)
		civil_date_format(code.received, date);
	assert_str_equal(str_from(found ? code.canonical : ""), canonical);
	assert_str_equal(str_from(date), received);
}

static const char *source_path(const char *name, char path[static 600])
{
	const char *source = getenv("HOSO_SOURCE");
	snprintf(path, 600, "%s/tests/golden/tokenizer/%s", source ? source : "../..", name);
	return path;
}

static void every_spelling_in_the_golden_file_is_read_as_it_says(void **state)
{
	(void)state;
	char path[600];
	assert_true(each_row(source_path("record_numbers.tsv", path), check_number_row) > 40);
	assert_true(each_row(source_path("case_numbers.tsv", path), check_case_row) > 5);
}

static void the_shared_vectors_agree(void **state)
{
	(void)state;
	const char *shared = getenv("HOSO_SHARED");
	char path[600];
	snprintf(path, sizeof path, "%s/domain/record_number_tests.tsv", shared ? shared : "../shared");
	size_t numbers = each_row(path, check_number_row);
	snprintf(path, sizeof path, "%s/domain/dossier_code_tests.tsv", shared ? shared : "../shared");
	size_t cases = each_row(path, check_case_row);
	if (!numbers && !cases) {
		print_message("skipped: the shared test vectors are not there\n");
		skip();
	}
	assert_int_equal(numbers, 63);
	assert_int_equal(cases, 9);
}

/* Reads "text with [numbers] marked" and compares with what is found in the text without brackets. */
static void check_found(const char *marked)
{
	char text[600];
	size_t len = 0, starts[16], ends[16], expected = 0, found = 0, start, end;
	for (const char *p = marked; *p; p++) {
		if (*p == '[')
			starts[expected] = len;
		else if (*p == ']')
			ends[expected++] = len;
		else
			text[len++] = *p;
	}
	Str s = {text, len};
	RecordNumber number;
	for (size_t at = 0; record_number_find(s, at, &number, &start, &end); at = end, found++) {
		if (found == expected || start != starts[found] || end != ends[found])
			fail_msg("in \"%.*s\": \"%.*s\" was found", STR_ARG(s), (int)(end - start), text + start);
	}
	if (found != expected)
		fail_msg("in \"%.*s\": %zu numbers, %zu wanted", STR_ARG(s), found, expected);
}

static void numbers_are_found_in_running_text_with_their_exact_bytes(void **state)
{
	(void)state;
	check_found("Căn cứ Nghị định số [30/2020/NĐ-CP] ngày 5/3/2020 của Chính phủ;");
	check_found("theo [66.15/2026/NQ-CP]Nghị quyết này, [181/2003/QĐ-TTg]. [52-NQ/TW], [73-CP] và [217-HĐBT]");
	check_found("[15/QĐ-UBND] - Hà Nội; [15/QĐ-UBND]. UBND tỉnh; [473/TTr - NN&PTNT], [41/2018/TT- BYT]");
	check_found("số [64/CP], [13/SL], [45/2019/QH14]; gõ thường: [15/qđ-ubnd]");
	check_found("[07/2025/NĐ-СР] có chữ Nga, [89/2015/NÐ-CP] có chữ Ð"); /* Cyrillic СР, eth */
	check_found("[102/2025/NQLT - UBTVQH15 - CP - ĐCTUBTWMTQVN]");
}

static void what_only_looks_like_a_number_is_left_alone(void **state)
{
	(void)state;
	check_found("QCVN 41:2016/BGTVT, TCVN 6909:2001, mẫu số 07A/NHNN-CK, 1A/TNDN, Mẫu số 2/TB-TĐT");
	check_found("591/616 hồ sơ, 19/19 xã, 7/9, ngày 12/3/2019, 30/4, trang 3/12");
	check_found("100km/h, 20.000 đồng/m2, 1.2.3/A, 10/m2");
}

static void check_relaxation_row(Str line)
{
	static const char *const names[RELAX_COUNT] = {[RELAX_NO_YEAR] = "no-year",
						       [RELAX_NO_CV] = "no-cv",
						       [RELAX_FIRST_GROUP] = "other-agency",
						       [RELAX_ANY_ORDER] = "other-order",
						       [RELAX_NUMBER_YEAR] = "other-notation"};
	RecordNumber wanted = {0}, candidate = {0};
	Str asked = next_cell(&line), there = next_cell(&line), reason = next_cell(&line), got = STR("");
	assert_true(record_number_parse(asked, &wanted) && record_number_parse(there, &candidate));
	for (NumberRelax step = 0; step < RELAX_COUNT && !got.len; step++)
		if (record_number_matches(&wanted, &candidate, step))
			got = str_from(names[step]);
	if (!str_eq(got, reason))
		fail_msg("%.*s and %.*s: \"%.*s\", not \"%.*s\"", STR_ARG(asked), STR_ARG(there), STR_ARG(got),
			 STR_ARG(reason));
}

static void each_relaxation_matches_what_it_names(void **state)
{
	(void)state;
	char path[600];
	assert_true(each_row(source_path("relaxations.tsv", path), check_relaxation_row) > 10);
	RecordNumber one = parsed("15/2019/QĐ-UBND"), other = parsed("15/2018/QĐ-UBND");
	for (NumberRelax step = 0; step < RELAX_COUNT; step++) {
		assert_false(record_number_matches(&one, &one, step)); /* the exact key is no relaxation */
		assert_false(record_number_matches(&one, &other, step));
	}
}

static void the_year_may_come_from_the_date_clause(void **state)
{
	(void)state;
	RecordNumber wanted = parsed("số 15/QĐ-UBND ngày 12/3/2019");
	RecordNumber same = parsed("15/2019/QĐ-UBND"), other = parsed("15/2018/QĐ-UBND");
	assert_true(record_number_matches(&wanted, &same, RELAX_NO_YEAR));
	assert_false(record_number_matches(&wanted, &other, RELAX_NO_YEAR));
}

static void absurd_input_is_no_number_and_does_no_harm(void **state)
{
	(void)state;
	RecordNumber number;
	char long_text[4000];
	memset(long_text, '1', sizeof long_text);
	assert_false(record_number_parse((Str){long_text, sizeof long_text}, &number));
	for (size_t i = 0; i + 1 < sizeof long_text; i += 2)
		memcpy(long_text + i, "A-", 2);
	memcpy(long_text, "1/", 2);
	assert_false(record_number_parse((Str){long_text, sizeof long_text}, &number) &&
		     number.group_count > RECORD_NUMBER_GROUPS_MAX);
	assert_false(record_number_parse((Str){NULL, 0}, &number));
	assert_false(record_number_parse(STR("\xFF\xFE/\xC3"), &number));
}

static void the_type_table_is_folded_as_its_columns_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < doc_type_count(); i++) {
		const DocType *type = doc_type_get(i);
		Buf folded = {0};
		fold_text(str_from(type->name), &folded);
		assert_str_equal(buf_str(&folded), str_from(type->folded));
		buf_clear(&folded);
		fold_text(str_from(type->abbreviation), &folded);
		assert_true(str_eq_nocase(buf_str(&folded), str_from(type->key)));
		buf_done(&folded);
	}
}

static void the_zeros_in_front_are_left_out_of_the_key_and_written_on_record(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {{"05/BC-BNV", "05/BC-BNV"},
					       {"số 007/2019/qđ-bca", "007/2019/QĐ-BCA"},
					       {"08 2017 ttlt btc bnv", "08/2017/TTLT-BTC-BNV"},
					       {"QĐ/0001-BTP", "0001/QĐ-BTP"},
					       {"15/QĐ-UBND", "15/QĐ-UBND"}};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		char written[RECORD_NUMBER_MAX + 8];
		RecordNumber number;
		assert_true(record_number_parse(str_from(pairs[i][0]), &number));
		assert_int_equal(record_number_write(&number, written), strlen(pairs[i][1]));
		assert_string_equal(written, pairs[i][1]);
		assert_true(number.key[0] != '0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_in_the_golden_file_is_read_as_it_says),
		cmocka_unit_test(the_shared_vectors_agree),
		cmocka_unit_test(numbers_are_found_in_running_text_with_their_exact_bytes),
		cmocka_unit_test(what_only_looks_like_a_number_is_left_alone),
		cmocka_unit_test(each_relaxation_matches_what_it_names),
		cmocka_unit_test(the_year_may_come_from_the_date_clause),
		cmocka_unit_test(absurd_input_is_no_number_and_does_no_harm),
		cmocka_unit_test(the_type_table_is_folded_as_its_columns_say),
		cmocka_unit_test(the_zeros_in_front_are_left_out_of_the_key_and_written_on_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
