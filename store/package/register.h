/* store/package/register.h - the register of a case file's records as CSV, for a spreadsheet.
 *
 * Shapes   UTF-8 with a byte order mark, lines end with CR LF, texts are quoted
 * Owns     nothing
 * Errors   sticky in the Buf (out of memory)
 * Threads  pure
 * Source   the columns of the list of documents in a file, Thông tư 02/2019/TT-BNV
 */
#ifndef STORE_PACKAGE_REGISTER_H
#define STORE_PACKAGE_REGISTER_H

#include "store/log/store.h"
#include "store/record/record.h"

void register_begin(Buf *csv);
/* folder: where the record lies in the package. */
void register_add(Buf *csv, size_t ordinal, const Entry *entry, const Record *record, Str folder);

#endif
