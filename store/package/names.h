/* store/package/names.h - names inside a package: made here, NFC, with no character that a file system refuses.
 *
 *   "15/2019/QĐ-UBND"  ──►  "15-2019-QĐ-UBND"            "../../etc/Quyết định.pdf", an original  ──►  "goc.pdf"
 *
 * Owns     package_safe_name's result lives in the arena; ptr NULL: out of memory
 * Errors   none but that
 * Threads  pure
 */
#ifndef STORE_PACKAGE_NAMES_H
#define STORE_PACKAGE_NAMES_H

#include "store/log/store.h"

Str package_safe_name(Str s, Arena *arena);
/* "goc.pdf", "goc-2.pdf", "noi-dung.txt", "dinh-kem-3.docx": by role and place among those of its role. */
enum { PACKAGE_OBJECT_NAME_BYTES = 48 };
void package_object_name(const Entry *entry, size_t number, char out[static PACKAGE_OBJECT_NAME_BYTES]);

#endif
