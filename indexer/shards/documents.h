/* indexer/shards/documents.h - entries of the log as documents of an index.
 *
 * Owns     a DocumentReader holds the entry that was loaded last, with its record and texts
 * Errors   ST_NO_MEMORY; ST_CORRUPT, ST_IO the archive; ST_BUSY stop was raised
 * Threads  a DocumentReader belongs to one thread
 */
#ifndef INDEXER_SHARDS_DOCUMENTS_H
#define INDEXER_SHARDS_DOCUMENTS_H

#include "base/stop.h"
#include "indexer/match/xapian.h"
#include "indexer/shards/shard.h"
#include "indexer/shards/superseded.h"
#include "indexer/terms/terms.h"
#include "store/log/store.h"

enum { DOCUMENT_TEXT_MAX = 256 << 20 /* bytes of the texts of one record that are indexed */ };

typedef struct DocumentReader DocumentReader;
DocumentReader *document_reader_new(Store *store, Err *err);
void document_reader_free(DocumentReader *reader);
/* Loads an entry and adds the versions that it replaces or destroys to superseded. *is_document_out is false for an
 * entry that no search finds: a case file, a decision, a destroyed record. */
Status document_load(DocumentReader *reader, uint64_t sequence, Superseded *superseded, bool *is_document_out,
		     Err *err);
/* The terms and values of the document that was loaded. */
Status document_emit(DocumentReader *reader, const TermSink *sink, Err *err);

/* Puts the documents of a range into a database through Xapian's own writer; document 1 is sequence shard_from.
 * stop may be NULL. *to_out: the end of the range. */
Status documents_write(Store *store, XapWriter *writer, uint64_t shard_from, const ShardRange *range, const Stop *stop,
		       uint64_t *to_out, uint64_t *documents, Superseded *superseded, Err *err);

#endif
