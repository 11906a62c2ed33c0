/* indexer/terms/terms.h - what a record is found by: its metadata and text as index terms and values.
 *
 *   record + text ──terms_of_record──► sink: codes (frequent terms as numbers), terms (spelled), values (slots)
 *
 * One function serves the bulk builder, the live shard and the tests; they differ in the sink they pass.
 *
 * Shapes   a sink is told of every occurrence; the same term may come as a code and spelled, in any order
 * Owns     a TermMaker holds its scratch memory; reusable for many records. What a sink is given lives for that call
 * Errors   ST_NO_MEMORY
 * Threads  a TermMaker belongs to one thread
 */
#ifndef INDEXER_TERMS_TERMS_H
#define INDEXER_TERMS_TERMS_H

#include "indexer/terms/codes.h"
#include "indexer/terms/schema.h"

typedef struct {
	void *ctx;
	void (*codes)(void *ctx, const uint64_t *codes, size_t count,
		      uint32_t wdf);                     /* codes.h; one code for each occurrence */
	void (*term)(void *ctx, Str term, uint32_t wdf); /* wdf 0: boolean */
	void (*value)(void *ctx, unsigned slot, Str value);
} TermSink;

typedef struct TermMaker TermMaker;
TermMaker *term_maker_new(Err *err);
void term_maker_free(TermMaker *maker);
/* sha256: of a file that it holds. */
Status terms_of_file(TermMaker *maker, const Hash *sha256, const TermSink *sink, Err *err);
/* The fields whose words a search without a field name finds, beside the text; false: there are only i. */
bool terms_worded_field(size_t i, RecordFieldId *out);
/* So are the names of its files, without what says the format. */
bool terms_file_is_worded(const char *role);
Str terms_file_words(Str file_name);
/* files: their names, file_count of them. */
Status terms_of_record(TermMaker *maker, Str id, const Record *record, Str text, const Str *files, size_t file_count,
		       const TermSink *sink, Err *err);

#endif
