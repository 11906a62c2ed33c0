/* cli/verifier/zip.h - reads exactly the ZIP files that the archive writes: stored entries, one behind the other,
 * sizes known, a data descriptor behind each; every byte of the file belongs to something that is checked.
 *
 *   local header | bytes | descriptor | … | central directory | (ZIP64 end and locator) | end
 *
 * Owns     zip_open's list until zip_close; the descriptor stays the caller's. Memory: the directory, never an entry
 * Errors   false, and why in words
 * Threads  one
 * Source   APPNOTE.TXT 6.3.9
 */
#ifndef CLI_VERIFIER_ZIP_H
#define CLI_VERIFIER_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ZIP_WHY = 200, ZIP_ENTRIES_MAX = 2000000, ZIP_DIRECTORY_MAX = 512 << 20 };

typedef struct {
	char *name;            /* zero-terminated; lies in Zip.names */
	uint64_t offset, size; /* of its bytes */
	uint32_t crc;          /* as the central directory and the descriptor say */
} ZipEntry;

typedef struct {
	int fd;
	uint64_t size;
	ZipEntry *entries; /* in the order of the file */
	size_t count;
	unsigned char *directory;
	char *names;
} Zip;

bool zip_open(Zip *zip, int fd, char why[static ZIP_WHY]);
void zip_close(Zip *zip);
bool zip_read(const Zip *zip, uint64_t offset, void *out, size_t len);
uint32_t zip_crc(uint32_t crc, const void *bytes, size_t len); /* 0 to begin with */

#endif
