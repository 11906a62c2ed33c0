/* tests/unit/store_access_log.c - the access log keeps what was written and shows every change. */
#include "store/access/access_log.h"

#include "tests/unit/store_fixture.h"

#include <sys/stat.h>

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
	flip_byte(f, LOG, size / 2, 1); /* in the middle: kept, not cut off, and never taken for whole */
	assert_ok(f, access_log_open(&log, f->dir, &f->err));
	assert_true(*access_log_damage(log));
	add(f, log, "behind the damage");
	access_log_close(log);
	assert_int_equal(file_size_of(f, LOG), size);
	assert_status(f, access_log_read(f->dir, NULL, NULL, &count, &now, &f->err), ST_CORRUPT);
	assert_ok(f, access_log_open(&log, f->dir, &f->err)); /* the next file is whole */
	assert_false(*access_log_damage(log));
	access_log_close(log);
	fixture_path(f, "access/00000002.log", path, sizeof path);
	assert_int_equal(unlink(path), 0);
	flip_byte(f, LOG, size / 2, 1);
	fixture_path(f, LOG, path, sizeof path);
	assert_int_equal(truncate(path, (off_t)size - 3), 0); /* a torn end is cut off, the rest stays */
	assert_ok(f, access_log_open(&log, f->dir, &f->err));
	access_log_head(log, &count, &now);
	assert_int_equal(count, 4);
	assert_false(hash_eq(&now, &newest)); /* who kept the newest hash sees that one is missing */
	access_log_close(log);
}

static void begin_at_any_number(void *ctx, uint64_t number, Str json)
{
	(void)json;
	uint64_t *next = ctx;
	assert_true(*next == UINT64_MAX || number == *next);
	*next = number + 1;
}

static unsigned count_files(Fixture *f, uint64_t *bytes_out)
{
	unsigned count = 0;
	*bytes_out = 0;
	for (unsigned number = 1; number < 2000; number++) {
		char name[40], path[200];
		struct stat info;
		snprintf(name, sizeof name, "access/%08x.log", number);
		fixture_path(f, name, path, sizeof path);
		if (stat(path, &info) != 0)
			continue;
		count++;
		*bytes_out += (uint64_t)info.st_size;
	}
	return count;
}

static void the_log_stays_within_its_quota_and_says_what_it_dropped(void **state)
{
	Fixture *f = *state;
	AccessLog *log;
	AccessOptions options = {.quota_bytes = 64 << 10, .file_bytes = 8 << 10};
	uint64_t count, again, bytes, next = UINT64_MAX;
	Hash newest, read;
	char path[200], name[40];
	for (int round = 0; round < 20; round++) {
		assert_ok(f, access_log_open_with(&log, f->dir, &options, &f->err));
		for (int i = 0; i < 100; i++)
			add(f, log, "r");
		access_log_head(log, &count, &newest);
		access_log_close(log);
	}
	unsigned files = count_files(f, &bytes);
	assert_true(bytes <= options.quota_bytes + 1024 && files >= 6 && files <= 9);
	assert_ok(f, access_log_read(f->dir, begin_at_any_number, &next, &again, &read, &f->err));
	assert_true(hash_eq(&read, &newest) && again == count && next == count && count > 2000);
	/* a file in the middle, and the oldest one, can't go unseen */
	unsigned first = 1;
	do {
		snprintf(name, sizeof name, "access/%08x.log", first);
		fixture_path(f, name, path, sizeof path);
	} while (access(path, F_OK) != 0 && ++first < 2000);
	assert_int_equal(unlink(path), 0);
	assert_status(f, access_log_read(f->dir, NULL, NULL, &again, &read, &f->err), ST_CORRUPT);
	assert_ok(f, access_log_open_with(&log, f->dir, &options, &f->err)); /* writing goes on all the same */
	for (int i = 0; i < 50; i++)
		add(f, log, "r");
	access_log_close(log);
	assert_status(f, access_log_read(f->dir, NULL, NULL, &again, &read, &f->err), ST_CORRUPT);
	snprintf(name, sizeof name, "access/%08x.log", first + 2);
	fixture_path(f, name, path, sizeof path);
	assert_int_equal(unlink(path), 0);
	assert_status(f, access_log_read(f->dir, NULL, NULL, &again, &read, &f->err), ST_CORRUPT);
}

static void every_changed_bit_of_two_files_shows(void **state)
{
	Fixture *f = *state;
	AccessLog *log;
	AccessOptions options = {.file_bytes = 4096};
	uint64_t count;
	Hash now;
	unsigned silent = 0;
	assert_ok(f, access_log_open_with(&log, f->dir, &options, &f->err));
	for (int i = 0; i < 30; i++)
		add(f, log, "r");
	access_log_close(log);
	for (unsigned number = 1; number <= 2; number++) {
		char name[40];
		snprintf(name, sizeof name, "access/%08x.log", number);
		uint64_t size = file_size_of(f, name);
		for (uint64_t at = 0; at < size; at++) {
			uint8_t bit = (uint8_t)(1 << at % 8);
			flip_byte(f, name, at, bit);
			silent += access_log_read(f->dir, NULL, NULL, &count, &now, &f->err) == ST_OK;
			flip_byte(f, name, at, bit);
		}
	}
	assert_int_equal(silent, 0);
	assert_ok(f, access_log_read(f->dir, NULL, NULL, &count, &now, &f->err));
	assert_int_equal(count, 31);
}

static void is_short_and_plain(void *ctx, uint64_t number, Str json)
{
	(void)number;
	assert_true(json.len < 600);
	for (size_t i = 0; i < json.len; i++)
		assert_true((uint8_t)json.ptr[i] != 0xC2 && (uint8_t)json.ptr[i] != 0xE2);
	*(bool *)ctx |= str_find(json, STR("\\u009b2J\\u202egnp")) > 0;
}

static void long_addresses_are_cut_and_marks_escaped(void **state)
{
	Fixture *f = *state;
	AccessLog *log;
	char what[4001] = "\xC2\x9b"
			  "2J\u202egnp";
	uint64_t count;
	Hash now;
	bool found = false;
	memset(what + strlen(what), 'a', 3900);
	assert_ok(f, access_log_open(&log, f->dir, &f->err));
	add(f, log, what);
	access_log_close(log);
	assert_ok(f, access_log_read(f->dir, is_short_and_plain, &found, &count, &now, &f->err));
	assert_true(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entries_come_back_in_order_also_after_reopening, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(every_changed_bit_and_every_cut_shows, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(the_log_stays_within_its_quota_and_says_what_it_dropped, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(every_changed_bit_of_two_files_shows, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(long_addresses_are_cut_and_marks_escaped, fixture_setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
