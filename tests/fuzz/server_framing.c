/* tests/fuzz/server_framing.c - the strict reader of request boundaries: however the stream is cut into pieces, it
 * comes to the same verdict at the same place, and never calls more good than it was given. */
#include "server/http/framing.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static FramingResult read_in_pieces(const char *bytes, size_t len, size_t piece, size_t *read_out)
{
	Framing f = {0};
	FramingResult result = FRAMING_GOOD;
	size_t at = 0, good = 0;
	while (at < len && result == FRAMING_GOOD) {
		size_t now = len - at < piece ? len - at : piece;
		result = framing_read(&f, bytes + at, now, &good);
		if (good > now || (result == FRAMING_GOOD && good != now))
			abort();
		at += now;
	}
	*read_out = result == FRAMING_GOOD ? at : 0;
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t whole, single, some;
	const char *bytes = (const char *)data;
	FramingResult a = read_in_pieces(bytes, len, len ? len : 1, &whole);
	FramingResult b = read_in_pieces(bytes, len, 1, &single), c = read_in_pieces(bytes, len, 7, &some);
	if (a != b || a != c || whole != single || whole != some)
		abort();
	return 0;
}
