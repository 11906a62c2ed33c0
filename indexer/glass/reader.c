/* indexer/glass/reader.c - reads a table from its first entry to its last (layout of blocks: table.c).
 *
 * The tree is walked from its root, with one block of each level in memory. Blocks are read ahead as long as they are
 * asked for in the order of the file, which is how they lie in a table that was written in one go. */
#include "indexer/glass/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "indexer/glass/block.h"
#include "indexer/glass/code.h"

enum { AHEAD_BYTES = 256 << 10 };

typedef struct {
	uint8_t *bytes;
	uint32_t item, items; /* the next one, how many */
} Level;

struct GlassReader {
	int fd;
	GlassTableKind kind;
	const GlassSums *sums; /* NULL: none */
	GlassRoot root;
	uint32_t revision, blocks; /* blocks: in the file */
	uint32_t visited;          /* leaves */
	uint64_t entries;          /* handed out */
	uint8_t *ahead;
	uint32_t ahead_from, ahead_count, last_block;
	Level level[GLASS_LEVELS_MAX];
	size_t key_len;
	uint8_t key[GLASS_KEY_MAX];
	Buf tag;
	FilePath path;
};

static Status corrupt(const GlassReader *r, uint32_t block, const char *what, Err *err)
{
	return err_set(err, ST_CORRUPT, "%s: block %u: %s", r->path.text, block, what);
}

static Status open_file(GlassReader *r, Err *err)
{
	r->fd = open(r->path.text, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0)
		return err_errno(err, errno, "open %s", r->path.text);
	off_t size = lseek(r->fd, 0, SEEK_END);
	if (size < 0)
		return err_errno(err, errno, "size of %s", r->path.text);
	uint64_t blocks = (uint64_t)size / r->root.block_size;
	r->blocks = blocks > UINT32_MAX ? UINT32_MAX : (uint32_t)blocks;
	if (r->root.level >= GLASS_LEVELS_MAX)
		return err_set(err, ST_CORRUPT, "%s: %u levels", r->path.text, r->root.level);
	r->ahead = malloc(AHEAD_BYTES);
	if (!r->ahead)
		return err_no_memory(err);
	for (uint32_t i = 0; i <= r->root.level; i++)
		if (!(r->level[i].bytes = malloc(r->root.block_size)))
			return err_no_memory(err);
	return ST_OK;
}

static Status load(GlassReader *r, int level, uint32_t number, Err *err);

GlassReader *glass_reader_open(const char *dir, GlassTableKind kind, const GlassVersion *version, const GlassSums *sums,
			       Err *err)
{
	GlassReader *r = calloc(1, sizeof *r);
	if (!r) {
		err_no_memory(err);
		return NULL;
	}
	r->fd = -1;
	r->kind = kind;
	r->sums = sums;
	r->root = version->roots[kind];
	r->revision = version->revision;
	Status st = file_path(&r->path, dir, glass_table_file(kind), err);
	if (st == ST_OK && r->root.entries == 0)
		return r;
	if (st == ST_OK)
		st = open_file(r, err);
	if (st == ST_OK)
		st = load(r, (int)r->root.level, r->root.root, err);
	if (st == ST_OK)
		return r;
	glass_reader_close(r);
	return NULL;
}

void glass_reader_close(GlassReader *r)
{
	if (!r)
		return;
	close_quietly(r->fd);
	for (int i = 0; i < GLASS_LEVELS_MAX; i++)
		free(r->level[i].bytes);
	free(r->ahead);
	buf_done(&r->tag);
	free(r);
}

static Status fetch(GlassReader *r, uint32_t number, const uint8_t **out, Err *err)
{
	uint32_t size = r->root.block_size;
	if (number >= r->blocks)
		return corrupt(r, number, "lies behind the end of the file", err);
	if (number < r->ahead_from || number - r->ahead_from >= r->ahead_count) {
		/* A small step forward is a branch block between two leaves. */
		bool in_order = number > r->last_block && number - r->last_block <= GLASS_LEVELS_MAX;
		uint32_t count = in_order || number == 0 ? AHEAD_BYTES / size : 1;
		if (count > r->blocks - number)
			count = r->blocks - number;
		r->ahead_count = 0;
		Status st =
			file_pread(r->fd, r->ahead, (size_t)count * size, (uint64_t)number * size, r->path.text, err);
		if (st != ST_OK)
			return st;
		r->ahead_from = number;
		r->ahead_count = count;
	}
	r->last_block = number;
	*out = r->ahead + (size_t)(number - r->ahead_from) * size;
	return ST_OK;
}

static Status load(GlassReader *r, int level, uint32_t number, Err *err)
{
	const uint8_t *bytes = NULL;
	const char *problem = NULL;
	Status st = fetch(r, number, &bytes, err);
	if (st == ST_OK && r->sums && !glass_sums_fit(r->sums, r->kind, number, bytes, r->root.block_size))
		problem = "does not fit its sum";
	else if (st == ST_OK)
		problem = glass_block_problem(bytes, r->root.block_size, level, r->revision);
	if (problem)
		st = corrupt(r, number, problem, err);
	if (st == ST_OK && level == 0 && r->visited++ >= r->blocks)
		st = corrupt(r, number, "is visited twice", err);
	if (st != ST_OK)
		return st;
	Level *l = &r->level[level];
	memcpy(l->bytes, bytes, r->root.block_size);
	l->item = 0;
	l->items = glass_block_items(bytes);
	return ST_OK;
}

/* Makes level 0 stand on an item, fetching the leaf that follows where it has to. */
static Step find_leaf_item(GlassReader *r, Err *err)
{
	int level = 0, top = (int)r->root.level;
	while (level <= top && r->level[level].item >= r->level[level].items)
		level++;
	if (level > top)
		return STEP_END;
	for (; level > 0; level--) {
		Level *l = &r->level[level];
		GlassBranch branch;
		if (!glass_branch_item(l->bytes, r->root.block_size, l->item++, &branch)) {
			corrupt(r, r->last_block, "has an item that lies outside", err);
			return STEP_ERROR;
		}
		if (load(r, level - 1, branch.child, err) != ST_OK)
			return STEP_ERROR;
	}
	return STEP_ITEM;
}

static Step next_item(GlassReader *r, GlassItem *out, Err *err)
{
	Step step = find_leaf_item(r, err);
	if (step != STEP_ITEM)
		return step;
	if (glass_leaf_item(r->level[0].bytes, r->root.block_size, r->level[0].item++, out))
		return STEP_ITEM;
	corrupt(r, r->last_block, "has an item that lies outside", err);
	return STEP_ERROR;
}

static Step begin_entry(GlassReader *r, GlassItem *item, Err *err)
{
	Step step = next_item(r, item, err);
	if (step == STEP_ITEM && r->entries == 0 && r->key_len == 0 && item->key.len == 0)
		step = next_item(r, item, err); /* the null item */
	if (step == STEP_END && r->entries != r->root.entries)
		err_set(err, ST_CORRUPT, "%s: %llu entries instead of %llu", r->path.text,
			(unsigned long long)r->entries, (unsigned long long)r->root.entries);
	if (step == STEP_END)
		return r->entries == r->root.entries ? STEP_END : STEP_ERROR;
	if (step != STEP_ITEM)
		return step;
	if (!(item->flags & GLASS_ITEM_FIRST) || str_cmp((Str){(const char *)r->key, r->key_len}, item->key) >= 0) {
		corrupt(r, r->last_block, "has keys out of order", err);
		return STEP_ERROR;
	}
	if (item->flags & GLASS_ITEM_COMPRESSED) {
		err_set(err, ST_UNSUPPORTED, "%s: has compressed entries", r->path.text);
		return STEP_ERROR;
	}
	memcpy(r->key, item->key.ptr, item->key.len);
	r->key_len = item->key.len;
	r->entries++;
	return STEP_ITEM;
}

Step glass_reader_next(GlassReader *r, Str *key_out, Str *tag_out, Err *err)
{
	GlassItem item;
	if (r->root.entries == 0)
		return STEP_END;
	Step step = begin_entry(r, &item, err);
	if (step != STEP_ITEM)
		return step;
	*key_out = (Str){(const char *)r->key, r->key_len};
	*tag_out = item.piece;
	if (item.flags & GLASS_ITEM_LAST)
		return STEP_ITEM;
	buf_clear(&r->tag);
	for (uint32_t part = 1;; part++) {
		if (item.part != part || (part > 1 && (item.flags & (GLASS_ITEM_FIRST | GLASS_ITEM_COMPRESSED))) ||
		    !str_eq(item.key, *key_out)) {
			corrupt(r, r->last_block, "lacks a part of an entry", err);
			return STEP_ERROR;
		}
		buf_add_str(&r->tag, item.piece);
		if (item.flags & GLASS_ITEM_LAST)
			break;
		step = next_item(r, &item, err);
		if (step == STEP_END)
			corrupt(r, r->last_block, "lacks a part of an entry", err);
		if (step != STEP_ITEM)
			return STEP_ERROR;
	}
	if (!buf_ok(&r->tag)) {
		err_no_memory(err);
		return STEP_ERROR;
	}
	*tag_out = buf_str(&r->tag);
	return STEP_ITEM;
}
