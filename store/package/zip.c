/* store/package/zip.c - each record is put into its struct of bytes field by field. Numbers that do not fit into 32
 * bits are written as 0xFFFFFFFF and once more, whole, in an extra field (ZIP64).
 */
#include "store/package/zip.h"

#include <pthread.h>
#include <time.h>

enum {
	LOCAL_BYTES = 30,
	CENTRAL_BYTES = 46,
	TIMES_AND_OWNER_BYTES = 9 + 15,
	END_BYTES = 22,
	END64_BYTES = 56 + 20, /* the record and its locator */
	VERSION_PLAIN = 10,
	VERSION_ZIP64 = 45,
	MADE_ON_UNIX = 3 << 8,
	FLAG_SUM_BEHIND = 1 << 3,
	FLAG_UTF8 = 1 << 11,
	EXTRA_ZIP64 = 1,
	ENTRIES_MOST = UINT16_MAX,
};
static const uint32_t regular_file_0644 = UINT32_C(0100644) << 16;

/* ---- sums ------------------------------------------------------------------------------------------------------ */

enum { SLICES = 8 };

static uint32_t table[SLICES][256]; /* table[n][b]: the sum of byte b with n zeros behind it */
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ UINT32_C(0xEDB88320) : crc >> 1;
		table[0][i] = crc;
	}
	for (int n = 1; n < SLICES; n++)
		for (uint32_t i = 0; i < 256; i++)
			table[n][i] = table[n - 1][i] >> 8 ^ table[0][table[n - 1][i] & 255];
}

uint32_t zip_crc(uint32_t crc, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	pthread_once(&table_once, make_table);
	crc = ~crc;
	for (; len >= SLICES; p += SLICES, len -= SLICES) {
		uint32_t low = crc ^ get_le32(p), high = get_le32(p + 4);
		crc = table[7][low & 255] ^ table[6][low >> 8 & 255] ^ table[5][low >> 16 & 255] ^ table[4][low >> 24] ^
		      table[3][high & 255] ^ table[2][high >> 8 & 255] ^ table[1][high >> 16 & 255] ^
		      table[0][high >> 24];
	}
	for (; len; p++, len--)
		crc = crc >> 8 ^ table[0][(crc ^ *p) & 255];
	return ~crc;
}

/* ---- parts of records ------------------------------------------------------------------------------------------ */

static size_t path_len(const ZipEntry *entry)
{
	return entry->folder.len + 1 + entry->path.len;
}

static bool is_large(const ZipEntry *entry)
{
	return entry->size_bytes > UINT32_MAX;
}

static uint32_t fit(uint64_t value)
{
	return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

static uint16_t flags_of(const ZipEntry *entry)
{
	bool ascii = true;
	for (size_t i = 0; i < entry->folder.len; i++)
		ascii &= (uint8_t)entry->folder.ptr[i] < 0x80;
	for (size_t i = 0; i < entry->path.len; i++)
		ascii &= (uint8_t)entry->path.ptr[i] < 0x80;
	return ascii ? FLAG_SUM_BEHIND : FLAG_SUM_BEHIND | FLAG_UTF8;
}

/* Local time with a step of two seconds, from 1980 to 2107. */
static uint32_t dos_time(int64_t utc_s)
{
	time_t when = (time_t)utc_s;
	struct tm t = {0};
	localtime_r(&when, &t);
	if (t.tm_year < 80)
		return UINT32_C(0x00210000);
	if (t.tm_year > 207)
		return UINT32_C(0xFF9FBF7D);
	unsigned date = (unsigned)(t.tm_year - 80) << 9 | (unsigned)(t.tm_mon + 1) << 5 | (unsigned)t.tm_mday;
	unsigned time = (unsigned)t.tm_hour << 11 | (unsigned)t.tm_min << 5 | (unsigned)(t.tm_sec & 0x3E) >> 1;
	return (uint32_t)date << 16 | time;
}

static void add_path(const ZipEntry *entry, Buf *out)
{
	buf_add_str(out, entry->folder);
	buf_add_char(out, '/');
	buf_add_str(out, entry->path);
}

/* UT: the time of change, in UTC. ux: user and group, both 0. */
static void add_times_and_owner(const ZipEntry *entry, Buf *out)
{
	uint8_t extra[TIMES_AND_OWNER_BYTES] = {'U', 'T', 5, 0, 1, 0, 0, 0, 0, 'u', 'x', 11, 0, 1, 4, 0, 0, 0, 0, 4};
	put_le32(extra + 5, (uint32_t)entry->utc_s);
	buf_add(out, extra, sizeof extra);
}

/* The numbers of a central header that do not fit into it. */
static size_t central_large(const ZipEntry *entry, uint64_t out[static 3])
{
	size_t count = 0;
	if (!is_large(entry) && entry->offset_bytes <= UINT32_MAX)
		return 0;
	if (entry->size_bytes >= UINT32_MAX) {
		out[count++] = entry->size_bytes; /* before compression */
		out[count++] = entry->size_bytes;
	}
	if (entry->offset_bytes >= UINT32_MAX)
		out[count++] = entry->offset_bytes;
	return count;
}

static void add_zip64(const uint64_t *values, size_t count, Buf *out)
{
	uint8_t extra[4 + 3 * 8];
	if (!count)
		return;
	put_le16(extra, EXTRA_ZIP64);
	put_le16(extra + 2, (uint16_t)(8 * count));
	for (size_t i = 0; i < count; i++)
		put_le64(extra + 4 + 8 * i, values[i]);
	buf_add(out, extra, 4 + 8 * count);
}

static uint64_t zip64_bytes(size_t count)
{
	return count ? 4 + 8 * count : 0;
}

/* ---- records --------------------------------------------------------------------------------------------------- */

uint64_t zip_local_bytes(const ZipEntry *entry)
{
	return LOCAL_BYTES + path_len(entry) + TIMES_AND_OWNER_BYTES + zip64_bytes(is_large(entry) ? 2 : 0);
}

void zip_add_local(const ZipEntry *entry, Buf *out)
{
	uint8_t head[LOCAL_BYTES] = {'P', 'K', 3, 4};
	const uint64_t sizes[] = {entry->size_bytes, entry->size_bytes};
	uint32_t size = is_large(entry) ? UINT32_MAX : (uint32_t)entry->size_bytes;
	put_le16(head + 4, is_large(entry) ? VERSION_ZIP64 : VERSION_PLAIN);
	put_le16(head + 6, flags_of(entry));
	put_le32(head + 10, dos_time(entry->utc_s));
	put_le32(head + 18, size);
	put_le32(head + 22, size);
	put_le16(head + 26, (uint16_t)path_len(entry));
	put_le16(head + 28, (uint16_t)(zip_local_bytes(entry) - LOCAL_BYTES - path_len(entry)));
	buf_add(out, head, sizeof head);
	add_path(entry, out);
	add_times_and_owner(entry, out);
	add_zip64(sizes, is_large(entry) ? 2 : 0, out);
}

uint64_t zip_descriptor_bytes(const ZipEntry *entry)
{
	return is_large(entry) ? 24 : 16;
}

void zip_add_descriptor(const ZipEntry *entry, Buf *out)
{
	uint8_t bytes[24] = {'P', 'K', 7, 8};
	put_le32(bytes + 4, entry->crc);
	if (is_large(entry)) {
		put_le64(bytes + 8, entry->size_bytes);
		put_le64(bytes + 16, entry->size_bytes);
	} else {
		put_le32(bytes + 8, (uint32_t)entry->size_bytes);
		put_le32(bytes + 12, (uint32_t)entry->size_bytes);
	}
	buf_add(out, bytes, (size_t)zip_descriptor_bytes(entry));
}

uint64_t zip_central_bytes(const ZipEntry *entry)
{
	uint64_t large[3];
	return CENTRAL_BYTES + path_len(entry) + TIMES_AND_OWNER_BYTES + zip64_bytes(central_large(entry, large));
}

void zip_add_central(const ZipEntry *entry, Buf *out)
{
	uint8_t head[CENTRAL_BYTES] = {'P', 'K', 1, 2};
	uint64_t large[3];
	size_t count = central_large(entry, large);
	put_le16(head + 4, MADE_ON_UNIX | (is_large(entry) ? VERSION_ZIP64 : VERSION_PLAIN));
	put_le16(head + 6, count ? VERSION_ZIP64 : VERSION_PLAIN);
	put_le16(head + 8, flags_of(entry));
	put_le32(head + 12, dos_time(entry->utc_s));
	put_le32(head + 16, entry->crc);
	put_le32(head + 20, fit(entry->size_bytes));
	put_le32(head + 24, fit(entry->size_bytes));
	put_le16(head + 28, (uint16_t)path_len(entry));
	put_le16(head + 30, (uint16_t)(TIMES_AND_OWNER_BYTES + zip64_bytes(count)));
	put_le32(head + 38, regular_file_0644);
	put_le32(head + 42, fit(entry->offset_bytes));
	buf_add(out, head, sizeof head);
	add_path(entry, out);
	add_times_and_owner(entry, out);
	add_zip64(large, count, out);
}

static bool needs_end64(uint64_t entries, uint64_t central_offset, uint64_t central_bytes)
{
	return entries > ENTRIES_MOST || central_offset > UINT32_MAX || central_bytes > UINT32_MAX;
}

uint64_t zip_end_bytes(uint64_t entries, uint64_t central_offset, uint64_t central_bytes)
{
	return END_BYTES + (needs_end64(entries, central_offset, central_bytes) ? END64_BYTES : 0);
}

static void add_end64(uint64_t entries, uint64_t central_offset, uint64_t central_bytes, Buf *out)
{
	uint8_t record[END64_BYTES] = {'P', 'K', 6, 6}, *locator = record + 56;
	put_le64(record + 4, 44); /* bytes that follow in the record */
	put_le16(record + 12, VERSION_ZIP64);
	put_le16(record + 14, VERSION_ZIP64);
	put_le64(record + 24, entries);
	put_le64(record + 32, entries);
	put_le64(record + 40, central_bytes);
	put_le64(record + 48, central_offset);
	memcpy(locator, "PK\6\7", 4);
	put_le64(locator + 8, central_offset + central_bytes);
	put_le32(locator + 16, 1); /* disks */
	buf_add(out, record, sizeof record);
}

void zip_add_end(uint64_t entries, uint64_t central_offset, uint64_t central_bytes, Buf *out)
{
	uint8_t record[END_BYTES] = {'P', 'K', 5, 6};
	uint16_t count = entries < ENTRIES_MOST ? (uint16_t)entries : ENTRIES_MOST;
	if (needs_end64(entries, central_offset, central_bytes))
		add_end64(entries, central_offset, central_bytes, out);
	put_le16(record + 8, count);
	put_le16(record + 10, count);
	put_le32(record + 12, fit(central_bytes));
	put_le32(record + 16, fit(central_offset));
	buf_add(out, record, sizeof record);
}
