/* tests/unit/ingest_seal.c - what turns out to be a secret later: it is sealed off, nothing of it is read, and a
 * decision brings it back as it was. */
#include "ingest_fixture.h"

#include "indexer/ingest/seal.h"
#include "store/record/sealed.h"

static void add_by_an_older_gate(Fixture *f, const char *id, const char *metadata, const char *text)
{
	ObjectInput object = {.ref = {.role = "text", .media = STR("text/plain"), .from = STR("given")},
			      .bytes = str_from(text),
			      .fd = -1};
	EntryInput entry = {.kind = ENTRY_RECORD,
			    .key = str_from(id),
			    .metadata = str_from(metadata),
			    .objects = &object,
			    .object_count = 1};
	Receipt receipt;
	assert_int_equal(store_put(f->store, &entry, &receipt, &f->err), ST_OK);
}

static void count_sealed(void *ctx, const SealedRecord *record)
{
	assert_true(record->reason.len > 0);
	++*(unsigned *)ctx;
}

static unsigned sealed_count(Fixture *f)
{
	unsigned count = 0;
	assert_int_equal(sealed_list(f->store, count_sealed, &count, &f->err), ST_OK);
	return count;
}

static Status find(Fixture *f, const char *id, uint32_t version)
{
	uint64_t sequence;
	return record_find(f->store, str_from(id), version, &sequence, &f->err);
}

static void what_an_older_gate_let_in_is_sealed_off(void **state)
{
	Fixture *f = *state;
	SealReport report;
	add_by_an_older_gate(f, "a", "{\"number\":\"1\",\"extra\":{\"Độ mật\":\"Tối mật A2\"}}", "một");
	add_by_an_older_gate(f, "b", "{\"number\":\"2\"}", "UBND TỈNH\nT Ố I  M Ậ T\nmột");
	add_by_an_older_gate(f, "c", "{\"number\":\"3\"}", "Luật Bảo vệ bí mật nhà nước");
	assert_int_equal(seal_look(f->store, NULL, NULL, &report, &f->err), ST_OK);
	assert_int_equal(report.looked_at, 3);
	assert_int_equal(report.sealed, 2);
	assert_int_equal(sealed_count(f), 2);
	for (uint32_t version = 0; version <= 2; version++) {
		assert_int_equal(find(f, "a", version), ST_NOT_FOUND);
		assert_int_equal(find(f, "b", version), ST_NOT_FOUND);
	}
	assert_int_equal(find(f, "c", 0), ST_OK);
	assert_int_equal(seal_look(f->store, NULL, NULL, &report, &f->err), ST_OK);
	assert_int_equal(report.sealed, 0);
}

static void a_seal_is_taken_off_by_decision_only_and_stays_off(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Receipt receipt;
	SealReport report;
	SealRelease release = {STR("15/QĐ-UBND"), STR("")};
	add_by_an_older_gate(f, "b", "{\"number\":\"2\",\"secrecy\":\"Mật\"}", "UBND TỈNH\nMẬT\nmột");
	assert_int_equal(seal_release(f->store, STR("b"), &(SealRelease){STR("1"), STR("Ba")}, &receipt, &f->err),
			 ST_CONFLICT);
	assert_int_equal(seal_record(f->store, STR("b"), STR(""), &receipt, &f->err), ST_INVALID);
	assert_int_equal(seal_record(f->store, STR("b"), STR("có dấu mật"), &receipt, &f->err), ST_OK);
	assert_int_equal(seal_record(f->store, STR("b"), STR("lần nữa"), &receipt, &f->err), ST_CONFLICT);
	assert_int_equal(seal_release(f->store, STR("b"), &release, &receipt, &f->err), ST_INVALID);
	release.by = STR("Trần Văn Ba");
	assert_int_equal(seal_release(f->store, STR("b"), &release, &receipt, &f->err), ST_OK);
	assert_int_equal(find(f, "b", 0), ST_OK);
	assert_int_equal(sealed_count(f), 0);
	find_record(f, "b", &arena, &entry);
	assert_int_equal(entry.version, 3);
	assert_object(f, object_of(&entry, "text"), STR("UBND TỈNH\nMẬT\nmột"));
	assert_true(str_find(entry.metadata, STR("\"released\":{\"by\":\"Trần Văn Ba\",\"decision\":\"15/QĐ-UBND\"}")) >
		    0);
	assert_int_equal(seal_look(f->store, NULL, NULL, &report, &f->err), ST_OK);
	assert_int_equal(report.sealed, 0);
	arena_done(&arena);
}

static void a_sender_neither_seals_nor_releases(void **state)
{
	Fixture *f = *state;
	put_file(f, "a.jsonl",
		 STR("{\"id\":\"a\",\"number\":\"1\",\"secrecy\":\"Mật\",\"released\":{\"by\":\"x\",\"decision\":\"y\"}"
		     "}\n"
		     "{\"id\":\"b\",\"number\":\"1\",\"secrecy\":\"Mật\",\"sealed_off\":\"x\"}\n"
		     "{\"id\":\"c\",\"number\":\"1\",\"sealed_off\":\"x\"}\n"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(f->report.rejected, 2);
	assert_int_equal(find(f, "c", 0), ST_OK);
	assert_int_equal(sealed_count(f), 0);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(what_an_older_gate_let_in_is_sealed_off),
		WITH_ARCHIVE(a_seal_is_taken_off_by_decision_only_and_stays_off),
		WITH_ARCHIVE(a_sender_neither_seals_nor_releases),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
