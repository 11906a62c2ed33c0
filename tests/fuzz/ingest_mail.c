/* tests/fuzz/ingest_mail.c - any bytes as a mail and as an mbox: what is read stays within the limits, and the mails of
 * an mbox are disjoint slices of it that end. */
#include "indexer/source/mail.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Str left = {(const char *)data, size}, message;
	size_t taken = 0;
	Mail mail;
	Err err;
	while (mail_split(&left, &message)) {
		taken += message.len;
		if (taken > size || left.len >= size)
			abort();
	}
	if (mail_read((Str){(const char *)data, size}, &mail, &err) != ST_OK)
		return 0;
	if (mail.part_count > MAIL_PARTS_MAX || mail.recipient_count > MAIL_RECIPIENTS_MAX)
		abort();
	mail_done(&mail);
	return 0;
}
