/* base/str.h - a borrowed, counted slice of bytes, passed by value.
 *
 * Shapes   any bytes; not NUL-terminated; {NULL, 0} is the empty string
 * Units    bytes
 * Owns     nothing: whoever owns the bytes must outlive the Str
 * Errors   none
 * Threads  pure
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/linkage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

C_LINKAGE_BEGIN

typedef struct {
	const char *ptr;
	size_t len;
} Str;

/* STR("literal"): the length is known at compile time. */
#define STR(literal) ((Str){(literal), sizeof(literal) - 1})
/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

static inline Str str_from(const char *zero_terminated)
{
	return (Str){zero_terminated, zero_terminated ? strlen(zero_terminated) : 0};
}

static inline Str str_slice(Str s, size_t start, size_t end)
{
	if (end > s.len)
		end = s.len;
	if (start > end)
		start = end;
	return (Str){s.ptr ? s.ptr + start : NULL, end - start};
}

static inline bool str_eq(Str a, Str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_starts(Str s, Str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool str_ends(Str s, Str suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

int str_cmp(Str a, Str b);              /* bytewise, shorter first */
bool str_eq_nocase(Str a, Str b);       /* ASCII letters only */
Str str_trim(Str s);                    /* ASCII white space at both ends */
ptrdiff_t str_find(Str s, Str needle);  /* offset, or -1 */
ptrdiff_t str_find_char(Str s, char c); /* offset, or -1 */
bool str_to_u64(Str s, uint64_t *out);  /* decimal digits only, no overflow; false leaves *out */
/* Takes the part before the first `c` off *rest (all of it where there is none); false once *rest is used up. */
bool str_split(Str *rest, char c, Str *part_out);
uint64_t str_hash(Str s); /* 64 bits, for hash tables in memory; never stored */

C_LINKAGE_END

#endif
