/* tokenizer/communes.h - other names of a commune in a query: those merged and renamed on 2025-07-01.
 *
 *   "xã Minh Lập, Bình Phước"   Xã Minh Lập (Huyện Chơn Thành, Bình Phước) = Phường Chơn Thành
 *
 * Hundreds of communes share their names. A form is automatic only where one commune can be meant: no other has the
 * name, or the query names the district or province beside it. Where two to four can be meant they are offered, where
 * more can, nothing is. A commune is recognised behind its kind only: "xã", "phường", "thị trấn", "đặc khu".
 *
 * Owns     texts live in the arena or are static
 * Errors   ST_NO_MEMORY
 * Threads  safe; the table is prepared when the first commune is asked for (data/communes.tsv)
 */
#ifndef TOKENIZER_COMMUNES_H
#define TOKENIZER_COMMUNES_H

#include "tokenizer/query_forms.h"
#include "tokenizer/query_tokens.h"

/* Adds the forms of the commune that is named at tokens[at] to forms[*used..QUERY_FORMS_MAX). *taken_out: the words of
 * its name, 0 if no commune is named there. */
Status communes_find(const QueryToken *tokens, size_t count, size_t at, Arena *arena, QueryForm *forms, size_t *used,
		     size_t *taken_out, Err *err);

#endif
