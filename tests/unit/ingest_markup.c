/* tests/unit/ingest_markup.c - markup that would keep a parser busy is refused before it sees it; all other is not. */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/clock.h"
#include "indexer/extract/limits.h"
#include "indexer/extract/markup.h"

static Err last; /* why the check before refused */

/* "before0after before1after …" */
static void repeat(Buf *out, const char *before, const char *after, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		buf_printf(out, "%s%u%s", before, i, after);
}

static void ordinary_markup_is_let_through(void **state)
{
	(void)state;
	assert_int_equal(
		markup_check_xml(STR("<?xml version='1.0'?><a b=\"x > y\" c='\"'><!-- <a <b --><d/></a>"), &last),
		ST_OK);
	assert_int_equal(markup_check_xml(STR(""), &last), ST_OK);
	assert_int_equal(markup_check_html(STR("<!DOCTYPE html><p class=a>1 < 2 <b>don't</b><br>"), &last), ST_OK);
}

static void an_element_with_too_many_attributes_is_refused_in_no_time(void **state)
{
	Buf xml = {0}, html = {0};
	uint64_t started = clock_monotonic_us();
	(void)state;
	buf_add_str(&xml, STR("<w:p "));
	buf_add_str(&html, STR("<p "));
	repeat(&xml, "a", "='1' ", 300000);
	repeat(&html, "a", " ", 300000);
	buf_add_str(&xml, STR("/>"));
	buf_add_str(&html, STR(">"));
	assert_int_equal(markup_check_xml(buf_str(&xml), &last), ST_LIMIT);
	assert_int_equal(markup_check_html(buf_str(&html), &last), ST_LIMIT);
	assert_true(clock_monotonic_us() - started < 1000 * 1000);
	buf_done(&xml);
	buf_done(&html);
}

static void elements_nested_too_deep_and_document_types_are_refused_in_xml(void **state)
{
	Buf deep = {0}, flat = {0};
	(void)state;
	repeat(&deep, "<a>", "", EXTRACT_XML_DEPTH_MAX + 1);
	repeat(&flat, "<a>", "</a><b/>", 10000);
	assert_int_equal(markup_check_xml(buf_str(&deep), &last), ST_LIMIT);
	assert_int_equal(markup_check_html(buf_str(&deep), &last), ST_OK);
	assert_int_equal(markup_check_xml(buf_str(&flat), &last), ST_OK);
	assert_int_equal(markup_check_xml(STR("<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>"), &last), ST_UNSUPPORTED);
	buf_done(&deep);
	buf_done(&flat);
}

static void a_script_is_no_markup(void **state)
{
	Buf page = {0};
	(void)state;
	buf_add_str(&page, STR("<SCRIPT type=x>if (a<b "));
	repeat(&page, "x", " = '</p>' ; ", 10000);
	buf_add_str(&page, STR("</script ><p>"));
	assert_int_equal(markup_check_html(buf_str(&page), &last), ST_OK);
	buf_done(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_markup_is_let_through),
		cmocka_unit_test(an_element_with_too_many_attributes_is_refused_in_no_time),
		cmocka_unit_test(elements_nested_too_deep_and_document_types_are_refused_in_xml),
		cmocka_unit_test(a_script_is_no_markup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
