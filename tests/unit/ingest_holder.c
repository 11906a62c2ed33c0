/* tests/unit/ingest_holder.c - the same original again: it adds nothing, completes what is known, and never silently
 * says otherwise. */
#include "ingest_fixture.h"

#include "store/record/entry_json.h"

static const char text[] = "Quyết định về việc thu hồi đất";

static uint64_t records_of(Fixture *f)
{
	return store_tree_size(f->store);
}

static void assert_field(Fixture *f, RecordFieldId field, const char *value)
{
	Arena arena = {0};
	Entry entry;
	Record record;
	find_newest(f, &arena, &entry);
	assert_int_equal(entry_read_record(&entry, &arena, &record, &f->err), ST_OK);
	assert_str_equal(record_text(&record, field), str_from(value));
	arena_done(&arena);
}

static void its_id_is_its_own_hash_and_names_play_no_part(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	char id[STORE_ID_MAX + 1];
	put_file(f, "a/one.txt", str_from(text));
	put_file(f, "b/two.txt", str_from(text));
	assert_int_equal(take(f, "a"), ST_OK);
	assert_int_equal(f->report.added, 1);
	find_newest(f, &arena, &entry);
	entry_derive_id("sha256-", &object_of(&entry, "original")->hash, id);
	assert_str_equal(entry.key, str_from(id));
	assert_int_equal(take(f, "b"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	assert_true(mentions(&f->warnings, "two.txt|same_original|"));
	assert_true(mentions(&f->warnings, id));
	assert_true(mentions(&f->warnings, "one.txt"));
	assert_int_equal(take(f, "a"), ST_OK); /* under its own name it is no news */
	assert_int_equal(f->report.warnings, 0);
	assert_int_equal(records_of(f), 1);
	arena_done(&arena);
}

static void what_comes_later_amends_and_what_differs_is_told(void **state)
{
	Fixture *f = *state;
	put_file(f, "scan.txt", str_from(text));
	put_file(f, "list.jsonl",
		 STR("{\"number\":\"15/2019/QĐ-UBND\",\"extra\":{\"box\":\"3\"},\"files\":[\"scan.txt\"]}\n"));
	put_file(f, "more.jsonl",
		 STR("{\"number\":\"15/2019/QĐ-UBND\",\"subject\":\"V/v thu hồi\",\"extra\":{\"shelf\":\"9\"},"
		     "\"files\":[\"scan.txt\"]}\n"));
	put_file(f, "other.jsonl",
		 STR("{\"number\":\"16/2019/QĐ-UBND\",\"extra\":{\"box\":\"4\"},\"agency\":\"Sở Nội vụ\","
		     "\"files\":[\"scan.txt\"]}\n"));
	assert_int_equal(take(f, "scan.txt"), ST_OK);
	assert_int_equal(take(f, "list.jsonl"), ST_OK);
	assert_int_equal(f->report.versions, 1);
	assert_int_equal(f->report.amended, 1);
	assert_int_equal(f->report.warnings, 0);
	assert_field(f, RF_NUMBER, "15/2019/QĐ-UBND");
	assert_int_equal(take(f, "more.jsonl"), ST_OK);
	assert_int_equal(f->report.warnings, 0);
	assert_field(f, RF_SUBJECT, "V/v thu hồi");
	assert_field(f, RF_EXTRA, "{\"box\":\"3\",\"shelf\":\"9\"}");
	assert_int_equal(take(f, "other.jsonl"), ST_OK);
	assert_int_equal(f->report.findings[FINDING_CONTRADICTION], 1);
	assert_true(mentions(&f->warnings, "16/2019/QĐ-UBND ≠ 15/2019/QĐ-UBND"));
	assert_field(f, RF_NUMBER, "15/2019/QĐ-UBND");
	assert_field(f, RF_AGENCY, "Sở Nội vụ"); /* what it adds is added all the same */
	uint64_t before = records_of(f);
	assert_int_equal(take(f, "other.jsonl"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	assert_int_equal(records_of(f), before);
}

static void asked_to_amend_it_takes_the_place(void **state)
{
	Fixture *f = *state;
	char path[512];
	const char *paths[] = {path};
	IngestOptions options = {.ctx = f, .warned = note_warning, .amend = true};
	put_file(f, "scan.txt", str_from(text));
	put_file(f, "one.jsonl", STR("{\"number\":\"15/2019/QĐ-UBND\",\"files\":[\"scan.txt\"]}\n"));
	put_file(f, "other.jsonl", STR("{\"number\":\"16/2019/QĐ-UBND\",\"files\":[\"scan.txt\"]}\n"));
	assert_int_equal(take(f, "one.jsonl"), ST_OK);
	snprintf(path, sizeof path, "%s/other.jsonl", f->dir);
	assert_int_equal(ingest_paths(f->store, NULL, paths, 1, &options, &f->report, &f->err), ST_OK);
	assert_int_equal(f->report.amended, 1);
	assert_int_equal(f->report.warnings, 0);
	assert_field(f, RF_NUMBER, "16/2019/QĐ-UBND");
}

static void lines_of_one_ingest_see_one_another(void **state)
{
	Fixture *f = *state;
	put_file(f, "scan.txt", str_from(text));
	put_file(f, "list.jsonl",
		 STR("{\"files\":[\"scan.txt\"]}\n{\"subject\":\"một\",\"files\":[\"scan.txt\"]}\n"
		     "{\"subject\":\"hai\",\"files\":[\"scan.txt\"]}\n"));
	assert_int_equal(take(f, "list.jsonl"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_int_equal(f->report.versions, 1);
	assert_int_equal(f->report.duplicates, 1);
	assert_int_equal(f->report.findings[FINDING_CONTRADICTION], 1);
	assert_field(f, RF_SUBJECT, "một");
}

static void a_text_that_comes_later_is_its_next_version(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "a/scan.bin", STR("\x01\x02\x03 no text"));
	put_file(f, "b/other.bin", STR("\x01\x02\x03 no text"));
	put_file(f, "b/list.jsonl", STR("{\"subject\":\"có chữ\",\"text\":\"Kính gửi\",\"files\":[\"other.bin\"]}\n"));
	assert_int_equal(take(f, "a/scan.bin"), ST_OK);
	assert_int_equal(take(f, "b/list.jsonl"), ST_OK);
	assert_int_equal(f->report.rejected, 0);
	assert_int_equal(f->report.added, 0);
	find_newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "text"), STR("Kính gửi"));
	assert_str_equal(object_of(&entry, "original")->name, STR("scan.bin"));
	assert_field(f, RF_SUBJECT, "có chữ");
	uint64_t before = records_of(f);
	assert_int_equal(take(f, "b/list.jsonl"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	assert_int_equal(records_of(f), before);
	arena_done(&arena);
}

static void two_files_have_an_id_of_both(void **state)
{
	Fixture *f = *state;
	put_file(f, "a.txt", STR("một"));
	put_file(f, "b.txt", STR("hai"));
	put_file(f, "list.jsonl",
		 STR("{\"files\":[\"a.txt\",\"b.txt\"]}\n{\"files\":[\"a.txt\"]}\n"
		     "{\"subject\":\"cả hai\",\"files\":[\"a.txt\",\"b.txt\"]}\n"));
	assert_int_equal(take(f, "list.jsonl"), ST_OK);
	assert_int_equal(f->report.added, 2);
	assert_int_equal(f->report.amended, 1);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(its_id_is_its_own_hash_and_names_play_no_part),
		WITH_ARCHIVE(what_comes_later_amends_and_what_differs_is_told),
		WITH_ARCHIVE(asked_to_amend_it_takes_the_place),
		WITH_ARCHIVE(lines_of_one_ingest_see_one_another),
		WITH_ARCHIVE(a_text_that_comes_later_is_its_next_version),
		WITH_ARCHIVE(two_files_have_an_id_of_both),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
