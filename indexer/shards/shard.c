/* indexer/shards/shard.c - names of shards and the checksums of a shard's files: SHA-256 of all of it, for who reads
 * all of it, and a sum of each block (glass/sums.h), for who reads a few.
 *
 * A name carries the range, for people, and 32 random bits: a shard that is built again for the same range never takes
 * the directory of the one that searches still read.
 */
#include "indexer/shards/shard.h"

#include "base/clock.h"
#include "base/file.h"
#include "indexer/glass/sums.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

void shard_name(Shard *shard)
{
	uint32_t random = 0;
	if (getrandom(&random, sizeof random, 0) != sizeof random)
		random = (uint32_t)clock_monotonic_us();
	snprintf(shard->name, sizeof shard->name, "%08" PRIu64 "-%08" PRIu64 ".%08x", shard->from, shard->to, random);
}

static int only_tables(const struct dirent *entry)
{
	return strcmp(entry->d_name, "iamglass") == 0 || str_ends(str_from(entry->d_name), STR(".glass"));
}

static Status sum_file(const char *dir, const char *name, Sha256 *sum, uint64_t *bytes, Err *err)
{
	static const size_t step = 1 << 18;
	FilePath path;
	Status st = file_path(&path, dir, name, err);
	if (st != ST_OK)
		return st;
	int fd = open(path.text, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path.text);
	sha256_add(sum, name, strlen(name) + 1);
	char *block = malloc(step);
	if (!block)
		st = err_no_memory(err);
	for (ssize_t got; st == ST_OK;) {
		got = read(fd, block, step);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			st = err_errno(err, errno, "read %s", path.text);
		if (got <= 0)
			break;
		sha256_add(sum, block, (size_t)got);
		*bytes += (uint64_t)got;
	}
	free(block);
	close_quietly(fd);
	return st;
}

Status shard_sum(const char *dir, uint64_t *bytes_out, Hash *out, Err *err)
{
	struct dirent **names = NULL;
	uint64_t bytes = 0;
	Sha256 sum;
	Status st = ST_OK;
	int count = scandir(dir, &names, only_tables, alphasort);
	if (count < 0)
		return err_errno(err, errno, "list %s", dir);
	sha256_begin(&sum);
	for (int i = 0; i < count; i++) {
		if (st == ST_OK)
			st = sum_file(dir, names[i]->d_name, &sum, &bytes, err);
		free(names[i]);
	}
	free(names);
	if (st != ST_OK)
		return st;
	sha256_end(&sum, out);
	*bytes_out = bytes;
	return ST_OK;
}

Status shard_seal(const char *dir, Shard *shard, Err *err)
{
	GlassSums *sums = NULL;
	Status st = glass_sums_make(&sums, dir, NULL, err);
	if (st == ST_OK)
		st = glass_sums_write(sums, dir, true, err);
	glass_sums_free(sums);
	return st == ST_OK ? shard_sum(dir, &shard->bytes, &shard->sha256, err) : st;
}

bool shard_is_sound(const char *dir, const Shard *shard)
{
	uint64_t bytes = 0;
	Hash sum;
	Err ignored;
	GlassSums *sums = NULL;
	bool sound = glass_sums_read(&sums, dir, &ignored) == ST_OK &&
		     glass_sums_check_version(sums, dir, &ignored) == ST_OK &&
		     shard_sum(dir, &bytes, &sum, &ignored) == ST_OK && bytes == shard->bytes &&
		     hash_eq(&sum, &shard->sha256);
	glass_sums_free(sums);
	return sound;
}

bool shard_is_there(const char *dir)
{
	static const char *const needed[] = {"iamglass", "postlist.glass", "sums"};
	FilePath path;
	Err ignored;
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
		if (file_path(&path, dir, needed[i], &ignored) != ST_OK || !file_exists(path.text))
			return false;
	return true;
}
