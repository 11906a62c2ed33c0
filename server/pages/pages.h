/* server/pages/pages.h - the files of server/pages/files/, compiled into the program (embed.cmake).
 *
 * Threads  constant
 */
#ifndef SERVER_PAGES_PAGES_H
#define SERVER_PAGES_PAGES_H

#include "base/str.h"

typedef struct {
	const char *name; /* "app.js" */
	const char *media;
	const unsigned char *bytes;
	size_t len;
} PageFile;

extern const PageFile page_files[];
extern const size_t page_file_count;

/* Entity tags of all files, made once. */
typedef struct PageTags PageTags;
PageTags *page_tags_new(void); /* NULL: out of memory */
void page_tags_free(PageTags *tags);

#endif
