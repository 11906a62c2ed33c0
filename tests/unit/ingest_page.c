/* tests/unit/ingest_page.c - pages of images, words and layouts as lines, pixels turned, text layers judged. */
#include "ingest_fixture.h"

#include "indexer/extract/grey.h"
#include "indexer/extract/layer.h"
#include "indexer/extract/leptonica.h"
#include "indexer/extract/page_image.h"
#include "indexer/extract/page_view.h"
#include "indexer/extract/page_words.h"
#include "indexer/recognise/layout.h"
#include "store/record/text_state.h"

static LayerKind kind_of(const char *page)
{
	Layer layer;
	Err err;
	assert_int_equal(layer_judge(str_from(page), &layer, &err), ST_OK);
	return layer.kind;
}

static void a_signature_stamp_is_told_from_a_short_page(void **state)
{
	(void)state;
	assert_int_equal(kind_of("Người ký: CỔNG THÔNG TIN\nEmail: a@b.example\nCơ quan: VĂN PHÒNG\n"
				 "Thời gian ký: 12.04.2024 14:37:17 +07:00\n"),
			 LAYER_STAMP);
	assert_int_equal(kind_of("Ký bởi: Trần Văn Ba\nThời gian ký: 19.07.2017\n"), LAYER_STAMP);
	assert_int_equal(kind_of("Digitally signed by NGUYEN VAN A\nDate: 2021.02.03 09:57:52 +07:00\n"), LAYER_STAMP);
	assert_int_equal(kind_of(" \n\t\n"), LAYER_EMPTY);
	assert_int_equal(kind_of("Nơi nhận:\n- Như trên;\n- Lưu: VT.\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nNguyễn Văn A\n"),
			 LAYER_GOOD);
	assert_int_equal(kind_of("Điều 5. Quyết định này có hiệu lực kể từ ngày ký ban hành.\n"), LAYER_GOOD);
}

static void a_layer_recognised_in_the_wrong_language_is_poor_and_others_are_not(void **state)
{
	(void)state;
	assert_int_equal(kind_of("BO TAI CHINH ceNG HoA xA Hgr cHU NGHin vrpr NAM DQc l$p - Tg do - H4nh phric "
				 "s6: 1234 tTCT-CS Hd NQi, ngdy thdng ndm V/v: chinh srich thu€ Kfnh gui: Cuc thu6"),
			 LAYER_POOR);
	assert_int_equal(kind_of("Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; Xét đề nghị của "
				 "Giám đốc Sở Tài nguyên và Môi trường tại Tờ trình số 12/TTr-STNMT"),
			 LAYER_GOOD);
	assert_int_equal(
		kind_of("The provisions of this agreement shall apply to the parties and to all of the persons "
			"that act for them by virtue of the law of the country"),
		LAYER_GOOD);
	assert_int_equal(
		kind_of("Can cu Luat To chuc chinh quyen dia phuong ngay 19 thang 6 nam 2015 va de nghi cua giam "
			"doc so tai nguyen va moi truong tinh nam dinh"),
		LAYER_GOOD);
}

static void words_of_a_page_go_through_lines_and_back(void **state)
{
	(void)state;
	PageWords words;
	Buf text = {0};
	Err err;
	uint32_t starts[3];
	assert_int_equal(
		page_words_parse(STR("page 1 -250\n0 0 10 10 96 2 Quyết\n20 0 10 10 91 0 định\n0 20 10 10 8 1 số\n"),
				 &words, &err),
		ST_OK);
	assert_int_equal(words.quarters, 1);
	assert_int_equal(words.tilt, -250);
	page_words_add_text(&words, &text, starts);
	assert_str_equal(buf_str(&text), STR("Quyết định\nsố"));
	assert_int_equal(starts[1], 8);
	page_words_done(&words);
	buf_done(&text);
	static const char *const broken[] = {"",
					     "page 4 0\n",
					     "page 0 0\n9999 0 2 1 1 1 a\n",
					     "page 0 0\n0 0 1 1 1 1 \n",
					     "page 0 0\n0 0 1 1 1 1 a b\n",
					     "page 0 0\n0 0 1 1 101 1 a\n",
					     "page 0 0\n0 0 1 1 1 1 \xFF\n"};
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
		assert_int_equal(page_words_parse(str_from(broken[i]), &words, &err), ST_INVALID);
}

static void a_layout_is_read_as_it_was_written(void **state)
{
	(void)state;
	LayoutWriter writer = {0};
	LayoutPage page = {2, 3, 2480, 3508, 300, 1, -35}, got_page;
	LayoutWord first = {0, 5, 1, 2, 3, 4, 96}, second = {9, 12, 5000, 9990, 5000, 10, 0}, got;
	bool is_page;
	Err err;
	layout_add_page(&writer, &page);
	layout_add_word(&writer, &first);
	layout_add_word(&writer, &second);
	assert_str_equal(buf_str(&writer.lines),
			 STR("hoso-layout 1\npage 2 3 2480 3508 300 1 -35\n0 5 1 2 3 4 96\n4 3 5000 9990 5000 10 0\n"));
	LayoutReader reader = {.rest = buf_str(&writer.lines)};
	assert_int_equal(layout_next(&reader, &is_page, &got_page, &got, &err), STEP_ITEM);
	assert_true(is_page);
	assert_memory_equal(&got_page, &page, sizeof page);
	assert_int_equal(layout_next(&reader, &is_page, &got_page, &got, &err), STEP_ITEM);
	assert_int_equal(layout_next(&reader, &is_page, &got_page, &got, &err), STEP_ITEM);
	assert_true(got.start == 9 && got.end == 12 && got.x == 5000 && got.width == 5000 && got.certainty == 0);
	assert_int_equal(layout_next(&reader, &is_page, &got_page, &got, &err), STEP_END);
	reader = (LayoutReader){.rest = STR("hoso-layout 2\n")};
	assert_int_equal(layout_next(&reader, &is_page, &got_page, &got, &err), STEP_ERROR);
	buf_done(&writer.lines);
}

static void pixels_turn_and_points_turn_back(void **state)
{
	(void)state;
	uint8_t pixels[] = {1, 2, 3, 4, 5, 6}, turned[6], small[1];
	Grey page = {3, 2, pixels}, out = {.pixels = turned};
	grey_turn(&page, 1, &out);
	assert_int_equal(out.width, 2);
	assert_memory_equal(turned, ((uint8_t[]){4, 1, 5, 2, 6, 3}), 6);
	grey_turn(&page, 2, &out);
	assert_memory_equal(turned, ((uint8_t[]){6, 5, 4, 3, 2, 1}), 6);
	grey_turn(&page, 3, &out);
	assert_memory_equal(turned, ((uint8_t[]){3, 6, 2, 5, 1, 4}), 6);
	GreyPoint p = grey_point_before_turn((GreyPoint){1, 0}, 1); /* its upper right corner was the upper left one */
	assert_true(p.x == 0 && p.y == 0);
	out.pixels = small;
	grey_halve(&page, &out);
	assert_int_equal(small[0], 3);
}

static void words_of_a_pdf_are_read_from_what_pdftotext_writes(void **state)
{
	(void)state;
	Arena arena = {0};
	PageBox *boxes;
	size_t count;
	Err err;
	assert_int_equal(
		page_boxes_parse(
			STR("<html>\n<body>\n<doc>\n  <page width=\"200.000000\" height=\"100.000000\">\n"
			    "    <word xMin=\"20.0\" yMin=\"10.0\" xMax=\"60.0\" yMax=\"20.0\">A&amp;B</word>\n"
			    "    <word xMin=\"-5\" yMin=\"10\" xMax=\"900\" yMax=\"20\">Quyết</word>\n"
			    "    <word xMin=\"x\" yMin=\"10\" xMax=\"60\" yMax=\"20\">no</word>\n"
			    "    <word xMin=\"60\" yMin=\"10\" xMax=\"20\" yMax=\"20\">back</word>\n  </page>\n"),
			&arena, &boxes, &count, &err),
		ST_OK);
	assert_int_equal(count, 2);
	assert_str_equal(boxes[0].text, STR("A&B"));
	assert_true(boxes[0].x == 0.1 && boxes[0].y == 0.1 && boxes[0].height > 0.0999);
	assert_true(boxes[1].x == 0 && boxes[1].width == 1);
	arena_done(&arena);
}

static void put16(Buf *b, unsigned tag, unsigned type, uint32_t value)
{
	uint8_t entry[12] = {0};
	put_le16(entry, (uint16_t)tag);
	put_le16(entry + 2, (uint16_t)type);
	put_le32(entry + 4, 1);
	put_le32(entry + 8, value);
	buf_add(b, entry, sizeof entry);
}

/* Pages of 64 × 40 pixels, all of one grey each: 10, 20, … */
static void tiff_of(Buf *out, unsigned pages)
{
	enum { WIDTH = 64, HEIGHT = 40 };
	size_t link = 4;
	buf_add(out, "II*\0\0\0\0\0", 8);
	for (unsigned page = 1; page <= pages; page++) {
		uint32_t start = (uint32_t)out->len;
		char *pixels = buf_extend(out, WIDTH * HEIGHT);
		assert_non_null(pixels);
		memset(pixels, (int)(page * 10), WIDTH * HEIGHT);
		put_le32(out->data + link, (uint32_t)out->len);
		buf_add(out, "\x09\0", 2);
		put16(out, 256, 4, WIDTH), put16(out, 257, 4, HEIGHT), put16(out, 258, 3, 8), put16(out, 259, 3, 1);
		put16(out, 262, 3, 1), put16(out, 273, 4, start), put16(out, 277, 3, 1), put16(out, 278, 4, HEIGHT);
		put16(out, 279, 4, WIDTH * HEIGHT);
		link = out->len;
		buf_add(out, "\0\0\0\0", 4);
	}
}

static void each_page_of_a_tiff_is_drawn(void **state)
{
	(void)state;
	Buf tiff = {0};
	PageImage image;
	Err err;
	tiff_of(&tiff, 3);
	SourceFile file = source_file_of(STR("a.tif"), buf_str(&tiff));
	Status st = page_image_draw(READER_IMAGE, &file, 3, NULL, &image, &err);
	if (st != ST_OK && strstr(err.text, "install")) {
		buf_done(&tiff);
		skip();
	}
	assert_int_equal(st, ST_OK);
	assert_int_equal(image.pages, 3);
	assert_int_equal((uint8_t)image.pixels.ptr[image.pixels.len / 2], 30);
	page_image_done(&image);
	assert_int_equal(page_image_draw(READER_IMAGE, &file, 4, NULL, &image, &err), ST_NOT_FOUND);
	buf_done(&tiff);
}

static void an_image_that_claims_a_million_pixels_a_side_is_refused_by_its_head(void **state)
{
	(void)state;
	Buf tiff = {0};
	PageImage image;
	Err err;
	tiff_of(&tiff, 1);
	char *at = memmem(tiff.data, tiff.len, "\0\1\4\0\1\0\0\0", 8);
	assert_non_null(at);
	put_le32(at + 8, 1000000);
	put_le32(at + 20, 1000000);
	SourceFile file = source_file_of(STR("a.tif"), buf_str(&tiff));
	assert_int_equal(page_image_draw(READER_IMAGE, &file, 1, NULL, &image, &err), ST_INVALID);
	if (!strstr(err.text, "install"))
		assert_non_null(strstr(err.text, "too many"));
	buf_done(&tiff);
}

static void states_are_told_where_objects_do_not_tell_them(void **state)
{
	(void)state;
	Record record = {0};
	assert_int_equal(text_state_of(&record, true), TEXT_COMPLETE);
	assert_int_equal(text_state_of(&record, false), TEXT_NONE);
	assert_int_equal(text_state_to_store(TEXT_COMPLETE, true).len, 0);
	assert_str_equal(text_state_to_store(TEXT_COMPLETE, false), STR("complete"));
	record.fields[RF_TEXT_STATE].text = text_state_to_store(TEXT_STAMP_ONLY, true);
	assert_int_equal(text_state_of(&record, true), TEXT_STAMP_ONLY);
	for (int i = 0; i < TEXT_STATE_COUNT; i++)
		assert_int_equal(text_state_by_name(str_from(text_states[i].name)), i);
	assert_int_equal(text_state_by_name(STR("ready")), TEXT_STATE_COUNT);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_stamp_is_told_from_a_short_page),
		cmocka_unit_test(a_layer_recognised_in_the_wrong_language_is_poor_and_others_are_not),
		cmocka_unit_test(words_of_a_page_go_through_lines_and_back),
		cmocka_unit_test(words_of_a_pdf_are_read_from_what_pdftotext_writes),
		cmocka_unit_test(a_layout_is_read_as_it_was_written),
		cmocka_unit_test(pixels_turn_and_points_turn_back),
		cmocka_unit_test(each_page_of_a_tiff_is_drawn),
		cmocka_unit_test(an_image_that_claims_a_million_pixels_a_side_is_refused_by_its_head),
		cmocka_unit_test(states_are_told_where_objects_do_not_tell_them),
	};
	RUN_AS_EXTRACTOR(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
