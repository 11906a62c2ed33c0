/* indexer/search/question.h - words that only ask: "nào", "gì", "bao nhiêu" …
 *
 * They say nothing about the record that answers, but they are rare in records, so by their frequency alone they would
 * count as the words that tell most.
 *
 * Shapes   a question typed with any mark is compared with marks: "ái" is not "ai"; one typed without, folded
 * Owns     nothing
 * Errors   none
 * Threads  pure
 */
#ifndef INDEXER_SEARCH_QUESTION_H
#define INDEXER_SEARCH_QUESTION_H

#include "indexer/search/parse.h"

/* Sets asks[i] for each word that only asks (all false where no other word is left). True: one of them is hardly
 * anything else, so these words are a question, however few they are. */
bool question_words(const Word *words, size_t count, bool *asks);

#endif
