/* store/access/access_file.h - one file of the access log: its header, its entries, reading them.
 *
 *   00000001.log: "HOSOACC\n" | version (4) | zero (4) | time (8) | zero (36) | CRC-32C (4) | entry | …
 *   00000002.log: "HOSOAC2\n" | version (4) | number (4) | entries before (8) | previous hash (32) | zero (4) | CRC-32C
 *   entry: length (4) | CRC-32C (4) | SHA-256 of the entry before (32) | JSON
 *
 * Each entry names the hash of the one before it; the first one of a file that of the header, which names the hash of
 * the last entry of the file before.
 *
 * Units    bytes; entries are numbered from 0 over all files, also those that were dropped
 * Owns     access_reader_done gives back the reader's space; the descriptor is the caller's
 * Errors   ST_CORRUPT what stands there is no header or no entry, or not the next one (says where); ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef STORE_ACCESS_ACCESS_FILE_H
#define STORE_ACCESS_ACCESS_FILE_H

#include "base/file.h"
#include "store/format/hash.h"

enum { ACCESS_HEADER_LEN = 64, ACCESS_ENTRY_HEADER_LEN = 8 + STORE_HASH_LEN, ACCESS_ENTRY_MAX = 1 << 16 };

/* Where a file goes on from. */
typedef struct {
	uint32_t number;         /* of the file, from 1 */
	uint64_t entries_before; /* in all files before it */
	Hash previous;           /* of the last entry before it; zero in the first file */
} AccessStart;

typedef struct {
	int fd;
	AccessStart start;
	uint64_t at, end, entries;
	Hash newest;
	Buf bytes;
} AccessReader;

Status access_file_path(FilePath *out, const char *archive_dir, uint32_t number, Err *err);
/* The lowest and the highest number of a file that is there; 0 where there is none. */
Status access_file_range(const char *archive_dir, uint32_t *first_out, uint32_t *last_out, Err *err);

void access_header_put(const AccessStart *start, char out[static ACCESS_HEADER_LEN]);
/* Appends an entry; *newest is the hash of the one before, and becomes the hash of this one. */
Status access_entry_put(Str json, Hash *newest, Buf *out, Err *err);

/* Checks the header of the file with this number. */
Status access_reader_begin(AccessReader *r, int fd, uint32_t number, Err *err);
Step access_reader_next(AccessReader *r, Str *json_out, Err *err);
/* Does an intact entry stand anywhere behind the place where access_reader_next failed? Then it is no torn end. */
bool access_reader_finds_more(const AccessReader *r);
void access_reader_done(AccessReader *r);

#endif
