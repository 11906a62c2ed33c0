/* tests/fuzz/ingest_extract.c - any bytes as an HTML page or an Office file (the first byte chooses): nothing of the
 * writer's own marks is left in the text. */
#include "indexer/extract/extract.h"

#include "base/file.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const DocKind kinds[] = {DOC_HTML, DOC_DOCX, DOC_ODT, DOC_XLSX};
	static int fd = -1;
	char reason[200];
	Buf out = {0};
	Err err;
	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	if (size == 0 || fd < 0 || ftruncate(fd, 0) != 0 ||
	    file_pwrite(fd, data + 1, size - 1, 0, "the input", &err) != ST_OK || lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	DocKind kind = kinds[data[0] % 4];
	bool ok = kind == DOC_HTML ? extract_html(fd, &out, reason) : extract_office(fd, kind, &out, reason);
	if (ok && out.len && memchr(out.data, 0x1F, out.len))
		abort();
	buf_done(&out);
	return 0;
}
