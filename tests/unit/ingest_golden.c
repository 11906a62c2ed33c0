/* tests/unit/ingest_golden.c - pages and their text side by side in tests/golden/ingest, for people to read. */
#include "ingest_fixture.h"

#include "indexer/extract/extract.h"

static void assert_golden(const char *page, const char *text)
{
	char path[512];
	Buf html = {0}, wanted = {0};
	Extraction e;
	Err err;
	const char *root = getenv("HOSO_SOURCE");
	snprintf(path, sizeof path, "%s/tests/golden/ingest/%s", root ? root : ".", page);
	if (file_read_all(path, 1 << 20, &html, &err) != ST_OK)
		fail_msg("%s", err.text);
	snprintf(path, sizeof path, "%s/tests/golden/ingest/%s", root ? root : ".", text);
	if (file_read_all(path, 1 << 20, &wanted, &err) != ST_OK)
		fail_msg("%s", err.text);
	SourceFile file = source_file_of(str_from(page), buf_str(&html));
	assert_int_equal(extract_text(format_by_name(str_from(page))->reader, &file, NULL, NULL, &e, &err), ST_OK);
	assert_int_equal(e.problem.code, ST_OK);
	assert_str_equal(buf_str(&e.text), buf_str(&wanted));
	extraction_done(&e);
	buf_done(&html);
	buf_done(&wanted);
}

static void a_decision_reads_as_on_paper(void **state)
{
	(void)state;
	assert_golden("quyet-dinh.html", "quyet-dinh.txt");
}

static void a_broken_page_loses_no_words(void **state)
{
	(void)state;
	assert_golden("hong.html", "hong.txt");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "extract") == 0)
		return extract_main(argc - 1, argv + 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decision_reads_as_on_paper),
		cmocka_unit_test(a_broken_page_loses_no_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
