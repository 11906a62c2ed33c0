/* indexer/extract/html.c - text of an HTML page: libxml2 reads, blocks become lines, scripts and styles are dropped.
 *
 * Encoding: what the bytes show is surer than what the page says of itself, for pages were saved by one program and
 * labelled by another. So UTF-16 and valid UTF-8 are what they are; else our own detection (tokenizer/encoding.h),
 * where it is certain; else what the page says; else Windows-1258. */
#include "indexer/extract/html.h"

#include "base/file.h"
#include "base/utf8.h"
#include "indexer/extract/limits.h"
#include "indexer/extract/lines.h"
#include "indexer/extract/markup.h"
#include "indexer/source/format.h"
#include "indexer/source/mail.h"
#include "tokenizer/encoding.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

typedef enum { TAG_BLOCK = 1, TAG_BREAK, TAG_CELL, TAG_ROW, TAG_DROPPED } TagKind;

static const struct {
	const char *name;
	TagKind kind;
} tags[] = {
	{"address", TAG_BLOCK},    {"article", TAG_BLOCK},    {"aside", TAG_BLOCK},    {"blockquote", TAG_BLOCK},
	{"body", TAG_BLOCK},       {"caption", TAG_BLOCK},    {"center", TAG_BLOCK},   {"dd", TAG_BLOCK},
	{"div", TAG_BLOCK},        {"dl", TAG_BLOCK},         {"dt", TAG_BLOCK},       {"fieldset", TAG_BLOCK},
	{"figure", TAG_BLOCK},     {"footer", TAG_BLOCK},     {"form", TAG_BLOCK},     {"h1", TAG_BLOCK},
	{"h2", TAG_BLOCK},         {"h3", TAG_BLOCK},         {"h4", TAG_BLOCK},       {"h5", TAG_BLOCK},
	{"h6", TAG_BLOCK},         {"header", TAG_BLOCK},     {"hr", TAG_BLOCK},       {"li", TAG_BLOCK},
	{"main", TAG_BLOCK},       {"nav", TAG_BLOCK},        {"ol", TAG_BLOCK},       {"option", TAG_BLOCK},
	{"p", TAG_BLOCK},          {"pre", TAG_BLOCK},        {"section", TAG_BLOCK},  {"table", TAG_BLOCK},
	{"title", TAG_BLOCK},      {"ul", TAG_BLOCK},         {"br", TAG_BREAK},       {"td", TAG_CELL},
	{"th", TAG_CELL},          {"tr", TAG_ROW},           {"script", TAG_DROPPED}, {"style", TAG_DROPPED},
	{"template", TAG_DROPPED}, {"noscript", TAG_DROPPED}, {"object", TAG_DROPPED}, {"select", TAG_DROPPED},
};

typedef struct {
	LineWriter lines;
	unsigned dropped; /* open elements whose text does not count */
	unsigned pre;
} HtmlPage;

static TagKind tag_kind(const xmlChar *name)
{
	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
		if (strcmp((const char *)name, tags[i].name) == 0)
			return tags[i].kind;
	return 0;
}

static void open_tag(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
	HtmlPage *page = ctx;
	(void)attributes;
	TagKind kind = tag_kind(name);
	page->dropped += kind == TAG_DROPPED;
	page->pre += strcmp((const char *)name, "pre") == 0;
	if (page->dropped)
		return;
	if (kind == TAG_BLOCK)
		lines_paragraph(&page->lines);
	else if (kind == TAG_BREAK)
		lines_break(&page->lines);
	else if (kind == TAG_ROW)
		lines_row_begin(&page->lines);
}

static void close_tag(void *ctx, const xmlChar *name)
{
	HtmlPage *page = ctx;
	TagKind kind = tag_kind(name);
	if (kind == TAG_DROPPED && page->dropped)
		page->dropped--;
	if (page->pre && strcmp((const char *)name, "pre") == 0)
		page->pre--;
	if (page->dropped)
		return;
	if (kind == TAG_BLOCK)
		lines_paragraph(&page->lines);
	else if (kind == TAG_CELL)
		lines_cell_end(&page->lines);
	else if (kind == TAG_ROW)
		lines_row_end(&page->lines);
}

static void add_preformatted(HtmlPage *page, Str text)
{
	Str line;
	page->lines.collapse = false;
	for (bool first = true; str_split(&text, '\n', &line); first = false) {
		if (!first)
			lines_break(&page->lines);
		lines_text(&page->lines, line);
	}
	page->lines.collapse = true;
}

static void add_text(void *ctx, const xmlChar *bytes, int len)
{
	HtmlPage *page = ctx;
	Str text = {(const char *)bytes, len > 0 ? (size_t)len : 0};
	if (page->dropped)
		return;
	if (page->pre)
		add_preformatted(page, text);
	else
		lines_text(&page->lines, text);
}

static bool says_its_charset(Str html)
{
	Str head = str_slice(html, 0, 4096);
	for (size_t at = 0; at + 8 < head.len; at++)
		if (str_eq_nocase(str_slice(head, at, at + 8), STR("charset=")))
			return true;
	return false;
}

/* Where the next "</html>" or "</body>" begins; the parser reads nothing behind them, and pages do go on there. */
static size_t find_end_tag(Str html, size_t at)
{
	for (ptrdiff_t found; (found = str_find(str_slice(html, at, html.len), STR("</"))) >= 0; at += 2) {
		at += (size_t)found;
		Str name = str_slice(html, at + 2, at + 6);
		if (str_eq_nocase(name, STR("html")) || str_eq_nocase(name, STR("body")))
			return at;
	}
	return html.len;
}

static void feed(htmlParserCtxtPtr parser, Str html)
{
	enum { STEP_BYTES = 1 << 20 };
	for (size_t at = 0; at < html.len; at += STEP_BYTES) {
		Str step = str_slice(html, at, at + STEP_BYTES);
		htmlParseChunk(parser, step.ptr, (int)step.len, 0);
	}
}

static Status parse(Str html, const char *charset, HtmlPage *page, Err *err)
{
	htmlSAXHandler handler = {.startElement = open_tag,
				  .endElement = close_tag,
				  .characters = add_text,
				  .ignorableWhitespace = add_text};
	htmlParserCtxtPtr parser = htmlCreatePushParserCtxt(&handler, page, NULL, 0, NULL, XML_CHAR_ENCODING_NONE);
	if (!parser)
		return err_no_memory(err);
	htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	if (charset) {
		xmlCharEncodingHandlerPtr known = xmlFindCharEncodingHandler(charset);
		if (known)
			xmlSwitchToEncoding(parser, known);
	}
	for (size_t at = 0; at < html.len;) {
		size_t end = find_end_tag(html, at);
		feed(parser, str_slice(html, at, end));
		ptrdiff_t close = str_find_char(str_slice(html, end, html.len), '>');
		at = close < 0 ? html.len : end + (size_t)close + 1;
	}
	htmlParseChunk(parser, NULL, 0, 1);
	if (parser->myDoc)
		xmlFreeDoc(parser->myDoc);
	htmlFreeParserCtxt(parser);
	return buf_ok(page->lines.out) ? ST_OK : err_no_memory(err);
}

/* UTF-8 of a page in one of the encodings that are known by their letters or their byte-order mark; false: the page has
 * to say what it is. */
static Status decode(Str bytes, Buf *utf8, bool *known_out, Err *err)
{
	static const double certain = 0.5;
	EncodingReport report;
	Status st = encoding_decode(bytes, utf8, &report, err);
	if (st == ST_OK && !buf_ok(utf8))
		st = err_no_memory(err);
	*known_out = st == ST_OK && strcmp(report.name, "unknown") != 0 && report.certainty >= certain;
	return st;
}

Status html_read_text(Str html, Buf *out, Err *err)
{
	HtmlPage page = {0};
	Buf utf8 = {0};
	const char *charset = "UTF-8";
	Status st = ST_OK;
	if (str_starts(html, STR("\xEF\xBB\xBF")))
		html = str_slice(html, 3, html.len);
	if (!utf8_is_valid(html) || memchr(html.ptr ? html.ptr : "", 0, html.len)) {
		bool known = false;
		st = decode(html, &utf8, &known, err);
		charset = known ? charset : says_its_charset(html) ? NULL : "windows-1258";
		html = known ? buf_str(&utf8) : html;
	}
	if (st == ST_OK)
		st = markup_check_html(html, err);
	lines_begin(&page.lines, out, true);
	if (st == ST_OK)
		st = parse(html, charset, &page, err);
	lines_finish(&page.lines);
	buf_done(&utf8);
	return st;
}

Status html_read(int fd, Buf *out, Err *err)
{
	Buf bytes = {0};
	Status st = file_read_fd(fd, EXTRACT_DECODE_MAX, &bytes, "the page", err);
	if (st == ST_OK)
		st = html_read_text(buf_str(&bytes), out, err);
	buf_done(&bytes);
	return st;
}

static void add_plain(Str text, Buf *out)
{
	LineWriter lines;
	Str line;
	lines_begin(&lines, out, false);
	while (text.len && str_split(&text, '\n', &line)) {
		lines_text(&lines, line);
		lines_break(&lines);
	}
	lines_finish(&lines);
}

/* A page with what it consists of in one file, as a browser or Word saves it: header and footnotes of a document of
 * Word are pages of their own, which follow. */
Status mhtml_read(int fd, Buf *out, Err *err)
{
	Buf bytes = {0};
	Mail mail = {0};
	Status st = file_read_fd(fd, EXTRACT_DECODE_MAX, &bytes, "the page", err);
	if (st == ST_OK)
		st = mail_read(buf_str(&bytes), &mail, err);
	buf_done(&bytes);
	if (st != ST_OK)
		return st;
	st = html_read_text(buf_str(&mail.html), out, err);
	if (mail.html.len == 0)
		add_plain(buf_str(&mail.text), out);
	for (size_t i = 0; i < mail.part_count && st == ST_OK; i++)
		if (format_by_name(mail.parts[i].name)->reader == READER_HTML)
			st = html_read_text(buf_str(&mail.parts[i].bytes), out, err);
	mail_done(&mail);
	return st == ST_OK && !buf_ok(out) ? err_no_memory(err) : st;
}
