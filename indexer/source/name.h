/* indexer/source/name.h - names of files and of members of packages: read from any bytes, and those that name no
 * document.
 *
 *   "B\xE1o c\xE1o.txt" (CP1258)  -->  "Báo cáo.txt"        "Ho\xCC\x82\xCC\x80 so\xCC\x9B" (NFD)  -->  "Hồ sơ" (NFC)
 *   "Thumbs.db", "~$15.docx", "__MACOSX/…"                passed over, with the reason
 *
 * A name that is no UTF-8 is read in each encoding of Vietnamese and in CP437, the code page of DOS; the reading with
 * the most Vietnamese syllables is it. CP437 reads any byte, so every name can be used.
 *
 * Shapes   out: UTF-8, composed (NFC); "/" between parts as they came
 * Units    bytes
 * Owns     nothing; name_decode writes into the caller's bytes, reasons live for ever
 * Errors   none: without memory for the comparison a name is read as CP437
 * Threads  safe
 */
#ifndef INDEXER_SOURCE_NAME_H
#define INDEXER_SOURCE_NAME_H

#include "base/language.h"
#include "base/str.h"

enum { NAME_GROWTH = 6 }; /* bytes of UTF-8 that one byte of a name may become */

/* out holds NAME_GROWTH times raw.len; raw must not lie in it. */
Str name_decode(Str raw, char *out, size_t capacity);

typedef struct {
	const char *text[LANGUAGE_COUNT];
} NameReason;

/* Why a file or folder of this name, or what lies beneath it, is no document: its last part is judged. NULL: it may be
 * one. */
const NameReason *name_no_document(Str part);
/* The same for each part of a path. */
const NameReason *name_no_document_path(Str path);

#endif
