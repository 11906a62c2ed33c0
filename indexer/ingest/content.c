/* indexer/ingest/content.c - the file's text is extracted once, whatever happens afterwards. Then, until nobody else
 * was faster: the newest version is read, the next one composed of its objects, the file and the text, and appended
 * with the version that it follows (EntryInput.expected_version). */
#include "indexer/ingest/content.h"

#include "base/file.h"
#include "indexer/ingest/compose.h"
#include "indexer/ingest/complete.h"
#include "store/record/sealed.h"

#include <inttypes.h>
#include <stdio.h>

enum { TRIES_MAX = 12, TEXT_MAX = 64 << 20 };

typedef struct {
	IngestRun run;
	const ContentInput *input;
	SourceFile file;
	ObjectInput object; /* of the file */
	/* what was extracted of the file; it lies in run.arena, which lasts for all tries */
	bool extracted;
	Record found; /* "extra" says why there is no text */
	Buf text_buf;
	ItemText text;
	Arena arena; /* of one try: the newest version, and the next one */
	Entry entry;
	Record record;
	Buf joined;
} Content;

/* ---- what the file says ---------------------------------------------------------------------------------------- */

static Status extract_once(Content *c, Err *err)
{
	if (c->extracted)
		return ST_OK;
	IngestItem item = {.place = {.name = c->input->name}, .record = &c->found, .files = &c->file, .file_count = 1};
	Status st = item_find_text(&c->run, &item, &c->text_buf, &c->text, err);
	c->extracted = st == ST_OK;
	return st;
}

/* "scan.jpg: an image …; b.pdf: …": the reasons of the version before, and the file's. */
static Status note_problem(Content *c, bool has_text, Err *err)
{
	Arena *arena = &c->arena;
	Str *extra = &c->record.fields[RF_EXTRA].text, before = {NULL, 0}, now = {NULL, 0}, only = {NULL, 0};
	size_t files = 0;
	Buf note = {0}, reasons = {0};
	JsonOut j;
	Status st = json_get_text(*extra, "extraction", "reason", arena, &before, err);
	if (st == ST_OK)
		st = json_get_text(c->found.fields[RF_EXTRA].text, "extraction", "reason", arena, &now, err);
	uint64_t waiting = json_get_whole(*extra, "extraction", "waiting_pages") + c->text.waiting_pages;
	if (st != ST_OK || (!before.len && !now.len && !waiting))
		return st;
	for (size_t i = 0; i < c->entry.object_count; i++) {
		if (strcmp(c->entry.objects[i].role, "text") == 0)
			continue;
		only = c->entry.objects[i].name;
		files++;
	}
	if (before.len && files == 1) /* of one file the reason came without its name */
		buf_printf(&reasons, "%.*s: ", STR_ARG(only));
	buf_add_str(&reasons, before);
	if (now.len && files)
		buf_printf(&reasons, "%s%.*s: ", before.len ? "; " : "", STR_ARG(c->file.name));
	buf_add_str(&reasons, now);
	jout_begin(&j, &note);
	jout_open(&j, '{');
	jout_field_str(&j, "reason", buf_str(&reasons));
	jout_field_text(&j, "text", has_text ? "partial" : "none");
	if (waiting)
		jout_field_u64(&j, "waiting_pages", waiting);
	jout_close(&j, '}');
	st = buf_ok(&reasons) && buf_ok(&note)
		     ? json_set_member(*extra, "extraction", buf_str(&note), arena, extra, err)
		     : err_no_memory(err);
	buf_done(&reasons);
	buf_done(&note);
	return st;
}

/* Of the text of before and of the file's together. */
static TextState join_states(TextState old, TextState of_file, bool is_waiting)
{
	bool some = old == TEXT_COMPLETE || old == TEXT_PARTIAL || of_file == TEXT_COMPLETE || of_file == TEXT_PARTIAL;
	if (old == of_file)
		return old;
	if (some)
		return old == TEXT_NONE || of_file == TEXT_NONE ? TEXT_COMPLETE : TEXT_PARTIAL;
	if (is_waiting)
		return old == TEXT_STAMP_ONLY || of_file == TEXT_STAMP_ONLY ? TEXT_STAMP_ONLY : TEXT_WAITING;
	return of_file == TEXT_NONE ? old : of_file;
}

/* ---- the next version ------------------------------------------------------------------------------------------ */

/* The text of the next version: the one that was given, or what was extracted before and now. kept_out: the object of
 * the version before goes on as it is. */
static Status compose_text(Content *c, ItemText *out, bool *kept_out, Err *err)
{
	int number = entry_text_object(&c->entry);
	const ObjectRef *old = number < 0 ? NULL : &c->entry.objects[number];
	bool given = old && str_eq(old->from, STR("given"));
	Status st = ST_OK;
	*out = (ItemText){0};
	*kept_out = old != NULL;
	buf_clear(&c->joined);
	if (!given)
		st = extract_once(c, err);
	if (st == ST_OK && old && (given || c->text.has_text))
		st = store_object_load(c->run.store, &old->hash, TEXT_MAX, &c->joined, err);
	if (st == ST_OK && !given && c->text.has_text) {
		if (old && !str_ends(buf_str(&c->joined), STR("\n")) && !str_ends(buf_str(&c->joined), STR("\f")))
			buf_add_char(&c->joined, '\n');
		buf_add_str(&c->joined, c->text.text);
		*kept_out = false;
	}
	if (st == ST_OK && !buf_ok(&c->joined))
		st = err_no_memory(err);
	if (st == ST_OK && !given)
		st = note_problem(c, old || c->text.has_text, err);
	if (st != ST_OK)
		return st;
	out->text = buf_str(&c->joined);
	out->has_text = out->text.len > 0;
	snprintf(out->from, sizeof out->from, "%.*s", STR_ARG(old ? old->from : str_from(c->text.from)));
	return ST_OK;
}

static Status compose_objects(Content *c, const ItemText *text, bool text_kept, EntryInput *next, Err *err)
{
	const Entry *entry = &c->entry;
	ObjectInput *objects = arena_calloc(&c->arena, entry->object_count + 2, sizeof *objects);
	size_t count = 0;
	if (!objects)
		return err_no_memory(err);
	int old = entry_text_object(entry);
	for (size_t i = 0; i < entry->object_count; i++)
		if ((int)i != old)
			objects[count++] = (ObjectInput){.ref = entry->objects[i], .fd = -1};
	objects[count++] = c->object;
	if (text_kept)
		objects[count++] = (ObjectInput){.ref = entry->objects[old], .fd = -1};
	else if (text->has_text)
		objects[count++] = item_text_object(text);
	next->objects = objects;
	next->object_count = count;
	return ST_OK;
}

static Status append_next(Content *c, Receipt *out, Err *err)
{
	IngestRun *run = &c->run;
	IngestItem item = {.place = {.name = c->input->name}, .record = &c->record, .files = &c->file, .file_count = 1};
	ItemText text;
	bool text_kept;
	EntryInput next = {.kind = ENTRY_RECORD, .key = c->entry.key, .expected_version = c->entry.version};
	Status st = entry_read_record(&c->entry, &c->arena, &c->record, err);
	TextState state = text_state_of(&c->record, entry_text_object(&c->entry) >= 0);
	if (st == ST_OK)
		st = compose_text(c, &text, &text_kept, err);
	if (st != ST_OK)
		return st;
	if (c->extracted) {
		bool waits = json_get_whole(record_text(&c->record, RF_EXTRA), "extraction", "waiting_pages") > 0;
		state = join_states(state, c->text.state, waits);
	}
	text.first_waits = text.first_waits || state == TEXT_WAITING || state == TEXT_STAMP_ONLY;
	c->record.fields[RF_TEXT_STATE].text = text_state_to_store(state, text_kept || text.has_text);
	c->record.fields[RF_REASON] = c->record.fields[RF_AMENDED] = (FieldValue){0};
	if (st == ST_OK && !record_text(&c->record, RF_PAGES).len)
		c->record.fields[RF_PAGES] = c->found.fields[RF_PAGES];
	if (st == ST_OK)
		st = item_complete_metadata(run, &item, &text, err);
	if (st == ST_OK)
		st = compose_objects(c, &text, text_kept, &next, err);
	if (st == ST_OK)
		st = item_write_metadata(run, &c->record, &next, err);
	if (st == ST_OK && ingest_stopped(run))
		st = err_set(err, ST_BUSY, "it took too long; nothing of it is archived");
	return st == ST_OK ? store_put(run->store, &next, out, err) : st;
}

/* ---- until nobody was faster ----------------------------------------------------------------------------------- */

static bool holds_file(const Content *c)
{
	for (size_t i = 0; i < c->entry.object_count; i++)
		if (hash_eq(&c->object.ref.hash, &c->entry.objects[i].hash) &&
		    strcmp(c->entry.objects[i].role, "text") != 0)
			return true;
	return false;
}

/* One try; *sequence_out is the version that it would have followed. */
static Status try_to_add(Content *c, uint64_t *sequence_out, Receipt *out, Err *err)
{
	const Entry *entry = &c->entry;
	arena_reset(&c->arena);
	Status st = store_find(c->run.store, ENTRY_RECORD, c->input->id, 0, sequence_out, err);
	if (st == ST_OK)
		st = store_entry(c->run.store, *sequence_out, &c->arena, &c->entry, err);
	bool sealed = false;
	if (st == ST_OK)
		st = entry_is_sealed(&c->entry, &c->arena, &sealed, err);
	if (st == ST_OK && sealed)
		st = err_set(err, ST_NOT_FOUND, "nothing here is called '%.*s'", STR_ARG(c->input->id));
	if (st != ST_OK)
		return st;
	if (c->input->version && c->input->version != entry->version)
		return err_set(err, ST_CONFLICT, "the newest version is %" PRIu32 ", not %" PRIu32, entry->version,
			       c->input->version);
	if (!holds_file(c))
		return append_next(c, out, err);
	*out = (Receipt){.result = APPEND_DUPLICATE,
			 .version = entry->version,
			 .sequence = entry->sequence,
			 .leaf = entry->leaf,
			 .tree_size = entry->sequence + 1};
	memcpy(out->key, entry->key.ptr, entry->key.len);
	return ST_OK;
}

static Status add_until_first(Content *c, Receipt *out, Err *err)
{
	Status st = ST_CONFLICT;
	for (int tries = 0; tries < (c->input->version ? 1 : TRIES_MAX) && st == ST_CONFLICT; tries++) {
		Err why;
		uint64_t followed, newest;
		st = try_to_add(c, &followed, out, err);
		if (st == ST_CONFLICT &&
		    (store_find(c->run.store, ENTRY_RECORD, c->input->id, 0, &newest, &why) != ST_OK ||
		     newest == followed))
			break; /* nobody was faster: the conflict is another one, and stays */
	}
	return st;
}

Status ingest_content(Store *store, Index *index, const ContentInput *input, Receipt *out, Err *err)
{
	IngestReport report;
	Content c = {.input = input};
	Receipt receipt;
	IngestOptions options = {.until = input->until};
	ingest_init(&c.run, store, NULL, &options, &report);
	c.file = source_file_of(file_base(input->name), input->bytes);
	if (!input->bytes.ptr) {
		c.file.fd = input->fd;
		c.file.size_bytes = input->size_bytes;
	}
	Status st = c.file.size_bytes ? ST_OK : err_set(err, ST_INVALID, "an empty file");
	if (st == ST_OK)
		st = item_original_object(&c.file, &c.object, err);
	if (st == ST_OK)
		st = item_hash_file(&c.file, &c.object.ref.hash, err);
	if (st == ST_OK)
		st = add_until_first(&c, &receipt, err);
	st = ingest_end(&c.run, st, err);
	arena_done(&c.arena);
	buf_done(&c.text_buf);
	buf_done(&c.joined);
	if (st != ST_OK)
		return st;
	if (index && receipt.result != APPEND_DUPLICATE)
		index_notify(index);
	*out = receipt;
	return ST_OK;
}
