/* tests/unit/ingest_recogniser.c - pages that were drawn here are recognised, whichever way up they lie. The test
 * program is its own extracting process. */
#include "ingest_fixture.h"
#include "scan_fixture.h"

#include "indexer/extract/recogniser.h"

static const char *const letter[] = {"ỦY BAN NHÂN DÂN TỈNH NAM ĐỊNH",
				     "Số: 15/2019/QĐ-UBND",
				     "QUYẾT ĐỊNH",
				     "Về việc thu hồi đất để xây dựng trường học",
				     "Căn cứ Luật Tổ chức chính quyền địa phương;",
				     "Căn cứ Luật Đất đai ngày 29 tháng 11 năm 2013;",
				     "Xét đề nghị của Giám đốc Sở Tài nguyên và Môi trường,",
				     "Điều 1. Thu hồi 5.219 mét vuông đất tại xã Hải Minh.",
				     "Điều 2. Quyết định này có hiệu lực từ ngày ký.",
				     NULL};

static Recogniser *open_or_skip(void)
{
	Recogniser *recogniser = NULL;
	Err err;
	Status st = recogniser_open(&recogniser, &err);
	if (st == ST_UNSUPPORTED) {
		print_message("skipped: %s\n", err.text);
		skip();
	}
	if (st != ST_OK)
		fail_msg("%s", err.text);
	return recogniser;
}

static PageText read_page(Recogniser *recogniser, const ScanPage *page)
{
	Buf pgm = {0};
	PageImage image;
	PageText text;
	Err err;
	scan_add_pgm(page, &pgm);
	assert_int_equal(page_image_parse(&pgm, &image, &err), ST_OK);
	if (recogniser_read(recogniser, &image, NULL, &text, &err) != ST_OK)
		fail_msg("%s", err.text);
	page_image_done(&image);
	return text;
}

static void assert_reads(const PageText *text, const char *phrase)
{
	Buf all = {0};
	page_words_add_text(&text->words, &all, NULL);
	if (str_find(buf_str(&all), str_from(phrase)) < 0)
		fail_msg("\"%s\" is not in: %.*s", phrase, STR_ARG(buf_str(&all)));
	buf_done(&all);
}

static const PageWord *find_word(const PageText *text, const char *word)
{
	for (size_t i = 0; i < text->words.count; i++)
		if (str_eq(text->words.words[i].text, str_from(word)))
			return &text->words.words[i];
	fail_msg("there is no word \"%s\"", word);
	return NULL;
}

static void a_page_gives_its_words_and_their_places(void **state)
{
	(void)state;
	Recogniser *recogniser = open_or_skip();
	assert_true(str_starts(str_from(recogniser_label(recogniser)), STR("tesseract 5")));
	PageText text = read_page(recogniser, &(ScanPage){letter, 300, 0, 0});
	assert_reads(&text, "Về việc thu hồi đất để xây dựng trường học");
	assert_reads(&text, "15/2019/QĐ-UBND");
	const PageWord *word = find_word(&text, "QUYẾT"); /* the third line begins at 60, 142 of 595 × 842 points */
	assert_in_range(word->x, 900, 1120);
	assert_in_range(word->y, 1480, 1690);
	assert_in_range(word->height, 80, 250);
	page_text_done(&text);
	recogniser_close(recogniser);
}

static void a_page_that_lies_on_its_side_or_upside_down_is_read(void **state)
{
	(void)state;
	Recogniser *recogniser = open_or_skip();
	for (unsigned quarters = 1; quarters < 4; quarters++) {
		PageText text = read_page(recogniser, &(ScanPage){letter, 300, 0, quarters});
		assert_reads(&text, "Về việc thu hồi đất để xây dựng trường học");
		if (quarters > 1) /* lines that run downwards are read as they are */
			assert_int_equal(text.words.quarters, 4 - quarters);
		const PageWord *word = find_word(&text, "QUYẾT"); /* near the upper left corner of the text */
		if (quarters == 2) {
			assert_in_range(word->x + word->width, 8880, 9100);
			assert_in_range(word->y + word->height, 8310, 8520);
		} else {
			assert_in_range(quarters == 1 ? word->x + word->width : word->x + 10000 - 2 * word->x, 8200,
					8620);
			assert_true(word->height > 2 * word->width);
		}
		page_text_done(&text);
	}
	recogniser_close(recogniser);
}

static void a_page_that_lies_aslant_is_read_and_its_words_stand_where_they_are(void **state)
{
	(void)state;
	Recogniser *recogniser = open_or_skip();
	const double tilts[] = {-5, 2.5, 4};
	for (size_t i = 0; i < 3; i++) {
		PageText text = read_page(recogniser, &(ScanPage){letter, 300, tilts[i], 0});
		assert_reads(&text, "Về việc thu hồi đất để xây dựng trường học");
		assert_in_range((int)(-tilts[i] * 100) - text.words.tilt + 1000, 1000 - 40, 1000 + 40);
		const PageWord *word = find_word(&text, "QUYẾT");
		double angle = tilts[i] * (M_PI / 180), dx = (60 - 297.5), dy = (142 - 421);
		double x = (297.5 + dx * cos(angle) - dy * sin(angle)) / 595 * 10000;
		double y = (421 + dx * sin(angle) + dy * cos(angle)) / 842 * 10000;
		assert_in_range(word->x, (unsigned)x - 200, (unsigned)x + 200);
		assert_in_range(word->y + word->height, (unsigned)y - 150, (unsigned)y + 250);
		page_text_done(&text);
	}
	recogniser_close(recogniser);
}

static void an_empty_page_has_no_words(void **state)
{
	(void)state;
	static const char *const nothing[] = {NULL};
	Recogniser *recogniser = open_or_skip();
	PageText text = read_page(recogniser, &(ScanPage){nothing, 300, 0, 0});
	assert_int_equal(text.words.count, 0);
	page_text_done(&text);
	recogniser_close(recogniser);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_gives_its_words_and_their_places),
		cmocka_unit_test(a_page_that_lies_on_its_side_or_upside_down_is_read),
		cmocka_unit_test(a_page_that_lies_aslant_is_read_and_its_words_stand_where_they_are),
		cmocka_unit_test(an_empty_page_has_no_words),
	};
	RUN_AS_EXTRACTOR(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
