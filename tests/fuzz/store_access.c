/* tests/fuzz/store_access.c - damage to a file of the access log: entries before it are read as they were, none after
 * it, and the reader always ends.
 *
 * Input: three bytes for each damage: 2 bytes where (little-endian), a byte that is set there. The input is also read
 * as a file itself. */
#include "store/access/access_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ENTRIES = 5, DAMAGES_MAX = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Buf whole;
static uint64_t ends[ENTRIES]; /* of each entry */

static void build(void)
{
	char header[ACCESS_HEADER_LEN], json[64];
	AccessStart start = {.number = 2, .entries_before = 7, .previous = {{1, 2, 3}}};
	Hash newest;
	Err err;
	access_header_put(&start, header);
	buf_add(&whole, header, sizeof header);
	hash_of((Str){header, sizeof header}, &newest);
	for (int i = 0; i < ENTRIES; i++) {
		snprintf(json, sizeof json, "{\"action\":\"get-record\",\"what\":\"r-%d\"}", i);
		if (access_entry_put(str_from(json), &newest, &whole, &err) != ST_OK)
			abort();
		ends[i] = whole.len;
	}
}

/* How many entries are read before the first error or the end. */
static uint64_t read_all(int fd, Str bytes, bool *broken_out)
{
	AccessReader r = {0};
	Err err = {0};
	Str json;
	Step step;
	uint64_t count = 0;
	*broken_out = true;
	if (ftruncate(fd, 0) != 0 || file_pwrite(fd, bytes.ptr, bytes.len, 0, "log", &err) != ST_OK)
		abort();
	if (access_reader_begin(&r, fd, 2, &err) != ST_OK)
		return 0;
	while ((step = access_reader_next(&r, &json, &err)) == STEP_ITEM) {
		if (json.len > ACCESS_ENTRY_MAX || ++count > bytes.len)
			abort();
	}
	*broken_out = step == STEP_ERROR;
	if (step == STEP_ERROR)
		access_reader_finds_more(&r);
	access_reader_done(&r);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	bool broken;
	if (fd < 0) {
		fd = memfd_create("access", MFD_CLOEXEC);
		build();
		if (fd < 0 || read_all(fd, buf_str(&whole), &broken) != ENTRIES || broken)
			abort();
	}
	if (size)
		read_all(fd, (Str){(const char *)data, size}, &broken);
	Buf bytes = {0};
	size_t first = whole.len;
	buf_add_str(&bytes, buf_str(&whole));
	if (!buf_ok(&bytes))
		return 0;
	for (size_t i = 0; i + 3 <= size && i < 3 * DAMAGES_MAX; i += 3) {
		size_t at = (size_t)(data[i] | data[i + 1] << 8) % bytes.len;
		if (bytes.data[at] != (char)data[i + 2] && at < first)
			first = at;
		bytes.data[at] = (char)data[i + 2];
	}
	if (memcmp(bytes.data, whole.data, whole.len) != 0) {
		size_t intact = 0, count = read_all(fd, buf_str(&bytes), &broken);
		while (first >= ACCESS_HEADER_LEN && intact < ENTRIES && ends[intact] <= first)
			intact++;
		if (count > ENTRIES || (count < intact && memcmp(bytes.data, whole.data, first) == 0) || !broken)
			abort(); /* no damage is read as a log that is whole */
	}
	buf_done(&bytes);
	return 0;
}
