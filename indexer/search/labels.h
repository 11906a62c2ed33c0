/* indexer/search/labels.h - why a record was found, as stable codes with their texts in Vietnamese and English.
 *
 *   {"matched": {"code": "without-accents", "label": "khớp khi bỏ dấu"}}        a hit of a search
 *   {"because_code": "other-agency", "because": "cùng số …"}                    a variant of a number
 *
 * Programs compare codes, people read texts. A code once given out keeps its meaning.
 *
 * Owns     nothing; texts are constants
 * Errors   none
 * Threads  pure
 */
#ifndef INDEXER_SEARCH_LABELS_H
#define INDEXER_SEARCH_LABELS_H

#include "base/language.h"

typedef enum {
	LABEL_NONE,
	/* The tier a hit was found in, best first (order.h). */
	LABEL_NUMBER,
	LABEL_PHRASE,
	LABEL_PHRASE_WITHOUT_ACCENTS,
	LABEL_ALL_WORDS,
	LABEL_WITHOUT_ACCENTS,
	LABEL_SOME_WORDS,
	LABEL_FIELDS, /* no words were asked for, only filters */
	/* A name that changed: "Hà Giang = Tuyên Quang (since 2025-07-01)". */
	LABEL_SINCE,
	LABEL_UNTIL,
	/* What differs between the number asked for and a variant; in the order of NumberRelax (record_number.h). */
	LABEL_NO_YEAR,
	LABEL_NO_CV,
	LABEL_OTHER_AGENCY,
	LABEL_OTHER_ORDER,
	LABEL_OTHER_NOTATION,
	LABEL_COUNT
} SearchLabel;

const char *search_label_code(SearchLabel label); /* "" of LABEL_NONE */
const char *search_label_text(SearchLabel label, Language language);

#endif
