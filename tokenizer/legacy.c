/* tokenizer/legacy.c - see legacy.h. Each reading turns units into characters; the best one has the most syllables. */
#include "tokenizer/legacy.h"
#include "tokenizer/legacy_table.h"
#include "tokenizer/syllable_table.h"

const char *legacy_name(LegacyKind kind)
{
	static const char *const names[LEGACY_COUNT] = {
		[LEGACY_CP1252] = "unknown", [LEGACY_TCVN3] = "tcvn3", [LEGACY_VNI] = "vni", [LEGACY_VISCII] = "viscii",
		[LEGACY_VPS] = "vps", [LEGACY_BKHCM2] = "bkhcm2", [LEGACY_CP1258] = "cp1258", [LEGACY_UTF8] = "utf-8",
		[LEGACY_UTF8_TWICE] = "utf-8",
	};
	return names[kind];
}

static void add_unit(Buf *units, uint32_t c, uint32_t at)
{
	LegacyUnit unit = {c, at};
	if (!buf_reserve(units, sizeof unit))
		return;
	memcpy(units->data + units->len, &unit, sizeof unit);
	units->len += sizeof unit;
}

void legacy_units_of_bytes(Str bytes, Buf *units)
{
	for (size_t i = 0; i < bytes.len; i++)
		add_unit(units, (uint8_t)bytes.ptr[i], (uint32_t)i);
}

void legacy_units_of_text(Str utf8, Buf *units)
{
	for (size_t i = 0; i < utf8.len;) {
		uint32_t c;
		size_t width = utf8_decode(utf8.ptr + i, utf8.len - i, &c);
		if (!width) {
			c = 0xFFFD;
			width = 1;
		}
		int byte = legacy_cp1252_byte(c);
		add_unit(units, byte >= 0 ? (uint32_t)byte : LEGACY_KEPT | c, (uint32_t)i);
		i += width;
	}
}

/* ---- one reading after another: units in, characters out (as units that are all LEGACY_KEPT or ASCII) ---- */

static uint32_t kept(uint32_t c)
{
	return c < 0x80 ? c : LEGACY_KEPT | c;
}

static uint32_t plain_unit(uint32_t c)
{
	return c >= LEGACY_KEPT ? c : kept(legacy_cp1252((uint8_t)c));
}

static Letter letter_of(uint32_t unit)
{
	char bytes[4];
	unsigned width;
	uint32_t c = unit & ~(uint32_t)LEGACY_KEPT;
	if (c < 0x80)
		return letter_ascii[c];
	size_t len = c < 0x1F00 ? utf8_encode(c, bytes) : 0;
	return len ? letter_at((const uint8_t *)bytes, (const uint8_t *)bytes + len, &width) : 0;
}

static void read_table(const LegacyTable *table, const LegacyUnit *units, size_t count, Buf *out)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t c = units[i].c, next = i + 1 < count ? units[i + 1].c : LEGACY_KEPT;
		if (c >= LEGACY_KEPT) {
			add_unit(out, c, units[i].at);
			continue;
		}
		uint16_t pair = next < 0x100 && table->base[c] ? table->pair[table->base[c]][next] : 0;
		if (pair) {
			add_unit(out, kept(pair), units[i].at);
			i++;
		} else {
			add_unit(out, table->single[c] ? kept(table->single[c]) : plain_unit(c), units[i].at);
		}
	}
}

/* A letter and, behind it, the byte of a tone (CP1258). */
static void read_cp1258(const LegacyUnit *units, size_t count, Buf *out)
{
	const LegacyTable *table = legacy_table(LEGACY_CP1258);
	for (size_t i = 0; i < count; i++) {
		uint32_t c = units[i].c;
		c = c >= LEGACY_KEPT || !table->single[c] ? plain_unit(c) : kept(table->single[c]);
		uint32_t next = i + 1 < count ? units[i + 1].c : 0;
		Mark mark = next == 0xCC ? MARK_GRAVE : next == 0xEC ? MARK_ACUTE : next == 0xD2 ? MARK_HOOK
			  : next == 0xDE ? MARK_TILDE : next == 0xF2 ? MARK_DOT : MARK_NONE;
		Letter letter = mark != MARK_NONE ? letter_of(c) : 0;
		add_unit(out, letter ? kept(letter_code_point(letter_with_mark(letter, mark))) : c, units[i].at);
		i += letter != 0;
	}
}

/* No small ASCII letter, and a word like "CéNG" that only a capitals font makes sense of. */
static bool is_line_of_capitals(const LegacyUnit *units, const uint8_t *small_code, size_t count)
{
	bool capitals_font = false;
	for (size_t i = 0, upper = 0, small = 0; i < count; i++) {
		if (units[i].c >= 'a' && units[i].c <= 'z')
			return false;
		bool letter = letter_of(units[i].c) != 0;
		upper = letter ? upper + (units[i].c >= 'A' && units[i].c <= 'Z') : 0;
		small = letter ? small + small_code[i] : 0;
		capitals_font |= upper >= 2 && small;
	}
	return capitals_font;
}

/* TCVN3 has one code for both cases of a toned letter. Which it was is seen from the letters around. */
static void raise_capitals(LegacyUnit *units, const uint8_t *small_code, size_t count)
{
	bool all_line = is_line_of_capitals(units, small_code, count);
	for (size_t start = 0; start < count;) {
		size_t stop = start, lower = 0, upper = 0;
		for (; stop < count && letter_of(units[stop].c); stop++) {
			lower += units[stop].c >= 'a' && units[stop].c <= 'z';
			upper += units[stop].c >= 'A' && units[stop].c <= 'Z';
		}
		bool first_is_small = stop > start && small_code[start];
		bool raise = all_line || (lower == 0 && (upper >= 2 || (upper == 1 && first_is_small)));
		for (size_t i = start; raise && i < stop; i++)
			if (small_code[i])
				units[i].c = kept(letter_code_point(letter_of(units[i].c) | LETTER_UPPER));
		start = stop > start ? stop : start + 1;
	}
}

static void read_tcvn3(const LegacyUnit *units, size_t count, Buf *out)
{
	const LegacyTable *table = legacy_table(LEGACY_TCVN3);
	Buf small_codes;
	buf_init(&small_codes);
	size_t first = out->len / sizeof(LegacyUnit);
	for (size_t i = 0; i < count; i++) {
		uint32_t c = units[i].c;
		uint32_t now = c >= LEGACY_KEPT || !table->single[c] ? plain_unit(c) : kept(table->single[c]);
		uint32_t next = i + 1 < count && units[i + 1].c < 0x100 ? table->single[units[i + 1].c] : 0;
		Letter letter = letter_of(now), toned = next ? letter_of(kept(next)) : 0;
		uint8_t small = c >= 0x80 && c < 0x100 && letter && !(letter & LETTER_UPPER);
		/* "A" and the code of "à": a converter's way to write À */
		if ((letter & LETTER_UPPER) && (toned & LETTER_TONE) &&
		    (letter & LETTER_NUMBER) == (toned & LETTER_NUMBER)) {
			add_unit(out, kept(letter_code_point(toned | LETTER_UPPER)), units[i].at);
			i++;
		} else {
			add_unit(out, now, units[i].at);
		}
		buf_add(&small_codes, &small, 1);
	}
	if (buf_ok(out) && buf_ok(&small_codes) && out->data)
		raise_capitals((LegacyUnit *)(void *)out->data + first, (const uint8_t *)small_codes.data,
			       small_codes.len);
	out->failed |= small_codes.failed;
	buf_done(&small_codes);
}

static void read_utf8(const LegacyUnit *units, size_t count, Buf *out)
{
	for (size_t i = 0; i < count;) {
		char bytes[4];
		size_t have = 0;
		uint32_t c;
		while (have < 4 && i + have < count && units[i + have].c < 0x100) {
			bytes[have] = (char)units[i + have].c;
			have++;
		}
		size_t width = have ? utf8_decode(bytes, have, &c) : 0;
		add_unit(out, width ? kept(c) : plain_unit(units[i].c), units[i].at);
		i += width ? width : 1;
	}
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

static void read_units(LegacyKind kind, const LegacyUnit *units, size_t count, Buf *out)
{
	switch (kind) {
	case LEGACY_TCVN3:
		read_tcvn3(units, count, out);
		break;
	case LEGACY_CP1258:
		read_cp1258(units, count, out);
		break;
	case LEGACY_UTF8:
		read_utf8(units, count, out);
		break;
	case LEGACY_UTF8_TWICE: {
		Buf once;
		buf_init(&once);
		read_utf8(units, count, &once);
		size_t once_count = once.len / sizeof(LegacyUnit);
		if (buf_ok(&once) && once.data) {
			to_bytes((LegacyUnit *)(void *)once.data, once_count);
			read_utf8((const LegacyUnit *)(const void *)once.data, once_count, out);
		}
		out->failed |= once.failed;
		buf_done(&once);
		break;
	}
	case LEGACY_VNI: case LEGACY_VISCII: case LEGACY_VPS: case LEGACY_BKHCM2:
		read_table(legacy_table(kind), units, count, out);
		break;
	case LEGACY_CP1252: case LEGACY_COUNT:
		for (size_t i = 0; i < count; i++)
			add_unit(out, plain_unit(units[i].c), units[i].at);
		break;
	}
}

void legacy_decode(LegacyKind kind, const LegacyUnit *units, size_t count, Buf *out, Buf *origin)
{
	Buf read;
	buf_init(&read);
	read_units(kind, units, count, &read);
	const LegacyUnit *chars = (const LegacyUnit *)(const void *)read.data;
	size_t char_count = read.len / sizeof *chars;
	if (!buf_reserve(out, char_count * 4))
		char_count = 0;
	for (size_t i = 0; buf_ok(&read) && i < char_count; i++) {
		size_t width = utf8_encode(chars[i].c & ~(uint32_t)LEGACY_KEPT, out->data + out->len);
		out->len += width;
		for (size_t k = 0; origin && k < width; k++)
			buf_add(origin, &chars[i].at, sizeof chars[i].at);
	}
	out->failed |= read.failed;
	buf_done(&read);
}

/* ---- scoring ---- */

/* One word of letters at p; false where no letter stands. */
static const uint8_t *score_word(const uint8_t *p, const uint8_t *end, LegacyScore *score)
{
	uint64_t code = 0;
	unsigned tone = 0, count = 0;
	bool marked = false, foreign = false, small = false;
	while (p < end) {
		unsigned width;
		Letter letter = letter_composed_at(p, end, &width);
		if (letter) {
			if (small && (letter & LETTER_UPPER) && *p < 0x80) /* "lýMã": words that lost their blank */
				break;
			code = code << 6 | (letter & LETTER_NUMBER);
			if (letter & LETTER_TONE)
				tone = letter >> LETTER_TONE_SHIFT & 7;
			marked |= (letter & LETTER_MARKED) != 0;
			foreign |= small && (letter & LETTER_UPPER); /* "phÀn" */
			small |= !(letter & LETTER_UPPER);
		} else {
			uint32_t c;
			width = *p < 0x80 ? 0 : (unsigned)utf8_decode((const char *)p, (size_t)(end - p), &c);
			if (!width || char_class(c) != CHAR_LETTER)
				break;
			foreign = true;
		}
		count++;
		p += width;
	}
	if (count > 1) { /* single letters are syllables too easily */
		const SyllableSlot *slot = !foreign && count <= SYLLABLE_LETTERS_MAX ? syllable_find(code) : NULL;
		bool valid = slot && slot->genuine >> tone & 1;
		score->words++;
		score->valid += valid;
		score->accented += valid && marked;
	}
	return p;
}

LegacyScore legacy_score(Str utf8)
{
	LegacyScore score = {0};
	const uint8_t *p = (const uint8_t *)utf8.ptr, *end = p + utf8.len;
	while (p < end) {
		const uint8_t *stop = score_word(p, end, &score);
		if (stop == p) {
			size_t width = utf8_valid_width((const char *)p, (size_t)(end - p));
			stop += width ? width : 1;
		}
		p = stop;
	}
	return score;
}

/* Runs of letters and units that are not ASCII, with at least one of the latter and two units in all. */
static unsigned count_words_in_question(const LegacyUnit *units, size_t count)
{
	unsigned words = 0;
	for (size_t i = 0; i < count;) {
		size_t start = i, high = 0;
		for (; i < count && (units[i].c >= 0x80 || letter_ascii[units[i].c]); i++)
			high += units[i].c >= 0x80 && units[i].c != 0xA0;
		words += high && i - start > 1;
		i += i == start;
	}
	return words;
}

static double value_of_text(Str text, unsigned words)
{
	double value = words ? (double)legacy_score(text).accented / words : 0;
	return value > 1 ? 1 : value;
}

double legacy_value(LegacyKind kind, const LegacyUnit *units, size_t count)
{
	Buf text;
	buf_init(&text);
	legacy_decode(kind, units, count, &text, NULL);
	double value = value_of_text(buf_str(&text), count_words_in_question(units, count));
	buf_done(&text);
	return value;
}

bool legacy_is_possible(const LegacyUnit *units, size_t count)
{
	size_t unicode = 0, high = 0, odd = 0;
	for (size_t i = 0; i < count; i++) {
		bool letter = letter_of(units[i].c) != 0;
		unicode += units[i].c >= LEGACY_KEPT && letter;
		high += units[i].c >= 0x80 && units[i].c < 0x100;
		odd += units[i].c >= 0x80 && units[i].c < 0x100 && !letter && units[i].c != 0xA0;
	}
	return odd >= 2 && odd * 5 >= high && unicode * 4 <= high;
}

LegacyGuess legacy_guess(const LegacyUnit *units, size_t count)
{
	/* What a reading needs: right readings explain 0.9 and more of the words, wrong ones below 0.4. */
	const double enough = 0.6, enough_margin = 0.08, almost_all = 0.85;
	LegacyGuess best = {.value = -1};
	double next = 0;
	Buf texts[2];
	unsigned current = 0;
	buf_init(&texts[0]);
	buf_init(&texts[1]);
	count = count < LEGACY_SAMPLE ? count : LEGACY_SAMPLE;
	unsigned words = count_words_in_question(units, count);
	for (LegacyKind kind = LEGACY_CP1252; words && kind < LEGACY_COUNT; kind++) {
		Buf *text = &texts[current];
		buf_clear(text);
		legacy_decode(kind, units, count, text, NULL);
		double value = value_of_text(buf_str(text), words);
		if (value > best.value) {
			next = best.value > next ? best.value : next;
			best.kind = kind;
			best.value = value;
			current ^= 1; /* the best text stays in the other */
		} else if (value > next && !str_eq(buf_str(text), buf_str(&texts[current ^ 1]))) {
			next = value;
		}
	}
	best.margin = best.value - next;
	best.words = words;
	double lead = best.margin * words + 0.01; /* in words */
	best.sure = best.kind != LEGACY_CP1252 && best.value >= enough && best.margin >= enough_margin &&
		    (lead >= 2 || (lead >= 1 && words >= 3 && best.value >= almost_all));
	buf_done(&texts[0]);
	buf_done(&texts[1]);
	return best;
}

/* A character that no Vietnamese word has, in the range where legacy bytes lie. */
static bool is_odd(uint32_t unit)
{
	return unit >= 0x80 && unit < 0x100 && unit != 0xA0 && !letter_of(unit);
}

LegacyGuess legacy_guess_text(const LegacyUnit *units, size_t count)
{
	Buf odd_words;
	buf_init(&odd_words);
	count = count < LEGACY_SAMPLE ? count : LEGACY_SAMPLE;
	for (size_t i = 0; i < count;) {
		size_t start = i, odd = 0;
		for (; i < count && (units[i].c >= 0x80 || letter_ascii[units[i].c]); i++)
			odd += is_odd(units[i].c);
		if (odd)
			buf_add(&odd_words, &units[start], (i - start) * sizeof *units);
		add_unit(&odd_words, ' ', 0);
		i += i == start;
	}
	LegacyGuess guess = {.kind = LEGACY_CP1252};
	if (buf_ok(&odd_words) && odd_words.len)
		guess = legacy_guess((const LegacyUnit *)(const void *)odd_words.data, odd_words.len / sizeof *units);
	buf_done(&odd_words);
	return guess;
}
