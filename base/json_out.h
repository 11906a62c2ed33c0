/* base/json_out.h - writes JSON into a Buf; commas and escapes are its business.
 *
 *   JsonOut j; json_begin(&j, &buf);
 *   json_open(&j, '{'); json_key(&j, "total"); json_u64(&j, 3); json_close(&j, '}');
 *
 * Shapes   UTF-8 out; bytes that are not UTF-8 come out as U+FFFD, so the result is always valid JSON
 * Errors   sticky in the Buf (out of memory)
 */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include "base/buf.h"

typedef struct {
	Buf *out;
	bool need_comma;
} JsonOut;

static inline void json_begin(JsonOut *j, Buf *out) { *j = (JsonOut){out, false}; }
void json_open(JsonOut *j, char bracket);  /* '{' or '[' */
void json_close(JsonOut *j, char bracket); /* '}' or ']' */
void json_key(JsonOut *j, const char *key);
void json_key_str(JsonOut *j, Str key);
void json_str(JsonOut *j, Str value);
void json_text(JsonOut *j, const char *zero_terminated); /* NULL: null */
void json_u64(JsonOut *j, uint64_t value);
void json_i64(JsonOut *j, int64_t value);
void json_double(JsonOut *j, double value, int decimals); /* not finite: null */
void json_bool(JsonOut *j, bool value);
void json_null(JsonOut *j);
void json_raw(JsonOut *j, Str json); /* already JSON */
void json_hex(JsonOut *j, const void *bytes, size_t len);
void json_base64(JsonOut *j, const void *bytes, size_t len);
/* key and value in one call: the common case */
void json_field_str(JsonOut *j, const char *key, Str value);
void json_field_text(JsonOut *j, const char *key, const char *value);
void json_field_u64(JsonOut *j, const char *key, uint64_t value);
void json_field_bool(JsonOut *j, const char *key, bool value);

#endif
