/* store/log/tree.h - the Merkle tree's inner hashes on disk, so that a proof over millions of leaves reads a few dozen.
 *
 *   catalogue/tree: header (64) | node | node | …      32 bytes each, in the order in which subtrees are completed
 *
 * Derived: written after each commit, brought up to date or built anew from the log when it is short, missing or does
 * not agree with the committed root. Subtrees of fewer than 8 leaves are not kept; they are hashed from the leaves.
 * With m = leaves / 8 finished blocks the file holds 2m - popcount(m) nodes; the node of level l >= 3 that covers
 * leaves up to block c (counted from 1) is number 2(c-1) - popcount(c-1) + (l-3).
 *
 * Owns     tree_open to tree_close: the file
 * Errors   a tree that cannot be written is no error: proofs then cost reading leaves
 * Threads  readers any; writing with the writer's mutex held
 */
#ifndef STORE_LOG_TREE_H
#define STORE_LOG_TREE_H

#include "store/log/state.h"

enum { TREE_BASE_LEVEL = 3, TREE_HEADER_LEN = 64 };

/* Finished nodes of the batch that is being gathered: (32 bytes each), in order. For frontier_append. */
void tree_collect(void *buf, unsigned level, uint64_t index, const Hash *hash);

/* The frontier of the first `size` leaves, size a multiple of 8, as the file has it: whoever asks compares the root. */
Status tree_frontier(Store *store, uint64_t size, Frontier *out, Err *err);

void tree_open(Store *store);
void tree_close(Store *store);
/* Brings the file up to the committed state. */
void tree_catch_up(Store *store);
/* Appends the nodes of a batch just committed; tree_size: leaves after it. */
void tree_add(Store *store, Str nodes, uint64_t tree_size);
/* Hash of a complete subtree of committed leaves; for MerkleNodes, ctx is the Store. */
Status tree_node(void *store, unsigned level, uint64_t index, Hash *out, Err *err);

#endif
