/* store/proof/proof.c - the tree file is derived and not trusted: a proof that does not check against the committed
 * root is made once more from the leaves alone, and the next writer builds the file anew.
 */
#include "store/proof/proof.h"

#include "store/log/tree.h"

#include <inttypes.h>

typedef struct {
	uint64_t size;
	Hash root;
} TreeHead;

static TreeHead head_of(Store *store)
{
	pthread_rwlock_rdlock(&store->lock);
	TreeHead head = {store->committed.tree_size, store->committed.root};
	pthread_rwlock_unlock(&store->lock);
	return head;
}

static void distrust_tree(Store *store)
{
	store->tree.distrusted = true;
	store->tree.checked_batch = UINT64_MAX;
}

/* Root of a smaller tree, proven to be the beginning of the committed one. */
static Status root_before(Store *store, const TreeHead *head, uint64_t size, Hash *out, Err *err)
{
	MerkleNodes nodes = {tree_node, store};
	Hash path[MERKLE_PATH_MAX];
	size_t count;
	for (int attempt = 0; attempt < 2; attempt++) {
		Status st = merkle_root(&nodes, size, out, err);
		if (st == ST_OK)
			st = merkle_consistency(&nodes, size, head->size, path, &count, err);
		if (st != ST_OK)
			return st;
		if (merkle_check_consistency(size, out, head->size, &head->root, path, count))
			return ST_OK;
		distrust_tree(store);
	}
	return err_set(err, ST_CORRUPT, "the records do not give the archive's root");
}

Status store_root(Store *store, uint64_t tree_size, Hash *out, Err *err)
{
	TreeHead head = head_of(store);
	if (tree_size == 0 || tree_size == head.size) {
		if (head.size == 0)
			hash_of((Str){"", 0}, out);
		else
			*out = head.root;
		return ST_OK;
	}
	if (tree_size > head.size)
		return err_set(err, ST_INVALID, "the archive holds %" PRIu64 " records, not %" PRIu64, head.size,
			       tree_size);
	return root_before(store, &head, tree_size, out, err);
}

Status store_prove_inclusion(Store *store, uint64_t sequence, uint64_t tree_size, Arena *arena, Proof *out, Err *err)
{
	MerkleNodes nodes = {tree_node, store};
	Hash *path = arena_alloc(arena, MERKLE_PATH_MAX * sizeof *path), leaf;
	Proof proof = {.tree_size = tree_size ? tree_size : store_tree_size(store), .path = path};
	if (!path)
		return err_no_memory(err);
	Status st = store_root(store, proof.tree_size, &proof.root, err);
	for (int attempt = 0; st == ST_OK && attempt < 2; attempt++) {
		st = merkle_inclusion(&nodes, sequence, proof.tree_size, path, &proof.count, err);
		if (st == ST_OK)
			st = tree_node(store, 0, sequence, &leaf, err);
		if (st == ST_OK &&
		    merkle_check_inclusion(&leaf, sequence, proof.tree_size, path, proof.count, &proof.root)) {
			*out = proof;
			return ST_OK;
		}
		distrust_tree(store);
	}
	return st == ST_OK
		       ? err_set(err, ST_CORRUPT, "record %" PRIu64 " does not fit into the archive's tree", sequence)
		       : st;
}

Status store_prove_consistency(Store *store, uint64_t from, uint64_t tree_size, Arena *arena, Proof *out, Err *err)
{
	MerkleNodes nodes = {tree_node, store};
	Hash *path = arena_alloc(arena, MERKLE_PATH_MAX * sizeof *path), from_root;
	Proof proof = {.tree_size = tree_size ? tree_size : store_tree_size(store), .path = path};
	if (!path)
		return err_no_memory(err);
	if (from > proof.tree_size)
		return err_set(err, ST_INVALID, "no consistency from %" PRIu64 " back to %" PRIu64, from,
			       proof.tree_size);
	Status st = store_root(store, proof.tree_size, &proof.root, err);
	if (st == ST_OK && from == 0)
		hash_of((Str){"", 0}, &from_root);
	else if (st == ST_OK)
		st = store_root(store, from, &from_root, err);
	for (int attempt = 0; st == ST_OK && attempt < 2; attempt++) {
		st = merkle_consistency(&nodes, from, proof.tree_size, path, &proof.count, err);
		if (st == ST_OK &&
		    merkle_check_consistency(from, &from_root, proof.tree_size, &proof.root, path, proof.count)) {
			*out = proof;
			return ST_OK;
		}
		distrust_tree(store);
	}
	return st == ST_OK ? err_set(err, ST_CORRUPT,
				     "the tree of %" PRIu64 " records is not the beginning of this one", from)
			   : st;
}
