/* store/package/register.c - one row a record, its cells in the order of a table of fields. */
#include "store/package/register.h"

#include <inttypes.h>

/* A byte order mark, or spreadsheets take it for another encoding. */
static const char head[] =
	"\xEF\xBB\xBF\"STT\",\"Số, ký hiệu\",\"Ngày ban hành\",\"Loại văn bản\",\"Cơ quan ban hành\","
	"\"Trích yếu nội dung\",\"Người ký\",\"Số trang\",\"Mã định danh\",\"Phiên bản\",\"Thư mục\",\"Ghi chú\"\r\n";

void register_begin(Buf *csv)
{
	buf_add_zero_terminated(csv, head);
}

/* Quoted; a leading sign would make a spreadsheet compute it. */
static void add_cell(Buf *csv, Str value, bool last)
{
	buf_add_char(csv, '"');
	if (value.len && strchr("=+-@\t\r", value.ptr[0]))
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
