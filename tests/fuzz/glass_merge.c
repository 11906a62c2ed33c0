/* tests/fuzz/glass_merge.c - any bytes as a database: the merger reads all of it or says what is wrong.
 *
 * Input: 2 bytes length of iamglass (little-endian), iamglass, 3 bytes length of postlist.glass, postlist.glass,
 * position.glass. What is written from it must be readable again. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "indexer/glass/merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[64];

static void remove_directory(void)
{
	Err err;
	file_remove_tree(directory, &err);
}

static void put_file(const char *name, const uint8_t *bytes, size_t len)
{
	char path[128];
	snprintf(path, sizeof path, "%s/in/%s", directory, name);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
		abort();
}

static size_t take(const uint8_t **data, size_t *size, unsigned width)
{
	size_t len = 0;
	for (unsigned i = 0; i < width && *size; i++, (*data)++, (*size)--)
		len |= (size_t) * *data << 8 * i;
	return len < *size ? len : *size;
}

static Status merge(const char *from, const char *to, const uint32_t *dead, size_t dead_count, GlassStats *stats,
		    Err *err)
{
	char in[80], out[80];
	snprintf(in, sizeof in, "%s/%s", directory, from);
	snprintf(out, sizeof out, "%s/%s", directory, to);
	GlassMergeInput input = {.dir = in, .docid_offset = 5, .dead = dead, .dead_count = dead_count};
	return glass_merge(out, &input, 1, 2048, &(GlassFinish){.uuid = {1}}, NULL, stats, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t dead[] = {2, 3, 70};
	static const char *const tables[] = {"iamglass", "postlist.glass", "position.glass"};
	Err err = {0};
	GlassStats stats, again;
	char path[80];
	if (!directory[0]) {
		snprintf(directory, sizeof directory, "%s", "/tmp/glass-fuzz-XXXXXX");
		if (!mkdtemp(directory))
			abort();
		atexit(remove_directory);
	}
	snprintf(path, sizeof path, "%s/in", directory);
	if (file_make_dirs(path, &err) != ST_OK)
		abort();
	for (unsigned i = 0; i < 3; i++) {
		size_t len = i < 2 ? take(&data, &size, 2 + i) : size;
		put_file(tables[i], data, len);
		data += len;
		size -= len;
	}
	if (merge("in", "out", NULL, 0, &stats, &err) == ST_OK) {
		if (merge("out", "again", NULL, 0, &again, &err) != ST_OK || again.documents != stats.documents ||
		    again.total_length != stats.total_length)
			abort();
	} else if (err.code == ST_INTERNAL || err.text[0] == 0) {
		abort();
	}
	merge("in", "purged", dead, 3, &stats, &err);
	static const char *const made[] = {"out", "again", "purged"};
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", directory, made[i]);
		file_remove_tree(path, &err);
	}
	return 0;
}
