/* tokenizer/syllable.c - see syllable.h. */
#include "tokenizer/syllable_table.h"

#include "tokenizer/syllables.inc"

#define R4(n) (n), (n) + 1, (n) + 1, (n) + 2
#define R16(n) R4(n), R4((n) + 1), R4((n) + 1), R4((n) + 2)
const uint8_t syllable_rank[64] = {R16(0), R16(1), R16(1), R16(2)};
#undef R16
#undef R4

uint32_t syllable_count(void)
{
	return SYLLABLES;
}

uint32_t syllable_fold_count(void)
{
	return FOLDS;
}

Str syllable_key(uint16_t syllable)
{
	return syllable <= SYLLABLES ? syllable_from_pool(syllable_key_pool, syllable_key_at[syllable]) : STR("");
}

uint16_t syllable_fold(uint16_t syllable)
{
	return syllable <= SYLLABLES ? fold_of[syllable] : 0;
}

Str syllable_folded(uint16_t fold)
{
	return fold <= FOLDS ? syllable_from_pool(syllable_fold_pool, syllable_fold_at[fold]) : STR("");
}

bool syllable_is_valid(Str s)
{
	const uint8_t *p = (const uint8_t *)s.ptr, *end = p + s.len;
	uint64_t code = 0;
	unsigned tone = 0, width, count = 0;
	for (; p < end; p += width, count++) {
		Letter letter = letter_composed_at(p, end, &width);
		if (!letter || (letter & LETTER_UPPER) || count == SYLLABLE_LETTERS_MAX)
			return false;
		code = code << 6 | (letter & LETTER_NUMBER);
		if (letter & LETTER_TONE)
			tone = letter >> LETTER_TONE_SHIFT & 7;
	}
	const SyllableSlot *slot = code ? syllable_find(code) : NULL;
	return slot && slot->genuine >> tone & 1;
}
