/* bench/tokenizer_bench.c - MB/s of text on one core: the whole analysis beside ICU's chain, in the same run.
 *
 *   tokenizer-bench FILE|-        plain text, or JSON lines whose "text" is taken
 *
 * Full analysis is what the index builder asks for: tokens with offsets, keys, folded numbers, numbers and dates as
 * spans, and the pairs of neighbours. The ICU chain is the usual way to the same words: UTF-8 to UTF-16, NFC, case
 * folding, word boundaries. Legacy encodings are made of the text, told and decoded. Each figure is the best of three
 * passes.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tokenizer/encoding.h"
#include "tokenizer/fold.h"
#include "tokenizer/legacy_table.h"
#include "tokenizer/query_forms.h"
#include "tokenizer/token.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { CHUNK = 1 << 20, PASSES = 3 };

typedef struct {
	uint64_t tokens, pairs, check;
} Counts;

static Counts analyse(TokenIter *it, Str text)
{
	Counts counts = {0};
	Token token;
	Err err;
	uint32_t before = 0;
	token_iter_set(it, text);
	while (token_next(it, &token, &err) == STEP_ITEM) {
		if (token.kind >= TOKEN_RECORD_NUMBER) {
			counts.check += token.folded.len;
			continue;
		}
		uint32_t fold = token.fold;
		if (before && fold && !(token.flags & TOKEN_BREAK_BEFORE)) {
			counts.pairs++;
			counts.check += (uint64_t)before * fold * 0x9e3779b97f4a7c15u >> 40;
		}
		before = fold;
		counts.tokens++;
		counts.check += token.start ^ token.key.len;
	}
	return counts;
}

static Counts run_icu(Str text, UBreakIterator *words, UChar *wide, UChar *normal, UChar *folded, int32_t capacity)
{
	Counts counts = {0};
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
	int32_t len, lost;
	u_strFromUTF8WithSub(wide, capacity, &len, text.ptr, (int32_t)text.len, 0xFFFD, &lost, &error);
	len = unorm2_normalize(nfc, wide, len, normal, capacity, &error);
	len = u_strFoldCase(folded, capacity, normal, len, U_FOLD_CASE_DEFAULT, &error);
	ubrk_setText(words, folded, len, &error);
	for (int32_t at = ubrk_first(words); at != UBRK_DONE && U_SUCCESS(error); at = ubrk_next(words))
		counts.tokens += ubrk_getRuleStatus(words) >= UBRK_WORD_NUMBER;
	return counts;
}

static void add_json_text(Str line, Buf *out)
{
	json_t *record = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL);
	json_t *text = json_object_get(record, "text");
	buf_add(out, json_string_value(text) ? json_string_value(text) : "", json_string_length(text));
	buf_add_char(out, '\n');
	json_decref(record);
}

static void read_text(Str input, Buf *out)
{
	Str line;
	if (!str_starts(input, STR("{"))) {
		buf_add_str(out, input);
		return;
	}
	while (str_split(&input, '\n', &line))
		add_json_text(line, out);
}

static void decompose(Str text, Buf *out, UChar *wide, UChar *normal, int32_t capacity)
{
	for (size_t at = 0; at < text.len;) {
		size_t cut = at + CHUNK / 4 < text.len ? at + CHUNK / 4 : text.len;
		while (cut < text.len && ((uint8_t)text.ptr[cut] & 0xC0) == 0x80)
			cut++;
		UErrorCode error = U_ZERO_ERROR;
		int32_t len, lost;
		u_strFromUTF8WithSub(wide, capacity, &len, text.ptr + at, (int32_t)(cut - at), 0xFFFD, &lost, &error);
		len = unorm2_normalize(unorm2_getNFDInstance(&error), wide, len, normal, capacity, &error);
		char *bytes = buf_extend(out, (size_t)len * 3);
		int32_t written = 0;
		if (bytes)
			u_strToUTF8(bytes, len * 3, &written, normal, len, &error);
		out->len -= (size_t)(len * 3 - written);
		at = cut;
	}
}

static void print_row(const char *name, const char *form, Str text, uint64_t best_us, Counts counts)
{
	printf("%-34s %-4s %8.1f MB/s  %10llu tokens  %10llu pairs  (check %llx)\n", name, form,
	       (double)text.len / (double)best_us, (unsigned long long)counts.tokens, (unsigned long long)counts.pairs,
	       (unsigned long long)counts.check);
}

static void measure_analysis(TokenIter *it, Str text, const char *form)
{
	uint64_t best = UINT64_MAX;
	Counts counts = {0};
	for (int pass = 0; pass < PASSES; pass++) {
		uint64_t start = clock_monotonic_us();
		counts = analyse(it, text);
		uint64_t us = clock_monotonic_us() - start;
		best = us < best ? us : best;
	}
	print_row("hoso: full analysis", form, text, best, counts);
}

static void measure_icu(Str text, const char *form, UBreakIterator *words, UChar *buffers[3], int32_t capacity)
{
	uint64_t best = UINT64_MAX;
	Counts counts = {0};
	for (int pass = 0; pass < PASSES; pass++) {
		uint64_t start = clock_monotonic_us();
		counts = (Counts){0};
		for (size_t at = 0; at < text.len; at += CHUNK / 4)
			counts.tokens += run_icu(str_slice(text, at, at + CHUNK / 4), words, buffers[0], buffers[1],
						 buffers[2], capacity)
						 .tokens;
		uint64_t us = clock_monotonic_us() - start;
		best = us < best ? us : best;
	}
	print_row("ICU: UTF-16, NFC, fold, words", form, text, best, counts);
}

static void measure_fold(Str text)
{
	Buf out = {0};
	uint64_t start = clock_monotonic_us();
	fold_text(text, &out);
	print_row("hoso: fold_text", "NFC", text, clock_monotonic_us() - start, (Counts){.check = out.len});
	buf_done(&out);
}

/* The text in a legacy encoding: letters that it has no bytes for become '?'. */
static void encode(LegacyKind kind, Str text, Buf *out)
{
	static uint8_t bytes_of[0x2000][2];
	const LegacyTable *table = legacy_table(kind);
	memset(bytes_of, 0, sizeof bytes_of);
	for (unsigned byte = 0; byte < 256; byte++) {
		for (unsigned mark = 1; table->base[byte] && mark < 256; mark++)
			if (table->pair[table->base[byte]][mark] && table->pair[table->base[byte]][mark] < 0x2000)
				memcpy(bytes_of[table->pair[table->base[byte]][mark]],
				       (uint8_t[]){(uint8_t)byte, (uint8_t)mark}, 2);
		if (table->single[byte] && table->single[byte] < 0x2000)
			memcpy(bytes_of[table->single[byte]], (uint8_t[]){(uint8_t)byte, 0}, 2);
	}
	for (size_t i = 0; i < text.len;) {
		uint32_t c = 0;
		size_t width = utf8_decode(text.ptr + i, text.len - i, &c);
		if (width <= 1)
			buf_add_char(out, text.ptr[i]);
		else if (c < 0x2000 && bytes_of[c][0])
			buf_add(out, bytes_of[c], bytes_of[c][1] ? 2 : 1);
		else
			buf_add_char(out, '?');
		i += width ? width : 1;
	}
}

static void measure_decode(LegacyKind kind, Str text)
{
	Buf bytes = {0}, out = {0};
	EncodingReport report = {.name = ""};
	uint64_t best = UINT64_MAX;
	char name[40];
	Err err;
	encode(kind, text, &bytes);
	for (int pass = 0; pass < PASSES; pass++) {
		buf_clear(&out);
		uint64_t start = clock_monotonic_us();
		encoding_decode(buf_str(&bytes), &out, &report, &err);
		uint64_t us = clock_monotonic_us() - start;
		best = us < best ? us : best;
	}
	snprintf(name, sizeof name, "hoso: decode, found to be %s", report.name);
	print_row(name, "", buf_str(&bytes), best, (Counts){.check = out.len});
	buf_done(&bytes);
	buf_done(&out);
}

/* Legacy bytes that a wrong conversion left in UTF-8 as U+0080 to U+00FF: the iterator decodes them line by line. */
static void measure_latin(TokenIter *it, LegacyKind kind, Str text)
{
	Buf bytes = {0}, latin = {0};
	char letter[4];
	encode(kind, text, &bytes);
	for (size_t i = 0; i < bytes.len; i++)
		buf_add(&latin, letter, utf8_encode((uint8_t)bytes.data[i], letter));
	measure_analysis(it, buf_str(&latin), legacy_name(kind));
	buf_done(&bytes);
	buf_done(&latin);
}

static void measure_forms(TokenIter *it)
{
	static const char *const queries[] = {"quyết định của UBND tỉnh Hà Giang về văn thư lưu trữ",
					      "xã Lê Trì, Tri Tôn", "báo cáo tổng kết năm 2019"};
	enum { ROUNDS = 20000, QUERIES = sizeof queries / sizeof queries[0] };
	Arena arena;
	QueryForm *forms;
	size_t count;
	Err err;
	arena_init(&arena);
	for (size_t i = 0; i < QUERIES; i++) /* the tables are made with the first query, and the first commune */
		query_forms_find(str_from(queries[i]), it, &arena, &forms, &count, &err);
	uint64_t start = clock_monotonic_us();
	for (int i = 0; i < ROUNDS; i++) {
		arena_reset(&arena);
		query_forms_find(str_from(queries[i % QUERIES]), it, &arena, &forms, &count, &err);
	}
	printf("%-34s      %8.2f us a query\n", "hoso: other forms of a query",
	       (double)(clock_monotonic_us() - start) / ROUNDS);
	arena_done(&arena);
}

int main(int argc, char **argv)
{
	Buf input = {0}, text = {0}, nfd = {0};
	Err err;
	UErrorCode error = U_ZERO_ERROR;
	UChar *buffers[3];
	if (argc != 2) {
		fprintf(stderr, "usage: tokenizer-bench FILE|-   (plain text, or JSON lines with \"text\")\n");
		return 2;
	}
	const char *path = strcmp(argv[1], "-") == 0 ? "/dev/stdin" : argv[1];
	if (file_read_all(path, (size_t)1 << 30, &input, &err) != ST_OK) {
		fprintf(stderr, "tokenizer-bench: %s\n", err.text);
		return 3;
	}
	read_text(buf_str(&input), &text);
	for (int i = 0; i < 3; i++)
		buffers[i] = malloc(CHUNK * 4 * sizeof(UChar));
	TokenIter *it = token_iter_new(&err);
	UBreakIterator *words = ubrk_open(UBRK_WORD, "vi", NULL, 0, &error);
	if (!it || !buffers[0] || !buffers[1] || !buffers[2] || U_FAILURE(error)) {
		fprintf(stderr, "tokenizer-bench: out of memory\n");
		return 3;
	}
	decompose(buf_str(&text), &nfd, buffers[0], buffers[1], CHUNK * 4);
	printf("%.1f MB as it is, %.1f MB decomposed\n", (double)text.len / 1e6, (double)nfd.len / 1e6);
	measure_analysis(it, buf_str(&text), "NFC");
	measure_icu(buf_str(&text), "NFC", words, buffers, CHUNK * 4);
	measure_analysis(it, buf_str(&nfd), "NFD");
	measure_icu(buf_str(&nfd), "NFD", words, buffers, CHUNK * 4);
	measure_fold(buf_str(&text));
	for (LegacyKind kind = LEGACY_TCVN3; kind <= LEGACY_BKHCM2; kind++)
		measure_decode(kind, buf_str(&text));
	measure_latin(it, LEGACY_TCVN3, buf_str(&text));
	measure_latin(it, LEGACY_VNI, buf_str(&text));
	measure_forms(it);
	ubrk_close(words);
	token_iter_free(it);
	for (int i = 0; i < 3; i++)
		free(buffers[i]);
	buf_done(&input);
	buf_done(&text);
	buf_done(&nfd);
	return 0;
}
