/* tests/fuzz/server_url.c - any bytes as a request target: parsed or refused, and what was parsed is clean. */
#include "server/http/conditions.h"
#include "server/http/url.h"

#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clean(Str s)
{
	if (!utf8_is_valid(s))
		abort();
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7F)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena arena = {0};
	Url url;
	Err err;
	Str input = {(const char *)data, size};
	uint64_t first, last;
	if (url_parse(input, &arena, &url, &err) == ST_OK) {
		for (size_t i = 0; i < url.part_count; i++) {
			check_clean(url.parts[i]);
			if (url.parts[i].len == 0 || str_eq(url.parts[i], STR("..")))
				abort();
		}
		for (size_t i = 0; i < url.parameter_count; i++) {
			check_clean(url.parameters[i].name);
			check_clean(url.parameters[i].value);
		}
	}
	if (range_parse(input, 1000, &first, &last) == RANGE_PART && (first > last || last >= 1000))
		abort();
	etag_list_holds(input, STR("\"a\""), size & 1);
	language_preferred(input);
	Buf out = {0};
	disposition_write(size & 1, input, &out);
	for (size_t i = 0; i < out.len; i++)
		if ((unsigned char)out.data[i] < 0x20 || (unsigned char)out.data[i] >= 0x7F)
			abort();
	buf_done(&out);
	arena_done(&arena);
	return 0;
}
