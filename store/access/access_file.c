/* store/access/access_file.c - the layout of the files. The first file keeps the header that it had before there were
 * more of them. */
#include "store/access/access_file.h"

#include "base/clock.h"
#include "store/format/frame.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

static const char first_magic[8] = "HOSOACC\n", next_magic[8] = "HOSOAC2\n";

/* ---- names ----------------------------------------------------------------------------------------------------- */

Status access_file_path(FilePath *out, const char *archive_dir, uint32_t number, Err *err)
{
	char name[32];
	snprintf(name, sizeof name, "access/%08" PRIx32 ".log", number);
	return file_path(out, archive_dir, name, err);
}

static uint32_t number_of(const char *name)
{
	unsigned number;
	char again[32];
	if (strlen(name) != 12 || sscanf(name, "%8x", &number) != 1)
		return 0;
	snprintf(again, sizeof again, "%08x.log", number);
	return strcmp(name, again) == 0 ? number : 0;
}

Status access_file_range(const char *archive_dir, uint32_t *first_out, uint32_t *last_out, Err *err)
{
	FilePath path;
	uint32_t first = 0, last = 0;
	Status st = file_path(&path, archive_dir, "access", err);
	if (st != ST_OK)
		return st;
	DIR *dir = opendir(path.text);
	if (!dir)
		return err_errno(err, errno, "open directory %s", path.text);
	for (struct dirent *entry; (entry = readdir(dir));) {
		uint32_t number = number_of(entry->d_name);
		if (number && (!first || number < first))
			first = number;
		if (number > last)
			last = number;
	}
	closedir(dir);
	*first_out = first;
	*last_out = last;
	return ST_OK;
}

/* ---- header and entries ---------------------------------------------------------------------------------------- */

void access_header_put(const AccessStart *start, char out[static ACCESS_HEADER_LEN])
{
	memset(out, 0, ACCESS_HEADER_LEN);
	memcpy(out, start->number == 1 ? first_magic : next_magic, 8);
	put_le32(out + 8, ARCHIVE_FORMAT);
	if (start->number == 1) {
		put_le64(out + 16, clock_utc_ms());
	} else {
		put_le32(out + 12, start->number);
		put_le64(out + 16, start->entries_before);
		memcpy(out + 24, start->previous.bytes, STORE_HASH_LEN);
	}
	put_le32(out + 60, crc32c(0, out, 60));
}

static bool header_get(const char *header, uint32_t number, AccessStart *out)
{
	*out = (AccessStart){.number = number};
	if (get_le32(header + 60) != crc32c(0, header, 60) ||
	    memcmp(header, number == 1 ? first_magic : next_magic, 8) != 0)
		return false;
	if (number == 1)
		return true;
	out->entries_before = get_le64(header + 16);
	memcpy(out->previous.bytes, header + 24, STORE_HASH_LEN);
	return get_le32(header + 12) == number;
}

Status access_entry_put(Str json, Hash *newest, Buf *out, Err *err)
{
	char head[8];
	size_t start = out->len;
	if (json.len > ACCESS_ENTRY_MAX)
		return err_set(err, ST_LIMIT, "an access entry of %zu bytes", json.len);
	put_le32(head, (uint32_t)json.len);
	buf_add(out, head, sizeof head);
	buf_add(out, newest->bytes, STORE_HASH_LEN);
	buf_add_str(out, json);
	if (!buf_ok(out))
		return err_no_memory(err);
	char *entry = out->data + start;
	put_le32(entry + 4, crc32c(crc32c(0, entry, 4), entry + 8, STORE_HASH_LEN + json.len));
	hash_of((Str){entry + 8, STORE_HASH_LEN + json.len}, newest);
	return ST_OK;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

Status access_reader_begin(AccessReader *r, int fd, uint32_t number, Err *err)
{
	char header[ACCESS_HEADER_LEN];
	struct stat info;
	*r = (AccessReader){.fd = fd, .at = ACCESS_HEADER_LEN};
	if (fstat(fd, &info) != 0)
		return err_errno(err, errno, "look at the access log");
	r->end = (uint64_t)info.st_size;
	Status st = file_pread(fd, header, sizeof header, 0, "access log", err);
	if (st == ST_OK && !header_get(header, number, &r->start))
		st = err_set(err, ST_CORRUPT, "access/%08" PRIx32 ".log: the header is damaged", number);
	r->entries = r->start.entries_before;
	if (st == ST_OK)
		hash_of((Str){header, sizeof header}, &r->newest);
	return st;
}

Step access_reader_next(AccessReader *r, Str *json_out, Err *err)
{
	uint8_t head[ACCESS_ENTRY_HEADER_LEN];
	if (r->at == r->end)
		return STEP_END;
	if (r->end - r->at >= sizeof head && file_pread(r->fd, head, sizeof head, r->at, "access log", err) == ST_OK) {
		uint32_t len = get_le32(head);
		buf_clear(&r->bytes);
		buf_add(&r->bytes, head + 8, STORE_HASH_LEN);
		bool fits = len <= ACCESS_ENTRY_MAX && len <= r->end - r->at - sizeof head;
		char *json = fits ? buf_extend(&r->bytes, len) : NULL;
		if (json && file_pread(r->fd, json, len, r->at + sizeof head, "access log", err) == ST_OK &&
		    get_le32(head + 4) == crc32c(crc32c(0, head, 4), r->bytes.data, r->bytes.len) &&
		    memcmp(head + 8, r->newest.bytes, STORE_HASH_LEN) == 0) {
			hash_of(buf_str(&r->bytes), &r->newest);
			r->at += sizeof head + len;
			r->entries++;
			*json_out = str_slice(buf_str(&r->bytes), STORE_HASH_LEN, r->bytes.len);
			return STEP_ITEM;
		}
	}
	err_set(err, ST_CORRUPT, "access/%08" PRIx32 ".log is broken at offset %" PRIu64 ", behind entry %" PRIu64,
		r->start.number, r->at, r->entries);
	return STEP_ERROR;
}

bool access_reader_finds_more(const AccessReader *r)
{
	Err ignored;
	Buf rest = {0};
	bool found = false;
	uint64_t len = r->end - r->at < (1 << 20) ? r->end - r->at : 1 << 20;
	char *bytes = buf_extend(&rest, (size_t)len);
	if (bytes && file_pread(r->fd, bytes, (size_t)len, r->at, "access log", &ignored) == ST_OK) {
		for (size_t at = 1; !found && at + ACCESS_ENTRY_HEADER_LEN <= len; at++) {
			uint32_t entry_len = get_le32(bytes + at);
			found = entry_len && entry_len <= ACCESS_ENTRY_MAX &&
				at + ACCESS_ENTRY_HEADER_LEN + entry_len <= len &&
				get_le32(bytes + at + 4) ==
					crc32c(crc32c(0, bytes + at, 4), bytes + at + 8, STORE_HASH_LEN + entry_len);
		}
	}
	buf_done(&rest);
	return found;
}

void access_reader_done(AccessReader *r)
{
	buf_done(&r->bytes);
}
