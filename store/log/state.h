/* store/log/state.h - an open archive in memory: what readers look at, what the writer gathers, and which lock guards
 * which of them.
 *
 * Two locks. `lock` guards everything readers look at (segments, table, committed); it is held for look-ups only,
 * never over a read from disk. `writer.mutex` orders writers; it is released while fdatasync runs, so that the next
 * batch gathers meanwhile. Order: writer.mutex before catalogue_mutex before lock.
 *
 * Owns     a Store owns all it points to, from store_open to store_close (open.c)
 * Threads  see above; the functions here take `lock` themselves, but for state_note_damage
 */
#ifndef STORE_LOG_STATE_H
#define STORE_LOG_STATE_H

#include "store/format/segment.h"
#include "store/log/catalogue_run.h"
#include "store/log/options.h"
#include "store/log/store.h"
#include "store/log/table.h"

#include <pthread.h>
#include <sys/types.h>

/* The state after a COMMIT. */
typedef struct {
	uint64_t tree_size, batch;
	Hash root;
	uint32_t segment;        /* id of the one that holds the COMMIT; 0: nothing was ever committed */
	uint32_t frames, leaves; /* of that segment, up to and with the COMMIT */
	uint64_t end;            /* offset behind the COMMIT */
	uint64_t batch_start;    /* offset of the batch's first frame in that segment */
	uint64_t objects, bytes_original;
	Frontier frontier;
} Committed;

/* What follows the last COMMIT on disk. */
typedef struct {
	uint64_t keep_end; /* committed.end, or behind the MARK that follows it */
	uint32_t keep_frames;
	bool confirmed;      /* a frame after the COMMIT says that it is durable */
	bool sealed;         /* the segment of the COMMIT is sealed behind it, nothing uncommitted in it */
	uint64_t torn_bytes; /* bytes that belong to no committed batch */
} Tail;

/* The one writer of this process (writer.h, out.h, live.h). */
typedef struct {
	pthread_mutex_t mutex;         /* held while something is appended, and while a batch is given to the file */
	int not_writable;              /* why LOCK could only be opened for reading (an errno); 0: it could be */
	int lock_fd, live_fd, mark_fd; /* mark_fd -1: not opened yet */
	uint64_t marked_batch;         /* that the durable mark names, as far as this process set it */
	unsigned depth;                /* nested store_write_begin */
	Segment *live;
	bool marked;           /* nothing follows the last COMMIT that would need a MARK */
	uint64_t batch;        /* number of the batch being gathered */
	uint32_t batch_frames; /* frames in it, a MARK not counted */
	uint64_t batch_start, batch_first_sequence;
	uint64_t objects, bytes_original;
	Frontier frontier;
	Buf buffer;            /* frames not yet given to the file */
	uint64_t buffer_at;    /* offset in the live segment of the buffer's first byte */
	uint32_t dict_ordinal; /* of the DICT frame in the live segment; UINT32_MAX: none there yet */
	const Dictionary *dict;
	Packer *packer;
	Buf samples, sample_sizes; /* until a dictionary is trained */
	bool training_failed;
	Buf packed, annex, descriptor, payload; /* space that each entry uses anew */
	Buf tree_nodes;                         /* inner hashes that this batch finishes, for the tree file */
	uint8_t salts[1024];
	size_t salts_left;

	pthread_mutex_t sync_mutex; /* guards what follows; taken after `mutex`, never held over it */
	pthread_cond_t synced;
	bool syncing, leading; /* fdatasync runs; a thread of store_put is about to commit for all */
	uint64_t synced_batch;
	uint64_t drops; /* how often pending frames were thrown away: a waiter learns that its batch is gone */
	Err drop_cause;
	Err poison; /* code ST_OK: none. It stays until the archive is opened anew */
} Writer;

/* Dictionaries that were read, each once. */
typedef struct DictNode {
	struct DictNode *next;
	Dictionary *dict;
} DictNode;

enum { CATALOGUE_RUNS_MAX = 512 };

/* The look-ups of sealed segments (catalogue.h). */
typedef struct {
	CatalogueRun *runs[CATALOGUE_RUNS_MAX];
	size_t count;
	uint32_t covered; /* segments 1 .. covered */
} Catalogue;

/* The Merkle tree's inner hashes on disk (tree.h). */
typedef struct {
	int fd; /* -1: none */
	bool writable;
	atomic_bool distrusted;         /* a proof made from it was wrong: hash from the leaves instead */
	_Atomic uint64_t checked_batch; /* the committed batch that it was last found to agree with */
} TreeFile;

struct Store {
	char *dir;
	dev_t device; /* of the directory, when it was opened */
	ino_t inode;
	uint8_t archive_id[ARCHIVE_ID_LEN];
	char origin[96];
	StoreOptions options;
	pthread_rwlock_t lock;
	Segment **segments; /* ascending id */
	size_t segment_count, segment_room;
	size_t files_open;
	uint64_t segments_changed; /* when the directory last changed, as far as files_recheck has looked */
	_Atomic uint64_t clock;    /* for closing the file unused longest */
	Table table;               /* look-ups of the segments that no catalogue run covers */
	Catalogue catalogue;
	pthread_mutex_t catalogue_mutex; /* held while runs are built; taken before `lock` */
	Committed committed;
	Tail tail;
	uint64_t checked_tail; /* the batch at which the end was last compared with the signed checkpoint */
	uint64_t seen_size;    /* of the last segment's file when it was last scanned */
	uint64_t
		withheld_batch; /* of a COMMIT at the end that is not known to be durable, so does not count; 0: none */
	bool gap;               /* damage lies before the end of the log, so its tree cannot be continued */
	Err damage;             /* code ST_OK: none known */
	bool damage_judged;     /* by a writer that held the lock: a reader may take a write under way for damage */
	DictNode *dicts;
	TreeFile tree;
	Writer writer;
};

/* Which part of the log a look-up sees. SEE_PENDING: what the writer has appended too; it holds its mutex then. */
typedef enum { SEE_COMMITTED, SEE_PENDING } Sight;

/* ST_READ_ONLY: the disk takes no writes, or the archive belongs to somebody else. Says what to do. */
Status state_check_writable(const Store *store, Err *err);

/* Keeps the first damage that is found, so that the archive goes read-only and names the place. Lock held for writing.
 */
void state_note_damage(Store *store, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
