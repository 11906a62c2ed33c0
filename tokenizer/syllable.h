/* tokenizer/syllable.h - the inventory of Vietnamese syllables: small numbers for what an index counts.
 *
 * Numbers are dense, from 1, and stable only within one build of the program: never stored. Those of folded syllables
 * ascend with their bytes; those of accented ones with the folded form and then, the letters being equal but for the
 * tone, with the key's bytes.
 *
 * Owns     static tables
 * Errors   none; a number that is out of range gives an empty Str or 0
 * Threads  pure
 */
#ifndef TOKENIZER_SYLLABLE_H
#define TOKENIZER_SYLLABLE_H

#include "base/str.h"

uint32_t syllable_count(void);             /* accented syllables */
uint32_t syllable_fold_count(void);        /* folded syllables */
Str syllable_key(uint16_t syllable);       /* canonical key, "quyên1" */
uint16_t syllable_fold(uint16_t syllable); /* number of its folded form */
Str syllable_folded(uint16_t fold);        /* "quyen" */

#endif
