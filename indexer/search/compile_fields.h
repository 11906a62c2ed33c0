/* indexer/search/compile_fields.h - field:value and filters as queries.
 *
 * Owns     everything lives in the arena
 * Errors   ST_NO_MEMORY, and those of the index; compile_field_sides sets c->failed
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_COMPILE_FIELDS_H
#define INDEXER_SEARCH_COMPILE_FIELDS_H

#include "indexer/search/compiler.h"

Sides compile_field_sides(Compiler *c, const Clause *clause);
/* A field's value as a restriction, without scores. */
Status compile_field(const SchemaField *field, Str value, TokenIter *tokens, Matcher *matcher, Arena *arena,
		     Query **out, Err *err);
void compile_number_term(Str number, Buf *out); /* sets *out to the term of a record's own number or case number */
/* Records that bear the number as their own. */
Status compile_number(Str number, Arena *arena, Query **out, Err *err);

#endif
