/* tests/prop/crash/disk.c - what was synced is on the disk; of what was not, any part may be: all of it, nothing of it,
 * or a random choice of operations and of sectors of 512 or 4096 bytes within them. Names reach the disk in the order
 * of the file system's journal, so one that is lost takes the later ones with it.
 */
#include "tests/prop/crash/crash.h"

#include "base/file.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
	if (strcmp(dir, ".") == 0) /* the archive's own directory */
		return len == 0;
	return strlen(dir) == len && strncmp(path, dir, len) == 0;
}

/* Is this operation durable when the power goes after `end` operations? A rename counts for its directory. */
static bool is_synced(size_t at, size_t end)
{
	const Op *op = &trace[at];
	bool of_dir = op->kind == OP_CREATE || op->kind == OP_REMOVE || op->kind == OP_RENAME;
	for (size_t i = at + 1; i < end; i++) {
		if (of_dir ? trace[i].kind == OP_SYNC_DIR && dir_matches(op->path, trace[i].path)
			   : trace[i].kind == OP_SYNC && trace[i].file == op->file)
			return true;
	}
	return false;
}

void make_disk(size_t end, Choice choice)
{
	for (int i = 0; i <= trace_files; i++) {
		images[i].len = 0;
		memset(images[i].bytes ? images[i].bytes : (char *)&images[i].len, 0,
		       images[i].bytes ? images[i].room : 0);
	}
	entry_count = 0;
	bool dir_lost = false; /* names reach the disk in the order of the journal */
	for (size_t i = 0; i < end; i++) {
		const Op *op = &trace[i];
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

void write_disk(const char *dir)
{
	static const char *const parts[] = {"segments", "keys", "access", "catalogue"};
	FilePath path, format;
	Buf text = {0};
	file_remove_tree(dir, &err);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		must(file_path(&path, dir, parts[i], &err), "path");
		must(file_make_dirs(path.text, &err), "make directories");
	}
	must(file_path(&format, archive_dir, "FORMAT", &err), "path");
	must(file_path(&path, dir, "FORMAT", &err), "path");
	must(file_read_all(format.text, 4096, &text, &err), "read FORMAT");
	must(file_replace(path.text, buf_str(&text), &err), "write FORMAT");
	buf_done(&text);
	for (size_t i = 0; i < entry_count; i++) {
		if (!entries[i].file)
			continue;
		must(file_path(&path, dir, entries[i].path, &err), "path");
		const Image *image = &images[entries[i].file];
		int fd = open(path.text, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_true(fd >= 0);
		must(file_pwrite(fd, image->bytes ? image->bytes : "", image->len, 0, path.text, &err), "write file");
		close(fd);
	}
}

void free_disk(void)
{
	for (int i = 0; i <= trace_files; i++)
		free(images[i].bytes);
}
