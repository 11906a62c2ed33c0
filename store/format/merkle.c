/* store/format/merkle.c - a tree of n leaves splits at the largest power of two below n. Roots and proofs go down from
 * the whole tree along that split; a subtree whose size is a power of two is complete and is asked of the node source,
 * so a proof costs O(log n) nodes. A path is gathered from the root down and turned round, for RFC 9162 lists it from
 * the leaf up. The two checks follow that RFC's own algorithms, with its names (fn, sn, r), and share
 * nothing but the node hash with the making of proofs.
 */
#include "store/format/merkle.h"

#include "store/format/hash.h"

#include <inttypes.h>

void merkle_leaf(Str descriptor, Hash *out)
{
	Sha256 s;
	sha256_begin(&s);
	sha256_add(&s, "\0", 1);
	sha256_add(&s, descriptor.ptr, descriptor.len);
	sha256_end(&s, out);
}

void merkle_node(const Hash *left, const Hash *right, Hash *out)
{
	uint8_t bytes[1 + 2 * STORE_HASH_LEN] = {1};
	memcpy(bytes + 1, left->bytes, STORE_HASH_LEN);
	memcpy(bytes + 1 + STORE_HASH_LEN, right->bytes, STORE_HASH_LEN);
	hash_of((Str){(const char *)bytes, sizeof bytes}, out);
}

unsigned frontier_count(uint64_t size)
{
	return (unsigned)__builtin_popcountll(size);
}

void frontier_append(Frontier *f, const Hash *leaf, MerkleNodeDone done, void *ctx)
{
	unsigned count = frontier_count(f->size), level = 0;
	Hash hash = *leaf;
	if (done)
		done(ctx, 0, f->size, &hash);
	for (uint64_t size = f->size; size & 1; size >>= 1) {
		merkle_node(&f->peaks[--count], &hash, &hash);
		level++;
		if (done)
			done(ctx, level, f->size >> level, &hash);
	}
	f->peaks[count] = hash;
	f->size++;
}

void frontier_root(const Frontier *f, Hash *out)
{
	unsigned count = frontier_count(f->size);
	if (!count) {
		hash_of((Str){"", 0}, out);
		return;
	}
	Hash root = f->peaks[count - 1];
	for (unsigned i = count - 1; i-- > 0;)
		merkle_node(&f->peaks[i], &root, &root);
	*out = root;
}

/* ---- proofs ---------------------------------------------------------------------------------------------------- */

/* Largest power of two below n (n >= 2), as its exponent. */
static unsigned split_level(uint64_t n)
{
	return 63u - (unsigned)__builtin_clzll(n - 1);
}

/* Hash of the subtree over [start, end); start is a multiple of the power of two that covers it. */
static Status hash_range(const MerkleNodes *nodes, uint64_t start, uint64_t end, Hash *out, Err *err)
{
	uint64_t n = end - start;
	if ((n & (n - 1)) == 0) {
		unsigned level = (unsigned)__builtin_ctzll(n);
		return nodes->node(nodes->ctx, level, start >> level, out, err);
	}
	uint64_t middle = start + (UINT64_C(1) << split_level(n));
	Hash left, right;
	Status st = hash_range(nodes, start, middle, &left, err);
	if (st == ST_OK)
		st = hash_range(nodes, middle, end, &right, err);
	if (st == ST_OK)
		merkle_node(&left, &right, out);
	return st;
}

Status merkle_root(const MerkleNodes *nodes, uint64_t size, Hash *out, Err *err)
{
	if (size == 0) {
		hash_of((Str){"", 0}, out);
		return ST_OK;
	}
	return hash_range(nodes, 0, size, out, err);
}

static void reverse(Hash *path, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		Hash other = path[i];
		path[i] = path[count - 1 - i];
		path[count - 1 - i] = other;
	}
}

Status merkle_inclusion(const MerkleNodes *nodes, uint64_t index, uint64_t size, Hash *path_out, size_t *count_out,
			Err *err)
{
	if (index >= size)
		return err_set(err, ST_INVALID, "leaf %" PRIu64 " is not in a tree of %" PRIu64, index, size);
	size_t count = 0;
	uint64_t start = 0, end = size;
	while (end - start > 1) {
		uint64_t middle = start + (UINT64_C(1) << split_level(end - start));
		bool left = index < middle;
		Status st = hash_range(nodes, left ? middle : start, left ? end : middle, &path_out[count], err);
		if (st != ST_OK)
			return st;
		count++;
		if (left)
			end = middle;
		else
			start = middle;
	}
	reverse(path_out, count);
	*count_out = count;
	return ST_OK;
}

/* RFC 9162 2.1.4.1: SUBPROOF, from the top down, then turned round. */
Status merkle_consistency(const MerkleNodes *nodes, uint64_t from, uint64_t to, Hash *path_out, size_t *count_out,
			  Err *err)
{
	if (from > to)
		return err_set(err, ST_INVALID, "no consistency from %" PRIu64 " back to %" PRIu64, from, to);
	size_t count = 0;
	if (from == 0 || from == to) {
		*count_out = 0;
		return ST_OK;
	}
	uint64_t start = 0, end = to;
	bool whole = true; /* the subtree is the old tree itself: its root is known to the verifier */
	while (from - start != end - start) {
		uint64_t middle = start + (UINT64_C(1) << split_level(end - start));
		bool left = from <= middle;
		Status st = hash_range(nodes, left ? middle : start, left ? end : middle, &path_out[count], err);
		if (st != ST_OK)
			return st;
		count++;
		if (left) {
			end = middle;
		} else {
			start = middle;
			whole = false;
		}
	}
	if (!whole) {
		Status st = hash_range(nodes, start, end, &path_out[count], err);
		if (st != ST_OK)
			return st;
		count++;
	}
	reverse(path_out, count);
	*count_out = count;
	return ST_OK;
}

/* RFC 9162 2.1.3.2 */
bool merkle_check_inclusion(const Hash *leaf, uint64_t index, uint64_t size, const Hash *path, size_t count,
			    const Hash *root)
{
	if (index >= size)
		return false;
	uint64_t fn = index, sn = size - 1;
	Hash r = *leaf;
	for (size_t i = 0; i < count; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			merkle_node(&path[i], &r, &r);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(&r, &path[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_eq(&r, root);
}

/* RFC 9162 2.1.4.2 */
bool merkle_check_consistency(uint64_t from, const Hash *from_root, uint64_t to, const Hash *to_root, const Hash *path,
			      size_t count)
{
	Hash empty;
	hash_of((Str){"", 0}, &empty);
	if (from > to)
		return false;
	if (from == 0)
		return count == 0 && hash_eq(from_root, &empty) && (to != 0 || hash_eq(to_root, &empty));
	if (from == to)
		return count == 0 && hash_eq(from_root, to_root);
	size_t next = 0;
	bool power = (from & (from - 1)) == 0;
	if (!power && count == 0)
		return false;
	Hash fr = power ? *from_root : path[next++], sr = fr;
	uint64_t fn = from - 1, sn = to - 1;
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	for (; next < count; next++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			merkle_node(&path[next], &fr, &fr);
			merkle_node(&path[next], &sr, &sr);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(&sr, &path[next], &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_eq(&fr, from_root) && hash_eq(&sr, to_root);
}
