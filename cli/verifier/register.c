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

static void put_cell(Register *r, const char *text, size_t len, bool last)
{
	put(r, "\"", 1);
	if (len && memchr("=+-@\t\r", text[0], 6))
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
