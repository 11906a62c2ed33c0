/* store/proof/proof.h - proofs over the archive's Merkle tree: that a record is in it, that it only ever grew.
 *
 *   root at a size      what a checkpoint signs
 *   inclusion           leaf `sequence` is in the tree of `tree_size` leaves with this root
 *   consistency         the tree of `from` leaves is the beginning of the tree of `tree_size` leaves
 *
 * Every proof is checked against the committed root before it is handed out.
 *
 * Owns     the path lies in the arena
 * Errors   ST_INVALID sizes that the archive does not have; ST_CORRUPT a damaged leaf that the proof would need
 * Threads  any
 * Source   RFC 9162 2.1.3 and 2.1.4; the order of the path is theirs
 */
#ifndef STORE_PROOF_PROOF_H
#define STORE_PROOF_PROOF_H

#include "store/log/store.h"

typedef struct {
	uint64_t tree_size;
	Hash root; /* of tree_size leaves */
	const Hash *path;
	size_t count;
} Proof;

/* tree_size 0: the committed one. */
Status store_root(Store *store, uint64_t tree_size, Hash *out, Err *err);
Status store_prove_inclusion(Store *store, uint64_t sequence, uint64_t tree_size, Arena *arena, Proof *out, Err *err);
Status store_prove_consistency(Store *store, uint64_t from, uint64_t tree_size, Arena *arena, Proof *out, Err *err);

#endif
