/* base/event.c - a line is made whole in a Buf and handed to the kernel in one write(2), so that lines of several
 * threads never mix. */
#include "base/event.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <unistd.h>

void event_write(EventLevel level, const char *part, const char *message, ...)
{
	static const char *const names[] = {"info", "warn", "error"};
	char stamp[CLOCK_STAMP_LEN + 1];
	clock_format_utc(clock_utc_ms(), stamp);
	Buf line = {0};
	JsonOut j;
	jout_begin_log(&j, &line);
	jout_open(&j, '{');
	jout_field_text(&j, "time", stamp);
	jout_field_text(&j, "level", names[level]);
	jout_field_text(&j, "part", part);
	jout_field_text(&j, "message", message);
	va_list args;
	va_start(args, message);
	for (const char *key; (key = va_arg(args, const char *));) {
		Str value = str_from(va_arg(args, const char *));
		jout_field_str(&j, key, str_slice(value, 0, utf8_cut(value, EVENT_VALUE_MAX)));
	}
	va_end(args);
	jout_close(&j, '}');
	buf_add_char(&line, '\n');
	if (buf_ok(&line) && write(STDERR_FILENO, line.data, line.len) < 0) {
		/* there is no other place to report to */
	}
	buf_done(&line);
}
