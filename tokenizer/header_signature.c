/* tokenizer/header_signature.c - the first signature block (authority, position, name) and the list of recipients.
 *
 *   KT. BỘ TRƯỞNG          Nơi nhận:
 *   THỨ TRƯỞNG             - Như trên;
 *   (Đã ký)                - Lưu: VT, ABC.
 *   Nguyễn Văn A
 */
#include "tokenizer/header_signature.h"
#include "tokenizer/header_cells.h"
#include "tokenizer/plain.h"

#include <stdio.h>

enum { LINE_SHORT = 400, LINE_RAW = 2000, RECIPIENTS_MAX = 4000 };

static const char *const positions[] = {
	"chu tich",        "bo truong",      "thu truong",     "giam doc",
	"thu tuong",       "chu nhiem",      "cuc truong",     "vu truong",
	"chanh van phong", "truong phong",   "truong ban",     "tong cuc truong",
	"thong doc",       "tong kiem toan", "chanh an",       "vien truong",
	"hieu truong",     "tong giam doc",  "tong thanh tra", "chanh thanh tra",
	"tong bi thu",     "bi thu",         "doan truong",    "truong doan",
	"chi cuc truong",  "tu lenh",        "chinh uy",       "tong tham muu truong",
	"to truong",       "truong",         "thu ky",         "nguoi ky",
};

static bool is_authority(Str folded)
{
	static const char *const marks[] = {"tm.", "kt.", "tl.", "tuq.", "q.",  "t/m",
					    "k/t", "t/l", "tm ", "kt ",  "tl ", "tuq "};
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (folded_starts(folded, marks[i]))
			return true;
	return false;
}

static bool is_position(Str folded)
{
	static const char *const before[] = {"pho ", "quyen ", "q. ", "nguyen "};
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
		if (folded_starts(folded, before[i]))
			folded = str_slice(folded, strlen(before[i]), folded.len);
	for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i++) {
		Str position = str_from(positions[i]);
		if (str_starts(folded, position) && (folded.len == position.len || folded.ptr[position.len] == ' '))
			return true;
	}
	return false;
}

static Str without_titles(Str name)
{
	static const char *const titles[] = {"GS.",         "PGS.",        "TS.",    "ThS.",      "BS.",
					     "CN.",         "KS.",         "GS",     "PGS",       "TS",
					     "ThS",         "BS",          "LS.",    "Đại tướng", "Thượng tướng",
					     "Trung tướng", "Thiếu tướng", "Đại tá", "Thượng tá", "Trung tá",
					     "Thiếu tá",    "Đô đốc",      "Ông",    "Bà"};
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
			Str title = str_from(titles[i]);
			bool ends = str_starts(name, title) && name.len > title.len &&
				    (title.ptr[title.len - 1] == '.' || strchr(" .,", name.ptr[title.len]));
			if (ends) {
				name = str_slice(name, title.len, name.len);
				while (name.len && strchr(" .,", name.ptr[0]))
					name = str_slice(name, 1, name.len);
				again = true;
			}
		}
	}
	return name;
}

/* Two to six words, each a capital and then small letters (or all of them capitals, as some sign). */
static bool is_name(const HeaderCell *cell, Str *name_out)
{
	Str name = without_titles(cell->text);
	const uint8_t *p = (const uint8_t *)name.ptr, *end = p + name.len;
	unsigned words = 0;
	while (p < end) {
		unsigned width, letters = 0;
		uint32_t c = plain_next(p, end, &width);
		if (!plain_is_letter(c) || plain_upper(c) != c)
			return false;
		for (; p < end && (plain_is_letter(c) || c == '\''); letters++) {
			p += width;
			c = p < end ? plain_next(p, end, &width) : 0;
		}
		if (letters > 9 || (p < end && c != ' '))
			return false;
		words++;
		p += p < end ? width : 0;
	}
	*name_out = name;
	if (words < 2 || words > 6 || (cell->capitals && name.len == cell->text.len && is_position(cell->folded)))
		return false;
	static const char *const no_names[] = {"noi nhan",  "bo ",      "uy ban",    "van phong", "nhu ",
					       "luu",       "cac ",     "phu luc",   "mau ",      "da ky",
					       "chinh phu", "quoc hoi", "hoi dong",  "ban ",      "so ",
					       "cuc ",      "tong cuc", "thu tuong", "chu tich",  "pho "};
	for (size_t i = 0; i < sizeof no_names / sizeof no_names[0]; i++)
		if (folded_starts(cell->folded, no_names[i]))
			return false;
	return true;
}

typedef struct {
	char position[400];
	size_t len;
	uint32_t start, end;
	unsigned lines_since; /* lines since the last of the position */
	bool has_position;
} Block;

static void add_position(Block *block, const HeaderCell *cell, bool is_position_line)
{
	if (!block->len)
		block->start = cell->start;
	if (block->len + cell->text.len + 2 < sizeof block->position) {
		if (block->len)
			block->position[block->len++] = ' ';
		memcpy(block->position + block->len, cell->text.ptr, cell->text.len);
		block->len += cell->text.len;
	}
	block->end = cell->end;
	block->lines_since = 0;
	block->has_position |= is_position_line;
}

static bool look_for_signer(Block *block, const HeaderCell *cell, Arena *arena, HeaderFields *out)
{
	Str name;
	bool authority = is_authority(cell->folded), position = is_position(cell->folded);
	if (cell->capitals && cell->text.len < 120 && (authority || position)) {
		add_position(block, cell, position || authority);
		return false;
	}
	if (!block->has_position)
		return false;
	if (is_name(cell, &name)) {
		Str kept = arena_copy(arena, name), where = arena_copy(arena, (Str){block->position, block->len});
		if (kept.ptr && where.ptr) {
			header_set(out, HEADER_SIGNER, kept, 0.85, cell->start, cell->end);
			header_set(out, HEADER_POSITION, where, 0.85, block->start, block->end);
		}
		return true;
	}
	if (++block->lines_since > 5)
		*block = (Block){0};
	return false;
}

typedef struct {
	char text[RECIPIENTS_MAX];
	size_t len;
	uint32_t start, end;
	unsigned lines;
	enum { BEFORE, INSIDE, BEHIND } state;
} Recipients;

static void add_recipient(Recipients *r, Str line, uint32_t end)
{
	while (line.len && strchr(" -+;.,:*", line.ptr[0]))
		line = str_slice(line, 1, line.len);
	while (line.len && strchr(" ;.,", line.ptr[line.len - 1]))
		line.len--;
	if (!line.len || r->len + line.len + 2 > sizeof r->text)
		return;
	if (r->len) {
		memcpy(r->text + r->len, "; ", 2);
		r->len += 2;
	}
	memcpy(r->text + r->len, line.ptr, line.len);
	r->len += line.len;
	r->end = end;
}

static Str behind_colon(Str s, size_t label)
{
	ptrdiff_t colon = str_find_char(str_slice(s, 0, label + 8), ':');
	return colon >= 0 ? str_slice(s, (size_t)colon + 1, s.len) : STR("");
}

static void look_for_recipients(Recipients *r, const HeaderCell *cell)
{
	Str folded = cell->folded;
	while (folded.len && strchr(" -*", folded.ptr[0]))
		folded = str_slice(folded, 1, folded.len);
	bool label = folded_starts(folded, "noi nhan") || (r->lines < 60 && folded_starts(folded, "kinh gui"));
	if (r->state == BEFORE && label) {
		r->state = INSIDE;
		r->start = cell->start;
		r->lines = 0;
		add_recipient(r, behind_colon(cell->text, 14), cell->end);
		return;
	}
	if (r->state != INSIDE)
		return;
	bool dashed = cell->text.len && strchr("-+", cell->text.ptr[0]);
	if (cell->capitals && (is_authority(cell->folded) || is_position(cell->folded)))
		return; /* the right column */
	if (++r->lines > 40 || (!dashed && r->len && cell->text.len > 200)) {
		r->state = BEHIND;
		return;
	}
	if (dashed || !r->len)
		add_recipient(r, cell->text, cell->end);
	else
		r->state = BEHIND;
	if (folded_starts(folded, "luu"))
		r->state = BEHIND;
}

/* Long lines are prose, and so are those that begin with a small letter or "Xx"; only a block or list under way takes
 * them. Seen from the bytes alone, white space in front left out. */
static bool may_matter(Str text, size_t start, size_t end, bool under_way)
{
	if (end - start >= LINE_RAW)
		return false;
	const uint8_t *p = (const uint8_t *)text.ptr;
	while (start < end && (p[start] == ' ' || p[start] == '\t' || p[start] == 0xC2 || p[start] == 0xA0))
		start++;
	if (start >= end || end - start >= LINE_SHORT)
		return false;
	if (under_way)
		return true;
	unsigned width;
	Letter first = letter_composed_at(p + start, p + end, &width);
	if (!first)
		return p[start] < 0x80 && strchr("-*(\"'_|.", p[start]) != NULL;
	if (!(first & LETTER_UPPER))
		return false;
	char base = letter_base(first);
	if (base == 'n' || base == 'k' || base == 't' || base == 'q' ||
	    start + width >= end) /* Nơi nhận, Kính gửi, TM., Q. */
		return true;
	return (letter_composed_at(p + start + width, p + end, &width) & LETTER_UPPER) != 0;
}

Status header_signature_read(Str text, Arena *arena, HeaderFields *out, Err *err)
{
	Block block = {0};
	Arena lines; /* one line at a time */
	Recipients *r = arena_calloc(arena, 1, sizeof *r);
	bool signed_already = false;
	Status st = ST_OK;
	if (!r)
		return err_no_memory(err);
	arena_init(&lines);
	for (size_t at = 0; at < text.len && !(signed_already && r->state == BEHIND); r->lines += r->state == BEFORE) {
		ptrdiff_t newline = str_find_char(str_slice(text, at, text.len), '\n');
		size_t start = at, end = newline < 0 ? text.len : at + (size_t)newline;
		HeaderCell cell = {0};
		Err local = {.code = ST_OK};
		at = end + 1;
		arena_reset(&lines);
		bool under_way = r->state == INSIDE || (block.len && !signed_already);
		bool made = may_matter(text, start, end, under_way) &&
			    header_cell_make(text, start, end, &lines, &cell, &local);
		if (local.code != ST_OK) {
			*err = local;
			st = local.code;
			break;
		}
		bool is_short = made && cell.text.len < LINE_SHORT;
		if (is_short && !signed_already)
			signed_already = look_for_signer(&block, &cell, arena, out);
		if (is_short)
			look_for_recipients(r, &cell);
		else if (r->state == INSIDE && end > start)
			r->state = BEHIND;
	}
	arena_done(&lines);
	if (r->len)
		header_set(out, HEADER_RECIPIENTS, (Str){r->text, r->len}, 0.75, r->start, r->end);
	return st;
}
