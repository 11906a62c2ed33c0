/* store/care/copy.c - a copied segment is read back and checked frame by frame before it gets its name. */
#include "store/care/copy.h"

#include "store/format/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART = 1 << 20, SMALL_MAX = 1 << 16 };

Status copy_range(int fd, uint64_t from, uint64_t to, const char *name, const char *path, Err *err)
{
	char *space = malloc(PART);
	int out = open(path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	Status st = !space ? err_no_memory(err) : out < 0 ? err_errno(err, errno, "open %s for writing", path) : ST_OK;
	for (uint64_t at = from; st == ST_OK && at < to;) {
		size_t part = to - at < PART ? (size_t)(to - at) : PART;
		st = file_pread(fd, space, part, at, name, err);
		if (st == ST_OK)
			st = file_pwrite(out, space, part, at, path, err);
		at += part;
	}
	if (st == ST_OK && (ftruncate(out, (off_t)to) != 0 || fsync(out) != 0))
		st = err_errno(err, errno, "sync %s", path);
	close_quietly(out);
	free(space);
	return st;
}

/* Frames follow one another without a gap; the ordinal of the first one is what it is where the check begins inside. */
static Status check_frames(const SegmentFile *file, const char *dir, uint64_t from, uint64_t end, Err *err)
{
	Scan scan;
	Frame frame;
	Step step;
	uint32_t ordinal = 0;
	bool first = from > SEGMENT_HEADER_LEN;
	Status st = ST_OK;
	scan_begin(&scan, file, from, end);
	while ((step = scan_next(&scan, &frame, err)) == STEP_ITEM) {
		if (first)
			ordinal = frame.header.ordinal;
		first = false;
		if (frame.header.ordinal != ordinal)
			break;
		ordinal++;
	}
	scan_done(&scan);
	if (step == STEP_ERROR)
		st = err->code;
	else if (step == STEP_ITEM)
		st = err_set(err, ST_CORRUPT, "segment %s in %s: a frame is missing before offset %" PRIu64, file->name,
			     dir, frame.offset);
	return st;
}

Status copy_check(const char *dir, uint32_t id, const uint8_t *archive_id, uint64_t from, uint64_t end, Err *err)
{
	SegmentHeader header;
	SegmentFile *file = NULL;
	struct stat info;
	bool sealed;
	Status st = segment_file_open(&file, dir, id, archive_id, &header, &sealed, NULL, err);
	if (st == ST_OK && fstat(file->fd, &info) != 0)
		st = err_errno(err, errno, "look at %s", file->name);
	if (st == ST_OK && !end && !sealed)
		st = err_set(err, ST_CORRUPT, "segment %s in %s is not sealed", file->name, dir);
	if (st == ST_OK && end > (uint64_t)info.st_size)
		st = err_set(err, ST_CORRUPT, "segment %s in %s ends before offset %" PRIu64, file->name, dir, end);
	if (st == ST_OK)
		st = check_frames(file, dir, from ? from : SEGMENT_HEADER_LEN,
				  end ? end : (uint64_t)info.st_size - SEGMENT_TRAILER_LEN, err);
	segment_file_free(file);
	return st;
}

Status copy_small_file(const char *from_dir, const char *to_dir, const char *name, bool required, Err *err)
{
	FilePath from, to;
	Buf text = {0};
	Status st = file_path(&from, from_dir, name, err);
	if (st == ST_OK)
		st = file_path(&to, to_dir, name, err);
	if (st == ST_OK)
		st = file_read_all(from.text, SMALL_MAX, &text, err);
	if (st == ST_NOT_FOUND && !required)
		st = ST_OK;
	else if (st == ST_OK)
		st = file_replace(to.text, buf_str(&text), err);
	buf_done(&text);
	return st;
}

Status copy_make_dirs(const char *dir, Err *err)
{
	static const char *const parts[] = {"segments", "keys", "access", "catalogue"};
	FilePath path;
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < sizeof parts / sizeof parts[0]; i++) {
		st = file_path(&path, dir, parts[i], err);
		if (st == ST_OK)
			st = file_make_dirs(path.text, err);
	}
	return st;
}

Status copy_segment(const SegmentFile *from, const char *dir, uint32_t id, const uint8_t *archive_id, uint64_t end,
		    Err *err)
{
	FilePath path, staging, staged;
	struct stat info;
	if (fstat(from->fd, &info) != 0)
		return err_errno(err, errno, "look at segment %s", from->name);
	Status st = segment_path(&path, dir, id, "", err);
	if (st == ST_OK)
		st = file_path(&staging, dir, "copying/segments", err);
	if (st == ST_OK)
		st = file_path(&staged, staging.text, from->name, err);
	if (st == ST_OK)
		st = file_make_dirs(staging.text, err);
	if (st == ST_OK)
		st = copy_range(from->fd, 0, end ? end : (uint64_t)info.st_size, from->name, staged.text, err);
	if (st == ST_OK)
		st = file_path(&staging, dir, "copying", err);
	if (st == ST_OK)
		st = copy_check(staging.text, id, archive_id, 0, end, err);
	return st == ST_OK ? file_move(staged.text, path.text, err) : st;
}

Status copy_remove_staging(const char *dir, Err *err)
{
	FilePath staging;
	Status st = file_path(&staging, dir, "copying", err);
	return st == ST_OK ? file_remove_tree(staging.text, err) : st;
}

static bool is_access_file(const char *name)
{
	size_t len = strlen(name);
	return len == 12 && strcmp(name + 8, ".log") == 0 && strspn(name, "0123456789abcdef") == 8;
}

/* Files only grow, so what is there of the same file is the beginning of it; one that was cut is copied whole. */
static Status copy_access_file(const char *from_path, const char *to_path, Err *err)
{
	struct stat from, to;
	int fd = open(from_path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &from) != 0) {
		Status st = err_errno(err, errno, "open %s", from_path);
		close_quietly(fd);
		return st;
	}
	uint64_t size = (uint64_t)from.st_size, there = stat(to_path, &to) == 0 ? (uint64_t)to.st_size : 0;
	Status st = there == size ? ST_OK : copy_range(fd, there < size ? there : 0, size, from_path, to_path, err);
	close_quietly(fd);
	return st;
}

Status copy_access_log(const char *from_dir, const char *to_dir, Err *err)
{
	FilePath from, to, from_path, to_path;
	Status st = file_path(&from, from_dir, "access", err);
	if (st == ST_OK)
		st = file_path(&to, to_dir, "access", err);
	DIR *dir = st == ST_OK ? opendir(from.text) : NULL;
	if (!dir)
		return st; /* nothing was ever noted */
	for (struct dirent *entry; st == ST_OK && (entry = readdir(dir));) {
		if (!is_access_file(entry->d_name))
			continue;
		st = file_path(&from_path, from.text, entry->d_name, err);
		if (st == ST_OK)
			st = file_path(&to_path, to.text, entry->d_name, err);
		if (st == ST_OK)
			st = copy_access_file(from_path.text, to_path.text, err);
	}
	closedir(dir);
	return st == ST_OK ? file_sync_dir(to.text, err) : st;
}
