/* tests/unit/store_merkle.c - proofs for every tree of 1 to 130 leaves: right ones pass, each mutation fails. */
#include "store/format/merkle.h"
#include "tests/unit/unit.h"

enum { LARGEST = 130 };

static Hash leaves[LARGEST];

/* RFC 6962 2.1, word for word: the reference that everything else is compared with. */
static void reference_root(size_t start, size_t end, Hash *out)
{
	if (end == start) {
		hash_of((Str){"", 0}, out);
		return;
	}
	if (end - start == 1) {
		*out = leaves[start];
		return;
	}
	size_t k = 1;
	while (k * 2 < end - start)
		k *= 2;
	Hash left, right;
	reference_root(start, start + k, &left);
	reference_root(start + k, end, &right);
	merkle_node(&left, &right, out);
}

static Status leaf_node(void *ctx, unsigned level, uint64_t index, Hash *out, Err *err)
{
	(void)ctx;
	(void)err;
	reference_root((size_t)(index << level), (size_t)((index + 1) << level), out);
	return ST_OK;
}

static const MerkleNodes nodes = {leaf_node, NULL};

static int make_leaves(void **state)
{
	(void)state;
	for (uint8_t i = 0; i < LARGEST; i++)
		merkle_leaf((Str){(const char *)&i, 1}, &leaves[i]);
	return 0;
}

static void the_tree_of_rfc_6962_has_its_published_roots(void **state)
{
	(void)state;
	/* leaves and roots of the test vectors in certificate-transparency's merkle tree tests */
	static const char *const inputs[8] = {
		"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
	static const char *const roots[8] = {
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	Frontier f;
	frontier_init(&f);
	for (size_t i = 0; i < 8; i++) {
		Hash leaf, root, wanted;
		char bytes[16];
		assert_true(hex_decode(str_from(inputs[i]), bytes, strlen(inputs[i]) / 2));
		merkle_leaf((Str){bytes, strlen(inputs[i]) / 2}, &leaf);
		frontier_append(&f, &leaf, NULL, NULL);
		frontier_root(&f, &root);
		assert_true(hex_decode(str_from(roots[i]), wanted.bytes, STORE_HASH_LEN));
		assert_memory_equal(root.bytes, wanted.bytes, STORE_HASH_LEN);
	}
}

static void the_frontier_gives_the_root_of_every_size(void **state)
{
	(void)state;
	Frontier f;
	frontier_init(&f);
	for (size_t n = 0; n <= LARGEST; n++) {
		Hash root, wanted, by_nodes;
		Err err;
		frontier_root(&f, &root);
		reference_root(0, n, &wanted);
		assert_memory_equal(root.bytes, wanted.bytes, STORE_HASH_LEN);
		assert_int_equal(merkle_root(&nodes, n, &by_nodes, &err), ST_OK);
		assert_memory_equal(by_nodes.bytes, wanted.bytes, STORE_HASH_LEN);
		if (n < LARGEST)
			frontier_append(&f, &leaves[n], NULL, NULL);
	}
}

/* Each way to falsify an inclusion proof; returns how many were wrongly accepted. */
static unsigned falsify_inclusion(const Hash *leaf, uint64_t index, uint64_t size, Hash *path, size_t count,
				  const Hash *root)
{
	unsigned accepted = 0;
	for (size_t i = 0; i < count; i++) {
		path[i].bytes[i % 32] ^= 1;
		accepted += merkle_check_inclusion(leaf, index, size, path, count, root);
		path[i].bytes[i % 32] ^= 1;
	}
	for (uint64_t other = 0; other < size; other++)
		accepted += other != index && merkle_check_inclusion(leaf, other, size, path, count, root);
	Hash wrong = *root, wrong_leaf = *leaf;
	wrong.bytes[31] ^= 0x80;
	wrong_leaf.bytes[0] ^= 1;
	accepted += merkle_check_inclusion(leaf, index, size, path, count, &wrong);
	accepted += merkle_check_inclusion(&wrong_leaf, index, size, path, count, root);
	accepted += count > 0 && merkle_check_inclusion(leaf, index, size, path, count - 1, root);
	accepted += count > 0 && merkle_check_inclusion(leaf, index, size, path + 1, count - 1, root);
	path[count] = *leaf;
	accepted += merkle_check_inclusion(leaf, index, size, path, count + 1, root);
	accepted += merkle_check_inclusion(leaf, size, size, path, count, root);
	return accepted;
}

static void inclusion_holds_for_all_sizes_and_no_mutation_passes(void **state)
{
	(void)state;
	Hash path[MERKLE_PATH_MAX + 1], root;
	size_t count;
	Err err;
	unsigned proofs = 0;
	for (uint64_t size = 1; size <= LARGEST; size++) {
		reference_root(0, (size_t)size, &root);
		for (uint64_t index = 0; index < size; index++, proofs++) {
			assert_int_equal(merkle_inclusion(&nodes, index, size, path, &count, &err), ST_OK);
			assert_true(merkle_check_inclusion(&leaves[index], index, size, path, count, &root));
			assert_int_equal(falsify_inclusion(&leaves[index], index, size, path, count, &root), 0);
		}
	}
	assert_int_equal(merkle_inclusion(&nodes, 5, 5, path, &count, &err), ST_INVALID);
	print_message("%u inclusion proofs\n", proofs);
}

static unsigned falsify_consistency(uint64_t from, const Hash *a, uint64_t to, const Hash *b, Hash *path, size_t count)
{
	unsigned accepted = 0;
	for (size_t i = 0; i < count; i++) {
		path[i].bytes[i % 32] ^= 1;
		accepted += merkle_check_consistency(from, a, to, b, path, count);
		path[i].bytes[i % 32] ^= 1;
	}
	Hash wrong_a = *a, wrong_b = *b;
	wrong_a.bytes[7] ^= 2;
	wrong_b.bytes[7] ^= 2;
	accepted += merkle_check_consistency(from, &wrong_a, to, b, path, count);
	accepted += from != to && merkle_check_consistency(from, a, to, &wrong_b, path, count);
	accepted += count > 0 && merkle_check_consistency(from, a, to, b, path, count - 1);
	path[count] = *a;
	accepted += merkle_check_consistency(from, a, to, b, path, count + 1);
	accepted += from > 0 && to > from && merkle_check_consistency(to, b, from, a, path, count);
	return accepted;
}

static void consistency_holds_between_all_sizes_and_no_mutation_passes(void **state)
{
	(void)state;
	Hash path[MERKLE_PATH_MAX + 1], roots[LARGEST + 1];
	size_t count;
	Err err;
	unsigned proofs = 0;
	for (size_t n = 0; n <= LARGEST; n++)
		reference_root(0, n, &roots[n]);
	for (uint64_t to = 1; to <= LARGEST; to++) {
		for (uint64_t from = 1; from <= to; from++, proofs++) {
			assert_int_equal(merkle_consistency(&nodes, from, to, path, &count, &err), ST_OK);
			assert_true(merkle_check_consistency(from, &roots[from], to, &roots[to], path, count));
			assert_int_equal(falsify_consistency(from, &roots[from], to, &roots[to], path, count), 0);
		}
	}
	assert_int_equal(merkle_consistency(&nodes, 6, 5, path, &count, &err), ST_INVALID);
	assert_true(merkle_check_consistency(0, &roots[0], 5, &roots[5], NULL, 0));
	print_message("%u consistency proofs\n", proofs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tree_of_rfc_6962_has_its_published_roots),
		cmocka_unit_test(the_frontier_gives_the_root_of_every_size),
		cmocka_unit_test(inclusion_holds_for_all_sizes_and_no_mutation_passes),
		cmocka_unit_test(consistency_holds_between_all_sizes_and_no_mutation_passes),
	};
	return cmocka_run_group_tests(tests, make_leaves, NULL);
}
