/* tests/unit/ingest_register_shapes.c - one register in the shapes in which it may come: encodings, line ends and
 * separators, names of files in other writings, and places in the delivery. */
#include "ingest_fixture.h"

#include <errno.h>
#include <iconv.h>

static const char list[] = "Số ký hiệu;Ngày ban hành;Cơ quan ban hành;Trích yếu nội dung;Người ký\r\n"
			   "15/QĐ-X;12/03/2019;Văn phòng tỉnh;Về việc phê duyệt kế hoạch sử dụng đất năm hai "
			   "nghìn mười chín;Nguyễn Văn Trường\r\n"
			   "16/QĐ-X;13/03/2019;Văn phòng tỉnh;Về việc thành lập tổ công tác kiểm tra đê điều trước "
			   "mùa mưa lũ;Trần Thị Hưởng\r\n";

static void put_encoded(Fixture *f, const char *name, const char *encoding, const char *mark, size_t mark_len)
{
	Buf bytes = {0};
	char *in = (char *)(uintptr_t)list;
	size_t left = strlen(list);
	iconv_t how = iconv_open(encoding, "UTF-8");
	assert_true(how != (iconv_t)-1);
	buf_add(&bytes, mark, mark_len);
	while (left) {
		char block[256], *out = block;
		size_t room = sizeof block;
		size_t code = iconv(how, &in, &left, &out, &room);
		buf_add(&bytes, block, sizeof block - room);
		if (code == (size_t)-1 && errno != E2BIG)
			fail_msg("%s can't say it: %.20s", encoding, in);
	}
	char end[16], *out = end;
	size_t room = sizeof end;
	iconv(how, NULL, NULL, &out, &room);
	buf_add(&bytes, end, sizeof end - room);
	iconv_close(how);
	put_file(f, name, buf_str(&bytes));
	buf_done(&bytes);
}

static void assert_first_row(Fixture *f, uint64_t sequence)
{
	Arena arena = {0};
	Entry entry;
	assert_int_equal(store_entry(f->store, sequence, &arena, &entry, &f->err), ST_OK);
	const char *const words[] = {"\"number\":\"15/QĐ-X\"", "\"issued\":\"2019-03-12\"",
				     "\"agency\":\"Văn phòng tỉnh\"",
				     "\"subject\":\"Về việc phê duyệt kế hoạch sử dụng đất", "Nguyễn Văn Trường"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_find(entry.metadata, str_from(words[i])) < 0)
			fail_msg("%s is not in %.*s", words[i], STR_ARG(entry.metadata));
	arena_done(&arena);
}

static void one_register_in_many_encodings_is_one(void **state)
{
	static const struct {
		const char *encoding, *mark;
		size_t mark_len;
	} rows[] = {{"UTF-8", "", 0},
		    {"UTF-8", "\xEF\xBB\xBF", 3},
		    {"UTF-16LE", "\xFF\xFE", 2},
		    {"UTF-16BE", "\xFE\xFF", 2},
		    {"UTF-16LE", "", 0},
		    {"CP1258", "", 0}};
	Fixture *f = *state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char name[64];
		snprintf(name, sizeof name, "in/%zu.csv", i);
		put_encoded(f, name, rows[i].encoding, rows[i].mark, rows[i].mark_len);
		assert_int_equal(take(f, name), ST_OK);
		if (f->report.rejected || f->report.added != (i == 0 ? 2 : 0))
			fail_msg("%s: %d added, %.*s", rows[i].encoding, (int)f->report.added,
				 STR_ARG(buf_str(&f->rejects)));
	}
	assert_first_row(f, 0);
}

/* The same list as fonts of before Unicode have it; in them the capital letters of the alphabet are those of ASCII. */
static void a_register_in_tcvn3_is_read(void **state)
{
	Fixture *f = *state;
	put_file(f, "in/a.csv",
		 STR("S\xE8 k\xFD hi\xD6u;Ng\xB5y ban h\xB5nh;C\xAC quan ban h\xB5nh;Tr\xDD\x63h y\xD5u n\xE9i dung;"
		     "Ng\xAD\xEAi k\xFD\r\n"
		     "15/Q\xA7-X;12/03/2019;V\xA8n ph\xDFng t\xD8nh;V\xD2 vi\xD6\x63 ph\xAA duy\xD6t k\xD5 "
		     "ho\xB9\x63h s\xF6 d\xF4ng \xAE\xCAt;Nguy\xD4n V\xA8n Tr\xAD\xEAng\r\n"));
	assert_int_equal(take(f, "in/a.csv"), ST_OK);
	assert_int_equal(f->report.rejected, 0);
	assert_int_equal(f->report.added, 1);
	assert_first_row(f, 0);
}

static void the_separator_may_be_named_and_cells_may_break(void **state)
{
	Fixture *f = *state;
	put_file(f, "in/a.csv", STR("sep=|\r\nSố ký hiệu|Trích yếu\r\n1/QĐ-A|\"một; hai,\r\nba\"\r\n"));
	put_file(f, "in/b.csv", STR("\xEF\xBB\xBFsep=,\nSố ký hiệu,Trích yếu\n2/QĐ-A,Về hai\n"));
	put_file(f, "in/c.tsv", STR("Số ký hiệu\tTrích yếu\n3/QĐ-A\tVề; ba, bốn\n"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.rejected, 0);
	assert_int_equal(f->report.added, 3);
}

/* On disk the names are decomposed, in small letters; the register has them composed, in capitals, with backslashes,
 * a drive, and folders more or fewer in front. */
static void a_file_is_found_however_its_name_is_written(void **state)
{
	Fixture *f = *state;
	put_file(f, "in/chi cu\xCC\xA3\x63/hopso01/quye\xCC\x82\xCC\x81t \xC4\x91i\xCC\xA3nh.txt", STR("một"));
	put_file(f, "in/chi cu\xCC\xA3\x63/hopso01/b.txt", STR("hai"));
	put_file(f, "in/chi cu\xCC\xA3\x63/hopso02/b.txt", STR("ba"));
	put_file(f, "in/chi cu\xCC\xA3\x63/hopso02/d.txt", STR("bốn"));
	put_file(f, "in/chi cu\xCC\xA3\x63/so.csv",
		 STR("Số ký hiệu;Trích yếu;Đường dẫn file\n"
		     "1/QĐ-A;Về một;\\CHI CỤC\\HOPSO01\\QUYẾT ĐỊNH.TXT\n"
		     "2/QĐ-A;Về hai;D:\\giao\\Chi cục\\hopso01\\B.txt\n"
		     "3/QĐ-A;Về ba;hopso02/b.txt\n"
		     "4/QĐ-A;Về bốn;./hopso02\\d\n"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.rejected, 0);
	assert_int_equal(f->report.findings[FINDING_MISSING], 0);
	assert_int_equal(f->report.findings[FINDING_UNLISTED], 0);
	static const char *const contents[] = {"một", "hai", "ba", "bốn"};
	for (uint64_t i = 0; i < 4; i++) {
		Arena arena = {0};
		Entry entry;
		assert_int_equal(store_entry(f->store, i, &arena, &entry, &f->err), ST_OK);
		assert_object(f, object_of(&entry, "original"), str_from(contents[i]));
		arena_done(&arena);
	}
}

/* Above, beside and below what it lists: each time the scan is the row's, once. */
static void a_register_is_read_before_its_scans_wherever_it_stands(void **state)
{
	static const char *const places[] = {"so.csv", "a scans/so.csv", "z/danh muc/so.csv"};
	for (size_t i = 0; i < 3; i++) {
		Fixture *f = *state;
		char name[64], scan[64];
		snprintf(name, sizeof name, "in%zu/%s", i, places[i]);
		snprintf(scan, sizeof scan, "in%zu/a scans/s.txt", i);
		char row[160];
		snprintf(row, sizeof row, "Số ký hiệu;Trích yếu;Tệp\n%zu/QĐ-A;Về một;s.txt\n", i);
		put_file(f, name, str_from(row));
		put_file(f, scan, str_from(places[i]));
		snprintf(name, sizeof name, "in%zu", i);
		assert_int_equal(take(f, name), ST_OK);
		assert_int_equal(f->report.added, 1);
		assert_int_equal(f->report.rejected, 0);
		Arena arena = {0};
		Entry entry;
		find_newest(f, &arena, &entry);
		assert_object(f, object_of(&entry, "original"), str_from(places[i]));
		assert_true(str_find(entry.metadata, STR("/QĐ-A")) >= 0);
		arena_done(&arena);
	}
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(one_register_in_many_encodings_is_one),
		WITH_ARCHIVE(a_register_in_tcvn3_is_read),
		WITH_ARCHIVE(the_separator_may_be_named_and_cells_may_break),
		WITH_ARCHIVE(a_file_is_found_however_its_name_is_written),
		WITH_ARCHIVE(a_register_is_read_before_its_scans_wherever_it_stands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
