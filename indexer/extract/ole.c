/* indexer/extract/ole.c - the FAT is read whole when the file is opened: it can't be larger than a 128th of the file.
 * Every chain is followed for at most as many steps as there are sectors, so a loop ends; the tree of the directory is
 * walked with a mark for each entry that was seen. */
#include "indexer/extract/ole.h"

#include "base/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEADER_BYTES = 512,
	DIRECT_FAT_SECTORS = 109,
	ENTRY_BYTES = 128,
	MINI_SHIFT = 6,
	TYPE_FOLDER = 1,
	TYPE_STREAM = 2,
	TYPE_ROOT = 5,
};
#define SECTOR_LAST 0xFFFFFFFAu /* above it: end of the chain, free, FAT, DIFAT */
#define ENTRY_NONE 0xFFFFFFFFu

typedef struct {
	char name[32]; /* ASCII; "" where it is longer or of other letters */
	unsigned folder;
	uint32_t start;
	uint64_t size_bytes;
} Stream;

/* An entry of the directory that is still to be looked at. */
typedef struct {
	uint32_t entry;
	unsigned folder;
} Pending;

struct OleFile {
	int fd;
	uint64_t file_bytes, sector_count;
	unsigned shift;
	uint32_t mini_cutoff;
	Buf fat, mini_fat; /* uint32_t, little endian */
	Buf mini;          /* the small streams */
	Stream *streams;
	size_t stream_count;
	unsigned folder_count;
};

/* ---- sectors --------------------------------------------------------------------------------------------------- */

static Status read_sector(const OleFile *ole, uint32_t sector, void *out, Err *err)
{
	uint64_t at = ((uint64_t)sector + 1) << ole->shift;
	size_t size = (size_t)1 << ole->shift, len = size;
	if (at >= ole->file_bytes)
		return err_set(err, ST_INVALID, "its sector %u lies behind its end: broken or cut off", sector);
	if (ole->file_bytes - at < size) { /* the last one may be short */
		len = (size_t)(ole->file_bytes - at);
		memset((char *)out + len, 0, size - len);
	}
	for (size_t got = 0; got < len;) {
		ssize_t n = pread(ole->fd, (char *)out + got, len - got, (off_t)(at + got));
		if (n <= 0)
			return err_set(err, ST_IO, "it can't be read");
		got += (size_t)n;
	}
	return ST_OK;
}

static uint32_t next_of(const Buf *fat, uint32_t sector)
{
	size_t at = (size_t)sector * 4;
	return at + 4 <= fat->len ? get_le32(fat->data + at) : ENTRY_NONE;
}

/* Appends a chain of sectors, at most `most` bytes of it. */
static Status read_chain(const OleFile *ole, uint32_t start, uint64_t most, Buf *out, Err *err)
{
	size_t size = (size_t)1 << ole->shift, begin = out->len;
	uint64_t steps = 0;
	for (uint32_t sector = start; sector < SECTOR_LAST && out->len - begin < most;
	     sector = next_of(&ole->fat, sector)) {
		if (++steps > ole->sector_count)
			return err_set(err, ST_INVALID, "broken: one of its chains of sectors is a loop");
		if (out->len - begin + size > OLE_STREAM_MAX)
			return err_set(err, ST_LIMIT, "one of its streams is larger than %d MiB", OLE_STREAM_MAX >> 20);
		char *to = buf_extend(out, size);
		if (!to)
			return err_no_memory(err);
		Status st = read_sector(ole, sector, to, err);
		if (st != ST_OK)
			return st;
	}
	if (out->len - begin > most)
		out->len = begin + (size_t)most;
	return ST_OK;
}

/* ---- the FAT --------------------------------------------------------------------------------------------------- */

static Status add_fat_sectors(OleFile *ole, const void *numbers, size_t count, Err *err)
{
	size_t size = (size_t)1 << ole->shift;
	for (size_t i = 0; i < count; i++) {
		uint32_t sector = get_le32((const char *)numbers + i * 4);
		if (sector >= SECTOR_LAST)
			continue;
		if (ole->fat.len / 4 > ole->sector_count + size)
			return err_set(err, ST_INVALID, "broken: it lists more sectors than it has");
		char *to = buf_extend(&ole->fat, size);
		if (!to)
			return err_no_memory(err);
		Status st = read_sector(ole, sector, to, err);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static Status read_fat(OleFile *ole, const uint8_t *header, Err *err)
{
	char sector[4096];
	size_t numbers = ((size_t)1 << ole->shift) / 4 - 1;
	uint64_t steps = 0;
	Status st = add_fat_sectors(ole, header + 0x4C, DIRECT_FAT_SECTORS, err);
	for (uint32_t at = get_le32(header + 0x44); at < SECTOR_LAST && st == ST_OK;) {
		if (++steps > ole->sector_count)
			return err_set(err, ST_INVALID, "broken: its list of sectors is a loop");
		st = read_sector(ole, at, sector, err);
		if (st == ST_OK)
			st = add_fat_sectors(ole, sector, numbers, err);
		at = get_le32(sector + numbers * 4);
	}
	return st;
}

/* ---- the directory --------------------------------------------------------------------------------------------- */

static void copy_name(const uint8_t *entry, char out[static 32])
{
	size_t bytes = get_le16(entry + 0x40), len = bytes >= 2 && bytes <= 64 ? bytes / 2 - 1 : 0;
	for (size_t i = 0; i < len; i++) {
		uint16_t c = get_le16(entry + i * 2);
		if (c == 0 || c >= 0x80)
			len = 0;
		else
			out[i] = (char)c;
	}
	out[len] = 0;
}

static uint64_t size_of(const OleFile *ole, const uint8_t *entry)
{
	return ole->shift == 9 ? get_le32(entry + 0x78) : get_le64(entry + 0x78);
}

/* Left, right: brothers; a folder's child: one of what it holds. A stack of entries, each looked at once. */
static Status walk(OleFile *ole, const Buf *directory, Err *err)
{
	size_t count = directory->len / ENTRY_BYTES, depth = 0;
	const uint8_t *entries = (const uint8_t *)directory->data;
	bool *seen = calloc(count, sizeof *seen);
	Pending *stack = calloc(3 * count + 1, sizeof *stack); /* each entry that is looked at adds three at most */
	ole->streams = calloc(count, sizeof *ole->streams);
	Status st = seen && stack && ole->streams ? ST_OK : err_no_memory(err);
	ole->folder_count = 1;
	if (st == ST_OK)
		stack[depth++] = (Pending){get_le32(entries + 0x4C), 0};
	while (st == ST_OK && depth) {
		Pending at = stack[--depth];
		if (at.entry >= count || seen[at.entry])
			continue;
		const uint8_t *entry = entries + (size_t)at.entry * ENTRY_BYTES;
		seen[at.entry] = true;
		if (entry[0x42] == TYPE_STREAM) {
			Stream *s = &ole->streams[ole->stream_count++];
			copy_name(entry, s->name);
			s->folder = at.folder;
			s->start = get_le32(entry + 0x74);
			s->size_bytes = size_of(ole, entry);
		} else if (entry[0x42] == TYPE_FOLDER) {
			stack[depth++] = (Pending){get_le32(entry + 0x4C), ole->folder_count++};
		}
		stack[depth++] = (Pending){get_le32(entry + 0x44), at.folder};
		stack[depth++] = (Pending){get_le32(entry + 0x48), at.folder};
	}
	free(seen);
	free(stack);
	return st;
}

static Status read_directory(OleFile *ole, const uint8_t *header, Err *err)
{
	Buf directory = {0};
	Status st = read_chain(ole, get_le32(header + 0x30), (uint64_t)OLE_ENTRIES_MAX * ENTRY_BYTES, &directory, err);
	const uint8_t *root = (const uint8_t *)directory.data;
	if (st == ST_OK && (directory.len < ENTRY_BYTES || root[0x42] != TYPE_ROOT))
		st = err_set(err, ST_INVALID, "broken: a compound file without a directory");
	if (st == ST_OK)
		st = walk(ole, &directory, err);
	if (st == ST_OK)
		st = read_chain(ole, get_le32(root + 0x74), size_of(ole, root), &ole->mini, err);
	if (st == ST_OK)
		st = read_chain(ole, get_le32(header + 0x3C), OLE_STREAM_MAX, &ole->mini_fat, err);
	buf_done(&directory);
	return st;
}

/* ---- opening, streams ------------------------------------------------------------------------------------------ */

static Status open_file(OleFile *ole, Err *err)
{
	uint8_t header[HEADER_BYTES];
	struct stat info;
	if (fstat(ole->fd, &info) != 0 || info.st_size < HEADER_BYTES ||
	    pread(ole->fd, header, sizeof header, 0) != HEADER_BYTES ||
	    memcmp(header, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) != 0)
		return err_set(err, ST_INVALID, "no compound file");
	ole->shift = get_le16(header + 0x1E);
	ole->mini_cutoff = get_le32(header + 0x38);
	if ((ole->shift != 9 && ole->shift != 12) || get_le16(header + 0x20) != MINI_SHIFT)
		return err_set(err, ST_INVALID, "broken: a compound file with sectors of 2^%u bytes", ole->shift);
	ole->file_bytes = (uint64_t)info.st_size;
	ole->sector_count = (ole->file_bytes >> ole->shift) + 1;
	Status st = read_fat(ole, header, err);
	return st == ST_OK ? read_directory(ole, header, err) : st;
}

Status ole_open(OleFile **out, int fd, Err *err)
{
	OleFile *ole = calloc(1, sizeof *ole);
	if (!ole)
		return err_no_memory(err);
	ole->fd = fd;
	Status st = open_file(ole, err);
	if (st == ST_OK)
		*out = ole;
	else
		ole_close(ole);
	return st;
}

void ole_close(OleFile *ole)
{
	if (!ole)
		return;
	buf_done(&ole->fat);
	buf_done(&ole->mini_fat);
	buf_done(&ole->mini);
	free(ole->streams);
	free(ole);
}

unsigned ole_folder_count(const OleFile *ole)
{
	return ole->folder_count;
}

static const Stream *find(const OleFile *ole, unsigned folder, const char *name)
{
	for (size_t i = 0; i < ole->stream_count; i++)
		if (ole->streams[i].folder == folder && str_eq_nocase(str_from(ole->streams[i].name), str_from(name)))
			return &ole->streams[i];
	return NULL;
}

bool ole_has(const OleFile *ole, unsigned folder, const char *name)
{
	return find(ole, folder, name) != NULL;
}

static Status read_mini(const OleFile *ole, const Stream *stream, Buf *out, Err *err)
{
	size_t begin = out->len, size = (size_t)1 << MINI_SHIFT;
	uint64_t steps = 0;
	for (uint32_t sector = stream->start; sector < SECTOR_LAST && out->len - begin < stream->size_bytes;
	     sector = next_of(&ole->mini_fat, sector)) {
		size_t at = (size_t)sector << MINI_SHIFT;
		if (at + size > ole->mini.len && at >= ole->mini.len)
			return err_set(err, ST_INVALID, "broken: a small sector lies behind the last one");
		if (++steps > ole->mini.len / size + 1)
			return err_set(err, ST_INVALID, "broken: one of its chains of sectors is a loop");
		buf_add(out, ole->mini.data + at, ole->mini.len - at < size ? ole->mini.len - at : size);
	}
	if (out->len - begin > stream->size_bytes)
		out->len = begin + (size_t)stream->size_bytes;
	return buf_ok(out) ? ST_OK : err_no_memory(err);
}

Status ole_read(const OleFile *ole, unsigned folder, const char *name, Buf *out, Err *err)
{
	const Stream *stream = find(ole, folder, name);
	size_t begin = out->len;
	if (!stream)
		return err_set(err, ST_NOT_FOUND, "it has no stream \"%s\"", name);
	if (stream->size_bytes > OLE_STREAM_MAX)
		return err_set(err, ST_LIMIT, "one of its streams is larger than %d MiB", OLE_STREAM_MAX >> 20);
	Status st = stream->size_bytes < ole->mini_cutoff
			    ? read_mini(ole, stream, out, err)
			    : read_chain(ole, stream->start, stream->size_bytes, out, err);
	if (st == ST_OK && out->len - begin < stream->size_bytes)
		st = err_set(err, ST_INVALID, "its stream \"%s\" is cut off", name);
	if (st != ST_OK)
		out->len = begin;
	return st;
}
