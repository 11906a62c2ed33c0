/* tests/prop/store_faults.c - the n-th call of the operating system or of malloc fails, for every n until none does.
 *
 * Whatever fails: no crash, no acknowledgement without durability, a clean error, and a later start with working calls
 * finds every acknowledged record and can go on. Each kind of failure is swept on its own.
 */
#include "base/file.h"
#include "store/care/destroy.h"
#include "store/care/verify.h"
#include "store/care/recompress.h"
#include "store/log/options.h"
#include "tests/unit/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum {
	FAIL_NONE,
	FAIL_WRITE_EIO,
	FAIL_WRITE_ENOSPC,
	FAIL_WRITE_SHORT,
	FAIL_WRITE_EINTR,
	FAIL_SYNC,
	FAIL_CUT,
	FAIL_OPEN,
	FAIL_RENAME,
	FAIL_READ_EIO,
	FAIL_READ_SHORT,
	FAIL_MALLOC,
	FAIL_KINDS
} Kind;

static const char *const kind_names[FAIL_KINDS] = {"none",        "write EIO", "write ENOSPC",  "short write",
						   "write EINTR", "sync EIO",  "ftruncate EIO", "open EMFILE",
						   "rename EIO",  "read EIO",  "short read",    "malloc NULL"};

static Kind failing;
static unsigned long countdown; /* 0: nothing fails any more */
static bool fired, armed;

/* Is it this call's turn? */
static bool strikes(Kind kind)
{
	if (!armed || kind != failing || countdown == 0 || --countdown > 0)
		return false;
	fired = true;
	return true;
}

#define REAL(name)                                                                                                     \
	static __typeof__(name) *real;                                                                                 \
	if (!real)                                                                                                     \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
	REAL(pwrite64);
	if (strikes(FAIL_WRITE_EIO)) {
		errno = EIO;
		return -1;
	}
	if (strikes(FAIL_WRITE_ENOSPC)) {
		real(fd, bytes, len / 3, offset);
		errno = ENOSPC;
		return -1;
	}
	if (strikes(FAIL_WRITE_EINTR)) {
		errno = EINTR;
		return -1;
	}
	if (len > 1 && strikes(FAIL_WRITE_SHORT))
		len /= 2;
	return real(fd, bytes, len, offset);
}

ssize_t pread64(int fd, void *bytes, size_t len, off64_t offset)
{
	REAL(pread64);
	if (strikes(FAIL_READ_EIO)) {
		errno = EIO;
		return -1;
	}
	if (len > 1 && strikes(FAIL_READ_SHORT))
		len /= 2;
	return real(fd, bytes, len, offset);
}

int fdatasync(int fd)
{
	(void)fd;
	if (strikes(FAIL_SYNC)) {
		errno = EIO;
		return -1;
	}
	return 0;
}

int fsync(int fd)
{
	return fdatasync(fd);
}

int ftruncate64(int fd, off64_t len)
{
	REAL(ftruncate64);
	if (strikes(FAIL_CUT)) {
		errno = EIO;
		return -1;
	}
	return real(fd, len);
}

int open64(const char *path, int flags, ...)
{
	REAL(open64);
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (strikes(FAIL_OPEN)) {
		errno = EMFILE;
		return -1;
	}
	return real(path, flags, mode);
}

int rename(const char *from, const char *to)
{
	REAL(rename);
	if (strikes(FAIL_RENAME)) {
		errno = EIO;
		return -1;
	}
	return real(from, to);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SWEEPS_MALLOC = 0 }; /* the sanitizer owns malloc */
#else
enum { SWEEPS_MALLOC = 1 };
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	return strikes(FAIL_MALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return strikes(FAIL_MALLOC) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return strikes(FAIL_MALLOC) ? NULL : __libc_realloc(old, size);
}
#endif

/* ---- the work -------------------------------------------------------------------------------------------------- */

enum { BATCHES = 9, BATCH = 5 };

static char dir[64];
static uint64_t acknowledged;

static void make_text(uint64_t number, char *out, size_t room)
{
	int n = snprintf(out, room, "record %llu:", (unsigned long long)number);
	for (int i = 0; i < 30; i++)
		n += snprintf(out + n, room - (size_t)n, " %llu",
			      (unsigned long long)(number * 2654435761u + (unsigned)i * 40503u) % 100003);
}

static const StoreOptions *options(void)
{
	static StoreOptions o;
	store_options_default(&o);
	o.segment_bytes = 6000;
	o.buffer_bytes = 1500;
	o.sample_bytes = failing == FAIL_MALLOC ? 0 : 4000; /* zstd's trainer 1.5.4 does not survive it itself */
	o.files_max = 2;
	return &o;
}

static Status append_one(Store *store, uint64_t number, Err *err)
{
	char key[24], text[400];
	Receipt r;
	snprintf(key, sizeof key, "r%llu", (unsigned long long)number);
	make_text(number, text, sizeof text);
	ObjectInput object = {.ref = {.role = "text"}, .bytes = str_from(text), .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = STR("{}"),
			    .objects = &object,
			    .object_count = 1};
	return store_append(store, &input, &r, err);
}

/* Keeps going after failures, as a server does: the store must stay usable or say that it is not. */
static void work(void)
{
	Store *store = NULL;
	Err err;
	uint64_t sequence;
	if (store_open_with(&store, dir, options(), &err) != ST_OK)
		return;
	for (uint64_t b = 0; b < BATCHES; b++) {
		if (store_write_begin(store, &err) != ST_OK)
			continue;
		bool whole = true;
		for (uint64_t i = 0; i < BATCH; i++)
			whole = append_one(store, b * BATCH + i, &err) == ST_OK && whole;
		Status st = store_commit(store, &err);
		if (st == ST_OK && whole && acknowledged == b * BATCH)
			acknowledged = (b + 1) * BATCH;
		store_write_end(store);
		store_find(store, ENTRY_RECORD, STR("r1"), 0, &sequence, &err);
		store_refresh(store, &err);
	}
	store_close(store);
}

/* With working calls again: all that was acknowledged is there, and more can be added. */
static bool recovers(Err *err)
{
	Store *store;
	Arena arena = {0};
	Buf got = {0};
	VerifyReport report = {0};
	if (store_open_with(&store, dir, options(), err) != ST_OK)
		return false;
	bool right = true;
	for (uint64_t i = 0; right && i < acknowledged; i++) {
		char key[24], text[400];
		uint64_t sequence;
		Entry entry;
		snprintf(key, sizeof key, "r%llu", (unsigned long long)i);
		make_text(i, text, sizeof text);
		arena_reset(&arena);
		buf_clear(&got);
		right = store_find(store, ENTRY_RECORD, str_from(key), 0, &sequence, err) == ST_OK &&
			store_entry(store, sequence, &arena, &entry, err) == ST_OK &&
			store_object_load(store, &entry.objects[0].hash, 1 << 20, &got, err) == ST_OK &&
			str_eq(buf_str(&got), str_from(text));
	}
	right = right && store_write_begin(store, err) == ST_OK;
	if (right) {
		for (uint64_t i = 0; right && i < BATCHES * BATCH; i++)
			right = append_one(store, i, err) == ST_OK;
		right = right && store_commit(store, err) == ST_OK;
		store_write_end(store);
	}
	right = right && store_verify(store, false, NULL, NULL, NULL, &report, err) == ST_OK && report.findings == 0 &&
		report.leaves == BATCHES * BATCH;
	if (!right && report.leaves)
		err_set(err, ST_CORRUPT, "%llu findings, %llu leaves", (unsigned long long)report.findings,
			(unsigned long long)report.leaves);
	store_close(store);
	arena_done(&arena);
	buf_done(&got);
	return right;
}

/* ---- destruction ----------------------------------------------------------------------------------------------- */

static Status destroy(Store *store, Err *err)
{
	const Str ids[1] = {STR("r3")};
	DestructionInput input = {.decision = STR("17/QD"),
				  .decided = STR("2026-11-22"),
				  .reason = STR("x"),
				  .approved_by = {STR("A"), STR("B")},
				  .record_ids = ids,
				  .record_count = 1};
	DestructionReport report;
	return store_destroy(store, &input, &report, err);
}

static void make_empty(void)
{
	Err err;
	assert_int_equal(store_init(dir, &err), ST_OK);
}

static void make_full(void)
{
	make_empty();
	work();
}

static void destroy_one(void)
{
	Store *store;
	Err err;
	uint32_t done;
	if (store_open_with(&store, dir, options(), &err) != ST_OK)
		return;
	if (failing != FAIL_MALLOC) /* it trains */
		store_recompress(store, 1, NULL, &done, &err);
	destroy(store, &err);
	store_close(store);
}

static void show_finding(void *ctx, const VerifyFinding *finding)
{
	(void)ctx;
	print_message("    %s at %llu: %s\n", finding->segment, (unsigned long long)finding->offset, finding->text);
}

/* With working calls again: done once more it is done, and every other record is as it was. */
static bool is_destroyed(Err *err)
{
	Store *store;
	Arena arena = {0};
	Buf got = {0};
	Entry entry;
	uint64_t sequence;
	VerifyReport report = {0};
	if (store_open_with(&store, dir, options(), err) != ST_OK)
		return false;
	/* whatever was interrupted, every verb meets a whole archive */
	bool right =
		store_verify(store, false, NULL, show_finding, NULL, &report, err) == ST_OK && report.findings == 0;
	right = right && destroy(store, err) == ST_OK && !store_destroy_is_pending(store);
	for (uint64_t i = 0; right && i < BATCHES * BATCH; i++) {
		char key[24], text[400];
		snprintf(key, sizeof key, "r%llu", (unsigned long long)i);
		make_text(i, text, sizeof text);
		arena_reset(&arena);
		buf_clear(&got);
		right = store_find(store, ENTRY_RECORD, str_from(key), 0, &sequence, err) == ST_OK &&
			store_entry(store, sequence, &arena, &entry, err) == ST_OK && entry.destroyed == (i == 3);
		if (right && i != 3)
			right = store_object_load(store, &entry.objects[0].hash, 1 << 20, &got, err) == ST_OK &&
				str_eq(buf_str(&got), str_from(text));
	}
	right = right && store_verify(store, false, NULL, NULL, NULL, &report, err) == ST_OK && report.findings == 0;
	store_close(store);
	arena_done(&arena);
	buf_done(&got);
	return right;
}

/* ---- the sweep ------------------------------------------------------------------------------------------------- */

static void sweep(void (*prepare)(void), void (*act)(void), bool (*is_right)(Err *err))
{
	unsigned long total = 0, bad = 0;
	Err err = {0};
	snprintf(dir, sizeof dir, "%s/hoso-faults-%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ".",
		 (long)getpid());
	for (Kind kind = FAIL_WRITE_EIO; kind < FAIL_KINDS; kind++) {
		if (kind == FAIL_MALLOC && !SWEEPS_MALLOC)
			continue;
		unsigned long n = 0;
		do {
			n += n < 300 ? 1 : 1 + n / 50; /* every one of the first; then ever wider steps */
			file_remove_tree(dir, &err);
			acknowledged = 0;
			failing = kind;
			prepare();
			countdown = n;
			fired = false;
			armed = true;
			act();
			armed = false;
			total++;
			err = (Err){0};
			if (!is_right(&err) && ++bad < 10)
				print_message("%s, call %lu, %llu acknowledged: %s\n", kind_names[kind], n,
					      (unsigned long long)acknowledged, err.text);
		} while (fired);
		print_message("%s: up to call %lu\n", kind_names[kind], n);
	}
	file_remove_tree(dir, &err);
	print_message("%lu runs, %lu wrong\n", total, bad);
	assert_int_equal(bad, 0);
}

static void whatever_call_fails_no_acknowledged_record_is_lost(void **state)
{
	(void)state;
	sweep(make_empty, work, recovers);
}

static void whatever_call_fails_a_destruction_is_finished_by_doing_it_again(void **state)
{
	(void)state;
	sweep(make_full, destroy_one, is_destroyed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_call_fails_no_acknowledged_record_is_lost),
		cmocka_unit_test(whatever_call_fails_a_destruction_is_finished_by_doing_it_again)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
