/* indexer/glass/leaves.c - finds the leaf block of a key by halving, then the item in it (layout of blocks: table.c).
 *
 * All branch blocks are read when a table is opened; after that an entry costs one block, or none where GlassBlocks has
 * it from before.
 */
#include "indexer/glass/leaves.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "indexer/glass/block.h"

typedef struct {
	uint32_t block;
	uint32_t part; /* of the entry that the leaf begins with */
	size_t key;    /* where it stands among the keys; it ends where the next one begins */
} Leaf;

struct GlassLeaves {
	int fd;
	GlassTableKind kind;
	const GlassSums *sums;                 /* NULL: none */
	uint32_t block_size, revision, blocks; /* blocks: in the file */
	Leaf *leaves;
	size_t count;
	Buf keys;
	FilePath path;
};

enum { KEPT = 256 }; /* blocks; a power of two */

struct GlassBlocks {
	struct {
		const GlassLeaves *leaves;
		uint32_t number, room;
		uint8_t *bytes;
	} kept[KEPT];
	Buf tag; /* of an entry in several items */
};

static Status corrupt(const GlassLeaves *l, uint32_t block, const char *what, Err *err)
{
	return err_set(err, ST_CORRUPT, "%s: block %u: %s", l->path.text, block, what);
}

static Status read_block(const GlassLeaves *l, uint32_t number, int level, uint8_t *out, Err *err)
{
	if (number >= l->blocks)
		return corrupt(l, number, "lies behind the end of the file", err);
	Status st = file_pread(l->fd, out, l->block_size, (uint64_t)number * l->block_size, l->path.text, err);
	if (st != ST_OK)
		return st;
	if (l->sums && !glass_sums_fit(l->sums, l->kind, number, out, l->block_size))
		return corrupt(l, number, "does not fit its sum", err);
	const char *problem = glass_block_problem(out, l->block_size, level, l->revision);
	return problem ? corrupt(l, number, problem, err) : ST_OK;
}

/* ---- opening --------------------------------------------------------------------------------------------------- */

/* Blocks of one level, each with the key that it begins at. */
typedef struct {
	Leaf *list;
	size_t count, room;
	Buf keys;
} Level;

static void level_done(Level *level)
{
	free(level->list);
	buf_done(&level->keys);
}

static bool level_add(Level *level, uint32_t block, uint32_t part, Str key)
{
	if (level->count + 1 >= level->room) { /* one more, for the end of the last key */
		size_t room = level->room ? 2 * level->room : 64;
		Leaf *grown = realloc(level->list, room * sizeof *grown);
		if (!grown)
			return false;
		level->list = grown;
		level->room = room;
	}
	level->list[level->count++] = (Leaf){block, part, level->keys.len};
	buf_reserve(&level->keys, key.len + 1); /* there are bytes even where all keys are empty */
	buf_add_str(&level->keys, key);
	level->list[level->count].key = level->keys.len;
	return buf_ok(&level->keys);
}

static Str key_of(const Leaf *list, const Buf *keys, size_t i)
{
	return (Str){keys->data + list[i].key, list[i + 1].key - list[i].key};
}

/* The children of all blocks of a level. A block's first child begins where the block does. */
static Status descend(const GlassLeaves *l, const Level *from, int level, Level *out, uint8_t *block, Err *err)
{
	for (size_t i = 0; i < from->count; i++) {
		Status st = read_block(l, from->list[i].block, level, block, err);
		if (st != ST_OK)
			return st;
		for (uint32_t item = 0, items = glass_block_items(block); item < items; item++) {
			GlassBranch branch;
			if (!glass_branch_item(block, l->block_size, item, &branch))
				return corrupt(l, from->list[i].block, "has an item that lies outside", err);
			Str key = item ? branch.key : key_of(from->list, &from->keys, i);
			uint32_t part = item ? branch.part : from->list[i].part;
			if (out->count >= l->blocks)
				return corrupt(l, from->list[i].block, "is visited twice", err);
			if (!level_add(out, branch.child, part, key))
				return err_no_memory(err);
		}
	}
	return ST_OK;
}

static Status read_branches(GlassLeaves *l, const GlassRoot *root, Err *err)
{
	Level level = {0};
	Status st = level_add(&level, root->root, 1, (Str){0}) ? ST_OK : err_no_memory(err);
	uint8_t *block = malloc(l->block_size);
	if (!block)
		st = err_no_memory(err);
	for (int at = (int)root->level; st == ST_OK && at > 0; at--) {
		Level below = {0};
		st = descend(l, &level, at, &below, block, err);
		level_done(&level);
		level = below;
	}
	free(block);
	l->leaves = level.list;
	l->count = level.count;
	l->keys = level.keys;
	return st;
}

Status glass_leaves_open(GlassLeaves **out, const char *dir, GlassTableKind kind, const GlassVersion *version,
			 const GlassSums *sums, Err *err)
{
	const GlassRoot *root = &version->roots[kind];
	GlassLeaves *l = calloc(1, sizeof *l);
	if (!l)
		return err_no_memory(err);
	l->kind = kind;
	l->sums = sums;
	l->block_size = root->block_size;
	l->revision = version->revision;
	l->fd = -1;
	Status st = file_path(&l->path, dir, glass_table_file(kind), err);
	if (st == ST_OK && root->entries) {
		if (root->level >= GLASS_LEVELS_MAX)
			st = err_set(err, ST_CORRUPT, "%s: %u levels", l->path.text, root->level);
		else if ((l->fd = open(l->path.text, O_RDONLY | O_CLOEXEC)) < 0)
			st = err_errno(err, errno, "open %s", l->path.text);
		off_t size = st == ST_OK ? lseek(l->fd, 0, SEEK_END) : 0;
		l->blocks = size < 0 || (uint64_t)size / l->block_size > UINT32_MAX
				    ? 0
				    : (uint32_t)((uint64_t)size / l->block_size);
		if (st == ST_OK && sums && l->blocks < glass_sums_blocks(sums, kind))
			st = err_set(err, ST_CORRUPT, "%s: cut off", l->path.text);
		if (st == ST_OK)
			st = read_branches(l, root, err);
	}
	if (st == ST_OK)
		*out = l;
	else
		glass_leaves_close(l);
	return st;
}

void glass_leaves_close(GlassLeaves *l)
{
	if (!l)
		return;
	close_quietly(l->fd);
	free(l->leaves);
	buf_done(&l->keys);
	free(l);
}

/* ---- blocks ---------------------------------------------------------------------------------------------------- */

GlassBlocks *glass_blocks_new(void)
{
	return calloc(1, sizeof(GlassBlocks));
}

void glass_blocks_free(GlassBlocks *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < KEPT; i++)
		free(b->kept[i].bytes);
	buf_done(&b->tag);
	free(b);
}

static const uint8_t *leaf_block(const GlassLeaves *l, GlassBlocks *b, uint32_t leaf, Err *err)
{
	uint32_t number = l->leaves[leaf].block;
	size_t slot = (number * UINT32_C(0x9E3779B1) ^ (uint32_t)(uintptr_t)l >> 6) % KEPT;
	if (b->kept[slot].leaves == l && b->kept[slot].number == number)
		return b->kept[slot].bytes;
	if (b->kept[slot].room < l->block_size) {
		uint8_t *grown = realloc(b->kept[slot].bytes, l->block_size);
		if (!grown) {
			err_no_memory(err);
			return NULL;
		}
		b->kept[slot].bytes = grown;
		b->kept[slot].room = l->block_size;
	}
	b->kept[slot].leaves = NULL;
	if (read_block(l, number, 0, b->kept[slot].bytes, err) != ST_OK)
		return NULL;
	b->kept[slot].leaves = l;
	b->kept[slot].number = number;
	return b->kept[slot].bytes;
}

/* ---- finding --------------------------------------------------------------------------------------------------- */

/* Below 0: the item stands before the first part of an entry of this key. */
static int compare(Str key, uint32_t part, Str wanted)
{
	int order = str_cmp(key, wanted);
	return order ? order : part > 1;
}

/* The last leaf that does not begin behind the key. */
static uint32_t choose_leaf(const GlassLeaves *l, Str key)
{
	size_t low = 0, high = l->count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (compare(key_of(l->leaves, &l->keys, middle), l->leaves[middle].part, key) <= 0)
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)low;
}

static Step damaged(const GlassLeaves *l, uint32_t leaf, const char *what, Err *err)
{
	corrupt(l, l->leaves[leaf].block, what, err);
	return STEP_ERROR;
}

/* The item at *place, or the first one of a leaf behind it. */
static Step item_at(const GlassLeaves *l, GlassBlocks *b, GlassPlace *place, GlassItem *out, Err *err)
{
	for (;; *place = (GlassPlace){place->leaf + 1, 0}) {
		if (place->leaf >= l->count)
			return STEP_END;
		const uint8_t *block = leaf_block(l, b, place->leaf, err);
		if (!block)
			return STEP_ERROR;
		if (place->item < glass_block_items(block))
			return glass_leaf_item(block, l->block_size, place->item, out)
				       ? STEP_ITEM
				       : damaged(l, place->leaf, "has an item that lies outside", err);
	}
}

/* Reads the entry that begins at *place, and moves *place to its last item. */
static Step read_entry(const GlassLeaves *l, GlassBlocks *b, GlassPlace *place, Str *key_out, Str *tag_out, Err *err)
{
	GlassItem item;
	Step step = item_at(l, b, place, &item, err);
	if (step != STEP_ITEM)
		return step;
	if (!(item.flags & GLASS_ITEM_FIRST))
		return damaged(l, place->leaf, "has a part of an entry where one begins", err);
	if (item.flags & GLASS_ITEM_COMPRESSED) /* ours never are */
		return damaged(l, place->leaf, "has a compressed entry", err);
	*key_out = item.key;
	*tag_out = item.piece;
	if (item.flags & GLASS_ITEM_LAST)
		return STEP_ITEM;
	buf_clear(&b->tag);
	buf_add_str(&b->tag, item.key);
	size_t key_len = item.key.len;
	for (uint32_t part = 1;;) {
		buf_add_str(&b->tag, item.piece);
		if (!buf_ok(&b->tag)) {
			err_no_memory(err);
			return STEP_ERROR;
		}
		if (item.flags & GLASS_ITEM_LAST)
			break;
		place->item++;
		step = item_at(l, b, place, &item, err);
		if (step == STEP_ERROR)
			return step;
		if (step == STEP_END || item.part != ++part || !str_eq(item.key, (Str){b->tag.data, key_len}))
			return damaged(l, place->leaf < l->count ? place->leaf : 0, "lacks a part of an entry", err);
	}
	*key_out = (Str){b->tag.data, key_len};
	*tag_out = (Str){b->tag.data + key_len, b->tag.len - key_len};
	return STEP_ITEM;
}

/* The first item that does not stand before the entry `key`. */
static Step locate(const GlassLeaves *l, GlassBlocks *b, Str key, GlassPlace *out, Err *err)
{
	*out = (GlassPlace){choose_leaf(l, key), 0};
	const uint8_t *block = leaf_block(l, b, out->leaf, err);
	if (!block)
		return STEP_ERROR;
	uint32_t low = 0, high = glass_block_items(block);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		GlassItem item;
		if (!glass_leaf_item(block, l->block_size, middle, &item))
			return damaged(l, out->leaf, "has an item that lies outside", err);
		if (compare(item.key, item.part, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	out->item = low;
	return STEP_ITEM;
}

Step glass_find(const GlassLeaves *l, GlassBlocks *b, Str key, GlassPlace *place, Str *key_out, Str *tag_out, Err *err)
{
	if (l->count == 0)
		return STEP_END;
	Step step = locate(l, b, key, place, err);
	if (step == STEP_ITEM)
		step = read_entry(l, b, place, key_out, tag_out, err);
	if (step == STEP_ITEM && key_out->len == 0) /* the null item */
		step = glass_find_next(l, b, place, key_out, tag_out, err);
	return step;
}

Step glass_find_next(const GlassLeaves *l, GlassBlocks *b, GlassPlace *place, Str *key_out, Str *tag_out, Err *err)
{
	place->item++;
	return read_entry(l, b, place, key_out, tag_out, err);
}

Step glass_find_last(const GlassLeaves *l, GlassBlocks *b, Str key, GlassPlace *place, Str *key_out, Str *tag_out,
		     Err *err)
{
	GlassItem item;
	if (l->count == 0)
		return STEP_END;
	Step step = locate(l, b, key, place, err);
	if (step != STEP_ITEM)
		return step;
	GlassPlace here = *place;
	step = item_at(l, b, &here, &item, err);
	if (step == STEP_ERROR)
		return step;
	if (step == STEP_ITEM && str_eq(item.key, key) && item.part == 1) {
		*place = here;
		return read_entry(l, b, place, key_out, tag_out, err);
	}
	do { /* back to where an entry begins */
		if (place->item == 0) {
			if (place->leaf == 0)
				return STEP_END;
			const uint8_t *block = leaf_block(l, b, place->leaf - 1, err);
			if (!block)
				return STEP_ERROR;
			*place = (GlassPlace){place->leaf - 1, glass_block_items(block)}; /* at least one */
		}
		place->item--;
		if (item_at(l, b, place, &item, err) != STEP_ITEM)
			return STEP_ERROR;
	} while (!(item.flags & GLASS_ITEM_FIRST));
	if (item.key.len == 0)
		return STEP_END;
	return read_entry(l, b, place, key_out, tag_out, err);
}
