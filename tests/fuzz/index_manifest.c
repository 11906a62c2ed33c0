/* tests/fuzz/index_manifest.c - a damaged MANIFEST: refused, or shards that are adjacent, with names that stay inside
 * the directory. The input is the line of JSON; its sum is made here, so that what stands behind the sum is reached.
 * The same bytes are read as a whole MANIFEST too. */
#include "indexer/shards/manifest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name)
{
	if (strchr(name, '/') || name[0] == '.' || strlen(name) >= SHARD_NAME_MAX)
		abort();
}

static void check(Str bytes)
{
	Manifest m = {0};
	Err err;
	char leaf[2 * STORE_HASH_LEN + 1];
	uint64_t end = 0;
	if (manifest_parse(bytes, &m, leaf, &err) != ST_OK)
		return;
	for (size_t i = 0; i < m.count; i++) {
		if (m.shards[i].from != end || m.shards[i].to <= end || !m.shards[i].name[0])
			abort();
		end = m.shards[i].to;
		check_name(m.shards[i].name);
	}
	check_name(m.live_name);
	for (size_t i = 1; i < m.superseded.count; i++)
		if (m.superseded.list[i] <= m.superseded.list[i - 1])
			abort();
	if (m.live_from != end || strlen(leaf) > 2 * STORE_HASH_LEN)
		abort();
	manifest_done(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Buf whole = {0};
	Hash sum;
	Str json = {(const char *)data, size};
	check(json);
	hash_of(json, &sum);
	buf_add_str(&whole, json);
	buf_add_str(&whole, STR("\nsha256 "));
	buf_add_hex(&whole, sum.bytes, STORE_HASH_LEN);
	buf_add_char(&whole, '\n');
	if (buf_ok(&whole))
		check(buf_str(&whole));
	buf_done(&whole);
	return 0;
}
