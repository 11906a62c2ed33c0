/* tokenizer/doc_type.c - data/doc_types.tsv compiled in as a table of some sixty rows, searched from the top: the first
 * row with an abbreviation wins, and the longest name that the text begins with. */
#include "tokenizer/doc_type.h"

static const DocType types[] = {
#define ROW(abbreviation, name, family, key, folded) {abbreviation, name, family, key, folded},
#include "tokenizer/doc_types.inc"
#undef ROW
};

size_t doc_type_count(void)
{
	return sizeof types / sizeof types[0];
}

const DocType *doc_type_get(size_t i)
{
	return &types[i];
}

const DocType *doc_type_by_key(Str key)
{
	for (size_t i = 0; key.len && i < doc_type_count(); i++)
		if (types[i].key[0] == key.ptr[0] && str_eq(key, str_from(types[i].key)))
			return &types[i];
	return NULL;
}

const DocType *doc_type_by_prefix(Str folded, size_t *len_out)
{
	const DocType *best = NULL;
	*len_out = 0;
	for (size_t i = 0; folded.len && i < doc_type_count(); i++) {
		if (types[i].folded[0] != folded.ptr[0])
			continue;
		Str name = str_from(types[i].folded);
		if (name.len > *len_out && str_starts(folded, name) &&
		    (folded.len == name.len || folded.ptr[name.len] == ' ')) {
			best = &types[i];
			*len_out = name.len;
		}
	}
	return best;
}
