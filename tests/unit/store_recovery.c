/* tests/unit/store_recovery.c - a torn tail is cut off, damage in the middle is refused. */
#include "tests/unit/store_fixture.h"

#include "store/care/verify.h"
#include "store/format/frame.h"

#define SEG1 "segments/00000001.seg"
#define SEG2 "segments/00000002.seg"

static void append_bytes(const Fixture *f, const char *name, const void *bytes, size_t len)
{
	char path[128];
	fixture_path(f, name, path, sizeof path);
	int fd = open(path, O_WRONLY | O_APPEND);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static void put_one(Fixture *f, const char *key, const char *text)
{
	fixture_begin(f);
	fixture_add(f, key, "{\"subject\":\"V/v thử\"}", text);
	fixture_commit_end(f);
}

static void bytes_behind_the_last_commit_are_ignored_and_removed_by_the_next_write(void **state)
{
	Fixture *f = *state;
	Buf text = {0};
	put_one(f, "a", "one");
	uint64_t size = file_size_of(f, SEG1);
	append_bytes(f, SEG1, "torn torn torn", 14);
	fixture_reopen(f);
	assert_int_equal(store_tree_size(f->store), 1);
	VerifyReport report;
	assert_ok(f, store_verify(f->store, false, NULL, NULL, NULL, &report, &f->err));
	assert_int_equal(report.findings, 0); /* no fault, but it is named */
	assert_int_equal(report.torn_bytes, 14);
	assert_int_equal(file_size_of(f, SEG1), size + 14);
	put_one(f, "b", "two");
	assert_int_equal(fixture_verify(f, false), 0);
	fixture_reopen(f);
	assert_ok(f, fixture_text(f, "a", &text));
	assert_ok(f, fixture_text(f, "b", &text));
	buf_done(&text);
}

static void bytes_that_no_write_leaves_are_a_finding(void **state)
{
	Fixture *f = *state;
	char rubbish[200];
	put_one(f, "a", "one");
	memset(rubbish, 'x', sizeof rubbish);
	append_bytes(f, SEG1, rubbish, sizeof rubbish);
	fixture_reopen(f);
	assert_int_equal(fixture_verify(f, false), 1);
	put_one(f, "b", "two");
	assert_int_equal(fixture_verify(f, false), 0);
}

static void every_cut_of_the_last_batch_leaves_the_batches_before_it(void **state)
{
	Fixture *f = *state;
	char path[128], mark_path[128];
	Buf whole = {0}, text = {0}, mark = {0};
	put_one(f, "a", "one");
	fixture_path(f, "durable", mark_path, sizeof mark_path);
	assert_ok(f, file_read_all(mark_path, 512, &mark, &f->err)); /* what the cut leaves of it: the batch before */
	uint64_t first = file_size_of(f, SEG1);
	put_one(f, "b", "two, a little longer so that there is more to cut");
	fixture_path(f, SEG1, path, sizeof path);
	assert_ok(f, file_read_all(path, 1 << 20, &whole, &f->err));
	for (size_t len = whole.len; len >= first; len--) {
		store_close(f->store);
		f->store = NULL;
		assert_ok(f, file_replace(path, (Str){whole.data, len}, &f->err));
		assert_ok(f, file_replace(mark_path, buf_str(&mark), &f->err));
		fixture_open(f);
		bool whole_batch = len >= whole.len - FRAME_HEADER_LEN; /* all but the MARK */
		assert_int_equal(store_tree_size(f->store), whole_batch ? 2 : 1);
		assert_ok(f, fixture_text(f, "a", &text));
		assert_int_equal(fixture_verify(f, false), 0);
		fixture_begin(f);
		Receipt r = fixture_add(f, "b", "{\"subject\":\"V/v thử\"}",
					"two, a little longer so that there is more to cut");
		assert_int_equal(r.result, whole_batch ? APPEND_DUPLICATE : APPEND_ADDED);
		fixture_commit_end(f);
		assert_int_equal(fixture_verify(f, false), 0);
	}
	buf_done(&whole);
	buf_done(&text);
	buf_done(&mark);
}

static void damage_before_a_later_commit_stops_writing_but_not_reading(void **state)
{
	Fixture *f = *state;
	Buf text = {0};
	put_one(f, "a", "one");
	uint64_t end_of_a = file_size_of(f, SEG1);
	put_one(f, "b", "two");
	put_one(f, "c", "three");
	flip_byte(f, SEG1, end_of_a + FRAME_HEADER_LEN + 3, 0x10); /* in the object of b */
	fixture_reopen(f);
	assert_status(f, store_write_begin(f->store, &f->err), ST_READ_ONLY);
	assert_non_null(strstr(f->err.text, "00000001.seg offset"));
	assert_int_equal(store_tree_size(f->store), 3);
	assert_ok(f, fixture_text(f, "a", &text));
	assert_str_equal(buf_str(&text), STR("one"));
	assert_ok(f, fixture_text(f, "c", &text));
	assert_str_equal(buf_str(&text), STR("three"));
	assert_true(fixture_text(f, "b", &text) != ST_OK);
	assert_true(fixture_verify(f, false) > 0);
	buf_done(&text);
}

static void a_missing_segment_in_the_middle_is_named(void **state)
{
	Fixture *f = *state;
	char key[16], text[4000], path[128];
	Buf got = {0};
	f->options.segment_bytes = 64 << 10;
	fixture_reopen(f);
	for (int i = 0; i < 200; i++) {
		uint64_t noise = (uint64_t)i + 1;
		for (size_t k = 0; k < sizeof text - 1; k++) {
			noise = noise * 6364136223846793005u + 1442695040888963407u;
			text[k] = (char)(' ' + (noise >> 57) % 90);
		}
		text[sizeof text - 1] = 0;
		snprintf(key, sizeof key, "r%d", i);
		put_one(f, key, text);
	}
	StoreState now;
	store_state(f->store, &now);
	assert_true(now.segments > 3);
	fixture_path(f, SEG2, path, sizeof path);
	assert_int_equal(unlink(path), 0);
	fixture_reopen(f);
	assert_int_equal(store_tree_size(f->store), 200);
	assert_status(f, store_write_begin(f->store, &f->err), ST_READ_ONLY);
	assert_non_null(strstr(f->err.text, "00000002.seg"));
	assert_ok(f, fixture_text(f, "r0", &got));
	assert_ok(f, fixture_text(f, "r199", &got));
	assert_true(fixture_verify(f, true) > 0);
	buf_done(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bytes_behind_the_last_commit_are_ignored_and_removed_by_the_next_write,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(bytes_that_no_write_leaves_are_a_finding, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(every_cut_of_the_last_batch_leaves_the_batches_before_it, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(damage_before_a_later_commit_stops_writing_but_not_reading,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_missing_segment_in_the_middle_is_named, fixture_setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
