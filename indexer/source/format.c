/* indexer/source/format.c - the table of formats, and how one is found in it: by the name's ending, by the first bytes,
 * by the media type of a request's body. The first row of a reader stands for the reader, where only that is known. */
#include "indexer/source/format.h"

#include "store/record/fields.h"

#define MAGIC(literal)                                                                                                 \
	{                                                                                                              \
		(literal), sizeof(literal) - 1                                                                         \
	}                                                   /* a Str that is a constant */
#define OLE_MAGIC MAGIC("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") /* Office of before 2007, and encrypted newer ones */

const Format formats[] = {
	{.name = "text",
	 .endings = {".txt", ".text", ".log"},
	 .media = "text/plain",
	 .reader = READER_PLAIN,
	 .yields = YIELDS_TEXT},
	{.name = "markdown",
	 .endings = {".md"},
	 .media = "text/markdown",
	 .reader = READER_PLAIN,
	 .yields = YIELDS_TEXT},
	{.name = "pdf",
	 .endings = {".pdf"},
	 .media = "application/pdf",
	 .magics = {MAGIC("%PDF-")},
	 .magic_rule = MAGIC_NEAR_START,
	 .reader = READER_PDF,
	 .yields = YIELDS_TEXT},
	/* Office of before 2007 */
	{.name = "doc",
	 .endings = {".doc", ".dot"},
	 .media = "application/msword",
	 .magics = {OLE_MAGIC},
	 .reader = READER_DOC,
	 .yields = YIELDS_TEXT},
	{.name = "xls",
	 .endings = {".xls"},
	 .media = "application/vnd.ms-excel",
	 .magics = {OLE_MAGIC},
	 .reader = READER_XLS,
	 .yields = YIELDS_TEXT | YIELDS_RECORDS},
	{.name = "ppt",
	 .endings = {".ppt"},
	 .media = "application/vnd.ms-powerpoint",
	 .magics = {OLE_MAGIC},
	 .reader = READER_PPT,
	 .yields = YIELDS_TEXT},
	{.name = "rtf",
	 .endings = {".rtf"},
	 .media = "application/rtf",
	 .magics = {MAGIC("{\\rtf")},
	 .reader = READER_RTF,
	 .yields = YIELDS_TEXT},
	/* images */
	{.name = "image", /* whose name does not say which */
	 .media = "application/octet-stream",
	 .magics = {MAGIC("\xFF\xD8\xFF"), MAGIC("\x89PNG\r\n"), MAGIC("II*\0"), MAGIC("MM\0*"), MAGIC("GIF8")},
	 .reader = READER_IMAGE},
	{.name = "jpeg", .endings = {".jpg", ".jpeg"}, .media = "image/jpeg", .reader = READER_IMAGE},
	{.name = "png", .endings = {".png"}, .media = "image/png", .reader = READER_IMAGE},
	{.name = "tiff", .endings = {".tif", ".tiff"}, .media = "image/tiff", .reader = READER_IMAGE},
	{.name = "bmp", .endings = {".bmp"}, .media = "image/bmp", .reader = READER_IMAGE},
	{.name = "gif", .endings = {".gif"}, .media = "image/gif", .reader = READER_IMAGE},
	{.name = "webp", .endings = {".webp"}, .media = "image/webp", .reader = READER_IMAGE},
	{.name = "jp2", .endings = {".jp2"}, .media = "image/jp2", .reader = READER_IMAGE},
	/* zips of XML */
	{.name = "docx",
	 .endings = {".docx"},
	 .media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	 .reader = READER_DOCX,
	 .yields = YIELDS_TEXT},
	{.name = "docm",
	 .endings = {".docm"},
	 .media = "application/vnd.ms-word.document.macroEnabled.12",
	 .reader = READER_DOCX,
	 .yields = YIELDS_TEXT},
	{.name = "dotx",
	 .endings = {".dotx"},
	 .media = "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
	 .reader = READER_DOCX,
	 .yields = YIELDS_TEXT},
	{.name = "dotm",
	 .endings = {".dotm"},
	 .media = "application/vnd.ms-word.template.macroEnabled.12",
	 .reader = READER_DOCX,
	 .yields = YIELDS_TEXT},
	{.name = "xlsx",
	 .endings = {".xlsx"},
	 .media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	 .reader = READER_XLSX,
	 .yields = YIELDS_TEXT | YIELDS_RECORDS},
	{.name = "xlsm",
	 .endings = {".xlsm"},
	 .media = "application/vnd.ms-excel.sheet.macroEnabled.12",
	 .reader = READER_XLSX,
	 .yields = YIELDS_TEXT | YIELDS_RECORDS},
	{.name = "xltx",
	 .endings = {".xltx"},
	 .media = "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
	 .reader = READER_XLSX,
	 .yields = YIELDS_TEXT | YIELDS_RECORDS},
	{.name = "xltm",
	 .endings = {".xltm"},
	 .media = "application/vnd.ms-excel.template.macroEnabled.12",
	 .reader = READER_XLSX,
	 .yields = YIELDS_TEXT | YIELDS_RECORDS},
	{.name = "pptx",
	 .endings = {".pptx"},
	 .media = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	 .reader = READER_PPTX,
	 .yields = YIELDS_TEXT},
	{.name = "pptm",
	 .endings = {".pptm"},
	 .media = "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
	 .reader = READER_PPTX,
	 .yields = YIELDS_TEXT},
	{.name = "ppsx",
	 .endings = {".ppsx"},
	 .media = "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
	 .reader = READER_PPTX,
	 .yields = YIELDS_TEXT},
	{.name = "ppsm",
	 .endings = {".ppsm"},
	 .media = "application/vnd.ms-powerpoint.slideshow.macroEnabled.12",
	 .reader = READER_PPTX,
	 .yields = YIELDS_TEXT},
	{.name = "potx",
	 .endings = {".potx"},
	 .media = "application/vnd.openxmlformats-officedocument.presentationml.template",
	 .reader = READER_PPTX,
	 .yields = YIELDS_TEXT},
	{.name = "odt",
	 .endings = {".odt"},
	 .media = "application/vnd.oasis.opendocument.text",
	 .reader = READER_ODT,
	 .yields = YIELDS_TEXT},
	{.name = "ott",
	 .endings = {".ott"},
	 .media = "application/vnd.oasis.opendocument.text-template",
	 .reader = READER_ODT,
	 .yields = YIELDS_TEXT},
	{.name = "ods",
	 .endings = {".ods"},
	 .media = "application/vnd.oasis.opendocument.spreadsheet",
	 .reader = READER_ODS,
	 .yields = YIELDS_TEXT | YIELDS_RECORDS},
	{.name = "ots",
	 .endings = {".ots"},
	 .media = "application/vnd.oasis.opendocument.spreadsheet-template",
	 .reader = READER_ODS,
	 .yields = YIELDS_TEXT | YIELDS_RECORDS},
	{.name = "odp",
	 .endings = {".odp"},
	 .media = "application/vnd.oasis.opendocument.presentation",
	 .reader = READER_ODP,
	 .yields = YIELDS_TEXT},
	{.name = "otp",
	 .endings = {".otp"},
	 .media = "application/vnd.oasis.opendocument.presentation-template",
	 .reader = READER_ODP,
	 .yields = YIELDS_TEXT},
	{.name = "office-xml",
	 .endings = {".fodt", ".fods", ".fodp"},
	 .media = "application/vnd.oasis.opendocument.text-flat-xml",
	 .reader = READER_FLAT_OFFICE,
	 .yields = YIELDS_TEXT},
	/* last of the documents: any other magic is surer */
	{.name = "html",
	 .endings = {".html", ".htm"},
	 .media = "text/html",
	 .magics = {MAGIC("<!DOCTYPE html"), MAGIC("<html")},
	 .magic_rule = MAGIC_AS_MARKUP,
	 .reader = READER_HTML,
	 .yields = YIELDS_TEXT},
	{.name = "xhtml",
	 .endings = {".xhtml"},
	 .media = "application/xhtml+xml",
	 .reader = READER_HTML,
	 .yields = YIELDS_TEXT},
	{.name = "mhtml",
	 .endings = {".mht", ".mhtml"},
	 .media = "multipart/related",
	 .reader = READER_MHTML,
	 .yields = YIELDS_TEXT},
	/* records */
	{.name = "jsonl",
	 .endings = {".jsonl", ".ndjson"},
	 .media = "application/x-ndjson",
	 .media_too = "application/jsonl",
	 .reader = READER_LINES,
	 .yields = YIELDS_RECORDS,
	 .bulk = true},
	{.name = "json",
	 .endings = {".json"},
	 .media = "application/json",
	 .reader = READER_JSON,
	 .yields = YIELDS_RECORDS},
	{.name = "csv",
	 .endings = {".csv"},
	 .media = "text/csv",
	 .reader = READER_TABLE,
	 .yields = YIELDS_RECORDS | YIELDS_TEXT},
	{.name = "tsv",
	 .endings = {".tsv"},
	 .media = "text/tab-separated-values",
	 .reader = READER_TABLE,
	 .yields = YIELDS_RECORDS | YIELDS_TEXT},
	/* messages */
	{.name = "edxml",
	 .endings = {".edxml"},
	 .media = "application/xml",
	 .reader = READER_EDXML,
	 .yields = YIELDS_RECORDS},
	{.name = "mail",
	 .endings = {".eml"},
	 .media = "message/rfc822",
	 .reader = READER_MAIL,
	 .yields = YIELDS_RECORDS},
	{.name = "mbox",
	 .endings = {".mbox"},
	 .media = "application/mbox",
	 .reader = READER_MAIL,
	 .yields = YIELDS_RECORDS},
	{.name = "p7m",
	 .endings = {".p7m"},
	 .media = "application/pkcs7-mime",
	 .reader = READER_SIGNED,
	 .yields = YIELDS_RECORDS},
	/* packages */
	{.name = "zip",
	 .endings = {".zip"},
	 .media = "application/zip",
	 .reader = READER_PACKAGE,
	 .yields = YIELDS_MEMBERS,
	 .bulk = true},
	{.name = "7z",
	 .endings = {".7z"},
	 .media = "application/x-7z-compressed",
	 .reader = READER_PACKAGE,
	 .yields = YIELDS_MEMBERS},
	{.name = "rar",
	 .endings = {".rar"},
	 .media = "application/vnd.rar",
	 .media_too = "application/x-rar-compressed",
	 .reader = READER_PACKAGE,
	 .yields = YIELDS_MEMBERS},
	{.name = "tar",
	 .endings = {".tar"},
	 .media = "application/x-tar",
	 .reader = READER_PACKAGE,
	 .yields = YIELDS_MEMBERS,
	 .bulk = true},
	{.name = "tar-gzip",
	 .endings = {".tgz"},
	 .media = "application/gzip",
	 .reader = READER_PACKAGE,
	 .yields = YIELDS_MEMBERS,
	 .bulk = true},
	{.name = "tar-bzip2",
	 .endings = {".tbz2"},
	 .media = "application/x-bzip2",
	 .reader = READER_PACKAGE,
	 .yields = YIELDS_MEMBERS},
	{.name = "tar-xz",
	 .endings = {".txz"},
	 .media = "application/x-xz",
	 .reader = READER_PACKAGE,
	 .yields = YIELDS_MEMBERS},
	{.name = "tar-zstd",
	 .endings = {".tzst"},
	 .media = "application/zstd",
	 .reader = READER_PACKAGE,
	 .yields = YIELDS_MEMBERS,
	 .bulk = true},
	/* kept as they are, with their media type */
	{.name = "xml", .endings = {".xml"}, .media = "application/xml"},
	{.name = "outlook", .endings = {".msg"}, .media = "application/vnd.ms-outlook", .magics = {OLE_MAGIC}},
	{.name = "tnef", /* winmail.dat: attachments in a wrapping of Outlook's own */
	 .endings = {".tnef"},
	 .media = "application/vnd.ms-tnef",
	 .magics = {MAGIC("\x78\x9F\x3E\x22")}},
	{.name = "mp3", .endings = {".mp3"}, .media = "audio/mpeg"},
	{.name = "mp4", .endings = {".mp4"}, .media = "video/mp4"},
};
const size_t format_count = sizeof formats / sizeof *formats;
const Format format_unknown = {.name = "unknown", .media = "application/octet-stream"};

/* ---- by name --------------------------------------------------------------------------------------------------- */

static bool ends_nocase(Str name, Str ending)
{
	return name.len > ending.len && str_eq_nocase(str_slice(name, name.len - ending.len, name.len), ending);
}

const Format *format_by_name(Str name)
{
	for (const Format *f = formats; f < formats + format_count; f++)
		for (size_t i = 0; i < FORMAT_ENDINGS_MAX && f->endings[i]; i++)
			if (ends_nocase(name, str_from(f->endings[i])))
				return f;
	return &format_unknown;
}

static const Format *first_of(FormatReader reader)
{
	for (const Format *f = formats; f < formats + format_count; f++)
		if (f->reader == reader)
			return f;
	return &format_unknown;
}

const Format *format_by_long_name(Str name, bool *compressed_out)
{
	static const char *const compressions[] = {".gz", ".bz2", ".xz", ".zst", ".lzma", ".lz4", ".Z"};
	*compressed_out = false;
	for (size_t i = 0; i < sizeof compressions / sizeof compressions[0]; i++) {
		Str ending = str_from(compressions[i]);
		if (!ends_nocase(name, ending))
			continue;
		const Format *inner = format_by_name(str_slice(name, 0, name.len - ending.len));
		*compressed_out = inner->reader == READER_LINES || inner->reader == READER_JSON ||
				  inner->reader == READER_PACKAGE;
		if (!*compressed_out)
			return &format_unknown;
		return inner->reader == READER_JSON ? first_of(READER_LINES) : inner;
	}
	return format_by_name(name);
}

/* ---- by content ------------------------------------------------------------------------------------------------ */

static bool starts_as_markup(Str head, Str magic)
{
	Str start = str_trim(str_starts(head, STR("\xEF\xBB\xBF")) ? str_slice(head, 3, head.len) : head);
	return str_eq_nocase(str_slice(start, 0, magic.len), magic);
}

static bool has_magic(const Format *f, Str magic, const Format *named, Str head)
{
	switch (f->magic_rule) {
	case MAGIC_AT_START:
		return str_starts(head, magic);
	case MAGIC_NEAR_START:
		return str_starts(head, magic) ||
		       (named == f && str_find(str_slice(head, 0, MAGIC_NEAR_BYTES), magic) >= 0);
	case MAGIC_AS_MARKUP:
		return named->reader != READER_PLAIN && starts_as_markup(head, magic);
	}
	return false;
}

static bool has_any_magic(const Format *f, const Format *named, Str head)
{
	for (size_t i = 0; i < FORMAT_MAGICS_MAX && f->magics[i].len; i++)
		if (has_magic(f, f->magics[i], named, head))
			return true;
	return false;
}

/* Formats may have one magic (.doc and .xls): the name decides among them too. */
static const Format *find_magic(const Format *named, Str head)
{
	if (has_any_magic(named, named, head))
		return named;
	for (const Format *f = formats; f < formats + format_count; f++)
		if (has_any_magic(f, named, head))
			return f;
	return NULL;
}

static bool is_old_office(const Format *f)
{
	return f->reader == READER_DOC || f->reader == READER_XLS || f->reader == READER_PPT;
}

/* Many formats are zips, and the name says which, or the zip's first file. What is called .doc is a .docx; what is
 * called .txt, .html or .pdf is none of these. */
static const Format *zip_format(const Format *named, Str head)
{
	static const struct {
		Str begins; /* behind the 30 bytes of the first file's header */
		FormatReader reader;
	} first_files[] = {{{"[Content_Types].xml", 19}, READER_DOCX},
			   {{"_rels/.rels", 11}, READER_DOCX},
			   {{"mimetypeapplication/vnd.oasis.opendocument.text", 47}, READER_ODT},
			   {{"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", 54}, READER_ODS},
			   {{"mimetypeapplication/vnd.oasis.opendocument.presentation", 55}, READER_ODP}};
	if (named->reader == READER_DOC)
		return first_of(READER_DOCX);
	if (is_old_office(named))
		return first_of(named->reader == READER_XLS ? READER_XLSX : READER_PPTX);
	for (size_t i = 0; i < sizeof first_files / sizeof first_files[0] && named == &format_unknown; i++)
		if (str_starts(str_slice(head, 30, head.len), first_files[i].begins))
			return first_of(first_files[i].reader);
	bool never_a_zip = named->reader == READER_PLAIN || named->reader == READER_HTML || named->reader == READER_PDF;
	return never_a_zip ? &format_unknown : named;
}

/* A name that says nothing (README, .tcvn3): text has hardly any control characters, whatever its encoding. */
static bool looks_like_text(Str head)
{
	size_t controls = 0;
	for (size_t i = 0; i < head.len; i++) {
		uint8_t c = (uint8_t)head.ptr[i];
		if (c == 0 && !str_starts(head, STR("\xFF\xFE")) && !str_starts(head, STR("\xFE\xFF")))
			return false;
		controls += c != 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
	}
	return head.len > 0 && controls * 50 <= head.len;
}

/* A page that Word or a browser saved in one file, under the name of another kind. */
static bool is_mhtml(Str head)
{
	Str begins = STR("MIME-Version:");
	return str_eq_nocase(str_slice(head, 0, begins.len), begins) && str_find(head, STR("multipart/related")) >= 0;
}

/* What Word and Excel 2003 saved as XML, under any name. */
static bool is_flat_office(Str head)
{
	return starts_as_markup(head, STR("<?xml")) &&
	       (str_find(head, STR("<?mso-application")) >= 0 || str_find(head, STR("<w:wordDocument")) >= 0);
}

const Format *format_by_content(Str name, Str head)
{
	const Format *named = format_by_name(name);
	const Format *found = find_magic(named, head);
	if (found)
		return found->reader == named->reader && named != &format_unknown ? named : found;
	if (str_starts(head, STR("PK\3\4")))
		return zip_format(named, head);
	/* A .doc or .xls without its magic may be plain text. */
	bool may_be_text = named == &format_unknown || is_old_office(named);
	if ((may_be_text || ends_nocase(name, STR(".xml"))) && is_flat_office(head))
		return first_of(READER_FLAT_OFFICE);
	if (may_be_text && is_mhtml(head))
		return first_of(READER_MHTML);
	return may_be_text && looks_like_text(head) ? first_of(READER_PLAIN) : named;
}

bool format_begins_with_record(Str head)
{
	static const char *const others[] = {"id", "text", "files"};
	Str rest = str_trim(str_starts(head, STR("\xEF\xBB\xBF")) ? str_slice(head, 3, head.len) : head);
	if (!str_starts(rest, STR("{")))
		return false;
	rest = str_trim(str_slice(rest, 1, rest.len));
	ptrdiff_t end = str_starts(rest, STR("\"")) ? str_find_char(str_slice(rest, 1, rest.len), '"') : -1;
	if (end < 0)
		return false;
	Str name = str_slice(rest, 1, 1 + (size_t)end);
	rest = str_trim(str_slice(rest, 2 + (size_t)end, rest.len));
	bool is_member = false;
	for (int id = 0; id < RF_COUNT && !is_member; id++)
		is_member = str_eq(name, str_from(record_fields[id].name));
	for (size_t i = 0; i < sizeof others / sizeof others[0] && !is_member; i++)
		is_member = str_eq(name, str_from(others[i]));
	return is_member && str_starts(rest, STR(":"));
}

/* ---- media types ----------------------------------------------------------------------------------------------- */

const Format *format_by_media(Str media)
{
	for (const Format *f = formats; f < formats + format_count; f++)
		if (f->bulk && (str_eq_nocase(media, str_from(f->media)) ||
				(f->media_too && str_eq_nocase(media, str_from(f->media_too)))))
			return f;
	return NULL;
}

const char *format_media(Str name, const Format *format)
{
	return format->reader == READER_NONE ? format_by_name(name)->media : format->media;
}
