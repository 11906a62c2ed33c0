/* indexer/extract/ole.h - an OLE compound file, the container of Office documents of before 2007: streams by name.
 *
 *   header │ sector 0 │ sector 1 │ …     FAT: which sector follows which; small streams lie in a stream of their own,
 *                                        cut into sectors of 64 bytes with a FAT of their own
 *
 *   ole_open ─▶ for each folder: ole_has, ole_read … ─▶ ole_close
 *
 * Folder 0 is the topmost, which holds the document itself; embedded documents lie in folders of their own.
 *
 * Units    bytes
 * Owns     ole_open's result until ole_close; the descriptor stays the caller's and must outlive it
 * Errors   ST_INVALID no compound file, or a broken one: chains that are loops, sectors that are not there; ST_LIMIT a
 *          stream is larger than OLE_STREAM_MAX; ST_NOT_FOUND no stream of that name; ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 * Source   [MS-CFB]
 */
#ifndef INDEXER_EXTRACT_OLE_H
#define INDEXER_EXTRACT_OLE_H

#include "base/buf.h"

enum { OLE_STREAM_MAX = 256 << 20, OLE_ENTRIES_MAX = 1 << 16 };

typedef struct OleFile OleFile;

Status ole_open(OleFile **out, int fd, Err *err);
void ole_close(OleFile *ole);
unsigned ole_folder_count(const OleFile *ole);
/* Names are matched without regard to ASCII case. */
bool ole_has(const OleFile *ole, unsigned folder, const char *name);
/* Appends all of the stream. */
Status ole_read(const OleFile *ole, unsigned folder, const char *name, Buf *out, Err *err);

#endif
