/* tests/unit/ingest_recognise.c - scans that come in: archived at once, waiting, recognised later as the next
 * version. The test program is its own extracting process. */
#include "ingest_fixture.h"
#include "scan_fixture.h"

#include "indexer/extract/recogniser.h"
#include "indexer/recognise/layout.h"
#include "indexer/recognise/recognise.h"
#include "store/record/sealed.h"
#include "store/record/text_state.h"

static const char *const letter[] = {"ỦY BAN NHÂN DÂN TỈNH NAM ĐỊNH",
				     "Số: 15/2019/QĐ-UBND",
				     "Nam Định, ngày 12 tháng 3 năm 2019",
				     "QUYẾT ĐỊNH",
				     "Về việc thu hồi đất để xây dựng trường học",
				     "Căn cứ Luật Tổ chức chính quyền địa phương;",
				     "Điều 1. Thu hồi 5.219 mét vuông đất tại xã Hải Minh.",
				     "Điều 2. Quyết định này có hiệu lực từ ngày ký.",
				     NULL};
static const char *const annex[] = {"DANH SÁCH KÈM THEO", "Hộ ông Trần Văn Bình, thửa đất số 112, tờ bản đồ số 7",
				    "Hộ bà Nguyễn Thị Lan, thửa đất số 113, tờ bản đồ số 7", NULL};
static const char *const secret[] = {"ỦY BAN NHÂN DÂN TỈNH NAM ĐỊNH",
				     "Số: 16/BC-UBND",
				     "TỐI MẬT",
				     "BÁO CÁO",
				     "Về tình hình bố trí lực lượng trên địa bàn tỉnh",
				     "Căn cứ chỉ đạo của cấp trên, địa phương báo cáo như sau:",
				     NULL};
static const char *const stamp[] = {"Người ký: Ủy ban nhân dân tỉnh Nam Định", "Email: ubnd@namdinh.example",
				    "Cơ quan: Tỉnh Nam Định", "Thời gian ký: 12.03.2019 14:37:17 +07:00", NULL};
static const char *const poor[] = {"uY BAN NHAN DAN TiNH NAM D!NH", "s6: 15t2019tQD-UBND ceNG HoA xA Hgr cHU NGHin",
				   "QUYET E!NH vC viQc thu h6i d6t dC xdy dpng tructng hqc",
				   "Cdn ctt Lu6t T6 chric chinh quydn dia phucrng qrjry;", NULL};
static const char *const nothing[] = {NULL};

static void skip_without_recogniser(void)
{
	Recogniser *recogniser = NULL;
	Err err;
	if (recogniser_open(&recogniser, &err) == ST_UNSUPPORTED) {
		print_message("skipped: %s\n", err.text);
		skip();
	}
	recogniser_close(recogniser);
}

static void put_pdf(Fixture *f, const char *name, const char *const *const *pages, size_t count,
		    const char *const *layer)
{
	ScanPage scans[4] = {{0}};
	Buf pdf = {0};
	for (size_t i = 0; i < count; i++)
		scans[i] = (ScanPage){pages[i], 200, 0, 0};
	scan_add_pdf(scans, count, layer, &pdf);
	put_file(f, name, buf_str(&pdf));
	buf_done(&pdf);
}

static RecogniseReport recognise_all(Fixture *f)
{
	RecogniseReport report = {0};
	RecogniseOptions how = {.workers = 1};
	if (recognise_waiting(f->store, NULL, &how, &report, &f->err) != ST_OK)
		fail_msg("%s", f->err.text);
	return report;
}

static TextState state_of_newest(Fixture *f, Arena *arena, Entry *entry, Record *record)
{
	find_newest(f, arena, entry);
	assert_int_equal(entry_read_record(entry, arena, record, &f->err), ST_OK);
	return text_state_of(record, entry_text_object(entry) >= 0);
}

static void assert_text_has(Fixture *f, const Entry *entry, const char *phrase)
{
	Buf text = {0};
	const ObjectRef *object = object_of(entry, "text");
	assert_non_null(object);
	assert_int_equal(store_object_load(f->store, &object->hash, 1 << 24, &text, &f->err), ST_OK);
	if (str_find(buf_str(&text), str_from(phrase)) < 0)
		fail_msg("\"%s\" is not in: %.*s", phrase, STR_ARG(buf_str(&text)));
	buf_done(&text);
}

static void a_scan_is_archived_at_once_and_recognised_later_as_its_next_version(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry first, entry;
	Record record;
	const char *const *const pages[] = {letter, annex};
	put_pdf(f, "qd.pdf", pages, 2, stamp);
	assert_int_equal(take(f, "qd.pdf"), ST_OK);
	assert_int_equal(f->report.waiting, 1);
	assert_int_equal(f->report.waiting_pages, 2);
	assert_int_equal(state_of_newest(f, &arena, &first, &record), TEXT_STAMP_ONLY);
	assert_int_equal(record_text(&record, RF_NUMBER).len, 0);
	assert_true(str_find(first.metadata, STR("\"waiting_pages\":2")) > 0);
	skip_without_recogniser();
	RecogniseReport report = recognise_all(f);
	assert_int_equal(report.records, 1);
	assert_int_equal(report.pages, 2);
	assert_int_equal(state_of_newest(f, &arena, &entry, &record), TEXT_COMPLETE);
	assert_str_equal(entry.key, first.key);
	assert_int_equal(entry.version, 2);
	assert_str_equal(record_text(&record, RF_REASON), STR("recognised"));
	assert_str_equal(record_text(&record, RF_NUMBER), STR("15/2019/QĐ-UBND"));
	assert_true(hash_eq(&object_of(&entry, "original")->hash, &object_of(&first, "original")->hash));
	assert_true(hash_eq(&object_of(&entry, "layer")->hash, &object_of(&first, "text")->hash));
	assert_true(str_starts(object_of(&entry, "text")->from, STR("tesseract 5")));
	assert_text_has(f, &entry, "thu hồi đất để xây dựng trường học");
	assert_text_has(f, &entry, "Trần Văn Bình");
	assert_true(str_find(entry.metadata, STR("waiting_pages")) < 0);
	assert_int_equal(recognise_all(f).records, 0);
	assert_int_equal(store_tree_size(f->store), 2);
	arena_done(&arena);
}

static void a_scan_that_comes_again_after_its_recognition_adds_nothing(void **state)
{
	Fixture *f = *state;
	skip_without_recogniser();
	const char *const *const pages[] = {letter};
	put_pdf(f, "qd.pdf", pages, 1, NULL);
	assert_int_equal(take(f, "qd.pdf"), ST_OK);
	assert_int_equal(recognise_all(f).records, 1);
	assert_int_equal(take(f, "qd.pdf"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	assert_int_equal(store_tree_size(f->store), 2);
	assert_int_equal(recognise_all(f).records, 0);
}

static void words_of_the_layout_are_those_of_the_text(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Buf lines = {0}, text = {0};
	LayoutPage page = {0};
	LayoutWord word;
	LayoutReader reader = {0};
	Step step;
	bool is_page;
	unsigned pages = 0, words = 0, found = 0;
	skip_without_recogniser();
	const char *const *const scans[] = {letter, annex};
	put_pdf(f, "qd.pdf", scans, 2, NULL);
	assert_int_equal(take(f, "qd.pdf"), ST_OK);
	recognise_all(f);
	find_newest(f, &arena, &entry);
	assert_int_equal(store_object_load(f->store, &object_of(&entry, LAYOUT_ROLE)->hash, 1 << 24, &lines, &f->err),
			 ST_OK);
	assert_int_equal(store_object_load(f->store, &object_of(&entry, "text")->hash, 1 << 24, &text, &f->err), ST_OK);
	reader.rest = buf_str(&lines);
	while ((step = layout_next(&reader, &is_page, &page, &word, &f->err)) == STEP_ITEM) {
		pages += is_page;
		words += !is_page;
		if (is_page)
			continue;
		Str spelled = str_slice(buf_str(&text), word.start, word.end);
		assert_true(spelled.len == word.end - word.start && str_find_char(spelled, ' ') < 0);
		if (!str_eq(spelled, STR("Bình,")))
			continue;
		found++;
		assert_int_equal(page.page, 2);
		assert_in_range(word.y, 1100, 1500); /* 116 of 842 points */
	}
	assert_int_equal(step, STEP_END);
	assert_int_equal(pages, 2);
	assert_int_equal(found, 1);
	assert_true(words > 50);
	buf_done(&lines);
	buf_done(&text);
	arena_done(&arena);
}

static void a_poor_text_layer_is_replaced_and_kept(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Record record;
	const char *const *const pages[] = {letter};
	put_pdf(f, "qd.pdf", pages, 1, poor);
	assert_int_equal(take(f, "qd.pdf"), ST_OK);
	assert_int_equal(state_of_newest(f, &arena, &entry, &record), TEXT_WAITING);
	assert_non_null(object_of(&entry, "text")); /* better than nothing until then */
	skip_without_recogniser();
	recognise_all(f);
	assert_int_equal(state_of_newest(f, &arena, &entry, &record), TEXT_COMPLETE);
	assert_text_has(f, &entry, "thu hồi đất để xây dựng trường học");
	assert_non_null(object_of(&entry, "layer"));
	arena_done(&arena);
}

static void count_sealed(void *ctx, const SealedRecord *record)
{
	unsigned *count = ctx;
	*count += record->reason.len > 0;
}

static void a_secret_that_recognition_shows_leaves_no_word_of_it(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	skip_without_recogniser();
	const char *const *const pages[] = {secret};
	put_pdf(f, "bc.pdf", pages, 1, NULL);
	assert_int_equal(take(f, "bc.pdf"), ST_OK);
	RecogniseReport report = recognise_all(f);
	assert_int_equal(report.sealed_off, 1);
	find_newest(f, &arena, &entry);
	assert_int_equal(entry.version, 2);
	assert_null(object_of(&entry, "text"));
	assert_null(object_of(&entry, LAYOUT_ROLE));
	assert_true(str_find(entry.metadata, STR("16/BC-UBND")) < 0);
	assert_int_equal(recognise_all(f).records, 0);
	uint64_t sequence;
	unsigned listed = 0;
	for (uint32_t version = 0; version < 3; version++) /* no version of it can be read */
		assert_int_equal(record_find(f->store, entry.key, version, &sequence, &f->err), ST_NOT_FOUND);
	assert_int_equal(sealed_list(f->store, count_sealed, &listed, &f->err), ST_OK);
	assert_int_equal(listed, 1);
	char line[300];
	snprintf(line, sizeof line, "{\"id\":\"%.*s\",\"text\":\"một văn bản khác\"}\n", STR_ARG(entry.key));
	put_file(f, "again.jsonl", str_from(line)); /* a new version would take the seal off */
	assert_int_equal(take(f, "again.jsonl"), ST_OK);
	assert_int_equal(f->report.rejected, 1);
	assert_int_equal(record_find(f->store, entry.key, 0, &sequence, &f->err), ST_NOT_FOUND);
	arena_done(&arena);
}

static void an_image_and_a_page_without_a_word_are_told_apart(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Record record;
	Buf png = {0};
	skip_without_recogniser();
	scan_add_png(&(ScanPage){letter, 200, 0, 0}, &png);
	put_file(f, "qd.png", buf_str(&png));
	assert_int_equal(take(f, "qd.png"), ST_OK);
	assert_int_equal(state_of_newest(f, &arena, &entry, &record), TEXT_WAITING);
	recognise_all(f);
	assert_int_equal(state_of_newest(f, &arena, &entry, &record), TEXT_COMPLETE);
	assert_text_has(f, &entry, "thu hồi đất để xây dựng trường học");
	buf_clear(&png);
	scan_add_png(&(ScanPage){nothing, 200, 0, 0}, &png);
	put_file(f, "trang.png", buf_str(&png));
	assert_int_equal(take(f, "trang.png"), ST_OK);
	recognise_all(f);
	assert_int_equal(state_of_newest(f, &arena, &entry, &record), TEXT_UNREADABLE);
	assert_true(str_find(entry.metadata, STR("no word was recognised")) > 0);
	buf_done(&png);
	arena_done(&arena);
}

static void a_broken_image_says_why_and_waits_no_more(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Record record;
	skip_without_recogniser();
	put_file(f, "hong.png", STR("\x89PNG\r\n\x1A\n and then nothing of its kind"));
	assert_int_equal(take(f, "hong.png"), ST_OK);
	RecogniseReport report = recognise_all(f);
	assert_int_equal(report.failed_pages, 1);
	assert_int_equal(state_of_newest(f, &arena, &entry, &record), TEXT_UNREADABLE);
	assert_true(str_find(entry.metadata, STR("hong.png")) > 0);
	assert_int_equal(recognise_all(f).records, 0);
	arena_done(&arena);
}

static void a_state_that_a_sender_gives_is_not_believed(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Record record;
	put_file(f, "a.jsonl",
		 STR("{\"id\":\"a\",\"text\":\"toàn văn\",\"text_state\":\"waiting\",\"reason\":\"thử\","
		     "\"extra\":{\"extraction\":{\"waiting_pages\":3}}}\n"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(state_of_newest(f, &arena, &entry, &record), TEXT_COMPLETE);
	assert_int_equal(record_text(&record, RF_REASON).len, 0);
	assert_true(str_find(record_text(&record, RF_EXTRA), STR("\"text_state\":\"waiting\"")) >= 0);
	uint64_t records, pages;
	assert_int_equal(recognise_count(f->store, NULL, &records, &pages, &f->err), ST_OK);
	assert_int_equal(records, 0);
	arena_done(&arena);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(a_scan_is_archived_at_once_and_recognised_later_as_its_next_version),
		WITH_ARCHIVE(a_scan_that_comes_again_after_its_recognition_adds_nothing),
		WITH_ARCHIVE(words_of_the_layout_are_those_of_the_text),
		WITH_ARCHIVE(a_poor_text_layer_is_replaced_and_kept),
		WITH_ARCHIVE(a_secret_that_recognition_shows_leaves_no_word_of_it),
		WITH_ARCHIVE(an_image_and_a_page_without_a_word_are_told_apart),
		WITH_ARCHIVE(a_broken_image_says_why_and_waits_no_more),
		WITH_ARCHIVE(a_state_that_a_sender_gives_is_not_believed),
	};
	RUN_AS_EXTRACTOR(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
