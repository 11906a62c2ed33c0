/* bench/sample/legacy.h - texts as older programs left them: TCVN3 (ABC), VNI, decomposed Unicode.
 *
 * Shapes   in: NFC UTF-8; out: bytes of that encoding
 * Owns     the Buf is the caller's
 * Errors   sticky in the Buf (out of memory)
 * Threads  pure
 */
#ifndef BENCH_SAMPLE_LEGACY_H
#define BENCH_SAMPLE_LEGACY_H

#include "base/buf.h"

typedef enum { LEGACY_TCVN3, LEGACY_VNI, LEGACY_DECOMPOSED } LegacyForm;

void legacy_write(Str text, LegacyForm form, Buf *out);

#endif
