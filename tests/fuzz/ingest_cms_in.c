/* tests/fuzz/ingest_cms_in.c - any bytes as a signed container: what comes out is never larger than what went in. */
#include "indexer/source/cms_in.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Buf out = {0};
	Err err;
	if (cms_document((Str){(const char *)data, size}, &out, &err) == ST_OK && (!out.len || out.len > size))
		abort();
	buf_done(&out);
	return 0;
}
