/* indexer/glass/list.h - lists of documents in the encoding of the tables: cutting, joining, uniting, filtering.
 *
 *   list    entry (varint gap-1, entry)*      first and last document are known beside it (GlassPiece)
 *   entry   a number (wdf, length): varint    or a string (value): varint size, bytes
 *
 * Shapes   documents ascend
 * Owns     results are appended to a Buf of the caller
 * Errors   false: the bytes are no such list (or, with buf_ok false, out of memory)
 * Threads  pure
 */
#ifndef INDEXER_GLASS_LIST_H
#define INDEXER_GLASS_LIST_H

#include "base/buf.h"
#include "indexer/glass/code.h"

typedef struct {
	uint32_t first, last; /* docids */
	Str body;
} GlassPiece;

typedef enum { GLASS_NUMBERS, GLASS_STRINGS } GlassEntries;

/* Entry by entry. */
typedef struct {
	GlassEntries kind;
	const uint8_t *at, *end;
	bool first;           /* no entry was read yet */
	uint32_t did;         /* of the entry read last */
	const uint8_t *entry; /* where it begins, behind its gap; it ends at `at` */
	uint32_t number;      /* of the entry, or the string's size */
	Str string;
} GlassListIter;

void glass_list_begin(GlassListIter *it, GlassEntries kind, GlassPiece piece);
static inline bool glass_list_at_end(const GlassListIter *it)
{
	return it->at == it->end;
}
bool glass_list_next(GlassListIter *it); /* not at the end */

/* Reads all of a list: number of entries, last document, and of numbers their sum, least positive and greatest. */
typedef struct {
	uint32_t entries, last, least, greatest;
	uint64_t sum;
} GlassListFacts;
bool glass_list_measure(GlassEntries kind, GlassPiece piece, GlassListFacts *out);

/* The length of the part of piece.body that goes into a chunk which already holds `used` bytes (at least one entry),
 * and the document of the part's last entry. A part that is not all is followed by a gap. */
bool glass_list_cut(GlassEntries kind, GlassPiece piece, size_t used, size_t *len_out, uint32_t *last_out);

/* A list being put together. */
typedef struct {
	uint32_t first, last;
	uint32_t tf; /* entries; kept by those who add */
	uint64_t cf;
	Buf body;
} GlassList;

static inline GlassPiece glass_list_piece(const GlassList *l)
{
	return (GlassPiece){l->first, l->last, buf_str(&l->body)};
}
static inline void glass_list_clear(GlassList *l)
{
	l->first = l->last = l->tf = 0;
	l->cf = 0;
	buf_clear(&l->body);
}
void glass_list_done(GlassList *l);
/* Joins a piece that begins behind the list's last document. */
bool glass_list_append(GlassList *l, GlassPiece piece, uint32_t tf, uint64_t cf);
/* The same for postings whose first document may be the list's last: the wdf are added. *wdf_max is raised. */
bool glass_list_append_postings(GlassList *l, GlassPiece piece, uint32_t tf, uint64_t cf, uint32_t *wdf_max);
bool glass_list_add_number(GlassList *l, uint32_t did, uint32_t number);
bool glass_list_add_string(GlassList *l, uint32_t did, Str string);
/* Appends all postings of a and b to an empty list, adding the wdf where both have a document. */
bool glass_list_unite_postings(GlassList *l, GlassPiece a, GlassPiece b, uint32_t *wdf_max);

#endif
