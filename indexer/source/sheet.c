/* indexer/source/sheet.c - not yet. */
#include "indexer/source/sheet.h"

bool sheets_are_possible(Str format)
{
	(void)format;
	return false;
}

Status sheets_read(const SourceFile *file, Str format, Grid out[static SHEETS_MAX], size_t *count_out, Err *err)
{
	(void)file, (void)format, (void)out;
	*count_out = 0;
	return err_set(err, ST_UNSUPPORTED, "workbooks are not read");
}
