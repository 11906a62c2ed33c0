/* tests/fuzz/store_log.c - a segment file of any bytes: opening, recovering, verifying and writing never crash, hang or
 * take memory without bound, and what is shown is whole.
 *
 * The first byte says how the rest is used: as the whole file of segment 1, or as changes (offset, byte) to a good one.
 * In both cases the sums of frame headers are made right first where the second bit asks for it, so that what lies
 * behind them is reached.
 */
#include "base/file.h"
#include "store/care/verify.h"
#include "store/format/frame.h"
#include "store/log/options.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64];
static Buf good, format;
static uint8_t archive_id[ARCHIVE_ID_LEN];

static void add_record(Store *store, int i, Err *err)
{
	char key[16], text[400];
	Receipt r;
	int n = 0;
	for (int k = 0; k < 25; k++)
		n += snprintf(text + n, sizeof text - (size_t)n, "chữ %d ", (i * k) % 17);
	snprintf(key, sizeof key, "r%d", i);
	Str cases[1] = {STR("case")};
	ObjectInput object = {.ref = {.role = "text"}, .bytes = {text, (size_t)n}, .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = STR("{}"),
			    .objects = &object,
			    .object_count = 1,
			    .cases = cases,
			    .case_count = 1};
	if (store_append(store, &input, &r, err) != ST_OK)
		abort();
}

/* A small good archive to change. */
static void prepare(void)
{
	Err err;
	Store *store;
	char path[128];
	snprintf(dir, sizeof dir, "%s/hoso-fuzz-%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ".", (long)getpid());
	if (store_init(dir, &err) != ST_OK || store_open(&store, dir, &err) != ST_OK)
		abort();
	for (int b = 0; b < 3; b++) {
		if (store_write_begin(store, &err) != ST_OK)
			abort();
		for (int i = 0; i < 3; i++)
			add_record(store, b * 3 + i, &err);
		if (store_commit(store, &err) != ST_OK)
			abort();
		store_write_end(store);
	}
	store_close(store);
	snprintf(path, sizeof path, "%s/segments/00000001.seg", dir);
	if (file_read_all(path, 1 << 20, &good, &err) != ST_OK)
		abort();
	memcpy(archive_id, good.data + 16, ARCHIVE_ID_LEN);
	snprintf(path, sizeof path, "%s/FORMAT", dir);
	if (file_read_all(path, 4096, &format, &err) != ST_OK)
		abort();
}

static void clean_up(void)
{
	Err err;
	file_remove_tree(dir, &err);
	buf_done(&good);
	buf_done(&format);
}

/* Makes the sums of what looks like frames right. */
static void mend_sums(Buf *file)
{
	uint32_t own = segment_seed(archive_id, 1, 0);
	for (size_t at = SEGMENT_HEADER_LEN; at + FRAME_HEADER_LEN <= file->len;) {
		uint8_t *h = (uint8_t *)file->data + at;
		FrameHeader header = {
			.type = h[4],
			.codec = h[6],
			.flags = h[7],
			.ordinal = get_le32(h + 8),
			.dict_ordinal = get_le32(h + 12),
			.sequence = get_le64(h + 16),
			.batch = get_le64(h + 24),
			.descriptor_len = get_le32(h + 32),
			.annex_len = get_le32(h + 36),
			.stored_len = get_le32(h + 40),
			.raw_len = get_le32(h + 44),
		};
		uint64_t len = frame_len(&header);
		if (memcmp(h, "hFR1", 4) != 0 || len > file->len - at) {
			at += FRAME_ALIGN;
			continue;
		}
		frame_header_put(&header, frame_seed(own, at), h + FRAME_HEADER_LEN, h);
		at += len;
	}
}

static void look_and_write(void)
{
	Err err;
	Store *store;
	StoreOptions options;
	Arena arena = {0};
	VerifyReport report;
	store_options_default(&options);
	options.segment_bytes = 1 << 20;
	if (store_open_with(&store, dir, &options, &err) != ST_OK)
		return;
	uint64_t size = store_tree_size(store);
	for (uint64_t i = 0; i < size && i < 40; i++) {
		Entry entry;
		arena_reset(&arena);
		if (store_entry(store, i, &arena, &entry, &err) != ST_OK)
			continue;
		Buf bytes = {0};
		for (size_t k = 0; k < entry.object_count && k < 4; k++)
			store_object_load(store, &entry.objects[k].hash, 4 << 20, &bytes, &err);
		buf_done(&bytes);
		uint64_t *sequences, found;
		size_t count;
		store_case_records(store, STR("case"), &arena, &sequences, &count, &err);
		store_find(store, ENTRY_RECORD, entry.key, 0, &found, &err);
	}
	arena_done(&arena);
	store_verify(store, false, NULL, NULL, NULL, &report, &err);
	if (store_write_begin(store, &err) == ST_OK) {
		add_record(store, 1000, &err);
		store_commit(store, &err);
		store_write_end(store);
	}
	store_close(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	Buf file = {0};
	Err err;
	char path[128];
	if (!ready) {
		prepare();
		atexit(clean_up);
		ready = true;
	}
	if (size < 1 || size > 1 << 16)
		return 0;
	if (data[0] & 1) {
		buf_add(&file, data + 1, size - 1);
	} else {
		buf_add_str(&file, buf_str(&good));
		for (size_t i = 1; i + 3 <= size; i += 3)
			file.data[(data[i] | data[i + 1] << 8) % file.len] ^= (char)data[i + 2];
		if (data[0] & 4)
			file.len -= (size_t)data[0] * 3 % file.len;
	}
	if (data[0] & 2)
		mend_sums(&file);
	snprintf(path, sizeof path, "%s/catalogue", dir);
	file_remove_tree(path, &err);
	snprintf(path, sizeof path, "%s/segments", dir);
	file_remove_tree(path, &err);
	if (file_make_dirs(path, &err) != ST_OK)
		abort();
	snprintf(path, sizeof path, "%s/segments/00000001.seg", dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || (file.len && file_write(fd, file.data, file.len, path, &err) != ST_OK))
		abort();
	close(fd);
	look_and_write();
	buf_done(&file);
	return 0;
}
