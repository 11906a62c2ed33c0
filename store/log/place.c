/* store/log/place.c - FORMAT is four lines of text, the last one a sum of those before it. The directory is known by
 * its device and inode, and by the archive id in the FORMAT that stands in it now: a path may lead elsewhere than when
 * it was opened. */
#include "store/log/place.h"

#include "store/log/store.h"

#include <inttypes.h>
#include <sys/stat.h>

enum { FORMAT_FILE_MAX = 4096 };

void place_put_format(const uint8_t archive_id[static ARCHIVE_ID_LEN], Buf *out)
{
	buf_printf(out, "hoso archive %d\nid ", ARCHIVE_FORMAT);
	buf_add_hex(out, archive_id, ARCHIVE_ID_LEN);
	buf_add_zero_terminated(out, "\norigin hoso/");
	buf_add_hex(out, archive_id, ARCHIVE_ID_LEN);
	buf_add_char(out, '\n');
	buf_printf(out, "crc32c %08" PRIx32 "\n", crc32c(0, out->data, out->len));
}

static bool take_line(Str *rest, const char *word, Str *value_out)
{
	Str line;
	size_t len = strlen(word);
	if (!str_split(rest, '\n', &line) || line.len <= len || memcmp(line.ptr, word, len) != 0 ||
	    line.ptr[len] != ' ')
		return false;
	*value_out = str_slice(line, len + 1, line.len);
	return true;
}

static Status get_format(Store *store, Str text, Err *err)
{
	Str rest = text, version, id, origin, sum;
	uint64_t number;
	uint8_t bytes[4];
	if (!take_line(&rest, "hoso archive", &version) || !str_to_u64(version, &number))
		return err_set(err, ST_CORRUPT, "%s/FORMAT is damaged", store->dir);
	if (number > ARCHIVE_FORMAT)
		return err_set(err, ST_UNSUPPORTED, "%s has format %" PRIu64 "; this hoso reads up to %d", store->dir,
			       number, ARCHIVE_FORMAT);
	if (!take_line(&rest, "id", &id) || !take_line(&rest, "origin", &origin))
		return err_set(err, ST_CORRUPT, "%s/FORMAT is damaged", store->dir);
	size_t covered = (size_t)(rest.ptr - text.ptr);
	if (!take_line(&rest, "crc32c", &sum) || rest.len != 0 || text.ptr[text.len - 1] != '\n' || sum.len != 8 ||
	    !hex_decode(sum, bytes, 4) ||
	    get_le32((uint8_t[]){bytes[3], bytes[2], bytes[1], bytes[0]}) != crc32c(0, text.ptr, covered) ||
	    !hex_decode(id, store->archive_id, ARCHIVE_ID_LEN) || origin.len >= sizeof store->origin)
		return err_set(err, ST_CORRUPT, "%s/FORMAT is damaged", store->dir);
	for (size_t i = 0; i < sum.len; i++) /* one spelling only, so that no changed bit goes unseen */
		if (sum.ptr[i] >= 'A' && sum.ptr[i] <= 'F')
			return err_set(err, ST_CORRUPT, "%s/FORMAT is damaged", store->dir);
	memcpy(store->origin, origin.ptr, origin.len);
	store->origin[origin.len] = 0;
	return ST_OK;
}

Status place_read_format(Store *store, Err *err)
{
	FilePath path;
	Buf text = {0};
	Status st = file_path(&path, store->dir, "FORMAT", err);
	if (st == ST_OK)
		st = file_read_all(path.text, FORMAT_FILE_MAX, &text, err);
	if (st == ST_NOT_FOUND)
		st = err_set(err, ST_NOT_FOUND, "there is no archive in %s", store->dir);
	else if (st == ST_LIMIT || (st == ST_OK && !text.len))
		st = err_set(err, ST_CORRUPT, "%s is damaged", path.text);
	else if (st == ST_OK)
		st = get_format(store, buf_str(&text), err);
	buf_done(&text);
	return st;
}

Status store_check_place(const Store *store, Err *err)
{
	struct stat now;
	Store other = {.dir = store->dir};
	Err why;
	bool same = stat(store->dir, &now) == 0 && now.st_dev == store->device && now.st_ino == store->inode &&
		    place_read_format(&other, &why) == ST_OK &&
		    memcmp(other.archive_id, store->archive_id, ARCHIVE_ID_LEN) == 0;
	if (same)
		return ST_OK;
	return err_set(err, ST_READ_ONLY,
		       "%s is not the archive any more that was opened: it was moved or replaced. Nothing is written "
		       "there; start anew",
		       store->dir);
}

void place_note(Store *store)
{
	struct stat info;
	if (stat(store->dir, &info) == 0) {
		store->device = info.st_dev;
		store->inode = info.st_ino;
	}
}
