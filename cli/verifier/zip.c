/* cli/verifier/zip.c - the central directory is the list; then each local header must say the same, stand where the
 * entry before it ended, and nothing may lie between or behind them. */
#include "cli/verifier/zip.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LOCAL_LEN = 30,
	CENTRAL_LEN = 46,
	END_LEN = 22,
	END64_LEN = 56,
	LOCATOR_LEN = 20,
	EXTRA_MAX = 128,
	NAME_MAX_LEN = 1024
};
enum { FLAG_DESCRIPTOR = 1 << 3, FLAG_UTF8 = 1 << 11 };
#define FULL32 0xFFFFFFFFu

/* What both headers of an entry say. */
typedef struct {
	uint32_t made; /* the version of the local header: 45 for more than 4 GiB */
	uint32_t needed, flags, method, time_date;
	uint64_t packed, size, offset;
	size_t name_len, extra_len;
	const unsigned char *name, *extra;
	bool is64;
} Header;

static uint64_t number(const unsigned char *at, int bytes)
{
	uint64_t value = 0;
	while (bytes-- > 0)
		value = value << 8 | at[bytes];
	return value;
}

static bool refuse(char why[static ZIP_WHY], const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(char why[static ZIP_WHY], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(why, ZIP_WHY, format, args);
	va_end(args);
	return false;
}

uint32_t zip_crc(uint32_t crc, const void *bytes, size_t len)
{
	static uint32_t table[256];
	const unsigned char *at = bytes;
	if (!table[1])
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t value = i;
			for (int bit = 0; bit < 8; bit++)
				value = value >> 1 ^ (value & 1 ? 0xEDB88320u : 0);
			table[i] = value;
		}
	crc = ~crc;
	while (len--)
		crc = crc >> 8 ^ table[(crc ^ *at++) & 255];
	return ~crc;
}

bool zip_read(const Zip *zip, uint64_t offset, void *out, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t got = pread(zip->fd, (char *)out + done, len - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

/* Bytes of the UTF-8 character at `at`; 0 where none stands there. */
static size_t character(const unsigned char *at, size_t len)
{
	size_t width = at[0] < 0x80 ? 1 : at[0] >= 0xC2 && at[0] < 0xE0 ? 2 : at[0] >= 0xE0 && at[0] < 0xF0 ? 3 : 4;
	if (width == 4 && (at[0] < 0xF0 || at[0] > 0xF4))
		return 0;
	if (width > len)
		return 0;
	for (size_t i = 1; i < width; i++)
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	if ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) || (at[0] == 0xF0 && at[1] < 0x90) ||
	    (at[0] == 0xF4 && at[1] > 0x8F))
		return 0;
	return width;
}

/* A relative path without ".", ".." and the signs that some system gives a meaning. *wide_out: it needs the UTF-8 flag.
 */
static bool name_is_safe(const unsigned char *name, size_t len, bool *wide_out)
{
	size_t part = 0;
	bool only_dots = true;
	*wide_out = false;
	for (size_t i = 0, width; i < len; i += width) {
		width = character(name + i, len - i);
		if (width == 0 || name[i] < 0x20 || name[i] == 0x7F || strchr("\\:*?\"<>|", name[i]))
			return false;
		*wide_out = *wide_out || width > 1;
		if (name[i] == '/') {
			if (part == 0 || only_dots)
				return false;
			part = 0;
			only_dots = true;
			continue;
		}
		part += width;
		only_dots = only_dots && name[i] == '.';
	}
	return part > 0 && !only_dots;
}

/* ---- headers --------------------------------------------------------------------------------------------------- */

/* Extra fields: time and owner as libarchive writes them (they end at *times_len), and in ZIP64 the sizes. */
static bool read_extra(Header *h, const uint64_t *wanted[static 3], uint64_t *values[static 3], size_t *times_len)
{
	size_t at = 0;
	*times_len = 0;
	h->is64 = false;
	while (at + 4 <= h->extra_len) {
		uint32_t id = (uint32_t)number(h->extra + at, 2), len = (uint32_t)number(h->extra + at + 2, 2);
		at += 4;
		if (at + len > h->extra_len)
			return false;
		if (id == 0x5455 && len == 5 && *times_len == 0) {
			*times_len = at + len;
		} else if (id == 0x7875 && len == 11 && *times_len == 9) {
			*times_len = at + len;
		} else if (id == 1 && !h->is64) {
			size_t used = 0;
			h->is64 = true;
			for (int i = 0; i < 3; i++)
				if (wanted[i] && *wanted[i] == FULL32) {
					if (used + 8 > len)
						return false;
					*values[i] = number(h->extra + at + used, 8);
					used += 8;
				}
			if (used != len)
				return false;
		} else {
			return false;
		}
		at += len;
	}
	return at == h->extra_len && *times_len == 24;
}

static bool read_central(const unsigned char *at, size_t room, Header *h, uint32_t *crc, size_t *len_out)
{
	if (room < CENTRAL_LEN || number(at, 4) != 0x02014b50)
		return false;
	*h = (Header){.made = at[4],
		      .needed = (uint32_t)number(at + 6, 2),
		      .flags = (uint32_t)number(at + 8, 2),
		      .method = (uint32_t)number(at + 10, 2),
		      .time_date = (uint32_t)number(at + 12, 4),
		      .packed = number(at + 20, 4),
		      .size = number(at + 24, 4),
		      .name_len = (size_t)number(at + 28, 2),
		      .extra_len = (size_t)number(at + 30, 2),
		      .offset = number(at + 42, 4)};
	*crc = (uint32_t)number(at + 16, 4);
	*len_out = CENTRAL_LEN + h->name_len + h->extra_len;
	/* no comment, one disk, no attributes but "a file, rw-r--r--" made on Unix */
	if (*len_out > room || h->name_len == 0 || h->name_len > NAME_MAX_LEN || h->extra_len > EXTRA_MAX ||
	    number(at + 32, 2) || number(at + 34, 2) || number(at + 36, 2) || number(at + 38, 4) != 0x81A40000u ||
	    at[5] != 3)
		return false;
	h->name = at + CENTRAL_LEN;
	h->extra = h->name + h->name_len;
	uint64_t size32 = h->size, packed32 = h->packed, offset32 = h->offset;
	const uint64_t *wanted[3] = {&size32, &packed32, &offset32};
	uint64_t *values[3] = {&h->size, &h->packed, &h->offset};
	size_t times;
	return read_extra(h, wanted, values, &times) && h->size == h->packed && h->method == 0 &&
	       h->made == (h->size >= FULL32 ? 45 : 10) && h->needed == (h->is64 ? 45 : h->made);
}

/* The local header must say what the central one says, and stand at its offset. */
static bool local_agrees(const Zip *zip, const Header *central, uint32_t crc, uint64_t *data_out, uint64_t *end_out)
{
	unsigned char bytes[LOCAL_LEN + NAME_MAX_LEN + EXTRA_MAX], tail[24];
	Header h;
	if (central->offset > zip->size || zip->size - central->offset < LOCAL_LEN ||
	    !zip_read(zip, central->offset, bytes, LOCAL_LEN) || number(bytes, 4) != 0x04034b50)
		return false;
	h = (Header){.needed = (uint32_t)number(bytes + 4, 2),
		     .flags = (uint32_t)number(bytes + 6, 2),
		     .method = (uint32_t)number(bytes + 8, 2),
		     .time_date = (uint32_t)number(bytes + 10, 4),
		     .packed = number(bytes + 18, 4),
		     .size = number(bytes + 22, 4),
		     .name_len = (size_t)number(bytes + 26, 2),
		     .extra_len = (size_t)number(bytes + 28, 2)};
	if (number(bytes + 14, 4) != 0 || h.needed != central->made || h.flags != central->flags || h.method != 0 ||
	    h.time_date != central->time_date || h.name_len != central->name_len || h.extra_len > EXTRA_MAX ||
	    !zip_read(zip, central->offset + LOCAL_LEN, bytes + LOCAL_LEN, h.name_len + h.extra_len))
		return false;
	h.name = bytes + LOCAL_LEN;
	h.extra = h.name + h.name_len;
	uint64_t size32 = h.size, packed32 = h.packed;
	const uint64_t *wanted[3] = {&size32, &packed32, NULL};
	uint64_t *values[3] = {&h.size, &h.packed, NULL};
	size_t times;
	if (!read_extra(&h, wanted, values, &times) || h.size != central->size || h.packed != central->packed ||
	    memcmp(h.name, central->name, h.name_len) != 0 || memcmp(h.extra, central->extra, times) != 0)
		return false;
	uint64_t data = central->offset + LOCAL_LEN + h.name_len + h.extra_len;
	size_t tail_len = h.is64 ? 24 : 16;
	int wide = h.is64 ? 8 : 4;
	if (data > zip->size || zip->size - data < tail_len || zip->size - data - tail_len < h.size ||
	    !zip_read(zip, data + h.size, tail, tail_len))
		return false;
	*data_out = data;
	*end_out = data + h.size + tail_len;
	return number(tail, 4) == 0x08074b50 && number(tail + 4, 4) == crc && number(tail + 8, wide) == h.packed &&
	       number(tail + 8 + wide, wide) == h.size;
}

/* ---- the end of the file --------------------------------------------------------------------------------------- */

/* Where the central directory is; *end_out: where the end records begin. */
static bool read_end(const Zip *zip, uint64_t *entries, uint64_t *at, uint64_t *len, uint64_t *end_out)
{
	unsigned char end[END_LEN], locator[LOCATOR_LEN], end64[END64_LEN];
	if (zip->size < END_LEN || !zip_read(zip, zip->size - END_LEN, end, END_LEN) || number(end, 4) != 0x06054b50 ||
	    number(end + 4, 4) || number(end + 8, 2) != number(end + 10, 2) || number(end + 20, 2))
		return false;
	*entries = number(end + 8, 2);
	*len = number(end + 12, 4);
	*at = number(end + 16, 4);
	*end_out = zip->size - END_LEN;
	if (zip->size < END_LEN + LOCATOR_LEN + END64_LEN ||
	    !zip_read(zip, *end_out - LOCATOR_LEN, locator, LOCATOR_LEN) || number(locator, 4) != 0x07064b50)
		return true;
	uint64_t where = *end_out - LOCATOR_LEN - END64_LEN;
	if (number(locator + 4, 4) || number(locator + 8, 8) != where || number(locator + 16, 4) != 1 ||
	    !zip_read(zip, where, end64, END64_LEN) || number(end64, 4) != 0x06064b50 ||
	    number(end64 + 4, 8) != END64_LEN - 12 || number(end64 + 12, 2) != 45 || number(end64 + 14, 2) != 45 ||
	    number(end64 + 16, 8) || number(end64 + 24, 8) != number(end64 + 32, 8))
		return false;
	if ((*entries != 0xFFFF && *entries != number(end64 + 24, 8)) ||
	    (*len != FULL32 && *len != number(end64 + 40, 8)) || (*at != FULL32 && *at != number(end64 + 48, 8)))
		return false;
	*entries = number(end64 + 24, 8);
	*len = number(end64 + 40, 8);
	*at = number(end64 + 48, 8);
	*end_out = where;
	return true;
}

static bool read_entries(Zip *zip, uint64_t directory_at, size_t len, uint64_t wanted, char why[static ZIP_WHY])
{
	uint64_t next = 0;
	char *names = zip->names;
	for (size_t at = 0; zip->count < wanted; zip->count++) {
		ZipEntry *e = &zip->entries[zip->count];
		Header h;
		size_t used;
		uint64_t end;
		bool wide;
		if (!read_central(zip->directory + at, len - at, &h, &e->crc, &used))
			return refuse(why, "entry %zu of its directory is not one that an archive writes",
				      zip->count + 1);
		if (!name_is_safe(h.name, h.name_len, &wide) || h.flags != (FLAG_DESCRIPTOR | (wide ? FLAG_UTF8 : 0u)))
			return refuse(why, "the name of entry %zu is not allowed", zip->count + 1);
		if (h.offset != next || !local_agrees(zip, &h, e->crc, &e->offset, &end))
			return refuse(why, "entry %zu (%.*s) is not where or what the directory says", zip->count + 1,
				      (int)(h.name_len > 120 ? 120 : h.name_len), (const char *)h.name);
		e->name = names;
		e->size = h.size;
		memcpy(names, h.name, h.name_len);
		names += h.name_len;
		*names++ = 0;
		next = end;
		at += used;
		if (zip->count + 1 == wanted && at != len)
			return refuse(why, "its directory has another length than it says");
	}
	return next == directory_at || refuse(why, "there are bytes between the last file and the directory");
}

bool zip_open(Zip *zip, int fd, char why[static ZIP_WHY])
{
	struct stat info;
	uint64_t count, at, len, end;
	*zip = (Zip){.fd = fd};
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
		return refuse(why, "it is not a file that can be read from anywhere");
	zip->size = (uint64_t)info.st_size;
	if (!read_end(zip, &count, &at, &len, &end))
		return refuse(why, "it does not end as a ZIP file of an archive does: cut off, or added to");
	if (count == 0 || count > ZIP_ENTRIES_MAX || len > ZIP_DIRECTORY_MAX || len < count * CENTRAL_LEN || at > end ||
	    end - at != len)
		return refuse(why, "its directory is not where it should be, or too large");
	zip->directory = malloc((size_t)len);
	zip->names = malloc((size_t)len);
	zip->entries = calloc((size_t)count, sizeof *zip->entries);
	if (!zip->directory || !zip->names || !zip->entries)
		return refuse(why, "out of memory");
	if (!zip_read(zip, at, zip->directory, (size_t)len))
		return refuse(why, "its directory cannot be read");
	return read_entries(zip, at, (size_t)len, count, why);
}

void zip_close(Zip *zip)
{
	free(zip->directory);
	free(zip->names);
	free(zip->entries);
	*zip = (Zip){.fd = -1};
}
