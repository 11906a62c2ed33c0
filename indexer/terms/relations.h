/* indexer/terms/relations.h - what the field "relations" of a record says: [{"kind","id","number","issued"}, …].
 *
 * Owns     the texts live as long as the call that shows them
 * Errors   none: what is no list of objects has no relations, a member that is no text is empty
 * Threads  pure
 */
#ifndef INDEXER_TERMS_RELATIONS_H
#define INDEXER_TERMS_RELATIONS_H

#include "store/record/record.h"

typedef struct {
	Str kind; /* "replaces", "revokes", "updates", … */
	Str id, number, issued;
} Relation;

/* Calls seen for each, in the order of the record, until it returns false. */
typedef bool RelationSeen(void *ctx, const Relation *relation);
void relations_each(const Record *record, RelationSeen *seen, void *ctx);

#endif
