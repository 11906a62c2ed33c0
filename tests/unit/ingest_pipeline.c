/* tests/unit/ingest_pipeline.c - from files to the archive: what comes in, what is refused, and that nothing is lost.
 */
#include "ingest_fixture.h"

#include "indexer/extract/extract.h"

static void find(Fixture *f, const char *id, Arena *arena, Entry *out)
{
	uint64_t sequence;
	if (store_find(f->store, ENTRY_RECORD, str_from(id), 0, &sequence, &f->err) != ST_OK ||
	    store_entry(f->store, sequence, arena, out, &f->err) != ST_OK)
		fail_msg("%s", f->err.text);
}

static const ObjectRef *object_of(const Entry *entry, const char *role)
{
	for (size_t i = 0; i < entry->object_count; i++)
		if (strcmp(entry->objects[i].role, role) == 0)
			return &entry->objects[i];
	return NULL;
}

static void assert_object(Fixture *f, const ObjectRef *object, Str wanted)
{
	Buf bytes = {0};
	assert_non_null(object);
	assert_int_equal(store_object_load(f->store, &object->hash, 1 << 30, &bytes, &f->err), ST_OK);
	assert_str_equal(buf_str(&bytes), wanted);
	buf_done(&bytes);
}

/* The entry that was archived last. */
static void newest(Fixture *f, Arena *arena, Entry *out)
{
	assert_int_equal(store_entry(f->store, store_tree_size(f->store) - 1, arena, out, &f->err), ST_OK);
}

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
	find(f, "a", &arena, &entry);
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
	find(f, "a", &arena, &entry);
	assert_object(f, object_of(&entry, "original"), STR("Quyết định"));
	assert_str_equal(object_of(&entry, "original")->name, STR("15.txt"));
	assert_str_equal(object_of(&entry, "original")->media, STR("text/plain"));
	find(f, "g", &arena, &entry);
	assert_object(f, object_of(&entry, "original"), STR("hai"));
	assert_str_equal(object_of(&entry, "original")->name, STR("y.txt"));
	arena_done(&arena);
}

static void secret_records_are_refused_without_their_words(void **state)
{
	Fixture *f = *state;
	put_file(f, "a.jsonl",
		 STR("{\"id\":\"a\",\"secrecy\":\"Tối mật\",\"text\":\"hush\"}\n"
		     "{\"id\":\"b\",\"secrecy\":\"MẬT\",\"text\":\"hush\"}\n"
		     "{\"id\":\"c\",\"text\":\"UBND TỈNH\\tCỘNG HÒA\\n  [TUYỆT MẬT]\\nhush\"}\n"
		     "{\"id\":\"d\",\"text\":\"BỘ    M\u1EA0\u0302T\\nhush\"}\n"
		     "{\"id\":\"e\",\"text\":\"Độ mật: Mật\\nhush\"}\n"
		     "{\"id\":\"f\",\"access\":\"03\",\"text\":\"hush\"}\n"
		     "{\"id\":\"g\",\"secrecy\":\"thường\",\"text\":\"ỦY BAN\\nMẶT TRẬN\\nMẤT\\nMặt\\nmật ong\"}\n"
		     "{\"id\":\"h\",\"secrecy\":\"Không "
		     "mật\",\"text\":\"1\\n2\\n3\\n4\\n5\\n6\\n7\\n8\\n9\\n10\\n11\\n12\\n13\\n14\\n15\\nMẬT\"}\n"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(f->report.added, 2);
	assert_int_equal(f->report.rejected, 6);
	for (int line = 1; line <= 6; line++) {
		char words[64];
		snprintf(words, sizeof words, "a.jsonl:%d|forbidden|a secret record", line);
		assert_rejected(f, words);
	}
	assert_false(mentions(&f->rejects, "hush"));
}

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
	find(f, "qd15", &arena, &entry);
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
	find(f, "qd15", &arena, &entry);
	assert_true(str_find(entry.metadata, STR("\"extraction\":{\"reason\":\"an image")) >= 0);
	assert_null(object_of(&entry, "text"));
	arena_done(&arena);
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
	newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "original"), bytes);
	assert_object(f, object_of(&entry, "text"),
		      STR("Căn cứ quyết định của ủy ban nhân dân tỉnh về việc phê duyệt dự toán kinh phí sửa chữa trụ "
			  "sở làm việc"));
	assert_str_equal(object_of(&entry, "text")->from, STR("decoded tcvn3"));
	arena_done(&arena);
}

static void packages_give_their_entries_and_refuse_what_they_must(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Buf tar = {0}, inner = {0}, packed = {0};
	tar_file(&inner, "sâu.txt", STR("trong gói"));
	tar_end(&inner);
	tar_file(&tar, "a/15.json", STR("{\"id\":\"qd15\",\"type\":\"Quyết định\"}"));
	tar_file(&tar, "a/15.txt", STR("văn bản"));
	tar_file(&tar, "b.jsonl",
		 STR("{\"id\":\"l1\",\"text\":\"dòng\"}\nbroken\n{\"id\":\"l3\",\"files\":[\"a/15.txt\"]}\n"));
	tar_file(&tar, "../evil.txt", STR("x"));
	tar_entry(&tar, "link", '2', "/etc/passwd", 0);
	tar_file(&tar, "inner.tar", buf_str(&inner));
	tar_file(&tar, "empty.txt", (Str){NULL, 0});
	tar_end(&tar);
	zstd_of(&packed, buf_str(&tar), 0);
	put_file(f, "p.tar.zst", buf_str(&packed));
	assert_int_equal(take(f, "p.tar.zst"), ST_OK);
	assert_int_equal(f->report.added, 3);
	assert_rejected(f, "p.tar.zst!b.jsonl:2|invalid|broken JSON");
	assert_rejected(f, "p.tar.zst!b.jsonl:3|unsupported|its file");
	assert_rejected(f, "p.tar.zst!../evil.txt|invalid|a name that climbs with '..': not taken");
	assert_rejected(f, "p.tar.zst!link|unsupported|a link: not taken");
	assert_rejected(f, "p.tar.zst!empty.txt|invalid|an empty file");
	find(f, "qd15", &arena, &entry);
	assert_object(f, object_of(&entry, "original"), STR("văn bản"));
	newest(f, &arena, &entry);
	assert_str_equal(object_of(&entry, "original")->name, STR("sâu.txt"));
	buf_done(&tar);
	buf_done(&inner);
	buf_done(&packed);
	arena_done(&arena);
}

static void what_came_before_a_cut_in_a_package_is_kept(void **state)
{
	Fixture *f = *state;
	Buf tar = {0}, lines = {0}, packed = {0};
	tar_file(&tar, "a.txt", STR("nguyên vẹn"));
	tar_file(&tar, "b.txt", STR("bị cắt ngang"));
	put_file(f, "cut.tar", str_slice(buf_str(&tar), 0, 1024 + 515));
	assert_int_equal(take(f, "cut.tar"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_rejected(f, "cut.tar!b.txt|invalid|the package is broken or cut off");
	assert_rejected(f, "cut.tar|invalid|the package is broken or cut off");
	for (int i = 0; i < 1000; i++)
		buf_printf(&lines, "{\"id\":\"n%d\",\"text\":\"dòng\"}\n", i);
	zstd_of(&packed, buf_str(&lines), 3);
	put_file(f, "cut.jsonl.zst", str_slice(buf_str(&packed), 0, packed.len - 2));
	assert_int_equal(take(f, "cut.jsonl.zst"), ST_OK);
	assert_int_equal(f->report.added, 1000);
	assert_int_equal(f->report.rejected, 1);
	assert_rejected(f, "cut.jsonl.zst:1001|invalid|");
	put_file(f, "no.zip", STR("not a zip"));
	assert_int_equal(take(f, "no.zip"), ST_OK);
	assert_rejected(f, "no.zip|invalid|");
	buf_done(&tar);
	buf_done(&lines);
	buf_done(&packed);
}

static void a_bomb_is_refused_and_the_rest_goes_on(void **state)
{
	Fixture *f = *state;
	Buf head = {0}, bomb = {0};
	tar_entry(&head, "zeros.txt", '0', "", (uint64_t)1 << 30);
	zstd_of(&bomb, buf_str(&head), 8192);
	put_file(f, "in/bomb.tar.zst", buf_str(&bomb));
	put_file(f, "in/c.txt", STR("tiếp tục"));
	buf_clear(&bomb);
	zstd_of(&bomb, STR("{\"text\":\""), 8192); /* one line of 1 GiB */
	put_file(f, "in/line.jsonl.zst", buf_str(&bomb));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_rejected(f, "bomb.tar.zst!zeros.txt|limit|the package expands");
	assert_rejected(f, "line.jsonl.zst:1|limit|the package expands");
	buf_done(&head);
	buf_done(&bomb);
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
	newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "original"), buf_str(&pdf));
	assert_null(object_of(&entry, "text"));
	assert_true(str_find(entry.metadata, STR("{\"extraction\":{\"reason\":\"encrypted\",\"text\":\"none\"}}")) >=
		    0);
	buf_done(&pdf);
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
	find(f, "a", &arena, &entry);
	assert_true(str_find(entry.metadata, STR("31/2/20199")) >= 0);
	buf_done(&line);
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
	find(f, "given", &arena, &entry);
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
	newest(f, &arena, &entry);
	assert_false(str_starts(entry.metadata, STR("{\"agency\"")));
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

static void a_manifest_gives_a_record_a_row(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "in/manifest.csv",
		 STR("\xEF\xBB\xBFid;file;Số ký hiệu;ngay ban hanh;Ghi chú;keywords\r\n"
		     "m1;scan/1.txt;15/2019/QĐ-UBND;;\"có \"\"dấu\"\"; và\nxuống dòng\";a|b\r\n"
		     "m2;scan/none.txt;;;;\r\n"
		     ";;;;;\r\n"
		     "m3;scan/1.txt;;;;;too many\r\n"));
	put_file(f, "in/scan/1.txt", STR("một"));
	put_file(f, "in/scan/2.txt", STR("hai"));
	put_file(f, "in/data.csv", STR("tỉnh,dân số\nNam Định,1780000\n"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 3); /* m1, 2.txt, data.csv */
	assert_rejected(f, "manifest.csv:4|not-found|");
	assert_rejected(f, "manifest.csv:6|invalid|more cells");
	find(f, "m1", &arena, &entry);
	assert_true(str_find(entry.metadata, STR("\"number\":\"15/2019/QĐ-UBND\"")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"keywords\":[\"a\",\"b\"]")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"Ghi chú\":\"có \\\"dấu\\\"; và\\nxuống dòng\"")) >= 0);
	assert_object(f, object_of(&entry, "original"), STR("một"));
	arena_done(&arena);
}

static void a_csv_without_any_row_is_no_manifest(void **state)
{
	Fixture *f = *state;
	put_file(f, "in/empty.csv", STR(""));
	put_file(f, "in/mark.csv", STR("\xEF\xBB\xBF"));
	put_file(f, "in/blank.csv", STR("\r\n\n  \n"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_rejected(f, "in/empty.csv|invalid|an empty file");
	assert_int_equal(f->report.rejected, 1);
	assert_int_equal(f->report.added, 2); /* kept as they are */
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

static void a_large_original_comes_through_a_package_and_a_folder_whole(void **state)
{
	Fixture *f = *state;
	Buf big = {0}, tar = {0};
	Arena arena = {0};
	Entry entry;
	char *at = buf_extend(&big, SOURCE_IN_MEMORY_MAX + 12345);
	for (size_t i = 0; i < big.len; i++)
		at[i] = (char)(i * 2654435761u >> 13);
	tar_file(&tar, "big.bin", buf_str(&big));
	tar_end(&tar);
	put_file(f, "p.tar", buf_str(&tar));
	assert_int_equal(take(f, "p.tar"), ST_OK);
	newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "original"), buf_str(&big));
	put_file(f, "in/big.bin", buf_str(&big));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	buf_done(&big);
	buf_done(&tar);
	arena_done(&arena);
}

static void a_stream_is_read_by_its_name(void **state)
{
	Fixture *f = *state;
	IngestOptions options = {.ctx = f, .rejected = note_reject, .fonds = STR("UBND-ND"), .case_code = STR("H1")};
	Zip zip = {0};
	Arena arena = {0};
	Entry entry;
	int ends[2];
	zip_file(&zip, "a.txt", STR("qua đường ống"), 0);
	Str bytes = zip_end(&zip);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes.ptr, bytes.len), bytes.len);
	close(ends[1]);
	assert_int_equal(ingest_stream(f->store, NULL, ends[0], STR("body.zip"), &options, &f->report, &f->err), ST_OK);
	close(ends[0]);
	assert_int_equal(f->report.added, 1);
	newest(f, &arena, &entry);
	assert_true(str_find(entry.metadata, STR("\"fonds\":\"UBND-ND\",\"cases\":[\"H1\"]")) >= 0);
	zip_done(&zip);
	arena_done(&arena);
}

static void a_record_that_is_posted_gets_a_receipt_and_again_the_same(void **state)
{
	Fixture *f = *state;
	Receipt first, again;
	Str json = STR("{\"id\":\"p1\",\"text\":\"gửi lên\",\"files\":[{\"name\":\"a.txt\",\"base64\":\"aGFp\"}]}");
	assert_int_equal(ingest_record(f->store, NULL, json, &first, &f->err), ST_OK);
	assert_int_equal(first.result, APPEND_ADDED);
	assert_int_equal(ingest_record(f->store, NULL, json, &again, &f->err), ST_OK);
	assert_int_equal(again.result, APPEND_DUPLICATE);
	assert_int_equal(again.sequence, first.sequence);
	assert_int_equal(ingest_record(f->store, NULL, STR("{\"text\":"), &again, &f->err), ST_INVALID);
	assert_int_equal(ingest_record(f->store, NULL, STR("{\"files\":[\"/etc/passwd\"]}"), &again, &f->err),
			 ST_UNSUPPORTED);
	assert_int_equal(ingest_record(f->store, NULL, STR("{\"secrecy\":\"mật\",\"text\":\"x\"}"), &again, &f->err),
			 ST_FORBIDDEN);
	assert_int_equal(store_tree_size(f->store), 1);
}

static void paths_that_are_not_there_are_told_and_the_rest_is_taken(void **state)
{
	Fixture *f = *state;
	IngestOptions options = {.ctx = f, .rejected = note_reject};
	char none[200], some[200];
	snprintf(none, sizeof none, "%s/none", f->dir);
	snprintf(some, sizeof some, "%s/a.txt", f->dir);
	const char *paths[] = {none, some};
	put_file(f, "a.txt", STR("có"));
	assert_int_equal(ingest_paths(f->store, NULL, paths, 2, &options, &f->report, &f->err), ST_OK);
	assert_rejected(f, "none|not-found|");
	assert_int_equal(f->report.added, 1);
	assert_int_equal(f->report.bytes_read, f->report.bytes_expected);
}

static void stop_at_once(void *ctx, Str source, Status code, Str reason)
{
	(void)source, (void)code, (void)reason;
	stop_raise(ctx);
}

static void an_ingest_that_is_stopped_keeps_what_it_had(void **state)
{
	Fixture *f = *state;
	Stop stop = {0};
	IngestOptions options = {.ctx = &stop, .rejected = stop_at_once, .stop = &stop};
	char path[200];
	const char *paths[] = {path};
	snprintf(path, sizeof path, "%s/a.jsonl", f->dir);
	put_file(f, "a.jsonl", STR("{\"id\":\"a\",\"text\":\"1\"}\nbroken\n{\"id\":\"b\",\"text\":\"2\"}\n"));
	assert_int_equal(ingest_paths(f->store, NULL, paths, 1, &options, &f->report, &f->err), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_int_equal(store_tree_size(f->store), 1);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "extract") == 0)
		return extract_main(argc - 1, argv + 1);
#define WITH_ARCHIVE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(lines_are_taken_and_broken_ones_are_told),
		WITH_ARCHIVE(the_same_again_adds_nothing_and_other_content_is_a_version),
		WITH_ARCHIVE(files_of_a_record_are_read_beside_it_and_nowhere_else),
		WITH_ARCHIVE(secret_records_are_refused_without_their_words),
		WITH_ARCHIVE(a_folder_gives_one_record_a_file_with_its_sidecars),
		WITH_ARCHIVE(a_file_named_alone_brings_its_sidecars_too),
		WITH_ARCHIVE(a_text_in_an_old_encoding_is_kept_and_decoded),
		WITH_ARCHIVE(packages_give_their_entries_and_refuse_what_they_must),
		WITH_ARCHIVE(what_came_before_a_cut_in_a_package_is_kept),
		WITH_ARCHIVE(a_bomb_is_refused_and_the_rest_goes_on),
		WITH_ARCHIVE(an_encrypted_pdf_is_kept_with_the_reason_why_it_has_no_text),
		WITH_ARCHIVE(absurd_metadata_is_kept_with_warnings_or_refused_by_size),
		WITH_ARCHIVE(a_bare_document_gets_its_fields_from_its_letterhead),
		WITH_ARCHIVE(case_files_have_metadata_of_their_own),
		WITH_ARCHIVE(a_manifest_gives_a_record_a_row),
		WITH_ARCHIVE(a_csv_without_any_row_is_no_manifest),
		WITH_ARCHIVE(a_text_file_beside_a_document_that_is_empty_changes_nothing),
		WITH_ARCHIVE(a_large_original_comes_through_a_package_and_a_folder_whole),
		WITH_ARCHIVE(a_stream_is_read_by_its_name),
		WITH_ARCHIVE(a_record_that_is_posted_gets_a_receipt_and_again_the_same),
		WITH_ARCHIVE(paths_that_are_not_there_are_told_and_the_rest_is_taken),
		WITH_ARCHIVE(an_ingest_that_is_stopped_keeps_what_it_had),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
