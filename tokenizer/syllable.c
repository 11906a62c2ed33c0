/* tokenizer/syllable.c - dense arrays that gen/make_syllables.c wrote: a number is an index. Number 0 stands for no
 * syllable. */
#include "tokenizer/syllable.h"
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
