/* tests/unit/ingest_report.c - the report and the rejects as JSON. */
#include "unit.h"

#include "indexer/ingest/report.h"

static void a_report_has_its_root_when_it_has_ended(void **state)
{
	(void)state;
	IngestReport report = {.seen = 5,
			       .added = 3,
			       .duplicates = 1,
			       .rejected = 1,
			       .bytes = 70,
			       .seconds = 0.25,
			       .root.bytes = {0xAB}};
	Buf out = {0};
	JsonOut j;
	jout_begin(&j, &out);
	jout_open(&j, '{');
	ingest_report_write(&report, &j);
	jout_close(&j, '}');
	assert_str_equal(buf_str(&out),
			 STR("{\"seen\":5,\"added\":3,\"versions\":0,\"duplicates\":1,\"rejected\":1,\"warnings\":0,"
			     "\"amended\":0,\"passed_over\":0,\"textless\":0,\"waiting\":0,\"unreadable\":0,\"bytes\":"
			     "70,\"seconds\":"
			     "0.250,\"tree_size\":0}"));
	buf_clear(&out);
	report.ended = true;
	report.tree_size = 4;
	jout_begin(&j, &out);
	jout_open(&j, '{');
	ingest_report_write(&report, &j);
	jout_close(&j, '}');
	assert_true(str_find(buf_str(&out), STR("\"tree_size\":4,\"root\":\"ab00")) > 0);
	buf_done(&out);
}

static void a_reject_says_where_why_and_with_which_code(void **state)
{
	(void)state;
	Buf out = {0};
	JsonOut j;
	jout_begin(&j, &out);
	ingest_reject_write(STR("a.zip!b/c.pdf"), ST_INVALID, STR("an empty \"file\""), &j);
	assert_str_equal(buf_str(&out), STR("{\"source\":\"a.zip!b/c.pdf\",\"code\":\"invalid\","
					    "\"reason\":\"an empty \\\"file\\\"\"}"));
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_has_its_root_when_it_has_ended),
		cmocka_unit_test(a_reject_says_where_why_and_with_which_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
