/* tests/fuzz/replay.c - runs a fuzz target over its corpus, so that what was found once stays found under every
 * compiler and sanitizer.
 *
 *   replay-NAME DIRECTORY|FILE…      prints how many inputs ran; a crash is the failure
 */
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { INPUT_MAX = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input sits in memory of exactly its size: one byte read beyond it is seen. */
static bool replay_file(const char *path)
{
	Err err;
	Buf bytes = {0};
	if (file_read_all(path, INPUT_MAX, &bytes, &err) != ST_OK) {
		fprintf(stderr, "%s\n", err.text);
		buf_done(&bytes);
		return false;
	}
	uint8_t *exact = malloc(bytes.len ? bytes.len : 1);
	if (exact) {
		if (bytes.len)
			memcpy(exact, bytes.data, bytes.len);
		LLVMFuzzerTestOneInput(exact, bytes.len);
	}
	free(exact);
	buf_done(&bytes);
	return exact != NULL;
}

static bool replay_directory(const char *path, unsigned *count)
{
	DIR *dir = opendir(path);
	bool fine = dir != NULL;
	if (!dir) {
		perror(path);
		return false;
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		char file[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		fine = replay_file(file) && fine;
		++*count;
	}
	closedir(dir);
	return fine;
}

int main(int argc, char **argv)
{
	unsigned count = 0;
	bool fine = true;
	for (int i = 1; i < argc; i++) {
		struct stat info;
		if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode)) {
			fine = replay_directory(argv[i], &count) && fine;
		} else {
			fine = replay_file(argv[i]) && fine;
			count++;
		}
	}
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	printf("%u inputs replayed\n", count);
	return fine && count > 0 ? 0 : 1;
}
