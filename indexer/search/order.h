/* indexer/search/order.h - the order of an answer: the one table of classes, with the label of each.
 *
 *   number                      the record that bears the number asked for
 *   phrase                      the words in a row as typed, words typed without marks without any
 *   phrase                      the same, words typed without marks in any accentuation
 *   phrase-without-accents      words typed with marks without any in the text
 *   all-words, without-accents  all words apart, and the phrase with other marks
 *   all-words                   all words as typed
 *   without-accents             all words, those typed with marks without any
 *
 * The index knows pairs of words, no phrases. It gives sources (tiers, compile.h), each within the next; what the text
 * of a record has (passage_grade) decides the class that its hit belongs to. A class takes hits of some sources, in
 * their order; those of other grades are another class's.
 *
 * Owns     nothing; the table is constant
 * Errors   none
 * Threads  pure
 */
#ifndef INDEXER_SEARCH_ORDER_H
#define INDEXER_SEARCH_ORDER_H

#include "indexer/search/labels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the index says of a hit. Each is within the next. */
typedef enum {
	SOURCE_NUMBER,  /* bears the number asked for */
	SOURCE_LITERAL, /* the words with the very marks that were typed or not, and every pair */
	SOURCE_TYPED, /* the words as typed, those without marks in their likely or any accentuation, and every pair */
	SOURCE_PAIRS, /* every word in a form that the query allows, and every pair */
	SOURCE_WORDS, /* those, and every word as typed */
	SOURCE_ALL,   /* every word in a form that the query allows */
	SOURCE_COUNT
} OrderSource;

typedef struct {
	OrderSource first, last; /* hits of these sources */
	int grade;               /* PhraseGrade that their text must have; ORDER_UNPROVEN: no text is looked at */
	OrderSource unproven;    /* with it, hits of this source too, whatever their text has; SOURCE_COUNT: none */
	SearchLabel label;       /* LABEL_NONE: by the source, LABEL_ALL_WORDS or LABEL_WITHOUT_ACCENTS */
} OrderClass;

enum { ORDER_UNPROVEN = -1, ORDER_CLASSES = 7 };
extern const OrderClass order_classes[ORDER_CLASSES];

/* The label of a hit of a class. marked: words were typed with marks. */
SearchLabel order_label(size_t class, OrderSource source, bool marked);

#endif
