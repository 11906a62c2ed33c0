/* store/package/register.c - one row a record, its cells in the order of a table of fields. */
#include "store/package/register.h"

#include "base/utf8.h"

#include <inttypes.h>

/* A byte order mark, or spreadsheets take it for another encoding. */
static const char head[] =
	"\xEF\xBB\xBF\"STT\",\"Số, ký hiệu\",\"Ngày ban hành\",\"Loại văn bản\",\"Cơ quan ban hành\","
	"\"Trích yếu nội dung\",\"Người ký\",\"Số trang\",\"Mã định danh\",\"Phiên bản\",\"Thư mục\",\"Ghi chú\"\r\n";

void register_begin(Buf *csv)
{
	buf_add_zero_terminated(csv, head);
}

/* Blanks, controls and marks that nobody sees at the start of a cell; each spreadsheet skips some of them. */
static bool is_unseen(uint32_t c)
{
	static const uint32_t ranges[][2] = {{0, 8},           {0x0B, 0x0C},     {0x0E, 0x20},     {0x7F, 0xA0},
					     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x1680, 0x1680}, {0x180E, 0x180E},
					     {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F}, {0x3000, 0x3000},
					     {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

/* Would a spreadsheet compute it? A sign may stand behind what nobody sees, and be one of full width. */
static bool looks_like_formula(Str value)
{
	static const char *const signs[] = {"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"};
	uint32_t c;
	for (size_t width; (width = utf8_decode(value.ptr, value.len, &c)) != 0 && is_unseen(c);)
		value = str_slice(value, width, value.len);
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (str_starts(value, str_from(signs[i])))
			return true;
	return false;
}

/* Quoted; what looks like a formula begins with an apostrophe, so that a spreadsheet takes it as text. */
static void add_cell(Buf *csv, Str value, bool last)
{
	buf_add_char(csv, '"');
	if (looks_like_formula(value))
		buf_add_char(csv, '\'');
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		if (c == '"')
			buf_add_char(csv, '"');
		buf_add_char(csv, c == '\n' || c == '\r' ? ' ' : c);
	}
	buf_add_zero_terminated(csv, last ? "\"\r\n" : "\",");
}

void register_add(Buf *csv, size_t ordinal, const Entry *entry, const Record *record, Str folder)
{
	static const RecordFieldId columns[] = {RF_NUMBER,  RF_ISSUED, RF_TYPE, RF_AGENCY,
						RF_SUBJECT, RF_SIGNER, RF_PAGES};
	buf_printf(csv, "%zu,", ordinal);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		add_cell(csv, record_text(record, columns[i]), false);
	add_cell(csv, entry->key, false);
	buf_printf(csv, "%" PRIu32 ",", entry->version);
	add_cell(csv, folder, false);
	add_cell(csv, entry->destroyed ? STR("đã tiêu hủy") : STR(""), true);
}
