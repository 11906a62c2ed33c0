/* store/format/merkle.h - the RFC 6962 Merkle tree: appending in O(log n), roots, inclusion and consistency proofs.
 *
 *   leaf hash = SHA-256(0x00 || descriptor)      node hash = SHA-256(0x01 || left || right)
 *
 * The frontier is what appending needs of a tree of n leaves: the hashes of its complete subtrees, largest first,
 * one for each one-bit of n. Proofs ask for further subtree hashes through a MerkleNodes.
 *
 * Shapes   a node is named by level and index: it covers leaves [index << level, (index + 1) << level)
 * Owns     nothing; paths go where the caller says
 * Errors   those of the node source
 * Threads  pure
 * Source   RFC 6962 2.1, RFC 9162 2.1.3 and 2.1.4
 */
#ifndef STORE_FORMAT_MERKLE_H
#define STORE_FORMAT_MERKLE_H

#include "base/err.h"
#include "store/format/hash.h"

enum { MERKLE_LEVELS = 64, MERKLE_PATH_MAX = 128 };

typedef struct {
	uint64_t size;
	Hash peaks[MERKLE_LEVELS]; /* popcount(size) of them are set, largest subtree first */
} Frontier;

void merkle_leaf(Str descriptor, Hash *out);
void merkle_node(const Hash *left, const Hash *right, Hash *out);

static inline void frontier_init(Frontier *f)
{
	f->size = 0;
}
unsigned frontier_count(uint64_t size); /* one-bits of size */
/* Called with each complete subtree that the new leaf finishes, level 0 first; ctx as given. */
typedef void (*MerkleNodeDone)(void *ctx, unsigned level, uint64_t index, const Hash *hash);
void frontier_append(Frontier *f, const Hash *leaf, MerkleNodeDone done, void *ctx); /* done may be NULL */
void frontier_root(const Frontier *f, Hash *out); /* SHA-256("") for the empty tree */

typedef struct {
	Status (*node)(void *ctx, unsigned level, uint64_t index, Hash *out, Err *err); /* complete subtrees only */
	void *ctx;
} MerkleNodes;

Status merkle_root(const MerkleNodes *nodes, uint64_t size, Hash *out, Err *err);
/* path_out holds MERKLE_PATH_MAX hashes. ST_INVALID: index >= size, or from > to. */
Status merkle_inclusion(const MerkleNodes *nodes, uint64_t index, uint64_t size, Hash *path_out, size_t *count_out,
			Err *err);
Status merkle_consistency(const MerkleNodes *nodes, uint64_t from, uint64_t to, Hash *path_out, size_t *count_out,
			  Err *err);

bool merkle_check_inclusion(const Hash *leaf, uint64_t index, uint64_t size, const Hash *path, size_t count,
			    const Hash *root);
bool merkle_check_consistency(uint64_t from, const Hash *from_root, uint64_t to, const Hash *to_root, const Hash *path,
			      size_t count);

#endif
