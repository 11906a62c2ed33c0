/* base/json_out.h - writes JSON into a Buf; commas and escapes are its business.
 *
 *   JsonOut j; jout_begin(&j, &buf);
 *   jout_open(&j, '{'); jout_key(&j, "total"); jout_u64(&j, 3); jout_close(&j, '}');
 *
 * Shapes   UTF-8 out; bytes that are not UTF-8 come out as U+FFFD, so the result is always valid JSON
 * Owns     nothing; the Buf is the caller's
 * Errors   sticky in the Buf (out of memory)
 * Threads  one at a time
 */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include "base/linkage.h"

#include "base/buf.h"

C_LINKAGE_BEGIN

typedef struct {
	Buf *out;
	bool need_comma;
	bool escapes_marks; /* what steers a terminal or the direction of text (utf8_steers) is written as \uXXXX */
} JsonOut;

static inline void jout_begin(JsonOut *j, Buf *out)
{
	*j = (JsonOut){.out = out};
}
/* For logs, which people read as they are. */
static inline void jout_begin_log(JsonOut *j, Buf *out)
{
	*j = (JsonOut){.out = out, .escapes_marks = true};
}
void jout_open(JsonOut *j, char bracket);  /* '{' or '[' */
void jout_close(JsonOut *j, char bracket); /* '}' or ']' */
void jout_key(JsonOut *j, const char *key);
void jout_key_str(JsonOut *j, Str key);
void jout_str(JsonOut *j, Str value);
void jout_text(JsonOut *j, const char *zero_terminated); /* NULL: null */
void jout_u64(JsonOut *j, uint64_t value);
void jout_double(JsonOut *j, double value, int decimals); /* not finite: null */
void jout_bool(JsonOut *j, bool value);
void jout_null(JsonOut *j);
void jout_raw(JsonOut *j, Str json); /* already JSON */
void jout_hex(JsonOut *j, const void *bytes, size_t len);
void jout_base64(JsonOut *j, const void *bytes, size_t len);
/* key and value in one call: the common case */
void jout_field_str(JsonOut *j, const char *key, Str value);
void jout_field_text(JsonOut *j, const char *key, const char *value);
void jout_field_u64(JsonOut *j, const char *key, uint64_t value);
void jout_field_bool(JsonOut *j, const char *key, bool value);

/* How many bytes at the start of s a JSON string can hold as they are: no control character, quote or backslash. */
size_t json_plain_run(Str s);

C_LINKAGE_END

#endif
