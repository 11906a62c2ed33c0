/* tests/unit/ingest_source_json.c - the fast reader of records says exactly what record_parse says; members of objects
 * are set in one order. */
#include "unit.h"

#include "indexer/source/json.h"

#include <stdio.h>

typedef struct {
	Arena fast_arena, slow_arena;
	JsonReader reader;
	Record fast, slow;
	Err fast_err, slow_err;
	Status fast_status, slow_status;
} Pair;

static void parse_both(Pair *p, Str line)
{
	*p = (Pair){0};
	p->fast_status = json_reader_parse(&p->reader, line, &p->fast_arena, &p->fast, &p->fast_err);
	p->slow_status = record_parse(line, &p->slow_arena, &p->slow, &p->slow_err);
}

static void done(Pair *p)
{
	arena_done(&p->fast_arena);
	arena_done(&p->slow_arena);
	json_reader_done(&p->reader);
}

static void assert_same(const char *line)
{
	Pair p;
	Buf fast = {0}, slow = {0};
	parse_both(&p, str_from(line));
	if (p.fast_status != p.slow_status)
		fail_msg("%s: %s, not %s", line, status_name(p.fast_status), status_name(p.slow_status));
	if (p.fast_status == ST_OK) {
		record_write(&p.fast, &fast);
		record_write(&p.slow, &slow);
		assert_str_equal(buf_str(&fast), buf_str(&slow));
		assert_str_equal(p.fast.text, p.slow.text);
		assert_int_equal(p.fast.has_text, p.slow.has_text);
		assert_str_equal(p.fast.id, p.slow.id);
	} else {
		assert_string_equal(p.fast_err.text, p.slow_err.text);
	}
	buf_done(&fast);
	buf_done(&slow);
	done(&p);
}

static void a_text_is_unescaped_like_any_json_string(void **state)
{
	(void)state;
	assert_same("{\"id\":\"a\",\"text\":\"Quy\\u1ebft \\u0111\\u1ecbnh\\n\\t\\\"15\\/2019\\\"\\\\ \\ud83d\\ude00 "
		    "\\b\\f\\r\",\"type\":\"Luật\"}");
	assert_same("{\"text\":\"một\\ud83d\\ude00\"}");
	assert_same("{\"text\":\"\"}");
	assert_same("{ \"text\" :\t\"x\" , \"number\" : \"1\" }");
	assert_same("{\"text\":\"a\\u0000b\"}");
}

static void what_is_broken_is_broken_in_the_same_words(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"",
		"{",
		"[]",
		"\"text\"",
		"{\"text\":\"a}",
		"{\"text\":\"a\"",
		"{\"text\":\"a\"}}",
		"{\"text\":\"a\",}",
		"{\"text\":\"a\" \"b\":1}",
		"{\"text\":\"\\q\"}",
		"{\"text\":\"\\ud800\"}",
		"{\"text\":\"\\ud800\\u0041\"}",
		"{\"text\":\"\\udc00\"}",
		"{\"text\":\"\\u12\"}",
		"{\"text\":\"\\u12g4\"}",
		"{\"text\":\"a\nb\"}",
		"{\"text\":\"\xC3\"}",
		"{\"text\":\"\xED\xA0\x80\"}",
		"{\"text\":\"\xC0\x80\"}",
		"{\"text\":\"a\\",
		"{\"text\":\"a\",\"text\":\"b\"}",
		"{\"te\\u0078t\":\"a\",\"text\":\"b\"}",
		"{\"text\":\"b\",\"te\\u0078t\":\"a\"}",
		"{\"text\":1}",
		"{\"text\":null}",
		"{\"text\":[\"a\"]}",
		"{\"id\":\"a b\",\"text\":\"c\"}",
		"{\"number\":\"1\",\"number\":\"2\",\"text\":\"c\"}",
		"{\"text\":\"a\",\"x\":1e999}",
		"{\"text\":\"a\"} {\"text\":\"b\"}",
		"[\"text\":\"x\"]",
		"{\"a\" \"text\":\"x\"}",
		"{\"a\":\"text\":\"x\"}",
		"{\"text\":\"a\",\"\xFF\":1}",
	};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_same(lines[i]);
}

static void only_the_outermost_text_is_the_text(void **state)
{
	(void)state;
	assert_same("{\"extra\":{\"text\":\"inner\"},\"text\":\"outer\"}");
	assert_same("{\"extra\":{\"text\":\"inner\"}}");
	assert_same("{\"keywords\":[\"text\",\":\",\"a\"],\"text\":\"outer\"}");
	assert_same("{\"subject\":\"text\",\"number\":\"text\"}");
	assert_same("{\"subject\":\"\\\"text\\\":\\\"no\\\"\",\"text\":\"yes\"}");
	assert_same("{\"te\\u0078t\":\"escaped name\"}");
}

/* Every cut of a line and every changed byte. */
static void a_damaged_line_is_judged_alike(void **state)
{
	(void)state;
	const char whole[] = "{\"id\":\"a\",\"text\":\"Qu\\u1ebf "
			     "\xC4\x91\\n\\ud83d\\ude00\\\\\",\"cases\":[\"x\"],\"extra\":{\"text\":\"b\"}}";
	static const char bytes[] = "\"\\{}[]:,u0d\n\x80\xC3 a";
	char line[sizeof whole];
	for (size_t at = 0; at < sizeof whole - 1; at++) {
		memcpy(line, whole, sizeof whole);
		line[at] = 0;
		assert_same(line);
		for (size_t i = 0; i < sizeof bytes - 1; i++) {
			memcpy(line, whole, sizeof whole);
			line[at] = bytes[i];
			assert_same(line);
		}
	}
}

static void a_member_is_set_and_keys_are_sorted(void **state)
{
	(void)state;
	Arena arena = {0};
	Str object = {NULL, 0};
	Err err;
	assert_int_equal(json_set_member(object, "b", STR("{\"x\": 1}"), &arena, &object, &err), ST_OK);
	assert_int_equal(json_set_member(object, "a", STR("\"một\""), &arena, &object, &err), ST_OK);
	assert_str_equal(object, STR("{\"a\":\"một\",\"b\":{\"x\":1}}"));
	assert_int_equal(json_set_member(object, "b", STR("2"), &arena, &object, &err), ST_OK);
	assert_str_equal(object, STR("{\"a\":\"một\",\"b\":2}"));
	assert_int_equal(json_set_member(STR("[1]"), "a", STR("1"), &arena, &object, &err), ST_INVALID);
	assert_int_equal(json_set_member(object, "a", STR("cut off"), &arena, &object, &err), ST_INVALID);
	assert_str_equal(object, STR("{\"a\":\"một\",\"b\":2}"));
	assert_int_equal(json_set_member(STR("{\"x\":2.50}"), "a", STR("1.10,2"), &arena, &object, &err), ST_INVALID);
	assert_int_equal(
		json_set_member(STR("{\"x\":2.50}"), "a", STR("[12345678901234567890]"), &arena, &object, &err), ST_OK);
	assert_int_equal(json_append_member(object, "a", STR("1.10"), &arena, &object, &err), ST_OK);
	assert_int_equal(json_append_member(object, "b", STR("\"\\u00012\""), &arena, &object, &err), ST_OK);
	assert_str_equal(object, STR("{\"a\":[12345678901234567890,1.10],\"b\":[\"\\u00012\"],\"x\":2.50}"));
	arena_done(&arena);
}

static void how_much_there_is_is_counted_before_a_tree_is_built(void **state)
{
	static const struct {
		const char *start, *part, *end;
		int parts;
		Status status;
	} cases[] = {
		{"{\"extra\":{\"a\":[", "[],", "[]]}}", 33000, ST_OK},
		{"{\"extra\":{\"a\":[", "[],", "[]]}}", 60000, ST_LIMIT},
		{"{\"extra\":{\"a\":[", "[],", "[]]}}", 8000000, ST_LIMIT},
		{"{\"extra\":{\"a\":\"", "[],", "\"}}", 60000, ST_OK}, /* a string is one value */
		{"{\"extra\":{\"a\":\"", "\\\"[,", "\"}}", 60000, ST_OK},
		{"{\"extra\":", "[", "", 1000000, ST_LIMIT},
		{"{\"extra\":{\"a\":", "[", "", 14, ST_INVALID}, /* broken, but not deep */
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		Buf line = {0};
		Arena arena = {0};
		Record record;
		Err err;
		buf_add_zero_terminated(&line, cases[i].start);
		for (int n = 0; n < cases[i].parts; n++)
			buf_add_zero_terminated(&line, cases[i].part);
		buf_add_zero_terminated(&line, cases[i].end);
		Status st = record_parse(buf_str(&line), &arena, &record, &err);
		if (st != cases[i].status)
			fail_msg("case %zu: %s", i, status_name(st));
		arena_done(&arena);
		buf_done(&line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_unescaped_like_any_json_string),
		cmocka_unit_test(what_is_broken_is_broken_in_the_same_words),
		cmocka_unit_test(only_the_outermost_text_is_the_text),
		cmocka_unit_test(a_damaged_line_is_judged_alike),
		cmocka_unit_test(a_member_is_set_and_keys_are_sorted),
		cmocka_unit_test(how_much_there_is_is_counted_before_a_tree_is_built),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
