/* tokenizer/legacy_decode.c - each encoding has a reader that turns units into characters, one character for one or two
 * units. The readers write into an array as long as the units, on the stack for most lines. UTF-8 that was taken for
 * CP1252 is led back to bytes and read once more.
 */
#include "tokenizer/legacy.h"
#include "tokenizer/legacy_table.h"

#include <stdlib.h>

enum { UNITS_NEAR = 1024 }; /* a line has less, mostly */
/* Of TCVN3 as it is read: a code that stands for either case; a letter. */
enum { UNIT_SMALL = 1 << 29, UNIT_LETTER = 1 << 28, UNIT_MARKS = UNIT_SMALL | UNIT_LETTER };

const char *legacy_name(LegacyKind kind)
{
	static const char *const names[LEGACY_COUNT] = {
		[LEGACY_CP1252] = "unknown", [LEGACY_TCVN3] = "tcvn3", [LEGACY_VNI] = "vni",
		[LEGACY_VISCII] = "viscii",  [LEGACY_VPS] = "vps",     [LEGACY_BKHCM2] = "bkhcm2",
		[LEGACY_CP1258] = "cp1258",  [LEGACY_UTF8] = "utf-8",  [LEGACY_UTF8_TWICE] = "utf-8",
	};
	return names[kind];
}

static LegacyUnit *units_end(Buf *units, size_t more)
{
	return more <= SIZE_MAX / sizeof(LegacyUnit) && buf_reserve(units, more * sizeof(LegacyUnit))
		       ? (LegacyUnit *)(void *)(units->data + units->len)
		       : NULL;
}

void legacy_units_of_bytes(Str bytes, Buf *units)
{
	LegacyUnit *out = units_end(units, bytes.len);
	for (size_t i = 0; out && i < bytes.len; i++)
		out[i] = (LegacyUnit){(uint8_t)bytes.ptr[i], (uint32_t)i};
	units->len += out ? bytes.len * sizeof *out : 0;
}

void legacy_units_of_text(Str utf8, Buf *units)
{
	LegacyUnit *first = units_end(units, utf8.len), *out = first;
	for (size_t i = 0; first && i < utf8.len;) {
		uint32_t c = (uint8_t)utf8.ptr[i];
		size_t width = 1;
		if (c >= 0x80) {
			width = utf8_decode(utf8.ptr + i, utf8.len - i, &c);
			int byte = legacy_cp1252_byte(width ? c : 0xFFFD);
			c = byte >= 0 ? (uint32_t)byte : LEGACY_KEPT | (width ? c : 0xFFFD);
			width += !width;
		}
		*out++ = (LegacyUnit){c, (uint32_t)i};
		i += width;
	}
	units->len += (size_t)(out - first) * sizeof *out;
}

/* ---- one reading after another: units in, characters out (as units that are all LEGACY_KEPT or ASCII) ---- */

static uint32_t kept(uint32_t c)
{
	return c < 0x80 ? c : LEGACY_KEPT | c;
}

static size_t read_plain(const LegacyUnit *units, size_t count, LegacyUnit *out)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (LegacyUnit){legacy_plain_unit(units[i].c), units[i].at};
	return count;
}

static size_t read_table(const LegacyTable *table, const LegacyUnit *units, size_t count, LegacyUnit *out)
{
	LegacyUnit *to = out;
	for (size_t i = 0; i < count; i++) {
		uint32_t c = units[i].c, pair = 0;
		if (c < LEGACY_KEPT) {
			unsigned base = table->base[c];
			if (base && i + 1 < count && units[i + 1].c < 0x100)
				pair = table->pair[base][units[i + 1].c];
			c = pair ? kept(pair) : table->unit[c];
		}
		*to++ = (LegacyUnit){c, units[i].at};
		i += pair != 0;
	}
	return (size_t)(to - out);
}

/* A letter and, behind it, the byte of a tone (CP1258). */
static size_t read_cp1258(const LegacyUnit *units, size_t count, LegacyUnit *out)
{
	static const uint8_t marks[256] = {
		[0xCC] = MARK_GRAVE, [0xEC] = MARK_ACUTE, [0xD2] = MARK_HOOK, [0xDE] = MARK_TILDE, [0xF2] = MARK_DOT};
	const LegacyTable *table = legacy_table(LEGACY_CP1258);
	LegacyUnit *to = out;
	for (size_t i = 0; i < count; i++) {
		uint32_t c = units[i].c;
		c = c < LEGACY_KEPT ? table->unit[c] : c;
		Mark mark = i + 1 < count && units[i + 1].c < 0x100 ? (Mark)marks[units[i + 1].c] : MARK_NONE;
		Letter letter = mark != MARK_NONE ? legacy_letter(c) : 0;
		*to++ = (LegacyUnit){letter ? kept(letter_code_point(letter_with_mark(letter, mark))) : c, units[i].at};
		i += letter != 0;
	}
	return (size_t)(to - out);
}

/* No small ASCII letter, and a word like "CéNG" that only a capitals font makes sense of. */
static bool is_line_of_capitals(const LegacyUnit *units, size_t count)
{
	bool capitals_font = false;
	for (size_t i = 0, upper = 0, small = 0; i < count; i++) {
		uint32_t c = units[i].c & ~(uint32_t)UNIT_MARKS;
		if (c >= 'a' && c <= 'z')
			return false;
		bool letter = units[i].c & UNIT_LETTER;
		upper = letter ? upper + (c >= 'A' && c <= 'Z') : 0;
		small = letter ? small + ((units[i].c & UNIT_SMALL) != 0) : 0;
		capitals_font |= upper >= 2 && small;
	}
	return capitals_font;
}

static void raise(LegacyUnit *units, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (units[i].c & UNIT_SMALL)
			units[i].c = kept(letter_code_point(legacy_letter(units[i].c) | LETTER_UPPER));
}

static bool is_ascii_capital(uint32_t c)
{
	return (c & ~(uint32_t)UNIT_MARKS) - 'A' < 26;
}

/* TCVN3 has one code for both cases of a toned letter. Which it was is seen from the letters around: a word with a
 * capital and no small letter is in capitals. */
static void raise_capitals(LegacyUnit *units, size_t count)
{
	if (is_line_of_capitals(units, count)) {
		raise(units, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!is_ascii_capital(units[i].c))
			continue;
		size_t start = i, stop = i, lower = 0, upper = 0;
		while (start > 0 && units[start - 1].c & UNIT_LETTER)
			start--;
		for (stop = start; stop < count && units[stop].c & UNIT_LETTER; stop++) {
			lower += (units[stop].c & ~(uint32_t)UNIT_MARKS) - 'a' < 26;
			upper += is_ascii_capital(units[stop].c);
		}
		if (lower == 0 && (upper >= 2 || units[start].c & UNIT_SMALL))
			raise(units + start, stop - start);
		i = stop;
	}
}

static size_t read_tcvn3(const LegacyUnit *units, size_t count, LegacyUnit *out)
{
	const LegacyTable *table = legacy_table(LEGACY_TCVN3);
	LegacyUnit *to = out;
	for (size_t i = 0; i < count; i++) {
		uint32_t c = units[i].c, now = c;
		Letter letter, toned = 0;
		if (c < LEGACY_KEPT) {
			now = table->unit[c];
			letter = table->letter[c];
		} else {
			letter = legacy_letter(c);
		}
		if (letter & LETTER_UPPER && i + 1 < count && units[i + 1].c < 0x100)
			toned = legacy_letter(table->single[units[i + 1].c]);
		/* "A" and the code of "à": a converter's way to write À */
		bool raised = (toned & LETTER_TONE) && (letter & LETTER_NUMBER) == (toned & LETTER_NUMBER);
		if (raised)
			now = kept(letter_code_point(toned | LETTER_UPPER));
		now |= letter ? UNIT_LETTER : 0;
		now |= c >= 0x80 && c < 0x100 && letter && !(letter & LETTER_UPPER) ? UNIT_SMALL : 0;
		*to++ = (LegacyUnit){now, units[i].at};
		i += raised;
	}
	raise_capitals(out, (size_t)(to - out));
	return (size_t)(to - out);
}

static size_t read_utf8(const LegacyUnit *units, size_t count, LegacyUnit *out)
{
	LegacyUnit *to = out;
	for (size_t i = 0; i < count;) {
		char bytes[4];
		size_t have = 0;
		uint32_t c;
		while (have < 4 && i + have < count && units[i + have].c < 0x100) {
			bytes[have] = (char)units[i + have].c;
			have++;
		}
		size_t width = have ? utf8_decode(bytes, have, &c) : 0;
		*to++ = (LegacyUnit){width ? kept(c) : legacy_plain_unit(units[i].c), units[i].at};
		i += width ? width : 1;
	}
	return (size_t)(to - out);
}

/* Characters back to bytes, for the second turn. */
static void to_bytes(LegacyUnit *units, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int byte = legacy_cp1252_byte(units[i].c & ~(uint32_t)LEGACY_KEPT);
		if (byte >= 0)
			units[i].c = (uint32_t)byte;
	}
}

static size_t read_units(LegacyKind kind, const LegacyUnit *units, size_t count, LegacyUnit *out)
{
	switch (kind) {
	case LEGACY_TCVN3:
		return read_tcvn3(units, count, out);
	case LEGACY_CP1258:
		return read_cp1258(units, count, out);
	case LEGACY_UTF8:
		return read_utf8(units, count, out);
	case LEGACY_UTF8_TWICE: /* a character is written no earlier than its bytes are read */
		count = read_utf8(units, count, out);
		to_bytes(out, count);
		return read_utf8(out, count, out);
	case LEGACY_VNI:
	case LEGACY_VISCII:
	case LEGACY_VPS:
	case LEGACY_BKHCM2:
		return read_table(legacy_table(kind), units, count, out);
	case LEGACY_CP1252:
	case LEGACY_COUNT:
		break;
	}
	return read_plain(units, count, out);
}

/* Like utf8_encode, without branches: which letter comes next cannot be foreseen. Writes four bytes always. */
static inline size_t encode(uint32_t c, char *out)
{
	static const uint8_t leads[5] = {0, 0, 0xC0, 0xE0, 0xF0},
			     shifts[5][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {6, 0, 0, 0}, {12, 6, 0, 0}, {18, 12, 6, 0}};
	unsigned width = 1u + (c >= 0x80) + (c >= 0x800) + (c >= 0x10000);
	out[0] = (char)(leads[width] | c >> shifts[width][0]);
	out[1] = (char)(0x80 | (c >> shifts[width][1] & 0x3F));
	out[2] = (char)(0x80 | (c >> shifts[width][2] & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return width;
}

void legacy_decode(LegacyKind kind, const LegacyUnit *units, size_t count, Buf *out, Buf *origin)
{
	LegacyUnit near[UNITS_NEAR], *chars = near;
	if (count > UNITS_NEAR)
		chars = malloc(count * sizeof *chars);
	if (!chars || !buf_reserve(out, count * 4) || (origin && !buf_reserve(origin, count * 4 * sizeof chars->at))) {
		out->failed = true;
		goto done;
	}
	size_t char_count = read_units(kind, units, count, chars);
	char *to = out->data + out->len;
	for (size_t i = 0; i < char_count; i++) {
		size_t width = encode(chars[i].c & 0x1FFFFF, to);
		to += width;
		for (size_t k = 0; origin && k < width; k++)
			memcpy(origin->data + origin->len + sizeof chars[i].at * k, &chars[i].at, sizeof chars[i].at);
		if (origin)
			origin->len += sizeof chars[i].at * width;
	}
	out->len = (size_t)(to - out->data);
done:
	if (chars != near)
		free(chars);
}
