/* server/pages/page_files.h - the files of server/pages/files/ as bytes; embed.cmake writes the table when it is built.
 *
 * Owns     nothing; the bytes are constants
 * Threads  constant
 */
#ifndef SERVER_PAGES_PAGE_FILES_H
#define SERVER_PAGES_PAGE_FILES_H

#include "base/str.h"

typedef struct {
	const char *name; /* "app.js" */
	const char *media;
	const unsigned char *bytes;
	size_t len;
} PageFile;

extern const PageFile page_files[];
extern const size_t page_file_count;

#endif
