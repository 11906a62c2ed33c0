/* bench/sample/xlsx.c - a workbook of one sheet whose cells hold their own texts: no shared strings, no styles.
 *
 * Source   ECMA-376 (SpreadsheetML)
 */
#include "bench/sample/office_files.h"

static void write_sheet(Str rows, Buf *out)
{
	Str row, cell;
	buf_add_zero_terminated(
		out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
		     "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>");
	while (rows.len && str_split(&rows, '\n', &row)) {
		buf_add_zero_terminated(out, "<row>");
		while (str_split(&row, '\t', &cell)) {
			if (!cell.len) {
				buf_add_zero_terminated(out, "<c/>");
				continue;
			}
			buf_add_zero_terminated(out, "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">");
			office_add_text(out, cell);
			buf_add_zero_terminated(out, "</t></is></c>");
		}
		buf_add_zero_terminated(out, "</row>");
	}
	buf_add_zero_terminated(out, "</sheetData></worksheet>");
}

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define SHEETS "application/vnd.openxmlformats-officedocument.spreadsheetml"

Status xlsx_write(Str rows, const char *path, Err *err)
{
	static const char types[] = XML
		"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
		"<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
		"<Override PartName=\"/xl/workbook.xml\" ContentType=\"" SHEETS ".sheet.main+xml\"/>"
		"<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" SHEETS ".worksheet+xml\"/></Types>";
	static const char relations[] =
		XML "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
		    "<Relationship Id=\"rId1\" Type=\"" OFFICE
		    "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
	static const char book[] =
		XML "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"" OFFICE
		    "\"><sheets><sheet name=\"Danh mục\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
	static const char sheets[] =
		XML "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
		    "<Relationship Id=\"rId1\" Type=\"" OFFICE
		    "/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
	Buf sheet = {0};
	write_sheet(rows, &sheet);
	const OfficeFilePart parts[] = {{"[Content_Types].xml", str_from(types)},
					{"_rels/.rels", str_from(relations)},
					{"xl/workbook.xml", str_from(book)},
					{"xl/_rels/workbook.xml.rels", str_from(sheets)},
					{"xl/worksheets/sheet1.xml", buf_str(&sheet)}};
	Status st = buf_ok(&sheet) ? office_zip_write(parts, 5, path, err) : err_no_memory(err);
	buf_done(&sheet);
	return st;
}
