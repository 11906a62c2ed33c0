/* tests/prop/store_threads.c - sixteen readers beside a writer and two clients of store_put: what is committed is
 * there, whole, and never changes. Meant for ThreadSanitizer, and right without it. */
#include "base/file.h"
#include "store/care/verify.h"
#include "store/log/options.h"
#include "store/proof/proof.h"
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { READERS = 16, PUTTERS = 2, BATCHES = 40, BATCH = 12, PUTS = 60 };

static Store *store;
static atomic_bool finished;
static atomic_uint failures;
static atomic_ulong reads;

static void complain(const char *where, const Err *err)
{
	if (atomic_fetch_add(&failures, 1) < 5)
		print_message("%s: %s\n", where, err->text);
}

static Status add(uint64_t number, const char *prefix, bool put)
{
	char key[32], text[900];
	Err err;
	Receipt r;
	int n = snprintf(text, sizeof text, "%s %llu:", prefix, (unsigned long long)number);
	for (int i = 0; i < 60; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, " %llu",
			      (unsigned long long)(number * 2654435761u + (unsigned)i * 40503u) % 100003);
	snprintf(key, sizeof key, "%s-%llu", prefix, (unsigned long long)number);
	Str cases[1] = {STR("case")};
	ObjectInput object = {.ref = {.role = "text"}, .bytes = {text, (size_t)n}, .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = STR("{}"),
			    .objects = &object,
			    .object_count = 1,
			    .cases = cases,
			    .case_count = number % 16 == 0};
	Status st = put ? store_put(store, &input, &r, &err) : store_append(store, &input, &r, &err);
	if (st != ST_OK)
		complain("append", &err);
	return st;
}

static void *write_batches(void *arg)
{
	Err err;
	(void)arg;
	for (int b = 0; b < BATCHES; b++) {
		if (store_write_begin(store, &err) != ST_OK) {
			complain("begin", &err);
			break;
		}
		for (int i = 0; i < BATCH; i++)
			add((uint64_t)(b * BATCH + i), "bulk", false);
		if (store_commit(store, &err) != ST_OK)
			complain("commit", &err);
		store_write_end(store);
	}
	return NULL;
}

static void *put_records(void *arg)
{
	for (uint64_t i = 0; i < PUTS; i++)
		add(i, arg, true);
	return NULL;
}

static void look_at(uint64_t sequence, Arena *arena, Buf *text)
{
	Err err;
	Entry entry;
	Proof proof;
	uint64_t found;
	arena_reset(arena);
	buf_clear(text);
	if (store_entry(store, sequence, arena, &entry, &err) != ST_OK) {
		complain("entry", &err);
		return;
	}
	if (store_object_load(store, &entry.objects[0].hash, 1 << 20, text, &err) != ST_OK)
		complain("object", &err);
	else if (store_find(store, ENTRY_RECORD, entry.key, 0, &found, &err) != ST_OK || found != sequence)
		complain("find", &err);
	else if (store_prove_inclusion(store, sequence, sequence + 1, arena, &proof, &err) != ST_OK)
		complain("proof", &err);
	atomic_fetch_add(&reads, 1);
}

static void *read_on(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg * 7919u + 1;
	Arena arena = {0};
	Buf text = {0};
	Err err;
	uint64_t before = 0;
	while (!atomic_load(&finished)) {
		StoreState now;
		store_state(store, &now);
		if (now.tree_size < before)
			atomic_fetch_add(&failures, 1);
		before = now.tree_size;
		if (now.tree_size == 0)
			continue;
		look_at((uint64_t)rand_r(&seed) % now.tree_size, &arena, &text);
		if (rand_r(&seed) % 16 == 0 && store_refresh(store, &err) != ST_OK)
			complain("refresh", &err);
		if (rand_r(&seed) % 32 == 0) {
			uint64_t *sequences;
			size_t count;
			if (store_case_records(store, STR("case"), &arena, &sequences, &count, &err) != ST_OK)
				complain("case", &err);
		}
	}
	arena_done(&arena);
	buf_done(&text);
	return NULL;
}

static void readers_see_only_whole_committed_records_while_writers_write(void **state)
{
	(void)state;
	char dir[64];
	Err err;
	StoreOptions options;
	VerifyReport report;
	pthread_t readers[READERS], writer, putters[PUTTERS];
	static char names[PUTTERS][8];
	snprintf(dir, sizeof dir, "./store-threads-%ld", (long)getpid());
	store_options_default(&options);
	options.segment_bytes = 40 << 10; /* many segments, runs and files opened and closed */
	options.files_max = 4;
	options.sample_bytes = 30 << 10;
	assert_int_equal(store_init(dir, &err), ST_OK);
	assert_int_equal(store_open_with(&store, dir, &options, &err), ST_OK);
	for (uintptr_t i = 0; i < READERS; i++)
		pthread_create(&readers[i], NULL, read_on, (void *)i);
	pthread_create(&writer, NULL, write_batches, NULL);
	for (int i = 0; i < PUTTERS; i++) {
		snprintf(names[i], sizeof names[i], "put%d", i);
		pthread_create(&putters[i], NULL, put_records, names[i]);
	}
	pthread_join(writer, NULL);
	for (int i = 0; i < PUTTERS; i++)
		pthread_join(putters[i], NULL);
	atomic_store(&finished, true);
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	assert_int_equal(store_tree_size(store), BATCHES * BATCH + PUTTERS * PUTS);
	assert_int_equal(store_verify(store, false, NULL, NULL, NULL, &report, &err), ST_OK);
	assert_int_equal(report.findings, 0);
	store_close(store);
	file_remove_tree(dir, &err);
	print_message("%lu reads, %u failures\n", atomic_load(&reads), atomic_load(&failures));
	assert_int_equal(atomic_load(&failures), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_see_only_whole_committed_records_while_writers_write)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
