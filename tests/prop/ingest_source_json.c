/* tests/prop/ingest_source_json.c - random records, as many senders write them (blanks, escapes, order of members),
 * read by the fast readers and by the JSON library: the same or both refused; and what is archived of it reads back the
 * same. usage: [SEED] */
#include "../unit/unit.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "indexer/source/json.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t seed;

static unsigned pick(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static void add_blanks(Buf *out)
{
	for (unsigned n = pick(3); n > 0; n--)
		buf_add_char(out, " \t"[pick(2)]);
}

static void add_string(Buf *out, unsigned most)
{
	static const char *const escapes[] = {"\\n",     "\\\"",           "\\\\",    "\\/", "\\t",
					      "\\u1ebf", "\\ud83d\\ude00", "\\u0041", "\\r", "\\b"};
	static const char *const broken[] = {"\\x",  "\\ud800", "\\udc00",      "\\u12", "\n",
					     "\x01", "\xC3",    "\xED\xA0\x80", "\\"};
	char utf8[4];
	buf_add_char(out, '"');
	for (unsigned n = pick(most); n > 0; n--) {
		unsigned kind = pick(400);
		if (kind == 0)
			buf_add_zero_terminated(out, broken[pick(9)]);
		else if (kind < 60)
			buf_add_zero_terminated(out, escapes[pick(10)]);
		else if (kind < 200)
			buf_add(out, utf8, utf8_encode(kind < 190 ? 0xC0 + pick(0x1E00) : 0x1F300 + pick(100), utf8));
		else
			buf_add_char(out, "abcdefghijklmnop {}[]:,text"[pick(26)]);
	}
	buf_add_char(out, '"');
}

static void add_value(Buf *out, unsigned depth)
{
	unsigned kind = pick(depth > 3 ? 3 : 5);
	if (kind < 2) {
		add_string(out, 12);
	} else if (kind == 2) {
		buf_printf(out, "%d", (int)pick(1000) - 500);
	} else {
		buf_add_char(out, kind == 3 ? '[' : '{');
		for (unsigned i = 0, n = pick(3); i < n; i++) {
			if (i)
				buf_add_char(out, ',');
			if (kind == 4)
				buf_printf(out, pick(3) ? "\"k%u\":" : "\"text\":", i);
			add_value(out, depth + 1);
		}
		buf_add_char(out, kind == 3 ? ']' : '}');
	}
}

static void write_line(Buf *out)
{
	static const char *const names[] = {"id",       "number", "subject", "keywords",   "signer", "issued", "cases",
					    "location", "x",      "text",    "te\\u0078t", "pages",  "extra",  "case"};
	buf_clear(out);
	buf_add_char(out, '{');
	for (unsigned i = 0, n = pick(5), text_at = pick(6); i <= n; i++) {
		if (i)
			buf_add_char(out, ',');
		add_blanks(out);
		bool is_text = i == text_at;
		buf_printf(out, "\"%s%.*s\"", is_text ? "text" : names[pick(pick(8) ? 8 : 14)],
			   is_text || pick(2) ? 0 : 1, "2");
		add_blanks(out);
		buf_add_char(out, ':');
		add_blanks(out);
		if (is_text)
			add_string(out, 200);
		else
			add_value(out, 0);
		add_blanks(out);
	}
	buf_add_char(out, pick(200) ? '}' : ']');
}

/* A member without a meaning and a value is enough to make it no flat record. */
static Status parse_as_tree(Str line, Arena *arena, Record *out, Err *err)
{
	Buf json = {0};
	Str rest = str_trim(line);
	bool object = str_starts(rest, STR("{")) && !str_eq(str_trim(str_slice(rest, 1, rest.len)), STR("}"));
	buf_add_str(&json, object ? STR("{\"no such member\":null,") : STR(""));
	buf_add_str(&json, object ? str_slice(rest, 1, rest.len) : rest);
	Status st = record_parse(buf_str(&json), arena, out, err);
	buf_done(&json);
	return st;
}

static bool reads_back(const Buf *written, Arena *arena)
{
	Record record;
	Err err;
	Buf again = {0};
	bool same = record_parse_stored(buf_str(written), arena, &record, &err) == ST_OK;
	if (same)
		record_write(&record, &again);
	same = same && str_eq(buf_str(written), buf_str(&again));
	buf_done(&again);
	return same;
}

static bool agree(Str line)
{
	Arena fast_arena = {0}, slow_arena = {0};
	JsonReader reader = {0};
	Record fast, slow;
	Err fast_err, slow_err;
	Buf fast_json = {0}, slow_json = {0};
	Status fast_status = json_reader_parse(&reader, line, &fast_arena, &fast, &fast_err);
	Status slow_status = parse_as_tree(line, &slow_arena, &slow, &slow_err);
	bool same = fast_status == slow_status;
	if (same && fast_status == ST_OK) {
		record_write(&fast, &fast_json);
		record_write(&slow, &slow_json);
		same = str_eq(buf_str(&fast_json), buf_str(&slow_json)) && str_eq(fast.text, slow.text) &&
		       fast.has_text == slow.has_text && str_eq(fast.id, slow.id) &&
		       str_eq(fast.warnings, slow.warnings) && reads_back(&slow_json, &fast_arena);
	}
	buf_done(&fast_json);
	buf_done(&slow_json);
	json_reader_done(&reader);
	arena_done(&fast_arena);
	arena_done(&slow_arena);
	return same;
}

static void the_fast_reader_and_record_parse_agree(void **state)
{
	(void)state;
	Buf line = {0};
	for (int i = 0; i < 30000; i++) {
		write_line(&line);
		if (!agree(buf_str(&line)))
			fail_msg("line %d: %.*s", i, STR_ARG(buf_str(&line)));
	}
	buf_done(&line);
}

int main(int argc, char **argv)
{
	seed = argc > 1 ? strtoull(argv[1], NULL, 0) : clock_utc_ms();
	printf("seed %llu\n", (unsigned long long)seed);
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_fast_reader_and_record_parse_agree)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
