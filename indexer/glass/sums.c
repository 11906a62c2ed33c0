/* indexer/glass/sums.c - reads files block by block, sums them, and compares. The file `sums`, little-endian:
 *
 *   "HOSOSUM1"   u32 revision of iamglass   u32 CRC-32C of iamglass
 *   for each table: u32 block size, u32 blocks, blocks × u32 CRC-32C
 *   u32 CRC-32C of all that stands before
 *
 * The CRC of a block begins with the block's number, so a block in another one's place does not fit. A free list's
 * block is written again under the revision of the commit before, so a commit under way may differ there too.
 */
#include "indexer/glass/sums.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "indexer/glass/block.h"
#include "store/format/hash.h"

enum { SUMS_MAX = 256 << 20, HEAD_LEN = 16, STEP_BYTES = 256 << 10, LEVEL_FREE_LIST = 254, VERSION_BYTES_MAX = 256 };

static const char file_name[] = "sums";
static const char magic[8] = "HOSOSUM1";

typedef struct {
	uint32_t block_size, count;
	uint32_t *list;
} TableSums;

struct GlassSums {
	uint32_t revision, version_sum;
	TableSums tables[GLASS_TABLE_COUNT];
};

void glass_sums_free(GlassSums *sums)
{
	for (int kind = 0; sums && kind < GLASS_TABLE_COUNT; kind++)
		free(sums->tables[kind].list);
	free(sums);
}

static uint32_t sum_of(uint32_t number, const uint8_t *block, uint32_t len)
{
	return crc32c(number, block, len);
}

static Status read_version_file(const char *dir, Buf *out, Err *err)
{
	FilePath path;
	Status st = file_path(&path, dir, "iamglass", err);
	return st == ST_OK ? file_read_all(path.text, VERSION_BYTES_MAX, out, err) : st;
}

static uint32_t version_sum(const Buf *bytes)
{
	return crc32c(0, bytes->data ? bytes->data : "", bytes->len);
}

/* ---- the blocks of a table ------------------------------------------------------------------------------------- */

/* Calls `each` for every block of a file, in order, until it fails. A file that is not there has none. */
typedef Status EachBlock(void *ctx, uint32_t number, const uint8_t *block, Err *err);
static Status walk_blocks(const char *path, uint32_t block_size, uint32_t *count_out, EachBlock *each, void *ctx,
			  Err *err)
{
	Status st = ST_OK;
	uint64_t blocks = 0;
	*count_out = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ST_OK : err_errno(err, errno, "open %s", path);
	off_t size = lseek(fd, 0, SEEK_END);
	uint8_t *bytes = malloc(STEP_BYTES);
	if (size < 0)
		st = err_errno(err, errno, "size of %s", path);
	else if (!bytes)
		st = err_no_memory(err);
	else
		blocks = (uint64_t)size / block_size;
	if (st == ST_OK && blocks > UINT32_MAX)
		st = err_set(err, ST_CORRUPT, "%s: too long", path);
	for (uint64_t at = 0; st == ST_OK && at < blocks;) {
		uint64_t here = STEP_BYTES / block_size < blocks - at ? STEP_BYTES / block_size : blocks - at;
		st = file_pread(fd, bytes, (size_t)here * block_size, at * block_size, path, err);
		for (uint64_t i = 0; st == ST_OK && i < here; i++)
			st = each(ctx, (uint32_t)(at + i), bytes + i * block_size, err);
		at += here;
	}
	free(bytes);
	close_quietly(fd);
	*count_out = (uint32_t)blocks;
	return st;
}

/* Written by a commit that came after this revision, or part of a free list. */
static bool is_newer(const uint8_t *block, uint32_t revision)
{
	return glass_be32(block) > revision || block[4] == LEVEL_FREE_LIST;
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

typedef struct {
	const char *path;
	TableSums *table;
	const TableSums *before; /* NULL: nothing to compare with */
	uint32_t revision_before, room;
} Making;

static Status add_sum(void *ctx, uint32_t number, const uint8_t *block, Err *err)
{
	Making *m = ctx;
	if (number >= m->room) {
		uint32_t room = m->room ? 2 * m->room : 64;
		uint32_t *grown = realloc(m->table->list, room * sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		m->table->list = grown;
		m->room = room;
	}
	uint32_t sum = sum_of(number, block, m->table->block_size);
	if (m->before && number < m->before->count && m->before->list[number] != sum &&
	    !is_newer(block, m->revision_before))
		return err_set(err, ST_CORRUPT, "%s: block %u changed though nobody wrote it", m->path, number);
	m->table->list[number] = sum;
	m->table->count = number + 1;
	return ST_OK;
}

static Status make_table(TableSums *table, const char *dir, GlassTableKind kind, const GlassRoot *root,
			 const GlassSums *before, Err *err)
{
	FilePath path;
	uint32_t count;
	table->block_size = root->block_size;
	Making making = {.table = table};
	if (before && before->tables[kind].block_size == root->block_size) {
		making.before = &before->tables[kind];
		making.revision_before = before->revision;
	}
	Status st = file_path(&path, dir, glass_table_file(kind), err);
	making.path = path.text;
	return st == ST_OK ? walk_blocks(path.text, root->block_size, &count, add_sum, &making, err) : st;
}

Status glass_sums_make(GlassSums **out, const char *dir, const GlassSums *before, Err *err)
{
	GlassVersion version;
	Buf bytes = {0};
	GlassSums *sums = calloc(1, sizeof *sums);
	Status st = sums ? read_version_file(dir, &bytes, err) : err_no_memory(err);
	if (st == ST_OK)
		st = glass_version_read(dir, &version, err);
	if (st == ST_OK) {
		sums->revision = version.revision;
		sums->version_sum = version_sum(&bytes);
	}
	for (int kind = 0; st == ST_OK && kind < GLASS_TABLE_COUNT; kind++)
		st = make_table(&sums->tables[kind], dir, (GlassTableKind)kind, &version.roots[kind], before, err);
	buf_done(&bytes);
	if (st == ST_OK)
		*out = sums;
	else
		glass_sums_free(sums);
	return st;
}

/* ---- the file -------------------------------------------------------------------------------------------------- */

static void add_le32(Buf *b, uint32_t value)
{
	uint8_t bytes[4];
	put_le32(bytes, value);
	buf_add(b, bytes, sizeof bytes);
}

static Status replace_quickly(const char *path, Str bytes, Err *err)
{
	FilePath temporary;
	if (snprintf(temporary.text, sizeof temporary.text, "%s.tmp", path) >= (int)sizeof temporary.text)
		return err_set(err, ST_LIMIT, "path too long");
	int fd = open(temporary.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, errno, "open %s", temporary.text);
	Status st = file_write(fd, bytes.ptr, bytes.len, temporary.text, err);
	close_quietly(fd);
	if (st == ST_OK && rename(temporary.text, path) != 0)
		st = err_errno(err, errno, "rename %s", temporary.text);
	return st;
}

Status glass_sums_write(const GlassSums *sums, const char *dir, bool durable, Err *err)
{
	Buf out = {0};
	FilePath path;
	Status st = file_path(&path, dir, file_name, err);
	buf_add(&out, magic, sizeof magic);
	add_le32(&out, sums->revision);
	add_le32(&out, sums->version_sum);
	for (int kind = 0; kind < GLASS_TABLE_COUNT; kind++) {
		const TableSums *t = &sums->tables[kind];
		add_le32(&out, t->block_size);
		add_le32(&out, t->count);
		for (uint32_t i = 0; i < t->count; i++)
			add_le32(&out, t->list[i]);
	}
	add_le32(&out, crc32c(0, out.data ? out.data : "", out.len));
	if (st == ST_OK && !buf_ok(&out))
		st = err_no_memory(err);
	if (st == ST_OK)
		st = durable ? file_replace(path.text, buf_str(&out), err)
			     : replace_quickly(path.text, buf_str(&out), err);
	buf_done(&out);
	return st;
}

static bool take_table(const uint8_t **at, const uint8_t *end, TableSums *out)
{
	if (end - *at < 8)
		return false;
	uint32_t count = get_le32(*at + 4);
	out->block_size = get_le32(*at);
	*at += 8;
	if ((uint64_t)(end - *at) < (uint64_t)count * 4)
		return false;
	out->list = malloc(((size_t)count + 1) * sizeof *out->list);
	if (!out->list)
		return false;
	for (; out->count < count; *at += 4)
		out->list[out->count++] = get_le32(*at);
	return true;
}

static bool take_all(const Buf *bytes, GlassSums *out)
{
	const uint8_t *at = (const uint8_t *)bytes->data, *end;
	if (bytes->len < HEAD_LEN + 4 || memcmp(at, magic, sizeof magic) != 0)
		return false;
	end = at + bytes->len;
	end -= 4;
	if (get_le32(end) != crc32c(0, at, (size_t)(end - at)))
		return false;
	out->revision = get_le32(at + 8);
	out->version_sum = get_le32(at + 12);
	at += HEAD_LEN;
	for (int kind = 0; kind < GLASS_TABLE_COUNT; kind++)
		if (!take_table(&at, end, &out->tables[kind]))
			return false;
	return at == end;
}

Status glass_sums_read(GlassSums **out, const char *dir, Err *err)
{
	FilePath path;
	Buf bytes = {0};
	GlassSums *sums = calloc(1, sizeof *sums);
	Status st = sums ? file_path(&path, dir, file_name, err) : err_no_memory(err);
	if (st == ST_OK)
		st = file_read_all(path.text, SUMS_MAX, &bytes, err);
	if (st == ST_LIMIT || (st == ST_OK && !take_all(&bytes, sums)))
		st = err_set(err, ST_CORRUPT, "%s: damaged", path.text);
	buf_done(&bytes);
	if (st == ST_OK)
		*out = sums;
	else
		glass_sums_free(sums);
	return st;
}

/* ---- comparing ------------------------------------------------------------------------------------------------- */

Status glass_sums_check_version(const GlassSums *sums, const char *dir, Err *err)
{
	GlassVersion version;
	Err ignored;
	Buf bytes = {0};
	Status st = read_version_file(dir, &bytes, err);
	bool fits = st == ST_OK && version_sum(&bytes) == sums->version_sum;
	buf_done(&bytes);
	if (fits || (st != ST_OK && st != ST_LIMIT))
		return st;
	if (glass_version_read(dir, &version, &ignored) == ST_OK && version.revision > sums->revision)
		return err_set(err, ST_CONFLICT, "%s: its sums are of the revision before", dir);
	return err_set(err, ST_CORRUPT, "%s: iamglass does not fit its sum", dir);
}

bool glass_sums_fit(const GlassSums *sums, GlassTableKind kind, uint32_t number, const uint8_t *block,
		    uint32_t block_size)
{
	const TableSums *t = &sums->tables[kind];
	return block_size == t->block_size && number < t->count && t->list[number] == sum_of(number, block, block_size);
}

uint32_t glass_sums_blocks(const GlassSums *sums, GlassTableKind kind)
{
	return sums->tables[kind].count;
}

typedef struct {
	const GlassSums *sums;
	GlassTableKind kind;
	const char *path;
	bool whole;
} Checking;

static Status check_block(void *ctx, uint32_t number, const uint8_t *block, Err *err)
{
	Checking *c = ctx;
	const TableSums *t = &c->sums->tables[c->kind];
	if (glass_sums_fit(c->sums, c->kind, number, block, t->block_size))
		return ST_OK;
	if (!c->whole && (number >= t->count || is_newer(block, c->sums->revision)))
		return ST_OK;
	return err_set(err, ST_CORRUPT, "%s: block %u does not fit its sum", c->path, number);
}

static Status check_table(const GlassSums *sums, const char *dir, GlassTableKind kind, bool whole, Err *err)
{
	const TableSums *t = &sums->tables[kind];
	FilePath path;
	uint32_t count = 0;
	if (t->block_size < 2048 || t->block_size > 65536)
		return err_set(err, ST_CORRUPT, "%s: sums of blocks of %u bytes", dir, t->block_size);
	Status st = file_path(&path, dir, glass_table_file(kind), err);
	Checking checking = {sums, kind, path.text, whole};
	if (st == ST_OK)
		st = walk_blocks(path.text, t->block_size, &count, check_block, &checking, err);
	if (st == ST_OK && count < t->count)
		st = err_set(err, ST_CORRUPT, "%s: %u blocks instead of %u", path.text, count, t->count);
	return st;
}

Status glass_sums_check(const GlassSums *sums, const char *dir, bool whole, Err *err)
{
	Status st = glass_sums_check_version(sums, dir, err);
	for (int kind = 0; st == ST_OK && kind < GLASS_TABLE_COUNT; kind++)
		st = check_table(sums, dir, (GlassTableKind)kind, whole, err);
	return st;
}
