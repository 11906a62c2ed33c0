/* base/log.c - see log.h. One write(2) a line keeps lines of several threads apart. */
#include "base/log.h"

#include "base/clock.h"
#include "base/json_out.h"

#include <stdarg.h>
#include <unistd.h>

static LogLevel least_level = LOG_INFO;

void log_set_level(LogLevel least)
{
	least_level = least;
}

void log_event(LogLevel level, const char *part, const char *message, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error", "off"};
	if (level < least_level)
		return;
	char stamp[CLOCK_STAMP_LEN + 1];
	clock_format_utc(clock_utc_ms(), stamp);
	Buf line = {0};
	JsonOut j;
	jout_begin(&j, &line);
	jout_open(&j, '{');
	jout_field_text(&j, "time", stamp);
	jout_field_text(&j, "level", names[level]);
	jout_field_text(&j, "part", part);
	jout_field_text(&j, "message", message);
	va_list args;
	va_start(args, message);
	for (const char *key; (key = va_arg(args, const char *));)
		jout_field_text(&j, key, va_arg(args, const char *));
	va_end(args);
	jout_close(&j, '}');
	buf_add_char(&line, '\n');
	if (buf_ok(&line) && write(STDERR_FILENO, line.data, line.len) < 0) {
		/* nowhere left to say it */
	}
	buf_done(&line);
}
