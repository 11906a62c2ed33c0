/* tokenizer/legacy_table.h - what the bytes of each legacy encoding stand for, alone and in pairs.
 *
 *   TCVN3   B5             à            one byte a letter
 *   VNI     61 F8          à            a letter, and a mark behind it
 *
 * Owns     static tables, made when the first is asked for (data/legacy_letters.tsv)
 * Errors   none; 0 stands for a byte without a meaning
 * Threads  safe
 */
#ifndef TOKENIZER_LEGACY_TABLE_H
#define TOKENIZER_LEGACY_TABLE_H

#include "tokenizer/legacy.h"
#include "tokenizer/letter.h"

enum { LEGACY_BASES = 40 };

typedef struct {
	uint16_t single[256];             /* code point of a byte by itself; 0: none */
	uint32_t unit[256];               /* the unit of a byte by itself: its letter, else its character of CP1252 */
	Letter letter[256];               /* the letter that unit is; 0: none */
	uint8_t base[256];                /* number of a byte that takes a mark behind it, 0: none */
	uint16_t pair[LEGACY_BASES][256]; /* [base][mark]: code point, 0: none */
} LegacyTable;

const LegacyTable *legacy_table(LegacyKind kind); /* NULL for CP1252 and UTF-8 */
uint32_t legacy_cp1252(uint8_t byte);             /* the character of CP1252 */
int legacy_cp1252_byte(uint32_t code_point);      /* the byte for a character, -1 if it is none of CP1252 */

/* The character that a unit shows as it stands. */
static inline uint32_t legacy_plain_unit(uint32_t unit)
{
	if (unit >= LEGACY_KEPT || unit < 0x80)
		return unit;
	return LEGACY_KEPT | legacy_cp1252((uint8_t)unit);
}

/* The Vietnamese letter that a unit is, taken as a character; 0: none. */
static inline Letter legacy_letter(uint32_t unit)
{
	return letter_of_code_point(unit & 0x1FFFFF);
}

#endif
