/* cli/passphrase.h - a passphrase from a file: never from the command line, where everybody on the machine can read it.
 *
 * Owns     the caller overwrites and frees the buffer: passphrase_done
 * Errors   ST_INVALID it is shorter than PASSPHRASE_MIN; ST_NOT_FOUND, ST_IO
 * Threads  one
 */
#ifndef CLI_PASSPHRASE_H
#define CLI_PASSPHRASE_H

#include "base/buf.h"

enum { PASSPHRASE_MIN = 12 };

/* The first line of the file; path NULL: nothing. */
Status passphrase_read(const char *path, Buf *out, Err *err);
void passphrase_done(Buf *passphrase);

#endif
