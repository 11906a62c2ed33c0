/* indexer/search/compile_forms.h - runs of words whose parts may stand in another form: abbreviations, changed names.
 *
 * Owns     everything lives in the arena; each form that is used is named in the answer (Compiled.expansions)
 * Errors   the compiler has failed
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_COMPILE_FORMS_H
#define INDEXER_SEARCH_COMPILE_FORMS_H

#include "indexer/search/compiler.h"
#include "indexer/search/expand.h"

/* The other forms of parts of the clause; none without options.expand. */
size_t compile_forms_of(Compiler *c, const Clause *clause, Alternative list[static EXPAND_MAX]);
/* A form as the phrase that it is searched as. */
Query *compile_form(Compiler *c, const Alternative *form);
/* All words of the clause, each part as typed or in another form. */
Sides compile_words_or_forms(Compiler *c, const Clause *clause);

#endif
