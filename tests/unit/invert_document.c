/* tests/unit/invert_document.c - the Inverter's promises: order, limits, errors, memory. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "indexer/glass/merge.h"
#include "indexer/invert/invert.h"

static char directory[] = "invert-document-XXXXXX";
static char path[128];

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	Err err;
	(void)state;
	return file_remove_tree(directory, &err) == ST_OK ? 0 : -1;
}

static const char *place(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", directory, name);
	return path;
}

static size_t spell_decimal(void *ctx, uint64_t code, char out[GLASS_TERM_MAX])
{
	(void)ctx;
	char digits[32];
	int len = snprintf(digits, sizeof digits, "c%012llu", (unsigned long long)code);
	memcpy(out, digits, (size_t)len);
	return (size_t)len;
}

/* Backwards: not in the order that is promised. */
static size_t spell_backwards(void *ctx, uint64_t code, char out[GLASS_TERM_MAX])
{
	return spell_decimal(ctx, 1000000 - code, out);
}

static size_t spell_nothing(void *ctx, uint64_t code, char out[GLASS_TERM_MAX])
{
	(void)ctx, (void)code, (void)out;
	return 0;
}

static Inverter *inverter(const InvertOptions *options)
{
	Err err = {0};
	Inverter *inv = invert_new(options, &err);
	assert_non_null(inv);
	return inv;
}

/* Ends the document and the whole; both must say `expected`, and nothing may be left behind. */
static void assert_refused(Inverter *inv, Status expected)
{
	Err err = {0};
	GlassStats stats;
	assert_int_equal(invert_end(inv, &err), expected);
	assert_true(err.text[0] != 0);
	assert_int_equal(invert_finish(inv, place("refused"), &(InvertFinish){0}, &stats, &err), expected);
	assert_false(file_exists(place("refused")));
	invert_free(inv);
}

static Inverter *begun(const InvertOptions *options)
{
	Err err = {0};
	Inverter *inv = inverter(options);
	assert_int_equal(invert_begin(inv, 1, &err), ST_OK);
	return inv;
}

static void terms_must_have_1_to_245_bytes(void **state)
{
	(void)state;
	char longest[246];
	memset(longest, 'x', sizeof longest);
	Inverter *inv = begun(&(InvertOptions){0});
	invert_term(inv, STR(""), 1);
	assert_refused(inv, ST_INVALID);
	inv = begun(&(InvertOptions){0});
	invert_term(inv, (Str){longest, 246}, 1);
	assert_refused(inv, ST_LIMIT);
	inv = begun(&(InvertOptions){0});
	longest[3] = 0;
	invert_bool(inv, (Str){longest, 245});
	assert_refused(inv, ST_LIMIT);
	inv = begun(&(InvertOptions){.spell = spell_nothing});
	invert_code(inv, 5, 1);
	Err err = {0};
	GlassStats stats;
	assert_int_equal(invert_end(inv, &err), ST_OK);
	assert_int_equal(invert_finish(inv, place("refused"), &(InvertFinish){0}, &stats, &err), ST_LIMIT);
	assert_false(file_exists(place("refused")));
	invert_free(inv);
}

static void codes_need_a_speller_that_keeps_its_promise(void **state)
{
	(void)state;
	Err err = {0};
	GlassStats stats;
	Inverter *inv = begun(&(InvertOptions){0});
	invert_code(inv, 1, 1);
	assert_refused(inv, ST_INVALID);
	inv = begun(&(InvertOptions){.spell = spell_backwards, .codes_in_order = true});
	invert_codes(inv, (const uint64_t[]){1, 2}, 2, 1);
	assert_int_equal(invert_end(inv, &err), ST_OK);
	assert_int_equal(invert_finish(inv, place("refused"), &(InvertFinish){0}, &stats, &err), ST_INVALID);
	assert_false(file_exists(place("refused")));
	invert_free(inv);
}

static void documents_come_in_order_and_one_at_a_time(void **state)
{
	(void)state;
	Err err = {0};
	GlassStats stats;
	Inverter *inv = inverter(&(InvertOptions){0});
	assert_int_equal(invert_begin(inv, 0, &err), ST_INVALID);
	assert_int_equal(invert_begin(inv, 5, &err), ST_OK);
	assert_int_equal(invert_begin(inv, 6, &err), ST_INVALID);
	assert_int_equal(invert_end(inv, &err), ST_OK);
	assert_int_equal(invert_begin(inv, 5, &err), ST_INVALID);
	assert_int_equal(invert_begin(inv, UINT32_MAX, &err), ST_OK);
	assert_int_equal(invert_end(inv, &err), ST_OK);
	assert_int_equal(invert_finish(inv, place("ordered"), &(InvertFinish){0}, &stats, &err), ST_OK);
	assert_int_equal(stats.documents, 2);
	assert_int_equal(stats.last_docid, UINT32_MAX);
	assert_int_equal(stats.length_min, 0);
	assert_int_equal(invert_finish(inv, place("again"), &(InvertFinish){0}, &stats, &err), ST_INVALID);
	invert_free(inv);
	inv = begun(&(InvertOptions){0});
	assert_int_equal(invert_finish(inv, place("refused"), &(InvertFinish){0}, &stats, &err), ST_INVALID);
	invert_free(inv);
	inv = inverter(&(InvertOptions){0});
	invert_term(inv, STR("outside"), 1);
	assert_int_equal(invert_begin(inv, 1, &err), ST_INVALID);
	invert_free(inv);
}

static void lengths_values_and_positions_have_limits(void **state)
{
	(void)state;
	static char value[INVERT_VALUE_MAX + 1];
	Inverter *inv = begun(&(InvertOptions){0});
	invert_term(inv, STR("a"), UINT32_MAX);
	invert_term(inv, STR("b"), 1);
	assert_refused(inv, ST_LIMIT);
	inv = begun(&(InvertOptions){0});
	invert_value(inv, 1, (Str){value, sizeof value});
	assert_refused(inv, ST_LIMIT);
	inv = begun(&(InvertOptions){.positions = true});
	invert_term_at(inv, STR("a"), 1, 0);
	assert_refused(inv, ST_INVALID);
}

static void the_heaviest_documents_fit(void **state)
{
	(void)state;
	Err err = {0};
	GlassStats stats;
	Inverter *inv = inverter(&(InvertOptions){.spell = spell_decimal});
	for (uint32_t did = 1; did <= 3; did++) {
		assert_int_equal(invert_begin(inv, did, &err), ST_OK);
		invert_code(inv, 7, UINT32_MAX - 1);
		invert_term(inv, STR("x"), 1);
		assert_int_equal(invert_end(inv, &err), ST_OK);
	}
	assert_int_equal(invert_finish(inv, place("heavy"), &(InvertFinish){0}, &stats, &err), ST_OK);
	assert_int_equal(stats.wdf_max, UINT32_MAX - 1);
	assert_int_equal(stats.length_max, UINT32_MAX);
	assert_true(stats.total_length == 3 * (uint64_t)UINT32_MAX);
	invert_free(inv);
}

static void trouble_with_the_disk_is_told_and_cleaned_up(void **state)
{
	(void)state;
	Err err = {0};
	GlassStats stats;
	Inverter *inv = begun(&(InvertOptions){0});
	assert_int_equal(invert_end(inv, &err), ST_OK);
	assert_int_equal(mkdir(place("there"), 0777), 0);
	assert_int_equal(invert_finish(inv, path, &(InvertFinish){0}, &stats, &err), ST_CONFLICT);
	assert_true(file_exists(place("there")));
	invert_free(inv);
	inv = begun(&(InvertOptions){0});
	assert_int_equal(invert_end(inv, &err), ST_OK);
	assert_int_equal(invert_finish(inv, place("no/parent"), &(InvertFinish){0}, &stats, &err), ST_NOT_FOUND);
	invert_free(inv);
	/* a spill directory that is none: found out when memory is full */
	inv = begun(&(InvertOptions){.spill_dir = "no/such/directory", .memory_bytes = 1, .spell = spell_decimal});
	for (uint64_t i = 0; i < 3000000; i++)
		invert_code(inv, i * 7919 % 3000017, 1);
	assert_refused(inv, ST_NOT_FOUND);
}

static size_t peak_kib(void)
{
	size_t kib = 0;
	char line[256];
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "VmHWM: %zu", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

static bool same_file(const char *a, const char *b, const char *name)
{
	Err err = {0};
	Buf x = {0}, y = {0};
	char full[256];
	snprintf(full, sizeof full, "%s/%s/%s", directory, a, name);
	bool ok = file_read_all(full, 1 << 30, &x, &err) == ST_OK;
	snprintf(full, sizeof full, "%s/%s/%s", directory, b, name);
	ok = ok && file_read_all(full, 1 << 30, &y, &err) == ST_OK && str_eq(buf_str(&x), buf_str(&y));
	buf_done(&x);
	buf_done(&y);
	return ok;
}

static void build_huge_documents(const char *name, size_t memory, uint32_t vocabulary, bool positions)
{
	Err err = {0};
	GlassStats stats;
	uint64_t random = 88172645463325252u;
	Inverter *inv = inverter(&(InvertOptions){.memory_bytes = memory,
						  .spell = spell_decimal,
						  .spill_dir = directory,
						  .codes_in_order = true,
						  .positions = positions});
	for (uint32_t did = 1; did <= 3; did++) {
		assert_int_equal(invert_begin(inv, did, &err), ST_OK);
		for (uint32_t i = 1; i <= 500000; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			if (positions && i % 3 == 0)
				invert_code_at(inv, random % vocabulary, 1, i);
			else
				invert_code(inv, random % vocabulary, 1);
		}
		assert_int_equal(invert_end(inv, &err), ST_OK);
	}
	assert_int_equal(invert_finish(inv, place(name), &(InvertFinish){.uuid = {1}}, &stats, &err), ST_OK);
	invert_free(inv);
}

static void a_document_larger_than_memory_is_cut_and_joined(void **state)
{
	(void)state;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	size_t before = peak_kib();
	build_huge_documents("small-memory", 4 << 20, 150000, false);
	if (peak_kib() - before > 8 << 10)
		fail_msg("%zu KiB more than before instead of about 4 MiB", peak_kib() - before);
#else
	build_huge_documents("small-memory", 4 << 20, 150000, false);
	(void)peak_kib;
#endif
	build_huge_documents("large-memory", 0, 150000, false);
	assert_true(same_file("small-memory", "large-memory", "postlist.glass"));
	assert_true(same_file("small-memory", "large-memory", "iamglass"));
}

/* Many terms with few positions each, and few with so many that a list is cut inside a document. */
static void positions_are_joined_across_cuts(void **state)
{
	(void)state;
	for (uint32_t vocabulary = 2; vocabulary <= 200000; vocabulary *= 100) {
		build_huge_documents("small", 4 << 20, vocabulary, true);
		build_huge_documents("large", 0, vocabulary, true);
		assert_true(same_file("small", "large", "postlist.glass"));
		assert_true(same_file("small", "large", "position.glass"));
		Err err;
		file_remove_tree(place("small"), &err);
		file_remove_tree(place("large"), &err);
	}
}

static void overlapping_inputs_are_not_merged(void **state)
{
	(void)state;
	Err err = {0};
	GlassStats stats;
	Inverter *inv = begun(&(InvertOptions){0});
	invert_term(inv, STR("a"), 1);
	assert_int_equal(invert_end(inv, &err), ST_OK);
	char part[128];
	snprintf(part, sizeof part, "%s/part", directory);
	assert_int_equal(invert_finish(inv, part, &(InvertFinish){0}, &stats, &err), ST_OK);
	invert_free(inv);
	GlassMergeInput inputs[2] = {{.dir = part}, {.dir = part}};
	assert_int_equal(glass_merge(place("merged"), inputs, 2, 0, &(GlassFinish){0}, NULL, &stats, &err), ST_INVALID);
	inputs[1].docid_offset = 1;
	assert_int_equal(glass_merge(place("merged"), inputs, 2, 0, &(GlassFinish){0}, NULL, &stats, &err), ST_OK);
	assert_int_equal(stats.documents, 2);
	inputs[1].docid_offset = UINT32_MAX;
	assert_int_equal(glass_merge(place("merged2"), inputs, 2, 0, &(GlassFinish){0}, NULL, &stats, &err), ST_LIMIT);
	inputs[1].dead = (const uint32_t[]){2, 1};
	inputs[1].dead_count = 2;
	inputs[1].docid_offset = 1;
	assert_int_equal(glass_merge(place("merged2"), inputs, 2, 0, &(GlassFinish){0}, NULL, &stats, &err),
			 ST_INVALID);
	inputs[1] = (GlassMergeInput){.dir = directory, .docid_offset = 1};
	assert_int_equal(glass_merge(place("merged2"), inputs, 2, 0, &(GlassFinish){0}, NULL, &stats, &err),
			 ST_NOT_FOUND);
	Stop stop = {true};
	assert_int_equal(glass_merge(place("merged2"), inputs, 1, 0, &(GlassFinish){0}, &stop, &stats, &err), ST_BUSY);
	assert_false(file_exists(place("merged2")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_larger_than_memory_is_cut_and_joined),
		cmocka_unit_test(positions_are_joined_across_cuts),
		cmocka_unit_test(terms_must_have_1_to_245_bytes),
		cmocka_unit_test(codes_need_a_speller_that_keeps_its_promise),
		cmocka_unit_test(documents_come_in_order_and_one_at_a_time),
		cmocka_unit_test(lengths_values_and_positions_have_limits),
		cmocka_unit_test(the_heaviest_documents_fit),
		cmocka_unit_test(trouble_with_the_disk_is_told_and_cleaned_up),
		cmocka_unit_test(overlapping_inputs_are_not_merged),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
