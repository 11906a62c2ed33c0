/* tests/unit/ole_fixture.h - OLE compound files and documents of Word 97, written byte by byte ([MS-CFB], [MS-DOC]).
 *
 * Owns     Bufs are the test's
 * Errors   none: a step that fails fails the test
 * Threads  one
 */
#ifndef TESTS_UNIT_OLE_FIXTURE_H
#define TESTS_UNIT_OLE_FIXTURE_H

#include "ingest_fixture.h"

/* bytes.ptr NULL: a folder. in: the row of the folder that it lies in; -1: the topmost. */
typedef struct {
	const char *name;
	Str bytes;
	int in;
} OleRow;

enum { OLE_SECTOR = 512, OLE_STREAM_MIN = 4096, OLE_FAT_AT = 512, OLE_DIRECTORY_AT = 1024 };

static inline size_t ole_sectors(Str bytes)
{
	return ((bytes.len < OLE_STREAM_MIN ? OLE_STREAM_MIN : bytes.len) + OLE_SECTOR - 1) / OLE_SECTOR;
}

static inline void ole_entry(uint8_t *entry, const char *name, unsigned type, uint32_t start, size_t size)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < len; i++)
		entry[i * 2] = (uint8_t)name[i];
	put_le16(entry + 64, (uint16_t)(len * 2 + 2));
	entry[66] = (uint8_t)type;
	put_le32(entry + 68, 0xFFFFFFFFu);
	put_le32(entry + 72, 0xFFFFFFFFu);
	put_le32(entry + 76, 0xFFFFFFFFu);
	put_le32(entry + 116, start);
	put_le32(entry + 120, (uint32_t)size);
}

/* Sector 0 is the FAT, then the directory, then the streams one after another; brothers hang on the right. */
static inline void ole_of(Buf *out, const OleRow *rows, size_t count)
{
	enum { IN_FAT = -3, CHAIN_END = -2, ENTRIES_MAX = 16 };
	uint8_t head[OLE_SECTOR] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", fat[OLE_SECTOR];
	uint8_t directory[ENTRIES_MAX * 128] = {0};
	size_t directory_sectors = (count + 1 + 3) / 4, next = 1 + directory_sectors;
	int last[ENTRIES_MAX + 1];
	assert_true(count < ENTRIES_MAX);
	memset(head + 76, 0xFF, OLE_SECTOR - 76);
	put_le32(head + 24, 3 << 16 | 0x3E);
	put_le32(head + 28, 9u << 16 | 0xFFFE);
	put_le32(head + 32, 6);
	put_le32(head + 44, 1);
	put_le32(head + 48, 1);
	put_le32(head + 56, OLE_STREAM_MIN);
	put_le32(head + 60, (uint32_t)CHAIN_END);
	put_le32(head + 68, (uint32_t)CHAIN_END);
	put_le32(head + 76, 0);
	memset(fat, 0xFF, sizeof fat);
	put_le32(fat, (uint32_t)IN_FAT);
	for (size_t i = 1; i <= directory_sectors; i++)
		put_le32(fat + 4 * i, i < directory_sectors ? (uint32_t)i + 1 : (uint32_t)CHAIN_END);
	ole_entry(directory, "Root Entry", 5, (uint32_t)CHAIN_END, 0);
	memset(last, 0xFF, sizeof last);
	for (size_t r = 0; r < count; r++) {
		size_t sectors = rows[r].bytes.ptr ? ole_sectors(rows[r].bytes) : 0;
		int *brother = &last[rows[r].in + 1];
		assert_true(next + sectors <= 128);
		ole_entry(directory + (r + 1) * 128, rows[r].name, sectors ? 2 : 1,
			  sectors ? (uint32_t)next : (uint32_t)CHAIN_END, sectors * OLE_SECTOR);
		for (size_t i = 0; i < sectors; i++)
			put_le32(fat + 4 * (next + i),
				 i + 1 < sectors ? (uint32_t)(next + i) + 1 : (uint32_t)CHAIN_END);
		next += sectors;
		if (*brother < 0)
			put_le32(directory + (rows[r].in + 1) * 128 + 76, (uint32_t)r + 1);
		else
			put_le32(directory + *brother * 128 + 72, (uint32_t)r + 1);
		*brother = (int)r + 1;
	}
	buf_add(out, head, sizeof head);
	buf_add(out, fat, sizeof fat);
	buf_add(out, directory, directory_sectors * OLE_SECTOR);
	for (size_t r = 0; r < count; r++) {
		size_t bytes = rows[r].bytes.ptr ? ole_sectors(rows[r].bytes) * OLE_SECTOR : 0;
		buf_add_str(out, rows[r].bytes);
		for (size_t i = rows[r].bytes.len; i < bytes; i++)
			buf_add_char(out, 0);
	}
}

/* ---- Word ------------------------------------------------------------------------------------------------------ */

enum { WORD_ENCRYPTED = 0x100, WORD_WIDE = 0x1000 };
enum {
	WORD_STYLES = 1,
	WORD_HEADERS = 11,
	WORD_CHARACTERS = 12,
	WORD_PARAGRAPHS = 13,
	WORD_FONTS = 15,
	WORD_PIECES = 33
};

/* Text begins at WORD_TEXT_AT of the stream; pages of looks lie before it. */
enum { WORD_TEXT_AT = 0x800, WORD_CHARACTER_PAGE = 2, WORD_PARAGRAPH_PAGE = 3 };

typedef struct {
	uint8_t head[WORD_TEXT_AT];
	Buf text, table, ends, pieces;
	uint32_t characters;
} WordFile;

static inline void word_begin(WordFile *w, uint16_t flags)
{
	memset(w, 0, sizeof *w);
	put_le16(w->head, 0xA5EC);
	put_le16(w->head + 2, 0xC1);
	put_le16(w->head + 10, flags);
	buf_add_char(&w->table, 0);
}

/* A table of the file: its pair in the head, its bytes in the stream "0Table". */
static inline void word_place(WordFile *w, unsigned number, Str bytes)
{
	put_le32(w->head + 0x9A + number * 8, (uint32_t)w->table.len);
	put_le32(w->head + 0x9A + number * 8 + 4, (uint32_t)bytes.len);
	buf_add_str(&w->table, bytes);
}

/* Bytes of the text; where they begin. */
static inline uint32_t word_bytes(WordFile *w, Str bytes)
{
	uint32_t at = (uint32_t)(WORD_TEXT_AT + w->text.len);
	buf_add_str(&w->text, bytes);
	return at;
}

/* The next `characters` of the text stand at fc, in one byte each or two. */
static inline void word_piece(WordFile *w, uint32_t fc, uint32_t characters, bool is_bytes)
{
	uint8_t number[4], piece[8] = {0};
	put_le32(number, w->characters);
	buf_add(&w->ends, number, sizeof number);
	put_le32(piece + 2, is_bytes ? 0x40000000u | fc * 2 : fc);
	buf_add(&w->pieces, piece, sizeof piece);
	w->characters += characters;
}

/* Characters of the story with this number. */
static inline void word_story(WordFile *w, unsigned story, uint32_t characters)
{
	put_le32(w->head + 0x4C + story * 4, characters);
}

/* A page of looks with runs that follow one another: ends[count] places, lists of changes. */
static inline void word_page(WordFile *w, unsigned page, unsigned place, const uint32_t *ends, const Str *lists,
			     size_t count)
{
	uint8_t *at = w->head + page * 512, table[12];
	bool is_paragraphs = place == WORD_PARAGRAPHS;
	size_t step = is_paragraphs ? 13 : 1, free_at = 510;
	for (size_t i = 0; i <= count; i++)
		put_le32(at + 4 * i, ends[i]);
	for (size_t i = 0; i < count; i++) {
		free_at -= (lists[i].len + 3) & ~(size_t)1;
		at[4 * (count + 1) + step * i] = (uint8_t)(free_at / 2);
		uint8_t *list = at + free_at / 2 * 2;
		*list = (uint8_t)(is_paragraphs ? (lists[i].len + 1) / 2 : lists[i].len);
		memcpy(list + 1, lists[i].ptr, lists[i].len);
	}
	at[511] = (uint8_t)count;
	put_le32(table, ends[0]);
	put_le32(table + 4, ends[count]);
	put_le32(table + 8, page);
	word_place(w, place, (Str){(const char *)table, sizeof table});
}

/* Names of fonts, by number. */
static inline void word_fonts(WordFile *w, const char *const *names, size_t count)
{
	Buf table = {0};
	char number[4] = {(char)count};
	buf_add(&table, number, sizeof number);
	for (size_t i = 0; i < count; i++) {
		static const char fixed[39];
		buf_add_char(&table, (char)(39 + 2 * strlen(names[i]) + 2));
		buf_add(&table, fixed, sizeof fixed);
		for (const char *p = names[i]; *p; p++) {
			buf_add_char(&table, *p);
			buf_add_char(&table, 0);
		}
		buf_add(&table, fixed, 2);
	}
	word_place(w, WORD_FONTS, buf_str(&table));
	buf_done(&table);
}

/* Ends the list of pieces; gives the two streams. */
static inline void word_end(WordFile *w, Buf *document, Buf *table)
{
	Buf list = {0};
	uint8_t head[5] = {2}, number[4];
	put_le32(number, w->characters);
	buf_add(&w->ends, number, sizeof number);
	put_le32(head + 1, (uint32_t)(w->ends.len + w->pieces.len));
	buf_add(&list, head, sizeof head);
	buf_add_str(&list, buf_str(&w->ends));
	buf_add_str(&list, buf_str(&w->pieces));
	word_place(w, WORD_PIECES, buf_str(&list));
	buf_add(document, w->head, sizeof w->head);
	buf_add_str(document, buf_str(&w->text));
	buf_add_str(table, buf_str(&w->table));
	buf_done(&list);
	buf_done(&w->text);
	buf_done(&w->table);
	buf_done(&w->ends);
	buf_done(&w->pieces);
}

static inline void word_file(WordFile *w, Buf *out)
{
	Buf document = {0}, table = {0};
	word_end(w, &document, &table);
	const OleRow rows[] = {{"WordDocument", buf_str(&document), -1}, {"0Table", buf_str(&table), -1}};
	ole_of(out, rows, 2);
	buf_done(&document);
	buf_done(&table);
}

#endif
