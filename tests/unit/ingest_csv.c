/* tests/unit/ingest_csv.c - rows and cells of a CSV text. */
#include "unit.h"

#include "indexer/source/csv.h"

/* "line:cell|cell" a row. */
static void assert_rows(Str text, const char *wanted)
{
	CsvReader reader;
	Buf found = {0};
	Err err;
	Step step;
	csv_begin(&reader, text);
	while ((step = csv_next(&reader, &err)) == STEP_ITEM) {
		buf_printf(&found, "%d:", (int)reader.line);
		for (size_t i = 0; i < reader.count; i++)
			buf_printf(&found, "%s%.*s", i ? "|" : "", STR_ARG(csv_cell(&reader, i)));
		buf_add_char(&found, '/');
	}
	assert_int_equal(step, STEP_END);
	assert_str_equal(buf_str(&found), str_from(wanted));
	csv_done(&reader);
	buf_done(&found);
}

static void cells_stand_between_the_separator_that_the_first_line_has_most(void **state)
{
	(void)state;
	assert_rows(STR("a,b\nc,d\n"), "1:a|b/2:c|d/");
	assert_rows(STR("a;b;c,d\r\n1;2"), "1:a|b|c,d/2:1|2/");
	assert_rows(STR("a\tb\n , \t x "), "1:a|b/2:,|x/");
	assert_rows(STR("one\n\ntwo"), "1:one/2:/3:two/");
}

static void quotes_hold_separators_line_breaks_and_doubled_quotes(void **state)
{
	(void)state;
	assert_rows(STR("\"a,b\",\"c\nd\"\n\"\"\"e\"\"\",f\"g\n"), "1:a,b|c\nd/3:\"e\"|f\"g/");
	assert_rows(STR("a,\"never\nends"), "1:a|never\nends/");
	assert_rows(STR("\"a\"b,c"), "1:ab|c/");
}

static void a_text_without_a_row_ends_at_once(void **state)
{
	(void)state;
	assert_rows((Str){NULL, 0}, "");
	assert_rows(STR(""), "");
	assert_rows(STR("\n"), "1:/");
}

static void a_row_of_too_many_cells_says_so(void **state)
{
	(void)state;
	CsvReader reader;
	Buf row = {0};
	Err err;
	for (int i = 0; i < CSV_CELLS_MAX; i++)
		buf_add_str(&row, STR("x,"));
	csv_begin(&reader, buf_str(&row));
	assert_int_equal(csv_next(&reader, &err), STEP_ITEM);
	assert_true(reader.too_many);
	assert_int_equal(reader.count, CSV_CELLS_MAX);
	assert_int_equal(csv_cell(&reader, CSV_CELLS_MAX).len, 0);
	csv_done(&reader);
	buf_done(&row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_stand_between_the_separator_that_the_first_line_has_most),
		cmocka_unit_test(quotes_hold_separators_line_breaks_and_doubled_quotes),
		cmocka_unit_test(a_text_without_a_row_ends_at_once),
		cmocka_unit_test(a_row_of_too_many_cells_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
