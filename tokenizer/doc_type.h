/* tokenizer/doc_type.h - types of documents by name and by the abbreviation in their numbers (data/doc_types.tsv).
 *
 * Owns     static tables
 * Errors   none: NULL where the type is not known
 * Threads  pure
 */
#ifndef TOKENIZER_DOC_TYPE_H
#define TOKENIZER_DOC_TYPE_H

#include "base/str.h"

typedef struct {
	const char *abbreviation; /* "QĐ", "" for none */
	const char *name;         /* "Quyết định" */
	const char *family;       /* administrative, copy, law, party, other */
	const char *key;          /* abbreviation folded: "QD" */
	const char *folded;       /* name folded: "quyet dinh" */
} DocType;

size_t doc_type_count(void);
const DocType *doc_type_get(size_t i);
/* By folded abbreviation in capitals ("QD"); the first of those that share it. NULL: not known. */
const DocType *doc_type_by_key(Str key);
/* The longest type name that `folded` (words folded to small ASCII, single blanks) begins with; whole words only. */
const DocType *doc_type_by_prefix(Str folded, size_t *len_out);

#endif
