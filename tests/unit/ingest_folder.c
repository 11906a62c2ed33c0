/* tests/unit/ingest_folder.c - folders and single files: what belongs together, and what a document brings itself (its
 * text, its letterhead). */
#include "ingest_fixture.h"

static void a_folder_gives_one_record_a_file_with_its_sidecars(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "in/b/15-qd.png", STR("\x89PNG\r\n scan"));
	put_file(f, "in/b/15-qd.json", STR("{\n \"id\":\"qd15\",\n \"number\":\"15/2019/QĐ-UBND\"\n}"));
	put_file(f, "in/b/15-qd.txt", STR("Toàn văn của bản quét"));
	put_file(f, "in/a.txt", STR("một văn bản"));
	put_file(f, "in/.hidden.txt", STR("no"));
	put_file(f, "in/empty.txt", STR(""));
	put_file(f, "in/one.json", STR("{\"id\":\"one\",\"text\":\"một mình\"}"));
	put_file(f, "in/c.txt", STR("hai"));
	put_file(f, "in/c.html", STR("<p>ba"));
	put_file(f, "in/c.xyz", STR("bốn"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 6);
	assert_int_equal(f->report.rejected, 1);
	assert_rejected(f, "in/empty.txt|invalid|an empty file");
	find_record(f, "qd15", &arena, &entry);
	assert_int_equal(entry.object_count, 2);
	assert_object(f, object_of(&entry, "original"), STR("\x89PNG\r\n scan"));
	assert_object(f, object_of(&entry, "text"), STR("Toàn văn của bản quét"));
	assert_true(str_find(entry.metadata, STR("\"number\":\"15/2019/QĐ-UBND\"")) >= 0);
	uint64_t before = f->report.tree_size;
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.duplicates, 6);
	assert_int_equal(f->report.tree_size, before);
	arena_done(&arena);
}

static void a_file_named_alone_brings_its_sidecars_too(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "15.png", STR("\x89PNG\r\n scan"));
	put_file(f, "15.json", STR("{\"id\":\"qd15\"}"));
	assert_int_equal(take(f, "15.png"), ST_OK);
	assert_int_equal(f->report.added, 1);
	find_record(f, "qd15", &arena, &entry);
	assert_true(str_find(entry.metadata, STR("\"extraction\":{\"reason\":\"an image")) >= 0);
	assert_null(object_of(&entry, "text"));
	arena_done(&arena);
}

static void a_text_file_beside_a_document_that_is_empty_changes_nothing(void **state)
{
	Fixture *f = *state;
	put_file(f, "in/15.html", STR("<p>một"));
	put_file(f, "in/15.txt", STR(""));
	put_file(f, "in/16.html", STR("<p>hai"));
	put_file(f, "in/16.txt", STR("\xEF\xBB\xBF"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 2);
	assert_int_equal(f->report.rejected, 0);
}

static void a_text_in_an_old_encoding_is_kept_and_decoded(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Str bytes = STR("C\xA8n c\xF8 quy\xD5t \xAE\xDEnh c\xF1"
			"a \xF1y ban nh\xA9n d\xA9n t\xD8nh v\xD2 vi\xD6"
			"c ph\xAA duy\xD6t d\xF9 to\xB8n kinh ph\xDD s\xF6"
			"a ch\xF7"
			"a tr\xF4 s\xEB l\xB5m vi\xD6"
			"c");
	put_file(f, "cu.txt", bytes);
	assert_int_equal(take(f, "cu.txt"), ST_OK);
	find_newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "original"), bytes);
	assert_object(f, object_of(&entry, "text"),
		      STR("Căn cứ quyết định của ủy ban nhân dân tỉnh về việc phê duyệt dự toán kinh phí sửa chữa trụ "
			  "sở làm việc"));
	assert_str_equal(object_of(&entry, "text")->from, STR("decoded tcvn3"));
	arena_done(&arena);
}

static void an_encrypted_pdf_is_kept_with_the_reason_why_it_has_no_text(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Buf pdf = {0};
	if (system("pdftotext -v >/dev/null 2>&1") != 0) {
		print_message("skipped: there is no pdftotext\n");
		skip();
	}
	pdf_of(&pdf, "hush", true);
	put_file(f, "a.pdf", buf_str(&pdf));
	assert_int_equal(take(f, "a.pdf"), ST_OK);
	assert_int_equal(f->report.added, 1);
	find_newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "original"), buf_str(&pdf));
	assert_null(object_of(&entry, "text"));
	assert_true(str_find(entry.metadata, STR("{\"extraction\":{\"reason\":\"encrypted\",\"text\":\"none\"}}")) >=
		    0);
	buf_done(&pdf);
	arena_done(&arena);
}

static void a_bare_document_gets_its_fields_from_its_letterhead(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Str letter = STR("ỦY BAN NHÂN DÂN\nTỈNH NAM ĐỊNH\t\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\t\tĐộc lập - Tự do - "
			 "Hạnh phúc\n"
			 "Số: 15/2019/QĐ-UBND\t\tNam Định, ngày 12 tháng 3 năm 2019\n\nQUYẾT ĐỊNH\n"
			 "Về việc ban hành quy chế\n\nCăn cứ Luật Tổ chức chính quyền địa phương;\n");
	put_file(f, "in/15.txt", letter);
	put_file(f, "in/16.txt", letter);
	put_file(f, "in/16.json", STR("{\"id\":\"given\",\"number\":\"16/2019/QĐ-UBND\"}"));
	assert_int_equal(take(f, "in"), ST_OK);
	find_record(f, "given", &arena, &entry);
	assert_true(str_find(entry.metadata, STR("{\"number\":\"16/2019/QĐ-UBND\"")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"issued\":\"2019-03-12\"")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"value\":\"15/2019/QĐ-UBND\"")) >= 0); /* both are kept */
	assert_int_equal(store_entry(f->store, 0, &arena, &entry, &f->err), ST_OK);
	assert_true(
		str_find(entry.metadata,
			 STR("{\"number\":\"15/2019/QĐ-UBND\",\"type\":\"Quyết định\",\"issued\":\"2019-03-12\"")) >=
		0);
	put_file(f, "notes.txt", STR("HỆ THỐNG QUẢN LÝ\nghi chú\n"));
	assert_int_equal(take(f, "notes.txt"), ST_OK);
	find_newest(f, &arena, &entry);
	assert_false(str_starts(entry.metadata, STR("{\"agency\"")));
	arena_done(&arena);
}

static void of_two_texts_of_one_stem_each_is_a_record(void **state)
{
	Fixture *f = *state;
	put_file(f, "in/bc.txt", STR("phiên bản cũ"));
	put_file(f, "in/bc.md", STR("phiên bản mới"));
	put_file(f, "in/thu.eml", STR("From: a@b.vn\r\nSubject: x\r\n\r\nthân thư\r\n"));
	put_file(f, "in/thu.txt", STR("ghi chú bên thư"));
	put_file(f, "in/qd.html", STR("<p>một"));
	put_file(f, "in/qd.log", STR("toàn văn"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 5);
}

static void a_name_that_is_no_utf8_gives_a_record_with_a_name_that_people_read(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "in/H\xF4\xCC s\xF5/B\xE1o c\xE1o.txt", STR("một"));
	assert_int_equal(take(f, "in"), ST_OK);
	find_newest(f, &arena, &entry);
	assert_str_equal(object_of(&entry, "original")->name, STR("Báo cáo.txt"));
	put_file(f, "nfd/Ho\xCC\x82 so\xCC\x9B.txt", STR("hai"));
	assert_int_equal(take(f, "nfd"), ST_OK);
	find_newest(f, &arena, &entry);
	assert_str_equal(object_of(&entry, "original")->name, STR("Hô sơ.txt"));
	put_file(f, "rong/\xFF\x80/a.txt", STR(""));
	assert_int_equal(take(f, "rong"), ST_OK);
	assert_int_equal(f->report.rejected, 1);
	assert_rejected(f, "a.txt|invalid|an empty file");
	arena_done(&arena);
}

static void what_is_no_document_is_passed_over_counted_and_named(void **state)
{
	Fixture *f = *state;
	Buf tar = {0};
	static const char *const names[] = {"Thumbs.db",      "~$15.docx", "desktop.ini",  "~WRL1.tmp",
					    "__MACOSX/a.pdf", ".DS_Store", "sub/.~lock.a#"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[64];
		snprintf(path, sizeof path, "in/%s", names[i]);
		put_file(f, path, STR("x"));
		tar_file(&tar, names[i], STR("x"));
	}
	put_file(f, "in/15.txt", STR("văn bản"));
	tar_file(&tar, "16.txt", STR("văn bản khác"));
	tar_end(&tar);
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_int_equal(f->report.passed_over, 7); /* __MACOSX as a whole */
	assert_int_equal(f->report.warnings, 0);
	assert_true(mentions(&f->warnings, "in/Thumbs.db|passed_over|bỏ qua: "));
	assert_true(mentions(&f->warnings, "in/sub/.~lock.a#|passed_over|"));
	put_file(f, "p.tar", buf_str(&tar));
	assert_int_equal(take(f, "p.tar"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_int_equal(f->report.passed_over, 7);
	assert_true(mentions(&f->warnings, "p.tar!__MACOSX/a.pdf|passed_over|"));
	assert_int_equal(take(f, "in/Thumbs.db"), ST_OK); /* as "in/\*" names it */
	assert_int_equal(f->report.seen, 0);
	assert_int_equal(f->report.passed_over, 1);
	buf_done(&tar);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(a_folder_gives_one_record_a_file_with_its_sidecars),
		WITH_ARCHIVE(a_file_named_alone_brings_its_sidecars_too),
		WITH_ARCHIVE(a_text_file_beside_a_document_that_is_empty_changes_nothing),
		WITH_ARCHIVE(a_text_in_an_old_encoding_is_kept_and_decoded),
		WITH_ARCHIVE(an_encrypted_pdf_is_kept_with_the_reason_why_it_has_no_text),
		WITH_ARCHIVE(a_bare_document_gets_its_fields_from_its_letterhead),
		WITH_ARCHIVE(of_two_texts_of_one_stem_each_is_a_record),
		WITH_ARCHIVE(a_name_that_is_no_utf8_gives_a_record_with_a_name_that_people_read),
		WITH_ARCHIVE(what_is_no_document_is_passed_over_counted_and_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
