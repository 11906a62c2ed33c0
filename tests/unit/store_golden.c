/* tests/unit/store_golden.c - archives of released formats open for ever: a frozen one is copied, read, verified and
 * written to. It holds versions, a case file, a hold, a destroyed record, chunks, dictionaries, segments written anew.
 */
#include "store/proof/checkpoint.h"
#include "tests/unit/store_fixture.h"

static int copy_golden(void **state)
{
	char command[600];
	const char *source = getenv("HOSO_SOURCE");
	Fixture *f = calloc(1, sizeof *f);
	snprintf(f->dir, sizeof f->dir, "./store-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(command, sizeof command, "cp -r %s/tests/golden/archive-v1/. %s && chmod -R u+w %s",
		 source ? source : ".", f->dir, f->dir);
	if (system(command) != 0)
		return -1;
	store_options_default(&f->options);
	fixture_open(f);
	*state = f;
	return 0;
}

static void an_archive_of_format_1_opens_and_is_whole(void **state)
{
	Fixture *f = *state;
	StoreState now;
	Hash root;
	Arena arena = {0};
	Entry entry;
	uint64_t sequence, *members;
	size_t count;
	Buf text = {0};
	store_state(f->store, &now);
	assert_int_equal(now.tree_size, 67);
	assert_int_equal(now.segments, 31);
	assert_true(hex_decode(STR("e435421c0566d979f44644f2d8d2556f3d86a8718efdc7e77f99c25a95dedf83"), root.bytes,
			       sizeof root.bytes));
	assert_true(hash_eq(&root, &now.root));
	assert_int_equal(fixture_verify(f, false), 0);
	assert_ok(f, store_find(f->store, ENTRY_RECORD, STR("000.00.00.H40-2019-3"), 0, &sequence, &f->err));
	assert_ok(f, store_entry(f->store, sequence, &arena, &entry, &f->err));
	assert_int_equal(entry.version, 2);
	assert_true(str_find(entry.metadata, STR("\"number\":\"59/2019/QĐ-UBND\"")) > 0);
	assert_str_equal(entry.objects[0].name, STR("15-QĐ \"bản sao\".txt"));
	assert_ok(f, fixture_text(f, "000.00.00.H40-2019-3", &text));
	assert_true(str_starts(buf_str(&text), STR("ỦY BAN NHÂN DÂN TỈNH\nQUYẾT ĐỊNH số 59/2019/QĐ-UBND\n")));
	assert_ok(f, fixture_text(f, "lon", &text));
	assert_int_equal(text.len, (1 << 20) + 70000);
	assert_ok(f, fixture_text(f, "rong", &text));
	assert_int_equal(text.len, 0);
	assert_ok(f, fixture_text(f, "sau", &text));
	assert_ok(f, store_find(f->store, ENTRY_RECORD, STR("huy"), 0, &sequence, &f->err));
	assert_ok(f, store_entry(f->store, sequence, &arena, &entry, &f->err));
	assert_true(entry.destroyed);
	assert_ok(f, store_case_records(f->store, STR("H40.15-210521-0012"), &arena, &members, &count, &f->err));
	assert_int_equal(count, 11); /* the twelfth left it with its second version */
	arena_done(&arena);
	buf_done(&text);
}

static void its_checkpoint_checks_and_it_can_be_written_to(void **state)
{
	Fixture *f = *state;
	char path[128];
	Buf note = {0}, key = {0};
	Checkpoint checkpoint;
	assert_ok(f, store_checkpoint_last(f->store, &note, &f->err));
	fixture_path(f, "keys/verifier.txt", path, sizeof path);
	assert_ok(f, file_read_all(path, 4096, &key, &f->err));
	assert_ok(f, checkpoint_check(buf_str(&note), buf_str(&key), &checkpoint, &f->err));
	assert_int_equal(checkpoint.tree_size, 67);
	fixture_begin(f);
	assert_int_equal(fixture_add(f, "sau", "{}", "sau khi tiêu hủy, sửa").version, 2);
	fixture_commit_end(f);
	fixture_reopen(f);
	assert_int_equal(store_tree_size(f->store), 68);
	assert_int_equal(fixture_verify(f, false), 0);
	buf_done(&note);
	buf_done(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_archive_of_format_1_opens_and_is_whole, copy_golden,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(its_checkpoint_checks_and_it_can_be_written_to, copy_golden,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
