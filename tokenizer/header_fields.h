/* tokenizer/header_fields.h - the fields of a document's letterhead and signature, read from its text.
 *
 *   CHÍNH PHỦ          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
 *   -------            Độc lập - Tự do - Hạnh phúc
 *   Số: 30/2020/NĐ-CP  Hà Nội, ngày 05 tháng 3 năm 2020
 *                 NGHỊ ĐỊNH
 *        Về công tác văn thư
 *
 * Columns that were merged on one line are cut apart again; comparison is without accents, since capitals lose their
 * marks in recognition. Metadata given by a sender wins over what is read here; keep both.
 *
 * Shapes   text: UTF-8 (bytes that are none are skipped); values are plain: composed, one blank between words
 * Units    start and end are byte offsets into the text
 * Owns     values live in the arena
 * Errors   ST_NO_MEMORY
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_FIELDS_H
#define TOKENIZER_HEADER_FIELDS_H

#include "base/err.h"
#include "tokenizer/header_set.h"

Status header_fields_read(Str text, Arena *arena, HeaderFields *out, Err *err);

#endif
