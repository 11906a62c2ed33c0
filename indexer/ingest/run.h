/* indexer/ingest/run.h - one ingest under way: its state, its commits, and what becomes of an input that can't be
 * taken. The bottom of this room: every other file works on an IngestRun.
 *
 *   ingest_begin → for each item: append, or ingest_reject → ingest_tick … → ingest_end
 *
 * Owns     ingest_end gives back all that an IngestRun holds, also where ingest_begin failed
 * Errors   a Status that is not ST_OK ends the ingest: the archive takes no more, or memory is out. That its deadline
 *          passed is no error: ingest_stopped says so.
 * Threads  one
 */
#ifndef INDEXER_INGEST_RUN_H
#define INDEXER_INGEST_RUN_H

#include "base/arena.h"
#include "indexer/ingest/id_filter.h"
#include "indexer/ingest/options.h"
#include "indexer/shards/index.h"
#include "indexer/source/files.h"
#include "indexer/source/json.h"
#include "indexer/source/package_in.h"

/* Where an input stands: "records.jsonl", line 17; "a.zip!b/c.pdf". */
typedef struct {
	Str name;
	uint64_t line; /* 0: none */
} IngestPlace;

typedef struct IngestRun IngestRun;
struct IngestRun {
	Store *store;
	Index *index;   /* NULL: nobody waits for it */
	Index *lookups; /* who holds a file already; NULL: nobody can be asked */
	IngestOptions options;
	IngestReport *report;
	Arena arena; /* of the item at hand */
	JsonReader json;
	Buf metadata, scratch;
	TakenFiles taken;
	struct Delivery *delivery; /* the folder under way, for registers in it; NULL: none */
	bool delivery_rows;        /* a register of it was read */
	struct IngestQueue *queue; /* items whose texts are extracted (queue.h); NULL: each is added at once */
	unsigned package_depth;    /* packages around the one at hand */
	PackageBudget *packages;   /* of the outermost; NULL: none is open */
	uint64_t uncommitted_bytes, uncommitted_count;
	uint64_t goal; /* behind the last record that it added or met: when that is searchable, all of its are */
	uint64_t kept_added, kept_versions; /* of those counted in the report, which a commit has made durable */
	uint64_t drops;                     /* of the archive (store_drops), before the first of these was appended */
	uint64_t started_us, committed_us, told_us;
	uint64_t bytes_done; /* of the inputs before the one at hand */
	bool writing;        /* the writer's lock is ours */
	bool put_now;        /* each item is committed at once, together with those of other threads */
	IdFilter met;        /* ids that items had since they were all committed: some may wait (queue.h) */
	IdFilter appended;   /* derived ids appended since the last commit */
	Receipt receipt;     /* of the item added last */
	Err refusal;         /* of the item rejected last; code ST_OK: none was */
	/* Reads a folder, also one that a package was unpacked into; NULL: packages are read as streams only. */
	Status (*take_folder)(IngestRun *run, int dir_fd, Str name, Err *err);
};

/* An ingest that takes no lock: each item is put by itself. */
void ingest_init(IngestRun *run, Store *store, Index *index, const IngestOptions *options, IngestReport *report);
/* The same with the writer's lock. ST_BUSY: another program writes. */
Status ingest_begin(IngestRun *run, Store *store, Index *index, const IngestOptions *options, IngestReport *report,
		    Err *err);
/* Commits, waits for the index, completes the report. st: how the ingest went; returned, or what failed here. */
Status ingest_end(IngestRun *run, Status st, Err *err);

bool ingest_stopped(const IngestRun *run);
/* Commits when it is time, tells the progress. bytes_read: of the input at hand. */
Status ingest_tick(IngestRun *run, uint64_t bytes_read, Err *err);

/* Commits what was appended, so that it can be read. */
Status ingest_commit(IngestRun *run, Err *err);

void ingest_warn(IngestRun *run, IngestPlace place, Str warning);
/* Counts and tells a file that is no document by its name. */
void ingest_pass_over(IngestRun *run, IngestPlace place, const NameReason *reason);
void ingest_find(IngestRun *run, IngestPlace place, IngestFinding finding, Str text);
/* The same about another record: "trùng bản gốc với X (same original as): detail". */
Status ingest_find_about(IngestRun *run, IngestPlace place, IngestFinding finding, Str id, Str detail, Err *err);
/* Counts and tells an input that is not taken. */
void ingest_reject(IngestRun *run, IngestPlace place, Status code, const char *reason);
/* The same where `why` may be the fault of the input, of the archive or of the machine: ST_OK when the input was
 * rejected; else the ingest must end, and *err is *why (which may be the same Err). */
Status ingest_reject_or_end(IngestRun *run, IngestPlace place, const Err *why, Err *err);

#endif
