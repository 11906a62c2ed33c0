/* indexer/search/grade.h - how well a record has words in a row: in its text or in one of the fields whose words a
 * search finds, its files' names too.
 *
 * Owns     nothing; view->text may become the whole text
 * Errors   those of the archive and of the tokenizer
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_GRADE_H
#define INDEXER_SEARCH_GRADE_H

#include "indexer/search/hits.h"
#include "indexer/search/passage.h"

/* The best grade of the clause's row; once `enough` is found, nothing more is read. */
Status grade_row(View *view, LoadedHit *loaded, const Clause *clause, PhraseGrade enough, bool parted,
		 PhraseGrade *out);
/* Has one of them all words of a NEAR within its distance? */
Status grade_near(View *view, LoadedHit *loaded, const Clause *clause, bool *holds_out);

#endif
