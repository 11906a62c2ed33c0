/* tests/unit/server_jobs.c - jobs end by their limits and when they are cancelled; what was archived stays. */
#include "search_fixture.h"

#include "server/jobs/jobs.h"

#include <sys/mman.h>
#include <unistd.h>

static const JobLimits wide = {.quick_ms = 60000, .slow_ms = 60000, .items = 1000000, .bytes = 1 << 30};
enum { MANY = 60000 };

static int body_of(const char *bytes, size_t len)
{
	int fd = memfd_create("body", MFD_CLOEXEC);
	Err err;
	assert_true(fd >= 0);
	assert_int_equal(file_write(fd, bytes, len, "the body", &err), ST_OK);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static int lines(int count)
{
	Buf text = {0};
	for (int i = 0; i < count; i++)
		buf_printf(&text, "{\"id\":\"r-%d\",\"text\":\"văn bản số %d\"}\n", i, i);
	int fd = body_of(text.data, text.len);
	buf_done(&text);
	return fd;
}

static const char *job_text(World *w, Jobs *jobs, uint64_t id)
{
	Buf text = {0};
	JsonOut j;
	jout_begin(&j, &text);
	assert_ok(w, jobs_write(jobs, id, &j, &w->err));
	Str copy = arena_copy(&w->arena, buf_str(&text));
	buf_done(&text);
	return copy.ptr;
}

static const char *wait_for_end(World *w, Jobs *jobs, uint64_t id)
{
	for (int i = 0; i < 2000; i++, usleep(10000)) {
		const char *text = job_text(w, jobs, id);
		if (!strstr(text, ":\"waiting\"") && !strstr(text, ":\"running\""))
			return text;
	}
	fail_msg("job %d does not end", (int)id);
	return NULL;
}

static void only_lists_without_files_are_quick(void **state)
{
	static const struct {
		const char *name, *bytes;
		bool may_extract;
	} bodies[] = {
		{"a.jsonl", "{\"id\":\"a\",\"text\":\"x\"}", false},
		{"a.json", "{\"id\":\"a\"}", false},
		{"a.jsonl", "", false},
		{"a.jsonl", "{\"text\":\"\\u00e0 \\u0022 \\u003c\"}", false},
		{"a.jsonl", "{\"files\":[{\"name\":\"a.pdf\",\"base64\":\"AA==\"}]}", true},
		{"a.jsonl", "{\"files\":[{\"name\":\"a.pdf\",\"b\\u0061se64\":\"AA==\"}]}", true},
		{"a.jsonl", "{\"files\":[{\"name\":\"a.pdf\",\"base\\u00364\":\"AA==\"}]}", true},
		{"a.jsonl.gz", "", true},
		{"a.zip", "", true},
		{"a.pdf", "", true},
		{"a.csv", "", true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		int fd = body_of(bodies[i].bytes, strlen(bodies[i].bytes));
		assert_int_equal(ingest_may_extract(fd, str_from(bodies[i].name)), bodies[i].may_extract);
		close(fd);
	}
	Buf text = {0}; /* the word lies across the borders of blocks */
	for (size_t shift = 0; shift < 24; shift++) {
		buf_clear(&text);
		while (text.len < (256u << 10) - shift)
			buf_add_char(&text, ' ');
		buf_add_zero_terminated(&text, "\"base64\":");
		int fd = body_of(text.data, text.len);
		assert_true(ingest_may_extract(fd, STR("a.jsonl")));
		close(fd);
	}
	buf_done(&text);
}

static void a_job_ends_by_its_limits(void **state)
{
	World w;
	Jobs *jobs;
	JobLimits no_time = wide, few = wide;
	uint64_t id;
	(void)state;
	no_time.quick_ms = 0;
	few.items = 10;
	world_open(&w);
	assert_ok(&w, jobs_new(&jobs, w.store, w.index, &no_time, &w.err));
	assert_ok(&w, jobs_add(jobs, lines(3), STR("a.jsonl"), &id, &w.err));
	const char *text = wait_for_end(&w, jobs, id);
	assert_non_null(strstr(text, "\"state\":\"failed\""));
	assert_non_null(strstr(text, "\"code\":\"limit\""));
	jobs_free(jobs);
	assert_ok(&w, jobs_new(&jobs, w.store, w.index, &few, &w.err));
	assert_ok(&w, jobs_add(jobs, lines(MANY), STR("a.jsonl"), &id, &w.err));
	text = wait_for_end(&w, jobs, id);
	assert_non_null(strstr(text, "\"state\":\"failed\""));
	assert_non_null(strstr(text, "at most 10 records"));
	assert_true(store_tree_size(w.store) > 10 && store_tree_size(w.store) < MANY);
	jobs_free(jobs);
	world_close(&w);
}

static void a_cancelled_job_keeps_what_it_archived(void **state)
{
	World w;
	Jobs *jobs;
	uint64_t id;
	(void)state;
	world_open(&w);
	assert_ok(&w, jobs_new(&jobs, w.store, w.index, NULL, &w.err));
	assert_int_equal(jobs_cancel(jobs, 1, &w.err), ST_NOT_FOUND);
	assert_ok(&w, jobs_add(jobs, lines(MANY), STR("a.jsonl"), &id, &w.err));
	for (int i = 0; i < 2000 && strstr(job_text(&w, jobs, id), "\"seen\":0,"); i++)
		usleep(5000);
	assert_ok(&w, jobs_cancel(jobs, id, &w.err));
	const char *text = wait_for_end(&w, jobs, id);
	assert_non_null(strstr(text, "\"state\":\"cancelled\""));
	assert_null(strstr(text, "\"added\":0,"));
	assert_true(store_tree_size(w.store) > 0 && store_tree_size(w.store) < MANY);
	assert_ok(&w, jobs_cancel(jobs, id, &w.err)); /* again */
	assert_ok(&w, jobs_add(jobs, lines(1), STR("a.jsonl"), &id, &w.err));
	assert_non_null(strstr(wait_for_end(&w, jobs, id), "\"state\":\"done\""));
	assert_int_equal(jobs_cancel(jobs, id, &w.err), ST_CONFLICT);
	jobs_free(jobs);
	world_close(&w);
}

static void jobs_are_listed_page_by_page_newest_first(void **state)
{
	World w;
	Jobs *jobs;
	uint64_t id, before = 0;
	size_t seen = 0;
	(void)state;
	world_open(&w);
	assert_ok(&w, jobs_new(&jobs, w.store, w.index, NULL, &w.err));
	for (int i = 0; i < 5; i++) {
		assert_ok(&w, jobs_add(jobs, lines(1), STR("a.jsonl"), &id, &w.err));
		wait_for_end(&w, jobs, id);
	}
	do {
		Buf text = {0};
		JsonOut j;
		char first[32];
		jout_begin(&j, &text);
		jobs_write_list(jobs, before, 2, &before, &j);
		buf_add_char(&text, 0);
		snprintf(first, sizeof first, "[{\"id\":%d,", 5 - (int)seen);
		assert_true(str_starts(buf_str(&text), str_from(first)));
		for (const char *at = text.data; (at = strstr(at, "\"state\":\"done\"")); at++)
			seen++;
		buf_done(&text);
	} while (before);
	assert_int_equal(seen, 5);
	jobs_free(jobs);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_lists_without_files_are_quick),
		cmocka_unit_test(a_job_ends_by_its_limits),
		cmocka_unit_test(a_cancelled_job_keeps_what_it_archived),
		cmocka_unit_test(jobs_are_listed_page_by_page_newest_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
