/* indexer/search/compile_fields.h - field:value and filters as queries.
 *
 * Owns     everything lives in the arena
 * Errors   NULL or failed: out of memory, or the index failed; err says which
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_COMPILE_FIELDS_H
#define INDEXER_SEARCH_COMPILE_FIELDS_H

#include "indexer/search/compiler.h"

Sides compile_field_sides(Compiler *c, const Clause *clause);
/* A field's value as a restriction, without scores. */
Query *compile_field(const SchemaField *field, Str value, TokenIter *tokens, Matcher *matcher, Arena *arena, Err *err);
void compile_number_term(Str number, Buf *out); /* sets *out to the term of a record's own number or case number */
Query *compile_number(Str number, Arena *arena, Err *err);

#endif
