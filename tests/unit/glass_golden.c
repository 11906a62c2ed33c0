/* tests/unit/glass_golden.c - three small documents and every byte of their database.
 *
 * The bytes are those of Xapian 1.4.22's own writer and compactor (block size 2048) for
 *   1 "luật số luật"    2 "số hai"    3 "luật và số và luật luật"       positions from 101
 * with boolean terms Q1 Q2 Q3, slot 0 = 2020 2021 2020, slot 1 = 1 2 3, data = 1 2 3. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "indexer/glass/table.h"
#include "indexer/invert/invert.h"

enum { BLOCK = 2048 };

typedef struct {
	unsigned offset;
	const char *hex;
} Item;

static const Item postlist_items[] = {
	{0x7fd, "600000"},
	{0x7ee, "600c0200d00304323032303230"
		"3231"},
	{0x7e4, "60070300d0010301"
		"3133"},
	{0x7cb, "60160500d80000010432303230000432303231000432303230"},
	{0x7bb, "600d0500d80100010131000132000133"},
	{0x7ac, "600c0200e000000031020300020006"},
	{0x7a1, "6008025131010000310000"},
	{0x796, "6008025132010001310000"},
	{0x78b, "6008025133010002310000"},
	{0x77f, "600903686169010101310001"},
	{0x76e, "600e066c75e1baad7402050031020201"
		"03"},
	{0x75d, "600e0473e1bb9103030031020100010001"},
	{0x751, "60090376c3a0010202310002"},
};

static const Item position_items[] = {
	{0x7fd, "600000"},
	{0x7f3, "60070668616900000266"},
	{0x7e5, "600b096c75e1baad740000016765"},
	{0x7d6, "600c096c75e1baad740000036ae506"},
	{0x7cb, "60080773e1bb9100000166"},
	{0x7c0, "60080773e1bb9100000265"},
	{0x7b5, "60080773e1bb9100000367"},
	{0x7aa, "60080676c3a00000036866"},
};

static const Item docdata_items[] = {
	{0x7fd, "600000"},
	{0x7f7, "600302000131"},
	{0x7f1, "600302000232"},
	{0x7eb, "600302000333"},
};

static const char iamglass_hex[] = "0f0d58617069616e20476c617373046e25eee00f01ab45ec9bfecd988b5aaf8d"
				   "01"
				   "00020c010006010100000000"
				   "000203011206010100000000"
				   "000206011206010100000000"
				   "000207010006010100000000"
				   "000300011200"
				   "000300011200"
				   "0300020303000b00";

static uint8_t uuid[16] = {0x25, 0xee, 0xe0, 0x0f, 0x01, 0xab, 0x45, 0xec,
			   0x9b, 0xfe, 0xcd, 0x98, 0x8b, 0x5a, 0xaf, 0x8d};

static char directory[] = "glass-golden-XXXXXX";

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	Err err;
	(void)state;
	return file_remove_tree(directory, &err) == ST_OK ? 0 : -1;
}

static void assert_block(const char *path, const Item *items, size_t count)
{
	uint8_t expected[BLOCK] = {0};
	unsigned low = BLOCK, end = 11 + 2 * (unsigned)count;
	for (size_t i = 0; i < count; i++) {
		assert_true(hex_decode(str_from(items[i].hex), expected + items[i].offset, strlen(items[i].hex) / 2));
		put_be16(expected + 11 + 2 * i, (uint16_t)items[i].offset);
		low = items[i].offset;
	}
	put_be32(expected, 1);
	put_be16(expected + 5, (uint16_t)(low - end));
	put_be16(expected + 7, (uint16_t)(low - end));
	put_be16(expected + 9, (uint16_t)end);
	Buf bytes = {0};
	Err err = {0};
	assert_int_equal(file_read_all(path, 1 << 20, &bytes, &err), ST_OK);
	assert_int_equal(bytes.len, BLOCK);
	assert_memory_equal(bytes.data, expected, BLOCK);
	buf_done(&bytes);
}

static void add_document(Inverter *inv, uint32_t did, const char *const *words, const char *id, const char *year)
{
	Err err = {0};
	assert_int_equal(invert_begin(inv, did, &err), ST_OK);
	invert_bool(inv, str_from(id));
	for (uint32_t i = 0; words[i]; i++)
		invert_term_at(inv, str_from(words[i]), 1, 101 + i);
	invert_value(inv, 1, str_slice(str_from(id), 1, 2));
	invert_value(inv, 0, str_from(year));
	assert_int_equal(invert_end(inv, &err), ST_OK);
}

static void three_documents_make_the_bytes_of_xapian(void **state)
{
	(void)state;
	Err err = {0};
	GlassStats stats;
	char path[128];
	InvertFinish finish = {0};
	memcpy(finish.uuid, uuid, sizeof uuid);
	Inverter *inv = invert_new(&(InvertOptions){.positions = true, .block_size = BLOCK}, &err);
	assert_non_null(inv);
	add_document(inv, 1, (const char *[]){"luật", "số", "luật", NULL}, "Q1", "2020");
	add_document(inv, 2, (const char *[]){"số", "hai", NULL}, "Q2", "2021");
	add_document(inv, 3, (const char *[]){"luật", "và", "số", "và", "luật", "luật", NULL}, "Q3", "2020");
	snprintf(path, sizeof path, "%s/db", directory);
	assert_int_equal(invert_finish(inv, path, &finish, &stats, &err), ST_OK);
	invert_free(inv);
	assert_int_equal(stats.documents, 3);
	assert_int_equal(stats.total_length, 11);
	snprintf(path, sizeof path, "%s/db/postlist.glass", directory);
	assert_block(path, postlist_items, sizeof postlist_items / sizeof *postlist_items);
	snprintf(path, sizeof path, "%s/db/position.glass", directory);
	assert_block(path, position_items, sizeof position_items / sizeof *position_items);
}

static void a_table_is_a_packed_leaf(void **state)
{
	(void)state;
	Err err = {0};
	GlassRoot root;
	char path[128];
	snprintf(path, sizeof path, "%s/docdata.glass", directory);
	GlassTable *t = glass_table_new(path, BLOCK, &err);
	assert_non_null(t);
	assert_int_equal(glass_table_add(t, STR("\0\1"), STR("1"), &err), ST_OK);
	assert_int_equal(glass_table_add(t, STR("\0\2"), STR("2"), &err), ST_OK);
	assert_int_equal(glass_table_add(t, STR("\0\2"), STR("2"), &err), ST_INVALID);
	assert_int_equal(glass_table_add(t, STR("\0\3"), STR("3"), &err), ST_OK);
	assert_int_equal(glass_table_finish(t, &root, &err), ST_OK);
	glass_table_free(t);
	assert_int_equal(root.entries, 3);
	assert_block(path, docdata_items, sizeof docdata_items / sizeof *docdata_items);
}

static void iamglass_is_written_and_read_back(void **state)
{
	(void)state;
	static const uint64_t entries[GLASS_TABLE_COUNT] = {12, 3, 6, 7};
	Err err = {0};
	GlassVersion v, back;
	Buf bytes = {0};
	char path[128];
	uint8_t expected[256];
	glass_version_init(&v, BLOCK);
	memcpy(v.uuid, uuid, sizeof uuid);
	for (int i = 0; i < GLASS_TABLE_COUNT; i++) {
		v.roots[i].entries = entries[i];
		v.roots[i].blocks = entries[i] != 0;
	}
	v.stats = (GlassStats){
		.documents = 3, .last_docid = 3, .total_length = 11, .length_min = 2, .length_max = 6, .wdf_max = 3};
	assert_int_equal(glass_version_write(directory, &v, &err), ST_OK);
	snprintf(path, sizeof path, "%s/iamglass", directory);
	assert_int_equal(file_read_all(path, 1 << 20, &bytes, &err), ST_OK);
	size_t len = strlen(iamglass_hex) / 2;
	assert_int_equal(bytes.len, len);
	assert_true(hex_decode(str_from(iamglass_hex), expected, len));
	assert_memory_equal(bytes.data, expected, len);
	buf_done(&bytes);
	assert_int_equal(glass_version_read(directory, &back, &err), ST_OK);
	assert_memory_equal(back.uuid, uuid, sizeof uuid);
	assert_int_equal(back.roots[GLASS_POSITION].entries, 7);
	assert_int_equal(back.roots[GLASS_SPELLING].entries, 0);
	assert_int_equal(back.roots[GLASS_POSTLIST].block_size, BLOCK);
	assert_int_equal(back.roots[GLASS_POSTLIST].blocks, 1);
	assert_int_equal(back.stats.documents, 3);
	assert_int_equal(back.stats.last_docid, 3);
	assert_int_equal(back.stats.total_length, 11);
	assert_int_equal(back.stats.length_min, 2);
	assert_int_equal(back.stats.length_max, 6);
	assert_int_equal(back.stats.wdf_max, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_documents_make_the_bytes_of_xapian),
		cmocka_unit_test(a_table_is_a_packed_leaf),
		cmocka_unit_test(iamglass_is_written_and_read_back),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
