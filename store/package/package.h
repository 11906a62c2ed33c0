/* store/package/package.h - a case file as one ZIP that is a BagIt bag, made while it is read.
 *
 *   hoso-H40.15-210521-0012/
 *     bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
 *     data/ho-so.json                                  the case file's metadata and what it holds
 *     data/muc-luc-van-ban.csv                         the register of its records, for a spreadsheet
 *     data/001_2019-03-12_15-2019-QĐ-UBND/van-ban.json, goc.pdf, noi-dung.txt
 *     proofs/001.json, verifier.txt                    each record's chain up to a signed checkpoint, and the key
 *
 * The same case file gives the same bytes, however often and from wherever they are read: package_tag names them, so
 * a download that broke off goes on where it stopped. (A newer checkpoint makes other bytes and another tag.) Entries
 * are stored, not compressed: the size is known at once. Names are made here (NFC, UTF-8 flagged, no character that a
 * file system refuses); a sender's file name stands in van-ban.json only.
 *
 * Caveats  the end of the ZIP has a sum of each file: where a range reaches it first, the originals are read for that
 * Owns     package_open's result until package_close; the Store and the cache must outlive it
 * Errors   ST_NOT_FOUND no such case file; ST_BUSY the deadline passed while it was planned; ST_CONFLICT the case file
 *          changed meanwhile; ST_CORRUPT a stored byte is not what was stored; ST_IO, ST_NO_MEMORY
 * Memory   some hundred bytes for each file and one block, whatever the files' sizes
 * Threads  one at a time
 * Source   RFC 8493 (BagIt 1.0); register: the columns of the list of documents in a file, Thông tư 02/2019/TT-BNV
 */
#ifndef STORE_PACKAGE_PACKAGE_H
#define STORE_PACKAGE_PACKAGE_H

#include "store/package/cache.h"

typedef struct Package Package;

/* cache NULL: none is kept. until NULL: planning takes as long as it takes. */
Status package_open(Package **out, Store *store, PackageCache *cache, Str code, const Deadline *until, Err *err);
void package_close(Package *package);
uint64_t package_size(const Package *package);         /* bytes of the ZIP */
const char *package_tag(const Package *package);       /* 32 hex digits, equal for equal bytes */
const char *package_file_name(const Package *package); /* "hoso-H40.15-210521-0012.zip" */
/* The next read gives the bytes from `offset` on; what lies before them is not made. */
Status package_seek(Package *package, uint64_t offset, Err *err);
/* Up to len bytes; *got_out is 0 at the end only. */
Status package_read(Package *package, void *out, size_t len, size_t *got_out, Err *err);
/* All of it to a descriptor: for the command line. */
Status package_write(Package *package, int fd, Err *err);

#endif
