/* tests/unit/ingest_mail.c - e-mail: what its header says, which part is its body, and what becomes of attachments. */
#include "ingest_fixture.h"

#include "indexer/source/mail.h"
#include "store/record/entry_json.h"

/* "Văn bản số 1", From "Trần Văn Ba"; an HTML beside the plain body, and a text attached under an RFC 2231 name. */
static const char mixed[] = "From: =?UTF-8?B?VHLhuqduIFbEg24gQmE=?= <ba@snv.example>\r\n"
			    "To: =?UTF-8?Q?UBND_huy=E1=BB=87n?= <yyen@nd.example>\r\n"
			    "Cc: x@nd.example\r\n"
			    "Subject: =?UTF-8?B?VsSDbiBi4bqjbiBz4buRIDE=?=\r\n"
			    "Date: Tue, 12 Mar 2019 23:30:00 +0700\r\n"
			    "Message-Id: <1@nd.example>\r\n"
			    "MIME-Version: 1.0\r\n"
			    "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
			    "--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n"
			    "--y\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nKính gửi Ủy ban\r\n"
			    "--y\r\nContent-Type: text/html\r\n\r\n<p>trang</p>\r\n--y--\r\n"
			    "--x\r\nContent-Type: text/plain; name*=UTF-8''b%E1%BA%A3n.txt\r\n"
			    "Content-Disposition: attachment; filename*=UTF-8''b%E1%BA%A3n.txt\r\n"
			    "Content-Transfer-Encoding: base64\r\n\r\nxJHDrW5oIGvDqG0=\r\n--x--\r\n";

static bool can_read(void)
{
	Mail mail;
	Err err;
	if (mail_read(STR("Subject: a\n\nb\n"), &mail, &err) != ST_OK)
		return false;
	mail_done(&mail);
	return true;
}

static void a_mail_becomes_a_record_with_body_attachments_and_itself(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Record record;
	if (!can_read()) {
		print_message("skipped: built without GMime\n");
		skip();
	}
	put_file(f, "a.eml", STR(mixed));
	assert_int_equal(take(f, "a.eml"), ST_OK);
	assert_int_equal(f->report.added, 1);
	find_newest(f, &arena, &entry);
	assert_int_equal(entry_read_record(&entry, &arena, &record, &f->err), ST_OK);
	assert_str_equal(record_text(&record, RF_SUBJECT), STR("Văn bản số 1"));
	assert_str_equal(record_text(&record, RF_ISSUED), STR("2019-03-12"));
	assert_int_equal(record.fields[RF_RECIPIENTS].count, 2);
	assert_str_equal(record.fields[RF_RECIPIENTS].items[0], STR("UBND huyện <yyen@nd.example>"));
	assert_true(str_find(record_text(&record, RF_EXTRA), STR("Trần Văn Ba <ba@snv.example>")) > 0);
	assert_object(f, object_of(&entry, "envelope"), STR(mixed));
	assert_object(f, object_of(&entry, "original"), STR("đính kèm"));
	assert_str_equal(object_of(&entry, "original")->name, STR("bản.txt"));
	assert_object(f, object_of(&entry, "text"), STR("Kính gửi Ủy ban\nđính kèm"));
	assert_int_equal(take(f, "a.eml"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	arena_done(&arena);
}

static void an_mbox_is_as_many_records_as_it_has_mails(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "a.mbox",
		 STR("From a@b Tue Mar 12 2019\nSubject: 1\n\nmot\n\nFrom c@d Tue Mar 12 2019\n"
		     "Subject: 2\n\nFrom here on it is the same line\n"));
	assert_int_equal(take(f, "a.mbox"), ST_OK);
	assert_int_equal(f->report.added, 2);
	find_newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "envelope"), STR("Subject: 2\n\nFrom here on it is the same line\n"));
	arena_done(&arena);
}

static void only_html_is_read_as_a_page_and_a_secret_subject_is_refused(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	if (!can_read())
		skip();
	put_file(f, "h.eml", STR("Subject: trang\nContent-Type: text/html; charset=utf-8\n\n<p>một</p><p>hai</p>\n"));
	assert_int_equal(take(f, "h.eml"), ST_OK);
	find_newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "text"), STR("một\nhai"));
	put_file(f, "s.eml", STR("Subject: TỐI MẬT\n\nnội dung\n"));
	put_file(f, "b.eml", STR("Subject: thường\n\nTUYỆT MẬT\n\nnội dung\n"));
	assert_int_equal(take(f, "s.eml"), ST_OK);
	assert_rejected(f, "s.eml|forbidden|a secret record");
	assert_int_equal(take(f, "b.eml"), ST_OK);
	assert_rejected(f, "b.eml|forbidden|a secret record");
	arena_done(&arena);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(a_mail_becomes_a_record_with_body_attachments_and_itself),
		WITH_ARCHIVE(an_mbox_is_as_many_records_as_it_has_mails),
		WITH_ARCHIVE(only_html_is_read_as_a_page_and_a_secret_subject_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
