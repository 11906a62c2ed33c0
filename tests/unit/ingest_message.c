/* tests/unit/ingest_message.c - messages of the document exchange: a new one, what changes it, what tells of it, and
 * what is wrong with one. */
#include "ingest_fixture.h"

#include "store/record/entry_json.h"

#define NAMESPACE "http://www.mic.gov.vn/TBT/QCVN_102_2016"

typedef struct {
	const char *id, *number, *date, *subject, *business; /* NULL: none */
	const char *attachment;                              /* its base64; NULL: none */
	const char *before;                                  /* stands before the XML */
} Sent;

static Str message_of(Buf *out, const Sent *sent)
{
	buf_clear(out);
	buf_printf(out,
		   "%s<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<edXML xmlns=\"" NAMESPACE "\">"
		   "<edXML:edXMLEnvelope xmlns:edXML=\"" NAMESPACE "\"><edXML:edXMLHeader><edXML:MessageHeader>"
		   "<edXML:From><edXML:OrganId>000.00.12.H40</edXML:OrganId>"
		   "<edXML:OrganName>Sở Nội vụ Nam Định</edXML:OrganName></edXML:From>"
		   "<edXML:To><edXML:OrganId>000.00.15.H40</edXML:OrganId>"
		   "<edXML:OrganName>UBND huyện Ý Yên</edXML:OrganName></edXML:To>",
		   sent->before ? sent->before : "");
	if (sent->id)
		buf_printf(out, "<edXML:DocumentId>%s</edXML:DocumentId>", sent->id);
	buf_printf(out,
		   "<edXML:Code><edXML:CodeNumber>%s</edXML:CodeNumber><edXML:CodeNotation>SNV-VP</edXML:CodeNotation>"
		   "</edXML:Code><edXML:PromulgationInfo><edXML:PromulgationDate>%s</edXML:PromulgationDate>"
		   "</edXML:PromulgationInfo><edXML:DocumentType><edXML:Type>1</edXML:Type>"
		   "<edXML:TypeName>Công văn</edXML:TypeName></edXML:DocumentType><edXML:Subject>%s</edXML:Subject>"
		   "<edXML:SignerInfo><edXML:Position>Giám đốc</edXML:Position>"
		   "<edXML:FullName>Trần Văn Ba</edXML:FullName></edXML:SignerInfo>"
		   "<edXML:OtherInfo><edXML:Priority>1</edXML:Priority><edXML:PageAmount>2</edXML:PageAmount>"
		   "</edXML:OtherInfo></edXML:MessageHeader>%s</edXML:edXMLHeader></edXML:edXMLEnvelope>",
		   sent->number, sent->date, sent->subject, sent->business ? sent->business : "");
	if (sent->attachment)
		buf_printf(out,
			   "<AttachmentEncoded><Attachment><ContentId>cid:1</ContentId>"
			   "<AttachmentName>cv.txt</AttachmentName><ContentType>text/plain</ContentType>"
			   "<ContentTransferEncoded>%s</ContentTransferEncoded></Attachment></AttachmentEncoded>",
			   sent->attachment);
	buf_printf(out, "</edXML>");
	return buf_str(out);
}

static void read_record(Fixture *f, const char *id, Arena *arena, Entry *entry, Record *record)
{
	find_record(f, id, arena, entry);
	assert_int_equal(entry_read_record(entry, arena, record, &f->err), ST_OK);
}

static void base64_of(Buf *out, Str bytes)
{
	buf_clear(out);
	buf_add_base64(out, bytes.ptr, bytes.len);
	buf_add_char(out, 0);
}

static void a_new_message_becomes_one_record_with_its_attachments(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Record record;
	Buf base64 = {0}, xml = {0};
	base64_of(&base64, STR("Kính gửi Ủy ban nhân dân huyện"));
	Sent sent = {"a1b2", "15", "2019/03/12", "V/v kiểm tra kho", NULL, base64.data, NULL};
	Str message = message_of(&xml, &sent);
	put_file(f, "2019/3/a1b2.edxml", message);
	assert_int_equal(take(f, "2019"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_int_equal(f->report.warnings, 0);
	read_record(f, "a1b2", &arena, &entry, &record);
	assert_str_equal(record_text(&record, RF_NUMBER), STR("15/SNV-VP"));
	assert_str_equal(record_text(&record, RF_ISSUED), STR("2019-03-12"));
	assert_str_equal(record_text(&record, RF_TYPE), STR("Công văn"));
	assert_str_equal(record_text(&record, RF_AGENCY), STR("Sở Nội vụ Nam Định"));
	assert_str_equal(record_text(&record, RF_SUBJECT), STR("V/v kiểm tra kho"));
	assert_str_equal(record_text(&record, RF_SIGNER), STR("Trần Văn Ba"));
	assert_str_equal(record.fields[RF_SIGNER].items[0], STR("Giám đốc"));
	assert_str_equal(record.fields[RF_RECIPIENTS].items[0], STR("UBND huyện Ý Yên"));
	assert_str_equal(record_text(&record, RF_URGENCY), STR("khẩn"));
	assert_str_equal(record_text(&record, RF_PAGES), STR("2"));
	assert_object(f, object_of(&entry, "original"), STR("Kính gửi Ủy ban nhân dân huyện"));
	assert_object(f, object_of(&entry, "text"), STR("Kính gửi Ủy ban nhân dân huyện"));
	assert_object(f, object_of(&entry, "envelope"), message);
	assert_int_equal(take(f, "2019"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	buf_done(&base64);
	buf_done(&xml);
	arena_done(&arena);
}

static void an_attachment_that_was_zipped_on_the_way_is_taken_out(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Buf base64 = {0}, xml = {0};
	Zip zip = {0};
	zip_file(&zip, "59ab-995d.txt", STR("bên trong"), 0);
	base64_of(&base64, zip_end(&zip));
	Sent sent = {"z1", "1", "2020/01/02", "thử", NULL, base64.data, NULL};
	put_file(f, "z.edxml", message_of(&xml, &sent));
	assert_int_equal(take(f, "z.edxml"), ST_OK);
	find_record(f, "z1", &arena, &entry);
	assert_object(f, object_of(&entry, "original"), STR("bên trong"));
	assert_str_equal(object_of(&entry, "original")->name, STR("cv.txt"));
	zip_done(&zip);
	buf_done(&base64);
	buf_done(&xml);
	arena_done(&arena);
}

static void what_is_odd_about_a_message_is_a_warning(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Record record;
	Buf xml = {0};
	Sent sent = {"o,2014/02/30,7/A", "7", "2014/02/30", "thử", "<Signature/>", "${__file}", "1212"};
	put_file(f, "odd.edxml", message_of(&xml, &sent));
	assert_int_equal(take(f, "odd.edxml"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_true(mentions(&f->warnings, "odd.edxml|4 stray bytes before \"<?xml\""));
	assert_true(mentions(&f->warnings, "2014/02/30 is not a date"));
	assert_true(mentions(&f->warnings, "a Signature without the namespace of XML signatures"));
	assert_true(mentions(&f->warnings, "attachment cv.txt: its base64 is broken"));
	find_newest(f, &arena, &entry);
	assert_true(str_starts(entry.key, STR("edxml-")));
	assert_int_equal(entry_read_record(&entry, &arena, &record, &f->err), ST_OK);
	assert_str_equal(record_text(&record, RF_ISSUED), STR("2014/02/30"));
	buf_done(&xml);
	arena_done(&arena);
}

static void what_is_no_message_is_refused_with_the_reason(void **state)
{
	Fixture *f = *state;
	put_file(f, "cut.edxml", STR("<?xml version=\"1.0\"?>\n<edXML><edXMLEnvelope>"));
	put_file(f, "entity.edxml",
		 STR("<?xml version=\"1.0\"?><!DOCTYPE edXML [<!ENTITY a SYSTEM \"/etc/passwd\">]>"
		     "<edXML><b>&a;</b></edXML>"));
	put_file(f, "other.edxml", STR("<?xml version=\"1.0\"?><html/>"));
	put_file(f, "secret.edxml",
		 STR("<edXML><edXMLEnvelope><edXMLHeader><MessageHeader><Subject>TỐI MẬT</Subject>"
		     "</MessageHeader></edXMLHeader></edXMLEnvelope></edXML>"));
	assert_int_equal(take(f, ""), ST_OK);
	assert_int_equal(f->report.rejected, 4);
	assert_rejected(f, "cut.edxml|invalid|its XML is broken at line 2");
	assert_rejected(f, "entity.edxml|forbidden|an XML document type");
	assert_rejected(f, "other.edxml|invalid|not an edXML message");
	assert_rejected(f, "secret.edxml|forbidden|a secret record");
}

static Str text_of(Fixture *f, const char *id, RecordFieldId field, Arena *arena)
{
	Entry entry;
	Record record;
	read_record(f, id, arena, &entry, &record);
	return record_text(&record, field);
}

static void an_update_is_the_next_version_and_a_status_stays_with_its_record(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Buf xml = {0}, base64 = {0};
	static const char update[] = "<TraceHeaderList><Bussiness><DocumentId>u1</DocumentId>"
				     "<BussinessDocType>2</BussinessDocType></Bussiness></TraceHeaderList>";
	base64_of(&base64, STR("văn bản"));
	Sent first = {"u1", "1", "2020/01/02", "trước", NULL, base64.data, NULL};
	Sent second = {"u2", "1", "2020/01/02", "sau", update, base64.data, NULL};
	put_file(f, "in/1.edxml", message_of(&xml, &first));
	put_file(f, "in/2.edxml",
		 STR("<edXML xmlns=\"" NAMESPACE "\"><edXMLEnvelope><edXMLHeader><MessageHeader><ResponseFor>"
		     "<OrganId>o</OrganId><Code>1/SNV-VP</Code><DocumentId>u1</DocumentId></ResponseFor>"
		     "<StatusCode>03</StatusCode><Description>Đã tiếp nhận</Description></MessageHeader></edXMLHeader>"
		     "</edXMLEnvelope></edXML>"));
	put_file(f, "in/3.edxml", message_of(&xml, &second));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_int_equal(f->report.versions, 2);
	find_record(f, "u1", &arena, &entry);
	assert_int_equal(entry.version, 3);
	assert_non_null(object_of(&entry, "status"));
	assert_str_equal(text_of(f, "u1", RF_SUBJECT, &arena), STR("sau"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.duplicates, 3);
	buf_done(&xml);
	buf_done(&base64);
	arena_done(&arena);
}

static void a_revocation_and_a_replacement_name_what_they_end(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Record record;
	Buf xml = {0};
	static const char revoke[] =
		"<TraceHeaderList><Bussiness><BussinessDocType>1</BussinessDocType></Bussiness></TraceHeaderList>";
	static const char replace[] =
		"<TraceHeaderList><Bussiness><BussinessDocType>3</"
		"BussinessDocType><ReplacementInfoList><ReplacementInfo>"
		"<DocumentId>o,2014/01/30,7806/SNV-VP</DocumentId></ReplacementInfo></ReplacementInfoList></Bussiness>"
		"</TraceHeaderList>";
	Sent revoked = {"r1", "1", "2020/01/02", "thu hồi", revoke, NULL, NULL};
	Sent replacing = {"r2", "2", "2020/01/03", "thay", replace, NULL, NULL};
	put_file(f, "a.edxml", message_of(&xml, &revoked));
	assert_int_equal(take(f, "a.edxml"), ST_OK);
	assert_true(mentions(&f->warnings, "the document that it revokes is not archived"));
	find_newest(f, &arena, &entry);
	assert_int_equal(entry_read_record(&entry, &arena, &record, &f->err), ST_OK);
	assert_str_equal(record_text(&record, RF_RELATIONS),
			 STR("[{\"document_id\":\"r1\",\"id\":\"r1\",\"kind\":\"revokes\"}]"));
	put_file(f, "b.edxml", message_of(&xml, &replacing));
	assert_int_equal(take(f, "b.edxml"), ST_OK);
	Str relations = text_of(f, "r2", RF_RELATIONS, &arena);
	assert_true(str_find(relations, STR("\"kind\":\"replaces\",\"number\":\"7806/SNV-VP\"")) > 0);
	assert_true(str_find(relations, STR("\"issued\":\"2014-01-30\"")) > 0);
	buf_done(&xml);
	arena_done(&arena);
}

/* Every message of the collection: number, date, and how many originals its record has. */
static const struct {
	const char *file, *number, *issued;
	int originals;
} collection[] = {
	{"sdk_samples/edoc.edxml", "12234555512/PRO-TEST-CASE1", "2019-01-17", 0},
	{"sdk_samples/edoc_new.edxml", "74fass22/VPCP-TTĐT", "2019-01-16", 1},
	{"sdk_samples/edoc_update.edxml", "7816/VPCP-TTĐT", "2018-09-28", 1},
	{"sdk_samples/edoc_replacement.edxml", "7816/VPCP-TTĐT", "2018-09-28", 1},
	{"sdk_samples/edoc_revocation.edxml", "7816/VPCP-TTĐT", "2018-09-28", 1},
	{"gateway_messages/1da394ba-2117-4354-a23f-6ec3e47ba81b.edxml", "20251020104803/GW-AUTO", "2025-10-20", 3},
	{"gateway_messages/1f881896-6e3a-4a5f-87f1-c380878e148e.edxml", "20251016110432/GW-AUTO", "2025-10-16", 3},
	{"gateway_messages/b6e1f29d-cdc9-4fa7-8391-442e8566f14e.edxml", "20251016112435/GW-AUTO", "2025-10-16", 2},
	{"gateway_messages/bb5d2f68-bbce-49da-aa9a-2197cabec3bf.edxml", "20251017160104/GW-AUTO", "2025-10-17", 3},
	{"gateway_messages/bdb98a62-a2be-4c25-9075-8dcdbcdb1402.edxml", "20251017160055/GW-AUTO", "2025-10-17", 3},
	{"sdk_samples/status.edxml", "", "", 0},
	{"sdk_samples/status_acceptance_03.edxml", "", "", 0},
	{"sdk_samples/status_assignment_04.edxml", "", "", 0},
	{"sdk_samples/status_cancellation_13.edxml", "", "", 0},
	{"sdk_samples/status_change-acceptance_15.edxml", "", "", 0},
	{"sdk_samples/status_change-rejection_16.edxml", "", "", 0},
	{"sdk_samples/status_finish_06.edxml", "", "", 0},
	{"sdk_samples/status_inbox__01.edxml", "", "", 0},
	{"sdk_samples/status_processing_05.edxml", "", "", 0},
	{"sdk_samples/status_rejection_02.edxml", "", "", 0},
};

static void every_message_of_the_collection_says_what_it_says(void **state)
{
	(void)state;
	const char *shared = getenv("HOSO_SHARED");
	char path[512];
	snprintf(path, sizeof path, "%s/interchange/sdk_samples", shared ? shared : "");
	if (!shared || access(path, R_OK) != 0) {
		print_message("skipped: HOSO_SHARED has no interchange/\n");
		skip();
	}
	for (size_t i = 0; i < sizeof collection / sizeof *collection; i++) {
		void *own = NULL; /* an archive for each: what one is about is not there */
		assert_int_equal(fixture_open(&own), 0);
		Fixture *f = own;
		Arena arena = {0};
		Entry entry;
		Record record;
		Err err;
		int originals = 0;
		const char *paths[] = {path};
		IngestOptions options = {.ctx = f, .rejected = note_reject, .warned = note_warning};
		snprintf(path, sizeof path, "%s/interchange/%s", shared, collection[i].file);
		assert_int_equal(ingest_paths(f->store, NULL, paths, 1, &options, &f->report, &err), ST_OK);
		assert_int_equal(f->report.added, 1);
		find_newest(f, &arena, &entry);
		assert_int_equal(entry_read_record(&entry, &arena, &record, &err), ST_OK);
		assert_str_equal(record_text(&record, RF_NUMBER), str_from(collection[i].number));
		assert_str_equal(record_text(&record, RF_ISSUED), str_from(collection[i].issued));
		assert_true(record_text(&record, RF_AGENCY).len > 0);
		assert_true(record_text(&record, RF_SUBJECT).len > 0);
		assert_non_null(object_of(&entry, "envelope"));
		for (size_t k = 0; k < entry.object_count; k++)
			originals += strcmp(entry.objects[k].role, "original") == 0;
		assert_int_equal(originals, collection[i].originals);
		assert_int_equal(ingest_paths(f->store, NULL, paths, 1, &options, &f->report, &err), ST_OK);
		assert_int_equal(f->report.duplicates, 1);
		arena_done(&arena);
		fixture_close(&own);
	}
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(a_new_message_becomes_one_record_with_its_attachments),
		WITH_ARCHIVE(an_attachment_that_was_zipped_on_the_way_is_taken_out),
		WITH_ARCHIVE(what_is_odd_about_a_message_is_a_warning),
		WITH_ARCHIVE(what_is_no_message_is_refused_with_the_reason),
		WITH_ARCHIVE(an_update_is_the_next_version_and_a_status_stays_with_its_record),
		WITH_ARCHIVE(a_revocation_and_a_replacement_name_what_they_end),
		cmocka_unit_test(every_message_of_the_collection_says_what_it_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
