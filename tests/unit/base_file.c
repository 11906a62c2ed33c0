/* tests/unit/base_file.c - files the careful way. Each test works in a directory of its own. */
#include "tests/unit/unit.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static char path[128];

static int make_directory(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/hoso-file-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/file", dir);
	return 0;
}

static int remove_directory(void **state)
{
	Err err;
	(void)state;
	return file_remove_tree(dir, &err) == ST_OK && !file_exists(dir) ? 0 : -1;
}

static void replacing_leaves_the_new_bytes_and_nothing_else(void **state)
{
	(void)state;
	Err err;
	Buf b = {0};
	assert_int_equal(file_replace(path, STR("old"), &err), ST_OK);
	assert_int_equal(file_replace(path, STR("new bytes"), &err), ST_OK);
	assert_int_equal(file_read_all(path, 100, &b, &err), ST_OK);
	assert_str_equal(buf_str(&b), STR("new bytes"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0); /* no temporary was left behind */
	assert_int_equal(mkdir(dir, 0777), 0);
	buf_done(&b);
}

static void a_file_over_the_limit_is_refused_and_the_buffer_stays(void **state)
{
	(void)state;
	Err err;
	Buf b = {0};
	buf_add_str(&b, STR("before"));
	assert_int_equal(file_replace(path, STR("12345"), &err), ST_OK);
	assert_int_equal(file_read_all(path, 4, &b, &err), ST_LIMIT);
	assert_str_equal(buf_str(&b), STR("before"));
	assert_int_equal(file_read_all(path, 5, &b, &err), ST_OK);
	assert_str_equal(buf_str(&b), STR("before12345"));
	buf_done(&b);
}

static void what_is_not_there_is_named(void **state)
{
	(void)state;
	Err err;
	Buf b = {0};
	assert_int_equal(file_read_all(path, 10, &b, &err), ST_NOT_FOUND);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(file_replace("/nowhere/at/all", STR("x"), &err), ST_NOT_FOUND);
	assert_int_equal(file_remove_tree(path, &err), ST_OK);
	buf_done(&b);
}

static void reading_behind_the_end_is_corruption(void **state)
{
	(void)state;
	Err err;
	char four[5] = "....";
	assert_int_equal(file_replace(path, STR("123456"), &err), ST_OK);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(file_pread(fd, four, 4, 2, "file", &err), ST_OK);
	assert_string_equal(four, "3456");
	assert_int_equal(file_pread(fd, four, 4, 3, "file", &err), ST_CORRUPT);
	assert_int_equal(file_pwrite(fd, "xy", 2, 5, "file", &err), ST_OK);
	assert_int_equal(file_pread(fd, four, 2, 5, "file", &err), ST_OK);
	assert_memory_equal(four, "xy", 2);
	close_quietly(fd);
	close_quietly(-1);
}

static void a_pipe_is_read_to_its_end(void **state)
{
	(void)state;
	Err err;
	Buf b = {0};
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(file_write(ends[1], "through a pipe", 14, "pipe", &err), ST_OK);
	close(ends[1]);
	assert_int_equal(file_read_fd(ends[0], 100, &b, "pipe", &err), ST_OK);
	assert_str_equal(buf_str(&b), STR("through a pipe"));
	close(ends[0]);
	buf_done(&b);
}

static void directories_are_made_with_their_parents(void **state)
{
	(void)state;
	Err err;
	char deep[160];
	snprintf(deep, sizeof deep, "%s/một/hai/ba", dir);
	assert_int_equal(file_make_dirs(deep, &err), ST_OK);
	assert_int_equal(file_make_dirs(deep, &err), ST_OK);
	assert_int_equal(file_sync_dir(deep, &err), ST_OK);
	assert_int_equal(file_replace(path, STR("x"), &err), ST_OK);
	assert_int_equal(file_make_dirs(path, &err), ST_CONFLICT);
	assert_int_equal(file_make_dirs("", &err), ST_INVALID);
}

static void removing_a_tree_does_not_follow_links(void **state)
{
	(void)state;
	Err err;
	char tree[160], link[200];
	snprintf(tree, sizeof tree, "%s/tree/below", dir);
	snprintf(link, sizeof link, "%s/link", tree);
	assert_int_equal(file_replace(path, STR("stays"), &err), ST_OK);
	assert_int_equal(file_make_dirs(tree, &err), ST_OK);
	assert_int_equal(symlink(dir, link), 0);
	snprintf(tree, sizeof tree, "%s/tree", dir);
	assert_int_equal(file_remove_tree(tree, &err), ST_OK);
	assert_false(file_exists(tree));
	assert_true(file_exists(path));
}

static void a_path_grows_part_by_part_and_is_never_cut(void **state)
{
	FilePath grown;
	Err err;
	char name[FILE_PATH_MAX];
	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = 0;
	assert_int_equal(file_path(&grown, "a", "b", &err), ST_OK);
	assert_int_equal(file_path(&grown, grown.text, "c", &err), ST_OK);
	assert_string_equal(grown.text, "a/b/c");
	assert_int_equal(file_path(&grown, grown.text, name, &err), ST_LIMIT);
	assert_string_equal(grown.text, "a/b/c");
}

static void a_lock_keeps_every_other_descriptor_out_until_it_is_given_back(void **state)
{
	Err err;
	(void)state;
	int one = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), other = open(path, O_RDWR | O_CLOEXEC);
	assert_true(one >= 0 && other >= 0);
	assert_int_equal(file_lock(one, false, path, &err), ST_OK);
	assert_true(file_is_locked(other));
	assert_int_equal(file_lock(other, false, path, &err), ST_BUSY);
	file_unlock(one);
	assert_false(file_is_locked(other));
	assert_int_equal(file_lock(other, true, path, &err), ST_OK);
	close(other);
	assert_int_equal(file_lock(one, false, path, &err), ST_OK);
	close(one);
}

#define in_a_directory(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_a_directory(replacing_leaves_the_new_bytes_and_nothing_else),
		in_a_directory(a_file_over_the_limit_is_refused_and_the_buffer_stays),
		in_a_directory(what_is_not_there_is_named),
		in_a_directory(reading_behind_the_end_is_corruption),
		in_a_directory(a_pipe_is_read_to_its_end),
		in_a_directory(directories_are_made_with_their_parents),
		in_a_directory(removing_a_tree_does_not_follow_links),
		in_a_directory(a_path_grows_part_by_part_and_is_never_cut),
		in_a_directory(a_lock_keeps_every_other_descriptor_out_until_it_is_given_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
