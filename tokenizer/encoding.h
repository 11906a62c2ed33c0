/* tokenizer/encoding.h - bytes of unknown origin to UTF-8.
 *
 *   "Céng hßa x· héi" (TCVN3 bytes)  -->  "Cộng hòa xã hội", encoding tcvn3, certainty 0.98
 *
 * Strict UTF-8 and UTF-16 first; otherwise each paragraph (line) is read in every known encoding and the reading with
 * the most syllables of Vietnamese wins, if it leads clearly. Legacy text that already sits as U+0080..U+00FF inside
 * UTF-8, UTF-8 taken for CP1252 (once or twice), numeric and named HTML entities of letters and \uXXXX escapes are
 * undone too. What is uncertain stays as it is (bytes that are no UTF-8 are shown as CP1252) and is counted.
 *
 * Shapes   in: any bytes, at most 1 GiB; out: valid UTF-8, appended, a byte order mark taken off
 * Owns     utf8_out is the caller's; names in the report are static
 * Errors   ST_LIMIT, ST_NO_MEMORY
 * Threads  safe
 */
#ifndef TOKENIZER_ENCODING_H
#define TOKENIZER_ENCODING_H

#include "base/buf.h"

typedef struct {
	const char *name;    /* utf-8 utf-16 tcvn3 vni viscii vps bkhcm2 cp1258 mixed unknown */
	double certainty;    /* 0..1 */
	bool repaired;       /* UTF-8 that went through a wrong conversion, entities or escapes were undone */
	uint32_t paragraphs; /* lines that hold anything but ASCII */
	uint32_t decoded;    /* of those, read as something else than the UTF-8 they are */
	uint32_t uncertain; /* of those, left as they are for want of certainty, or with a letter that may be another */
} EncodingReport;

Status encoding_decode(Str bytes, Buf *utf8_out, EncodingReport *report, Err *err);

#endif
