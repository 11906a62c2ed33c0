/* tests/fuzz/ingest_extract.c - any bytes as an HTML page or an Office file (the first byte chooses): nothing of the
 * writer's own marks is left in the text. */
#include "indexer/extract/readers.h"

#include "base/file.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const FormatReader readers[] = {READER_HTML, READER_DOCX, READER_ODT, READER_XLSX};
	static int fd = -1;
	Buf out = {0};
	Err err;
	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	if (size == 0 || fd < 0 || ftruncate(fd, 0) != 0 ||
	    file_pwrite(fd, data + 1, size - 1, 0, "the input", &err) != ST_OK || lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	Status st = text_reader(readers[data[0] % 4])->read(fd, &out, &err);
	if (st == ST_OK && out.len && memchr(out.data, 0x1F, out.len))
		abort();
	buf_done(&out);
	return 0;
}
