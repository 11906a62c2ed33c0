/* tests/prop/crash/crash.h - what the files of prop_store_crash offer one another.
 *
 *   trace.c   records every write, cut, sync, creation, removal and renaming in the archive
 *   work.c    the work that is recorded: ingest, checkpoints, recompression, a destruction
 *   disk.c    a disk that a power cut could leave behind after so many operations
 *   main.c    what must hold on each of these disks
 *
 * Owns     everything is static; the test is one process with one thread
 */
#ifndef TESTS_PROP_CRASH_CRASH_H
#define TESTS_PROP_CRASH_CRASH_H

#include "store/log/options.h"

typedef enum { OP_WRITE, OP_CUT, OP_SYNC, OP_CREATE, OP_REMOVE, OP_RENAME, OP_SYNC_DIR, OP_ACKNOWLEDGE } OpKind;

typedef struct {
	OpKind kind;
	int file; /* of OP_WRITE, OP_CUT, OP_SYNC, OP_CREATE */
	uint64_t offset,
		len; /* OP_CUT: the new length; OP_ACKNOWLEDGE: tree size, and offset 1: the doomed are destroyed */
	char *bytes;
	char path[64], to[64]; /* inside the archive */
	Hash root;             /* OP_ACKNOWLEDGE */
} Op;

enum { OPS_MAX = 20000, FILES_MAX = 400, FDS_MAX = 1024, RECORDS_MAX = 400 };

/* ---- trace.c */

extern Op trace[OPS_MAX];
extern size_t trace_len;
extern int trace_files; /* files are numbered from 1 in the order of their creation */
extern bool trace_on;
extern char archive_dir[48];
Op *trace_note(OpKind kind);

/* ---- work.c */

#define DOOMED_MARK "THE-DOOMED-WORDS;"

typedef struct {
	char key[24], text[600];
	bool doomed;
} Appended;
extern Appended records[RECORDS_MAX]; /* what was appended, by sequence */
extern size_t record_count;

extern uint64_t seed;
extern Err err;
uint32_t dice(uint32_t sides);
void must(Status st, const char *what);
const StoreOptions *options(void);
Status destroy_doomed(Store *store);
void work(void);

/* ---- disk.c */

/* What has reached the disk of that which was not synced. */
typedef enum { ALL, NOTHING, SOME, TORN_512, TORN_4096 } Choice;

void make_disk(size_t end, Choice choice); /* after the first `end` operations, in memory */
void write_disk(const char *dir);
void free_disk(void);

#endif
