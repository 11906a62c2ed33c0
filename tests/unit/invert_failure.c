/* tests/unit/invert_failure.c - a full disk and a killed process, at one write after the other: there is a whole
 * database or none.
 *
 * A limit on the size of files makes every write behind it fail (or, with the signal's default action, ends the
 * process there). */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "indexer/glass/merge.h"
#include "indexer/glass/reader.h"
#include "indexer/invert/invert.h"

static char directory[] = "invert-failure-XXXXXX";
static char part[64], made[64];

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(part, sizeof part, "%s/part", directory);
	snprintf(made, sizeof made, "%s/made", directory);
	return 0;
}

static int remove_directory(void **state)
{
	Err err;
	(void)state;
	return file_remove_tree(directory, &err) == ST_OK ? 0 : -1;
}

static size_t spell(void *ctx, uint64_t code, char out[GLASS_TERM_MAX])
{
	(void)ctx;
	memset(out, 'c', 20);
	for (int i = 0; i < 8; i++)
		out[20 + i] = (char)('a' + (code >> (28 - 4 * i) & 15));
	return 28;
}

static Status build(const char *dir, Err *err)
{
	GlassStats stats;
	uint64_t random = 1;
	Inverter *inv = invert_new(&(InvertOptions){.memory_bytes = 1,
						    .spill_dir = directory,
						    .spell = spell,
						    .codes_in_order = true,
						    .positions = true},
				   err);
	Status st = inv ? ST_OK : err->code;
	for (uint32_t did = 1; st == ST_OK && did <= 40; did++) {
		st = invert_begin(inv, did, err);
		for (uint32_t i = 1; st == ST_OK && i <= 10000; i++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			if (i % 50 == 0)
				invert_code_at(inv, random >> 44, 1, i);
			else
				invert_code(inv, random >> 44, 1);
		}
		if (st == ST_OK)
			st = invert_end(inv, err);
	}
	if (st == ST_OK)
		st = invert_finish(inv, dir, &(InvertFinish){.uuid = {1}}, &stats, err);
	invert_free(inv);
	return st;
}

static Status merge(const char *dir, Err *err)
{
	GlassStats stats;
	GlassMergeInput inputs[2] = {{.dir = part}, {.dir = part, .docid_offset = 40}};
	return glass_merge(dir, inputs, 2, 0, &(GlassFinish){.uuid = {1}}, NULL, &stats, err);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit = {bytes, RLIM_INFINITY};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Reads every entry of both tables. */
static void assert_whole(const char *dir)
{
	Err err = {0};
	GlassVersion version;
	assert_int_equal(glass_version_read(dir, &version, &err), ST_OK);
	for (int kind = GLASS_POSTLIST; kind <= GLASS_POSITION; kind += GLASS_POSITION) {
		Str key, tag;
		Step step = STEP_ERROR;
		GlassReader *r = glass_reader_open(dir, (GlassTableKind)kind, &version, NULL, &err);
		assert_non_null(r);
		while ((step = glass_reader_next(r, &key, &tag, &err)) == STEP_ITEM)
			;
		assert_int_equal(step, STEP_END);
		glass_reader_close(r);
	}
}

static void fail_everywhere(Status (*make)(const char *, Err *))
{
	unsigned failures = 0;
	rlim_t step = 430 << 10;
	signal(SIGXFSZ, SIG_IGN);
	for (rlim_t bytes = 0;; bytes += bytes ? step : 100) {
		Err err = {0};
		limit_files(bytes);
		Status st = make(made, &err);
		limit_files(RLIM_INFINITY);
		if (st == ST_OK)
			break;
		failures++;
		assert_true(st == ST_IO || st == ST_NO_SPACE);
		assert_true(err.text[0] != 0);
		assert_false(file_exists(made));
	}
	assert_true(failures > 3);
	assert_whole(made);
	Err err;
	assert_int_equal(file_remove_tree(made, &err), ST_OK);
}

static void kill_everywhere(Status (*make)(const char *, Err *))
{
	unsigned kills = 0;
	for (rlim_t bytes = 0;; bytes += bytes ? 690 << 10 : 100) {
		Err err = {0};
		int status;
		char version[80];
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			struct rlimit no_core = {0, 0};
			setrlimit(RLIMIT_CORE, &no_core);
			signal(SIGXFSZ, SIG_DFL);
			limit_files(bytes);
			_exit(make(made, &err) == ST_OK ? 0 : 1);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		snprintf(version, sizeof version, "%s/iamglass", made);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			break;
		kills += WIFSIGNALED(status);
		if (file_exists(version))
			assert_whole(made);
		assert_int_equal(file_remove_tree(made, &err), ST_OK);
	}
	assert_true(kills > 3);
	assert_whole(made);
	Err err;
	assert_int_equal(file_remove_tree(made, &err), ST_OK);
}

static void a_full_disk_leaves_no_database(void **state)
{
	(void)state;
	fail_everywhere(build);
}

static void a_killed_build_leaves_none_or_a_whole_one(void **state)
{
	(void)state;
	kill_everywhere(build);
}

static void a_merge_fails_as_cleanly(void **state)
{
	(void)state;
	Err err = {0};
	assert_int_equal(build(part, &err), ST_OK);
	fail_everywhere(merge);
	kill_everywhere(merge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_disk_leaves_no_database),
		cmocka_unit_test(a_killed_build_leaves_none_or_a_whole_one),
		cmocka_unit_test(a_merge_fails_as_cleanly),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
