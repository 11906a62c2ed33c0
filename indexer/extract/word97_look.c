/* indexer/extract/word97_look.c - a table of the file lists pages of 512 bytes in "WordDocument"; each holds runs and,
 * for each of them, a list of changes to the look (sprm) with a code of two bytes, whose upper bits say how long its
 * argument is. Of hundreds of codes eight matter. A font is the run's, else that of its character style, else that of
 * the paragraph's style, which may have it from the style that it is based on. */
#include "indexer/extract/word97_look.h"

#include "base/utf8.h"

#include <stdlib.h>

enum {
	PAGE_BYTES = 512,
	STYLES_MAX = 4096,
	BASES_MAX = 16,
	NO_STYLE = 0x0FFF,
	NO_FONT = 0xFFFF,

	SPRM_DELETED = 0x0800,
	SPRM_HIDDEN = 0x083C,
	SPRM_FONT = 0x4A4F,
	SPRM_STYLE = 0x4A30,
	SPRM_IN_TABLE = 0x2416,
	SPRM_ENDS_ROW = 0x2417,
	SPRM_INNER_CELL = 0x244B,
	SPRM_INNER_ROW = 0x244C,
	SPRM_TABLE = 0xD608, /* the one whose argument has a length of two bytes */
};

typedef struct {
	uint32_t from, to;
	uint16_t font, style;
	bool hidden, deleted;
} CharacterRun;

typedef struct {
	uint32_t from, to;
	WordParagraphLook look;
} ParagraphRun;

/* ---- changes of the look --------------------------------------------------------------------------------------- */

/* Takes one change off; its argument as a number of at most two bytes. */
static bool next_sprm(Str *list, uint16_t *code_out, uint16_t *value_out)
{
	static const uint8_t lengths[] = {1, 1, 2, 4, 2, 2, 0, 3};
	if (list->len < 3)
		return false;
	uint16_t code = get_le16(list->ptr);
	size_t at = 2, len = lengths[code >> 13];
	if (len == 0) {
		len = code == SPRM_TABLE ? (list->len > 4 ? get_le16(list->ptr + 2) + 1u : 1)
					 : (uint8_t)list->ptr[2] + 1u;
		if (len < 1)
			len = 1;
	}
	if (at + len > list->len)
		return false;
	*code_out = code;
	*value_out = len >= 2 ? get_le16(list->ptr + at) : (uint8_t)list->ptr[at];
	*list = str_slice(*list, at + len, list->len);
	return true;
}

static void read_character_list(Str list, CharacterRun *run)
{
	uint16_t code, value;
	while (next_sprm(&list, &code, &value)) {
		if (code == SPRM_FONT)
			run->font = value;
		else if (code == SPRM_STYLE)
			run->style = value;
		else if (code == SPRM_HIDDEN)
			run->hidden = value == 1;
		else if (code == SPRM_DELETED)
			run->deleted = value == 1;
	}
}

static void read_paragraph_list(Str list, WordParagraphLook *look)
{
	uint16_t code, value;
	while (next_sprm(&list, &code, &value)) {
		if (code == SPRM_IN_TABLE)
			look->in_table = value != 0;
		else if (code == SPRM_ENDS_ROW)
			look->ends_row = value != 0;
		else if (code == SPRM_INNER_CELL)
			look->ends_inner_cell = value != 0;
		else if (code == SPRM_INNER_ROW)
			look->ends_inner_row = value != 0;
	}
}

/* ---- pages of runs --------------------------------------------------------------------------------------------- */

static void add_character_run(WordLooks *looks, Str page, uint8_t offset, uint32_t from, uint32_t to)
{
	CharacterRun run = {.from = from, .to = to, .font = NO_FONT, .style = NO_STYLE};
	size_t at = (size_t)offset * 2;
	if (offset && at < page.len)
		read_character_list(str_slice(page, at + 1, at + 1 + (uint8_t)page.ptr[at]), &run);
	buf_add(&looks->characters, &run, sizeof run);
}

static void add_paragraph_run(WordLooks *looks, Str page, uint8_t offset, uint32_t from, uint32_t to)
{
	ParagraphRun run = {.from = from, .to = to};
	size_t at = (size_t)offset * 2, len = 0;
	if (offset && at + 1 < page.len) {
		len = (uint8_t)page.ptr[at] ? (uint8_t)page.ptr[at] * 2u - 1 : (uint8_t)page.ptr[at + 1] * 2u;
		at += (uint8_t)page.ptr[at] ? 1 : 2;
	}
	Str list = str_slice(page, at, at + len);
	if (list.len >= 2) {
		run.look.style = get_le16(list.ptr);
		read_paragraph_list(str_slice(list, 2, list.len), &run.look);
	}
	buf_add(&looks->paragraphs, &run, sizeof run);
}

/* table: n + 1 places and n numbers of pages. The offset of a run's list is one byte, the first of `step`. */
static void read_pages(WordLooks *looks, const WordTables *tables, Str table, size_t step,
		       void (*add)(WordLooks *looks, Str page, uint8_t offset, uint32_t from, uint32_t to))
{
	size_t pages = table.len >= 4 ? (table.len - 4) / 8 : 0;
	uint32_t last = 0;
	for (size_t i = 0; i < pages; i++) {
		size_t at = (size_t)(get_le32(table.ptr + 4 * (pages + 1) + 4 * i) & 0x3FFFFF) * PAGE_BYTES;
		Str page = str_slice(tables->document, at, at + PAGE_BYTES);
		if (page.len < PAGE_BYTES)
			return;
		size_t runs = (uint8_t)page.ptr[PAGE_BYTES - 1];
		for (size_t r = 0; r < runs && 4 * (runs + 1) + step * (r + 1) < PAGE_BYTES; r++) {
			uint32_t from = get_le32(page.ptr + 4 * r), to = get_le32(page.ptr + 4 * r + 4);
			if (from < last || to <= from)
				continue;
			add(looks, page, (uint8_t)page.ptr[4 * (runs + 1) + step * r], from, to);
			last = to;
		}
	}
}

/* ---- fonts and styles ------------------------------------------------------------------------------------------ */

static void copy_font_name(Str font, char out[static 64])
{
	enum { NAME_AT = 39 }; /* behind the length */
	size_t len = 0;
	for (size_t at = NAME_AT; at + 2 <= font.len && get_le16(font.ptr + at) && len < 63; at += 2)
		out[len++] = get_le16(font.ptr + at) < 0x80 ? (char)get_le16(font.ptr + at) : '?';
	out[len] = 0;
}

static Status read_fonts(WordLooks *looks, Str table, Err *err)
{
	size_t count = table.len >= 4 ? get_le16(table.ptr) : 0;
	looks->fonts = calloc(count + 1, sizeof *looks->fonts);
	if (!looks->fonts)
		return err_no_memory(err);
	for (size_t at = 4; at < table.len && looks->font_count < count;) {
		size_t len = (uint8_t)table.ptr[at];
		char name[64];
		copy_font_name(str_slice(table, at + 1, at + 1 + len), name);
		looks->fonts[looks->font_count++] = old_font_by_name(str_from(name));
		at += 1 + len;
	}
	return ST_OK;
}

/* The font that a style's own list names. */
static uint16_t font_of_style(Str style, size_t base_bytes, uint16_t *based_on_out)
{
	CharacterRun run = {.font = NO_FONT};
	*based_on_out = NO_STYLE;
	if (style.len < 8 || base_bytes < 8)
		return NO_FONT;
	unsigned kind = get_le16(style.ptr + 2) & 0xF; /* 1 paragraph, 2 character */
	*based_on_out = get_le16(style.ptr + 2) >> 4;
	Str rest = str_slice(style, base_bytes, style.len);
	if (rest.len < 2)
		return NO_FONT;
	rest = str_slice(rest, 2 + (size_t)get_le16(rest.ptr) * 2 + 2, rest.len); /* its name */
	for (unsigned list = kind == 1 ? 0 : 1; list < 2 && rest.len >= 2; list++) {
		size_t len = get_le16(rest.ptr);
		if (list == 1)
			read_character_list(str_slice(rest, 2, 2 + len), &run);
		rest = str_slice(rest, 2 + len + len % 2, rest.len);
	}
	return run.font;
}

static Status read_styles(WordLooks *looks, Str table, Err *err)
{
	uint16_t based_on[STYLES_MAX];
	size_t info = table.len >= 2 ? get_le16(table.ptr) : 0;
	if (info < 14 || table.len < 2 + info)
		return ST_OK;
	size_t count = get_le16(table.ptr + 2), base_bytes = get_le16(table.ptr + 4);
	looks->default_font = get_le16(table.ptr + 14);
	if (count > STYLES_MAX)
		count = STYLES_MAX;
	looks->style_fonts = calloc(count + 1, sizeof *looks->style_fonts);
	if (!looks->style_fonts)
		return err_no_memory(err);
	size_t at = 2 + info;
	for (; looks->style_count < count && at + 2 <= table.len; looks->style_count++) {
		size_t len = get_le16(table.ptr + at);
		looks->style_fonts[looks->style_count] = font_of_style(str_slice(table, at + 2, at + 2 + len),
								       base_bytes, &based_on[looks->style_count]);
		at += 2 + len + len % 2;
	}
	for (size_t i = 0; i < looks->style_count; i++) {
		uint16_t style = based_on[i];
		for (int step = 0; step < BASES_MAX && looks->style_fonts[i] == NO_FONT && style < looks->style_count;
		     step++) {
			looks->style_fonts[i] = looks->style_fonts[style];
			style = based_on[style];
		}
	}
	return ST_OK;
}

Status word_looks_read(const WordTables *tables, WordLooks *out, Err *err)
{
	WordLooks looks = {.default_font = NO_FONT};
	enum { CHARACTER_STEP = 1, PARAGRAPH_STEP = 13 };
	Status st = read_fonts(&looks, tables->fonts, err);
	if (st == ST_OK)
		st = read_styles(&looks, tables->styles, err);
	if (st == ST_OK) {
		read_pages(&looks, tables, tables->characters, CHARACTER_STEP, add_character_run);
		read_pages(&looks, tables, tables->paragraphs, PARAGRAPH_STEP, add_paragraph_run);
		if (!buf_ok(&looks.characters) || !buf_ok(&looks.paragraphs))
			st = err_no_memory(err);
	}
	if (st == ST_OK)
		*out = looks;
	else
		word_looks_done(&looks);
	return st;
}

void word_looks_done(WordLooks *looks)
{
	buf_done(&looks->characters);
	buf_done(&looks->paragraphs);
	free(looks->fonts);
	free(looks->style_fonts);
	*looks = (WordLooks){0};
}

/* ---- looking up ------------------------------------------------------------------------------------------------ */

/* The run that holds fc; runs begin with from and to. NULL: none does. *at: where the last search ended. */
static const void *find_run(const Buf *runs, size_t size, uint32_t fc, size_t *at)
{
	size_t low = 0, high = runs->len / size;
	for (size_t i = *at; i < *at + 2 && i < high; i++) {
		const uint32_t *run = (const uint32_t *)(const void *)(runs->data + i * size);
		if (fc >= run[0] && fc < run[1]) {
			*at = i;
			return run;
		}
	}
	while (low < high) {
		size_t middle = (low + high) / 2;
		const uint32_t *run = (const uint32_t *)(const void *)(runs->data + middle * size);
		*at = middle;
		if (fc < run[0])
			high = middle;
		else if (fc >= run[1])
			low = middle + 1;
		else
			return run;
	}
	return NULL;
}

WordParagraphLook word_paragraph_look(WordLooks *looks, uint32_t fc)
{
	const ParagraphRun *run = find_run(&looks->paragraphs, sizeof *run, fc, &looks->paragraph_at);
	return run ? run->look : (WordParagraphLook){.style = 0};
}

static uint16_t style_font(const WordLooks *looks, uint16_t style)
{
	return style < looks->style_count ? looks->style_fonts[style] : NO_FONT;
}

WordCharacterLook word_character_look(WordLooks *looks, uint32_t fc, const WordParagraphLook *paragraph)
{
	const CharacterRun *run = find_run(&looks->characters, sizeof *run, fc, &looks->character_at);
	WordCharacterLook look = {0};
	uint16_t font = run ? run->font : NO_FONT;
	if (run) {
		look.is_hidden = run->hidden;
		look.is_deleted = run->deleted;
	}
	if (font == NO_FONT && run)
		font = style_font(looks, run->style);
	if (font == NO_FONT)
		font = style_font(looks, paragraph->style);
	if (font == NO_FONT)
		font = looks->default_font;
	if (font < looks->font_count)
		look.font = looks->fonts[font];
	return look;
}
