/* tests/fuzz/index_sums.c - any bytes as the file of a shard's sums: refused, or asked about any block without harm.
 * The CRC-32C at its end is made here too, so that what stands behind it is reached. */
#include "indexer/glass/sums.h"

#include "base/file.h"
#include "store/format/hash.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[64];

static void remove_directory(void)
{
	Err err;
	file_remove_tree(directory, &err);
}

static void check(Str bytes)
{
	static const uint8_t block[8192] = {1};
	FilePath path;
	GlassSums *sums = NULL;
	Err err;
	if (file_path(&path, directory, "sums", &err) != ST_OK || file_replace(path.text, bytes, &err) != ST_OK)
		abort();
	if (glass_sums_read(&sums, directory, &err) != ST_OK)
		return;
	for (int kind = 0; kind < GLASS_TABLE_COUNT; kind++) {
		uint32_t count = glass_sums_blocks(sums, (GlassTableKind)kind);
		if ((uint64_t)count * 4 > bytes.len)
			abort();
		glass_sums_fit(sums, (GlassTableKind)kind, 0, block, sizeof block);
		if (glass_sums_fit(sums, (GlassTableKind)kind, count, block, sizeof block))
			abort();
	}
	if (glass_sums_check(sums, directory, true, &err) == ST_OK) /* there is no database */
		abort();
	glass_sums_free(sums);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Buf whole = {0};
	uint8_t sum[4];
	if (!directory[0]) {
		memcpy(directory, "/tmp/sums-fuzz-XXXXXX", sizeof "/tmp/sums-fuzz-XXXXXX");
		if (!mkdtemp(directory))
			abort();
		atexit(remove_directory);
	}
	check((Str){(const char *)data, size});
	buf_add(&whole, data, size);
	put_le32(sum, crc32c(0, size ? whole.data : "", size));
	buf_add(&whole, sum, sizeof sum);
	if (buf_ok(&whole))
		check(buf_str(&whole));
	buf_done(&whole);
	return 0;
}
