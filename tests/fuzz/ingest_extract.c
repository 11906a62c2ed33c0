/* tests/fuzz/ingest_extract.c - any bytes as each document that a reader of ours takes the text of (the first byte
 * chooses among those of the table): nothing of the writer's own marks is left in the text. */
#include "indexer/extract/readers.h"

#include "base/file.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const TextReader *choose(uint8_t number)
{
	const TextReader *ours[READER_COUNT];
	size_t count = 0;
	for (int i = 0; i < READER_COUNT; i++)
		if (text_reader((FormatReader)i)->read)
			ours[count++] = text_reader((FormatReader)i);
	return ours[number % count];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	Buf out = {0};
	Err err;
	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	if (size == 0 || fd < 0 || ftruncate(fd, 0) != 0 ||
	    file_pwrite(fd, data + 1, size - 1, 0, "the input", &err) != ST_OK || lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	Status st = choose(data[0])->read(fd, &out, &err);
	if (st == ST_OK && out.len && memchr(out.data, 0x1F, out.len))
		abort();
	buf_done(&out);
	return 0;
}
