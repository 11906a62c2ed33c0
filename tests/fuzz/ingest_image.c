/* tests/fuzz/ingest_image.c - any bytes as an image: what is drawn of it is a page that page_image.h reads. */
#include "indexer/extract/leptonica.h"
#include "indexer/extract/page_image.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Buf out = {0};
	PageImage image;
	Err err;
	int fd = memfd_create("image", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	if (leptonica_draw(fd, 1, 0, &out, &err) == ST_OK) {
		if (page_image_parse(&out, &image, &err) != ST_OK)
			abort();
		page_image_done(&image);
	}
	buf_done(&out);
	close(fd);
	return 0;
}
