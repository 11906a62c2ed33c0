/* cli/verifier/register.c - writes the register anew from what is proven, byte for byte as the archive writes it: so
 * that comparing is enough. A cell that a spreadsheet would take for a formula gets an apostrophe. */
#include "cli/verifier/register.h"

#include "cli/verifier/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
	"\xEF\xBB\xBF\"STT\",\"Số, ký hiệu\",\"Ngày ban hành\",\"Loại văn bản\",\"Cơ quan ban hành\","
	"\"Trích yếu nội dung\",\"Người ký\",\"Số trang\",\"Mã định danh\",\"Phiên bản\",\"Thư mục\",\"Ghi chú\"\r\n";

static void put(Register *r, const char *text, size_t len)
{
	if (r->room - r->len < len) {
		r->room = (r->room + len) * 2;
		r->bytes = realloc(r->bytes, r->room);
		if (!r->bytes)
			exit(verdict(FAILED, "out of memory"));
	}
	memcpy(r->bytes + r->len, text, len);
	r->len += len;
}

/* Bytes of the unseen character (a blank, a control, a mark without width) that text begins with; 0: none. */
static size_t unseen_width(const char *text, size_t len)
{
	static const unsigned ranges[][2] = {{0, 8},           {0x0B, 0x0C},     {0x0E, 0x20},     {0x7F, 0xA0},
					     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x1680, 0x1680}, {0x180E, 0x180E},
					     {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F}, {0x3000, 0x3000},
					     {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
	const unsigned char *b = (const unsigned char *)text;
	size_t width = len == 0 ? 0 : b[0] < 0x80 ? 1 : b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 0;
	if (width == 0 || width > len)
		return 0;
	unsigned c = width == 1   ? b[0]
		     : width == 2 ? (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu)
				  : (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return width;
	return 0;
}

static bool looks_like_formula(const char *text, size_t len, bool is_older)
{
	static const char *const wide[] = {"＝", "＋", "－", "＠"};
	size_t width;
	if (is_older)
		return len && memchr("=+-@\t\r", text[0], 6);
	for (; (width = unseen_width(text, len)) != 0; text += width, len -= width)
		continue;
	for (size_t i = 0; len >= 3 && i < sizeof wide / sizeof *wide; i++)
		if (memcmp(text, wide[i], 3) == 0)
			return true;
	return len && memchr("=+-@\t\r\n", text[0], 7);
}

static void put_cell(Register *r, const char *text, size_t len, bool last)
{
	put(r, "\"", 1);
	if (looks_like_formula(text, len, r->is_older))
		put(r, "'", 1);
	for (size_t i = 0; i < len; i++) {
		char c = text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
		if (c == '"')
			put(r, "\"", 1);
		put(r, &c, 1);
	}
	put(r, last ? "\"\r\n" : "\",", last ? 3 : 2);
}

static void put_value(Register *r, json_t *value)
{
	char digits[32];
	if (json_is_object(value)) /* a person */
		value = json_object_get(value, "name");
	if (json_is_integer(value)) {
		int len = snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
		put_cell(r, digits, (size_t)len, false);
	} else {
		put_cell(r, json_is_string(value) ? json_string_value(value) : "",
			 json_is_string(value) ? json_string_length(value) : 0, false);
	}
}

void register_begin(Register *r)
{
	put(r, head, sizeof head - 1);
}

void register_add(Register *r, size_t ordinal, const Proven *proven, const char *folder)
{
	static const char *const columns[] = {"number", "issued", "type", "agency", "subject", "signer", "pages"};
	char text[32];
	put(r, text, (size_t)snprintf(text, sizeof text, "%zu,", ordinal));
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		put_value(r, json_object_get(proven->payload, columns[i]));
	put_cell(r, proven->name, strlen(proven->name), false);
	put(r, text, (size_t)snprintf(text, sizeof text, "%" PRIu64 ",", proven->version));
	put_cell(r, folder, strlen(folder), false);
	const char *note = proven->payload ? "" : "đã tiêu hủy";
	put_cell(r, note, strlen(note), true);
}

bool register_is(const Register *r, const char *bytes, size_t len)
{
	return len == r->len && memcmp(bytes, r->bytes, len) == 0;
}
