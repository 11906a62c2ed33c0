/* tokenizer/legacy_table.h - inside of legacy.h: bytes to letters. */
#ifndef TOKENIZER_LEGACY_TABLE_H
#define TOKENIZER_LEGACY_TABLE_H

#include "tokenizer/legacy.h"

enum { LEGACY_BASES = 40 };

typedef struct {
	uint16_t single[256];            /* code point of a byte by itself; 0: none */
	uint8_t base[256];               /* number of a byte that takes a mark behind it, 0: none */
	uint16_t pair[LEGACY_BASES][256]; /* [base][mark]: code point, 0: none */
} LegacyTable;

const LegacyTable *legacy_table(LegacyKind kind); /* NULL for CP1252 and UTF-8 */
uint32_t legacy_cp1252(uint8_t byte);             /* the character of CP1252 */
int legacy_cp1252_byte(uint32_t code_point);      /* the byte for a character, -1 if it is none of CP1252 */

#endif
