/* tests/unit/store_mark.c - what is not durable is not shown to other processes, and what was durable is missed when it
 * is gone.
 *
 * fdatasync is this file's own: the test holds it back, as a slow disk does. */
#include "store/proof/checkpoint.h"
#include "tests/unit/store_fixture.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#define SEG1 "segments/00000001.seg"

static _Atomic bool holds_back;
static sem_t reached, go_on;

int fdatasync(int fd)
{
	if (atomic_exchange(&holds_back, false)) {
		sem_post(&reached);
		sem_wait(&go_on);
	}
	return (int)syscall(SYS_fdatasync, fd);
}

static Status put(Store *store, const char *key, Err *err)
{
	Receipt receipt;
	EntryInput input = {.kind = ENTRY_RECORD, .key = str_from(key), .metadata = STR("{\"subject\":\"V/v thử\"}")};
	return store_put(store, &input, &receipt, err);
}

static void *put_slowly(void *arg)
{
	Fixture *f = arg;
	put(f->store, "slow", &f->err);
	return NULL;
}

static uint64_t signed_size_of(Store *store)
{
	Err err;
	Buf text = {0};
	Checkpoint c = {.tree_size = UINT64_MAX};
	if (store_checkpoint(store, &text, &err) == ST_OK)
		checkpoint_parse(buf_str(&text), &c, &err);
	buf_done(&text);
	return c.tree_size;
}

static void what_the_writer_has_not_made_durable_is_not_signed_by_another_process(void **state)
{
	Fixture *f = *state;
	Store *other;
	Err err;
	pthread_t writer;
	assert_ok(f, put(f->store, "first", &f->err));
	sem_init(&reached, 0, 0);
	sem_init(&go_on, 0, 0);
	holds_back = true;
	pthread_create(&writer, NULL, put_slowly, f);
	sem_wait(&reached); /* its COMMIT stands in the file, its fdatasync runs */
	assert_ok(f, store_open(&other, f->dir, &err));
	uint64_t seen = store_tree_size(other), signed_then = signed_size_of(other);
	sem_post(&go_on);
	pthread_join(writer, NULL);
	assert_int_equal(seen, 1);
	assert_int_equal(signed_then, 1);
	assert_ok(f, store_refresh(other, &err));
	assert_int_equal(store_tree_size(other), 2);
	assert_int_equal(signed_size_of(other), 2);
	store_close(other);
}

static void a_writer_that_dies_behind_its_commit_leaves_it_to_the_next_reader(void **state)
{
	Fixture *f = *state;
	char mark[128], kept[512];
	assert_ok(f, put(f->store, "first", &f->err));
	fixture_begin(f);
	fixture_path(f, "durable", mark, sizeof mark);
	FILE *file = fopen(mark, "r");
	assert_non_null(file);
	size_t len = fread(kept, 1, sizeof kept, file);
	fclose(file);
	fixture_add(f, "second", "{}", "second");
	assert_ok(f, store_commit(f->store, &f->err));
	/* the files as kill -9 leaves them: no MARK behind the COMMIT */
	assert_int_equal(fixture_run("cp -r %s %s.killed && rm -rf %s.killed/catalogue", f->dir, f->dir, f->dir), 0);
	store_write_end(f->store);
	snprintf(mark, sizeof mark, "%s.killed/durable", f->dir);
	assert_ok(f, file_replace(mark, (Str){kept, len}, &f->err));
	Store *other;
	snprintf(mark, sizeof mark, "%s.killed", f->dir);
	assert_ok(f, store_open(&other, mark, &f->err));
	assert_int_equal(store_tree_size(other), 2);
	store_close(other);
	file_remove_tree(mark, &f->err);
}

/* What anybody is told of an archive that lost something: no writes, a finding, damage. */
static void expect_loss(Fixture *f, const char *words)
{
	Err why = {0};
	assert_status(f, store_damage(f->store, &why), ST_CORRUPT);
	assert_non_null(strstr(why.text, words));
	assert_true(fixture_verify(f, false) > 0);
	assert_status(f, put(f->store, "after", &f->err), ST_READ_ONLY);
	assert_non_null(strstr(f->err.text, words));
}

static void an_emptied_log_is_read_only_and_says_what_is_missing(void **state)
{
	Fixture *f = *state;
	assert_ok(f, put(f->store, "a", &f->err));
	assert_ok(f, put(f->store, "b", &f->err));
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(fixture_run("rm %s/segments/*", f->dir), 0);
	fixture_open(f);
	expect_loss(f, "2 records were stored");
	assert_int_equal(file_size_of(f, SEG1), 0);
	store_close(f->store);
	assert_int_equal(fixture_run("rmdir %s/segments", f->dir), 0); /* as where its disk is not mounted */
	fixture_open(f);
	expect_loss(f, "2 records were stored");
}

static void a_log_that_is_shorter_than_what_was_signed_is_damage_without_a_mark_too(void **state)
{
	Fixture *f = *state;
	Buf text = {0};
	assert_ok(f, put(f->store, "a", &f->err));
	assert_ok(f, store_checkpoint(f->store, &text, &f->err));
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(fixture_run("rm -f %s/segments/* %s/durable", f->dir, f->dir), 0);
	fixture_open(f);
	expect_loss(f, "1 records were signed");
	buf_done(&text);
}

static void a_live_segment_that_was_cut_is_missed_without_a_checkpoint(void **state)
{
	Fixture *f = *state;
	for (int i = 0; i < 8; i++) {
		char key[8];
		snprintf(key, sizeof key, "r%d", i);
		assert_ok(f, put(f->store, key, &f->err));
	}
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(fixture_run("truncate -s %d %s/" SEG1, (int)(file_size_of(f, SEG1) / 2), f->dir), 0);
	fixture_open(f);
	assert_true(store_tree_size(f->store) < 8);
	expect_loss(f, "8 records were stored");
}

static void every_changed_bit_of_the_mark_is_a_finding(void **state)
{
	Fixture *f = *state;
	assert_ok(f, put(f->store, "a", &f->err));
	store_close(f->store);
	f->store = NULL;
	uint64_t size = file_size_of(f, "durable");
	assert_true(size > 100 && size < 512);
	for (uint64_t i = 0; i < size; i++) {
		flip_byte(f, "durable", i, (uint8_t)(1 << i % 8));
		fixture_open(f);
		assert_int_equal(fixture_verify(f, false), 1);
		assert_status(f, put(f->store, "b", &f->err), ST_READ_ONLY);
		store_close(f->store);
		flip_byte(f, "durable", i, (uint8_t)(1 << i % 8));
	}
	fixture_open(f);
	assert_int_equal(fixture_verify(f, false), 0);
}

static void a_mark_of_another_history_is_a_finding(void **state)
{
	Fixture *f = *state;
	Buf saved = {0};
	char path[128];
	assert_int_equal(fixture_run("cp -r %s %s.twin", f->dir, f->dir), 0);
	assert_ok(f, put(f->store, "a", &f->err));
	fixture_path(f, "durable", path, sizeof path);
	assert_ok(f, file_read_all(path, 512, &saved, &f->err));
	store_close(f->store);
	snprintf(path, sizeof path, "%s.twin", f->dir);
	assert_ok(f, store_open(&f->store, path, &f->err));
	assert_ok(f, put(f->store, "a", &f->err)); /* another salt: another root */
	store_close(f->store);
	snprintf(path, sizeof path, "%s.twin/durable", f->dir);
	assert_ok(f, file_replace(path, buf_str(&saved), &f->err));
	snprintf(path, sizeof path, "%s.twin", f->dir);
	assert_ok(f, store_open(&f->store, path, &f->err));
	assert_int_equal(fixture_verify(f, false), 1);
	file_remove_tree(path, &f->err);
	buf_done(&saved);
}

/* The directory is replaced by another archive under an open one. */
static void nothing_is_written_into_the_wrong_archive(void **state)
{
	Fixture *f = *state;
	Buf note = {0};
	Store *other;
	assert_ok(f, put(f->store, "a", &f->err));
	for (int i = 0; i < 2; i++) {
		char path[128];
		snprintf(path, sizeof path, "%s.other", f->dir);
		assert_ok(f, store_init(path, &f->err));
		assert_ok(f, store_open(&other, path, &f->err));
		store_close(other);
		if (i == 0)
			assert_int_equal(
				fixture_run("mv %s %s.aside && mv %s.other %s", f->dir, f->dir, f->dir, f->dir), 0);
		else /* another archive in the same directory */
			assert_int_equal(fixture_run("mkdir %s.aside && mv %s/* %s.aside && mv %s.other/* %s", f->dir,
						     f->dir, f->dir, f->dir, f->dir),
					 0);
		assert_status(f, put(f->store, "b", &f->err), ST_READ_ONLY);
		assert_non_null(strstr(f->err.text, "moved or replaced"));
		assert_status(f, store_checkpoint(f->store, &note, &f->err), ST_READ_ONLY);
		assert_int_equal(
			fixture_run("test -z \"$(ls %s/segments %s/keys | grep -v :)\" -a ! -e %s/checkpoint -a ! -e "
				    "%s/durable",
				    f->dir, f->dir, f->dir, f->dir),
			0);
		if (i == 0)
			assert_int_equal(fixture_run("rm -r %s && mv %s.aside %s", f->dir, f->dir, f->dir), 0);
		else
			assert_int_equal(fixture_run("rm -r %s/* %s.other && mv %s.aside/* %s && rmdir %s.aside",
						     f->dir, f->dir, f->dir, f->dir, f->dir),
					 0);
		assert_ok(f, put(f->store, i ? "d" : "c", &f->err)); /* it is back */
	}
	assert_int_equal(fixture_verify(f, false), 0);
	buf_done(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		TEST(what_the_writer_has_not_made_durable_is_not_signed_by_another_process),
		TEST(a_writer_that_dies_behind_its_commit_leaves_it_to_the_next_reader),
		TEST(an_emptied_log_is_read_only_and_says_what_is_missing),
		TEST(a_log_that_is_shorter_than_what_was_signed_is_damage_without_a_mark_too),
		TEST(a_live_segment_that_was_cut_is_missed_without_a_checkpoint),
		TEST(every_changed_bit_of_the_mark_is_a_finding),
		TEST(nothing_is_written_into_the_wrong_archive),
		TEST(a_mark_of_another_history_is_a_finding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
