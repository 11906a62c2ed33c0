/* tokenizer/encoding.c - all lines that are not ASCII are guessed at together once (legacy_guess.c). Then line by line:
 * the reading of the whole text is kept, unless the line alone speaks clearly for another one. A line that no reading
 * explains stays as it is and is counted as uncertain.
 */
#include "tokenizer/encoding.h"
#include "tokenizer/entities.h"
#include "tokenizer/legacy.h"
#include "tokenizer/token_state.h"

enum { LINE_MAX_BYTES = 64 * 1024, INPUT_MAX = 1 << 30 };

typedef struct {
	LegacyGuess whole; /* of all lines that are not ASCII */
	bool input_is_utf8;
	size_t bytes_of[LEGACY_COUNT]; /* read as, lines that are not ASCII */
	size_t unicode_bytes, uncertain_bytes;
	double certain; /* bytes weighted with certainty */
	Buf units;
	Buf text, other;      /* readings of the line: as text_kind, and as something else */
	LegacyKind text_kind; /* LEGACY_COUNT: text holds none of this line */
	EncodingReport *report;
} Decoder;

static bool is_ascii(Str s)
{
	size_t i = 0;
	for (uint64_t eight; i + sizeof eight <= s.len; i += sizeof eight) {
		memcpy(&eight, s.ptr + i, sizeof eight);
		if (eight & 0x8080808080808080u)
			return false;
	}
	for (; i < s.len; i++)
		if ((uint8_t)s.ptr[i] >= 0x80)
			return false;
	return true;
}

/* VISCII and VPS keep capitals among the control codes. */
static bool has_control_letters(Str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.ptr[i] < 0x20 && s.ptr[i] &&
		    strchr("\x02\x05\x06\x10\x11\x12\x13\x14\x15\x19\x1c\x1d\x1e", s.ptr[i]))
			return true;
	return false;
}

/* Takes one line with its line break off *rest; lines of more than LINE_MAX_BYTES are cut at a blank. */
static Str take_line(Str *rest)
{
	const char *newline = memchr(rest->ptr, '\n', rest->len);
	size_t len = newline ? (size_t)(newline - rest->ptr) + 1 : rest->len;
	if (len > LINE_MAX_BYTES) {
		len = LINE_MAX_BYTES;
		while (len > LINE_MAX_BYTES / 2 && rest->ptr[len - 1] != ' ')
			len--;
		if (len == LINE_MAX_BYTES / 2) { /* no blank: at least not inside a character */
			len = LINE_MAX_BYTES;
			while (len > LINE_MAX_BYTES - 4 && ((uint8_t)rest->ptr[len] & 0xC0) == 0x80)
				len--;
		}
	}
	Str line = {rest->ptr, len};
	*rest = (Str){rest->ptr + len, rest->len - len};
	return line;
}

static bool is_suspicious_text(Str s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		uint8_t c = (uint8_t)s.ptr[i];
		if ((c == 0xC2 || c == 0xC3) && token_is_suspicious((c & 3u) << 6 | ((uint8_t)s.ptr[i + 1] & 63u))) {
			unsigned width;
			const uint8_t *p = (const uint8_t *)s.ptr + i;
			if (!letter_at(p, p + 2, &width))
				return true;
		}
	}
	return false;
}

static void units_of(Decoder *d, Str line)
{
	buf_clear(&d->units);
	if (d->input_is_utf8)
		legacy_units_of_text(line, &d->units);
	else
		legacy_units_of_bytes(line, &d->units);
}

static const LegacyUnit *units(const Decoder *d, size_t *count_out)
{
	*count_out = d->units.len / sizeof(LegacyUnit);
	return (const LegacyUnit *)(const void *)d->units.data;
}

/* Is this line in question at all? */
static bool is_in_question(const Decoder *d, Str line)
{
	return d->input_is_utf8 ? is_suspicious_text(line) : !is_ascii(line) || has_control_letters(line);
}

static void guess_whole(Decoder *d, Str bytes)
{
	Buf sample;
	buf_init(&sample);
	for (Str rest = bytes; rest.len && sample.len < 2 * LEGACY_SAMPLE;) {
		Str line = take_line(&rest);
		if (is_in_question(d, line))
			buf_add_str(&sample, line);
	}
	units_of(d, buf_str(&sample));
	size_t count;
	const LegacyUnit *all = units(d, &count);
	count = buf_ok(&sample) && buf_ok(&d->units) ? count : 0;
	d->whole = d->input_is_utf8 ? legacy_guess_text(all, count, NULL) : legacy_guess(all, count);
	buf_done(&sample);
}

static double certainty_of(const LegacyGuess *guess)
{
	double lead = guess->margin > 0.4 ? 1 : 0.6 + guess->margin;
	return guess->value < 0 ? 0 : guess->value * lead;
}

/* The reading of one line: the text's, unless the line alone speaks clearly for another. */
static LegacyKind choose(Decoder *d, const LegacyUnit *line, size_t count, double *certainty_out)
{
	const double clear = 0.8; /* a line that the text's reading explains this well is not asked again */
	const double more = 0.25; /* what another reading has to explain beyond the text's */
	double as_whole = 0;
	*certainty_out = certainty_of(&d->whole);
	if (d->input_is_utf8 && !legacy_is_possible(line, count))
		return LEGACY_CP1252;
	if (d->whole.sure) {
		as_whole = legacy_value(d->whole.kind, line, count, &d->text);
		d->text_kind = d->whole.kind;
	}
	if (as_whole >= clear)
		return d->whole.kind;
	if (d->whole.sure && !d->input_is_utf8) {
		if (as_whole + more >= 1 || legacy_words_in_question(line, count) < 4)
			return d->whole.kind;
		LegacyGuess alone = legacy_guess(line, count);
		if (!alone.sure || alone.kind == d->whole.kind || alone.words < 4 || alone.value <= as_whole + more)
			return d->whole.kind;
		*certainty_out = certainty_of(&alone);
		return alone.kind;
	}
	LegacyGuess alone = d->input_is_utf8 ? legacy_guess_text(line, count, NULL) : legacy_guess(line, count);
	if (alone.sure) {
		*certainty_out = certainty_of(&alone);
		return alone.kind;
	}
	if (d->whole.sure && as_whole > legacy_value(LEGACY_CP1252, line, count, &d->other) + 0.1)
		return d->whole.kind;
	return LEGACY_CP1252;
}

/* VNI's EC is ì; some converters wrote ỹ with it. Behind k, m, s, qu both make a word. */
static bool is_ambiguous_vni(const LegacyUnit *line, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		uint32_t before = line[i - 1].c | 32;
		if ((line[i].c | 32) == 0xEC && (before == 'k' || before == 'm' || before == 's' || before == 'u'))
			return true;
	}
	return false;
}

static void count_unicode(Decoder *d, size_t bytes)
{
	d->unicode_bytes += bytes;
	d->certain += (double)bytes;
}

/* A line that no reading explains: it stays as it is, bytes shown as CP1252. */
static void keep_line(Decoder *d, Str line, const LegacyUnit *all, size_t count, Buf *out)
{
	if (d->input_is_utf8) {
		buf_add_str(out, line);
		LegacyScore as_is = legacy_score(line);
		if (as_is.valid * 10 >= as_is.words * 7 || as_is.words < 3) { /* a sign or two, no legacy text */
			count_unicode(d, line.len);
			return;
		}
	} else {
		legacy_decode(LEGACY_CP1252, all, count, out, NULL);
	}
	d->report->uncertain++;
	d->uncertain_bytes += line.len;
	d->certain += 0.3 * (double)line.len;
}

static void decode_line(Decoder *d, Str line, Buf *out)
{
	EncodingReport *report = d->report;
	double certainty;
	if (!is_in_question(d, line)) {
		if (d->input_is_utf8 && !is_ascii(line)) {
			report->paragraphs++;
			count_unicode(d, line.len);
		}
		buf_add_str(out, line);
		return;
	}
	report->paragraphs++;
	units_of(d, line);
	size_t count;
	const LegacyUnit *all = units(d, &count);
	d->text_kind = LEGACY_COUNT;
	LegacyKind kind = choose(d, all, count, &certainty);
	if (!d->input_is_utf8 && kind != LEGACY_UTF8 && utf8_is_valid(line) &&
	    legacy_value(LEGACY_UTF8, all, count, &d->other) >= legacy_value(kind, all, count, &d->other))
		kind = LEGACY_UTF8; /* a line of UTF-8 among others */
	if (kind == LEGACY_CP1252) {
		keep_line(d, line, all, count, out);
		return;
	}
	if (kind == d->text_kind && buf_ok(&d->text))
		buf_add_str(out, buf_str(&d->text));
	else
		legacy_decode(kind, all, count, out, NULL);
	bool is_unicode = kind == LEGACY_UTF8 && !d->input_is_utf8;
	report->decoded += !is_unicode;
	report->repaired |= d->input_is_utf8 && (kind == LEGACY_UTF8 || kind == LEGACY_UTF8_TWICE);
	d->bytes_of[kind] += line.len;
	if (kind == LEGACY_VNI && is_ambiguous_vni(all, count)) {
		report->uncertain++;
		certainty = 0.6 * certainty;
	}
	d->certain += (is_unicode ? 1 : certainty) * (double)line.len;
}

static void finish_report(const Decoder *d)
{
	EncodingReport *report = d->report;
	size_t utf8 = d->unicode_bytes + d->bytes_of[LEGACY_UTF8] + d->bytes_of[LEGACY_UTF8_TWICE];
	size_t all = utf8 + d->uncertain_bytes, kinds = utf8 > 0;
	LegacyKind last = LEGACY_UTF8;
	for (LegacyKind kind = LEGACY_TCVN3; kind <= LEGACY_CP1258; kind++) {
		all += d->bytes_of[kind];
		kinds += d->bytes_of[kind] > 0;
		if (d->bytes_of[kind])
			last = kind;
	}
	report->certainty = all ? d->certain / (double)all : 1;
	if (d->uncertain_bytes * 2 > all)
		report->name = "unknown";
	else if (kinds > 1)
		report->name = "mixed";
	else if (kinds == 1)
		report->name = legacy_name(last);
	else
		report->name = all ? "unknown" : "utf-8";
}

/* ---- UTF-16 ---- */

/* 1 little, 2 big, 0 no UTF-16: by its byte order mark, or by the zero bytes of ASCII in it. */
static int utf16_order(Str s)
{
	if (s.len >= 2 && memcmp(s.ptr, "\xFF\xFE", 2) == 0)
		return 1;
	if (s.len >= 2 && memcmp(s.ptr, "\xFE\xFF", 2) == 0)
		return 2;
	size_t zeros[2] = {0}, pairs = (s.len < 4096 ? s.len : 4096) / 2;
	for (size_t i = 0; i < 2 * pairs; i++)
		zeros[i & 1] += s.ptr[i] == 0;
	if (pairs < 4 || s.len % 2)
		return 0;
	if (zeros[1] * 10 > pairs * 4 && zeros[0] * 50 < pairs)
		return 1;
	return zeros[0] * 10 > pairs * 4 && zeros[1] * 50 < pairs ? 2 : 0;
}

static void decode_utf16(Str s, int order, Buf *out)
{
	char bytes[4];
	size_t i = s.len >= 2 && (memcmp(s.ptr, "\xFF\xFE", 2) == 0 || memcmp(s.ptr, "\xFE\xFF", 2) == 0) ? 2 : 0;
	for (; i + 1 < s.len; i += 2) {
		const uint8_t *b = (const uint8_t *)s.ptr + i;
		uint32_t c = order == 1 ? b[0] | (uint32_t)b[1] << 8 : b[1] | (uint32_t)b[0] << 8;
		if (c >= 0xD800 && c < 0xDC00 && i + 3 < s.len) {
			uint32_t low = order == 1 ? b[2] | (uint32_t)b[3] << 8 : b[3] | (uint32_t)b[2] << 8;
			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
				i += 2;
			}
		}
		if (c >= 0xD800 && c < 0xE000)
			c = 0xFFFD;
		buf_add(out, bytes, utf8_encode(c, bytes));
	}
}

static void decode_all(Decoder *d, Str bytes, Buf *out)
{
	d->input_is_utf8 = utf8_is_valid(bytes);
	bool clean = d->input_is_utf8 && !is_suspicious_text(bytes) && !entities_are_in(bytes);
	if (clean) {
		buf_add_str(out, bytes);
		d->unicode_bytes = bytes.len;
		d->certain = (double)bytes.len;
		return;
	}
	Buf undone;
	buf_init(&undone);
	if (d->input_is_utf8 && entities_are_in(bytes)) {
		entities_undo(bytes, &undone);
		if (buf_ok(&undone))
			bytes = buf_str(&undone);
		out->failed |= undone.failed;
		d->report->repaired = true;
	}
	guess_whole(d, bytes);
	for (Str rest = bytes; rest.len;)
		decode_line(d, take_line(&rest), out);
	buf_done(&undone);
}

Status encoding_decode(Str bytes, Buf *utf8_out, EncodingReport *report, Err *err)
{
	size_t start = utf8_out->len;
	if (bytes.len > INPUT_MAX)
		return err_set(err, ST_LIMIT, "text of %zu bytes; at most %d are decoded", bytes.len, INPUT_MAX);
	*report = (EncodingReport){.name = "utf-8", .certainty = 1};
	Decoder d = {.report = report};
	int order = utf16_order(bytes);
	if (order) {
		decode_utf16(bytes, order, utf8_out);
		report->name = "utf-16";
		report->certainty = bytes.len >= 2 && ((uint8_t)bytes.ptr[0] >= 0xFE) ? 1 : 0.95;
	} else {
		if (str_starts(bytes, STR("\xEF\xBB\xBF")))
			bytes = str_slice(bytes, 3, bytes.len);
		decode_all(&d, bytes, utf8_out);
		finish_report(&d);
	}
	bool ok = buf_ok(utf8_out) && buf_ok(&d.units);
	buf_done(&d.units);
	buf_done(&d.text);
	buf_done(&d.other);
	if (ok)
		return ST_OK;
	utf8_out->len = start;
	return err_no_memory(err);
}
