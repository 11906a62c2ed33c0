/* indexer/ingest/mail.c - a file is one mail, or an mbox whose mails are taken one after the other. */
#include "indexer/ingest/mail.h"

#include "indexer/extract/extract.h"
#include "indexer/ingest/add.h"
#include "indexer/ingest/compose.h"
#include "indexer/ingest/attached.h"
#include "indexer/ingest/queue.h"
#include "indexer/ingest/secret.h"
#include "indexer/source/mail.h"

static void write_text(JsonOut *j, const char *key, Str value)
{
	if (value.len)
		jout_field_str(j, key, value);
}

static void write_record(const Mail *mail, const char *id, Buf *out)
{
	JsonOut j;
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_text(&j, "id", id);
	jout_field_text(&j, "type", "Thư điện tử");
	write_text(&j, "subject", mail->subject);
	write_text(&j, "issued", str_from(mail->date));
	jout_key(&j, "recipients");
	jout_open(&j, '[');
	for (size_t i = 0; i < mail->recipient_count; i++)
		jout_str(&j, mail->recipients[i]);
	jout_close(&j, ']');
	jout_key(&j, "extra");
	jout_open(&j, '{');
	jout_key(&j, "mail");
	jout_open(&j, '{');
	write_text(&j, "from", mail->from);
	write_text(&j, "message_id", mail->message_id);
	write_text(&j, "in_reply_to", mail->in_reply_to);
	jout_close(&j, '}');
	jout_close(&j, '}');
	jout_close(&j, '}');
}

/* The body: plain, else what its HTML says. */
static Status read_body(IngestRun *run, Mail *mail, Err *err)
{
	Extraction e;
	SourceFile page = source_file_of(STR("body.html"), buf_str(&mail->html));
	if (str_trim(buf_str(&mail->text)).len || !mail->html.len)
		return ST_OK;
	Status st = extract_text(READER_HTML, &page, NULL, &run->options.until, &e, err);
	if (st != ST_OK)
		return st;
	buf_add_str(&mail->text, buf_str(&e.text));
	extraction_done(&e);
	return buf_ok(&mail->text) ? ST_OK : err_no_memory(err);
}

static Status add_attachments(AttachedFiles *attached, const Mail *mail, Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; i < mail->part_count && st == ST_OK; i++) {
		if (mail->parts[i].bytes.len)
			st = attached_add(attached, mail->parts[i].name, buf_str(&mail->parts[i].bytes), err);
		else
			attached_warn(attached, mail->parts[i].name, "empty");
	}
	return st;
}

static Status add_mail(IngestRun *run, Mail *mail, Str bytes, Str name, const char *id, AttachedFiles *attached,
		       Err *err)
{
	Arena arena = {0};
	Record record;
	Buf json = {0};
	SourceFile envelope = source_file_of(name, bytes);
	write_record(mail, id, &json);
	Status st = buf_ok(&json) ? json_reader_parse(&run->json, buf_str(&json), &arena, &record, err)
				  : err_no_memory(err);
	if (st == ST_OK)
		st = secret_check_text(mail->subject, err);
	if (st == ST_OK)
		st = read_body(run, mail, err);
	if (st == ST_OK)
		st = add_attachments(attached, mail, err);
	if (st == ST_OK) {
		IngestItem item = {.place = attached->place,
				   .record = &record,
				   .files = attached->files,
				   .file_count = attached->count,
				   .lead = str_trim(buf_str(&mail->text)),
				   .envelope = &envelope};
		st = ingest_add(run, &item, err);
	} else if (st == ST_BUSY && ingest_stopped(run)) {
		st = ST_OK;
	} else {
		st = ingest_reject_or_end(run, attached->place, err, err);
	}
	buf_done(&json);
	arena_done(&arena);
	return st;
}

static Status take_mail(IngestRun *run, Str bytes, Str name, IngestPlace place, Err *err)
{
	char id[STORE_ID_MAX + 1];
	Hash hash;
	Mail mail = {0};
	Err why;
	uint64_t sequence;
	AttachedFiles attached = {.run = run, .place = place};
	arena_reset(&run->arena);
	hash_of(bytes, &hash);
	entry_derive_id("sha256-", &hash, id);
	run->report->bytes += bytes.len;
	if (store_find(run->store, ENTRY_RECORD, str_from(id), 0, &sequence, &why) == ST_OK) {
		run->receipt = (Receipt){.result = APPEND_DUPLICATE, .sequence = sequence, .tree_size = sequence + 1};
		memcpy(run->receipt.key, id, sizeof id);
		item_count_result(run, 0);
		return ST_OK;
	}
	Status st = mail_read(bytes, &mail, &why);
	if (st == ST_NO_MEMORY)
		return err_no_memory(err);
	if (st != ST_OK)
		ingest_warn(run, place, str_from(why.text));
	else if (mail.is_encrypted)
		ingest_warn(run, place, STR("a part of the mail is encrypted; it is kept, not read"));
	st = add_mail(run, &mail, bytes, name, id, &attached, err);
	attached_done(&attached);
	mail_done(&mail);
	return st;
}

Status ingest_mail(IngestRun *run, const SourceFile *file, IngestPlace place, Err *err)
{
	Arena arena = {0};
	Buf bytes = {0};
	Str left, mail, shown = arena_copy(&arena, place.name), name = arena_copy(&arena, file->name);
	uint64_t number = 0;
	Status st = shown.ptr && name.ptr ? source_file_load(file, (size_t)1 << 30, &bytes, err) : err_no_memory(err);
	if (st == ST_OK && !bytes.len)
		st = err_set(err, ST_INVALID, "an empty file");
	left = buf_str(&bytes);
	if (st != ST_OK)
		st = ingest_reject_or_end(run, (IngestPlace){.name = shown}, err, err);
	else if (!str_starts(left, STR("From ")))
		st = take_mail(run, left, name, (IngestPlace){.name = shown}, err);
	else
		while (st == ST_OK && !ingest_stopped(run) && mail_split(&left, &mail)) {
			char *one = arena_printf(&arena, "%llu.eml", (unsigned long long)++number);
			st = one ? take_mail(run, mail, str_from(one), (IngestPlace){shown, number}, err)
				 : err_no_memory(err);
			if (st == ST_OK)
				st = ingest_tick(run, 0, err);
		}
	buf_done(&bytes);
	arena_done(&arena);
	return st;
}
