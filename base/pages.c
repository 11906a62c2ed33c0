/* base/pages.c - asks for 2 MiB pages by madvise on memory that is aligned to them. The kernel may refuse; then it is
 * ordinary memory. */
#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 2 << 20 };

void *pages_alloc(size_t bytes)
{
	if (bytes < PAGE_BYTES / 2)
		return calloc(1, bytes ? bytes : 1);
	if (bytes > SIZE_MAX - PAGE_BYTES)
		return NULL;
	size_t whole = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
	void *p = aligned_alloc(PAGE_BYTES, whole);
	if (!p)
		return NULL;
#ifdef MADV_HUGEPAGE
	madvise(p, whole, MADV_HUGEPAGE); /* only a wish */
#endif
	return memset(p, 0, bytes);
}
