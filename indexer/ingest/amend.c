/* indexer/ingest/amend.c - the newest version's metadata and the patch are merged as JSON, read again as a record (so
 * that dates and lists are what they are in every record), passed through the gate, and appended after that version
 * only.
 */
#include "indexer/ingest/amend.h"

#include "indexer/ingest/compose.h"
#include "store/record/entry_json.h"
#include "store/record/sealed.h"

#include <inttypes.h>
#include <stdio.h>

enum { TRIES_MAX = 12 };

/* ---- the patch ------------------------------------------------------------------------------------------------- */

/* What an amendment can't set: what is no metadata, and what only the archive says. */
static Status check_patch(const Record *typed, Err *err)
{
	static const RecordFieldId ours[] = {RF_TEXT_STATE, RF_SEALED_OFF, RF_AMENDED, RF_READ, RF_RELEASED};
	const char *name = typed->has_text ? "text" : typed->file_count ? "files" : typed->is_case ? "case" : NULL;
	for (size_t i = 0; i < sizeof ours / sizeof *ours && !name; i++)
		name = record_text(typed, ours[i]).len ? record_fields[ours[i]].name : NULL;
	return name ? err_set(err, ST_INVALID, "an amendment can't set \"%s\": it changes metadata only", name) : ST_OK;
}

/* Its members that are no changes: they name the record, say why, or would take from it what only the archive says. */
#define NO_CHANGES                                                                                                     \
	"{\"id\":null,\"reason\":null,\"text\":null,\"files\":null,\"text_state\":null,\"sealed_off\":null,"           \
	"\"amended\":null}"

/* "amended", without what was not said. */
static Status write_amended(const AmendInput *input, Str reason, Arena *arena, Str *out, Err *err)
{
	char at[CLOCK_STAMP_LEN + 1];
	Buf text = {0};
	JsonOut j;
	clock_format_utc(clock_utc_ms(), at);
	jout_begin(&j, &text);
	jout_open(&j, '{');
	if (input->by.len)
		jout_field_str(&j, "by", input->by);
	jout_field_text(&j, "at", at);
	if (reason.len)
		jout_field_str(&j, "reason", reason);
	jout_close(&j, '}');
	*out = arena_copy(arena, buf_str(&text));
	bool ok = buf_ok(&text) && out->ptr;
	buf_done(&text);
	return ok ? ST_OK : err_no_memory(err);
}

/* ---- the next version ------------------------------------------------------------------------------------------ */

typedef struct {
	IngestRun *run;
	const AmendInput *input;
	Arena arena; /* of one try */
	Entry entry; /* the newest version */
	Record record;
	bool changed;
} Amendment;

static void set_duplicate(const Amendment *a)
{
	const Entry *entry = &a->entry;
	a->run->receipt = (Receipt){.result = APPEND_DUPLICATE,
				    .version = entry->version,
				    .sequence = entry->sequence,
				    .leaf = entry->leaf,
				    .tree_size = entry->sequence + 1};
	snprintf(a->run->receipt.key, sizeof a->run->receipt.key, "%.*s", STR_ARG(entry->key));
}

/* What a person says is no longer something read from the text, with a certainty. */
static Status forget_certainty(Amendment *a, const Record *typed, Str *merged, Err *err)
{
	Buf patch = {0};
	JsonOut j;
	jout_begin(&j, &patch);
	jout_open(&j, '{');
	jout_key(&j, "read");
	jout_open(&j, '{');
	for (int id = 0; id < RF_COUNT; id++)
		if (typed->fields[id].text.len || typed->fields[id].count) {
			jout_key(&j, record_fields[id].name);
			jout_null(&j);
		}
	jout_close(&j, '}');
	jout_close(&j, '}');
	Status st = buf_ok(&patch) ? json_merge_patch(*merged, buf_str(&patch), &a->arena, merged, err)
				   : err_no_memory(err);
	buf_done(&patch);
	return st;
}

/* The newest version, and the record that the patch makes of it. */
static Status compose(Amendment *a, Err *err)
{
	const AmendInput *input = a->input;
	Record typed, before;
	Str changes, merged;
	Status st = record_parse(input->patch, &a->arena, &typed, err);
	if (st == ST_OK && typed.id.len && !str_eq(typed.id, input->id))
		st = err_set(err, ST_INVALID, "the record's id can't be changed");
	if (st == ST_OK)
		st = check_patch(&typed, err);
	if (st == ST_OK)
		st = json_merge_patch(input->patch, STR(NO_CHANGES), &a->arena, &changes, err);
	if (st == ST_OK)
		st = json_merge_patch(a->entry.metadata, changes, &a->arena, &merged, err);
	if (st == ST_OK && str_find(a->entry.metadata, STR("\"read\":{")) >= 0)
		st = forget_certainty(a, &typed, &merged, err);
	if (st == ST_OK)
		st = record_parse(merged, &a->arena, &a->record, err);
	if (st == ST_OK)
		st = entry_read_record(&a->entry, &a->arena, &before, err);
	if (st != ST_OK)
		return st;
	/* compared as records: a date that is written in another way is no change */
	IngestRun *run = a->run;
	before.fields[RF_AMENDED] = a->record.fields[RF_AMENDED] = (FieldValue){0};
	before.fields[RF_REASON] = a->record.fields[RF_REASON] = (FieldValue){0};
	buf_clear(&run->metadata);
	buf_clear(&run->scratch);
	record_write(&before, &run->metadata);
	record_write(&a->record, &run->scratch);
	if (!buf_ok(&run->metadata) || !buf_ok(&run->scratch))
		return err_no_memory(err);
	a->changed = !str_eq(buf_str(&run->metadata), buf_str(&run->scratch));
	Str reason = input->reason.len ? input->reason : record_text(&typed, RF_REASON);
	return write_amended(input, reason, &a->arena, &a->record.fields[RF_AMENDED].text, err);
}

static Status append_next(Amendment *a, Err *err)
{
	const Entry *entry = &a->entry;
	EntryInput next = {.kind = ENTRY_RECORD, .key = entry->key, .expected_version = entry->version};
	next.objects = arena_calloc(&a->arena, entry->object_count + 1, sizeof *next.objects);
	if (!next.objects)
		return err_no_memory(err);
	for (size_t i = 0; i < entry->object_count; i++)
		next.objects[next.object_count++] = (ObjectInput){.ref = entry->objects[i], .fd = -1};
	Status st = item_write_metadata(a->run, &a->record, &next, err);
	return st == ST_OK ? item_append_entry(a->run, &next, next.metadata.len, err) : st;
}

/* One try; *sequence_out is the version that it would have followed. run->receipt says what became of it. */
static Status try_to_amend(Amendment *a, uint64_t *sequence_out, Err *err)
{
	Store *store = a->run->store;
	arena_reset(&a->arena);
	Status st = record_find(store, a->input->id, 0, sequence_out, err);
	if (st == ST_OK)
		st = store_entry(store, *sequence_out, &a->arena, &a->entry, err);
	if (st != ST_OK)
		return st;
	if (a->entry.destroyed)
		return err_set(err, ST_CONFLICT, "the record was destroyed");
	if (a->input->version && a->input->version != a->entry.version)
		return err_set(err, ST_CONFLICT, "the newest version is %" PRIu32 ", not %" PRIu32, a->entry.version,
			       a->input->version);
	st = compose(a, err);
	if (st == ST_OK && a->changed)
		return append_next(a, err);
	if (st != ST_OK)
		return st;
	set_duplicate(a);
	item_count_result(a->run, 0);
	return ST_OK;
}

static Status amend_until_first(Amendment *a, Err *err)
{
	Status st = ST_CONFLICT;
	for (int tries = 0; tries < (a->input->version ? 1 : TRIES_MAX) && st == ST_CONFLICT; tries++) {
		Err why;
		uint64_t followed, newest;
		st = try_to_amend(a, &followed, err);
		if (st == ST_CONFLICT &&
		    (store_find(a->run->store, ENTRY_RECORD, a->input->id, 0, &newest, &why) != ST_OK ||
		     newest == followed))
			break; /* nobody was faster: the conflict is another one, and stays */
	}
	return st;
}

Status ingest_amend(Store *store, Index *index, const AmendInput *input, Receipt *out, Err *err)
{
	IngestRun run;
	IngestReport report;
	IngestOptions options = {.until = input->until};
	ingest_init(&run, store, NULL, &options, &report);
	Amendment a = {.run = &run, .input = input};
	Status st = amend_until_first(&a, err);
	Receipt receipt = run.receipt;
	st = ingest_end(&run, st, err);
	arena_done(&a.arena);
	if (st != ST_OK)
		return st;
	if (index && receipt.result != APPEND_DUPLICATE)
		index_notify(index);
	*out = receipt;
	return ST_OK;
}

Status amend_record(IngestRun *run, Str id, Str patch, Err *err)
{
	AmendInput input = {.id = id, .patch = patch, .until = run->options.until};
	Amendment a = {.run = run, .input = &input};
	Status st = amend_until_first(&a, err);
	if (st == ST_OK && run->receipt.result == APPEND_VERSION) {
		run->report->amended++;
		id_filter_add(&run->met, id);
		id_filter_add(&run->appended, id);
	}
	arena_done(&a.arena);
	return st;
}
