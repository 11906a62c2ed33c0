/* cli/verifier/verdict.c - "NOT VERIFIED:" stands only before what was looked at and found wrong. */
#include "cli/verifier/verdict.h"

#include <stdarg.h>
#include <stdio.h>

int verdict(int status, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs(status == NOT_VERIFIED ? "NOT VERIFIED: " : "hoso-verify: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return status;
}
