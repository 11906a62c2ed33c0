/* tests/unit/server_framing.c - heads that two servers would read differently end a stream; honest ones pass whole. */
#include "server/http/framing.h"

#include "tests/unit/unit.h"

#define GET "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
#define POST "POST /v1/records HTTP/1.1\r\nHost: localhost\r\n"

typedef struct {
	const char *bytes;
	size_t len;
} Stream;
#define STREAM(text)                                                                                                   \
	{                                                                                                              \
		text, sizeof(text) - 1                                                                                 \
	}

static FramingResult verdict(Stream s, size_t *good)
{
	Framing f = {0};
	return framing_read(&f, s.bytes, s.len, good);
}

static void honest_streams_pass(void **state)
{
	static const Stream streams[] = {
		STREAM(GET "\r\n"),
		STREAM("\r\n" GET "\r\n" GET "\r\n"),
		STREAM("GET / HTTP/1.1\nHost: a\n\n"),
		STREAM(GET "X:\r\nY: \t a b\tc \r\nZ: \xc4\x91\r\n\r\n"),
		STREAM(POST "Content-Length:  5 \r\n\r\n{\r\n:}" GET "\r\n"),
		STREAM(POST "Content-Length: 0\r\n\r\n" GET "\r\n"),
		STREAM(POST
		       "Transfer-Encoding: Chunked\r\n\r\n2\r\n{}\r\na;x=\"y\"\r\n0123456789\r\n0\r\nT: x\r\n\r\n" GET
		       "\r\n"),
		STREAM(POST "Content-Length: 9223372036854775807\r\n\r\nabc"),
	};
	size_t good;
	(void)state;
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		assert_int_equal(verdict(streams[i], &good), FRAMING_GOOD);
		assert_int_equal(good, streams[i].len);
	}
}

static void doubtful_streams_end_where_the_doubt_begins(void **state)
{
	static const Stream streams[] = {
		STREAM("GET / HTTP/1.1\r\n:\r\n\r\n"),
		STREAM(GET ": x\r\n\r\n"),
		STREAM(GET "\0x: y\r\n\r\n"),
		STREAM(GET "X: a\0b\r\n\r\n"),
		STREAM(GET "X: a\r\n b\r\n\r\n"),
		STREAM(" folded: x\r\n\r\n"),
		STREAM(GET "X : y\r\n\r\n"),
		STREAM(GET "novalue\r\n\r\n"),
		STREAM(GET "X: a\rb\r\n\r\n"),
		STREAM("GET\t/ HTTP/1.1\r\n\r\n"),
		STREAM(POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"),
		STREAM(POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
		STREAM(POST "Content-Length: +1\r\n\r\na"),
		STREAM(POST "Content-Length: 1 2\r\n\r\na"),
		STREAM(POST "Content-Length:\r\n\r\n"),
		STREAM(POST "Transfer-Encoding: gzip, chunked\r\n\r\n"),
		STREAM(POST "Transfer-Encoding: chunke\r\n\r\n"),
		STREAM(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
		STREAM(POST "Transfer-Encoding: chunked\r\n\r\n+2\r\n"),
		STREAM(POST "Transfer-Encoding: chunked\r\n\r\n0x2\r\n"),
		STREAM(POST "Transfer-Encoding: chunked\r\n\r\n\r\n"),
		STREAM(POST "Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n"),
		STREAM(POST "Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n"),
		STREAM(POST "Transfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n"),
	};
	size_t good;
	(void)state;
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		if (verdict(streams[i], &good) != FRAMING_BAD)
			fail_msg("passed: %s", streams[i].bytes);
		assert_true(good < streams[i].len);
	}
	Stream behind = STREAM(GET "\r\n" GET ":\r\n\r\n");
	assert_int_equal(verdict(behind, &good), FRAMING_BAD);
	assert_int_equal(good, strlen(GET "\r\n")); /* what came before is answered */
}

static void what_is_too_long_is_told_apart(void **state)
{
	static const char many[] = "X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
	Framing f = {0};
	FramingResult result = framing_read(&f, GET, strlen(GET), &(size_t){0});
	(void)state;
	for (size_t sent = 0; result == FRAMING_GOOD && sent < 2 * FRAMING_HEAD_MAX; sent += strlen(many))
		result = framing_read(&f, many, strlen(many), &(size_t){0});
	assert_int_equal(result, FRAMING_LONG);
	Stream length = STREAM(POST "Content-Length: 99999999999999999999999\r\n\r\n");
	assert_int_equal(verdict(length, &(size_t){0}), FRAMING_LONG);
	Stream chunk = STREAM(POST "Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n");
	assert_int_equal(verdict(chunk, &(size_t){0}), FRAMING_LONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(honest_streams_pass),
		cmocka_unit_test(doubtful_streams_end_where_the_doubt_begins),
		cmocka_unit_test(what_is_too_long_is_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
