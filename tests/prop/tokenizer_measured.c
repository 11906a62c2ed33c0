/* tests/prop/tokenizer_measured.c - figures on real texts that lie beside the repository, with what is asked of each.
 *
 * The rules for letterheads were written with two thirds of the documents in view; every third was never looked at, and
 * has its own row. A letterhead is judged by its number only where the number stands in it: a number that the register
 * has and the text has not cannot be read from the text.
 */
#include "tests/unit/unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "tokenizer/encoding.h"
#include "tokenizer/fold.h"
#include "tokenizer/header_fields.h"
#include "tokenizer/legacy_table.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { HEAD = 2000 };

/* ---- JSON lines out of zstd ---- */

static FILE *open_lines(const char *name)
{
	char path[600], command[700];
	const char *shared = getenv("HOSO_SHARED");
	snprintf(path, sizeof path, "%s/%s", shared ? shared : "../shared", name);
	FILE *probe = fopen(path, "r");
	if (!probe || system("command -v zstd >/dev/null") != 0) {
		print_message("skipped: %s is not there, or zstd is not\n", path);
		if (probe)
			fclose(probe);
		return NULL;
	}
	fclose(probe);
	snprintf(command, sizeof command, "zstd -dcq '%s'", path);
	return popen(command, "r");
}

/* The string member `key` of a JSON line, in out; empty where there is none. */
static Str take_field(Str line, const char *key, Buf *out)
{
	json_t *object = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL);
	json_t *value = json_object_get(object, key);
	buf_clear(out);
	buf_add(out, json_string_value(value) ? json_string_value(value) : "", json_string_length(value));
	json_decref(object);
	return buf_str(out);
}

typedef struct {
	unsigned right, all;
} Share;

static void count(Share *share, bool right)
{
	share->all++;
	share->right += right;
}

static double percent(Share share)
{
	return share.all ? 100.0 * share.right / share.all : 0;
}

/* ---- letterheads ---- */

/* ASCII capitals, digits and separators of a text, so that numbers can be looked for however they are spaced. */
static void squeeze(Str text, Buf *out)
{
	Buf folded = {0};
	fold_text(text, &folded);
	buf_clear(out);
	for (size_t i = 0; i < folded.len; i++) {
		char c = folded.data[i];
		if (c >= 'a' && c <= 'z')
			buf_add_char(out, (char)(c - 32));
		else if (c > ' ' && c != '&')
			buf_add_char(out, c);
	}
	buf_done(&folded);
}

static bool stands_in(Str squeezed, const char *key)
{
	Str wanted = str_from(key);
	for (size_t from = 0;;) {
		ptrdiff_t at = str_find(str_slice(squeezed, from, squeezed.len), wanted);
		if (at < 0)
			return false;
		size_t before = from + (size_t)at;
		while (before > 0 && squeezed.ptr[before - 1] == '0')
			before--;
		if (before == 0 || squeezed.ptr[before - 1] < '0' || squeezed.ptr[before - 1] > '9')
			return true;
		from += (size_t)at + 1;
	}
}

static bool same_words(Str a, Str b)
{
	Buf x = {0}, y = {0};
	squeeze(a, &x);
	squeeze(b, &y);
	bool same = str_eq(buf_str(&x), buf_str(&y));
	buf_done(&x);
	buf_done(&y);
	return same;
}

typedef struct {
	Share number, held, issued, type;
} Heads;

static void judge_head(Str line, Heads *heads)
{
	Buf text = {0}, value = {0}, squeezed = {0};
	Arena arena;
	HeaderFields fields;
	RecordNumber wanted;
	Err err;
	arena_init(&arena);
	take_field(line, "text", &text);
	assert_int_equal(header_fields_read(buf_str(&text), &arena, &fields, &err), ST_OK);
	squeeze(str_slice(buf_str(&text), 0, HEAD), &squeezed);
	if (record_number_parse(take_field(line, "number", &value), &wanted)) {
		bool right = strcmp(wanted.key, fields.number.key) == 0;
		count(&heads->number, right);
		if (stands_in(buf_str(&squeezed), wanted.key))
			count(&heads->held, right);
	}
	if (take_field(line, "issued", &value).len)
		count(&heads->issued, str_eq(buf_str(&value), fields.field[HEADER_ISSUED].value));
	if (take_field(line, "type", &value).len)
		count(&heads->type, same_words(buf_str(&value), fields.field[HEADER_TYPE].value));
	arena_done(&arena);
	buf_done(&text);
	buf_done(&value);
	buf_done(&squeezed);
}

static void print_heads(const char *name, const Heads *h)
{
	print_message(
		"%s: number %u of %u, where it stands in the text %u of %u (%.1f %%); date %.1f %%; type %.1f %%\n",
		name, h->number.right, h->number.all, h->held.right, h->held.all, percent(h->held), percent(h->issued),
		percent(h->type));
}

static void letterheads_are_read_on_the_unseen_third_as_on_the_rest(void **state)
{
	(void)state;
	Heads seen = {0}, unseen = {0};
	FILE *lines = open_lines("headers/headers.dev.jsonl.zst");
	char *line = NULL;
	size_t capacity = 0;
	if (!lines)
		skip();
	for (size_t i = 0; getline(&line, &capacity, lines) > 0; i++)
		judge_head(str_from(line), i % 3 == 0 ? &unseen : &seen);
	free(line);
	pclose(lines);
	print_heads("seen", &seen);
	print_heads("unseen", &unseen);
	assert_true(seen.number.all + unseen.number.all > 400);
	assert_true(percent(seen.held) >= 97 && percent(unseen.held) >= 97);
	assert_true(percent(seen.issued) >= 95 && percent(unseen.issued) >= 95);
	assert_true(seen.type.right + unseen.type.right >= 0.98 * (seen.type.all + unseen.type.all));
}

/* ---- numbers of metadata ---- */

/* A number that no reader could complete: no digit, no notation, or cut off ("03/2017/TT-"). */
static bool is_garbage(Str number)
{
	bool digit = false, letter = false;
	for (size_t i = 0; i < number.len; i++) {
		uint8_t c = (uint8_t)number.ptr[i];
		digit |= c >= '0' && c <= '9';
		letter |= digit && ((c | 32) >= 'a' && (c | 32) <= 'z' ? true : c >= 0x80);
	}
	return !digit || !letter || strchr("-/ .", number.ptr[number.len - 1]) != NULL;
}

static bool round_trips(Str number)
{
	RecordNumber first, again;
	Buf folded = {0};
	fold_text(number, &folded); /* as people type it: small letters, no marks */
	bool same = record_number_parse(number, &first) && record_number_parse(str_from(first.display), &again) &&
		    strcmp(first.key, again.key) == 0 && record_number_parse(buf_str(&folded), &again) &&
		    strcmp(first.key, again.key) == 0;
	buf_done(&folded);
	return same;
}

static void numbers_of_metadata_come_back_from_their_display_form_and_as_they_are_typed(void **state)
{
	(void)state;
	FILE *lines = open_lines("corpus/articles.dev.jsonl.zst");
	Share share = {0};
	Buf value = {0}, last = {0};
	char *line = NULL;
	size_t capacity = 0, garbage = 0;
	if (!lines)
		skip();
	while (getline(&line, &capacity, lines) > 0) {
		Str number = take_field(str_from(line), "number", &value);
		if (!number.len || str_eq(number, buf_str(&last))) /* articles of one law follow each other */
			continue;
		buf_clear(&last);
		buf_add_str(&last, number);
		if (is_garbage(number)) {
			garbage++;
			continue;
		}
		count(&share, round_trips(number));
		if (!round_trips(number) && share.all - share.right < 20)
			print_message("does not come back: %.*s\n", STR_ARG(number));
	}
	free(line);
	pclose(lines);
	buf_done(&value);
	buf_done(&last);
	print_message("%u of %u numbers come back (%.2f %%), %zu are garbage\n", share.right, share.all, percent(share),
		      garbage);
	assert_true(share.all > 1000);
	assert_true(percent(share) >= 99.5);
}

/* ---- encodings ---- */

/* The bytes of one letter in a legacy encoding; false if it has none. */
static bool encode_letter(const LegacyTable *table, uint32_t c, Buf *out)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		if (table->single[byte] == c) {
			buf_add_char(out, (char)byte);
			return true;
		}
		for (unsigned mark = 0; table->base[byte] && mark < 256; mark++) {
			if (table->pair[table->base[byte]][mark] != c)
				continue;
			buf_add_char(out, (char)byte);
			buf_add_char(out, (char)mark);
			return true;
		}
	}
	return false;
}

/* The first `characters` of a text in the encoding; false where it has no code for one of them. */
static bool encode(LegacyKind kind, Str text, size_t characters, Buf *out)
{
	buf_clear(out);
	for (size_t i = 0; characters-- > 0;) {
		uint32_t c;
		size_t width = i < text.len ? utf8_decode(text.ptr + i, text.len - i, &c) : 0;
		if (!width)
			return false;
		if (c < 0x80)
			buf_add_char(out, (char)c);
		else if (!encode_letter(legacy_table(kind), c, out))
			return false;
		i += width;
	}
	return true;
}

static void sixty_characters_tell_the_encoding(void **state)
{
	(void)state;
	static const LegacyKind kinds[] = {LEGACY_TCVN3, LEGACY_VNI, LEGACY_VISCII, LEGACY_VPS, LEGACY_BKHCM2};
	FILE *lines = open_lines("corpus/articles.dev.jsonl.zst");
	Share share = {0};
	Buf text = {0}, bytes = {0}, decoded = {0};
	char *line = NULL;
	size_t capacity = 0;
	EncodingReport report;
	Err err;
	if (!lines)
		skip();
	for (size_t i = 0; getline(&line, &capacity, lines) > 0 && share.all < 5000; i++) {
		take_field(str_from(line), "text", &text);
		for (size_t k = 0; i % 10 == 0 && k < sizeof kinds / sizeof kinds[0]; k++) {
			if (!encode(kinds[k], buf_str(&text), 60, &bytes) || utf8_is_valid(buf_str(&bytes)))
				continue;
			buf_clear(&decoded);
			assert_int_equal(encoding_decode(buf_str(&bytes), &decoded, &report, &err), ST_OK);
			count(&share, strcmp(report.name, legacy_name(kinds[k])) == 0);
		}
	}
	free(line);
	pclose(lines);
	buf_done(&text);
	buf_done(&bytes);
	buf_done(&decoded);
	print_message("%u of %u texts of 60 characters (%.2f %%)\n", share.right, share.all, percent(share));
	assert_true(share.all > 1000);
	assert_true(percent(share) >= 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letterheads_are_read_on_the_unseen_third_as_on_the_rest),
		cmocka_unit_test(numbers_of_metadata_come_back_from_their_display_form_and_as_they_are_typed),
		cmocka_unit_test(sixty_characters_tell_the_encoding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
