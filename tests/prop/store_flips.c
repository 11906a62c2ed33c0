/* tests/prop/store_flips.c - every bit of an archive is flipped, one at a time: none is silent, none shows a wrong
 * byte.
 *
 * The archive has everything a segment can hold: several segments with a dictionary, one written anew with another,
 * case files, versions, a hold, a destroyed record, a signed checkpoint. For each bit the archive is opened anew,
 * verified and read as a whole. It lies in memory where there is a place for that, and as many processes as the
 * machine has cores share the work, each on a copy of its own.
 *
 *   prop_store_flips            a small archive, with the same parts
 *   HOSO_FLIP_BYTES=65536       of at least so many bytes (script/campaign)
 */
#include "base/file.h"
#include "store/care/verify.h"
#include "store/proof/checkpoint.h"
#include "store/care/destroy.h"
#include "store/care/hold.h"
#include "store/care/recompress.h"
#include "store/log/options.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES_MAX = 64, WORKERS_MAX = 8, SHOWN_MAX = 10 };

typedef struct {
	char name[48];
	uint64_t size;
} File;
typedef struct {
	unsigned long long flips, silent, wrong;
} Count;

static StoreOptions options;
static Err err;
static char dir[64];
static File files[FILES_MAX]; /* what is flipped: segments, FORMAT, checkpoint, the key to check it with */
static size_t file_count;

#define must(call)                                                                                                     \
	do {                                                                                                           \
		if ((call) != ST_OK)                                                                                   \
			fail_msg("%s: %s", #call, err.text);                                                           \
	} while (0)

/* ---- the archive ----------------------------------------------------------------------------------------------- */

static void add_record(Store *store, int i)
{
	char key[16], text[700], metadata[120];
	int n = snprintf(text, sizeof text, "QUYẾT ĐỊNH số %d/QĐ-UBND. ", i);
	for (int k = 0; k < 9; k++)
		n += snprintf(text + n, sizeof text - (size_t)n, "Điều %d. Giao phòng %d, hạn %d ngày. ", k,
			      (i * 7 + k * k) % 53, (i * k) % 90);
	snprintf(key, sizeof key, "r%d", i % 5 == 4 ? i - 1 : i); /* every fifth is a new version */
	snprintf(metadata, sizeof metadata, "{\"subject\":\"V/v thử %d\",\"cases\":[\"H-1\"]}", i);
	const Str cases[1] = {STR("H-1")};
	ObjectInput object = {.ref = {.role = "text", .from = STR("given")}, .bytes = {text, (size_t)n}, .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = str_from(metadata),
			    .objects = &object,
			    .object_count = 1,
			    .cases = cases,
			    .case_count = i % 2 ? 1 : 0};
	Receipt receipt;
	must(store_append(store, &input, &receipt, &err));
}

static void destroy_one(Store *store)
{
	const Str ids[1] = {STR("r1")};
	DestructionInput input = {.decision = STR("17/QĐ"),
				  .decided = STR("2026-11-22"),
				  .reason = STR("hết hạn"),
				  .approved_by = {STR("A"), STR("B")},
				  .record_ids = ids,
				  .record_count = 1};
	DestructionReport report;
	must(store_destroy(store, &input, &report, &err));
}

static void build(uint64_t bytes)
{
	Store *store;
	StoreState now;
	Receipt receipt;
	Buf note = {0};
	uint32_t done;
	HoldInput hold = {STR("kiện"), STR("TAND")};
	store_options_default(&options);
	options.segment_bytes = bytes / 4 + (15 << 10); /* a packed frame is given 12 KiB more than it takes */
	options.sample_bytes = 3000;
	must(store_init(dir, &err));
	must(store_open_with(&store, dir, &options, &err));
	must(store_write_begin(store, &err));
	store_state(store, &now);
	for (int i = 0; now.bytes_stored < bytes; i++) {
		add_record(store, i);
		if (i % 3 == 2)
			must(store_commit(store, &err));
		if (i == 7)
			must(store_hold(store, STR("r2"), &hold, &receipt, &err));
		store_state(store, &now);
	}
	must(store_commit(store, &err));
	destroy_one(store);
	must(store_recompress(store, 1, NULL, &done, &err));
	must(store_checkpoint(store, &note, &err));
	store_write_end(store);
	store_close(store);
	buf_done(&note);
}

static void take_file(const char *name)
{
	char path[160];
	struct stat info;
	snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(stat(path, &info), 0);
	assert_true(file_count < FILES_MAX);
	snprintf(files[file_count].name, sizeof files[0].name, "%s", name);
	files[file_count++].size = (uint64_t)info.st_size;
}

static void list_files(void)
{
	char path[160];
	snprintf(path, sizeof path, "%s/segments", dir);
	DIR *segments = opendir(path);
	assert_non_null(segments);
	for (struct dirent *entry; (entry = readdir(segments));) {
		char name[48];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "segments/%.30s", entry->d_name);
		take_file(name);
	}
	closedir(segments);
	take_file("FORMAT");
	take_file("checkpoint");
	take_file("keys/verifier.txt");
}

/* ---- looking at it --------------------------------------------------------------------------------------------- */

/* Everything an archive shows. Objects of destroyed records are no more. */
static Status look_at_all(Store *store, Buf *seen)
{
	Arena arena = {0};
	Status st = ST_OK;
	StoreState now;
	uint64_t *members, sequence;
	size_t count;
	buf_clear(seen);
	store_state(store, &now);
	buf_add(seen, &now.tree_size, sizeof now.tree_size);
	buf_add(seen, now.root.bytes, STORE_HASH_LEN);
	for (uint64_t i = 0; st == ST_OK && i < now.tree_size; i++) {
		Entry entry;
		arena_reset(&arena);
		st = store_entry(store, i, &arena, &entry, &err);
		if (st != ST_OK)
			break;
		buf_add_str(seen, entry.descriptor);
		buf_add_str(seen, entry.payload);
		st = store_find(store, entry.kind, entry.key, entry.version, &sequence, &err);
		for (size_t k = 0; st == ST_OK && k < entry.object_count; k++)
			st = store_object_load(store, &entry.objects[k].hash, 1 << 26, seen, &err);
	}
	if (st == ST_OK)
		st = store_case_records(store, STR("H-1"), &arena, &members, &count, &err);
	if (st == ST_OK)
		buf_add(seen, members, count * sizeof *members);
	arena_done(&arena);
	return st;
}

/* 'f' found by verify or refused, 's' silent and right, 'w' wrong. */
static char judge(const Buf *expected, Buf *seen)
{
	Store *store;
	VerifyReport report;
	if (store_open_with(&store, dir, &options, &err) != ST_OK)
		return 'f';
	bool looked = store_verify(store, false, NULL, NULL, NULL, &report, &err) == ST_OK;
	bool found = looked && report.findings > 0;
	bool shown = look_at_all(store, seen) == ST_OK, same = shown && str_eq(buf_str(seen), buf_str(expected));
	store_close(store);
	/* what a reader is shown without verify must be right or an error; an older state (fewer leaves) is named by
	 * verify */
	if (shown && !same && seen->len >= sizeof(uint64_t) &&
	    memcmp(seen->data, expected->data, sizeof(uint64_t)) == 0)
		return 'w';
	return found ? 'f' : same ? 's' : 'w';
}

static void flip(int fd, uint64_t at, uint8_t mask)
{
	uint8_t byte;
	if (pread(fd, &byte, 1, (off_t)at) != 1)
		_exit(2);
	byte ^= mask;
	if (pwrite(fd, &byte, 1, (off_t)at) != 1)
		_exit(2);
}

static void flip_all(unsigned worker, unsigned workers, const Buf *expected, Count *count)
{
	Buf seen = {0};
	uint64_t number = 0;
	for (size_t i = 0; i < file_count; i++) {
		char path[160];
		snprintf(path, sizeof path, "%s/%.47s", dir, files[i].name);
		int fd = open(path, O_RDWR);
		if (fd < 0)
			_exit(2);
		for (uint64_t at = 0; at < files[i].size; at++) {
			if (number++ % workers != worker)
				continue;
			for (int bit = 0; bit < 8; bit++) {
				flip(fd, at, (uint8_t)(1 << bit));
				char verdict = judge(expected, &seen);
				flip(fd, at, (uint8_t)(1 << bit));
				count->flips++;
				count->silent += verdict == 's';
				count->wrong += verdict == 'w';
				if (verdict != 'f' && count->silent + count->wrong <= SHOWN_MAX)
					printf("#   %s byte %llu bit %d: %s\n", files[i].name, (unsigned long long)at,
					       bit, verdict == 's' ? "silent" : "wrong");
			}
		}
		close(fd);
	}
	if (judge(expected, &seen) != 's') /* every bit is back where it was, and the archive as before */
		count->wrong++;
	buf_done(&seen);
}

static void no_single_flipped_bit_is_silent(void **state)
{
	(void)state;
	char original[48], command[200];
	const char *wanted = getenv("HOSO_FLIP_BYTES");
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned workers = cores < 1 ? 1 : cores > WORKERS_MAX ? WORKERS_MAX : (unsigned)cores;
	Buf expected = {0};
	Store *store;
	Count *counts = mmap(NULL, WORKERS_MAX * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			     0),
	      all = {0};
	uint64_t bytes = 0;
	assert_true(counts != MAP_FAILED);
	snprintf(original, sizeof original, "%s/hoso-flips-%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ".",
		 (long)getpid());
	snprintf(dir, sizeof dir, "%s", original);
	build(wanted ? strtoull(wanted, NULL, 10) : 5 << 10);
	list_files();
	for (size_t i = 0; i < file_count; i++)
		bytes += files[i].size;
	must(store_open_with(&store, dir, &options, &err));
	must(look_at_all(store, &expected));
	store_close(store);
	fflush(stdout);
	for (unsigned w = 0; w < workers; w++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			snprintf(dir, sizeof dir, "%s-%u", original, w);
			snprintf(command, sizeof command, "cp -r %s %s", original, dir);
			if (system(command) != 0)
				_exit(2);
			flip_all(w, workers, &expected, &counts[w]);
			file_remove_tree(dir, &err);
			fflush(stdout);
			_exit(0);
		}
	}
	bool fine = true;
	for (int status; wait(&status) > 0;)
		fine = fine && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	file_remove_tree(original, &err);
	for (unsigned w = 0; w < workers; w++) {
		all.flips += counts[w].flips;
		all.silent += counts[w].silent;
		all.wrong += counts[w].wrong;
	}
	print_message("%llu bits of %llu bytes in %zu files flipped, %llu silent, %llu wrong\n", all.flips,
		      (unsigned long long)bytes, file_count, all.silent, all.wrong);
	buf_done(&expected);
	munmap(counts, WORKERS_MAX * sizeof *counts);
	assert_true(fine);
	assert_int_equal(all.flips, bytes * 8);
	assert_int_equal(all.silent + all.wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_single_flipped_bit_is_silent)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
