/* tests/prop/store_crash.c - the power is cut at every point: what was acknowledged is there, whole, and the tree
 * agrees.
 *
 * The test records every write, cut, sync, creation, removal and renaming that the store does to its files (it puts
 * its own functions in front of the C library's). Then it makes the disks that a power cut could leave: for every
 * prefix of that trace, what was synced is there, and of what was not any part may be: all of it, nothing of it, or a
 * random choice of operations and of sectors of 512 or 4096 bytes within them. Each disk is opened, looked at, written
 * to and verified.
 *
 *   prop_store_crash [seed [random disks for each prefix]]
 */
#include "base/file.h"
#include "store/care/verify.h"
#include "store/proof/checkpoint.h"
#include "store/care/destroy.h"
#include "store/care/recompress.h"
#include "store/log/options.h"
#include "store/proof/proof.h"
#include "tests/unit/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the trace ------------------------------------------------------------------------------------------------- */

typedef enum { OP_WRITE, OP_CUT, OP_SYNC, OP_CREATE, OP_REMOVE, OP_RENAME, OP_SYNC_DIR, OP_ACKNOWLEDGE } OpKind;

typedef struct {
	OpKind kind;
	int file; /* of OP_WRITE, OP_CUT, OP_SYNC, OP_CREATE */
	uint64_t offset,
		len; /* OP_CUT: the new length; OP_ACKNOWLEDGE: tree size, and 1 as offset: the doomed are destroyed */
	char *bytes;
	char path[64], to[64]; /* inside the archive */
	Hash root;             /* OP_ACKNOWLEDGE */
} Op;

enum { OPS_MAX = 20000, FILES_MAX = 400, FDS_MAX = 1024, RECORDS_MAX = 400 };
static Op ops[OPS_MAX];
static size_t op_count;
static int file_count;
static int file_of_fd[FDS_MAX];      /* 0: not followed */
static char path_of_fd[FDS_MAX][64]; /* of directories */
static bool recording;
static char root_dir[48];

static struct {
	char key[24], text[600];
	bool doomed;
} records[RECORDS_MAX]; /* what was appended, by sequence */
static size_t record_count;

/* The path inside the archive; NULL where it is another. */
static const char *inside(const char *path)
{
	size_t len = strlen(root_dir);
	return recording && strncmp(path, root_dir, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

static Op *note(OpKind kind)
{
	if (op_count == OPS_MAX)
		abort();
	ops[op_count] = (Op){.kind = kind};
	return &ops[op_count++];
}

#define REAL(name)                                                                                                     \
	static __typeof__(name) *real;                                                                                 \
	if (!real)                                                                                                     \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

static struct {
	char path[64];
	int file;
} names[FILES_MAX];
static size_t name_count;

static int file_named(const char *path)
{
	for (size_t i = 0; i < name_count; i++)
		if (strcmp(names[i].path, path) == 0)
			return names[i].file;
	return 0;
}

static void set_name(const char *path, int file)
{
	for (size_t i = 0; i < name_count; i++) {
		if (strcmp(names[i].path, path) == 0) {
			names[i].file = file;
			return;
		}
	}
	if (name_count == FILES_MAX)
		abort();
	snprintf(names[name_count].path, sizeof names[0].path, "%s", path);
	names[name_count++].file = file;
}

int open64(const char *path, int flags, ...)
{
	REAL(open64);
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	const char *own = inside(path);
	struct stat info;
	bool fresh = own && (flags & O_CREAT) && stat(path, &info) != 0;
	int fd = real(path, flags, mode);
	if (fd < 0 || fd >= FDS_MAX)
		return fd;
	file_of_fd[fd] = 0;
	path_of_fd[fd][0] = 0;
	if (!own)
		return fd;
	if (flags & O_DIRECTORY) {
		snprintf(path_of_fd[fd], sizeof path_of_fd[fd], "%s", own);
		return fd;
	}
	if (fresh) {
		set_name(own, ++file_count);
		Op *op = note(OP_CREATE);
		op->file = file_count;
		snprintf(op->path, sizeof op->path, "%s", own);
	}
	if ((flags & O_ACCMODE) != O_RDONLY)
		file_of_fd[fd] = file_named(own);
	if (!fresh && (flags & O_TRUNC) && file_of_fd[fd])
		note(OP_CUT)->file = file_of_fd[fd];
	return fd;
}

int close(int fd)
{
	REAL(close);
	if (fd >= 0 && fd < FDS_MAX) {
		file_of_fd[fd] = 0;
		path_of_fd[fd][0] = 0;
	}
	return real(fd);
}

static void note_write(int fd, const void *bytes, uint64_t len, uint64_t offset)
{
	Op *op = note(OP_WRITE);
	op->file = file_of_fd[fd];
	op->offset = offset;
	op->len = len;
	op->bytes = malloc(len ? len : 1);
	memcpy(op->bytes, bytes, len);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
	REAL(pwrite64);
	ssize_t put = real(fd, bytes, len, offset);
	if (put > 0 && fd < FDS_MAX && file_of_fd[fd])
		note_write(fd, bytes, (uint64_t)put, (uint64_t)offset);
	return put;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	REAL(write);
	off_t at = fd < FDS_MAX && file_of_fd[fd] ? lseek(fd, 0, SEEK_CUR) : 0;
	ssize_t put = real(fd, bytes, len);
	if (put > 0 && fd < FDS_MAX && file_of_fd[fd])
		note_write(fd, bytes, (uint64_t)put, (uint64_t)at);
	return put;
}

int ftruncate64(int fd, off64_t len)
{
	REAL(ftruncate64);
	int got = real(fd, len);
	if (got == 0 && fd < FDS_MAX && file_of_fd[fd]) {
		Op *op = note(OP_CUT);
		op->file = file_of_fd[fd];
		op->len = (uint64_t)len;
	}
	return got;
}

static void note_sync(int fd)
{
	if (fd < FDS_MAX && file_of_fd[fd])
		note(OP_SYNC)->file = file_of_fd[fd];
	else if (fd < FDS_MAX && path_of_fd[fd][0])
		snprintf(note(OP_SYNC_DIR)->path, sizeof ops[0].path, "%s", path_of_fd[fd]);
}

int fdatasync(int fd)
{
	note_sync(fd);
	return 0; /* the real one would only cost time */
}

int fsync(int fd)
{
	note_sync(fd);
	return 0;
}

int unlink(const char *path)
{
	REAL(unlink);
	int got = real(path);
	const char *own = inside(path);
	if (own && got == 0) {
		snprintf(note(OP_REMOVE)->path, sizeof ops[0].path, "%s", own);
		set_name(own, 0);
	}
	return got;
}

int rename(const char *from, const char *to)
{
	REAL(rename);
	int got = real(from, to);
	const char *own = inside(from);
	if (own && got == 0) {
		Op *op = note(OP_RENAME);
		snprintf(op->path, sizeof op->path, "%s", own);
		snprintf(op->to, sizeof op->to, "%s", inside(to));
		set_name(op->to, file_named(own));
		set_name(op->path, 0);
	}
	return got;
}

/* ---- the work that is traced ----------------------------------------------------------------------------------- */

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

static Err err;

static void must(Status st, const char *what)
{
	if (st != ST_OK)
		fail_msg("%s: %s", what, err.text);
}

#define DOOMED_MARK "THE-DOOMED-WORDS;"
static bool destroyed;

static void append_one(Store *store, bool keep)
{
	char key[24], text[600];
	size_t len = 20 + dice(560);
	Receipt r;
	snprintf(key, sizeof key, "r%zu", keep ? record_count : RECORDS_MAX + dice(1000));
	for (size_t i = 0; i < len; i++)
		text[i] = (char)(' ' + dice(dice(3) ? 4 : 90));
	text[len] = 0;
	ObjectInput object = {.ref = {.role = "text"}, .bytes = {text, len}, .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = STR("{\"a\":1}"),
			    .objects = &object,
			    .object_count = 1};
	must(store_append(store, &input, &r, &err), "append");
	if (keep) {
		memcpy(records[record_count].key, key, sizeof key);
		memcpy(records[record_count].text, text, sizeof text);
		record_count++;
	}
}

static void acknowledge(Store *store)
{
	StoreState now;
	store_state(store, &now);
	Op *op = note(OP_ACKNOWLEDGE);
	op->len = now.tree_size;
	op->root = now.root;
	op->offset = destroyed;
}

/* One record by whose words the dictionary of its segment is bound to know it. */
static void append_doomed(Store *store)
{
	char text[600];
	Receipt r;
	for (size_t i = 0; i < sizeof text - 1; i++)
		text[i] = DOOMED_MARK[i % (sizeof DOOMED_MARK - 1)];
	text[sizeof text - 1] = 0;
	ObjectInput object = {.ref = {.role = "text"}, .bytes = str_from(text), .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = STR("doomed"),
			    .metadata = STR("{\"a\":1}"),
			    .objects = &object,
			    .object_count = 1};
	must(store_append(store, &input, &r, &err), "append of the doomed");
	snprintf(records[record_count].key, sizeof records[0].key, "doomed");
	records[record_count].doomed = true;
	memcpy(records[record_count++].text, text, sizeof text);
}

static Status destroy_doomed(Store *store)
{
	const Str ids[1] = {STR("doomed")};
	DestructionInput input = {.decision = STR("17/QD"),
				  .decided = STR("2026-11-22"),
				  .reason = STR("x"),
				  .approved_by = {STR("A"), STR("B")},
				  .record_ids = ids,
				  .record_count = 1};
	DestructionReport report;
	return store_destroy(store, &input, &report, &err);
}

static void append_large(Store *store)
{
	static char noise[(1 << 20) + 5000];
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (char)dice(256);
	char key[24];
	Receipt r;
	snprintf(key, sizeof key, "r%zu", record_count);
	ObjectInput objects[2] = {{.ref = {.role = "text"}, .bytes = STR("see the original"), .fd = -1},
				  {.ref = {.role = "original"}, .bytes = {noise, sizeof noise}, .fd = -1}};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = STR("{\"a\":1}"),
			    .objects = objects,
			    .object_count = 2};
	must(store_append(store, &input, &r, &err), "append of a large object");
	snprintf(records[record_count].key, sizeof records[0].key, "%s", key);
	snprintf(records[record_count++].text, sizeof records[0].text, "see the original");
}

static const StoreOptions *options(void)
{
	static StoreOptions o;
	store_options_default(&o);
	o.segment_bytes = 9000;
	o.buffer_bytes = 2500; /* so that batches are written in several pieces */
	o.sample_bytes = 8000;
	return &o;
}

static void work(void)
{
	Store *store;
	Buf text = {0};
	must(store_init(root_dir, &err), "init");
	recording = true; /* store_init's own files are taken as they are */
	for (int session = 0; session < 8; session++) {
		uint32_t done;
		must(store_open_with(&store, root_dir, options(), &err), "open");
		if (session == 1) {
			must(store_write_begin(store, &err), "begin");
			append_doomed(store);
			must(store_commit(store, &err), "commit");
			store_write_end(store);
		}
		if (session == 4)
			must(store_recompress(store, 3, NULL, &done, &err), "recompress");
		if (session == 5) {
			snprintf(records[record_count++].key, sizeof records[0].key, "17/QD");
			must(destroy_doomed(store), "destroy");
			destroyed = true;
			acknowledge(store);
		}
		for (int round = 0; round < 5; round++) {
			must(store_write_begin(store, &err), "begin");
			for (uint32_t batches = 1 + dice(2); batches--;) {
				for (uint32_t n = 1 + dice(6); n--;)
					append_one(store, true);
				must(store_commit(store, &err), "commit");
				acknowledge(store);
			}
			for (uint32_t n = dice(4); n--;)
				append_one(store, false); /* thrown away by the end */
			store_write_end(store);
		}
		if (session == 2 || session == 5) {
			must(store_write_begin(store, &err), "begin");
			append_large(store);
			must(store_commit(store, &err), "commit");
			acknowledge(store);
			store_write_end(store);
		}
		if (session % 3 == 1) {
			must(store_checkpoint(store, &text, &err), "checkpoint");
			buf_clear(&text);
		}
		store_close(store);
	}
	recording = false;
	buf_done(&text);
}

/* ---- a disk after a power cut ---------------------------------------------------------------------------------- */

typedef struct {
	char *bytes;
	uint64_t len, room;
} Image;

static Image images[FILES_MAX]; /* by file number */
static struct {
	char path[64];
	int file;
} entries[FILES_MAX];
static size_t entry_count;

static void image_grow(Image *image, uint64_t len)
{
	if (len > image->room) {
		uint64_t room = len * 2;
		image->bytes = realloc(image->bytes, room);
		memset(image->bytes + image->room, 0, room - image->room);
		image->room = room;
	}
	if (len > image->len)
		image->len = len;
}

static void apply_write(Image *image, const Op *op, uint64_t sector)
{
	if (sector == 0) {
		image_grow(image, op->offset + op->len);
		memcpy(image->bytes + op->offset, op->bytes, op->len);
		return;
	}
	for (uint64_t at = op->offset; at < op->offset + op->len;) { /* sector by sector, each there or not */
		uint64_t end = (at / sector + 1) * sector;
		if (end > op->offset + op->len)
			end = op->offset + op->len;
		if (dice(2)) {
			image_grow(image, end);
			memcpy(image->bytes + at, op->bytes + (at - op->offset), end - at);
		}
		at = end;
	}
}

static void apply_cut(Image *image, uint64_t len)
{
	if (len < image->len)
		memset(image->bytes + len, 0, image->len - len);
	else
		image_grow(image, len);
	image->len = len;
}

static void set_entry(const char *path, int file)
{
	for (size_t i = 0; i < entry_count; i++) {
		if (strcmp(entries[i].path, path) == 0) {
			entries[i].file = file;
			return;
		}
	}
	snprintf(entries[entry_count].path, sizeof entries[0].path, "%s", path);
	entries[entry_count++].file = file;
}

static int get_entry(const char *path)
{
	for (size_t i = 0; i < entry_count; i++)
		if (strcmp(entries[i].path, path) == 0)
			return entries[i].file;
	return 0;
}

static bool dir_matches(const char *path, const char *dir)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	return strlen(dir) == len && strncmp(path, dir, len) == 0;
}

/* Is this operation durable when the power goes after `end` operations? A rename counts for its directory. */
static bool is_synced(size_t at, size_t end)
{
	const Op *op = &ops[at];
	bool of_dir = op->kind == OP_CREATE || op->kind == OP_REMOVE || op->kind == OP_RENAME;
	for (size_t i = at + 1; i < end; i++) {
		if (of_dir ? ops[i].kind == OP_SYNC_DIR && dir_matches(op->path, ops[i].path)
			   : ops[i].kind == OP_SYNC && ops[i].file == op->file)
			return true;
	}
	return false;
}

typedef enum { ALL, NOTHING, SOME, TORN_512, TORN_4096 } Choice;

static void make_disk(size_t end, Choice choice)
{
	for (int i = 0; i <= file_count; i++) {
		images[i].len = 0;
		memset(images[i].bytes ? images[i].bytes : (char *)&images[i].len, 0,
		       images[i].bytes ? images[i].room : 0);
	}
	entry_count = 0;
	bool dir_lost = false; /* names reach the disk in the order of the journal */
	for (size_t i = 0; i < end; i++) {
		const Op *op = &ops[i];
		bool synced = is_synced(i, end), taken = synced || choice == ALL || (choice >= SOME && dice(2));
		uint64_t sector = synced || choice <= SOME ? 0 : choice == TORN_512 ? 512 : 4096;
		switch (op->kind) {
		case OP_WRITE:
			if (taken || sector)
				apply_write(&images[op->file], op, sector);
			break;
		case OP_CUT:
			if (taken)
				apply_cut(&images[op->file], op->len);
			break;
		case OP_CREATE:
		case OP_REMOVE:
		case OP_RENAME:
			if (!synced && (dir_lost || !taken)) {
				dir_lost = true;
				break;
			}
			if (op->kind == OP_RENAME)
				set_entry(op->to, get_entry(op->path));
			set_entry(op->path, op->kind == OP_CREATE ? op->file : 0);
			break;
		default:
			break;
		}
	}
}

static void write_disk(const char *dir)
{
	static const char *const parts[] = {"segments", "keys", "access", "catalogue"};
	char path[PATH_MAX], format[PATH_MAX];
	Buf text = {0};
	file_remove_tree(dir, &err);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, parts[i]);
		must(file_make_dirs(path, &err), "make directories");
	}
	snprintf(format, sizeof format, "%s/FORMAT", root_dir);
	snprintf(path, sizeof path, "%s/FORMAT", dir);
	must(file_read_all(format, 4096, &text, &err), "read FORMAT");
	must(file_replace(path, buf_str(&text), &err), "write FORMAT");
	buf_done(&text);
	for (size_t i = 0; i < entry_count; i++) {
		if (!entries[i].file)
			continue;
		snprintf(path, sizeof path, "%s/%.63s", dir, entries[i].path);
		const Image *image = &images[entries[i].file];
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_true(fd >= 0);
		must(file_pwrite(fd, image->bytes ? image->bytes : "", image->len, 0, path, &err), "write file");
		close(fd);
	}
}

/* ---- what must hold -------------------------------------------------------------------------------------------- */

static void show_finding(void *ctx, const VerifyFinding *finding)
{
	(void)ctx;
	print_message("    %s at %llu: %s\n", finding->segment, (unsigned long long)finding->offset, finding->text);
}

/* The decision is in the log: then the text may be gone before the payload is, until it is done again. */
static bool is_being_destroyed(Store *store)
{
	uint64_t sequence;
	Err ignored;
	return store_find(store, ENTRY_DESTRUCTION, STR("17/QD"), 0, &sequence, &ignored) == ST_OK;
}

/* No file in the directory holds the words of what was destroyed. */
static bool is_forgotten(const char *dir)
{
	char command[200];
	snprintf(command, sizeof command, "grep -rqF -- '" DOOMED_MARK "' %s", dir);
	return system(command) != 0;
}

static bool holds(Store *store, const Op *acknowledged)
{
	Arena arena = {0};
	Buf text = {0};
	uint64_t size = store_tree_size(store);
	bool right = size >= (acknowledged ? acknowledged->len : 0) && size <= record_count;
	Hash root;
	if (right && acknowledged && acknowledged->len)
		right = store_root(store, acknowledged->len, &root, &err) == ST_OK &&
			hash_eq(&root, &acknowledged->root);
	for (uint64_t i = 0; right && i < size; i++) {
		Entry entry;
		uint64_t found;
		arena_reset(&arena);
		buf_clear(&text);
		right = store_entry(store, i, &arena, &entry, &err) == ST_OK &&
			str_eq(entry.key, str_from(records[i].key)) &&
			store_find(store, entry.kind, entry.key, 0, &found, &err) == ST_OK && found == i;
		if (right && records[i].doomed && (entry.destroyed || (acknowledged && acknowledged->offset))) {
			right = entry.destroyed;
			continue;
		}
		if (right && entry.kind == ENTRY_RECORD && records[i].doomed && is_being_destroyed(store))
			continue;
		for (size_t k = 0; right && k < entry.object_count; k++)
			right = (k == 0 || buf_ok(&text)) &&
				store_object_load(store, &entry.objects[k].hash, 1u << 22, &text, &err) == ST_OK;
		right = right && str_starts(buf_str(&text), str_from(records[i].text));
	}
	arena_done(&arena);
	buf_done(&text);
	return right;
}

static bool survives(const char *dir, const Op *acknowledged)
{
	Store *store;
	VerifyReport report;
	Receipt r;
	if (store_open_with(&store, dir, options(), &err) != ST_OK)
		return false;
	bool right = holds(store, acknowledged);
	if (right && is_being_destroyed(store)) /* what was interrupted is finished by doing it again */
		right = (acknowledged && acknowledged->offset ? true : destroy_doomed(store) == ST_OK) &&
			is_forgotten(dir);
	uint64_t before = store_tree_size(store);
	EntryInput input = {.kind = ENTRY_RECORD, .key = STR("after-the-cut"), .metadata = STR("{}")};
	right = right && store_put(store, &input, &r, &err) == ST_OK && r.sequence == before;
	right = right && store_verify(store, false, NULL, show_finding, NULL, &report, &err) == ST_OK &&
		report.findings == 0;
	store_close(store);
	if (!right)
		return false;
	if (store_open_with(&store, dir, options(), &err) != ST_OK)
		return false;
	right = store_tree_size(store) == before + 1;
	store_close(store);
	return right;
}

static uint64_t first_seed = 20261122;
static unsigned random_disks = 1;

static void every_acknowledged_record_survives_a_power_cut_at_any_point(void **state)
{
	(void)state;
	char disk[64];
	unsigned disks = 0, bad = 0;
	seed = first_seed;
	snprintf(root_dir, sizeof root_dir, "%s/hoso-crash-%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ".",
		 (long)getpid());
	snprintf(disk, sizeof disk, "%s-disk", root_dir);
	work();
	const Op *acknowledged = NULL;
	for (size_t end = 0; end <= op_count && bad < 5; end++) {
		if (end && ops[end - 1].kind == OP_ACKNOWLEDGE)
			acknowledged = &ops[end - 1];
		for (unsigned k = 0; k < 2 + 3 * random_disks && bad < 5; k++, disks++) {
			Choice choice = k < 2 ? (Choice)k : (Choice)(SOME + (k - 2) % 3);
			uint64_t seed_here = seed;
			make_disk(end, choice);
			write_disk(disk);
			if (!survives(disk, acknowledged)) {
				print_message("prefix %zu of %zu, choice %d, seed %llu: %s\n", end, op_count,
					      (int)choice, (unsigned long long)seed_here, err.text);
				bad++;
			}
		}
	}
	print_message("seed %llu: %zu operations traced, %zu records, %u disks, %u wrong\n",
		      (unsigned long long)first_seed, op_count, record_count, disks, bad);
	file_remove_tree(disk, &err);
	file_remove_tree(root_dir, &err);
	for (size_t i = 0; i < op_count; i++)
		free(ops[i].bytes);
	for (int i = 0; i <= file_count; i++)
		free(images[i].bytes);
	assert_int_equal(bad, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_acknowledged_record_survives_a_power_cut_at_any_point)};
	if (argc > 1)
		first_seed = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		random_disks = (unsigned)strtoul(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
