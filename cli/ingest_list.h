/* cli/ingest_list.h - the list that `hoso ingest --report FILE` writes: all that was refused or does not fit, as CSV
 * where the file's name ends so, else as one JSON object with what each register was taken for and the counts.
 *
 *   {"items":[{"source","code","reason"}, {"source","warning","finding"}…],"registers":[…],"seen":5,"added":3,…}
 *
 * Owns     the file, from ingest_list_open to ingest_list_close
 * Errors   ST_IO; a write that fails is told by ingest_list_close
 * Threads  one
 */
#ifndef CLI_INGEST_LIST_H
#define CLI_INGEST_LIST_H

#include "indexer/ingest/ingest.h"

#include <stdio.h>

typedef struct {
	FILE *file; /* NULL: nobody asked for a list */
	bool csv;
	uint64_t items;
	Buf registers, line;
} IngestList;

/* path NULL: no list. */
Status ingest_list_open(IngestList *list, const char *path, Err *err);
void ingest_list_reject(IngestList *list, Str source, Status code, Str reason);
void ingest_list_warning(IngestList *list, Str source, const char *finding, Str warning);
void ingest_list_register(IngestList *list, const IngestPlan *plan);
Status ingest_list_close(IngestList *list, const IngestReport *report, Err *err);

#endif
