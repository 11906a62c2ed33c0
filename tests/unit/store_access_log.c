/* tests/unit/store_access_log.c - the access log keeps what was written and shows every change. */
#include "store/access/access_log.h"

#include "tests/unit/store_fixture.h"

#define LOG "access/00000001.log"

static void add(Fixture *f, AccessLog *log, const char *what)
{
	AccessEntry entry = {STR("token:ab"), STR("get-record"), str_from(what), STR("200"), STR("r-1")};
	assert_ok(f, access_log_add(log, &entry, &f->err));
}

static void count_and_check(void *ctx, uint64_t number, Str json)
{
	char wanted[32];
	snprintf(wanted, sizeof wanted, "\"what\":\"r%llu\"", (unsigned long long)number);
	assert_true(str_find(json, str_from(wanted)) > 0);
	++*(unsigned *)ctx;
}

static void entries_come_back_in_order_also_after_reopening(void **state)
{
	Fixture *f = *state;
	AccessLog *log, *second;
	char what[16];
	unsigned seen = 0;
	uint64_t count, again;
	Hash newest, read;
	for (int i = 0; i < 30; i++) {
		if (i % 10 == 0)
			assert_ok(f, access_log_open(&log, f->dir, &f->err));
		snprintf(what, sizeof what, "r%d", i);
		add(f, log, what);
		if (i == 5)
			assert_status(f, access_log_open(&second, f->dir, &f->err), ST_BUSY);
		if (i % 10 == 9) {
			access_log_head(log, &count, &newest);
			access_log_close(log);
		}
	}
	assert_int_equal(count, 30);
	assert_ok(f, access_log_read(f->dir, count_and_check, &seen, &again, &read, &f->err));
	assert_int_equal(seen, 30);
	assert_true(hash_eq(&read, &newest));
}

static void every_changed_bit_and_every_cut_shows(void **state)
{
	Fixture *f = *state;
	AccessLog *log;
	char what[16], path[128];
	uint64_t count;
	Hash newest, now;
	unsigned silent = 0;
	assert_ok(f, access_log_open(&log, f->dir, &f->err));
	for (int i = 0; i < 5; i++) {
		snprintf(what, sizeof what, "r%d", i);
		add(f, log, what);
	}
	access_log_head(log, &count, &newest);
	access_log_close(log);
	uint64_t size = file_size_of(f, LOG);
	for (uint64_t at = 0; at < size; at++) {
		for (int bit = 0; bit < 8; bit++) {
			flip_byte(f, LOG, at, (uint8_t)(1 << bit));
			silent += access_log_read(f->dir, NULL, NULL, &count, &now, &f->err) == ST_OK;
			flip_byte(f, LOG, at, (uint8_t)(1 << bit));
		}
	}
	assert_int_equal(silent, 0);
	flip_byte(f, LOG, size / 2, 1); /* in the middle: refused, not cut off */
	assert_status(f, access_log_open(&log, f->dir, &f->err), ST_CORRUPT);
	assert_int_equal(file_size_of(f, LOG), size);
	flip_byte(f, LOG, size / 2, 1);
	fixture_path(f, LOG, path, sizeof path);
	assert_int_equal(truncate(path, (off_t)size - 3), 0); /* a torn end is cut off, the rest stays */
	assert_ok(f, access_log_open(&log, f->dir, &f->err));
	access_log_head(log, &count, &now);
	assert_int_equal(count, 4);
	assert_false(hash_eq(&now, &newest)); /* who kept the newest hash sees that one is missing */
	access_log_close(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entries_come_back_in_order_also_after_reopening, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(every_changed_bit_and_every_cut_shows, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
