/* tests/unit/ingest_run.c - the ingest itself: paths, streams, what is not there, and being stopped. */
#include "ingest_fixture.h"

#include <signal.h>
#include <sys/resource.h>

static void a_stream_is_read_by_its_name(void **state)
{
	Fixture *f = *state;
	IngestOptions options = {.ctx = f, .rejected = note_reject, .fonds = STR("UBND-ND"), .case_code = STR("H1")};
	Zip zip = {0};
	Arena arena = {0};
	Entry entry;
	int ends[2];
	zip_file(&zip, "a.txt", STR("qua đường ống"), 0);
	Str bytes = zip_end(&zip);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes.ptr, bytes.len), bytes.len);
	close(ends[1]);
	assert_int_equal(ingest_stream(f->store, NULL, ends[0], STR("body.zip"), &options, &f->report, &f->err), ST_OK);
	close(ends[0]);
	assert_int_equal(f->report.added, 1);
	find_newest(f, &arena, &entry);
	assert_true(str_find(entry.metadata, STR("\"fonds\":\"UBND-ND\",\"cases\":[\"H1\"]")) >= 0);
	zip_done(&zip);
	arena_done(&arena);
}

static void paths_that_are_not_there_are_told_and_the_rest_is_taken(void **state)
{
	Fixture *f = *state;
	IngestOptions options = {.ctx = f, .rejected = note_reject};
	char none[200], some[200];
	snprintf(none, sizeof none, "%s/none", f->dir);
	snprintf(some, sizeof some, "%s/a.txt", f->dir);
	const char *paths[] = {none, some};
	put_file(f, "a.txt", STR("có"));
	assert_int_equal(ingest_paths(f->store, NULL, paths, 2, &options, &f->report, &f->err), ST_OK);
	assert_rejected(f, "none|not-found|");
	assert_int_equal(f->report.added, 1);
	assert_int_equal(f->report.bytes_read, f->report.bytes_expected);
}

static void stop_at_once(void *ctx, Str source, Status code, Str reason)
{
	(void)source, (void)code, (void)reason;
	stop_raise(ctx);
}

/* Another ingest's commit fails on a full disk; its room is there again right behind. */
static void let_a_commit_fail(void *ctx, Str source, Status code, Str reason)
{
	Fixture *f = ctx;
	struct rlimit before, none;
	(void)source, (void)code, (void)reason;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 1;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	Status st = store_commit(f->store, &f->err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_not_equal(st, ST_OK);
}

static void what_another_ingest_took_with_it_is_not_counted_as_archived(void **state)
{
	Fixture *f = *state;
	IngestOptions options = {.ctx = f, .rejected = let_a_commit_fail};
	char path[200];
	const char *paths[] = {path};
	snprintf(path, sizeof path, "%s/a.jsonl", f->dir);
	put_file(f, "a.jsonl", STR("{\"id\":\"a\",\"text\":\"1\"}\nbroken\n{\"id\":\"b\",\"text\":\"2\"}\n"));
	assert_int_not_equal(ingest_paths(f->store, NULL, paths, 1, &options, &f->report, &f->err), ST_OK);
	assert_int_equal(store_tree_size(f->store), 1); /* "b" alone */
	assert_non_null(strstr(f->err.text, "not archived"));
}

static void an_ingest_that_is_stopped_keeps_what_it_had(void **state)
{
	Fixture *f = *state;
	Stop stop = {0};
	IngestOptions options = {.ctx = &stop, .rejected = stop_at_once, .until = {.stop = &stop}};
	char path[200];
	const char *paths[] = {path};
	snprintf(path, sizeof path, "%s/a.jsonl", f->dir);
	put_file(f, "a.jsonl", STR("{\"id\":\"a\",\"text\":\"1\"}\nbroken\n{\"id\":\"b\",\"text\":\"2\"}\n"));
	assert_int_equal(ingest_paths(f->store, NULL, paths, 1, &options, &f->report, &f->err), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_int_equal(store_tree_size(f->store), 1);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(a_stream_is_read_by_its_name),
		WITH_ARCHIVE(paths_that_are_not_there_are_told_and_the_rest_is_taken),
		WITH_ARCHIVE(an_ingest_that_is_stopped_keeps_what_it_had),
		WITH_ARCHIVE(what_another_ingest_took_with_it_is_not_counted_as_archived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
