/* indexer/source/mail.c - GMime parses the whole mail in memory; its tree is walked once. Text parts without a file
 * name are the body, everything else is an attachment. */
#include "indexer/source/mail.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "tokenizer/encoding.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "From ba@snv.vn Tue Mar 12 08:00:00 2019": a sentence that begins with "From" has neither time nor year there. */
static bool is_from_line(Str line)
{
	line = str_trim(line);
	bool found = line.len > 9;
	for (size_t i = 1; found && i <= 4; i++)
		found = is_digit(line.ptr[line.len - i]);
	for (size_t i = 5; i + 4 < line.len && !found; i++)
		found = is_digit(line.ptr[i]) && is_digit(line.ptr[i + 1]) && line.ptr[i + 2] == ':' &&
			is_digit(line.ptr[i + 3]) && is_digit(line.ptr[i + 4]);
	return found;
}

bool mail_split(Str *mbox, Str *message_out)
{
	Str rest = *mbox, line;
	if (!rest.len)
		return false;
	if (str_starts(rest, STR("From ")))
		str_split(&rest, '\n', &line);
	size_t end = rest.len, at = 0;
	for (;;) {
		ptrdiff_t found = str_find(str_slice(rest, at, rest.len), STR("\nFrom "));
		if (found < 0)
			break;
		at += (size_t)found + 1;
		Str before = str_slice(rest, 0, at), behind = str_slice(rest, at, rest.len);
		if (!str_split(&behind, '\n', &line) || !is_from_line(line))
			continue;
		if (str_ends(before, STR("\n\n")) || str_ends(before, STR("\n\r\n"))) {
			end = at;
			break;
		}
	}
	*message_out = str_slice(rest, 0, end);
	*mbox = str_slice(rest, end, rest.len);
	return true;
}

void mail_done(Mail *mail)
{
	for (size_t i = 0; i < mail->part_count; i++)
		buf_done(&mail->parts[i].bytes);
	buf_done(&mail->text);
	buf_done(&mail->html);
	arena_done(&mail->arena);
	*mail = (Mail){0};
}

#ifndef HOSO_GMIME

Status mail_read(Str bytes, Mail *out, Err *err)
{
	(void)bytes, (void)out;
	return err_set(err, ST_UNSUPPORTED, "this program was built without GMime: e-mail is kept, not read");
}

#else

#include <gmime/gmime.h>
#include <pthread.h>
#include <stdio.h>

typedef struct {
	Mail *out;
	Err *err;
	size_t nodes;
} MailReader;

static Status keep(MailReader *r, const char *text, Str *out)
{
	Str copy = arena_copy(&r->out->arena, text ? str_trim(str_from(text)) : STR(""));
	if (!copy.ptr)
		return err_no_memory(r->err);
	*out = copy;
	return ST_OK;
}

/* ---- header fields --------------------------------------------------------------------------------------------- */

/* Raw bytes first, encoded words then: a header may hold either. */
static Status decode_header(MailReader *r, const char *raw, Str *out)
{
	Buf utf8 = {0};
	EncodingReport report;
	Str value = str_from(raw ? raw : "");
	Status st = utf8_is_valid(value) ? ST_OK : encoding_decode(value, &utf8, &report, r->err);
	if (st == ST_OK && !utf8.len)
		buf_add_str(&utf8, value);
	buf_add_char(&utf8, 0);
	if (st == ST_OK && !buf_ok(&utf8))
		st = err_no_memory(r->err);
	if (st == ST_OK) {
		char *unfolded = g_mime_utils_header_unfold(utf8.data);
		char *decoded = g_mime_utils_header_decode_text(NULL, unfolded);
		st = keep(r, decoded, out);
		g_free(decoded);
		g_free(unfolded);
	}
	buf_done(&utf8);
	return st;
}

static Status read_header(MailReader *r, GMimeMessage *message, const char *name, Str *out)
{
	GMimeHeader *header = g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(message)), name);
	return decode_header(r, header ? g_mime_header_get_raw_value(header) : NULL, out);
}

static Status add_recipients(MailReader *r, GMimeMessage *message, GMimeAddressType type)
{
	InternetAddressList *list = g_mime_message_get_addresses(message, type);
	Mail *out = r->out;
	Status st = ST_OK;
	for (int i = 0; list && i < internet_address_list_length(list) && st == ST_OK; i++) {
		if (out->recipient_count == MAIL_RECIPIENTS_MAX)
			return err_set(r->err, ST_LIMIT, "a mail to more than %d", MAIL_RECIPIENTS_MAX);
		char *shown = internet_address_to_string(internet_address_list_get_address(list, i), NULL, FALSE);
		st = decode_header(r, shown, &out->recipients[out->recipient_count++]);
		g_free(shown);
	}
	return st;
}

static Status read_headers(MailReader *r, GMimeMessage *message)
{
	Mail *out = r->out;
	GDateTime *date = g_mime_message_get_date(message);
	out->recipients = arena_calloc(&out->arena, MAIL_RECIPIENTS_MAX, sizeof *out->recipients);
	if (!out->recipients)
		return err_no_memory(r->err);
	CivilDate day = {0};
	if (date && g_date_time_get_year(date) > 1970) /* 1970: a date that can't be read */
		day = (CivilDate){(int16_t)g_date_time_get_year(date), (uint8_t)g_date_time_get_month(date),
				  (uint8_t)g_date_time_get_day_of_month(date)};
	if (day.year)
		civil_date_format(day, out->date);
	Status st = read_header(r, message, "Subject", &out->subject);
	if (st == ST_OK)
		st = read_header(r, message, "From", &out->from);
	if (st == ST_OK)
		st = read_header(r, message, "Message-Id", &out->message_id);
	if (st == ST_OK)
		st = read_header(r, message, "In-Reply-To", &out->in_reply_to);
	if (st == ST_OK)
		st = add_recipients(r, message, GMIME_ADDRESS_TYPE_TO);
	return st == ST_OK ? add_recipients(r, message, GMIME_ADDRESS_TYPE_CC) : st;
}

/* ---- parts ----------------------------------------------------------------------------------------------------- */

static Status decode_part(MailReader *r, GMimePart *part, Buf *out)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream = g_mime_stream_mem_new();
	if (content && g_mime_data_wrapper_write_to_stream(content, stream) >= 0) {
		GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
		buf_add(out, bytes->data, bytes->len);
	}
	g_object_unref(stream);
	return buf_ok(out) ? ST_OK : err_no_memory(r->err);
}

/* Charsets that senders name for bytes of any other. */
static bool is_honest(const char *charset)
{
	static const char *const vague[] = {"us-ascii",     "utf-8",     "iso-8859-1",
					    "windows-1252", "x-unknown", "unknown-8bit"};
	for (size_t i = 0; charset && i < sizeof vague / sizeof *vague; i++)
		if (g_ascii_strcasecmp(charset, vague[i]) == 0)
			return false;
	return charset != NULL;
}

static Status add_body(MailReader *r, GMimePart *part, Buf *out)
{
	Buf bytes = {0};
	EncodingReport report;
	const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
	char *converted = NULL;
	gsize converted_len = 0;
	Status st = decode_part(r, part, &bytes);
	if (st == ST_OK && is_honest(charset))
		converted = g_convert(bytes.data ? bytes.data : "", (gssize)bytes.len, "UTF-8", charset, NULL,
				      &converted_len, NULL);
	if (st == ST_OK && out->len)
		buf_add_char(out, '\n');
	if (converted)
		buf_add(out, converted, converted_len);
	else if (st == ST_OK)
		st = encoding_decode(buf_str(&bytes), out, &report, r->err);
	g_free(converted);
	buf_done(&bytes);
	return st != ST_OK ? st : buf_ok(out) ? ST_OK : err_no_memory(r->err);
}

static Status add_attachment(MailReader *r, GMimePart *part)
{
	Mail *out = r->out;
	char name[40];
	const char *given = g_mime_part_get_filename(part);
	if (!out->parts)
		out->parts = arena_calloc(&out->arena, MAIL_PARTS_MAX, sizeof *out->parts);
	if (!out->parts)
		return err_no_memory(r->err);
	if (out->part_count == MAIL_PARTS_MAX)
		return err_set(r->err, ST_LIMIT, "a mail of more than %d attachments", MAIL_PARTS_MAX);
	MailPart *to = &out->parts[out->part_count++];
	snprintf(name, sizeof name, "attachment-%zu", out->part_count);
	Status st = decode_header(r, given && *given ? given : name, &to->name);
	return st == ST_OK ? decode_part(r, part, &to->bytes) : st;
}

static Status walk(MailReader *r, GMimeObject *object, unsigned depth);

/* Of alternatives the plain one, where there is one; those that are neither text nor HTML are walked too. */
static Status walk_multipart(MailReader *r, GMimeMultipart *multipart, unsigned depth)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
	bool alternatives = type && g_mime_content_type_is_type(type, "multipart", "alternative");
	size_t text_before = r->out->text.len;
	Status st = ST_OK;
	if (type && g_mime_content_type_is_type(type, "multipart", "encrypted"))
		r->out->is_encrypted = true;
	for (int i = 0; i < g_mime_multipart_get_count(multipart) && st == ST_OK; i++) {
		GMimeObject *part = g_mime_multipart_get_part(multipart, i);
		GMimeContentType *inner = part ? g_mime_object_get_content_type(part) : NULL;
		if (alternatives && inner && g_mime_content_type_is_type(inner, "text", "html") &&
		    r->out->text.len > text_before)
			continue;
		st = part ? walk(r, part, depth + 1) : ST_OK;
	}
	return st;
}

static Status walk_inner_message(MailReader *r, GMimeMessage *message, unsigned depth)
{
	Str subject = {NULL, 0};
	GMimeObject *part = g_mime_message_get_mime_part(message);
	Status st = read_header(r, message, "Subject", &subject);
	if (r->out->text.len)
		buf_add_char(&r->out->text, '\n');
	buf_add_str(&r->out->text, subject);
	buf_add_char(&r->out->text, '\n');
	return st == ST_OK && part ? walk(r, part, depth + 1) : st;
}

static Status walk(MailReader *r, GMimeObject *object, unsigned depth)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	if (depth > MAIL_DEPTH_MAX || ++r->nodes > 2 * MAIL_PARTS_MAX)
		return err_set(r->err, ST_LIMIT, "a mail with too many parts, or nested too deep");
	if (GMIME_IS_MULTIPART(object))
		return walk_multipart(r, GMIME_MULTIPART(object), depth);
	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		return inner ? walk_inner_message(r, inner, depth) : ST_OK;
	}
	if (!GMIME_IS_PART(object))
		return ST_OK;
	GMimePart *part = GMIME_PART(object);
	bool is_body = type && !g_mime_part_get_filename(part) && !g_mime_part_is_attachment(part);
	if (is_body && g_mime_content_type_is_type(type, "text", "plain"))
		return add_body(r, part, &r->out->text);
	if (is_body && g_mime_content_type_is_type(type, "text", "html")) {
		if (!r->out->html.len)
			buf_add_str(&r->out->html, STR("\xEF\xBB\xBF"));
		return add_body(r, part, &r->out->html);
	}
	return add_attachment(r, part);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

Status mail_read(Str bytes, Mail *out, Err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	Mail read = {0};
	MailReader r = {.out = &read, .err = err};
	if (bytes.len > MAIL_BYTES_MAX)
		return err_set(err, ST_LIMIT, "a mail of more than %d MiB", MAIL_BYTES_MAX >> 20);
	pthread_once(&once, g_mime_init);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.ptr ? bytes.ptr : "", bytes.len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	GMimeObject *part = message ? g_mime_message_get_mime_part(message) : NULL;
	Status st = part ? read_headers(&r, message) : err_set(err, ST_INVALID, "no e-mail: it has no header");
	if (st == ST_OK)
		st = walk(&r, part, 0);
	if (message)
		g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
	if (st != ST_OK) {
		mail_done(&read);
		return st;
	}
	*out = read;
	return ST_OK;
}

#endif
