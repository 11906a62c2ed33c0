/* indexer/source/mail.h - an e-mail: its header fields, its body as text, its attachments. The only user of GMime.
 *
 * Header fields are decoded by RFC 2047 and 2231; raw bytes in a header or a body without an honest charset are decoded
 * as any other text (tokenizer/encoding.h). Of alternatives the plain one is the body; where there is only HTML, that.
 * What an attached message says follows the body, and its attachments are attachments.
 *
 * Shapes   text is UTF-8; html is UTF-8 with a byte-order mark; the date is the sender's civil date
 * Units    bytes
 * Owns     a Mail owns all it points to until mail_done
 * Errors   ST_UNSUPPORTED this build has no GMime; ST_INVALID no mail; ST_LIMIT larger, or more parts, than MAIL_…_MAX;
 *          ST_NO_MEMORY
 * Threads  safe
 */
#ifndef INDEXER_SOURCE_MAIL_H
#define INDEXER_SOURCE_MAIL_H

#include "base/arena.h"
#include "base/buf.h"

enum { MAIL_BYTES_MAX = 128 << 20, MAIL_PARTS_MAX = 500, MAIL_DEPTH_MAX = 16, MAIL_RECIPIENTS_MAX = 500 };

typedef struct {
	Str name;
	Buf bytes;
} MailPart;

typedef struct {
	Str subject, from, message_id, in_reply_to;
	char date[11]; /* "2019-03-12"; "" where there is none */
	Str *recipients;
	size_t recipient_count;
	Buf text, html;
	MailPart *parts;
	size_t part_count;
	bool is_encrypted; /* a part of it can't be read */
	Arena arena;
} Mail;

Status mail_read(Str bytes, Mail *out, Err *err);
void mail_done(Mail *mail);
/* Takes the first message off an mbox, without its "From " line; false: there is none left. */
bool mail_split(Str *mbox, Str *message_out);

#endif
