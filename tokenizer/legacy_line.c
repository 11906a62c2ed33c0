/* tokenizer/legacy_line.c - see legacy_line.h. */
#include "tokenizer/legacy_line.h"

Status legacy_line_decode(Str line, Buf *decoded, Buf *origin, bool *is_legacy_out, Err *err)
{
	(void)line;
	(void)err;
	buf_clear(decoded);
	buf_clear(origin);
	*is_legacy_out = false;
	return ST_OK;
}
