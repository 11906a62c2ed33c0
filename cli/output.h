/* cli/output.h - bytes to a file that the user names, or to standard output ("-", or none named).
 *
 * Owns     opens, syncs and closes the file. It gets its name when it is whole, so an older file of that name stays
 *          until then, and whatever ends the program leaves no half one
 * Errors   those of `write`; ST_IO, ST_NO_SPACE
 * Threads  one
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/err.h"

#include <stdbool.h>

/* write puts the bytes out; name is what messages call the place. */
Status output_write(const char *path, Status (*write)(void *ctx, int fd, const char *name, Err *err), void *ctx,
		    Err *err);
bool output_is_standard(const char *path);

#endif
