/* bench/sample/docx.c - see office_files.h.
 *
 *   local header | bytes   (for each part)        central directory        end record
 *
 * Source   APPNOTE.TXT 6.3 (ZIP, method 0), ECMA-376 (WordprocessingML)
 */
#include "bench/sample/office_files.h"

#include "base/file.h"

enum { PARTS = 3, ZIP_UTF8_NAMES = 0x0800, DOS_DATE_2020 = (2020 - 1980) << 9 | 1 << 5 | 1 };

typedef struct {
	const char *name;
	Buf bytes;
	uint32_t crc;
	size_t offset;
} Part;

static uint32_t crc32_of(Str s)
{
	uint32_t crc = 0xFFFFFFFF;
	for (size_t i = 0; i < s.len; i++) {
		crc ^= (uint8_t)s.ptr[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc;
}

static void add16(Buf *b, unsigned v)
{
	char bytes[2];
	put_le16(bytes, (uint16_t)v);
	buf_add(b, bytes, sizeof bytes);
}

static void add32(Buf *b, size_t v)
{
	char bytes[4];
	put_le32(bytes, (uint32_t)v);
	buf_add(b, bytes, sizeof bytes);
}

/* What local header and directory entry have in common. */
static void add_entry(Buf *zip, const Part *part)
{
	add16(zip, 20);
	add16(zip, ZIP_UTF8_NAMES);
	add16(zip, 0); /* stored */
	add16(zip, 0);
	add16(zip, DOS_DATE_2020);
	add32(zip, part->crc);
	add32(zip, part->bytes.len);
	add32(zip, part->bytes.len);
	add16(zip, (unsigned)strlen(part->name));
	add16(zip, 0);
}

static void write_zip(Part *parts, Buf *zip)
{
	for (size_t i = 0; i < PARTS; i++) {
		parts[i].offset = zip->len;
		parts[i].crc = crc32_of(buf_str(&parts[i].bytes));
		add32(zip, 0x04034b50);
		add_entry(zip, &parts[i]);
		buf_add_zero_terminated(zip, parts[i].name);
		buf_add_str(zip, buf_str(&parts[i].bytes));
	}
	size_t directory = zip->len;
	for (size_t i = 0; i < PARTS; i++) {
		add32(zip, 0x02014b50);
		add16(zip, 20);
		add_entry(zip, &parts[i]);
		add16(zip, 0); /* comment */
		add16(zip, 0);
		add16(zip, 0);
		add32(zip, 0);
		add32(zip, parts[i].offset);
		buf_add_zero_terminated(zip, parts[i].name);
	}
	size_t length = zip->len - directory;
	add32(zip, 0x06054b50);
	add32(zip, 0);
	add16(zip, PARTS);
	add16(zip, PARTS);
	add32(zip, length);
	add32(zip, directory);
	add16(zip, 0);
}

static void add_xml_text(Buf *out, Str s)
{
	for (size_t i = 0; i < s.len; i++) {
		switch (s.ptr[i]) {
		case '&':
			buf_add_zero_terminated(out, "&amp;");
			break;
		case '<':
			buf_add_zero_terminated(out, "&lt;");
			break;
		default:
			buf_add_char(out, s.ptr[i]);
		}
	}
}

static void write_document(Str text, Buf *out)
{
	Str paragraph;
	buf_add_zero_terminated(
		out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
		     "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>");
	while (str_split(&text, '\n', &paragraph)) {
		buf_add_zero_terminated(out, "<w:p><w:r><w:t xml:space=\"preserve\">");
		add_xml_text(out, paragraph);
		buf_add_zero_terminated(out, "</w:t></w:r></w:p>");
	}
	buf_add_zero_terminated(out, "</w:body></w:document>");
}

Status docx_write(Str text, const char *path, Err *err)
{
	static const char types[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
		"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
		"<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
		"<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument."
		"wordprocessingml.document.main+xml\"/></Types>";
	static const char relations[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
		"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
		"<Relationship Id=\"rId1\" "
		"Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
		"Target=\"word/document.xml\"/></Relationships>";
	Part parts[PARTS] = {{.name = "[Content_Types].xml"}, {.name = "_rels/.rels"}, {.name = "word/document.xml"}};
	Buf zip = {0};
	buf_add_zero_terminated(&parts[0].bytes, types);
	buf_add_zero_terminated(&parts[1].bytes, relations);
	write_document(text, &parts[2].bytes);
	write_zip(parts, &zip);
	Status st =
		buf_ok(&zip) && buf_ok(&parts[2].bytes) ? file_replace(path, buf_str(&zip), err) : err_no_memory(err);
	for (size_t i = 0; i < PARTS; i++)
		buf_done(&parts[i].bytes);
	buf_done(&zip);
	return st;
}
