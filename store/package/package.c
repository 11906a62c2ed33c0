/* store/package/package.c - libarchive pushes, a download pulls: each read lets libarchive take one more step (a
 * header, a block of an entry, the end of one) into a small buffer. The size is found by going through the same steps
 * once with nothing but lengths: entries are stored, so they make as many bytes whatever they hold. The one file of
 * store/ that uses libarchive.
 */
#include "store/package/package.h"

#include "base/file.h"
#include "store/package/plan.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BLOCK_BYTES = 256 * 1024, PATH_BYTES = 1024 };

struct Package {
	Store *store;
	Arena arena;
	PackagePlan plan;
	uint64_t size;
	char tag[33];
	char *file_name;
	locale_t utf8; /* libarchive writes names in the thread's encoding */

	struct archive *zip;
	bool counting; /* the round that only finds the size */
	Buf ready;     /* made and not yet read: from ready_start on */
	size_t ready_start;
	uint64_t position; /* of the next byte to be read */
	uint64_t made;     /* bytes made so far */
	size_t item;
	uint64_t item_offset;
	bool in_item, finished;
	Buf record; /* of the ITEM_RECORD or ITEM_PROOF at hand */
	char *block;
};

static la_ssize_t take_output(struct archive *zip, void *ctx, const void *bytes, size_t len)
{
	Package *p = ctx;
	(void)zip;
	p->made += len;
	if (!p->counting)
		buf_add(&p->ready, bytes, len);
	return buf_ok(&p->ready) ? (la_ssize_t)len : -1;
}

static Status zip_failed(Package *p, Err *err)
{
	const char *why = archive_error_string(p->zip);
	return err_set(err, buf_ok(&p->ready) ? ST_INTERNAL : ST_NO_MEMORY, "write ZIP: %s", why ? why : "unknown");
}

/* An unfinished archive is completed when it is freed; what that writes goes nowhere. (archive_write_fail would spare
 * it, but leaks in libarchive 3.6.2.) */
static void end(Package *p)
{
	p->counting = true;
	archive_write_free(p->zip);
	p->zip = NULL;
}

static Status begin(Package *p, bool counting, Err *err)
{
	end(p);
	p->counting = counting;
	buf_clear(&p->ready);
	p->ready_start = p->item = 0;
	p->position = p->made = p->item_offset = 0;
	p->in_item = p->finished = false;
	p->zip = archive_write_new();
	if (!p->zip)
		return err_no_memory(err);
	if (archive_write_set_format_zip(p->zip) != ARCHIVE_OK ||
	    archive_write_set_format_option(p->zip, "zip", "compression", "store") != ARCHIVE_OK ||
	    archive_write_set_format_option(p->zip, "zip", "hdrcharset", "UTF-8") != ARCHIVE_OK ||
	    (counting && archive_write_set_format_option(p->zip, "zip", "fakecrc32", "1") != ARCHIVE_OK) ||
	    archive_write_set_bytes_per_block(p->zip, 0) != ARCHIVE_OK ||
	    archive_write_open(p->zip, p, NULL, take_output, NULL) != ARCHIVE_OK)
		return zip_failed(p, err);
	return ST_OK;
}

static Status begin_item(Package *p, const PackageItem *item, Err *err)
{
	char path[PATH_BYTES];
	struct archive_entry *entry = archive_entry_new();
	if (!entry)
		return err_no_memory(err);
	snprintf(path, sizeof path, "%.*s/%.*s", STR_ARG(p->plan.folder), STR_ARG(item->path));
	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)item->size_bytes);
	archive_entry_set_mtime(entry, (time_t)(item->utc_ms / 1000), 0);
	int done = archive_write_header(p->zip, entry);
	archive_entry_free(entry);
	if (done != ARCHIVE_OK)
		return zip_failed(p, err);
	p->in_item = true;
	p->item_offset = 0;
	if (p->counting || (item->kind != ITEM_RECORD && item->kind != ITEM_PROOF))
		return ST_OK;
	buf_clear(&p->record);
	Status st = package_item_json(p->store, &p->plan, item, &p->record, err);
	if (st == ST_OK && p->record.len != item->size_bytes)
		st = err_set(err, ST_CONFLICT, "the case file changed while it was read");
	return st;
}

static Status read_block(Package *p, const PackageItem *item, size_t len, const char **out, Err *err)
{
	*out = p->block;
	if (p->counting)
		return ST_OK;
	if (item->kind == ITEM_BYTES)
		*out = item->bytes.ptr + p->item_offset;
	else if (item->kind == ITEM_OBJECT)
		return store_object_read(p->store, &item->hash, p->item_offset, p->block, len, err);
	else
		*out = p->record.data + p->item_offset;
	return ST_OK;
}

static Status step(Package *p, Err *err)
{
	if (p->item == p->plan.count) {
		p->finished = true;
		return archive_write_close(p->zip) == ARCHIVE_OK ? ST_OK : zip_failed(p, err);
	}
	const PackageItem *item = &p->plan.items[p->item];
	if (!p->in_item)
		return begin_item(p, item, err);
	uint64_t left = item->size_bytes - p->item_offset;
	size_t len = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
	if (len > 0) {
		const char *bytes;
		Status st = read_block(p, item, len, &bytes, err);
		if (st != ST_OK)
			return st;
		if (archive_write_data(p->zip, bytes, len) != (la_ssize_t)len)
			return zip_failed(p, err);
		p->item_offset += len;
		return ST_OK;
	}
	p->in_item = false;
	p->item++;
	return archive_write_finish_entry(p->zip) == ARCHIVE_OK ? ST_OK : zip_failed(p, err);
}

static Status step_in_utf8(Package *p, Err *err)
{
	locale_t before = uselocale(p->utf8);
	Status st = step(p, err);
	uselocale(before);
	return st;
}

static Status begin_in_utf8(Package *p, bool counting, Err *err)
{
	locale_t before = uselocale(p->utf8);
	Status st = begin(p, counting, err);
	uselocale(before);
	return st;
}

static Status find_size(Package *p, Err *err)
{
	Status st = begin_in_utf8(p, true, err);
	while (st == ST_OK && !p->finished)
		st = step_in_utf8(p, err);
	p->size = p->made;
	return st;
}

/* ZIP holds local times, so the time zone is part of what makes the bytes. */
static Status make_tag(Package *p, Err *err)
{
	Buf seed = {0}, hex = {0};
	Hash hash;
	buf_add_zero_terminated(&seed, "package 1 " HOSO_VERSION);
	buf_add(&seed, p->plan.state.bytes, sizeof p->plan.state.bytes);
	for (size_t i = 0; i < p->plan.count; i++) {
		time_t when = (time_t)(p->plan.items[i].utc_ms / 1000);
		struct tm local = {0};
		localtime_r(&when, &local);
		buf_printf(&seed, "%lld %ld;", (long long)when, local.tm_gmtoff);
	}
	bool ok = buf_ok(&seed);
	if (ok) {
		hash_of(buf_str(&seed), &hash);
		buf_add_hex(&hex, hash.bytes, 16);
		ok = buf_ok(&hex);
		if (ok)
			memcpy(p->tag, hex.data, 32);
	}
	buf_done(&seed);
	buf_done(&hex);
	return ok ? ST_OK : err_no_memory(err);
}

Status package_open(Package **out, Store *store, Str code, Err *err)
{
	Package *p = calloc(1, sizeof *p);
	if (!p)
		return err_no_memory(err);
	p->store = store;
	p->block = calloc(1, BLOCK_BYTES);
	p->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
	Status st = p->block ? ST_OK : err_no_memory(err);
	if (st == ST_OK && !p->utf8)
		st = err_set(err, ST_UNSUPPORTED, "this system has no locale C.UTF-8");
	if (st == ST_OK)
		st = package_plan(store, code, &p->arena, &p->plan, err);
	if (st == ST_OK)
		st = make_tag(p, err);
	if (st == ST_OK && !(p->file_name = arena_printf(&p->arena, "%.*s.zip", STR_ARG(p->plan.folder))))
		st = err_no_memory(err);
	if (st == ST_OK)
		st = find_size(p, err);
	if (st == ST_OK)
		st = begin_in_utf8(p, false, err);
	if (st == ST_OK)
		*out = p;
	else
		package_close(p);
	return st;
}

void package_close(Package *p)
{
	if (!p)
		return;
	end(p);
	if (p->utf8)
		freelocale(p->utf8);
	buf_done(&p->ready);
	buf_done(&p->record);
	arena_done(&p->arena);
	free(p->block);
	free(p);
}

uint64_t package_size(const Package *p)
{
	return p->size;
}

const char *package_tag(const Package *p)
{
	return p->tag;
}

const char *package_file_name(const Package *p)
{
	return p->file_name;
}

/* Makes bytes until there are some to read; drops those before `position`. */
static Status fill(Package *p, Err *err)
{
	while (p->ready_start == p->ready.len && !p->finished) {
		buf_clear(&p->ready);
		p->ready_start = 0;
		Status st = step_in_utf8(p, err);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

Status package_seek(Package *p, uint64_t offset, Err *err)
{
	Status st = offset < p->position ? begin_in_utf8(p, false, err) : ST_OK;
	while (st == ST_OK && p->position < offset) {
		st = fill(p, err);
		size_t there = p->ready.len - p->ready_start;
		uint64_t wanted = offset - p->position;
		if (st == ST_OK && there == 0)
			return err_set(err, ST_INVALID, "the package ends before byte %llu",
				       (unsigned long long)offset);
		size_t skip = wanted < there ? (size_t)wanted : there;
		p->ready_start += skip;
		p->position += skip;
	}
	return st;
}

Status package_read(Package *p, void *out, size_t len, size_t *got_out, Err *err)
{
	Status st = fill(p, err);
	if (st != ST_OK)
		return st;
	size_t there = p->ready.len - p->ready_start;
	if (len > there)
		len = there;
	if (len)
		memcpy(out, p->ready.data + p->ready_start, len);
	p->ready_start += len;
	p->position += len;
	*got_out = len;
	return ST_OK;
}

Status package_write(Package *p, int fd, Err *err)
{
	Status st = package_seek(p, 0, err);
	while (st == ST_OK) {
		st = fill(p, err);
		size_t there = p->ready.len - p->ready_start;
		if (st != ST_OK || there == 0)
			break;
		st = file_write(fd, p->ready.data + p->ready_start, there, "the package", err);
		p->ready_start += there;
		p->position += there;
	}
	return st;
}
