/* store/package/package.c - gives the bytes of a planned ZIP from any place on. The plan says which piece lies there: a
 * header, a file's bytes, the descriptor behind them, the directory at the end.
 *
 * The CRC-32 of an object is not stored in the archive. It is counted while the object is read from its start to its
 * end, kept in the plan for all who read it, and found by reading the object where it is wanted before.
 */
#include "store/package/package.h"

#include "base/file.h"
#include "store/package/plan.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 256 * 1024 };

struct Package {
	Store *store;
	PackagePlan *plan;
	uint64_t position; /* of the next byte to be read */
	size_t item;       /* where it lies, or did last */
	Buf head;          /* the header or descriptor at hand */
	Buf made;          /* the ITEM_RECORD or ITEM_PROOF at hand */
	const PackageItem *made_for;
	struct { /* the object that is read now, from its start */
		const PackageItem *item;
		uint64_t bytes;
		uint32_t crc;
	} sum;
	char *block;
};

Status package_open(Package **out, Store *store, PackageCache *cache, Str code, const Deadline *until, Err *err)
{
	Package *p = calloc(1, sizeof *p);
	if (!p)
		return err_no_memory(err);
	p->store = store;
	p->block = malloc(BLOCK_BYTES);
	Status st = p->block ? package_cache_plan(cache, store, code, until, &p->plan, err) : err_no_memory(err);
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
	package_plan_drop(p->plan);
	buf_done(&p->head);
	buf_done(&p->made);
	free(p->block);
	free(p);
}

uint64_t package_size(const Package *p)
{
	return p->plan->size_bytes;
}

const char *package_tag(const Package *p)
{
	return p->plan->tag;
}

const char *package_file_name(const Package *p)
{
	return p->plan->file_name;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

/* Counts bytes of an object that were just read, if all before them were counted too. */
static void count_sum(Package *p, PackageItem *item, uint64_t offset, const void *bytes, size_t len)
{
	if (offset == 0) {
		p->sum.item = item;
		p->sum.bytes = 0;
		p->sum.crc = 0;
	}
	if (p->sum.item != item || p->sum.bytes != offset)
		return;
	p->sum.crc = zip_crc(p->sum.crc, bytes, len);
	p->sum.bytes += len;
	if (p->sum.bytes == item->size_bytes)
		atomic_store_explicit(&item->crc, PACKAGE_CRC_KNOWN | p->sum.crc, memory_order_relaxed);
}

static bool is_sum_known(PackageItem *item)
{
	return atomic_load_explicit(&item->crc, memory_order_relaxed) != 0;
}

static Status read_object(Package *p, PackageItem *item, uint64_t offset, void *out, size_t len, Err *err)
{
	Status st = store_object_read(p->store, &item->hash, offset, out, len, err);
	if (st == ST_OK && !is_sum_known(item))
		count_sum(p, item, offset, out, len);
	return st;
}

static Status find_sum(Package *p, PackageItem *item, Err *err)
{
	Status st = ST_OK;
	if (item->size_bytes == 0)
		count_sum(p, item, 0, "", 0);
	for (uint64_t at = p->sum.item == item ? p->sum.bytes : 0; st == ST_OK && !is_sum_known(item);) {
		uint64_t left = item->size_bytes - at;
		size_t len = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
		st = read_object(p, item, at, p->block, len, err);
		at += len;
	}
	return st;
}

static Status make_json(Package *p, const PackageItem *item, Err *err)
{
	if (p->made_for == item)
		return ST_OK;
	p->made_for = NULL;
	buf_clear(&p->made);
	Status st = package_item_json(p->store, p->plan, item, &p->made, err);
	if (st == ST_OK && p->made.len != item->size_bytes)
		st = err_set(err, ST_CONFLICT, "the case file changed while it was read");
	if (st == ST_OK)
		p->made_for = item;
	return st;
}

static Status read_file(Package *p, PackageItem *item, uint64_t offset, char *out, size_t len, Err *err)
{
	if (item->kind == ITEM_OBJECT)
		return read_object(p, item, offset, out, len, err);
	Status st = item->kind == ITEM_BYTES ? ST_OK : make_json(p, item, err);
	if (st == ST_OK)
		memcpy(out, (item->kind == ITEM_BYTES ? item->bytes.ptr : p->made.data) + offset, len);
	return st;
}

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

static size_t least_of(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* A header or descriptor is in p->head, and position lies `offset` bytes behind its beginning. */
static Status copy_head(Package *p, uint64_t offset, char *out, size_t len, size_t *got_out, Err *err)
{
	if (!buf_ok(&p->head))
		return err_no_memory(err);
	*got_out = least_of(p->head.len - offset, len);
	memcpy(out, p->head.data + offset, *got_out);
	return ST_OK;
}

/* Some bytes of an entry. */
static Status read_entry(Package *p, PackageItem *item, char *out, size_t len, size_t *got_out, Err *err)
{
	ZipEntry entry = package_item_entry(p->plan, item);
	uint64_t offset = p->position - item->offset_bytes, head = zip_local_bytes(&entry);
	buf_clear(&p->head);
	if (offset < head) {
		zip_add_local(&entry, &p->head);
		return copy_head(p, offset, out, len, got_out, err);
	}
	offset -= head;
	if (offset < item->size_bytes) {
		*got_out = least_of(item->size_bytes - offset, len);
		return read_file(p, item, offset, out, *got_out, err);
	}
	Status st = find_sum(p, item, err);
	if (st != ST_OK)
		return st;
	entry = package_item_entry(p->plan, item);
	zip_add_descriptor(&entry, &p->head);
	return copy_head(p, offset - item->size_bytes, out, len, got_out, err);
}

static Status read_central(Package *p, PackageItem *item, char *out, size_t len, size_t *got_out, Err *err)
{
	Status st = find_sum(p, item, err);
	if (st != ST_OK)
		return st;
	ZipEntry entry = package_item_entry(p->plan, item);
	buf_clear(&p->head);
	zip_add_central(&entry, &p->head);
	return copy_head(p, p->position - item->central_offset_bytes, out, len, got_out, err);
}

static Status read_end(Package *p, char *out, size_t len, size_t *got_out, Err *err)
{
	const PackagePlan *plan = p->plan;
	buf_clear(&p->head);
	zip_add_end(plan->count, plan->central_offset_bytes, plan->end_offset_bytes - plan->central_offset_bytes,
		    &p->head);
	return copy_head(p, p->position - plan->end_offset_bytes, out, len, got_out, err);
}

/* Does the position lie behind the beginning of the item's record? */
static bool has_begun(const Package *p, size_t item, bool central)
{
	const PackageItem *i = &p->plan->items[item];
	return (central ? i->central_offset_bytes : i->offset_bytes) <= p->position;
}

/* The item whose record holds the position: mostly the one at hand, or the next. */
static PackageItem *find_item(Package *p, bool central)
{
	size_t low = 0, high = p->plan->count;
	for (size_t i = p->item; i < p->item + 2 && i < p->plan->count; i++)
		if (has_begun(p, i, central))
			low = i;
		else if (high == p->plan->count)
			high = i;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (has_begun(p, middle, central))
			low = middle;
		else
			high = middle;
	}
	p->item = low;
	return &p->plan->items[low];
}

static Status read_piece(Package *p, char *out, size_t len, size_t *got_out, Err *err)
{
	if (p->position >= p->plan->end_offset_bytes)
		return read_end(p, out, len, got_out, err);
	bool central = p->position >= p->plan->central_offset_bytes;
	PackageItem *item = find_item(p, central);
	return central ? read_central(p, item, out, len, got_out, err) : read_entry(p, item, out, len, got_out, err);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

Status package_seek(Package *p, uint64_t offset, Err *err)
{
	if (offset > p->plan->size_bytes)
		return err_set(err, ST_INVALID, "the package ends before byte %" PRIu64, offset);
	p->position = offset;
	return ST_OK;
}

Status package_read(Package *p, void *out, size_t len, size_t *got_out, Err *err)
{
	size_t done = 0;
	while (done < len && p->position < p->plan->size_bytes) {
		size_t got = 0;
		Status st = read_piece(p, (char *)out + done, len - done, &got, err);
		if (st != ST_OK)
			return st;
		done += got;
		p->position += got;
	}
	*got_out = done;
	return ST_OK;
}

Status package_write(Package *p, int fd, Err *err)
{
	Status st = package_seek(p, 0, err);
	char *bytes = malloc(BLOCK_BYTES);
	size_t got = 1;
	if (!bytes)
		return err_no_memory(err);
	while (st == ST_OK && got) {
		st = package_read(p, bytes, BLOCK_BYTES, &got, err);
		if (st == ST_OK && got)
			st = file_write(fd, bytes, got, "the package", err);
	}
	free(bytes);
	return st;
}
