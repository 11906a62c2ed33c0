/* tests/unit/tokenizer_header_fields.c - letterheads of the golden folder: the fields above the line of '=' are what is
 * read from the text below it; what is not named there must not be found. */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "tokenizer/header_fields.h"

#include <stdio.h>
#include <stdlib.h>

static void golden_path(const char *name, char path[static 600])
{
	const char *source = getenv("HOSO_SOURCE");
	snprintf(path, 600, "%s/tests/golden/tokenizer/headers/%s.txt", source ? source : "../..", name);
}

static Str expected_value(Str fields, const char *name)
{
	Str line;
	while (str_split(&fields, '\n', &line)) {
		ptrdiff_t colon = str_find(line, STR(": "));
		if (colon > 0 && str_eq(str_slice(line, 0, (size_t)colon), str_from(name)))
			return str_slice(line, (size_t)colon + 2, line.len);
	}
	return STR("");
}

/* Parent, place, recipients and position are compared only where the golden file names them. */
static bool may_be_unnamed(HeaderFieldId id)
{
	return id == HEADER_PARENT || id == HEADER_PLACE || id == HEADER_RECIPIENTS || id == HEADER_POSITION ||
	       id == HEADER_AGENCY || id == HEADER_SIGNER;
}

static void check_document(const char *name)
{
	Buf file = {0};
	Arena arena;
	HeaderFields fields;
	Err err;
	char path[600];
	golden_path(name, path);
	arena_init(&arena);
	if (file_read_all(path, 1 << 20, &file, &err) != ST_OK)
		fail_msg("%s", err.text);
	ptrdiff_t line = str_find(buf_str(&file), STR("====\n"));
	assert_true(line >= 0);
	Str expected = str_slice(buf_str(&file), 0, (size_t)line),
	    text = str_slice(buf_str(&file), (size_t)line + 5, file.len);
	assert_int_equal(header_fields_read(text, &arena, &fields, &err), ST_OK);
	unsigned wrong = 0;
	for (HeaderFieldId id = 0; id < HEADER_FIELD_COUNT; id++) {
		const HeaderField *field = &fields.field[id];
		Str wanted = expected_value(expected, header_field_name(id));
		bool same = str_eq(field->value, wanted) || (!wanted.len && may_be_unnamed(id));
		if (!same) {
			print_error("%s: %s is \"%.*s\", not \"%.*s\"\n", name, header_field_name(id),
				    STR_ARG(field->value), STR_ARG(wanted));
			wrong++;
		}
		if (field->value.len)
			assert_true(field->certainty > 0 && field->certainty <= 1 && field->start < field->end &&
				    field->end <= text.len);
	}
	arena_done(&arena);
	buf_done(&file);
	assert_int_equal(wrong, 0);
}

static void a_decision_in_two_columns_is_read(void **state)
{
	(void)state;
	check_document("decision");
}

static void a_letter_has_its_subject_under_the_number(void **state)
{
	(void)state;
	check_document("letter");
}

static void columns_merged_by_recognition_are_cut_apart(void **state)
{
	(void)state;
	check_document("recognised");
}

static void a_law_has_its_date_at_the_end(void **state)
{
	(void)state;
	check_document("law");
}

static void a_party_document_and_its_secrecy_are_read(void **state)
{
	(void)state;
	check_document("party");
}

static void a_text_without_letterhead_has_no_number_of_its_own(void **state)
{
	(void)state;
	check_document("none");
}

static void a_number_below_ten_keeps_the_zero_it_is_written_with(void **state)
{
	(void)state;
	check_document("leading_zero");
}

static void a_number_that_is_not_filled_in_is_not_taken_from_what_is_cited(void **state)
{
	(void)state;
	check_document("blank_number");
}

static void a_number_goes_on_behind_a_hyphen_at_the_end_of_its_line(void **state)
{
	(void)state;
	check_document("number_on_two_lines");
}

static void a_number_may_stand_below_its_label(void **state)
{
	(void)state;
	check_document("number_below_its_label");
}

static void a_number_may_stand_in_the_right_column(void **state)
{
	(void)state;
	check_document("number_in_the_right_column");
}

static void a_number_may_be_written_with_blanks(void **state)
{
	(void)state;
	check_document("spaced_number");
}

static void a_number_that_is_cited_is_not_the_own(void **state)
{
	(void)state;
	check_document("cited_number");
}

static void the_heading_of_a_part_in_the_gazette_names_its_number(void **state)
{
	(void)state;
	check_document("gazette_part");
}

static void what_is_left_of_an_illegible_number_is_no_number(void **state)
{
	(void)state;
	check_document("illegible_number");
}

static void letters_recognised_for_digits_are_digits(void **state)
{
	(void)state;
	check_document("misread_number");
}

static void a_text_that_begins_with_its_type_has_no_number_of_its_own(void **state)
{
	(void)state;
	check_document("no_letterhead");
}

static void absurd_texts_do_no_harm(void **state)
{
	(void)state;
	Arena arena;
	HeaderFields fields;
	Err err;
	Buf text = {0};
	arena_init(&arena);
	for (int i = 0; i < 3000; i++)
		buf_add_zero_terminated(&text, i % 3 ? "Số:\n" : "QUYẾT ĐỊNH\tCỘNG HÒA XÃ HỘI\tTM. ");
	assert_int_equal(header_fields_read(buf_str(&text), &arena, &fields, &err), ST_OK);
	assert_int_equal(fields.field[HEADER_NUMBER].value.len, 0);
	assert_int_equal(header_fields_read(STR(""), &arena, &fields, &err), ST_OK);
	assert_int_equal(header_fields_read((Str){NULL, 0}, &arena, &fields, &err), ST_OK);
	buf_done(&text);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decision_in_two_columns_is_read),
		cmocka_unit_test(a_letter_has_its_subject_under_the_number),
		cmocka_unit_test(columns_merged_by_recognition_are_cut_apart),
		cmocka_unit_test(a_law_has_its_date_at_the_end),
		cmocka_unit_test(a_party_document_and_its_secrecy_are_read),
		cmocka_unit_test(a_text_without_letterhead_has_no_number_of_its_own),
		cmocka_unit_test(a_number_below_ten_keeps_the_zero_it_is_written_with),
		cmocka_unit_test(a_number_that_is_not_filled_in_is_not_taken_from_what_is_cited),
		cmocka_unit_test(a_number_goes_on_behind_a_hyphen_at_the_end_of_its_line),
		cmocka_unit_test(a_number_may_stand_below_its_label),
		cmocka_unit_test(a_number_may_stand_in_the_right_column),
		cmocka_unit_test(a_number_may_be_written_with_blanks),
		cmocka_unit_test(a_number_that_is_cited_is_not_the_own),
		cmocka_unit_test(the_heading_of_a_part_in_the_gazette_names_its_number),
		cmocka_unit_test(what_is_left_of_an_illegible_number_is_no_number),
		cmocka_unit_test(letters_recognised_for_digits_are_digits),
		cmocka_unit_test(a_text_that_begins_with_its_type_has_no_number_of_its_own),
		cmocka_unit_test(absurd_texts_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
