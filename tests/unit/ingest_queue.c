/* tests/unit/ingest_queue.c - documents whose texts are extracted side by side come into the archive in the order in
 * which they were read, as if one were read after the other. */
#include "ingest_fixture.h"

enum { DOCUMENTS = 40 };

static void put_documents(Fixture *f)
{
	for (int i = 0; i < DOCUMENTS; i++) {
		char name[32], text[64];
		snprintf(name, sizeof name, "in/%02d.%s", i, i % 3 == 2 ? "txt" : "html");
		snprintf(text, sizeof text, "%s số %02d", i % 3 == 2 ? "văn bản" : "<p>trang", i);
		put_file(f, name, str_from(text));
	}
}

static void the_archive_has_the_order_of_the_source(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	put_documents(f);
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, DOCUMENTS);
	for (int i = 0; i < DOCUMENTS; i++) {
		Entry entry;
		char name[32], text[64];
		snprintf(name, sizeof name, "%02d.%s", i, i % 3 == 2 ? "txt" : "html");
		snprintf(text, sizeof text, "%s số %02d", i % 3 == 2 ? "văn bản" : "trang", i);
		assert_int_equal(store_entry(f->store, (uint64_t)i, &arena, &entry, &f->err), ST_OK);
		assert_str_equal(object_of(&entry, "original")->name, str_from(name));
		Buf found = {0};
		assert_int_equal(
			store_object_load(f->store, &object_of(&entry, "text")->hash, 1 << 20, &found, &f->err), ST_OK);
		assert_str_equal(str_trim(buf_str(&found)), str_from(text));
		buf_done(&found);
	}
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.duplicates, DOCUMENTS);
	arena_done(&arena);
}

static void what_can_not_be_taken_is_rejected_and_the_rest_goes_on(void **state)
{
	Fixture *f = *state;
	put_documents(f);
	put_file(f, "in/10.html", STR(""));
	put_file(f, "in/21.docx", STR("no Word file"));
	put_file(f, "in/30.html", STR("<p>TỐI MẬT</p><p>Số: 01/QĐ-UBND</p>"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.seen, DOCUMENTS + 1);
	assert_rejected(f, "in/10.html|invalid|an empty file");
	assert_rejected(f, "in/30.html|forbidden|");
	assert_int_equal(f->report.added, DOCUMENTS - 1);
}

static void a_stop_leaves_nothing_half_done(void **state)
{
	Fixture *f = *state;
	Stop stop = {0};
	char path[128];
	const char *paths[] = {path};
	IngestOptions options = {.until = {.stop = &stop}};
	put_documents(f);
	snprintf(path, sizeof path, "%s/in", f->dir);
	stop_raise(&stop);
	assert_int_equal(ingest_paths(f->store, NULL, paths, 1, &options, &f->report, &f->err), ST_OK);
	assert_true(f->report.cut_short);
	assert_int_equal(f->report.seen, f->report.added);
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added + f->report.duplicates, DOCUMENTS);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(the_archive_has_the_order_of_the_source),
		WITH_ARCHIVE(what_can_not_be_taken_is_rejected_and_the_rest_goes_on),
		WITH_ARCHIVE(a_stop_leaves_nothing_half_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
