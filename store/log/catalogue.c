/* store/log/catalogue.c - runs are built and merged without the store's lock, beside the ones in use, and put into the
 * row under it; who looks up takes a use of each run, so a run that was merged away lives until the last look-up is
 * done. A run names the tree's root behind its last segment: one that was made from other segments does not belong.
 */
#include "store/log/catalogue.h"

#include "base/rwlock.h"
#include "store/format/scan.h"
#include "store/log/segments.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- building -------------------------------------------------------------------------------------------------- */

static Status collect(void *ctx, uint64_t hash, uint64_t value, Err *err)
{
	TableEntry entry = {hash, value};
	buf_add(ctx, &entry, sizeof entry);
	return buf_ok(ctx) ? ST_OK : err_no_memory(err);
}

static int by_hash_and_value(const void *a, const void *b)
{
	const TableEntry *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

/* Look-ups of all intact frames of a sealed segment. */
static Status collect_segment(Store *store, uint32_t id, Buf *entries, Hash *root_out, Err *err)
{
	SegmentHeader header;
	FooterDescriptor footer;
	SegmentFile *file = NULL;
	Scan scan;
	Frame frame;
	struct stat info;
	bool sealed;
	Step step;
	Status st = segment_file_open(&file, store->dir, id, store->archive_id, &header, &sealed, &footer, err);
	if (st != ST_OK || !sealed || fstat(file->fd, &info) != 0) {
		segment_file_free(file);
		return st != ST_OK ? st : err_set(err, ST_CORRUPT, "segment %08" PRIx32 ".seg is not sealed", id);
	}
	frontier_root(&footer.frontier, root_out);
	scan_begin(&scan, file, SEGMENT_HEADER_LEN, (uint64_t)info.st_size - SEGMENT_TRAILER_LEN);
	while (st == ST_OK && (step = scan_next(&scan, &frame, err)) != STEP_END) {
		if (step == STEP_ITEM)
			st = frame_lookups(id, &frame, collect, entries, err);
		else if (err->code != ST_CORRUPT || (step = scan_resync(&scan, err)) == STEP_ERROR)
			st = err->code;
		else if (step == STEP_END)
			break;
	}
	scan_done(&scan);
	segment_file_free(file);
	return st;
}

static Status build_run(Store *store, uint32_t id, CatalogueRun **out, Err *err)
{
	Buf entries = {0};
	Hash root;
	CatalogueRunWriter *writer = calloc(1, sizeof *writer);
	Status st = writer ? collect_segment(store, id, &entries, &root, err) : err_no_memory(err);
	size_t count = entries.len / sizeof(TableEntry);
	if (st == ST_OK && count)
		qsort(entries.data, count, sizeof(TableEntry), by_hash_and_value);
	if (st == ST_OK)
		st = catalogue_run_write_begin(writer, store->dir, id, id, store->archive_id, &root, count, err);
	if (st != ST_OK)
		goto done;
	for (size_t i = 0; st == ST_OK && i < count; i++)
		st = catalogue_run_write_add(writer, (const TableEntry *)entries.data + i, err);
	if (st == ST_OK)
		st = catalogue_run_write_end(writer, err);
	else
		catalogue_run_write_abort(writer);
	if (st == ST_OK)
		st = catalogue_run_open(out, store->dir, id, id, store->archive_id, err);
done:
	free(writer);
	buf_done(&entries);
	return st;
}

/* Merges neighbouring runs into one. */
static Status merge_runs(Store *store, CatalogueRun *const *runs, size_t count, CatalogueRun **out, Err *err)
{
	CatalogueRunCursor *cursors = calloc(count, sizeof *cursors);
	TableEntry *heads = calloc(count, sizeof *heads);
	bool *have = calloc(count, sizeof *have);
	CatalogueRunWriter *writer = calloc(1, sizeof *writer);
	uint64_t total = 0;
	uint32_t first = runs[0]->first_segment, last = runs[count - 1]->last_segment;
	Status st = cursors && heads && have && writer ? ST_OK : err_no_memory(err);
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		total += runs[i]->entries;
		cursors[i].run = runs[i];
		Step step = catalogue_run_next(&cursors[i], &heads[i], err);
		have[i] = step == STEP_ITEM;
		st = step == STEP_ERROR ? err->code : ST_OK;
	}
	if (st == ST_OK)
		st = catalogue_run_write_begin(writer, store->dir, first, last, store->archive_id,
					       &runs[count - 1]->root, total, err);
	if (st != ST_OK)
		goto done;
	for (uint64_t n = 0; st == ST_OK && n < total; n++) {
		size_t least = count;
		for (size_t i = 0; i < count; i++)
			if (have[i] && (least == count || by_hash_and_value(&heads[i], &heads[least]) < 0))
				least = i;
		st = catalogue_run_write_add(writer, &heads[least], err);
		Step step = st == ST_OK ? catalogue_run_next(&cursors[least], &heads[least], err) : STEP_ERROR;
		have[least] = step == STEP_ITEM;
		if (st == ST_OK && step == STEP_ERROR)
			st = err->code;
	}
	if (st == ST_OK)
		st = catalogue_run_write_end(writer, err);
	else
		catalogue_run_write_abort(writer);
	if (st == ST_OK)
		st = catalogue_run_open(out, store->dir, first, last, store->archive_id, err);
done:
	free(cursors);
	free(heads);
	free(have);
	free(writer);
	return st;
}

static void remove_file(Store *store, const char *name)
{
	FilePath path;
	Err ignored;
	if (file_path(&path, store->dir, "catalogue", &ignored) == ST_OK &&
	    file_path(&path, path.text, name, &ignored) == ST_OK)
		unlink(path.text);
}

/* ---- the row --------------------------------------------------------------------------------------------------- */

void catalogue_close(Catalogue *c)
{
	for (size_t i = 0; i < c->count; i++)
		catalogue_run_free(c->runs[i]);
	c->count = 0;
	c->covered = 0;
}

typedef struct {
	uint32_t first, last;
} RunRange;

static void list_runs(Store *store, Buf *ranges)
{
	FilePath path;
	Err ignored;
	DIR *dir = file_path(&path, store->dir, "catalogue", &ignored) == ST_OK ? opendir(path.text) : NULL;
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));) {
		RunRange r;
		if (catalogue_run_name_parse(entry->d_name, &r.first, &r.last))
			buf_add(ranges, &r, sizeof r);
	}
	closedir(dir);
}

/* Was the run made from the segments that are there now? */
static bool run_belongs(Store *store, const CatalogueRun *run)
{
	SegmentHeader header;
	FooterDescriptor footer;
	SegmentFile *file = NULL;
	Hash root;
	Err ignored;
	bool sealed = false;
	segment_file_open(&file, store->dir, run->last_segment, store->archive_id, &header, &sealed, &footer, &ignored);
	segment_file_free(file);
	if (!sealed)
		return false;
	frontier_root(&footer.frontier, &root);
	return hash_eq(&root, &run->root);
}

/* Appends the widest run that begins behind the row and opens; false where there is none. Lock held. */
static bool take_next(Store *store, const Buf *ranges)
{
	Catalogue *c = &store->catalogue;
	uint32_t limit = UINT32_MAX;
	Err ignored;
	while (c->count < CATALOGUE_RUNS_MAX) {
		uint32_t widest = 0;
		for (size_t i = 0; i < ranges->len / sizeof(RunRange); i++) {
			const RunRange *r = (const RunRange *)ranges->data + i;
			if (r->first == c->covered + 1 && r->last > widest && r->last <= limit)
				widest = r->last;
		}
		if (!widest)
			return false;
		CatalogueRun *run;
		Status st = catalogue_run_open(&run, store->dir, c->covered + 1, widest, store->archive_id, &ignored);
		if (st == ST_OK && run_belongs(store, run)) {
			c->runs[c->count++] = run;
			c->covered = widest;
			return true;
		}
		if (st == ST_OK)
			catalogue_run_free(run);
		if (widest == c->covered + 1)
			return false;
		limit = widest - 1; /* damaged, or of other segments: a narrower run may serve */
	}
	return false;
}

void catalogue_load(Store *store)
{
	Buf ranges = {0};
	catalogue_close(&store->catalogue);
	list_runs(store, &ranges);
	while (take_next(store, &ranges))
		continue;
	buf_done(&ranges);
}

static uint32_t width(const CatalogueRun *r)
{
	return r->last_segment - r->first_segment + 1;
}

/* Merges the last runs while there are enough of one width. catalogue_mutex is held: no other thread changes the row.
 */
static void merge_tail(Store *store)
{
	Catalogue *c = &store->catalogue;
	for (;;) {
		CatalogueRun *merged, *old[CATALOGUE_FANOUT];
		Err ignored;
		size_t first = c->count - CATALOGUE_FANOUT;
		if (c->count < CATALOGUE_FANOUT)
			return;
		for (size_t i = first; i < c->count; i++)
			if (width(c->runs[i]) != width(c->runs[first]))
				return;
		if (merge_runs(store, c->runs + first, CATALOGUE_FANOUT, &merged, &ignored) != ST_OK)
			return;
		rwlock_write(&store->lock);
		memcpy(old, c->runs + first, sizeof old);
		c->runs[first] = merged;
		c->count = first + 1;
		pthread_rwlock_unlock(&store->lock);
		for (size_t i = 0; i < CATALOGUE_FANOUT; i++) {
			remove_file(store, old[i]->name);
			catalogue_run_free(old[i]);
		}
	}
}

static bool is_not_covered(void *ctx, const TableEntry *entry)
{
	const Store *store = ctx;
	uint32_t segment = (uint32_t)(entry->value >> 32);
	if (segment)
		return segment > store->catalogue.covered;
	const Segment *s = segments_find(store, store->catalogue.covered);
	return !s || entry->value >= s->first_sequence + s->leaves;
}

/* What the runs and footers know need not be kept in memory. */
static void release_covered(Store *store)
{
	rwlock_write(&store->lock);
	if (store->table.count)
		table_filter(&store->table, is_not_covered, store);
	for (size_t i = 0; i < store->segment_count && store->segments[i]->id <= store->catalogue.covered; i++)
		segment_release_tables(store->segments[i]);
	pthread_rwlock_unlock(&store->lock);
}

void catalogue_cover(Store *store, uint32_t segment)
{
	Catalogue *c = &store->catalogue;
	Buf ranges = {0};
	pthread_mutex_lock(&store->catalogue_mutex);
	uint32_t before = c->covered;
	if (c->covered >= segment || store->gap)
		goto done;
	list_runs(store, &ranges);
	while (c->covered < segment && c->count < CATALOGUE_RUNS_MAX) {
		CatalogueRun *run;
		Err ignored;
		rwlock_write(&store->lock);
		bool taken = take_next(store, &ranges);
		pthread_rwlock_unlock(&store->lock);
		if (taken)
			continue;
		if (build_run(store, c->covered + 1, &run, &ignored) != ST_OK)
			break;
		rwlock_write(&store->lock);
		c->runs[c->count++] = run;
		c->covered++;
		pthread_rwlock_unlock(&store->lock);
		merge_tail(store);
	}
	if (c->covered != before)
		release_covered(store);
done:
	pthread_mutex_unlock(&store->catalogue_mutex);
	buf_done(&ranges);
}

void catalogue_cut(Store *store, uint32_t segment)
{
	Catalogue *c = &store->catalogue;
	Buf ranges = {0};
	pthread_mutex_lock(&store->catalogue_mutex);
	rwlock_write(&store->lock);
	while (c->count && c->runs[c->count - 1]->last_segment >= segment) {
		c->covered = c->runs[c->count - 1]->first_segment - 1;
		catalogue_run_free(c->runs[--c->count]);
	}
	pthread_rwlock_unlock(&store->lock);
	list_runs(store, &ranges);
	for (size_t i = 0; i < ranges.len / sizeof(RunRange); i++) {
		const RunRange *r = (const RunRange *)ranges.data + i;
		char name[32];
		catalogue_run_name(r->first, r->last, name);
		if (r->last >= segment)
			remove_file(store, name);
	}
	buf_done(&ranges);
	pthread_mutex_unlock(&store->catalogue_mutex);
}

/* ---- looking up ------------------------------------------------------------------------------------------------ */

/* Puts freshly built runs in the place of a damaged one. */
static Status rebuild(Store *store, const CatalogueRun *damaged, Err *err)
{
	Catalogue *c = &store->catalogue;
	CatalogueRun *fresh[CATALOGUE_RUNS_MAX];
	uint32_t first = damaged->first_segment, count = damaged->last_segment - first + 1, built = 0;
	Status st = count <= CATALOGUE_RUNS_MAX - c->count
			    ? ST_OK
			    : err_set(err, ST_LIMIT, "catalogue/%s cannot be mended; delete the directory catalogue",
				      damaged->name);
	while (st == ST_OK && built < count) {
		st = build_run(store, first + built, &fresh[built], err);
		if (st == ST_OK)
			built++;
	}
	rwlock_write(&store->lock);
	size_t at = 0;
	while (at < c->count && c->runs[at] != damaged)
		at++;
	if (st == ST_OK && at < c->count) {
		memmove(c->runs + at + count, c->runs + at + 1, (c->count - at - 1) * sizeof *c->runs);
		memcpy(c->runs + at, fresh, count * sizeof *fresh);
		catalogue_run_free((
			CatalogueRun *)(uintptr_t)damaged); /* gives back the row's use of it; the caller has its own */
		c->count += count - 1;
		built = 0;
	}
	pthread_rwlock_unlock(&store->lock);
	if (st == ST_OK && count > 1)
		remove_file(store, damaged->name);
	for (uint32_t i = 0; i < built; i++)
		catalogue_run_free(fresh[i]);
	return st;
}

Status catalogue_lookup(Store *store, uint64_t hash, Buf *values, Err *err)
{
	CatalogueRun *runs[CATALOGUE_RUNS_MAX];
	size_t count;
	Status st = ST_OK;
	rwlock_read(&store->lock);
	count = store->catalogue.count;
	for (size_t i = 0; i < count; i++)
		runs[i] = catalogue_run_use(store->catalogue.runs[i]);
	pthread_rwlock_unlock(&store->lock);
	const CatalogueRun *damaged = NULL;
	size_t before = values->len;
	for (size_t i = 0; i < count && st == ST_OK; i++) {
		st = catalogue_run_lookup(runs[i], hash, values, err);
		if (st == ST_CORRUPT)
			damaged = runs[i];
	}
	if (damaged) {
		values->len = before;
		pthread_mutex_lock(&store->catalogue_mutex);
		st = rebuild(store, damaged, err);
		pthread_mutex_unlock(&store->catalogue_mutex);
	}
	for (size_t i = 0; i < count; i++)
		catalogue_run_free(runs[i]);
	return damaged && st == ST_OK ? catalogue_lookup(store, hash, values, err) : st;
}

void catalogue_forget(Store *store, uint32_t segment)
{
	Catalogue *c = &store->catalogue;
	Err ignored;
	pthread_mutex_lock(&store->catalogue_mutex);
	for (size_t i = 0; i < c->count; i++) {
		CatalogueRun *run = c->runs[i];
		if (segment < run->first_segment || segment > run->last_segment)
			continue;
		catalogue_run_use(run);
		rebuild(store, run, &ignored);
		catalogue_run_free(run);
		break;
	}
	pthread_mutex_unlock(&store->catalogue_mutex);
}
