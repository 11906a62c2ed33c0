/* indexer/shards/directory.c - the lock file and the sweep. Names that begin with a dot are left alone. */
#include "indexer/shards/directory.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

Status directory_lock(const char *index_dir, int *fd_out, Err *err)
{
	FilePath path;
	Status st = file_make_dirs(index_dir, err);
	if (st == ST_OK)
		st = file_path(&path, index_dir, "LOCK", err);
	if (st != ST_OK)
		return st;
	int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path.text);
	st = file_lock(fd, false, path.text, err);
	if (st == ST_BUSY)
		err_set(err, ST_BUSY, "another process is writing the index");
	if (st != ST_OK) {
		close_quietly(fd);
		return st;
	}
	*fd_out = fd;
	return ST_OK;
}

bool directory_is_locked(const char *index_dir, int fd)
{
	FilePath path;
	struct stat there, ours;
	Err ignored;
	return file_path(&path, index_dir, "LOCK", &ignored) == ST_OK && stat(path.text, &there) == 0 &&
	       fstat(fd, &ours) == 0 && there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
}

static bool is_kept(const Manifest *keep, const char *name)
{
	if (name[0] == '.' || strcmp(name, "MANIFEST") == 0 || strcmp(name, "LOCK") == 0 ||
	    strcmp(name, keep->live_name) == 0)
		return true;
	for (size_t i = 0; i < keep->count; i++)
		if (strcmp(name, keep->shards[i].name) == 0)
			return true;
	return false;
}

void directory_sweep(const char *index_dir, const Manifest *keep)
{
	DIR *dir = opendir(index_dir);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));) {
		FilePath path;
		Err ignored;
		if (!is_kept(keep, entry->d_name) && file_path(&path, index_dir, entry->d_name, &ignored) == ST_OK)
			file_remove_tree(path.text, &ignored);
	}
	closedir(dir);
}
