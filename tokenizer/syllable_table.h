/* tokenizer/syllable_table.h - finds a syllable by its letters in one probe of a hash table; for the token iterator.
 *
 * code: the toneless letters, six bits each, the last in the low bits (letter.h). Tables made by gen/make_syllables.c.
 *
 * Owns     static tables
 * Errors   none: NULL for letters that are no syllable
 * Threads  constant
 */
#ifndef TOKENIZER_SYLLABLE_TABLE_H
#define TOKENIZER_SYLLABLE_TABLE_H

#include "base/str.h"
#include "tokenizer/letter.h"

enum { SYLLABLE_SLOTS_LOG2 = 13, SYLLABLE_SLOTS = 1 << SYLLABLE_SLOTS_LOG2, SYLLABLE_LETTERS_MAX = 10 };

typedef struct {
	uint64_t code;  /* 0: free */
	uint16_t first; /* number of the first of its tones */
	uint16_t fold;
	uint8_t tones;   /* bit t: the syllable with tone t has a number */
	uint8_t genuine; /* bit t: it is a syllable of Vietnamese, not only an unaccented spelling */
} SyllableSlot;

extern const SyllableSlot syllable_slots[SYLLABLE_SLOTS];
extern const uint64_t syllable_multiplier;
/* Keys and folded forms lie in pools; an entry is the offset, with the length in the top 8 bits. */
extern const char syllable_key_pool[], syllable_fold_pool[];
extern const uint32_t syllable_key_at[], syllable_fold_at[];
static inline Str syllable_from_pool(const char *pool, uint32_t at)
{
	return (Str){pool + (at & 0xFFFFFF), at >> 24};
}
extern const uint8_t syllable_rank[64]; /* bits set: numbers of tones are dense */

static inline const SyllableSlot *syllable_find(uint64_t code)
{
	unsigned at = (unsigned)(code * syllable_multiplier >> (64 - SYLLABLE_SLOTS_LOG2));
	while (syllable_slots[at].code != code) {
		if (!syllable_slots[at].code)
			return NULL;
		at = (at + 1) & (SYLLABLE_SLOTS - 1);
	}
	return &syllable_slots[at];
}

static inline uint16_t syllable_number(const SyllableSlot *slot, unsigned tone)
{
	return (uint16_t)(slot->first + syllable_rank[slot->tones & ((1u << tone) - 1)]);
}

/* The same letters without vowel marks and đ. */
static inline uint64_t syllable_plain_code(uint64_t code)
{
	uint64_t plain = 0;
	for (unsigned shift = 0; code >> shift; shift += 6)
		plain |= (uint64_t)(uint8_t)(letter_base((Letter)(code >> shift & 63)) - 'a' + 1) << shift;
	return plain;
}

#endif
