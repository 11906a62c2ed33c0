/* tests/fuzz/tokenizer_encoding.c - any bytes of unknown origin: the result is UTF-8, and clean UTF-8 is not touched.
 */
#include "base/utf8.h"
#include "tokenizer/encoding.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Buf out = {0}, again = {0};
	EncodingReport report;
	Err err;
	if (encoding_decode((Str){(const char *)data, size}, &out, &report, &err) != ST_OK)
		abort();
	if (!utf8_is_valid(buf_str(&out)) || !report.name || !(report.certainty >= 0 && report.certainty <= 1))
		abort();
	if (report.uncertain > report.paragraphs || report.decoded > report.paragraphs)
		abort();
	if (encoding_decode(buf_str(&out), &again, &report, &err) != ST_OK || !utf8_is_valid(buf_str(&again)))
		abort();
	buf_done(&out);
	buf_done(&again);
	return 0;
}
