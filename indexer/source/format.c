/* indexer/source/format.c - what a document is: by the ending of its name and by its first bytes. See extract.h. */
#include "indexer/extract/extract.h"

typedef struct {
	const char *ending;
	DocKind kind;
	const char *media;
} Ending;

/* The first of a kind is the kind's media type. */
static const Ending endings[] = {
	{".txt", DOC_TEXT, "text/plain"},
	{".text", DOC_TEXT, "text/plain"},
	{".md", DOC_TEXT, "text/markdown"},
	{".log", DOC_TEXT, "text/plain"},
	{".tsv", DOC_TEXT, "text/tab-separated-values"},
	{".html", DOC_HTML, "text/html"},
	{".htm", DOC_HTML, "text/html"},
	{".xhtml", DOC_HTML, "application/xhtml+xml"},
	{".pdf", DOC_PDF, "application/pdf"},
	{".docx", DOC_DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{".docm", DOC_DOCX, "application/vnd.ms-word.document.macroEnabled.12"},
	{".odt", DOC_ODT, "application/vnd.oasis.opendocument.text"},
	{".xlsx", DOC_XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{".doc", DOC_OLD_OFFICE, "application/msword"},
	{".dot", DOC_OLD_OFFICE, "application/msword"},
	{".xls", DOC_OLD_OFFICE, "application/vnd.ms-excel"},
	{".ppt", DOC_OLD_OFFICE, "application/vnd.ms-powerpoint"},
	{".rtf", DOC_RTF, "application/rtf"},
	{".jpg", DOC_IMAGE, "image/jpeg"},
	{".jpeg", DOC_IMAGE, "image/jpeg"},
	{".png", DOC_IMAGE, "image/png"},
	{".tif", DOC_IMAGE, "image/tiff"},
	{".tiff", DOC_IMAGE, "image/tiff"},
	{".bmp", DOC_IMAGE, "image/bmp"},
	{".gif", DOC_IMAGE, "image/gif"},
	{".webp", DOC_IMAGE, "image/webp"},
	{".jp2", DOC_IMAGE, "image/jp2"},
	{".jsonl", DOC_JSONL, "application/x-ndjson"},
	{".ndjson", DOC_JSONL, "application/x-ndjson"},
	{".json", DOC_JSON, "application/json"},
	{".csv", DOC_CSV, "text/csv"},
	{".zip", DOC_PACKAGE, "application/zip"},
	{".tar", DOC_PACKAGE, "application/x-tar"},
	{".tgz", DOC_PACKAGE, "application/gzip"},
	{".tbz2", DOC_PACKAGE, "application/x-bzip2"},
	{".txz", DOC_PACKAGE, "application/x-xz"},
	{".tzst", DOC_PACKAGE, "application/zstd"},
	{".7z", DOC_PACKAGE, "application/x-7z-compressed"},
	{".pptx", DOC_OTHER, "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{".ods", DOC_OTHER, "application/vnd.oasis.opendocument.spreadsheet"},
	{".xml", DOC_OTHER, "application/xml"},
	{".edxml", DOC_OTHER, "application/xml"},
	{".eml", DOC_OTHER, "message/rfc822"},
	{".rar", DOC_OTHER, "application/vnd.rar"},
	{".mp3", DOC_OTHER, "audio/mpeg"},
	{".mp4", DOC_OTHER, "video/mp4"},
};
enum { ENDING_COUNT = sizeof endings / sizeof endings[0] };

static bool ends_nocase(Str name, Str ending)
{
	return name.len > ending.len && str_eq_nocase(str_slice(name, name.len - ending.len, name.len), ending);
}

static const Ending *find_ending(Str name)
{
	for (size_t i = 0; i < ENDING_COUNT; i++)
		if (ends_nocase(name, str_from(endings[i].ending)))
			return &endings[i];
	return NULL;
}

DocKind doc_kind_by_name(Str name)
{
	const Ending *found = find_ending(name);
	return found ? found->kind : DOC_OTHER;
}

DocKind doc_kind_by_long_name(Str name, bool *compressed_out)
{
	static const char *const compressions[] = {".gz", ".bz2", ".xz", ".zst", ".lzma", ".lz4", ".Z"};
	*compressed_out = false;
	for (size_t i = 0; i < sizeof compressions / sizeof compressions[0]; i++) {
		Str ending = str_from(compressions[i]);
		if (!ends_nocase(name, ending))
			continue;
		DocKind inner = doc_kind_by_name(str_slice(name, 0, name.len - ending.len));
		*compressed_out = inner == DOC_JSONL || inner == DOC_JSON || inner == DOC_PACKAGE;
		return *compressed_out ? inner == DOC_JSON ? DOC_JSONL : inner : DOC_OTHER;
	}
	return doc_kind_by_name(name);
}

static bool looks_like_html(Str head)
{
	Str start = str_trim(str_starts(head, STR("\xEF\xBB\xBF")) ? str_slice(head, 3, head.len) : head);
	return str_eq_nocase(str_slice(start, 0, 14), STR("<!DOCTYPE html")) ||
	       str_eq_nocase(str_slice(start, 0, 5), STR("<html"));
}

static bool is_image(Str head)
{
	return str_starts(head, STR("\xFF\xD8\xFF")) || str_starts(head, STR("\x89PNG\r\n")) ||
	       str_starts(head, STR("II*\0")) || str_starts(head, STR("MM\0*")) || str_starts(head, STR("GIF8"));
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

DocKind doc_kind_by_content(Str name, Str head)
{
	DocKind said = doc_kind_by_name(name);
	if (str_find(str_slice(head, 0, 1024), STR("%PDF-")) >= 0 &&
	    (said == DOC_PDF || str_starts(head, STR("%PDF-"))))
		return DOC_PDF;
	if (str_starts(head, STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
		return DOC_OLD_OFFICE;
	if (str_starts(head, STR("{\\rtf")))
		return DOC_RTF;
	if (is_image(head))
		return DOC_IMAGE;
	if (str_starts(head, STR("PK\3\4")))
		return said == DOC_OLD_OFFICE                                    ? DOC_DOCX
		       : said == DOC_TEXT || said == DOC_HTML || said == DOC_PDF ? DOC_OTHER
										 : said;
	if (looks_like_html(head) && said != DOC_TEXT)
		return DOC_HTML;
	return said == DOC_OTHER && !find_ending(name) && looks_like_text(head) ? DOC_TEXT : said;
}

const char *doc_media(Str name, DocKind kind)
{
	const Ending *found = find_ending(name);
	if (found && (found->kind == kind || kind == DOC_OTHER))
		return found->media;
	for (size_t i = 0; i < ENDING_COUNT; i++)
		if (endings[i].kind == kind && kind != DOC_IMAGE && kind != DOC_OTHER)
			return endings[i].media;
	return "application/octet-stream";
}
