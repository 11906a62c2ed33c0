/* server/pages/pages.c - the compiled-in files get their entity tags once, when the server starts: they are the hash of
 * the bytes, so a browser asks again after an update and only then. */
#include "server/pages/pages.h"

#include "server/http/reply.h"
#include "server/pages/page_files.h"

#include <stdlib.h>

struct Pages {
	Arena arena; /* of the tags */
	Page list[]; /* in the order of page_files */
};

Pages *pages_new(void)
{
	Pages *pages = calloc(1, sizeof *pages + page_file_count * sizeof *pages->list);
	for (size_t i = 0; pages && i < page_file_count; i++) {
		Str bytes = {(const char *)page_files[i].bytes, page_files[i].len};
		pages->list[i] = (Page){page_files[i].media, bytes, reply_etag_of(bytes, &pages->arena)};
		if (!pages->list[i].etag.ptr) {
			pages_free(pages);
			pages = NULL;
		}
	}
	return pages;
}

void pages_free(Pages *pages)
{
	if (!pages)
		return;
	arena_done(&pages->arena);
	free(pages);
}

const Page *pages_find(const Pages *pages, Str name)
{
	for (size_t i = 0; i < page_file_count; i++)
		if (str_eq(str_from(page_files[i].name), name))
			return &pages->list[i];
	return NULL;
}
