/* indexer/search/suggest.h - "did you mean": another wording of the query that the archive has, marks and all.
 *
 *   "khai sịnh"   ──▶   khai sinh          "quyeets đinh thu hồi đaats"   ──▶   quyết định thu hồi đất
 *
 * For answers that found little. Which words were meant is for indexer/correct; how they are written is taken from the
 * records that have them side by side. What no record says is not suggested.
 *
 * Owns     the suggestion lives in the view's arena
 * Errors   those of search
 * Threads  as the View
 */
#ifndef INDEXER_SEARCH_SUGGEST_H
#define INDEXER_SEARCH_SUGGEST_H

#include "indexer/search/page.h"

/* Answers a query of plain words without another suggestion: hits whose records have all of them. */
typedef Status SuggestFind(View *view, Str query, SearchAnswer *out);

/* *out "": nothing better is known. */
Status suggest_wording(View *view, const Search *search, SuggestFind *find, Str *out);

#endif
