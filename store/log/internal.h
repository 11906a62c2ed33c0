/* store/log/internal.h - what the files of store/ share of an open archive.
 *
 *   store.c   open, close, state          load.c     what the directory holds
 *   log.c     following the log           files.c    open segment files
 *   read.c    frames, entries, objects    lookup.c   keys and hashes to places (catalogue.c, run.c, table.c)
 *   writer.c  frames out, commit          live.c     the live segment      recover.c  lock, torn tails
 *   append.c  one entry in (objects.c)    verify.c   every byte again      rewrite.c  a segment written anew
 *
 * Two locks. `lock` guards everything readers look at (segments, table, committed); it is held for look-ups only,
 * never over a read from disk. `writer.mutex` orders writers; it is released while fdatasync runs, so that the next
 * batch gathers meanwhile. Order: writer.mutex before lock.
 */
#ifndef STORE_LOG_INTERNAL_H
#define STORE_LOG_INTERNAL_H

#include "store/log/catalogue.h"
#include "store/format/codec.h"
#include "store/format/frame.h"
#include "store/log/options.h"
#include "store/format/segment.h"
#include "store/log/store.h"
#include "store/log/table.h"
#include "store/log/tree.h"

#include <pthread.h>

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

typedef struct {
	pthread_mutex_t mutex; /* held while something is appended, and while a batch is given to the file */
	int lock_fd, live_fd;
	unsigned depth; /* nested store_write_begin */
	Segment *live;
	bool marked;           /* nothing follows the last COMMIT that would need a MARK */
	uint64_t batch;        /* number of the batch being gathered */
	uint32_t batch_frames; /* frames in it, a MARK not counted */
	uint64_t batch_start, batch_first_sequence;
	uint64_t objects, bytes_original;
	Frontier frontier;
	Buf buffer;            /* frames not yet given to the file, */
	uint64_t buffer_at;    /* which start at this offset of the live segment */
	uint32_t dict_ordinal; /* of the DICT frame in the live segment; UINT32_MAX: none there yet */
	const Dictionary *dict;
	Packer *packer;
	Buf samples, sample_sizes; /* until a dictionary is trained */
	bool training_failed;
	Buf packed, annex, descriptor, payload; /* space that is used again and again */
	Buf tree_nodes;                         /* inner hashes that this batch finishes, for the tree file */
	uint8_t salts[1024];
	size_t salts_left;

	pthread_mutex_t sync_mutex; /* guards what follows; taken after `mutex`, never held over it */
	pthread_cond_t synced;
	bool syncing, leading; /* fdatasync runs; a thread of store_put is about to commit for all */
	uint64_t synced_batch;
	uint64_t drops; /* how often pending frames were thrown away: a waiter learns that its batch is gone */
	Err drop_cause;
	Err poison; /* code ST_OK: none; for good */
} Writer;

typedef struct DictNode {
	struct DictNode *next;
	Dictionary *dict;
} DictNode;

struct Store {
	char *dir;
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
	bool gap;              /* damage lies before the end of the log: its tree cannot be continued */
	Err damage;            /* code ST_OK: none known */
	bool damage_judged;    /* by a writer, with nobody else writing */
	DictNode *dicts;
	TreeFile tree;
	Writer writer;
};

/* ---- log.c, load.c --------------------------------------------------------------------------------------------- */

/* Looks at the whole directory: at open (then runs that are missing are built), and again to judge damage anew. Takes
 * the lock itself. */
Status log_load(Store *store, bool at_open, Err *err);
/* Follows what was added behind the committed point. Holds store->lock for writing. */
Status log_advance(Store *store, Err *err);
/* True when segments or the live one's size are not what log_advance last saw. */
bool log_has_news(Store *store);
Segment *log_segment(const Store *store, uint32_t id);          /* NULL: none; lock held */
Segment *log_segment_of(const Store *store, uint64_t sequence); /* lock held */
/* Opens a segment and puts it behind the others; its footer, if the caller wants it. Lock held. */
Status log_open_segment(Store *store, uint32_t id, Segment **out, bool *sealed_out, FooterDescriptor *footer_out,
			Err *err);
bool log_add_segment(Store *store, Segment *segment);    /* behind all others; lock held */
void log_drop_segments_after(Store *store, uint32_t id); /* lock held */
void log_note_damage(Store *store, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Look-up entries of one frame: calls add for each. */
Status frame_lookups(uint32_t segment, const Frame *frame,
		     Status (*add)(void *ctx, uint64_t hash, uint64_t value, Err *err), void *ctx, Err *err);

/* ---- files.c ---------------------------------------------------------------------------------------------------- */

Status files_open(Store *store, Segment *s, Err *err);            /* lock held for writing */
SegmentFile *files_use(Store *store, uint32_t segment, Err *err); /* NULL: missing; give it back */
bool files_recheck(Store *store); /* lets go of files that another process wrote anew; true: there were some */
bool files_rescan(Store *store, uint32_t segment); /* true: look again */

/* ---- read.c ---------------------------------------------------------------------------------------------------- */

typedef enum { SEE_COMMITTED, SEE_PENDING } Sight; /* SEE_PENDING: the writer, holding its mutex */

Status read_frame(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, Arena *arena, Frame *out, Err *err);
Status read_leaf(Store *store, Sight sight, uint64_t sequence, Arena *arena, Frame *out, LeafDescriptor *leaf_out,
		 uint32_t *segment_out, Err *err);
/* The frame's body as it was before compression; in the arena. */
Status read_body(Store *store, Sight sight, uint32_t segment, const Frame *frame, Arena *arena, Str *out, Err *err);
/* The dictionary of a frame of this segment, loaded once. */
Status read_dictionary(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, const Dictionary **out, Err *err);
const Dictionary *keep_dictionary(Store *store, Dictionary *dict); /* takes it; the one with equal bytes; lock held */

/* ---- lookup.c -------------------------------------------------------------------------------------------------- */

/* Values of a hash, unverified, in no order, appended as uint64_t. */
Status lookup_values(Store *store, uint64_t hash, Buf *out, Err *err);
/* Sequence of a key's version (0: newest), checked against its leaf. */
Status lookup_key(Store *store, Sight sight, uint8_t kind, Str key, uint32_t version, uint64_t *sequence_out, Err *err);
/* The OBJECT frame of a hash; frame_out in the arena. */
Status lookup_object_frame(Store *store, Sight sight, const Hash *hash, Arena *arena, uint32_t *segment_out,
			   Frame *frame_out, Err *err);

/* ---- writer.c: all with the writer's mutex held ---------------------------------------------------------------- */

Status writer_open(Store *store, Err *err); /* at store_open: makes the mutexes, opens LOCK */
void writer_close(Store *store);
Status writer_begin(Store *store, Err *err);
void writer_end(Store *store);
/* Frames out. `stored` as packed; fills in ordinal, sequence, batch and lengths. ordinal_out may be NULL. */
Status writer_add(Store *store, FrameHeader *header, Str descriptor, Str annex, Str stored, uint32_t *ordinal_out,
		  Err *err);
/* Seals the live segment if len more bytes would be too many, starts one where there is none, flushes. */
Status writer_make_room(Store *store, uint64_t len, Err *err);
Status writer_seal(Store *store, Err *err);   /* the live segment, with nothing uncommitted in it; none: nothing */
Status writer_commit(Store *store, Err *err); /* lets the mutex go while fdatasync runs */
/* Throws away what is not committed; *err comes in as the cause, which those who wait for it are told. */
Status writer_drop(Store *store, Err *err);
void writer_forget_dictionary(Store *store);          /* and the samples for the next one */
Status writer_add_dictionary(Store *store, Err *err); /* a DICT frame of writer.dict in the live segment */

typedef struct {
	Segment *live;
	uint32_t frames, leaves;
	uint64_t end, objects, bytes_original;
	uint32_t batch_frames, dict_ordinal;
	size_t tree_nodes_len;
	Frontier frontier;
} Savepoint;
void writer_save(const Store *store, Savepoint *out);
void writer_back_to(Store *store, const Savepoint *save); /* after a failed append */

/* ---- append.c, objects.c --------------------------------------------------------------------------------------- */

Status append_entry(Store *store, const EntryInput *input, Receipt *out, Err *err);
/* Fills in hash and size of an input object. */
Status object_measure(Store *store, ObjectInput *object, Err *err);
/* Stores the object unless it is there. */
Status object_store(Store *store, const ObjectInput *object, Err *err);
/* Packs `raw` for a frame; *stored_out points into writer.packed or is raw itself. */
Status writer_pack(Store *store, Str raw, FrameHeader *header, Str *stored_out, Err *err);

/* ---- verify.c -------------------------------------------------------------------------------------------------- */

/* One segment from end to end, at a pace (0: none). The tree over all is store_verify's. */
Status verify_one(Store *store, uint32_t segment, uint64_t bytes_per_second, const Stop *stop,
		  void (*found)(void *ctx, const VerifyFinding *finding), void *ctx, VerifyReport *out, Err *err);

#endif
