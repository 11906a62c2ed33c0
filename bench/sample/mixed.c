/* bench/sample/mixed.c - each file holds a paper of the desk.
 *
 * Source   QCVN 102:2016/BTTTT (edXML), RFC 5322 and 2045 (e-mail)
 */
#include "bench/sample/mixed.h"

#include "base/file.h"
#include "bench/sample/calendar.h"
#include "bench/sample/office_files.h"

#include <stdio.h>

static void add_base64(Buf *out, Str bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		uint32_t three = (uint32_t)(uint8_t)bytes.ptr[i] << 16;
		three |= left > 1 ? (uint32_t)(uint8_t)bytes.ptr[i + 1] << 8 : 0;
		three |= left > 2 ? (uint8_t)bytes.ptr[i + 2] : 0;
		buf_add_char(out, letters[three >> 18]);
		buf_add_char(out, letters[three >> 12 & 63]);
		buf_add_char(out, left > 1 ? letters[three >> 6 & 63] : '=');
		buf_add_char(out, left > 2 ? letters[three & 63] : '=');
		if (i % 57 == 54)
			buf_add_str(out, STR("\r\n"));
	}
}

/* The next paper of the desk that an office has issued under a number. */
static Status next_paper(Desk *desk, Paper *p, Err *err)
{
	Buf cases = {0};
	Status st = ST_OK;
	do {
		paper_clear(p);
		buf_clear(&cases);
		st = desk_next(desk, p, &cases, err);
	} while (st == ST_OK && !(p->office && strchr(p->number, '/')));
	buf_done(&cases);
	return st;
}

static void add_field(Buf *out, const char *name, Str value)
{
	buf_printf(out, "<edXML:%s>", name);
	office_add_text(out, value);
	buf_printf(out, "</edXML:%s>", name);
}

static void write_message(const Paper *p, Buf *out)
{
	CivilDate date = calendar_civil(p->day);
	const char *slash = strchr(p->number, '/');
	char issued[32];
	snprintf(issued, sizeof issued, "%04d/%02d/%02d", date.year, date.month, date.day);
	buf_add_zero_terminated(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				     "<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXML:edXMLEnvelope "
				     "xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXML:edXMLHeader>"
				     "<edXML:MessageHeader><edXML:From><edXML:OrganId>000.00.01.H99</edXML:OrganId>");
	add_field(out, "OrganName", str_from(p->office->name));
	buf_add_zero_terminated(out, "</edXML:From><edXML:To><edXML:OrganId>000.00.02.H99</edXML:OrganId></edXML:To>"
				     "<edXML:DocumentId>000.00.01.H99,");
	buf_printf(out, "%s,", issued);
	office_add_text(out, str_from(p->number));
	buf_add_zero_terminated(out, "</edXML:DocumentId><edXML:Code>");
	add_field(out, "CodeNumber", (Str){p->number, (size_t)(slash - p->number)});
	add_field(out, "CodeNotation", str_from(slash + 1));
	buf_printf(out,
		   "</edXML:Code><edXML:PromulgationInfo><edXML:PromulgationDate>%s</edXML:PromulgationDate>"
		   "</edXML:PromulgationInfo>",
		   issued);
	add_field(out, "Subject", buf_str(&p->subject));
	buf_add_zero_terminated(out,
				"</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope><AttachmentEncoded>"
				"<Attachment><ContentId>cid:1</ContentId><AttachmentName>van-ban.txt</AttachmentName>"
				"<ContentTransferEncoded>");
	add_base64(out, buf_str(&p->text));
	buf_add_zero_terminated(out, "</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>\n");
}

static void write_mail(const Paper *p, Buf *out)
{
	buf_add_zero_terminated(out, "From: Van thu <vanthu@example.vn>\r\nTo: Luu tru <luutru@example.vn>\r\n"
				     "Date: Mon, 02 Mar 2020 08:30:00 +0700\r\nMessage-ID: <giao-nop-1@example.vn>\r\n"
				     "Subject: =?UTF-8?B?");
	add_base64(out, STR("Gửi văn bản kèm theo hồ sơ"));
	buf_add_zero_terminated(out,
				"?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"phan\"\r\n\r\n"
				"--phan\r\nContent-Type: text/plain; charset=UTF-8\r\n"
				"Content-Transfer-Encoding: base64\r\n\r\n");
	add_base64(out, STR("Kính gửi phòng lưu trữ,\nXin gửi kèm văn bản còn thiếu của đợt giao nộp.\n"));
	buf_add_zero_terminated(out, "\r\n--phan\r\nContent-Type: text/plain; charset=UTF-8; name=\"van-ban.txt\"\r\n"
				     "Content-Disposition: attachment; filename=\"van-ban.txt\"\r\n"
				     "Content-Transfer-Encoding: base64\r\n\r\n");
	add_base64(out, buf_str(&p->text));
	buf_add_zero_terminated(out, "\r\n--phan--\r\n");
}

static Status write_one(const FilePath *dir, int which, const Paper *p, Err *err)
{
	static const char *const names[] = {"van-ban-word97-01.doc", "van-ban-word97-02.doc", "van-ban.edxml",
					    "thu-van-thu.eml"};
	FilePath path;
	Buf bytes = {0};
	Status st = file_path(&path, dir->text, names[which], err);
	if (st != ST_OK)
		return st;
	if (which < 2)
		return word97_write(buf_str(&p->text), path.text, err);
	if (which == 2)
		write_message(p, &bytes);
	else
		write_mail(p, &bytes);
	st = buf_ok(&bytes) ? file_replace(path.text, buf_str(&bytes), err) : err_no_memory(err);
	buf_done(&bytes);
	return st;
}

Status mixed_write(const char *dir, Desk *desk, Err *err)
{
	FilePath folder;
	Paper paper;
	paper_init(&paper);
	Status st = file_path(&folder, dir, "kem-theo", err);
	if (st == ST_OK)
		st = file_make_dirs(folder.text, err);
	for (int which = 0; which < 4 && st == ST_OK; which++) {
		st = next_paper(desk, &paper, err);
		if (st == ST_OK)
			st = write_one(&folder, which, &paper, err);
	}
	paper_done(&paper);
	return st;
}
