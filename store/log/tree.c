/* store/log/tree.c - subtree hashes are appended in the order in which the leaves complete them, so their places are
 * computed and the file is never rewritten. Nothing here is trusted: whoever makes a proof checks it against the
 * committed root, and a file that disagrees is built anew from the leaves. */
#include "store/log/tree.h"

#include "base/file.h"
#include "store/log/read.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t node_count(uint64_t blocks)
{
	return 2 * blocks - frontier_count(blocks);
}

static uint64_t node_offset(unsigned level, uint64_t index)
{
	uint64_t last_block = (index + 1) << (level - TREE_BASE_LEVEL);
	return TREE_HEADER_LEN + (node_count(last_block - 1) + level - TREE_BASE_LEVEL) * STORE_HASH_LEN;
}

void tree_collect(void *buf, unsigned level, uint64_t index, const Hash *hash)
{
	(void)index;
	if (level >= TREE_BASE_LEVEL)
		buf_add(buf, hash->bytes, STORE_HASH_LEN);
}

static void put_header(const Store *store, uint8_t out[static TREE_HEADER_LEN])
{
	memset(out, 0, TREE_HEADER_LEN);
	memcpy(out, "HOSOTREE", 8);
	put_le32(out + 8, ARCHIVE_FORMAT);
	put_le32(out + 12, TREE_BASE_LEVEL);
	memcpy(out + 16, store->archive_id, ARCHIVE_ID_LEN);
	put_le32(out + 60, crc32c(0, out, 60));
}

void tree_open(Store *store)
{
	TreeFile *t = &store->tree;
	FilePath path;
	uint8_t wanted[TREE_HEADER_LEN], found[TREE_HEADER_LEN];
	Err ignored;
	t->fd = -1;
	if (file_path(&path, store->dir, "catalogue", &ignored) != ST_OK ||
	    (file_make_dirs(path.text, &ignored) != ST_OK && !file_exists(path.text)) ||
	    file_path(&path, path.text, "tree", &ignored) != ST_OK)
		return;
	t->fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	t->writable = t->fd >= 0;
	if (t->fd < 0)
		t->fd = open(path.text, O_RDONLY | O_CLOEXEC);
	put_header(store, wanted);
	if (t->fd >= 0 && file_pread(t->fd, found, sizeof found, 0, path.text, &ignored) == ST_OK &&
	    memcmp(wanted, found, sizeof found) == 0)
		return;
	if (t->writable) {
		t->checked_batch = UINT64_MAX; /* tree_catch_up writes it from the start */
		t->distrusted = true;
	} else {
		close_quietly(t->fd); /* it cannot be written anew here, so proofs do without it */
		t->fd = -1;
	}
}

void tree_close(Store *store)
{
	close_quietly(store->tree.fd);
	store->tree.fd = -1;
}

/* Leaves that the file covers, in whole blocks. */
static uint64_t blocks_in_file(const TreeFile *t)
{
	struct stat info;
	if (t->fd < 0 || fstat(t->fd, &info) != 0 || info.st_size < TREE_HEADER_LEN)
		return 0;
	uint64_t nodes = ((uint64_t)info.st_size - TREE_HEADER_LEN) / STORE_HASH_LEN, blocks = nodes / 2;
	while (node_count(blocks + 1) <= nodes)
		blocks++;
	return blocks;
}

static Status hash_leaf(Store *store, uint64_t sequence, Hash *out, Err *err)
{
	Arena arena = {0};
	Frame frame;
	LeafDescriptor leaf;
	uint32_t segment;
	Status st = read_leaf(store, SEE_COMMITTED, sequence, &arena, &frame, &leaf, &segment, err);
	if (st == ST_OK)
		merkle_leaf(frame.descriptor, out);
	arena_done(&arena);
	return st;
}

Status tree_node(void *ctx, unsigned level, uint64_t index, Hash *out, Err *err)
{
	Store *store = ctx;
	TreeFile *t = &store->tree;
	if (level == 0)
		return hash_leaf(store, index, out, err);
	if (level >= TREE_BASE_LEVEL && !t->distrusted && t->fd >= 0) {
		Err ignored;
		if (file_pread(t->fd, out->bytes, STORE_HASH_LEN, node_offset(level, index), "catalogue/tree",
			       &ignored) == ST_OK)
			return ST_OK;
	}
	Hash left, right;
	Status st = tree_node(ctx, level - 1, index * 2, &left, err);
	if (st == ST_OK)
		st = tree_node(ctx, level - 1, index * 2 + 1, &right, err);
	if (st == ST_OK)
		merkle_node(&left, &right, out);
	return st;
}

/* The frontier after `blocks` blocks, as the file has it. */
static Status frontier_from_file(Store *store, uint64_t blocks, Frontier *out, Err *err)
{
	uint64_t size = blocks << TREE_BASE_LEVEL, start = 0;
	unsigned count = 0;
	*out = (Frontier){.size = size};
	for (unsigned level = MERKLE_LEVELS; level-- > TREE_BASE_LEVEL;) {
		if (!(size >> level & 1))
			continue;
		Status st = file_pread(store->tree.fd, out->peaks[count++].bytes, STORE_HASH_LEN,
				       node_offset(level, start >> level), "catalogue/tree", err);
		if (st != ST_OK)
			return st;
		start += UINT64_C(1) << level;
	}
	return ST_OK;
}

Status tree_frontier(Store *store, uint64_t size, Frontier *out, Err *err)
{
	if (store->tree.fd < 0 || store->tree.distrusted || size % (1u << TREE_BASE_LEVEL) != 0)
		return err_set(err, ST_NOT_FOUND, "there is no tree to ask");
	return frontier_from_file(store, size >> TREE_BASE_LEVEL, out, err);
}

static bool same_frontier(const Frontier *a, const Frontier *b)
{
	return a->size == b->size && memcmp(a->peaks, b->peaks, frontier_count(a->size) * sizeof *a->peaks) == 0;
}

/* Hashes leaves [from's size, end) and appends the nodes they finish to the file. */
static Status extend(Store *store, Frontier *f, uint64_t end, Err *err)
{
	enum { PART_BYTES = 1 << 20 };
	Buf nodes = {0};
	Status st = ST_OK;
	uint64_t at = TREE_HEADER_LEN + node_count(f->size >> TREE_BASE_LEVEL) * STORE_HASH_LEN;
	while (st == ST_OK && f->size < end) {
		Hash leaf;
		st = hash_leaf(store, f->size, &leaf, err);
		if (st == ST_OK)
			frontier_append(f, &leaf, tree_collect, &nodes);
		if (st == ST_OK && (nodes.len >= PART_BYTES || f->size == end)) {
			st = buf_ok(&nodes)
				     ? file_pwrite(store->tree.fd, nodes.data, nodes.len, at, "catalogue/tree", err)
				     : err_no_memory(err);
			at += nodes.len;
			buf_clear(&nodes);
		}
	}
	buf_done(&nodes);
	if (st == ST_OK && ftruncate(store->tree.fd, (off_t)at) != 0)
		st = err_set(err, ST_IO, "cut catalogue/tree");
	return st;
}

static Status catch_up_from(Store *store, uint64_t blocks, bool *agrees, Err *err)
{
	const Frontier *committed = &store->committed.frontier;
	Frontier f;
	*agrees = false;
	uint8_t header[TREE_HEADER_LEN];
	put_header(store, header);
	Status st = blocks ? ST_OK : file_pwrite(store->tree.fd, header, sizeof header, 0, "catalogue/tree", err);
	if (st == ST_OK)
		st = frontier_from_file(store, blocks, &f, err);
	if (st == ST_OK)
		st = extend(store, &f, committed->size, err);
	if (st == ST_OK)
		*agrees = same_frontier(&f, committed);
	return st;
}

void tree_catch_up(Store *store)
{
	TreeFile *t = &store->tree;
	Err ignored;
	bool agrees = false;
	if (t->fd < 0 || !t->writable || store->gap || t->checked_batch == store->committed.batch)
		return;
	uint64_t blocks = t->checked_batch == UINT64_MAX ? 0 : blocks_in_file(t);
	if (blocks > store->committed.tree_size >> TREE_BASE_LEVEL)
		blocks = store->committed.tree_size >> TREE_BASE_LEVEL;
	catch_up_from(store, blocks, &agrees, &ignored);
	if (!agrees && blocks)
		catch_up_from(store, 0, &agrees, &ignored);
	t->distrusted = !agrees;
	if (agrees)
		t->checked_batch = store->committed.batch;
}

void tree_add(Store *store, Str nodes, uint64_t tree_size)
{
	TreeFile *t = &store->tree;
	Err ignored;
	uint64_t end = TREE_HEADER_LEN + node_count(tree_size >> TREE_BASE_LEVEL) * STORE_HASH_LEN;
	if (t->fd < 0 || !t->writable || t->checked_batch + 1 != store->committed.batch)
		return;
	if (nodes.len == 0 ||
	    file_pwrite(t->fd, nodes.ptr, nodes.len, end - nodes.len, "catalogue/tree", &ignored) == ST_OK)
		t->checked_batch = store->committed.batch;
}
