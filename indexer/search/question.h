/* indexer/search/question.h - words that only ask: "nào", "gì", "bao nhiêu" … say nothing about the record that
 * answers.
 *
 * They are rare in records, so an index takes them, and the pairs they make, for telling.
 *
 * Shapes   a question typed with any mark is taken at its word: "ái" is not "ai"; one typed without is compared folded
 * Threads  pure
 */
#ifndef INDEXER_SEARCH_QUESTION_H
#define INDEXER_SEARCH_QUESTION_H

#include "indexer/search/parse.h"

/* Sets asks[i] for each word that only asks (all false where nothing else would be left). True: there is one that
 * cannot well be anything else, so that these words are a question however few they are. */
bool question_words(const Word *words, size_t count, bool *asks);

#endif
