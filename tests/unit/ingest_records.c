/* tests/unit/ingest_records.c - records as JSON: lines, versions, their files, absurd metadata, case files, and one
 * record that is posted. */
#include "ingest_fixture.h"

static void lines_are_taken_and_broken_ones_are_told(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "a.jsonl",
		 STR("\xEF\xBB\xBF{\"id\":\"a\",\"text\":\"một\\nhai\"}\r\n"
		     "{\"id\":\"b\",\"text\":\"cut off\n"
		     "\n"
		     "{\"id\":\"c\",\"text\":\"\xFF\"}\n"
		     "{\"id\":\"d\"}\n"
		     "{\"id\":\"e e\",\"text\":\"x\"}\n"
		     "{\"id\":\"f\",\"text\":\"last\"}"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(f->report.added, 2);
	assert_int_equal(f->report.rejected, 4);
	assert_rejected(f, "a.jsonl:2|invalid|broken JSON");
	assert_rejected(f, "a.jsonl:4|invalid|broken JSON");
	assert_rejected(f, "a.jsonl:5|invalid|neither text nor a file");
	assert_rejected(f, "a.jsonl:6|invalid|an id is 1 to 128");
	find_record(f, "a", &arena, &entry);
	assert_object(f, object_of(&entry, "text"), STR("một\nhai"));
	assert_str_equal(object_of(&entry, "text")->from, STR("given"));
	assert_int_equal(f->report.tree_size, 2);
	arena_done(&arena);
}

static void the_same_again_adds_nothing_and_other_content_is_a_version(void **state)
{
	Fixture *f = *state;
	put_file(f, "a.jsonl", STR("{\"id\":\"a\",\"text\":\"một\"}\n{\"text\":\"không có id\"}\n"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(f->report.added, 2);
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(f->report.duplicates, 2);
	assert_int_equal(f->report.tree_size, 2);
	put_file(f, "a.jsonl", STR("{\"id\":\"a\",\"text\":\"hai\"}\n"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(f->report.versions, 1);
}

static void files_of_a_record_are_read_beside_it_and_nowhere_else(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	char link[200];
	put_file(f, "in/scan/15.txt", STR("Quyết định"));
	put_file(f, "outside.txt", STR("not yours"));
	snprintf(link, sizeof link, "%s/in/link.txt", f->dir);
	assert_int_equal(symlink("../outside.txt", link), 0);
	put_file(f, "in/a.jsonl",
		 STR("{\"id\":\"a\",\"files\":[\"scan/15.txt\"]}\n"
		     "{\"id\":\"b\",\"files\":[\"../outside.txt\"]}\n"
		     "{\"id\":\"c\",\"files\":[\"/etc/passwd\"]}\n"
		     "{\"id\":\"d\",\"files\":[\"link.txt\"]}\n"
		     "{\"id\":\"e\",\"files\":[\"none.txt\"]}\n"
		     "{\"id\":\"f\",\"files\":[\"scan\"]}\n"
		     "{\"id\":\"g\",\"files\":[{\"name\":\"x/y.txt\",\"base64\":\"aGFp\"}]}\n"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 2); /* and 15.txt is not a record of its own */
	assert_rejected(f, "a.jsonl:2|invalid|a file name that climbs");
	assert_rejected(f, "a.jsonl:3|invalid|an absolute file name");
	assert_rejected(f, "a.jsonl:4|forbidden|a link that leads out");
	assert_rejected(f, "a.jsonl:5|not-found|");
	assert_rejected(f, "a.jsonl:6|unsupported|");
	find_record(f, "a", &arena, &entry);
	assert_object(f, object_of(&entry, "original"), STR("Quyết định"));
	assert_str_equal(object_of(&entry, "original")->name, STR("15.txt"));
	assert_str_equal(object_of(&entry, "original")->media, STR("text/plain"));
	find_record(f, "g", &arena, &entry);
	assert_object(f, object_of(&entry, "original"), STR("hai"));
	assert_str_equal(object_of(&entry, "original")->name, STR("y.txt"));
	arena_done(&arena);
}

static void absurd_metadata_is_kept_with_warnings_or_refused_by_size(void **state)
{
	Fixture *f = *state;
	Buf line = {0};
	Arena arena = {0};
	Entry entry;
	buf_printf(&line, "{\"id\":\"a\",\"number\":\"");
	for (int i = 0; i < 5000; i++)
		buf_add_str(&line, STR("số"));
	buf_printf(&line, "\",\"issued\":\"31/2/"
			  "20199\",\"pages\":-3,\"recipients\":{\"a\":1},\"text\":\"x\"}\n{\"id\":\"b\",\"text\":\"x\","
			  "\"big\":\"");
	memset(buf_extend(&line, 2 << 20), 'y', 2 << 20);
	buf_printf(&line, "\"}\n{\"id\":\"c\",\"text\":\"x\",\"deep\":%.40s%.40s}\n",
		   "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	put_file(f, "a.jsonl", buf_str(&line));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_rejected(f, "a.jsonl:2|limit|its metadata is larger");
	assert_rejected(f, "a.jsonl:3|limit|JSON nested deeper");
	assert_true(f->report.warnings >= 3);
	assert_true(mentions(&f->warnings, "a.jsonl:1|\"number\" has 10000 characters"));
	find_record(f, "a", &arena, &entry);
	assert_true(str_find(entry.metadata, STR("31/2/20199")) >= 0);
	buf_done(&line);
	arena_done(&arena);
}

static void case_files_have_metadata_of_their_own(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	uint64_t sequence;
	put_file(f, "a.jsonl",
		 STR("{\"case\":\"H40.15-210521-0012\",\"title\":\"Hồ sơ cấp phép\"}\n"
		     "{\"id\":\"a\",\"cases\":[\"H40.15-210521-0012\"],\"text\":\"x\"}\n"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(f->report.added, 2);
	assert_int_equal(store_find(f->store, ENTRY_CASE, STR("H40.15-210521-0012"), 0, &sequence, &f->err), ST_OK);
	assert_int_equal(store_entry(f->store, sequence, &arena, &entry, &f->err), ST_OK);
	assert_true(str_find(entry.metadata, STR("Hồ sơ cấp phép")) >= 0);
	arena_done(&arena);
}

static void a_record_that_is_posted_gets_a_receipt_and_again_the_same(void **state)
{
	Fixture *f = *state;
	Receipt first, again;
	Str json = STR("{\"id\":\"p1\",\"text\":\"gửi lên\",\"files\":[{\"name\":\"a.txt\",\"base64\":\"aGFp\"}]}");
	assert_int_equal(ingest_record(f->store, NULL, json, NULL, &first, &f->err), ST_OK);
	assert_int_equal(first.result, APPEND_ADDED);
	assert_int_equal(ingest_record(f->store, NULL, json, NULL, &again, &f->err), ST_OK);
	assert_int_equal(again.result, APPEND_DUPLICATE);
	assert_int_equal(again.sequence, first.sequence);
	assert_int_equal(ingest_record(f->store, NULL, STR("{\"text\":"), NULL, &again, &f->err), ST_INVALID);
	assert_int_equal(ingest_record(f->store, NULL, STR("{\"files\":[\"/etc/passwd\"]}"), NULL, &again, &f->err),
			 ST_UNSUPPORTED);
	assert_int_equal(
		ingest_record(f->store, NULL, STR("{\"secrecy\":\"mật\",\"text\":\"x\"}"), NULL, &again, &f->err),
		ST_FORBIDDEN);
	assert_int_equal(store_tree_size(f->store), 1);
}

static Status add_file(Fixture *f, const char *name, const char *bytes, Receipt *out)
{
	ContentInput input = {.id = STR("a"), .name = str_from(name), .bytes = str_from(bytes), .fd = -1};
	input.size_bytes = input.bytes.len;
	return ingest_content(f->store, NULL, &input, out, &f->err);
}

static void a_file_more_is_a_version_like_one_with_all_files(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Receipt r;
	assert_int_equal(add_file(f, "x.txt", "x", &r), ST_NOT_FOUND);
	put_file(f, "a.jsonl",
		 STR("{\"id\":\"a\",\"subject\":\"S\",\"files\":[{\"name\":\"1.html\",\"base64\":\"PHA+aGFpPC9wPg==\"}]"
		     "}\n"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(add_file(f, "2.html", "<p>ba</p>", &r), ST_OK);
	assert_int_equal(r.version, 2);
	assert_int_equal(add_file(f, "d/2.html", "<p>ba</p>", &r), ST_OK);
	assert_int_equal(r.result, APPEND_DUPLICATE);
	assert_int_equal(r.version, 2);
	assert_int_equal(add_file(f, "3.bin", "\1\2\3", &r), ST_OK);
	assert_int_equal(r.version, 3);
	find_record(f, "a", &arena, &entry);
	assert_int_equal(entry.object_count, 4);
	assert_object(f, object_of(&entry, "text"), STR("hai\nba\n"));
	assert_str_equal(entry.objects[2].name, STR("3.bin"));
	assert_true(str_find(entry.metadata, STR("\"text\":\"partial\"")) > 0);
	assert_true(str_find(entry.metadata, STR("\"reason\":\"3.bin: ")) > 0);
	assert_int_equal(add_file(f, "4.bin", "\4\5\6", &r), ST_OK);
	find_record(f, "a", &arena, &entry);
	assert_true(str_find(entry.metadata, STR("3.bin: ")) > 0 && str_find(entry.metadata, STR("; 4.bin: ")) > 0);
	/* all of them at once give the same version, so the same leaf but for its salt and time: a duplicate */
	put_file(f, "b.jsonl",
		 STR("{\"id\":\"a\",\"subject\":\"S\",\"files\":[{\"name\":\"1.html\",\"base64\":\"PHA+aGFpPC9wPg==\"},"
		     "{\"name\":\"2.html\",\"base64\":\"PHA+YmE8L3A+\"},{\"name\":\"3.bin\",\"base64\":\"AQID\"},"
		     "{\"name\":\"4.bin\",\"base64\":\"BAUG\"}]}\n"));
	assert_int_equal(take(f, "b.jsonl"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	arena_done(&arena);
}

static void a_given_text_stays_when_a_file_comes(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Receipt r;
	put_file(f, "a.jsonl", STR("{\"id\":\"a\",\"subject\":\"S\",\"text\":\"given\"}\n"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(add_file(f, "1.txt", "other", &r), ST_OK);
	assert_int_equal(add_file(f, "2.bin", "\1\2", &r), ST_OK);
	find_record(f, "a", &arena, &entry);
	assert_int_equal(entry.object_count, 3);
	assert_object(f, object_of(&entry, "text"), STR("given"));
	assert_int_equal(str_find(entry.metadata, STR("reason")), -1);
	ContentInput late = {
		.id = STR("a"), .name = STR("3.txt"), .bytes = STR("c"), .fd = -1, .size_bytes = 1, .version = 2};
	assert_int_equal(ingest_content(f->store, NULL, &late, &r, &f->err), ST_CONFLICT);
	late.version = 3;
	assert_int_equal(ingest_content(f->store, NULL, &late, &r, &f->err), ST_OK);
	arena_done(&arena);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(lines_are_taken_and_broken_ones_are_told),
		WITH_ARCHIVE(the_same_again_adds_nothing_and_other_content_is_a_version),
		WITH_ARCHIVE(files_of_a_record_are_read_beside_it_and_nowhere_else),
		WITH_ARCHIVE(absurd_metadata_is_kept_with_warnings_or_refused_by_size),
		WITH_ARCHIVE(case_files_have_metadata_of_their_own),
		WITH_ARCHIVE(a_record_that_is_posted_gets_a_receipt_and_again_the_same),
		WITH_ARCHIVE(a_file_more_is_a_version_like_one_with_all_files),
		WITH_ARCHIVE(a_given_text_stays_when_a_file_comes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
