/* tests/prop/crash/work.c - eight sessions of work with small segments, so that every path is met: batches that are
 * written in pieces, entries that are thrown away, large objects, a sealed segment written anew, a destroyed record.
 */
#include "tests/prop/crash/crash.h"

#include "store/care/destroy.h"
#include "store/care/recompress.h"
#include "store/proof/checkpoint.h"
#include "tests/unit/unit.h"

#include <stdio.h>

Appended records[RECORDS_MAX];
size_t record_count;
uint64_t seed;
Err err;
static bool destroyed;

uint32_t dice(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

void must(Status st, const char *what)
{
	if (st != ST_OK)
		fail_msg("%s: %s", what, err.text);
}

static void append_one(Store *store, bool keep)
{
	char key[24], text[600];
	size_t len = 20 + dice(560);
	Receipt r;
	snprintf(key, sizeof key, "r%zu", keep ? record_count : RECORDS_MAX + dice(1000));
	for (size_t i = 0; i < len; i++)
		text[i] = (char)(' ' + dice(dice(3) ? 4 : 90));
	text[len] = 0;
	ObjectInput object = {.ref = {.role = "text"}, .bytes = {text, len}, .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = STR("{\"a\":1}"),
			    .objects = &object,
			    .object_count = 1};
	must(store_append(store, &input, &r, &err), "append");
	if (keep) {
		memcpy(records[record_count].key, key, sizeof key);
		memcpy(records[record_count].text, text, sizeof text);
		record_count++;
	}
}

static void acknowledge(Store *store)
{
	StoreState now;
	store_state(store, &now);
	Op *op = trace_note(OP_ACKNOWLEDGE);
	op->len = now.tree_size;
	op->root = now.root;
	op->offset = destroyed;
}

/* One record by whose words the dictionary of its segment is bound to know it. */
static void append_doomed(Store *store)
{
	char text[600];
	Receipt r;
	for (size_t i = 0; i < sizeof text - 1; i++)
		text[i] = DOOMED_MARK[i % (sizeof DOOMED_MARK - 1)];
	text[sizeof text - 1] = 0;
	ObjectInput object = {.ref = {.role = "text"}, .bytes = str_from(text), .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = STR("doomed"),
			    .metadata = STR("{\"a\":1}"),
			    .objects = &object,
			    .object_count = 1};
	must(store_append(store, &input, &r, &err), "append of the doomed");
	snprintf(records[record_count].key, sizeof records[0].key, "doomed");
	records[record_count].doomed = true;
	memcpy(records[record_count++].text, text, sizeof text);
}

Status destroy_doomed(Store *store)
{
	const Str ids[1] = {STR("doomed")};
	DestructionInput input = {.decision = STR("17/QD"),
				  .decided = STR("2026-11-22"),
				  .reason = STR("x"),
				  .approved_by = {STR("A"), STR("B")},
				  .record_ids = ids,
				  .record_count = 1};
	DestructionReport report;
	return store_destroy(store, &input, &report, &err);
}

static void append_large(Store *store)
{
	static char noise[(1 << 20) + 5000];
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (char)dice(256);
	char key[24];
	Receipt r;
	snprintf(key, sizeof key, "r%zu", record_count);
	ObjectInput objects[2] = {{.ref = {.role = "text"}, .bytes = STR("see the original"), .fd = -1},
				  {.ref = {.role = "original"}, .bytes = {noise, sizeof noise}, .fd = -1}};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = STR("{\"a\":1}"),
			    .objects = objects,
			    .object_count = 2};
	must(store_append(store, &input, &r, &err), "append of a large object");
	snprintf(records[record_count].key, sizeof records[0].key, "%s", key);
	snprintf(records[record_count++].text, sizeof records[0].text, "see the original");
}

const StoreOptions *options(void)
{
	static StoreOptions o;
	store_options_default(&o);
	o.segment_bytes = 9000;
	o.buffer_bytes = 2500; /* so that batches are written in several pieces */
	o.sample_bytes = 8000;
	return &o;
}

void work(void)
{
	Store *store;
	Buf text = {0};
	must(store_init(archive_dir, &err), "init");
	trace_on = true; /* store_init's own files are taken as they are */
	for (int session = 0; session < 8; session++) {
		uint32_t done;
		must(store_open_with(&store, archive_dir, options(), &err), "open");
		if (session == 1) {
			must(store_write_begin(store, &err), "begin");
			append_doomed(store);
			must(store_commit(store, &err), "commit");
			store_write_end(store);
		}
		if (session == 4)
			must(store_recompress(store, 3, NULL, &done, &err), "recompress");
		if (session == 5) {
			snprintf(records[record_count++].key, sizeof records[0].key, "17/QD");
			must(destroy_doomed(store), "destroy");
			destroyed = true;
			acknowledge(store);
		}
		for (int round = 0; round < 5; round++) {
			must(store_write_begin(store, &err), "begin");
			for (uint32_t batches = 1 + dice(2); batches--;) {
				for (uint32_t n = 1 + dice(6); n--;)
					append_one(store, true);
				must(store_commit(store, &err), "commit");
				acknowledge(store);
			}
			for (uint32_t n = dice(4); n--;)
				append_one(store, false); /* thrown away by the end */
			store_write_end(store);
		}
		if (session == 2 || session == 5) {
			must(store_write_begin(store, &err), "begin");
			append_large(store);
			must(store_commit(store, &err), "commit");
			acknowledge(store);
			store_write_end(store);
		}
		if (session % 3 == 1) {
			must(store_checkpoint(store, &text, &err), "checkpoint");
			buf_clear(&text);
		}
		store_close(store);
	}
	trace_on = false;
	buf_done(&text);
}
