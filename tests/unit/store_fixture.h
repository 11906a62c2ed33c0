/* tests/unit/store_fixture.h - a fresh archive in a temporary directory, and short ways to fill and look at it.
 *
 * Owns     a Fixture owns its directory and its archive
 * Errors   none: a step that fails fails the test
 * Threads  one
 */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include "base/file.h"
#include "store/care/verify.h"
#include "store/log/options.h"
#include "store/log/store.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
	char dir[64];
	Store *store;
	StoreOptions options;
	Err err;
} Fixture;

#define assert_ok(f, call)                                                                                             \
	do {                                                                                                           \
		Status status_ = (call);                                                                               \
		if (status_ != ST_OK)                                                                                  \
			fail_msg("%s: %s", status_name(status_), (f)->err.text);                                       \
	} while (0)
#define assert_status(f, call, expected)                                                                               \
	do {                                                                                                           \
		Status status_ = (call);                                                                               \
		if (status_ != (expected))                                                                             \
			fail_msg("%s instead of %s: %s", status_name(status_), status_name(expected), (f)->err.text);  \
	} while (0)

static inline void fixture_open(Fixture *f)
{
	assert_ok(f, store_open_with(&f->store, f->dir, &f->options, &f->err));
}

static inline void fixture_reopen(Fixture *f)
{
	store_close(f->store);
	f->store = NULL;
	fixture_open(f);
}

static inline int fixture_setup(void **state)
{
	Fixture *f = calloc(1, sizeof *f);
	snprintf(f->dir, sizeof f->dir, "./store-XXXXXX");
	if (!f || !mkdtemp(f->dir))
		return -1;
	store_options_default(&f->options);
	assert_ok(f, store_init(f->dir, &f->err));
	fixture_open(f);
	*state = f;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	Fixture *f = *state;
	store_close(f->store);
	file_remove_tree(f->dir, &f->err);
	free(f);
	return 0;
}

/* One record with a text. */
static inline Status fixture_append(Fixture *f, const char *key, const char *metadata, Str text, Receipt *out)
{
	ObjectInput object = {.ref = {.role = "text", .from = STR("given")}, .bytes = text, .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = str_from(metadata),
			    .objects = &object,
			    .object_count = 1};
	return store_append(f->store, &input, out, &f->err);
}

static inline Receipt fixture_add(Fixture *f, const char *key, const char *metadata, const char *text)
{
	Receipt receipt = {0};
	assert_ok(f, fixture_append(f, key, metadata, str_from(text), &receipt));
	return receipt;
}

static inline void fixture_begin(Fixture *f)
{
	assert_ok(f, store_write_begin(f->store, &f->err));
}

static inline void fixture_commit_end(Fixture *f)
{
	assert_ok(f, store_commit(f->store, &f->err));
	store_write_end(f->store);
}

/* The text object of the newest version; what `out` held before is gone. */
static inline Status fixture_text(Fixture *f, const char *key, Buf *out)
{
	uint64_t sequence;
	Arena arena = {0};
	Entry entry;
	buf_clear(out);
	Status st = store_find(f->store, ENTRY_RECORD, str_from(key), 0, &sequence, &f->err);
	if (st == ST_OK)
		st = store_entry(f->store, sequence, &arena, &entry, &f->err);
	if (st == ST_OK)
		st = store_object_load(f->store, &entry.objects[0].hash, 1u << 30, out, &f->err);
	arena_done(&arena);
	return st;
}

static inline uint64_t fixture_verify(Fixture *f, bool quick)
{
	VerifyReport report;
	assert_ok(f, store_verify(f->store, quick, NULL, NULL, NULL, &report, &f->err));
	return report.findings;
}

static inline void fixture_path(const Fixture *f, const char *name, char *out, size_t room)
{
	snprintf(out, room, "%s/%s", f->dir, name);
}

static inline uint64_t file_size_of(const Fixture *f, const char *name)
{
	char path[128];
	struct stat info;
	fixture_path(f, name, path, sizeof path);
	return stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
}

/* Changes one byte of a file of the archive by exclusive or. */
static inline void flip_byte(const Fixture *f, const char *name, uint64_t offset, uint8_t mask)
{
	char path[128];
	uint8_t byte;
	fixture_path(f, name, path, sizeof path);
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)offset), 1);
	byte ^= mask;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)offset), 1);
	close(fd);
}

/* Runs a shell command; its exit code, -1 where it did not exit by itself. */
static inline int fixture_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline int fixture_run(const char *format, ...)
{
	char command[1200];
	va_list args;
	va_start(args, format);
	vsnprintf(command, sizeof command, format, args);
	va_end(args);
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
