/* cli/passphrase.c - the file's first line without its line end. */
#include "cli/passphrase.h"

#include "base/file.h"

Status passphrase_read(const char *path, Buf *out, Err *err)
{
	enum { FILE_MAX = 4096 };
	if (!path)
		return ST_OK;
	Status st = file_read_all(path, FILE_MAX, out, err);
	if (st != ST_OK)
		return st;
	ptrdiff_t end = str_find_char(buf_str(out), '\n');
	if (end >= 0)
		out->len = (size_t)end;
	if (out->len < PASSPHRASE_MIN)
		return err_set(err, ST_INVALID, "%s: a passphrase has at least %d characters", path, PASSPHRASE_MIN);
	return ST_OK;
}

void passphrase_done(Buf *passphrase)
{
	volatile char *at = passphrase->data;
	for (size_t i = 0; i < passphrase->len; i++)
		at[i] = 0;
	buf_done(passphrase);
}
