/* indexer/search/spoken.h - a record number as people say it: type, number, year and organ in any order.
 *
 *   "nghị quyết số 16"   "QĐ 11 năm 2026 UBND tỉnh"   "NQ 16 HĐND"   "2021 hđnd nghị quyết 16"
 *
 * Owns     nothing
 * Errors   none: false where no number with a type is said
 * Threads  pure
 */
#ifndef INDEXER_SEARCH_SPOKEN_H
#define INDEXER_SEARCH_SPOKEN_H

#include "indexer/search/parse.h"
#include "indexer/search/search.h"
#include "tokenizer/doc_type.h"

typedef struct {
	RecordNumber number; /* num, year and date that were said; one group, the type's abbreviation, if it has one */
	const DocType *type;
	Word others[SEARCH_TERMS_MAX]; /* the words that are none of these: the organ, mostly */
	size_t other_count;
} Spoken;

bool spoken_number(const Word *words, size_t count, Spoken *out);

#endif
