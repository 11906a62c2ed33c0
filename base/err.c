/* base/err.c - texts are formatted into the caller's Err and cut at a character where they are too long. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* vsnprintf may cut inside a character; the rest of it goes too. */
static void cut_at_character(char *text, size_t capacity, int wanted)
{
	if (wanted < 0 || (size_t)wanted < capacity)
		return;
	size_t len = strlen(text);
	while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
		len--;
	if (len > 0 && (unsigned char)text[len - 1] >= 0xC0)
		len--;
	text[len] = 0;
}

Status err_set(Err *err, Status code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int wanted = vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	cut_at_character(err->text, sizeof err->text, wanted);
	err->code = code;
	return code;
}

static Status status_of_errno(int errno_value)
{
	switch (errno_value) {
	case ENOSPC:
	case EDQUOT:
		return ST_NO_SPACE;
	case ENOENT:
		return ST_NOT_FOUND;
	case ENOMEM:
		return ST_NO_MEMORY;
	case EROFS:
		return ST_READ_ONLY;
	default:
		return ST_IO;
	}
}

Status err_errno(Err *err, int errno_value, const char *format, ...)
{
	char what[160], reason[80];
	va_list args;
	va_start(args, format);
	int wanted = vsnprintf(what, sizeof what, format, args);
	va_end(args);
	cut_at_character(what, sizeof what, wanted);
	return err_set(err, status_of_errno(errno_value), "%s: %s", what,
		       strerror_r(errno_value, reason, sizeof reason));
}

Status err_no_memory(Err *err)
{
	return err_set(err, ST_NO_MEMORY, "out of memory");
}

const char *status_name(Status status)
{
	static const char *const names[ST_COUNT] = {
		[ST_OK] = "ok",
		[ST_INVALID] = "invalid",
		[ST_NOT_FOUND] = "not-found",
		[ST_CONFLICT] = "conflict",
		[ST_LIMIT] = "limit",
		[ST_UNSUPPORTED] = "unsupported",
		[ST_FORBIDDEN] = "forbidden",
		[ST_BUSY] = "busy",
		[ST_READ_ONLY] = "read-only",
		[ST_NO_SPACE] = "no-space",
		[ST_CORRUPT] = "corrupt",
		[ST_IO] = "io",
		[ST_NO_MEMORY] = "no-memory",
		[ST_INTERNAL] = "internal",
	};
	return status < ST_COUNT ? names[status] : "unknown";
}
