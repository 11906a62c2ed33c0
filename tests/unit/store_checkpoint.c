/* tests/unit/store_checkpoint.c - signed tree heads: made, checked, and refused when history was rewritten. */
#include "store/proof/checkpoint.h"

#include "store/format/merkle.h"
#include "store/proof/proof.h"
#include "tests/unit/store_fixture.h"

#include <inttypes.h>

static void add_records(Fixture *f, const char *prefix, int count)
{
	char key[32];
	fixture_begin(f);
	for (int i = 0; i < count; i++) {
		snprintf(key, sizeof key, "%s%d", prefix, i);
		fixture_add(f, key, "{}", key);
	}
	fixture_commit_end(f);
}

static void a_checkpoint_says_what_the_archive_is_and_checks_with_its_key(void **state)
{
	Fixture *f = *state;
	Buf text = {0}, again = {0}, key = {0};
	Checkpoint c;
	StoreState now;
	char path[128];
	struct stat info;
	assert_status(f, store_checkpoint_last(f->store, &text, &f->err), ST_NOT_FOUND);
	add_records(f, "a", 5);
	assert_ok(f, store_checkpoint(f->store, &text, &f->err));
	assert_ok(f, store_verifier_key(f->store, &key, &f->err));
	assert_ok(f, checkpoint_check(buf_str(&text), buf_str(&key), &c, &f->err));
	store_state(f->store, &now);
	assert_int_equal(c.tree_size, 5);
	assert_true(hash_eq(&c.root, &now.root));
	assert_ok(f, store_checkpoint(f->store, &again, &f->err));
	assert_str_equal(buf_str(&again), buf_str(&text));
	fixture_path(f, "keys/signing.key", path, sizeof path);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	buf_done(&text);
	buf_done(&again);
	buf_done(&key);
}

static void no_changed_byte_of_a_checkpoint_passes(void **state)
{
	Fixture *f = *state;
	Buf text = {0}, key = {0};
	Checkpoint c;
	add_records(f, "a", 3);
	assert_ok(f, store_checkpoint(f->store, &text, &f->err));
	assert_ok(f, store_verifier_key(f->store, &key, &f->err));
	unsigned passed = 0;
	for (size_t i = 0; i + 1 < text.len; i++) { /* the last line break may be missing */
		for (int bit = 0; bit < 8; bit++) {
			text.data[i] ^= (char)(1 << bit);
			passed += checkpoint_check(buf_str(&text), buf_str(&key), &c, &f->err) == ST_OK;
			text.data[i] ^= (char)(1 << bit);
		}
	}
	assert_int_equal(passed, 0);
	for (size_t i = 0; i + 1 < text.len; i++)
		assert_status(f, checkpoint_check(str_slice(buf_str(&text), 0, i), buf_str(&key), &c, &f->err),
			      ST_INVALID);
	for (size_t i = 0; i < key.len; i++) {
		key.data[i] ^= 1;
		assert_status(f, checkpoint_check(buf_str(&text), buf_str(&key), &c, &f->err), ST_INVALID);
		key.data[i] ^= 1;
	}
	buf_done(&text);
	buf_done(&key);
}

static void an_older_checkpoint_is_consistent_with_a_newer_one(void **state)
{
	Fixture *f = *state;
	Buf old = {0}, text = {0};
	Checkpoint a, b;
	Arena arena = {0};
	Proof p;
	add_records(f, "a", 5);
	assert_ok(f, store_checkpoint(f->store, &old, &f->err));
	add_records(f, "b", 8);
	assert_ok(f, store_checkpoint(f->store, &text, &f->err));
	assert_ok(f, checkpoint_parse(buf_str(&old), &a, &f->err));
	assert_ok(f, checkpoint_parse(buf_str(&text), &b, &f->err));
	assert_ok(f, store_prove_consistency(f->store, a.tree_size, b.tree_size, &arena, &p, &f->err));
	assert_true(merkle_check_consistency(a.tree_size, &a.root, b.tree_size, &b.root, p.path, p.count));
	arena_done(&arena);
	buf_done(&old);
	buf_done(&text);
}

static void a_log_that_was_cut_or_changed_after_signing_is_not_signed_again_nor_written_to(void **state)
{
	Fixture *f = *state;
	Buf text = {0}, saved = {0};
	char path[128];
	add_records(f, "a", 2);
	fixture_path(f, "segments/00000001.seg", path, sizeof path);
	assert_ok(f, file_read_all(path, 1 << 20, &saved, &f->err));
	add_records(f, "b", 2);
	assert_ok(f, store_checkpoint(f->store, &text, &f->err));
	store_close(f->store);
	f->store = NULL;
	assert_ok(f, file_replace(path, buf_str(&saved), &f->err)); /* the older state, whole in itself */
	fixture_path(f, "durable", path, sizeof path);
	assert_int_equal(unlink(path), 0);
	fixture_open(f);
	assert_int_equal(store_tree_size(f->store), 2);
	assert_status(f, store_checkpoint(f->store, &text, &f->err), ST_CORRUPT);
	assert_status(f, store_write_begin(f->store, &f->err), ST_READ_ONLY);
	assert_non_null(strstr(f->err.text, "signed"));
	buf_done(&text);
	buf_done(&saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_checkpoint_says_what_the_archive_is_and_checks_with_its_key,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(no_changed_byte_of_a_checkpoint_passes, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(an_older_checkpoint_is_consistent_with_a_newer_one, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(
			a_log_that_was_cut_or_changed_after_signing_is_not_signed_again_nor_written_to, fixture_setup,
			fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
