/* indexer/source/name.c - a name is short, so all readings are made and counted; of equals the first in the table wins:
 * Windows writes its own code page, and CP437 is what zip programs fall back to. What names no document is one table of
 * patterns. */
#include "indexer/source/name.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "tokenizer/legacy.h"
#include "tokenizer/letter.h"

#include <iconv.h>

/* ---- reading --------------------------------------------------------------------------------------------------- */

static const LegacyKind readings[] = {LEGACY_CP1258, LEGACY_TCVN3, LEGACY_VNI,
				      LEGACY_VISCII, LEGACY_VPS,   LEGACY_BKHCM2};

static bool read_as_dos(Str raw, Buf *out)
{
	iconv_t to_utf8 = iconv_open("UTF-8", "CP437");
	char *in = (char *)(uintptr_t)raw.ptr;
	size_t in_left = raw.len, out_left = raw.len * NAME_GROWTH;
	buf_clear(out);
	char *at = buf_extend(out, out_left);
	bool ok = to_utf8 != (iconv_t)-1 && at && iconv(to_utf8, &in, &in_left, &at, &out_left) != (size_t)-1;
	if (to_utf8 != (iconv_t)-1)
		iconv_close(to_utf8);
	out->len -= ok ? out_left : out->len;
	return ok;
}

/* Letters of CP437 stand at 80..A8; those of Windows behind C0, where CP437 has boxes and Greek. */
static bool looks_like_windows(Str raw)
{
	size_t letters = 0, high = 0;
	for (size_t i = 0; i < raw.len; i++) {
		high += (uint8_t)raw.ptr[i] >= 0x80;
		letters += (uint8_t)raw.ptr[i] >= 0xC0;
	}
	return letters * 2 >= high;
}

/* Writes the best reading; false: none explains at least half of the words, or memory is out. */
static bool read_as_vietnamese(Str raw, Buf *best)
{
	Buf units = {0}, text = {0};
	double most = 0.49;
	legacy_units_of_bytes(raw, &units);
	const LegacyUnit *unit = (const LegacyUnit *)(const void *)units.data;
	size_t count = units.len / sizeof *unit;
	unsigned words = buf_ok(&units) ? legacy_words_in_question(unit, count) : 0;
	for (size_t i = 0; i < sizeof readings / sizeof *readings && words; i++) {
		double value = legacy_value(readings[i], unit, count, &text);
		if (!buf_ok(&text) || value <= most)
			continue;
		most = value;
		buf_clear(best);
		buf_add_str(best, buf_str(&text));
	}
	if (words && read_as_dos(raw, &text)) {
		double value = (double)legacy_score(buf_str(&text)).accented / words;
		if (value > most) {
			most = value;
			buf_clear(best);
			buf_add_str(best, buf_str(&text));
		}
	}
	if (most < 0.5 && looks_like_windows(raw) && buf_ok(&units)) {
		buf_clear(best);
		legacy_decode(LEGACY_CP1258, unit, count, best, NULL);
	}
	bool found = best->len > 0 && buf_ok(best) && utf8_is_valid(buf_str(best));
	buf_done(&units);
	buf_done(&text);
	return found;
}

/* Part by part: char_compose is for small texts. Composing never makes a text longer. */
static Str compose(char *name, size_t len)
{
	size_t used = 0;
	for (size_t at = 0, end; at < len; at = end + 1) {
		const char *slash = memchr(name + at, '/', len - at);
		end = slash ? (size_t)(slash - name) : len;
		size_t part_len = end - at;
		memmove(name + used, name + at, part_len);
		(void)char_compose(name + used, &part_len, end - used); /* what can't be composed stays as it is */
		used += part_len;
		if (slash)
			name[used++] = '/';
	}
	return (Str){name, used};
}

Str name_decode(Str raw, char *out, size_t capacity)
{
	Buf text = {0};
	bool is_ascii = true;
	for (size_t i = 0; i < raw.len && is_ascii; i++)
		is_ascii = (uint8_t)raw.ptr[i] < 0x80;
	Str name = raw;
	if (!is_ascii && !utf8_is_valid(raw) && (read_as_vietnamese(raw, &text) || read_as_dos(raw, &text)))
		name = buf_str(&text);
	size_t len = name.len < capacity ? name.len : utf8_cut(name, capacity);
	if (len)
		memcpy(out, name.ptr, len);
	buf_done(&text);
	return is_ascii ? (Str){out, len} : compose(out, len);
}

/* ---- what is no document --------------------------------------------------------------------------------------- */

typedef struct {
	const char *begins, *ends; /* in any case; NULL: anything */
	bool whole;                /* `begins` is the whole name */
	NameReason reason;
} NamePattern;

#define THUMBNAILS                                                                                                     \
	{                                                                                                              \
		{                                                                                                      \
			"bộ nhớ đệm hình thu nhỏ của Windows", "a cache of thumbnails of Windows"                      \
		}                                                                                                      \
	}
#define OFFICE_LOCK                                                                                                    \
	{                                                                                                              \
		{                                                                                                      \
			"tệp khóa của Office, khi văn bản đang mở",                                                    \
				"a lock file of Office, of a document that is open"                                    \
		}                                                                                                      \
	}
#define TEMPORARY                                                                                                      \
	{                                                                                                              \
		{                                                                                                      \
			"tệp tạm", "a temporary file"                                                                  \
		}                                                                                                      \
	}
#define MAC                                                                                                            \
	{                                                                                                              \
		{                                                                                                      \
			"dữ liệu phụ của macOS", "a side file of macOS"                                                \
		}                                                                                                      \
	}
#define SYSTEM_FOLDER                                                                                                  \
	{                                                                                                              \
		{                                                                                                      \
			"thư mục của hệ điều hành", "a folder of the operating system"                                 \
		}                                                                                                      \
	}

static const NamePattern patterns[] = {
	{"thumbs.db", NULL, true, THUMBNAILS},
	{"ehthumbs.db", NULL, true, THUMBNAILS},
	{"ehthumbs_vista.db", NULL, true, THUMBNAILS},
	{"desktop.ini", NULL, true, {{"thiết lập hiển thị thư mục của Windows", "how Windows shows a folder"}}},
	{"__macosx", NULL, true, MAC},
	{".ds_store", NULL, true, MAC},
	{"._", NULL, false, MAC},
	{"~$", NULL, false, OFFICE_LOCK},
	{".~lock.", "#", false, {{"tệp khóa của LibreOffice", "a lock file of LibreOffice"}}},
	{"~wr", ".tmp", false, TEMPORARY},
	{NULL, ".tmp", false, TEMPORARY},
	{NULL, ".crdownload", false, {{"tệp tải xuống dở dang", "a download that is not finished"}}},
	{NULL, ".partial", false, {{"tệp tải xuống dở dang", "a download that is not finished"}}},
	{NULL, ".lnk", false, {{"lối tắt của Windows, không phải văn bản", "a shortcut of Windows, not the document"}}},
	{"$recycle.bin", NULL, true, SYSTEM_FOLDER},
	{"system volume information", NULL, true, SYSTEM_FOLDER},
	{"lost+found", NULL, true, SYSTEM_FOLDER},
	{".", NULL, false, {{"tệp ẩn", "a hidden file"}}},
};

static bool fits(const NamePattern *pattern, Str name)
{
	Str begins = str_from(pattern->begins), ends = str_from(pattern->ends);
	if (pattern->whole)
		return str_eq_nocase(name, begins);
	return name.len >= begins.len + ends.len && str_eq_nocase(str_slice(name, 0, begins.len), begins) &&
	       str_eq_nocase(str_slice(name, name.len - ends.len, name.len), ends);
}

const NameReason *name_no_document(Str part)
{
	if (str_eq(part, STR(".")) || str_eq(part, STR("..")))
		return NULL;
	for (const NamePattern *p = patterns; p < patterns + sizeof patterns / sizeof *patterns; p++)
		if (fits(p, part))
			return &p->reason;
	return NULL;
}

const NameReason *name_no_document_path(Str path)
{
	Str part;
	const NameReason *reason = NULL;
	while (!reason && str_split(&path, '/', &part))
		reason = name_no_document(part);
	return reason;
}
