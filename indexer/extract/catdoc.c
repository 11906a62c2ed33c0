/* indexer/extract/catdoc.c - each character that catdoc escapes has one spelling, and no unescaped text looks like
 * one, so a table turns them back in one pass. The table is the inverse of catdoc's own list (tex.specchars). */
#include "indexer/extract/catdoc.h"

static const struct {
	Str tex, plain;
} escapes[] = {
	{{"\\\\\n", 3}, {"\n", 1}}, /* the end of a table's row */
	{{"&", 1}, {"\t", 1}},      /* between its cells */
	{{"\\-", 2}, {"\xC2\xAD", 2}},
	{{"\\#", 2}, {"#", 1}},
	{{"\\&", 2}, {"&", 1}},
	{{"\\%", 2}, {"%", 1}},
	{{"\\$", 2}, {"$", 1}},
	{{"\\_", 2}, {"_", 1}},
	{{"$\\{$", 4}, {"{", 1}},
	{{"$\\}$", 4}, {"}", 1}},
	{{"${$", 3}, {"{", 1}},
	{{"$}$", 3}, {"}", 1}},
	{{"$[$", 3}, {"[", 1}},
	{{"$]$", 3}, {"]", 1}},
	{{"$\\[$", 4}, {"[", 1}},
	{{"$\\]$", 4}, {"]", 1}},
	{{"\\asciicircum{}", 14}, {"^", 1}},
	{{"$\\backslash$", 12}, {"\\", 1}},
	{{"\\asciitilde{}", 13}, {"~", 1}},
	{{"\\copyright{}", 12}, {"\xC2\xA9", 2}},
	{{"~", 1}, {"\xC2\xA0", 2}},
	{{"{}", 2}, {"", 0}}, /* U+FEFF */
};

void catdoc_undo_tex(Buf *text)
{
	Buf out = {0};
	Str in = buf_str(text);
	for (size_t at = 0, i; at < in.len;) {
		Str rest = str_slice(in, at, in.len);
		for (i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
			if (str_starts(rest, escapes[i].tex))
				break;
		if (i < sizeof escapes / sizeof escapes[0]) {
			buf_add_str(&out, escapes[i].plain);
			at += escapes[i].tex.len;
		} else {
			buf_add_char(&out, in.ptr[at++]);
		}
	}
	buf_done(text);
	*text = out;
}
