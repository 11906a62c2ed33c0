/* tests/prop/store_reopen.c - opening an archive takes as long, and as much memory, however many records it holds.
 *
 *   prop_store_reopen                          200,000 records in small segments
 *   HOSO_REOPEN_RECORDS=10000000               as many as that, in segments of the usual size (script/campaign)
 *   HOSO_REOPEN_DIR=…                          where; made if it is not there, kept if it is
 *
 * The last segment is nearly full when it is opened: that is the worst moment, for what is not sealed is read again.
 */
#include "base/clock.h"
#include "base/file.h"
#include "store/log/state.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5, BATCH = 10000 };

typedef struct {
	double seconds, processor;
	long kib;
} Cost;

static StoreOptions options;
static Err err;

#define must(call)                                                                                                     \
	do {                                                                                                           \
		if ((call) != ST_OK)                                                                                   \
			fail_msg("%s: %s", #call, err.text);                                                           \
	} while (0)

static void add_record(Store *store, uint64_t i)
{
	char key[32], text[160], metadata[96];
	int len = snprintf(text, sizeof text, "Công văn số %llu về việc giao nhiệm vụ cho phòng %llu.",
			   (unsigned long long)i, (unsigned long long)(i * 7919 % 1009));
	snprintf(key, sizeof key, "r%llu", (unsigned long long)i);
	snprintf(metadata, sizeof metadata, "{\"number\":\"%llu/CV\"}", (unsigned long long)i);
	ObjectInput object = {.ref = {.role = "text", .from = STR("given")}, .bytes = {text, (size_t)len}, .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = str_from(metadata),
			    .objects = &object,
			    .object_count = 1};
	Receipt receipt;
	must(store_append(store, &input, &receipt, &err));
}

/* How full the live segment is, of 100. */
static unsigned filling(Store *store)
{
	pthread_rwlock_rdlock(&store->lock);
	uint64_t end = store->segments[store->segment_count - 1]->end;
	pthread_rwlock_unlock(&store->lock);
	return (unsigned)(end * 100 / options.segment_bytes);
}

static uint64_t build(const char *dir, uint64_t records)
{
	Store *store;
	uint64_t i = 0;
	must(store_init(dir, &err));
	must(store_open_with(&store, dir, &options, &err));
	must(store_write_begin(store, &err));
	while (i < records || filling(store) < 90) {
		for (int k = 0; k < BATCH / 10; k++)
			add_record(store, i++);
		must(store_commit(store, &err));
	}
	store_write_end(store);
	store_close(store);
	return i;
}

/* In a process of its own, so that its memory is that of one opening. */
static Cost measure(const char *dir, uint64_t records)
{
	int ends[2];
	Cost cost = {0};
	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct rusage before, after;
		Store *store;
		char key[32];
		uint64_t sequence;
		getrusage(RUSAGE_SELF, &before);
		uint64_t start = clock_monotonic_us();
		if (store_open_with(&store, dir, &options, &err) != ST_OK)
			_exit(1);
		cost.seconds = (double)(clock_monotonic_us() - start) / 1e6;
		getrusage(RUSAGE_SELF, &after);
		cost.kib = after.ru_maxrss - before.ru_maxrss;
		cost.processor = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec -
					  before.ru_stime.tv_sec) +
				 (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec -
					  before.ru_stime.tv_usec) /
					 1e6;
		for (uint64_t i = 0; i < 100; i++) { /* it is really there, first and last */
			snprintf(key, sizeof key, "r%llu", (unsigned long long)((records - 1) * i / 99));
			if (store_find(store, ENTRY_RECORD, str_from(key), 0, &sequence, &err) != ST_OK ||
			    sequence != (records - 1) * i / 99)
				_exit(2);
		}
		_exit(write(ends[1], &cost, sizeof cost) == sizeof cost && store_tree_size(store) == records ? 0 : 3);
	}
	int status;
	assert_int_equal(read(ends[0], &cost, sizeof cost), sizeof cost);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ends[0]);
	close(ends[1]);
	return cost;
}

static int by_seconds(const void *a, const void *b)
{
	double x = ((const Cost *)a)->seconds, y = ((const Cost *)b)->seconds;
	return x < y ? -1 : x > y;
}

static void opening_reads_the_live_segment_and_no_other(void **state)
{
	(void)state;
	char own[48];
	const char *wanted = getenv("HOSO_REOPEN_RECORDS"), *dir = getenv("HOSO_REOPEN_DIR");
	uint64_t records = wanted ? strtoull(wanted, NULL, 10) : 200000;
	Cost costs[ROUNDS];
	Store *store;
	StoreState now;
	store_options_default(&options);
	if (!wanted)
		options.segment_bytes = 8 << 20;
	snprintf(own, sizeof own, "./reopen-%ld", (long)getpid());
	if (!dir)
		dir = own;
	if (!file_exists(dir))
		build(dir, records);
	must(store_open_with(&store, dir, &options, &err));
	store_state(store, &now);
	unsigned full = filling(store);
	store_close(store);
	for (int i = 0; i < ROUNDS; i++)
		costs[i] = measure(dir, now.tree_size);
	qsort(costs, ROUNDS, sizeof *costs, by_seconds);
	print_message("%llu records, %llu segments, %.2f GB, the last %u %% full: opened in %.3f to %.3f s, %.3f s of "
		      "processor time, %ld MiB\n",
		      (unsigned long long)now.tree_size, (unsigned long long)now.segments,
		      (double)now.bytes_stored / 1e9, full, costs[0].seconds, costs[ROUNDS - 1].seconds,
		      costs[0].processor, costs[0].kib >> 10);
	if (dir == own)
		file_remove_tree(own, &err);
	assert_true(costs[0].seconds < 1.0);
	assert_true(costs[0].kib < 128 << 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(opening_reads_the_live_segment_and_no_other)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
