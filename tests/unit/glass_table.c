/* tests/unit/glass_table.c - tables of every block size and height, written and read back; damaged ones. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "indexer/glass/code.h"
#include "indexer/glass/reader.h"
#include "indexer/glass/table.h"

static char directory[] = "glass-table-XXXXXX";
static char path[64];
static char bytes[1 << 20];

static int make_directory(void **state)
{
	(void)state;
	memset(bytes, 'v', sizeof bytes);
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/postlist.glass", directory);
	return 0;
}

static int remove_directory(void **state)
{
	Err err;
	(void)state;
	return file_remove_tree(directory, &err) == ST_OK ? 0 : -1;
}

/* What a table holds: key i has key_len bytes and a tag of tag_len(i). */
typedef struct {
	uint32_t block_size, count;
	size_t key_len;
	size_t (*tag_len)(uint32_t i, uint32_t block_size);
} Shape;

static Str key_at(const Shape *shape, uint32_t i, char out[GLASS_KEY_MAX])
{
	memset(out, 'k', shape->key_len);
	char digits[16];
	snprintf(digits, sizeof digits, "%08x", i);
	memcpy(out + shape->key_len - 8, digits, 8);
	return (Str){out, shape->key_len};
}

static GlassVersion write_table(const Shape *shape)
{
	Err err = {0};
	GlassVersion version;
	char key[GLASS_KEY_MAX];
	unlink(path);
	glass_version_init(&version, shape->block_size);
	GlassTable *t = glass_table_new(path, shape->block_size, &err);
	assert_non_null(t);
	for (uint32_t i = 0; i < shape->count; i++) {
		Str tag = {bytes, shape->tag_len(i, shape->block_size)};
		assert_int_equal(glass_table_add(t, key_at(shape, i, key), tag, &err), ST_OK);
	}
	assert_int_equal(glass_table_finish(t, &version.roots[GLASS_POSTLIST], &err), ST_OK);
	glass_table_free(t);
	return version;
}

static void read_table(const Shape *shape, const GlassVersion *version)
{
	Err err = {0};
	char expected[GLASS_KEY_MAX];
	Str key, tag;
	GlassReader *r = glass_reader_open(directory, GLASS_POSTLIST, version, NULL, &err);
	assert_non_null(r);
	for (uint32_t i = 0; i < shape->count; i++) {
		assert_int_equal(glass_reader_next(r, &key, &tag, &err), STEP_ITEM);
		assert_str_equal(key, key_at(shape, i, expected));
		assert_int_equal(tag.len, shape->tag_len(i, shape->block_size));
		assert_memory_equal(tag.ptr, bytes, tag.len);
	}
	assert_int_equal(glass_reader_next(r, &key, &tag, &err), STEP_END);
	glass_reader_close(r);
}

static size_t one_byte(uint32_t i, uint32_t block_size)
{
	(void)i;
	(void)block_size;
	return 1;
}
static size_t nothing_or_little(uint32_t i, uint32_t block_size)
{
	(void)block_size;
	return i % 40;
}
/* Around what fits one item, two, three … */
static size_t around_an_item(uint32_t i, uint32_t block_size)
{
	return (1 + i % 5) * ((block_size - 19) / 4) - 40 + i / 5 % 80;
}
static size_t very_long(uint32_t i, uint32_t block_size)
{
	return i == 3 ? sizeof bytes : block_size;
}

static void tables_of_all_sizes_come_back(void **state)
{
	(void)state;
	for (uint32_t block_size = 2048; block_size <= 65536; block_size *= 2) {
		const Shape shapes[] = {
			{block_size, 1, 8, one_byte},          {block_size, 3000, 9, nothing_or_little},
			{block_size, 400, 20, around_an_item}, {block_size, 400, 255, around_an_item},
			{block_size, 7, 30, very_long},
		};
		for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
			GlassVersion version = write_table(&shapes[i]);
			assert_int_equal(version.roots[GLASS_POSTLIST].entries, shapes[i].count);
			read_table(&shapes[i], &version);
		}
	}
}

static void a_table_grows_level_by_level(void **state)
{
	(void)state;
	uint32_t highest = 0;
	static const uint32_t counts[] = {6, 7, 8, 9, 10, 40, 50, 60, 500, 3000, 20000};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		Shape shape = {2048, counts[i], 255, one_byte};
		GlassVersion version = write_table(&shape);
		assert_true(version.roots[GLASS_POSTLIST].level >= highest);
		highest = version.roots[GLASS_POSTLIST].level;
		read_table(&shape, &version);
	}
	assert_true(highest >= 3);
}

static void an_empty_table_needs_no_root(void **state)
{
	(void)state;
	Shape shape = {2048, 0, 8, one_byte};
	GlassVersion version = write_table(&shape);
	assert_int_equal(version.roots[GLASS_POSTLIST].entries, 0);
	read_table(&shape, &version);
}

static void wrong_use_is_refused(void **state)
{
	(void)state;
	Err err = {0};
	unlink(path);
	assert_null(glass_table_new(path, 3000, &err));
	assert_int_equal(err.code, ST_INVALID);
	assert_null(glass_table_new(path, 131072, &err));
	assert_null(glass_table_new("no/such/directory/x", 2048, &err));
	assert_int_equal(err.code, ST_NOT_FOUND);
	GlassTable *t = glass_table_new(path, 2048, &err);
	assert_non_null(t);
	assert_null(glass_table_new(path, 2048, &err)); /* it is there */
	assert_int_equal(glass_table_add(t, STR(""), STR("x"), &err), ST_LIMIT);
	assert_int_equal(glass_table_add(t, (Str){bytes, 256}, STR("x"), &err), ST_LIMIT);
	assert_int_equal(glass_table_add(t, STR("b"), STR("x"), &err), ST_OK);
	assert_int_equal(glass_table_add(t, STR("a"), STR("x"), &err), ST_INVALID);
	glass_table_free(t);
}

static void flip(int fd, off_t bit)
{
	uint8_t byte;
	assert_int_equal(pread(fd, &byte, 1, bit / 8), 1);
	byte ^= (uint8_t)(1 << bit % 8);
	assert_int_equal(pwrite(fd, &byte, 1, bit / 8), 1);
}

/* Reads all of it, whatever it holds: it must end, and an error must say ST_CORRUPT or ST_UNSUPPORTED. */
static bool reads_well(const GlassVersion *version)
{
	Err err = {0};
	Str key, tag;
	Step step = STEP_ERROR;
	GlassReader *r = glass_reader_open(directory, GLASS_POSTLIST, version, NULL, &err);
	while (r && (step = glass_reader_next(r, &key, &tag, &err)) == STEP_ITEM)
		if (tag.len)
			assert_true(tag.ptr[tag.len - 1] | 1);
	glass_reader_close(r);
	if (step != STEP_END)
		assert_true(err.code == ST_CORRUPT || err.code == ST_UNSUPPORTED);
	return step == STEP_END;
}

static void a_flipped_bit_never_harms_the_reader(void **state)
{
	(void)state;
	Shape shape = {2048, 20, 60, around_an_item};
	GlassVersion version = write_table(&shape);
	assert_true(version.roots[GLASS_POSTLIST].level >= 1);
	assert_true(reads_well(&version));
	int fd = open(path, O_RDWR | O_CLOEXEC), caught = 0;
	off_t bits = lseek(fd, 0, SEEK_END) * 8;
	/* headers and directories, then here and there */
	for (off_t bit = 0; bit < bits; bit += bit % (2048 * 8) < 400 ? 1 : 307) {
		flip(fd, bit);
		caught += !reads_well(&version);
		flip(fd, bit);
	}
	assert_true(caught > 500);
	assert_true(reads_well(&version));
	assert_int_equal(ftruncate(fd, bits / 8 - 1), 0);
	assert_false(reads_well(&version));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_of_all_sizes_come_back),        cmocka_unit_test(a_table_grows_level_by_level),
		cmocka_unit_test(an_empty_table_needs_no_root),         cmocka_unit_test(wrong_use_is_refused),
		cmocka_unit_test(a_flipped_bit_never_harms_the_reader),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
