/* store/package/zip.h - the records of a ZIP whose entries are stored, each with its exact size before it is written.
 *
 *   [local header, path | the entry's bytes | descriptor] … [central header] … [end]
 *
 * The bytes are those that libarchive 3.6.2 writes (sizes in the local header too, the sum behind the entry, times as
 * UT, owner 0), so that packages of older releases and of this one are the same.
 *
 * Shapes   an entry's path is UTF-8; one that is not ASCII is flagged so
 * Units    bytes; times in seconds, written as local time, which is all that ZIP knows
 * Owns     nothing
 * Errors   sticky in the Buf (out of memory)
 * Threads  pure
 * Source   APPNOTE.TXT 6.3.10 of PKWARE; Info-ZIP's extra fields UT and ux
 */
#ifndef STORE_PACKAGE_ZIP_H
#define STORE_PACKAGE_ZIP_H

#include "base/buf.h"

typedef struct {
	Str folder, path;      /* "folder/path" */
	uint64_t size_bytes;   /* of the entry */
	uint64_t offset_bytes; /* of its local header in the ZIP */
	int64_t utc_s;
	uint32_t crc; /* of its bytes; the local header does without */
} ZipEntry;

uint64_t zip_local_bytes(const ZipEntry *entry);
uint64_t zip_descriptor_bytes(const ZipEntry *entry);
uint64_t zip_central_bytes(const ZipEntry *entry);
uint64_t zip_end_bytes(uint64_t entries, uint64_t central_offset, uint64_t central_bytes);

void zip_add_local(const ZipEntry *entry, Buf *out);
void zip_add_descriptor(const ZipEntry *entry, Buf *out);
void zip_add_central(const ZipEntry *entry, Buf *out);
void zip_add_end(uint64_t entries, uint64_t central_offset, uint64_t central_bytes, Buf *out);

/* CRC-32 (IEEE 802.3) of what `crc` is the sum of, followed by these bytes; start with 0. */
uint32_t zip_crc(uint32_t crc, const void *bytes, size_t len);

#endif
