/* indexer/extract/old_font.c - the names of the families; what stands behind them is the cut (".VnArial Narrow"). */
#include "indexer/extract/old_font.h"

#include "base/utf8.h"
#include "tokenizer/plain.h"

OldFont old_font_by_name(Str name)
{
	static const struct {
		Str begins;
		LegacyKind kind;
	} names[] = {{{".Vn", 3}, LEGACY_TCVN3},
		     {{"VNI-", 4}, LEGACY_VNI},
		     {{"VPS ", 4}, LEGACY_VPS},
		     {{"VPS-", 4}, LEGACY_VPS}};
	ptrdiff_t plus = str_find_char(str_slice(name, 0, 8), '+'); /* a subset in a PDF */
	name = str_trim(plus == 6 ? str_slice(name, 7, name.len) : name);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (!str_eq_nocase(str_slice(name, 0, names[i].begins.len), names[i].begins))
			continue;
		ptrdiff_t comma = str_find_char(name, ','); /* ".VnTimeH,Bold" */
		Str family = comma < 0 ? name : str_slice(name, 0, (size_t)comma);
		return (OldFont){names[i].kind, names[i].kind == LEGACY_TCVN3 && str_ends(family, STR("H")), true};
	}
	return (OldFont){LEGACY_CP1252, false, false};
}

void old_font_add_capitals(Str text, Buf *out)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t c;
		char upper[4];
		size_t width = utf8_decode(text.ptr + at, text.len - at, &c);
		if (!width)
			break;
		buf_add(out, upper, utf8_encode(plain_upper(c), upper));
		at += width;
	}
}

void old_font_read(OldFont font, Str text, Buf *out)
{
	Buf units = {0}, decoded = {0};
	legacy_units_of_text(text, &units);
	const LegacyUnit *all = (const LegacyUnit *)(const void *)units.data;
	size_t count = units.len / sizeof *all;
	bool is_bytes = font.is_old && buf_ok(&units);
	for (size_t i = 0; i < count && is_bytes; i++) /* a letter beyond Latin-1: Unicode in a font of before it */
		is_bytes = !(all[i].c & LEGACY_KEPT) || (all[i].c & ~(uint32_t)LEGACY_KEPT) >= 0x2000 ||
			   (all[i].c & ~(uint32_t)LEGACY_KEPT) < 0x100;
	if (is_bytes)
		legacy_decode(font.kind, all, count, &decoded, NULL);
	Str seen = is_bytes ? buf_str(&decoded) : text;
	if (font.capitals)
		old_font_add_capitals(seen, out);
	else
		buf_add_str(out, seen);
	out->failed |= !buf_ok(&units) || !buf_ok(&decoded);
	buf_done(&units);
	buf_done(&decoded);
}
