/* tokenizer/legacy_table.c - the rows of data/legacy_letters.tsv, one for each letter, are spread over one table for
 * each encoding when the first is asked for. */
#include "tokenizer/legacy_table.h"
#include "base/utf8.h"

#include <pthread.h>

static const struct {
	const char *letter, *bytes[6]; /* tcvn3 vni viscii vps bkhcm2 cp1258 */
} rows[] = {
#define ROW(letter, tcvn3, vni, viscii, vps, bkhcm2, cp1258) {letter, {tcvn3, vni, viscii, vps, bkhcm2, cp1258}},
#include "tokenizer/legacy_letters.inc"
#undef ROW
};

/* 0x80..0x9F of CP1252; 0 where it has nothing. */
static const uint16_t cp1252_high[32] = {
	0x20AC, 0,      0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
	0x2039, 0x152,  0,      0x17D,  0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
	0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0,      0x17E,  0x178,
};

static LegacyTable tables[6];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void add(LegacyTable *table, const char *hex, size_t len, uint16_t code_point, unsigned *bases)
{
	uint8_t bytes[2];
	if (!hex_decode((Str){hex, len}, bytes, len / 2))
		return;
	if (len == 2) {
		table->single[bytes[0]] = code_point;
		return;
	}
	if (!table->base[bytes[0]])
		table->base[bytes[0]] = (uint8_t)++ * bases;
	table->pair[table->base[bytes[0]]][bytes[1]] = code_point;
}

/* Marks are typed in either case behind either letter: fill what the table leaves open. */
static void add_other_case(LegacyTable *table)
{
	for (unsigned base = 1; base < LEGACY_BASES; base++)
		for (unsigned mark = 0xC0; mark < 0x100; mark++)
			if (!table->pair[base][mark])
				table->pair[base][mark] = table->pair[base][mark ^ 0x20];
}

static void add_units(LegacyTable *table)
{
	for (unsigned c = 0; c < 256; c++) {
		uint32_t own = table->single[c];
		table->unit[c] = own >= 0x80 ? LEGACY_KEPT | own : own ? own : legacy_plain_unit(c);
		table->letter[c] = legacy_letter(table->unit[c]);
	}
}

static void make_tables(void)
{
	for (unsigned t = 0; t < 6; t++) {
		unsigned bases = 0;
		for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
			uint32_t c = 0;
			utf8_decode(rows[i].letter, strlen(rows[i].letter), &c);
			Str rest = str_from(rows[i].bytes[t]), cell;
			while (str_split(&rest, ' ', &cell))
				if (cell.len == 2 || (cell.len == 4 && bases < LEGACY_BASES - 1))
					add(&tables[t], cell.ptr, cell.len, (uint16_t)c, &bases);
		}
	}
	add_other_case(&tables[1]);
	add_other_case(&tables[4]);
	for (unsigned t = 0; t < 6; t++)
		add_units(&tables[t]);
}

const LegacyTable *legacy_table(LegacyKind kind)
{
	pthread_once(&once, make_tables);
	return kind >= LEGACY_TCVN3 && kind <= LEGACY_CP1258 ? &tables[kind - LEGACY_TCVN3] : NULL;
}

uint32_t legacy_cp1252(uint8_t byte)
{
	if (byte < 0x80 || byte >= 0xA0)
		return byte;
	return cp1252_high[byte - 0x80] ? cp1252_high[byte - 0x80] : byte;
}

int legacy_cp1252_byte(uint32_t c)
{
	if (c < 0x100)
		return (int)c;
	if (c > 0x2122 || (c > 0x192 && c < 0x2C6)) /* almost all there is */
		return -1;
	for (int i = 0; i < 32; i++)
		if (cp1252_high[i] == c)
			return 0x80 + i;
	return -1;
}
