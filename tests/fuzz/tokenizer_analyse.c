/* tests/fuzz/tokenizer_analyse.c - any bytes as a file for `hoso analyse`: what it prints is JSON in UTF-8. */
#include "base/utf8.h"
#include "tokenizer/analyse_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Buf json = {0};
	Err err;
	if (analyse_json((Str){(const char *)data, size}, &json, &err) != ST_OK || !utf8_is_valid(buf_str(&json)))
		abort();
	buf_done(&json);
	return 0;
}
