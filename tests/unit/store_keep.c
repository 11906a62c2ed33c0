/* tests/unit/store_keep.c - what is done with an archive over the years leaves every record and every proof as it was. */
#include "store/keep.h"

#include "store/proof.h"
#include "tests/unit/store_fixture.h"

enum { RECORDS = 900 };

static void make_text(int i, char *out, size_t room)
{
	int n = snprintf(out, room, "QUYẾT ĐỊNH số %d/QĐ-UBND về việc giao nhiệm vụ năm %d\n", i, 1990 + i % 35);
	for (int k = 0; k < 18; k++)
		n += snprintf(out + n, room - (size_t)n, "Điều %d. Giao Sở %d phối hợp với phòng %d, thời hạn %d ngày.\n", k, (i * 7 + k) % 19, (i + k * k) % 53, (i * k) % 90);
}

static int setup(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	Fixture *f = *state;
	f->options.segment_bytes = 4 << 20;
	f->options.sample_bytes = 200 << 10;
	fixture_reopen(f);
	fixture_begin(f);
	for (int i = 0; i < RECORDS; i++) {
		char key[16], text[4000];
		make_text(i, text, sizeof text);
		snprintf(key, sizeof key, "r%d", i);
		fixture_add(f, key, "{\"type\":\"Quyết định\"}", text);
	}
	fixture_commit_end(f);
	return 0;
}

static void all_is_there(Fixture *f, int from)
{
	Buf text = {0};
	Arena arena = {0};
	Proof proof;
	for (int i = from; i < RECORDS; i++) {
		char key[16], expected[4000];
		make_text(i, expected, sizeof expected);
		snprintf(key, sizeof key, "r%d", i);
		assert_ok(f, fixture_text(f, key, &text));
		assert_str_equal(buf_str(&text), str_from(expected));
		arena_reset(&arena);
		assert_ok(f, store_prove_inclusion(f->store, (uint64_t)i, 0, &arena, &proof, &f->err));
	}
	arena_done(&arena);
	buf_done(&text);
}

static void recompression_makes_it_smaller_and_changes_nothing(void **state)
{
	Fixture *f = *state;
	StoreState before, after;
	uint32_t done;
	Store *reader;
	Buf text = {0};
	uint64_t sequence;
	fixture_begin(f);
	assert_ok(f, store_seal(f->store, &f->err));
	store_write_end(f->store);
	store_state(f->store, &before);
	assert_true(before.segments >= 2);
	assert_ok(f, store_open_with(&reader, f->dir, &f->options, &f->err)); /* another process, with the old files open */
	assert_ok(f, store_find(reader, ENTRY_RECORD, STR("r5"), 0, &sequence, &f->err));
	assert_ok(f, store_recompress(f->store, 1000, NULL, &done, &f->err));
	assert_int_equal(done, before.segments - 1);
	store_state(f->store, &after);
	print_message("%llu bytes at ingest, %llu at rest, of %llu\n", (unsigned long long)before.bytes_stored,
	              (unsigned long long)after.bytes_stored, (unsigned long long)after.bytes_original);
	assert_true(after.bytes_stored < before.bytes_stored);
	assert_true(hash_eq(&before.root, &after.root));
	all_is_there(f, 0);
	assert_int_equal(fixture_verify(f, false), 0);
	assert_ok(f, store_recompress(f->store, 1000, NULL, &done, &f->err));
	assert_int_equal(done, 0); /* once is enough */
	fixture_reopen(f);
	all_is_there(f, 0);
	fixture_begin(f);
	fixture_add(f, "more", "{}", "more");
	fixture_commit_end(f);
	assert_int_equal(fixture_verify(f, false), 0);
	Store *own = f->store;
	f->store = reader;
	assert_ok(f, store_refresh(reader, &f->err));
	all_is_there(f, 0);
	f->store = own;
	store_close(reader);
	buf_done(&text);
}

static void a_damaged_segment_is_not_made_to_look_right(void **state)
{
	Fixture *f = *state;
	uint32_t done;
	flip_byte(f, "segments/00000001.seg", 100000, 1);
	assert_status(f, store_recompress(f->store, 1000, NULL, &done, &f->err), ST_CORRUPT);
	assert_true(fixture_verify(f, true) > 0);
	flip_byte(f, "segments/00000001.seg", 100000, 1);
	assert_int_equal(fixture_verify(f, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(recompression_makes_it_smaller_and_changes_nothing, setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_damaged_segment_is_not_made_to_look_right, setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
