/* tests/unit/base_event.c - events: one line of JSON each, whatever is in them. */
#include "unit.h"

#include "base/event.h"
#include "base/file.h"

#include <stdlib.h>
#include <unistd.h>

/* Standard error goes to a file while `write_events` runs; its bytes behind out's. */
static void catch_events(void (*write_events)(void), Buf *out)
{
	char path[] = "base-event-XXXXXX";
	Err err = {0};
	int fd = mkstemp(path), kept = dup(STDERR_FILENO);
	assert_true(fd >= 0 && kept >= 0);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	write_events();
	dup2(kept, STDERR_FILENO);
	close(fd);
	close(kept);
	Status st = file_read_all(path, 1 << 16, out, &err);
	unlink(path);
	if (st != ST_OK)
		fail_msg("%s", err.text);
}

static void write_two(void)
{
	event_write(EVENT_WARN, "store", "segment sealed", "segment", "00000003", "bytes", "268435456", NULL);
	event_write(EVENT_ERROR, "server", "request failed", "target", "/a\n{\"level\":\"info\"}\xFF", NULL);
}

static void an_event_is_one_line_even_where_a_value_holds_a_line_break(void **state)
{
	(void)state;
	Buf bytes = {0};
	Str line, rest;
	catch_events(write_two, &bytes);
	rest = buf_str(&bytes);
	assert_true(str_split(&rest, '\n', &line));
	assert_true(str_starts(line, STR("{\"time\":\"")));
	assert_true(str_ends(line, STR(",\"level\":\"warn\",\"part\":\"store\",\"message\":\"segment sealed\","
				       "\"segment\":\"00000003\",\"bytes\":\"268435456\"}")));
	assert_true(str_split(&rest, '\n', &line));
	assert_true(str_ends(line, STR("\"target\":\"/a\\n{\\\"level\\\":\\\"info\\\"}\xEF\xBF\xBD\"}")));
	assert_true(str_split(&rest, '\n', &line) && !line.len && !rest.ptr);
	buf_done(&bytes);
}

static void write_odd(void)
{
	char longer[1000];
	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	event_write(EVENT_INFO, "server", "request", "target",
		    "/\xC2\x9b"
		    "2J\u202egnp\u200f",
		    "long", longer, NULL);
}

static void a_value_is_cut_and_does_not_steer_the_terminal(void **state)
{
	(void)state;
	Buf bytes = {0};
	catch_events(write_odd, &bytes);
	assert_true(str_find(buf_str(&bytes), STR("\"/\\u009b2J\\u202egnp\\u200f\"")) > 0);
	assert_true(bytes.len < 500);
	buf_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_one_line_even_where_a_value_holds_a_line_break),
		cmocka_unit_test(a_value_is_cut_and_does_not_steer_the_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
