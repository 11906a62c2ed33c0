/* tokenizer/analyse_json.h - everything the analyser makes of a text, to look at: as JSON and for people.
 *
 *   {"encoding":"utf-8","certainty":1.00,"decoded":false,
 *    "tokens":[{"text":"Căn","start":0,"end":4,"kind":"syllable","key":"căn","folded":"can","marked":true}, …],
 *    "numbers":[{"value":"15/2019/QĐ-UBND","key":"15/2019/QD-UBND","start":…}],"cases":[…],
 *    "dates":[{"value":"2019-03-12","start":54,"end":75}],
 *    "header":{"number":{"value":"15/2019/QĐ-UBND","certainty":0.98},"issued":null, …}}
 *
 * Shapes   bytes: as they are in a file. Offsets are into them, unless "decoded" is true: then into the decoded text,
 *          which "text" holds
 * Owns     out is the caller's Buf; what was in it stays in front
 * Errors   ST_LIMIT, ST_NO_MEMORY
 * Threads  pure
 */
#ifndef TOKENIZER_ANALYSE_JSON_H
#define TOKENIZER_ANALYSE_JSON_H

#include "base/buf.h"
#include "tokenizer/token.h"

Status analyse_json(Str bytes, Buf *out, Err *err);
/* The same for people: a line a token, then numbers, dates and header fields. */
Status analyse_text(Str bytes, Buf *out, Err *err);
const char *token_kind_name(TokenKind kind); /* "syllable", "word", "digits", "record_number", "case_number", "date" */

#endif
