/* indexer/glass/table.c - builds a B-tree from its leaves up, in one pass. The format, all numbers big-endian:
 *
 *   block    0  B4  revision (1)
 *            4   1  level: 0 leaf, 1.. branch
 *            5  B2  free bytes between directory and items    } the same here: blocks are packed
 *            7  B2  all free bytes                            }
 *            9  B2  end of the directory
 *           11  B2  offset of each item, in the order of keys
 *           ..      zeros, then the items; the first one ends at the end of the block, the next ends where it begins
 *
 *   leaf     B2 I | 1 key length | key | [B2 part] | piece of the tag          I = size - 3 | FIRST | LAST
 *            a tag longer than an item takes is cut; `part` (2, 3, …) stands in all pieces but the first
 *   branch   B4 child | 1 key length | key | B2 part                           first item: empty key, part 0
 *
 * The first item of the first leaf has an empty key (60 00 00) and is not counted. The key above a leaf is the first
 * key of the leaf cut one byte behind what it shares with the last key of the leaf before; above a branch block it is
 * copied whole. Where a leaf begins inside a tag the key above it is whole too and `part` tells which piece.
 */
#include "indexer/glass/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "indexer/glass/code.h"

enum {
	LEVEL_MAX = 10,
	BLOCK_MIN = 2048,
	BLOCK_MAX = 65536,
	HEADER = 11,     /* of a block, up to the directory */
	ITEM_HEADER = 3, /* I and key length */
	ITEM_MAX = 8194,
	PIECES_MAX = 65535,
	FIRST = 0x2000,
	LAST = 0x4000,
	OUT_BYTES = 1 << 20,
};

typedef struct {
	uint8_t *bytes;             /* NULL: the level is not in use yet */
	uint32_t low;               /* offset of the lowest item */
	uint32_t directory;         /* offset behind the directory */
	uint8_t key[GLASS_KEY_MAX]; /* separator of the block: what the level above gets for it */
	uint16_t part;
	uint8_t key_len;
} Block;

struct GlassTable {
	int fd;
	uint32_t block_size, item_max;
	uint32_t blocks; /* numbers given out */
	uint64_t entries;
	uint8_t *out; /* blocks that wait to be written */
	size_t out_len;
	uint64_t written;
	Block level[LEVEL_MAX];
	size_t last_len; /* the key before, for order and separators */
	uint8_t last[GLASS_KEY_MAX];
	char path[];
};

GlassTable *glass_table_new(const char *path, uint32_t block_size, Err *err)
{
	if (block_size == 0)
		block_size = GLASS_BLOCK_DEFAULT;
	if (block_size < BLOCK_MIN || block_size > BLOCK_MAX || (block_size & (block_size - 1))) {
		err_set(err, ST_INVALID, "block size %u: must be a power of two from 2048 to 65536", block_size);
		return NULL;
	}
	size_t len = strlen(path) + 1;
	GlassTable *t = calloc(1, sizeof *t + len);
	if (!t) {
		err_no_memory(err);
		return NULL;
	}
	memcpy(t->path, path, len);
	t->block_size = block_size;
	t->item_max = (block_size - HEADER - 8) / 4 < ITEM_MAX ? (block_size - HEADER - 8) / 4 : ITEM_MAX;
	t->out = malloc(OUT_BYTES);
	t->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (!t->out)
		err_no_memory(err);
	else if (t->fd < 0)
		err_errno(err, errno, "create %s", path);
	else
		return t;
	glass_table_free(t);
	return NULL;
}

void glass_table_free(GlassTable *t)
{
	if (!t)
		return;
	for (int i = 0; i < LEVEL_MAX; i++)
		free(t->level[i].bytes);
	free(t->out);
	close_quietly(t->fd);
	free(t);
}

static Status flush(GlassTable *t, Err *err)
{
	Status st = file_pwrite(t->fd, t->out, t->out_len, t->written, t->path, err);
	if (st == ST_OK) {
		file_start_writeback(t->fd, t->written, t->out_len);
		t->written += t->out_len;
		t->out_len = 0;
	}
	return st;
}

static void clear(GlassTable *t, Block *b)
{
	memset(b->bytes, 0, t->block_size);
	b->low = t->block_size;
	b->directory = HEADER;
}

static Status use_level(GlassTable *t, int level, Err *err)
{
	if (level >= LEVEL_MAX)
		return err_set(err, ST_LIMIT, "%s: more than %d levels", t->path, LEVEL_MAX);
	Block *b = &t->level[level];
	if (b->bytes)
		return ST_OK;
	b->bytes = malloc(t->block_size);
	if (!b->bytes)
		return err_no_memory(err);
	clear(t, b);
	b->key_len = 0;
	b->part = 0;
	return ST_OK;
}

static uint32_t room(const Block *b)
{
	return b->low - b->directory;
}

/* Room for an item of `size` bytes, which must fit. */
static uint8_t *place(Block *b, uint32_t size)
{
	b->low -= size;
	put_be16(b->bytes + b->directory, (uint16_t)b->low);
	b->directory += 2;
	return b->bytes + b->low;
}

/* Gives the block the next number, sends it off and empties it. */
static Status write_block(GlassTable *t, int level, uint32_t *number_out, Err *err)
{
	Block *b = &t->level[level];
	if (t->blocks == UINT32_MAX)
		return err_set(err, ST_LIMIT, "%s: too many blocks", t->path);
	put_be32(b->bytes, 1);
	b->bytes[4] = (uint8_t)level;
	put_be16(b->bytes + 5, (uint16_t)room(b));
	put_be16(b->bytes + 7, (uint16_t)room(b));
	put_be16(b->bytes + 9, (uint16_t)b->directory);
	memcpy(t->out + t->out_len, b->bytes, t->block_size);
	t->out_len += t->block_size;
	*number_out = t->blocks++;
	clear(t, b);
	return t->out_len < OUT_BYTES ? ST_OK : flush(t, err);
}

static Status close_block(GlassTable *t, int level, Err *err);

static Status add_branch(GlassTable *t, int level, const Block *child, uint32_t number, Err *err)
{
	Status st = use_level(t, level, err);
	if (st != ST_OK)
		return st;
	Block *b = &t->level[level];
	uint32_t size = 4 + 1 + child->key_len + 2u;
	if (b->directory > HEADER && size + 2 > room(b) && (st = close_block(t, level, err)) != ST_OK)
		return st;
	bool first = b->directory == HEADER;
	if (first) {
		memcpy(b->key, child->key, child->key_len);
		b->key_len = child->key_len;
		b->part = child->part;
		size = 4 + 1 + 2;
	}
	uint8_t *p = place(b, size);
	uint8_t key_len = first ? 0 : child->key_len;
	put_be32(p, number);
	p[4] = key_len;
	memcpy(p + 5, child->key, key_len);
	put_be16(p + 5 + key_len, first ? 0 : child->part);
	return ST_OK;
}

static Status close_block(GlassTable *t, int level, Err *err)
{
	uint32_t number;
	Status st = write_block(t, level, &number, err);
	return st == ST_OK ? add_branch(t, level + 1, &t->level[level], number, err) : st;
}

/* Notes the separator of a leaf that begins with this item. */
static void begin_leaf(GlassTable *t, Str key, uint16_t part)
{
	Block *leaf = &t->level[0];
	size_t len = key.len;
	if (part == 1) {
		const uint8_t *bytes = (const uint8_t *)key.ptr;
		size_t same = 0;
		while (same < t->last_len && same < key.len && bytes[same] == t->last[same])
			same++;
		len = same + 1 < key.len ? same + 1 : key.len;
	}
	memcpy(leaf->key, key.ptr, len);
	leaf->key_len = (uint8_t)len;
	leaf->part = part;
}

static Status add_item(GlassTable *t, Str key, uint16_t part, uint16_t flags, Str piece, Err *err)
{
	Block *leaf = &t->level[0];
	uint32_t size = (uint32_t)(ITEM_HEADER + key.len + (part > 1 ? 2 : 0) + piece.len);
	if (size + 2 > room(leaf)) {
		Status st = close_block(t, 0, err);
		if (st != ST_OK)
			return st;
	}
	if (leaf->directory == HEADER)
		begin_leaf(t, key, part);
	uint8_t *p = place(leaf, size);
	put_be16(p, (uint16_t)((size - ITEM_HEADER) | flags));
	p[2] = (uint8_t)key.len;
	p += ITEM_HEADER;
	memcpy(p, key.ptr, key.len);
	p += key.len;
	if (part > 1) {
		put_be16(p, part);
		p += 2;
	}
	if (piece.len)
		memcpy(p, piece.ptr, piece.len);
	return ST_OK;
}

/* The first piece is shorter where it can fill up the current leaf without making one piece more (as xapian-compact
 * does). */
static size_t first_piece(const GlassTable *t, size_t key_len, size_t tag_len, size_t full)
{
	size_t left = room(&t->level[0]) % (t->item_max + 2);
	if (left > key_len + 7) {
		left -= key_len + 7;
		if (left >= (tag_len - 2) % full)
			return left + 2;
	}
	return full + 2;
}

static Status add_pieces(GlassTable *t, Str key, Str tag, Err *err)
{
	size_t full = t->item_max - (key.len + ITEM_HEADER + 2), at = 0;
	if (tag.len <= full + 2)
		return add_item(t, key, 1, FIRST | LAST, tag, err);
	size_t len = first_piece(t, key.len, tag.len, full);
	if ((tag.len - len + full - 1) / full + 1 > PIECES_MAX)
		return err_set(err, ST_LIMIT, "%s: a tag of %zu bytes is too long", t->path, tag.len);
	Status st = ST_OK;
	for (uint32_t part = 1; st == ST_OK && at < tag.len; part++) {
		bool last = tag.len - at <= len;
		uint16_t flags = (uint16_t)((part == 1 ? FIRST : 0) | (last ? LAST : 0));
		st = add_item(t, key, (uint16_t)part, flags, str_slice((Str){tag.ptr, tag.len}, at, at + len), err);
		at += len;
		len = full;
	}
	return st;
}

Status glass_table_add(GlassTable *t, Str key, Str tag, Err *err)
{
	if (key.len == 0 || key.len > GLASS_KEY_MAX)
		return err_set(err, ST_LIMIT, "%s: a key of %zu bytes (at most %d)", t->path, key.len, GLASS_KEY_MAX);
	if (str_cmp((Str){(const char *)t->last, t->last_len}, key) >= 0)
		return err_set(err, ST_INVALID, "%s: keys are not in ascending order", t->path);
	if (t->entries == 0) {
		Status made = use_level(t, 0, err);
		if (made != ST_OK)
			return made;
		uint8_t *null_item = place(&t->level[0], ITEM_HEADER);
		put_be16(null_item, FIRST | LAST);
		null_item[2] = 0;
	}
	Status st = add_pieces(t, key, tag, err);
	if (st != ST_OK)
		return st;
	memcpy(t->last, key.ptr, key.len);
	t->last_len = key.len;
	t->entries++;
	return ST_OK;
}

Status glass_table_finish(GlassTable *t, GlassRoot *out, Err *err)
{
	Status st = ST_OK;
	uint32_t root = 0;
	int level = 0;
	/* A level that has a level above it is closed into that; the first that has none is the root. */
	for (; t->entries && level + 1 < LEVEL_MAX && t->level[level + 1].bytes; level++)
		if ((st = close_block(t, level, err)) != ST_OK)
			return st;
	if (t->entries && (st = write_block(t, level, &root, err)) != ST_OK)
		return st;
	if ((st = flush(t, err)) != ST_OK)
		return st;
	if (fsync(t->fd) != 0)
		return err_errno(err, errno, "sync %s", t->path);
	int fd = t->fd;
	t->fd = -1;
	if (close(fd) != 0)
		return err_errno(err, errno, "close %s", t->path);
	*out = (GlassRoot){
		.root = root,
		.level = (uint32_t)level,
		.entries = t->entries,
		.block_size = t->block_size,
		.blocks = t->blocks,
		.sequential = true,
	};
	return ST_OK;
}
