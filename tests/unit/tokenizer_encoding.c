/* tests/unit/tokenizer_encoding.c - bytes of unknown origin: every encoding of the golden file, paragraphs that differ,
 * what stays as it is. */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/utf8.h"
#include "tokenizer/encoding.h"
#include "tokenizer/letter.h"

#include <stdio.h>
#include <stdlib.h>

static EncodingReport decode(Str bytes, Buf *out)
{
	EncodingReport report;
	Err err;
	buf_clear(out);
	assert_int_equal(encoding_decode(bytes, out, &report, &err), ST_OK);
	assert_true(utf8_is_valid(buf_str(out)));
	assert_true(report.certainty >= 0 && report.certainty <= 1);
	return report;
}

static void read_golden(const char *name, Buf *out)
{
	char path[600];
	Err err;
	const char *source = getenv("HOSO_SOURCE");
	snprintf(path, sizeof path, "%s/tests/golden/tokenizer/%s", source ? source : "../..", name);
	if (file_read_all(path, 1 << 20, out, &err) != ST_OK)
		fail_msg("%s", err.text);
}

static void every_encoding_of_the_golden_file_is_known_and_read(void **state)
{
	(void)state;
	Buf file = {0}, bytes = {0}, text = {0};
	read_golden("legacy.tsv", &file);
	Str rest = buf_str(&file), line, name, hex;
	size_t rows = 0;
	while (str_split(&rest, '\n', &line)) {
		if (!line.len || line.ptr[0] == '#' || str_starts(line, STR("encoding")))
			continue;
		str_split(&line, '\t', &name);
		str_split(&line, '\t', &hex);
		buf_clear(&bytes);
		assert_true(hex_decode(hex, buf_extend(&bytes, hex.len / 2), hex.len / 2));
		EncodingReport report = decode(buf_str(&bytes), &text);
		/* TCVN3 has no capitals of toned letters: the first letter may come back small. */
		bool same = str_eq(name, STR("tcvn3")) ? text.len == line.len : str_eq(buf_str(&text), line);
		if (!same || !str_eq(str_from(report.name), name) || report.certainty < 0.7)
			fail_msg("%.*s: read as %s (%.2f): \"%.*s\", not \"%.*s\"", STR_ARG(name), report.name,
				 report.certainty, STR_ARG(buf_str(&text)), STR_ARG(line));
		rows++;
	}
	buf_done(&file);
	buf_done(&bytes);
	buf_done(&text);
	assert_true(rows > 20);
}

static void paragraphs_of_several_encodings_are_read_each_in_its_own(void **state)
{
	(void)state;
	Buf out = {0};
	/* TCVN3 between lines of Unicode, as bytes */
	EncodingReport report = decode(STR("Ủy ban nhân dân tỉnh Quảng Nam\n"
					   "C\xE9ng h\xDF"
					   "a x\xB7 h\xE9i ch\xF1 ngh\xDC"
					   "a Vi\xD6t Nam\n"
					   "\xA7\xE9"
					   "c l\xCBp, T\xF9 do, H\xB9nh ph\xF3"
					   "c\n"),
				       &out);
	assert_string_equal(report.name, "mixed");
	assert_str_equal(
		buf_str(&out),
		STR("Ủy ban nhân dân tỉnh Quảng Nam\nCộng hòa xã hội chủ nghĩa Việt Nam\nĐộc lập, Tự do, Hạnh phúc\n"));
	buf_done(&out);
}

static void clean_text_and_foreign_text_stay_as_they_are(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"hello world",
		"",
		"Diện tích 25 m², 30 °C, © 2020, «mới»",
		"Été à la française, garçon naïf; où êtes-vous?",
		"Łódź, Ærø, straße",
		"漢字 Россия",
		"kỹ thuật số § 5 ± 2 µm, năm ½",
	};
	Buf out = {0};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		decode(str_from(texts[i]), &out);
		assert_str_equal(buf_str(&out), str_from(texts[i]));
	}
	buf_done(&out);
}

static void what_is_uncertain_is_marked_and_shown_as_cp1252(void **state)
{
	(void)state;
	Buf out = {0};
	EncodingReport report = decode(STR("\xC9t\xE9 \xE0 la fran\xE7"
					   "aise, gar\xE7on na\xEF"
					   "f"),
				       &out);
	assert_string_equal(report.name, "unknown");
	assert_int_equal(report.uncertain, 1);
	assert_true(report.certainty < 0.5);
	assert_str_equal(buf_str(&out), STR("Été à la française, garçon naïf"));
	char all[512];
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (char)i;
	report = decode((Str){all, sizeof all}, &out);
	assert_string_equal(report.name, "unknown");
	buf_done(&out);
}

static void a_long_line_is_read_in_parts(void **state)
{
	(void)state;
	Buf bytes = {0}, out = {0};
	while (bytes.len < 300000)
		buf_add_zero_terminated(&bytes, "C\xE9ng h\xDF"
						"a x\xB7 h\xE9i ch\xF1 ngh\xDC"
						"a Vi\xD6t Nam ");
	EncodingReport report = decode(buf_str(&bytes), &out);
	assert_string_equal(report.name, "tcvn3");
	assert_true(str_find(buf_str(&out), STR("\xEF\xBF\xBD")) < 0);
	assert_true(str_starts(buf_str(&out), STR("Cộng hòa xã hội chủ nghĩa Việt Nam Cộng hòa")));
	buf_done(&bytes);
	buf_done(&out);
}

/* Next letter or digit of s at *at; 0 at the end. */
static uint32_t next_letter(Str s, size_t *at)
{
	while (*at < s.len) {
		uint32_t c = 0;
		size_t width = utf8_decode(s.ptr + *at, s.len - *at, &c);
		*at += width ? width : 1;
		CharClass class = char_class(c);
		if (class == CHAR_LETTER || class == CHAR_DIGIT)
			return c;
	}
	return 0;
}

/* VISCII has no code for no-break blanks, degrees and curly quotes: its files lost them when they were made. */
static bool same_letters(Str a, Str b)
{
	size_t i = 0, k = 0;
	uint32_t x, y;
	do {
		x = next_letter(a, &i);
		y = next_letter(b, &k);
	} while (x == y && x);
	return x == y;
}

static void the_shared_files_decode_to_their_twins_or_are_marked(void **state)
{
	(void)state;
	static const char *const kinds[] = {"tcvn3", "vni", "viscii", "cp1258"};
	const char *shared = getenv("HOSO_SHARED");
	Buf bytes = {0}, truth = {0}, out = {0};
	Err err;
	size_t files = 0, marked = 0;
	for (int number = 1; number <= 14; number++) {
		for (size_t k = 0; k < 4; k++) {
			char path[600];
			snprintf(path, sizeof path, "%s/legacy/derived/%02d.utf8.txt", shared ? shared : "../shared",
				 number);
			buf_clear(&truth);
			buf_clear(&bytes);
			if (file_read_all(path, 1 << 22, &truth, &err) != ST_OK)
				continue;
			snprintf(path, sizeof path, "%s/legacy/derived/%02d.%s", shared ? shared : "../shared", number,
				 kinds[k]);
			if (file_read_all(path, 1 << 22, &bytes, &err) != ST_OK)
				continue;
			EncodingReport report = decode(buf_str(&bytes), &out);
			assert_string_equal(report.name, kinds[k]);
			bool viscii = strcmp(kinds[k], "viscii") == 0;
			bool same = viscii ? same_letters(buf_str(&out), buf_str(&truth))
					   : str_eq(buf_str(&out), buf_str(&truth));
			if (!same && !report.uncertain)
				fail_msg("%s: not its twin, and not marked", path);
			files++;
			marked += !same;
		}
	}
	buf_done(&bytes);
	buf_done(&truth);
	buf_done(&out);
	if (!files) {
		print_message("skipped: the shared legacy texts are not there\n");
		skip();
	}
	print_message("%zu files, %zu of them marked uncertain\n", files, marked);
	assert_int_equal(files, 56);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_encoding_of_the_golden_file_is_known_and_read),
		cmocka_unit_test(paragraphs_of_several_encodings_are_read_each_in_its_own),
		cmocka_unit_test(clean_text_and_foreign_text_stay_as_they_are),
		cmocka_unit_test(what_is_uncertain_is_marked_and_shown_as_cp1252),
		cmocka_unit_test(a_long_line_is_read_in_parts),
		cmocka_unit_test(the_shared_files_decode_to_their_twins_or_are_marked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
