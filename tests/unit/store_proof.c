/* tests/unit/store_proof.c - proofs out of a real archive, with the tree file there, lost, damaged and behind. */
#include "store/proof/proof.h"

#include "store/format/merkle.h"
#include "tests/unit/store_fixture.h"

static void fill(Fixture *f, int from, int to)
{
	char key[16];
	fixture_begin(f);
	for (int i = from; i < to; i++) {
		snprintf(key, sizeof key, "r%d", i);
		fixture_add(f, key, "{}", key);
		if (i % 7 == 3)
			assert_ok(f, store_commit(f->store, &f->err));
	}
	fixture_commit_end(f);
}

static void all_proofs_hold(Fixture *f, uint64_t step)
{
	Arena arena = {0};
	StoreState now;
	store_state(f->store, &now);
	for (uint64_t size = 1; size <= now.tree_size; size += step) {
		for (uint64_t i = 0; i < size; i += step) {
			Proof p;
			Entry entry;
			arena_reset(&arena);
			assert_ok(f, store_prove_inclusion(f->store, i, size, &arena, &p, &f->err));
			assert_ok(f, store_entry(f->store, i, &arena, &entry, &f->err));
			assert_true(merkle_check_inclusion(&entry.leaf, i, size, p.path, p.count, &p.root));
			assert_ok(f, store_prove_consistency(f->store, i, size, &arena, &p, &f->err));
		}
	}
	Proof p;
	assert_ok(f, store_prove_inclusion(f->store, 0, 0, &arena, &p, &f->err));
	assert_true(hash_eq(&p.root, &now.root));
	assert_status(f, store_prove_inclusion(f->store, now.tree_size, 0, &arena, &p, &f->err), ST_INVALID);
	assert_status(f, store_prove_consistency(f->store, 1, now.tree_size + 1, &arena, &p, &f->err), ST_INVALID);
	arena_done(&arena);
}

static void every_record_of_every_size_is_proven(void **state)
{
	Fixture *f = *state;
	fill(f, 0, 70);
	all_proofs_hold(f, 1);
	fixture_reopen(f);
	all_proofs_hold(f, 1);
	fill(f, 70, 75);
	all_proofs_hold(f, 3);
	StoreState now;
	store_state(f->store, &now);
	assert_int_equal(file_size_of(f, "catalogue/tree"),
			 64 + 32 * (2 * (75 / 8) - 2)); /* 9 blocks: 18 - popcount(9) */
}

static void a_lost_or_damaged_tree_file_costs_time_only(void **state)
{
	Fixture *f = *state;
	char path[128];
	fill(f, 0, 100);
	fixture_path(f, "catalogue/tree", path, sizeof path);
	for (uint64_t at = 0; at < file_size_of(f, "catalogue/tree"); at += 37) {
		flip_byte(f, "catalogue/tree", at, 4);
		all_proofs_hold(f, 13);
		fixture_reopen(f);
		all_proofs_hold(f, 13);
		fill(f, 0, 1); /* a writer mends it */
		all_proofs_hold(f, 13);
	}
	assert_int_equal(unlink(path), 0);
	fixture_reopen(f);
	all_proofs_hold(f, 13);
	assert_int_equal(truncate(path, 64 + 32 * 5), 0);
	fixture_reopen(f);
	all_proofs_hold(f, 13);
	fill(f, 100, 120);
	fixture_reopen(f);
	all_proofs_hold(f, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_record_of_every_size_is_proven, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_lost_or_damaged_tree_file_costs_time_only, fixture_setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
