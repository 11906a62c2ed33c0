/* tests/fuzz/store_verify_zip.c - the ZIP reader of hoso-verify on any bytes: what it accepts lies within the file and
 * fills it, and a name never leads out of a folder. */
#include "cli/verifier/zip.c"

#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char why[ZIP_WHY], byte[64];
	Zip zip;
	if (fd < 0)
		fd = memfd_create("zip", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		return 0;
	if (zip_open(&zip, fd, why)) {
		uint64_t before = 0;
		for (size_t i = 0; i < zip.count; i++) {
			const ZipEntry *e = &zip.entries[i];
			if (e->offset < before || e->offset > size || e->size > size - e->offset ||
			    strstr(e->name, "..") == e->name || e->name[0] == '/' || strstr(e->name, "/../") ||
			    !zip_read(&zip, e->offset, byte, e->size < sizeof byte ? (size_t)e->size : sizeof byte))
				abort();
			before = e->offset + e->size;
		}
	}
	zip_close(&zip);
	return 0;
}
