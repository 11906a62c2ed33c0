/* bench/sample/word97.c - a document of Word 97: a compound file with two streams, the text as one piece in UTF-16.
 *
 *   sector 0      the table of sectors (FAT)
 *   sector 1      the directory: the root, "WordDocument", "0Table"
 *   sector 2 …    WordDocument: a head of TEXT_AT bytes, then the text
 *   then          0Table: one byte, then the list of pieces, filled up to the size that needs no small sectors
 *
 * Source   [MS-CFB], [MS-DOC]
 */
#include "base/file.h"
#include "base/utf8.h"
#include "bench/sample/office_files.h"

enum { SECTOR = 512, STREAM_LEAST = 4096, TEXT_AT = 0x800, FAT_ROWS = SECTOR / 4, PIECES_PLACE = 0x9A + 33 * 8 };
#define NO_SECTOR 0xFFFFFFFFu
#define CHAIN_END 0xFFFFFFFEu
#define IN_FAT 0xFFFFFFFDu

static void set16(Buf *b, size_t at, unsigned value)
{
	b->data[at] = (char)value;
	b->data[at + 1] = (char)(value >> 8);
}

static void set32(Buf *b, size_t at, uint32_t value)
{
	set16(b, at, value & 0xFFFF);
	set16(b, at + 2, value >> 16);
}

static void fill(Buf *b, size_t size, char with)
{
	while (b->len < size && buf_ok(b))
		buf_add_char(b, with);
}

static size_t sectors_of(const Buf *stream)
{
	return (stream->len + SECTOR - 1) / SECTOR;
}

/* A line end is a carriage return there. Returns how many units were written. */
static uint32_t add_utf16(Buf *out, Str text)
{
	uint32_t c, units = 0;
	for (size_t at = 0, step; (step = utf8_decode(text.ptr + at, text.len - at, &c)) != 0; at += step) {
		if (c > 0xFFFF)
			continue;
		c = c == '\n' ? '\r' : c;
		buf_add_char(out, (char)c);
		buf_add_char(out, (char)(c >> 8));
		units++;
	}
	return units;
}

static void make_streams(Str text, Buf *document, Buf *table)
{
	fill(document, TEXT_AT, 0);
	uint32_t characters = add_utf16(document, text);
	size_t list = 1;
	fill(table, list + 5 + 2 * 4 + 8, 0);
	if (!buf_ok(document) || !buf_ok(table))
		return;
	set16(document, 0, 0xA5EC);
	set16(document, 2, 0xC1);
	set16(document, 10, 0x1000);
	set32(document, 0x4C, characters);
	set32(document, PIECES_PLACE, (uint32_t)list);
	set32(document, PIECES_PLACE + 4, (uint32_t)(table->len - list));
	table->data[list] = 2; /* a table of pieces: its size, where each begins and the last ends, the piece */
	set32(table, list + 1, 2 * 4 + 8);
	set32(table, list + 5 + 4, characters);
	set32(table, list + 5 + 8 + 2, TEXT_AT);
	fill(document, STREAM_LEAST, 0);
	fill(table, STREAM_LEAST, 0);
	fill(document, sectors_of(document) * SECTOR, 0);
	fill(table, sectors_of(table) * SECTOR, 0);
}

static void set_entry(Buf *file, size_t at, const char *name, unsigned type, uint32_t right, uint32_t child,
		      uint32_t start, size_t size)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < len; i++)
		file->data[at + i * 2] = name[i];
	set16(file, at + 64, (unsigned)(len * 2 + 2));
	file->data[at + 66] = (char)type;
	file->data[at + 67] = 1;
	set32(file, at + 68, NO_SECTOR);
	set32(file, at + 72, right);
	set32(file, at + 76, child);
	set32(file, at + 116, start);
	set32(file, at + 120, (uint32_t)size);
}

static void set_chain(Buf *file, size_t first, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set32(file, SECTOR + 4 * (first + i), i + 1 < count ? (uint32_t)(first + i + 1) : CHAIN_END);
}

static Status make_file(const Buf *document, const Buf *table, Buf *file, Err *err)
{
	size_t first = 2, second = first + sectors_of(document);
	if (second + sectors_of(table) > FAT_ROWS)
		return err_set(err, ST_LIMIT, "a text too long for the smallest Word file");
	fill(file, SECTOR, 0);
	fill(file, (size_t)2 * SECTOR, (char)0xFF);
	fill(file, (size_t)3 * SECTOR, 0);
	if (!buf_ok(file))
		return err_no_memory(err);
	memcpy(file->data, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	set32(file, 24, 3u << 16 | 0x3E);
	set32(file, 28, 9u << 16 | 0xFFFE);
	set32(file, 32, 6);
	set32(file, 44, 1);
	set32(file, 48, 1);
	set32(file, 56, STREAM_LEAST);
	set32(file, 60, CHAIN_END);
	set32(file, 68, CHAIN_END);
	memset(file->data + 80, 0xFF, SECTOR - 80);
	set32(file, SECTOR, IN_FAT);
	set_chain(file, 1, 1);
	set_chain(file, first, sectors_of(document));
	set_chain(file, second, sectors_of(table));
	size_t at = (size_t)2 * SECTOR;
	set_entry(file, at, "Root Entry", 5, NO_SECTOR, 1, CHAIN_END, 0);
	set_entry(file, at + 128, "WordDocument", 2, 2, NO_SECTOR, (uint32_t)first, document->len);
	set_entry(file, at + 256, "0Table", 2, NO_SECTOR, NO_SECTOR, (uint32_t)second, table->len);
	buf_add_str(file, buf_str(document));
	buf_add_str(file, buf_str(table));
	return buf_ok(file) ? ST_OK : err_no_memory(err);
}

Status word97_write(Str text, const char *path, Err *err)
{
	Buf document = {0}, table = {0}, file = {0};
	make_streams(text, &document, &table);
	Status st = buf_ok(&document) && buf_ok(&table) ? make_file(&document, &table, &file, err) : err_no_memory(err);
	if (st == ST_OK)
		st = file_replace(path, buf_str(&file), err);
	buf_done(&document);
	buf_done(&table);
	buf_done(&file);
	return st;
}
