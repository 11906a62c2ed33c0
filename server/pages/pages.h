/* server/pages/pages.h - the files of the pages, with an entity tag for each.
 *
 * Owns     pages_new's result until pages_free; a Page lives as long
 * Errors   NULL
 * Threads  constant after pages_new
 */
#ifndef SERVER_PAGES_PAGES_H
#define SERVER_PAGES_PAGES_H

#include "base/str.h"

typedef struct Pages Pages;

typedef struct {
	const char *media;
	Str bytes, etag;
} Page;

Pages *pages_new(void); /* NULL: out of memory */
void pages_free(Pages *pages);
/* By file name ("app.js"); NULL: there is none. */
const Page *pages_find(const Pages *pages, Str name);

#endif
