/* bench/sample/docx.c - a Word file is a ZIP of three parts: what types the parts have, which of them is the document,
 * and the document, one paragraph a line. libarchive writes the ZIP. The parts are stored, not deflated, and have no
 * date, so that the same sample has the same bytes on every machine.
 *
 * Source   ECMA-376 (WordprocessingML)
 */
#include "bench/sample/office_files.h"

#include <archive.h>
#include <archive_entry.h>

void office_add_text(Buf *out, Str s)
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
		office_add_text(out, paragraph);
		buf_add_zero_terminated(out, "</w:t></w:r></w:p>");
	}
	buf_add_zero_terminated(out, "</w:body></w:document>");
}

static Status fail(struct archive *zip, const char *path, Err *err)
{
	return err_set(err, ST_IO, "write %s: %s", path, archive_error_string(zip));
}

static Status add_part(struct archive *zip, const char *name, Str bytes, const char *path, Err *err)
{
	struct archive_entry *entry = archive_entry_new();
	if (!entry)
		return err_no_memory(err);
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)bytes.len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	Status st = archive_write_header(zip, entry) == ARCHIVE_OK &&
				    archive_write_data(zip, bytes.ptr, bytes.len) == (la_ssize_t)bytes.len
			    ? ST_OK
			    : fail(zip, path, err);
	archive_entry_free(entry);
	return st;
}

Status office_zip_write(const OfficeFilePart *parts, size_t count, const char *path, Err *err)
{
	Status st = ST_OK;
	struct archive *zip = archive_write_new();
	if (!zip)
		return err_no_memory(err);
	if (archive_write_set_format_zip(zip) != ARCHIVE_OK ||
	    archive_write_zip_set_compression_store(zip) != ARCHIVE_OK ||
	    archive_write_open_filename(zip, path) != ARCHIVE_OK)
		st = fail(zip, path, err);
	for (size_t i = 0; i < count && st == ST_OK; i++)
		st = add_part(zip, parts[i].name, parts[i].bytes, path, err);
	if (st == ST_OK && archive_write_close(zip) != ARCHIVE_OK)
		st = fail(zip, path, err);
	archive_write_free(zip);
	return st;
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
	Buf document = {0};
	write_document(text, &document);
	const OfficeFilePart parts[] = {{"[Content_Types].xml", str_from(types)},
					{"_rels/.rels", str_from(relations)},
					{"word/document.xml", buf_str(&document)}};
	Status st = buf_ok(&document) ? office_zip_write(parts, 3, path, err) : err_no_memory(err);
	buf_done(&document);
	return st;
}
