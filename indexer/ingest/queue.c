/* indexer/ingest/queue.c - a ring of copies. Sources reuse their memory for the next item, so an item that waits has
 * its record and its files copied; large files are shared by a descriptor of its own. */
#include "indexer/ingest/queue.h"

#include "base/file.h"
#include "indexer/extract/ahead.h"
#include "indexer/ingest/add.h"

#include <fcntl.h>
#include <stdlib.h>

enum { QUEUE_ITEMS_MAX = 256, JOBS_A_WORKER = 3 };

typedef struct {
	IngestItem item;
	Record record;
	SourceFile text_file, envelope;
	Arena arena;
	uint64_t bytes; /* copied */
	size_t jobs;    /* texts that are extracted ahead */
} Waiting;

typedef struct IngestQueue {
	Ahead *ahead;
	Waiting *ring[QUEUE_ITEMS_MAX];
	size_t first, count, jobs;
	uint64_t bytes;
} IngestQueue;

/* ---- copies ---------------------------------------------------------------------------------------------------- */

static bool copy_str(Waiting *w, Str from, Str *out)
{
	if (!from.ptr)
		return true;
	*out = arena_copy(&w->arena, from);
	w->bytes += from.len;
	return out->ptr != NULL;
}

static bool copy_fields(Waiting *w, const Record *from)
{
	bool ok = true;
	for (int i = 0; i < RF_COUNT && ok; i++) {
		const FieldValue *value = &from->fields[i];
		FieldValue *copy = &w->record.fields[i];
		ok = copy_str(w, value->text, &copy->text);
		if (!value->count || !ok)
			continue;
		Str *items = arena_calloc(&w->arena, value->count, sizeof *items);
		ok = items != NULL;
		for (size_t k = 0; k < value->count && ok; k++)
			ok = copy_str(w, value->items[k], &items[k]);
		copy->items = items;
	}
	return ok;
}

/* Its files are in the item by now; what the record says of them is not needed any more. */
static bool copy_record(Waiting *w, const Record *from)
{
	w->record = *from;
	w->record.files = NULL;
	w->record.file_count = 0;
	return copy_str(w, from->id, &w->record.id) && copy_str(w, from->text, &w->record.text) &&
	       copy_str(w, from->warnings, &w->record.warnings) && copy_fields(w, from);
}

static bool copy_file(Waiting *w, const SourceFile *from, SourceFile *out)
{
	*out = (SourceFile){.fd = -1, .size_bytes = from->size_bytes};
	if (!copy_str(w, from->name, &out->name))
		return false;
	if (from->fd >= 0) {
		out->fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 3);
		return out->fd >= 0;
	}
	w->bytes += from->bytes.len;
	buf_add_str(&out->owned, from->bytes);
	out->bytes = buf_str(&out->owned);
	return buf_ok(&out->owned);
}

static bool copy_files(Waiting *w, const IngestItem *from)
{
	bool ok = true;
	w->item.files = arena_calloc(&w->arena, from->file_count + 1, sizeof *w->item.files);
	w->item.file_count = 0;
	for (size_t i = 0; i < from->file_count && w->item.files && ok; i++) {
		ok = copy_file(w, &from->files[i], &w->item.files[i]);
		w->item.file_count++;
	}
	if (from->text_file && ok) {
		ok = copy_file(w, from->text_file, &w->text_file);
		w->item.text_file = &w->text_file;
	}
	if (from->envelope && ok) {
		ok = copy_file(w, from->envelope, &w->envelope);
		w->item.envelope = &w->envelope;
	}
	return ok && w->item.files;
}

static bool copy_kept(Waiting *w, const IngestItem *from)
{
	bool ok = true;
	ObjectRef *kept = arena_calloc(&w->arena, from->kept_count + 1, sizeof *kept);
	for (size_t i = 0; i < from->kept_count && kept && ok; i++) {
		const ObjectRef *ref = &from->kept[i];
		kept[i] = *ref;
		ok = copy_str(w, ref->name, &kept[i].name) && copy_str(w, ref->media, &kept[i].media) &&
		     copy_str(w, ref->from, &kept[i].from);
	}
	w->item.kept = kept;
	return kept && ok;
}

static void free_waiting(Waiting *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->item.file_count; i++) {
		ahead_give_up(&w->item.files[i]);
		source_file_done(&w->item.files[i]);
	}
	source_file_done(&w->text_file);
	source_file_done(&w->envelope);
	arena_done(&w->arena);
	free(w);
}

/* NULL: out of memory or of descriptors. */
static Waiting *copy_item(const IngestItem *from)
{
	Waiting *w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	w->text_file.fd = w->envelope.fd = -1;
	w->item = (IngestItem){.place.line = from->place.line,
			       .record = &w->record,
			       .kept_count = from->kept_count,
			       .files_stand_twice = from->files_stand_twice};
	if (copy_record(w, from->record) && copy_files(w, from) && copy_kept(w, from) &&
	    copy_str(w, from->lead, &w->item.lead) && copy_str(w, from->place.name, &w->item.place.name))
		return w;
	free_waiting(w);
	return NULL;
}

/* ---- what waits ------------------------------------------------------------------------------------------------ */

/* Is there a text to extract in a process? */
static bool needs_process(const SourceFile *file)
{
	char head[1024];
	size_t got;
	Err ignored;
	return file->size_bytes && source_file_head(file, head, sizeof head, &got, &ignored) == ST_OK &&
	       extract_label(format_by_content(file->name, (Str){head, got})->reader) != NULL;
}

static bool has_text(const IngestItem *item)
{
	return item->text_file || (item->record->has_text && item->record->text.len);
}

static bool is_worth_waiting(IngestRun *run, IngestItem *item)
{
	if (item->record->is_case || has_text(item))
		return false;
	for (size_t i = 0; i < item->file_count; i++)
		if (needs_process(&item->files[i]))
			return !item_is_archived(run, item);
	return false;
}

static Status add_first(IngestRun *run, Err *err)
{
	IngestQueue *q = run->queue;
	Waiting *w = q->ring[q->first];
	q->first = (q->first + 1) % QUEUE_ITEMS_MAX;
	q->count--;
	q->jobs -= w->jobs;
	q->bytes -= w->bytes;
	Status st = item_add(run, &w->item, err);
	free_waiting(w);
	return st;
}

static bool first_is_ready(const IngestQueue *q)
{
	const Waiting *w = q->ring[q->first];
	for (size_t i = 0; i < w->item.file_count; i++)
		if (w->item.files[i].ahead && !ahead_is_done(w->item.files[i].ahead))
			return false;
	return true;
}

/* Adds what is ready, and more until there is room. */
static Status make_room(IngestRun *run, size_t jobs, uint64_t bytes, Err *err)
{
	IngestQueue *q = run->queue;
	Status st = ST_OK;
	size_t jobs_max = (size_t)ahead_width(q->ahead) * JOBS_A_WORKER;
	while (st == ST_OK && q->count &&
	       (q->count == QUEUE_ITEMS_MAX || q->jobs + jobs > jobs_max || q->bytes + bytes > QUEUE_BYTES_MAX ||
		first_is_ready(q)))
		st = add_first(run, err);
	return st;
}

Status ingest_settle(IngestRun *run, Err *err)
{
	Status st = ST_OK;
	while (st == ST_OK && run->queue && run->queue->count)
		st = add_first(run, err);
	return st;
}

static Status push(IngestRun *run, IngestItem *item, bool extract, Err *err)
{
	IngestQueue *q = run->queue;
	Waiting *w = copy_item(item);
	if (!w) { /* after all that waits, which frees what is short */
		Status settled = ingest_settle(run, err);
		return settled == ST_OK ? item_add(run, item, err) : settled;
	}
	for (size_t i = 0; extract && i < w->item.file_count; i++)
		w->jobs += needs_process(&w->item.files[i]);
	Status st = make_room(run, w->jobs, w->bytes, err);
	if (st != ST_OK) {
		free_waiting(w);
		return st;
	}
	for (size_t i = 0; extract && i < w->item.file_count; i++)
		if (needs_process(&w->item.files[i]))
			(void)ahead_begin(q->ahead, &w->item.files[i]);
	q->ring[(q->first + q->count++) % QUEUE_ITEMS_MAX] = w;
	q->jobs += w->jobs;
	q->bytes += w->bytes;
	return ST_OK;
}

Status ingest_add(IngestRun *run, IngestItem *item, Err *err)
{
	IngestQueue *q = run->queue;
	bool extract = q && is_worth_waiting(run, item);
	if (!q || (!extract && !q->count))
		return item_add(run, item, err);
	return push(run, item, extract, err);
}

/* ---- begin and end --------------------------------------------------------------------------------------------- */

Status queue_begin(IngestRun *run, Err *err)
{
	if (run->options.dry_run)
		return ST_OK;
	IngestQueue *q = calloc(1, sizeof *q);
	if (!q)
		return err_no_memory(err);
	Status st = ahead_start(&q->ahead, &run->options.until, err);
	if (st != ST_OK) {
		free(q);
		return st;
	}
	run->queue = q;
	return ST_OK;
}

Status queue_end(IngestRun *run, Status st, Err *err)
{
	IngestQueue *q = run->queue;
	if (!q)
		return st;
	if (st == ST_OK)
		st = ingest_settle(run, err);
	for (size_t i = 0; i < q->count; i++)
		free_waiting(q->ring[(q->first + i) % QUEUE_ITEMS_MAX]);
	ahead_stop(q->ahead);
	free(q);
	run->queue = NULL;
	return st;
}
