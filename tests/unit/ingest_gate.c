/* tests/unit/ingest_gate.c - every spelling of every level through every way in: none of them gets past the gate, and
 * ordinary words that hold the same syllables do. A spelling is written once, in a table; so is a way. */
#include "ingest_fixture.h"

#include "indexer/source/mail.h"

/* ---- spellings ------------------------------------------------------------------------------------------------- */

/* As a stamp on paper. */
static const char *const stamps[] = {
	"MẬT",
	"TỐI MẬT",
	"TUYỆT MẬT",
	"TOI MAT",
	"Tối mật",
	"TUYET  MAT",
	"T Ố I  M Ậ T",
	"T Ố I   M Ậ T",
	"M Ậ T",
	"[TỐI MẬT]",
	"*** TUYỆT MẬT ***",
	"TỐI MẬT A2",
	"Tối mật A2",
	"TỐI MẬT - HỎA TỐC",
	"Độ mật: Mật",
	"ĐỘ MẬT: TỐI MẬT",
	"T\u00D4\u0301I M\u00C2\u0323T",   /* half decomposed */
	"TO\u0302\u0301I MA\u0323\u0302T", /* decomposed */
	"TUYỆT\u00A0MẬT",
	"TỐI\u200B MẬT",
	"UBND TỈNH      MẬT",
	"TUYỆT MẬT CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
	"Số: 15/BC-UBND  MẬT",
	"[MẬT] Báo cáo tình hình",
};

/* As the value of a field whose name says secrecy. */
static const char *const values[] = {
	"Mật",
	"mật",
	"MẬT",
	"mat",
	"Tối mật",
	"toi mat",
	"TỐI MẬT",
	"Tuyệt mật",
	"tuyet mat",
	"Tối  mật A2",
	"Mật (A)",
	"T Ố I  M Ậ T",
	"Độ Mật",
	"1 - Mật",
	"Khẩn, mật",
	"Tài liệu độ Tối mật",
	"Mật/Khẩn",
	"Top secret",
	"TO\u0302\u0301I MA\u0323\u0302T",
};

/* Names that say so: of columns, of members. */
static const char *const names[] = {
	"Độ mật",        "ĐỘ  MẬT",    "do mat",         "do_mat",
	"doMat",         "Mức độ mật", "Dấu chỉ độ mật", "Mức độ khẩn, độ mật",
	"SecurityLevel", "Cấp độ mật", "Mức độ bảo mật",
};

/* Of no secret paper. */
static const char *const ordinary[] = {
	"Luật Bảo vệ bí mật nhà nước",
	"BẢO MẬT",
	"BẢO MẬT THÔNG TIN",
	"Mật khẩu: 12345",
	"MẬT ĐỘ DÂN SỐ",
	"Về việc ban hành danh mục bí mật nhà nước độ Tối mật, độ Mật",
	"MẶT TRẬN TỔ QUỐC",
	"MẤT",
	"mật ong",
	"Độ mật:\tThường",
	"a) Tuyệt mật;",
	"tối mật",
	"Nguyễn Thị\tMật",
	"Số: 15/BC-UBND",
	"TỐI 12/3 HỌP MẶT",
};

static const char *const ordinary_values[] = {"Thường",      "Không", "không mật", "Không có độ mật",
					      "Đã giải mật", "0",     "-",         "bảo mật"};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* ---- ways in --------------------------------------------------------------------------------------------------- */

static void write_json_text(Buf *out, const char *text)
{
	JsonOut j;
	jout_begin(&j, out);
	jout_str(&j, str_from(text));
}

/* `head` with %s where the JSON string goes. */
static void take_json(Fixture *f, const char *before, const char *name, const char *between, const char *value,
		      const char *after)
{
	Buf line = {0};
	buf_printf(&line, "%s", before);
	if (name)
		write_json_text(&line, name);
	buf_printf(&line, "%s", between);
	write_json_text(&line, value);
	buf_printf(&line, "%s\n", after);
	put_file(f, "a.jsonl", buf_str(&line));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	buf_done(&line);
}

static void as_field(Fixture *f, const char *name, const char *value)
{
	(void)name;
	take_json(f, "{\"number\":\"1\",\"secrecy\":", NULL, "", value, "}");
}

static void as_list(Fixture *f, const char *name, const char *value)
{
	(void)name;
	take_json(f, "{\"number\":\"2\",\"secrecy\":[\"x\",", NULL, "", value, "]}");
}

static void as_member(Fixture *f, const char *name, const char *value)
{
	take_json(f, "{\"number\":\"3\",", name, ":", value, "}");
}

static void as_nested_member(Fixture *f, const char *name, const char *value)
{
	take_json(f, "{\"number\":\"4\",\"extra\":{\"a\":[1,{\"b\":true,", name, ":[{\"of\":", value, "}]}]}}");
}

static void as_pair(Fixture *f, const char *name, const char *value)
{
	if (str_find(str_from(value), STR("ecret")) >= 0 || str_find(str_from(name), STR("ecur")) >= 0)
		as_member(f, name, value); /* pairs are looked for in Vietnamese */
	else
		take_json(f, "{\"number\":\"5\",\"extra\":{\"f\":[{\"ten\":", name, ",\"giaTri\":", value, "}]}}");
}

static void as_case_file(Fixture *f, const char *name, const char *value)
{
	take_json(f, "{\"case\":\"H40.15\",\"title\":\"Hồ sơ\",", name, ":", value, "}");
}

static void as_column(Fixture *f, const char *name, const char *value)
{
	Buf list = {0};
	buf_printf(&list, "Số ký hiệu\tTrích yếu nội dung\tNgày tháng\t%s\n15/QĐ\tVề việc một\t12/03/2019\t%s\n", name,
		   value);
	put_file(f, "so.tsv", buf_str(&list));
	assert_int_equal(take(f, "so.tsv"), ST_OK);
	buf_done(&list);
}

/* A POST. The fixture's report says what would stand there. */
static void as_post(Fixture *f, const char *name, const char *value)
{
	Buf line = {0};
	Receipt receipt;
	buf_add_str(&line, STR("{\"number\":\"6\",\"extra\":{"));
	write_json_text(&line, name);
	buf_add_char(&line, ':');
	write_json_text(&line, value);
	buf_add_str(&line, STR("}}"));
	Status st = ingest_record(f->store, NULL, buf_str(&line), NULL, &receipt, &f->err);
	f->report = (IngestReport){.rejected = st == ST_FORBIDDEN, .added = st == ST_OK};
	buf_done(&line);
}

typedef void (*FieldWay)(Fixture *f, const char *name, const char *value);
static const FieldWay field_ways[] = {as_field, as_list,      as_member, as_nested_member,
				      as_pair,  as_case_file, as_column, as_post};

static void text_of_stamp(Buf *out, const char *stamp)
{
	buf_printf(out, "UBND TỈNH NAM ĐỊNH\n%s\nBáo cáo về việc một\n", stamp);
}

static void in_given_text(Fixture *f, const char *stamp)
{
	Buf text = {0};
	text_of_stamp(&text, stamp);
	buf_add_char(&text, 0);
	take_json(f, "{\"text\":", NULL, "", text.data, "}");
	buf_done(&text);
}

static void in_file(Fixture *f, const char *stamp)
{
	Buf text = {0};
	text_of_stamp(&text, stamp);
	put_file(f, "a.txt", buf_str(&text));
	assert_int_equal(take(f, "a.txt"), ST_OK);
	buf_done(&text);
}

static void on_a_later_page(Fixture *f, const char *stamp)
{
	Buf text = {0};
	for (int i = 0; i < 40; i++)
		buf_printf(&text, "Dòng %d\n", i);
	buf_printf(&text, "\f\n%s\nTrang 2\n", stamp);
	put_file(f, "p.txt", buf_str(&text));
	assert_int_equal(take(f, "p.txt"), ST_OK);
	buf_done(&text);
}

static void in_package(Fixture *f, const char *stamp)
{
	Buf text = {0};
	Zip zip = {0};
	text_of_stamp(&text, stamp);
	zip_file(&zip, "b.txt", buf_str(&text), ZIP_UTF8);
	put_file(f, "a.zip", zip_end(&zip));
	assert_int_equal(take(f, "a.zip"), ST_OK);
	zip_done(&zip);
	buf_done(&text);
}

#define W "xmlns:w='http://w' xmlns:wps='http://wps'"

static void take_docx(Fixture *f, const char *in_document, const char *in_header)
{
	Zip zip = {0};
	Buf document = {0}, header = {0};
	buf_printf(&document,
		   "<w:document " W "><w:body><w:p>%s<w:r><w:t>UBND TỈNH</w:t></w:r></w:p></w:body></w:document>",
		   in_document);
	buf_printf(&header, "<w:hdr " W "><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:hdr>", in_header);
	zip_file(&zip, "[Content_Types].xml", STR("<Types/>"), 0);
	zip_file(&zip, "_rels/.rels",
		 STR("<Relationships><Relationship Id='a' Type='t/officeDocument' Target='word/document.xml'/>"
		     "</Relationships>"),
		 0);
	zip_file(&zip, "word/document.xml", buf_str(&document), 0);
	zip_file(&zip, "word/_rels/document.xml.rels",
		 STR("<Relationships><Relationship Id='h' Type='t/header' Target='header1.xml'/></Relationships>"), 0);
	zip_file(&zip, "word/header1.xml", buf_str(&header), 0);
	put_file(f, "a.docx", zip_end(&zip));
	assert_int_equal(take(f, "a.docx"), ST_OK);
	zip_done(&zip);
	buf_done(&document);
	buf_done(&header);
}

static void in_text_box(Fixture *f, const char *stamp)
{
	Buf box = {0};
	buf_printf(&box,
		   "<w:r><wps:txbx><w:txbxContent><w:p><w:r><w:t xml:space='preserve'>%s</w:t></w:r></w:p>"
		   "</w:txbxContent></wps:txbx></w:r>",
		   stamp);
	buf_add_char(&box, 0);
	take_docx(f, box.data, "Đầu trang");
	buf_done(&box);
}

static void in_page_header(Fixture *f, const char *stamp)
{
	take_docx(f, "", stamp);
}

static void take_mail(Fixture *f, const char *subject, const char *body, const char *attached)
{
	Mail mail;
	Err ignored;
	Buf bytes = {0};
	if (mail_read(STR("Subject: a\n\nb\n"), &mail, &ignored) != ST_OK) { /* built without GMime */
		in_file(f, *attached ? attached : *body ? body : subject);
		return;
	}
	mail_done(&mail);
	buf_printf(&bytes, "From: a@nd.example\r\nMessage-Id: <1@nd.example>\r\nSubject: =?UTF-8?B?");
	buf_add_base64(&bytes, subject, strlen(subject));
	buf_printf(&bytes,
		   "?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
		   "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nKính gửi\r\n%s\r\n"
		   "--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; "
		   "filename=b.txt\r\n\r\n"
		   "UBND TỈNH\r\n%s\r\n--x--\r\n",
		   body, attached);
	put_file(f, "a.eml", buf_str(&bytes));
	assert_int_equal(take(f, "a.eml"), ST_OK);
	buf_done(&bytes);
}

static void in_mail_subject(Fixture *f, const char *stamp)
{
	take_mail(f, stamp, "", "");
}

static void in_mail_body(Fixture *f, const char *stamp)
{
	take_mail(f, "Gửi tài liệu", stamp, "");
}

static void in_mail_attachment(Fixture *f, const char *stamp)
{
	take_mail(f, "Gửi tài liệu", "", stamp);
}

static void in_message_attachment(Fixture *f, const char *stamp)
{
	Buf text = {0}, base64 = {0}, xml = {0};
	text_of_stamp(&text, stamp);
	buf_add_base64(&base64, text.data, text.len);
	buf_printf(
		&xml,
		"<?xml version=\"1.0\"?><edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXMLEnvelope>"
		"<edXMLHeader><MessageHeader><Subject>Một</Subject></MessageHeader></edXMLHeader></edXMLEnvelope>"
		"<AttachmentEncoded><Attachment><AttachmentName>cv.txt</AttachmentName><ContentType>text/plain"
		"</ContentType><ContentTransferEncoded>%.*s</ContentTransferEncoded></Attachment></AttachmentEncoded>"
		"</edXML>",
		STR_ARG(buf_str(&base64)));
	put_file(f, "a.edxml", buf_str(&xml));
	assert_int_equal(take(f, "a.edxml"), ST_OK);
	buf_done(&text);
	buf_done(&base64);
	buf_done(&xml);
}

/* A PUT to an entry of a register that came before its paper. */
static void in_content(Fixture *f, const char *stamp)
{
	static int count;
	Buf text = {0};
	Receipt receipt;
	char line[80], id[24];
	snprintf(id, sizeof id, "put-%d", ++count);
	snprintf(line, sizeof line, "{\"id\":\"%s\",\"number\":\"7\"}", id);
	assert_int_equal(ingest_record(f->store, NULL, str_from(line), NULL, &receipt, &f->err), ST_OK);
	text_of_stamp(&text, stamp);
	ContentInput input = {.id = str_from(id), .name = STR("a.txt"), .bytes = buf_str(&text), .fd = -1};
	Status st = ingest_content(f->store, NULL, &input, &receipt, &f->err);
	f->report = (IngestReport){.rejected = st == ST_FORBIDDEN, .added = st == ST_OK};
	buf_done(&text);
}

typedef void (*TextWay)(Fixture *f, const char *stamp);
static const TextWay text_ways[] = {
	in_given_text,  in_file,         on_a_later_page, in_package,         in_text_box,
	in_page_header, in_mail_subject, in_mail_body,    in_mail_attachment, in_message_attachment,
	in_content};

/* ---- none gets past -------------------------------------------------------------------------------------------- */

static void no_stamp_gets_in_by_any_way(void **state)
{
	Fixture *f = *state;
	for (size_t way = 0; way < COUNT(text_ways); way++)
		for (size_t i = 0; i < COUNT(stamps); i++) {
			text_ways[way](f, stamps[i]);
			if (f->report.added || !f->report.rejected)
				fail_msg("\"%s\" got in by way %zu", stamps[i], way);
			if (mentions(&f->rejects, stamps[i]))
				fail_msg("the reason repeats \"%s\" (way %zu)", stamps[i], way);
		}
}

static void no_level_gets_in_by_any_field(void **state)
{
	Fixture *f = *state;
	for (size_t way = 0; way < COUNT(field_ways); way++)
		for (size_t i = 0; i < COUNT(values); i++)
			for (size_t n = 0; n < (way < 2 ? 1 : COUNT(names)); n++) {
				field_ways[way](f, names[n], values[i]);
				if (f->report.added || !f->report.rejected)
					fail_msg("\"%s\": \"%s\" got in by way %zu", names[n], values[i], way);
			}
	as_column(f, "Tối mật", "x");
	assert_int_equal(f->report.added, 0);
	as_column(f, "Chế độ sử dụng", "03");
	assert_int_equal(f->report.added, 0);
	as_nested_member(f, "access", "Mật");
	assert_int_equal(f->report.added, 0);
	as_nested_member(f, "ghi chú", "TUYỆT MẬT");
	assert_int_equal(f->report.added, 0);
}

static void ordinary_words_pass(void **state)
{
	Fixture *f = *state;
	for (size_t i = 0; i < COUNT(ordinary); i++) {
		in_file(f, ordinary[i]);
		if (f->report.rejected)
			fail_msg("\"%s\" was refused: %.*s", ordinary[i], STR_ARG(buf_str(&f->rejects)));
		as_nested_member(f, "ghi chú", ordinary[i]);
		if (f->report.rejected)
			fail_msg("a note \"%s\" was refused: %.*s", ordinary[i], STR_ARG(buf_str(&f->rejects)));
	}
	for (size_t i = 0; i < COUNT(ordinary_values); i++)
		for (size_t way = 0; way < COUNT(field_ways); way++) {
			field_ways[way](f, "Độ mật", ordinary_values[i]);
			if (f->report.rejected)
				fail_msg("secrecy \"%s\" was refused by way %zu: %.*s", ordinary_values[i], way,
					 STR_ARG(buf_str(&f->rejects)));
		}
	static const char *const other_names[] = {"Mật độ", "Lý do mất", "Mật khẩu", "Secretary", "Mất", "Mặt hàng"};
	for (size_t i = 0; i < COUNT(other_names); i++) {
		as_nested_member(f, other_names[i], "Mật");
		if (f->report.rejected)
			fail_msg("\"%s\" was taken for a name of secrecy", other_names[i]);
	}
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(no_stamp_gets_in_by_any_way),
		WITH_ARCHIVE(no_level_gets_in_by_any_field),
		WITH_ARCHIVE(ordinary_words_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
