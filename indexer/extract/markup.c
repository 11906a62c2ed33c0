/* indexer/extract/markup.c - finds tags as a parser does: from '<' to the '>' outside quotes. What has no tags in it is
 * passed over: comments, CDATA, instructions, and in HTML the text of scripts and styles. An attribute is counted by
 * its '=', in HTML, where it may stand without one, by where its name begins. */
#include "indexer/extract/markup.h"

#include "indexer/extract/limits.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
	Str rest; /* not looked at yet */
	bool is_html;
	uint64_t elements;
	unsigned depth, attributes_max;
} MarkupScan;

static void skip(MarkupScan *s, size_t len)
{
	s->rest = str_slice(s->rest, len, s->rest.len);
}

static void skip_behind(MarkupScan *s, Str end)
{
	ptrdiff_t at = str_find(s->rest, end);
	skip(s, at < 0 ? s->rest.len : (size_t)at + end.len);
}

/* Comments and the like, which begin behind '<'. False: a tag begins here. */
static bool skip_other(MarkupScan *s)
{
	if (str_starts(s->rest, STR("<!--")))
		skip_behind(s, STR("-->"));
	else if (!s->is_html && str_starts(s->rest, STR("<![CDATA[")))
		skip_behind(s, STR("]]>"));
	else if (str_starts(s->rest, STR("<?")))
		skip_behind(s, s->is_html ? STR(">") : STR("?>"));
	else
		return false;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Over one tag. Returns its attributes; *closed: it ends with "/>", or with the text. */
static unsigned skip_tag(MarkupScan *s, bool *closed)
{
	unsigned attributes = 0;
	size_t at = 1;
	for (char last = 0; at < s->rest.len && s->rest.ptr[at] != '>'; at++) {
		char c = s->rest.ptr[at], before = s->rest.ptr[at - 1];
		attributes +=
			s->is_html ? !is_blank(c) && (is_blank(before) || before == '"' || before == '\'') : c == '=';
		if ((c == '"' || c == '\'') &&
		    (last == '=' || !s->is_html)) { /* in HTML a quote may be a mere letter */
			const char *end = memchr(s->rest.ptr + at + 1, c, s->rest.len - at - 1);
			at = end ? (size_t)(end - s->rest.ptr) : s->rest.len - 1;
		}
		if (!is_blank(c))
			last = c;
	}
	*closed = at == s->rest.len || s->rest.ptr[at - 1] == '/';
	skip(s, at < s->rest.len ? at + 1 : at);
	return attributes;
}

/* Behind "<script …>": to the tag that ends it, for what stands between is no markup. */
static void skip_script(MarkupScan *s, Str tag)
{
	static const char *const names[] = {"script", "style"};
	for (size_t i = 0; i < 2; i++) {
		Str name = str_from(names[i]);
		if (!str_eq_nocase(str_slice(tag, 1, 1 + name.len), name))
			continue;
		for (;;) {
			skip_behind(s, STR("</"));
			if (s->rest.len == 0 || str_eq_nocase(str_slice(s->rest, 0, name.len), name))
				return;
		}
	}
}

static Status check_tag(MarkupScan *s, Err *err)
{
	Str tag = s->rest;
	char first = tag.len > 1 ? tag.ptr[1] : 0;
	bool closed, ends = first == '/';
	if (s->is_html && !((first | 0x20) >= 'a' && (first | 0x20) <= 'z')) {
		skip(s, 1); /* "a < b" */
		return ST_OK;
	}
	if (first == '!')
		return err_set(err, ST_UNSUPPORTED, "its XML declares a document type");
	if (skip_tag(s, &closed) > s->attributes_max)
		return err_set(err, ST_LIMIT, "one of its elements has more than %u attributes", s->attributes_max);
	if (s->is_html) {
		skip_script(s, tag);
	} else if (ends) {
		s->depth -= s->depth > 0;
	} else if (!closed && ++s->depth > EXTRACT_XML_DEPTH_MAX) {
		return err_set(err, ST_LIMIT, "its elements are nested more than %d deep", EXTRACT_XML_DEPTH_MAX);
	}
	uint64_t most = s->is_html ? EXTRACT_HTML_ELEMENTS_MAX : EXTRACT_XML_ELEMENTS_MAX;
	if (!ends && ++s->elements > most)
		return err_set(err, ST_LIMIT, "it has more than %" PRIu64 " elements", most);
	return ST_OK;
}

static Status check(MarkupScan *s, Err *err)
{
	Status st = ST_OK;
	while (st == ST_OK) {
		const char *tag = s->rest.len ? memchr(s->rest.ptr, '<', s->rest.len) : NULL;
		if (!tag)
			return ST_OK;
		skip(s, (size_t)(tag - s->rest.ptr));
		if (!skip_other(s))
			st = check_tag(s, err);
	}
	return st;
}

Status markup_check_xml(Str xml, Err *err)
{
	MarkupScan s = {.rest = xml, .attributes_max = EXTRACT_XML_ATTRIBUTES_MAX};
	return check(&s, err);
}

Status markup_check_html(Str html, Err *err)
{
	MarkupScan s = {.rest = html, .is_html = true, .attributes_max = EXTRACT_HTML_ATTRIBUTES_MAX};
	return check(&s, err);
}
