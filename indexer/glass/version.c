/* indexer/glass/version.c - reads and writes iamglass, the file that says where the tables' roots are. At most 256
 * bytes:
 *
 *   0f 0d "Xapian Glass"   04 6e (2016-03-14: years since 2014 << 9 | month << 5 | day)
 *   uuid[16]   varint revision
 *   six roots: varint root | varint level << 2 | sequential << 1 | fake | varint entries | varint block_size >> 11 |
 *              varint compress_min | varint size, free list
 *   varints: documents | last docid - documents | length_min | wdf_max | length_max - wdf_max | 0 (oldest changeset) |
 *            total_length | 0 (greatest spelling frequency)
 *
 * A fresh free list is 6 bytes or more: varint revision, varint blocks in the file, and two empty cursors (00 00 each).
 * A table without entries has a "fake" root and no free list.
 */
#include "indexer/glass/version.h"

#include "base/buf.h"
#include "base/file.h"
#include "indexer/glass/code.h"

static const char file_name[] = "iamglass";
enum { VERSION_MAX = 256, ROOT_FAKE = 1, ROOT_SEQUENTIAL = 2 };
static const char magic[] = "\x0f\x0dXapian Glass\x04\x6e";
enum { MAGIC_LEN = sizeof magic - 1, NAME_LEN = MAGIC_LEN - 2 };

const char *glass_table_file(GlassTableKind kind)
{
	static const char *const names[GLASS_TABLE_COUNT] = {
		[GLASS_POSTLIST] = "postlist.glass", [GLASS_DOCDATA] = "docdata.glass",
		[GLASS_TERMLIST] = "termlist.glass", [GLASS_POSITION] = "position.glass",
		[GLASS_SPELLING] = "spelling.glass", [GLASS_SYNONYM] = "synonym.glass",
	};
	return names[kind];
}

void glass_version_init(GlassVersion *v, uint32_t block_size)
{
	*v = (GlassVersion){.revision = 1};
	for (int i = 0; i < GLASS_TABLE_COUNT; i++) {
		v->roots[i].block_size = block_size ? block_size : GLASS_BLOCK_DEFAULT;
		v->roots[i].sequential = true;
		v->roots[i].compress_min = i == GLASS_POSTLIST || i == GLASS_POSITION ? 0 : 18;
	}
}

static uint8_t *put_root(uint8_t *p, const GlassRoot *root, uint32_t revision)
{
	bool fake = root->entries == 0;
	p = glass_put_varint(p, fake ? 0 : root->root);
	uint32_t flags = fake ? ROOT_FAKE : root->level << 2;
	p = glass_put_varint(p, flags | (fake || root->sequential ? ROOT_SEQUENTIAL : 0));
	p = glass_put_varint(p, root->entries);
	p = glass_put_varint(p, root->block_size >> 11);
	p = glass_put_varint(p, root->compress_min);
	if (fake) {
		*p++ = 0;
		return p;
	}
	uint8_t freelist[2 * GLASS_VARINT_MAX + 4];
	uint8_t *at = glass_put_varint(freelist, revision);
	at = glass_put_varint(at, root->blocks);
	memset(at, 0, 4);
	at += 4;
	p = glass_put_varint(p, (uint64_t)(at - freelist));
	memcpy(p, freelist, (size_t)(at - freelist));
	return p + (at - freelist);
}

static size_t encode(const GlassVersion *v, uint8_t out[static 2 * VERSION_MAX])
{
	uint8_t *p = out;
	memcpy(p, magic, MAGIC_LEN);
	p += MAGIC_LEN;
	memcpy(p, v->uuid, sizeof v->uuid);
	p += sizeof v->uuid;
	p = glass_put_varint(p, v->revision);
	for (int i = 0; i < GLASS_TABLE_COUNT; i++)
		p = put_root(p, &v->roots[i], v->revision);
	const GlassStats *s = &v->stats;
	p = glass_put_varint(p, s->documents);
	p = glass_put_varint(p, s->last_docid - s->documents);
	p = glass_put_varint(p, s->length_min);
	p = glass_put_varint(p, s->wdf_max);
	p = glass_put_varint(p, s->length_max - s->wdf_max);
	p = glass_put_varint(p, 0);
	p = glass_put_varint(p, s->total_length);
	p = glass_put_varint(p, 0);
	return (size_t)(p - out);
}

Status glass_version_write(const char *dir, const GlassVersion *v, Err *err)
{
	uint8_t bytes[2 * VERSION_MAX];
	size_t len = encode(v, bytes);
	FilePath path;
	Status st = file_path(&path, dir, file_name, err);
	return st == ST_OK ? file_replace(path.text, (Str){(const char *)bytes, len}, err) : st;
}

static bool take(const uint8_t **p, const uint8_t *end, uint64_t limit, uint64_t *out)
{
	return varint_read(p, end, out) && *out <= limit;
}

static bool get_root(const uint8_t **p, const uint8_t *end, GlassRoot *out)
{
	uint64_t root, flags, entries, units, compress_min, len;
	if (!take(p, end, UINT32_MAX, &root) || !take(p, end, 63, &flags) || !take(p, end, UINT64_MAX, &entries) ||
	    !take(p, end, 32, &units) || !take(p, end, UINT32_MAX, &compress_min) ||
	    !take(p, end, (uint64_t)(end - *p), &len) || len > (uint64_t)(end - *p))
		return false;
	if (units == 0 || (units & (units - 1)) || (!(flags & ROOT_FAKE) && entries == 0 && flags >> 2))
		return false;
	const uint8_t *free_end = *p + len;
	uint64_t revision, blocks = 0;
	if (len > 0 && (!take(p, free_end, UINT32_MAX, &revision) || !take(p, free_end, UINT32_MAX, &blocks)))
		return false;
	*p = free_end;
	*out = (GlassRoot){
		.root = (uint32_t)root,
		.level = (uint32_t)flags >> 2,
		.entries = flags & ROOT_FAKE ? 0 : entries,
		.block_size = (uint32_t)units << 11,
		.compress_min = (uint32_t)compress_min,
		.blocks = (uint32_t)blocks,
		.sequential = flags & ROOT_SEQUENTIAL,
	};
	return true;
}

static bool decode(const uint8_t *p, const uint8_t *end, GlassVersion *v)
{
	uint64_t number[8], revision;
	memcpy(v->uuid, p, sizeof v->uuid);
	p += sizeof v->uuid;
	if (!take(&p, end, UINT32_MAX, &revision))
		return false;
	v->revision = (uint32_t)revision;
	for (int i = 0; i < GLASS_TABLE_COUNT; i++)
		if (!get_root(&p, end, &v->roots[i]))
			return false;
	for (int i = 0; i < 8; i++)
		if (!take(&p, end, i == 6 || i == 5 ? UINT64_MAX : UINT32_MAX, &number[i]))
			return false;
	if (p != end || number[0] + number[1] > UINT32_MAX || number[3] + number[4] > UINT32_MAX)
		return false;
	v->stats = (GlassStats){
		.documents = (uint32_t)number[0],
		.last_docid = (uint32_t)(number[0] + number[1]),
		.length_min = (uint32_t)number[2],
		.wdf_max = (uint32_t)number[3],
		.length_max = (uint32_t)(number[3] + number[4]),
		.total_length = number[6],
	};
	return true;
}

Status glass_version_read(const char *dir, GlassVersion *out, Err *err)
{
	FilePath path;
	Buf bytes = {0};
	Status st = file_path(&path, dir, file_name, err);
	if (st != ST_OK)
		return st;
	st = file_read_all(path.text, VERSION_MAX, &bytes, err);
	if (st == ST_LIMIT)
		st = err_set(err, ST_CORRUPT, "%s: longer than %d bytes", path.text, VERSION_MAX);
	if (st != ST_OK)
		goto done;
	const uint8_t *data = (const uint8_t *)bytes.data;
	GlassVersion v;
	if (bytes.len < MAGIC_LEN + sizeof v.uuid || memcmp(data, magic, NAME_LEN) != 0)
		st = err_set(err, ST_CORRUPT, "%s: not a glass database", path.text);
	else if (memcmp(data, magic, MAGIC_LEN) != 0)
		st = err_set(err, ST_UNSUPPORTED, "%s: another version of the glass format", path.text);
	else if (!decode(data + MAGIC_LEN, data + bytes.len, &v))
		st = err_set(err, ST_CORRUPT, "%s: damaged", path.text);
	else
		*out = v;
done:
	buf_done(&bytes);
	return st;
}
