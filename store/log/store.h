/* store/log/store.h - the archive: an append-only, checksummed log of records and the objects they point to.
 *
 *   append … append → commit (one fdatasync) → acknowledge
 *
 * What it promises: an acknowledged entry survives kill -9, power loss and a full disk, byte for byte; a changed
 * byte is found; nothing half-done is ever visible. The format is docs/FORMAT.md.
 *
 * The log is a sequence of leaves, numbered from 0 (`sequence`). A leaf is a record version or a change to a case
 * file. Each has a descriptor (the Merkle leaf: id, version, operation, sizes, payload hash, time, previous version)
 * and a payload (JSON: the metadata, a random salt, the hashes of its objects). Objects are bytes addressed by
 * SHA-256, stored once however many leaves point to them.
 *
 * Caveats  one writer at a time over all processes (lock on LOCK); any number of readers beside it. A reader sees
 *          what was committed when it opened or last refreshed.
 * Errors   said at each call; everywhere also ST_IO and ST_NO_MEMORY
 * Owns     store_open's result until store_close; Str results point into the arena that was passed
 * Threads  every function may be called from any thread; store_close when no other call is under way
 */
#ifndef STORE_LOG_STORE_H
#define STORE_LOG_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "store/format/entry.h"

typedef struct Store Store;

/* ---- open and close -------------------------------------------------------------------------------------------- */

/* Makes an empty archive; ST_CONFLICT where there is one, ST_INVALID where the directory holds something else. */
Status store_init(const char *dir, Err *err);
/* ST_NOT_FOUND: no archive there. ST_UNSUPPORTED: a format newer than this build. ST_CORRUPT: names the place. */
Status store_open(Store **out, const char *dir, Err *err);
void store_close(Store *store);
const char *store_dir(const Store *store);
/* ST_READ_ONLY: another directory, or another archive, has taken the place of the one that was opened. To be asked
 * before anything is written by its path. */
Status store_check_place(const Store *store, Err *err);
/* Sees what another process has committed since; cheap when nothing is new. */
Status store_refresh(Store *store, Err *err);

/* How many bytes the disk still takes before the archive's reserve is touched; 0: the reserve is all that is left. */
Status store_room(const Store *store, uint64_t *bytes_out, Err *err);

/* ---- reading --------------------------------------------------------------------------------------------------- */

typedef struct {
	uint64_t sequence;
	EntryKind kind;
	Str key;           /* record id or case code */
	uint32_t version;  /* from 1 */
	uint64_t previous; /* sequence of the version before; UINT64_MAX: none */
	uint64_t utc_ms;   /* when it was appended */
	Hash leaf;         /* Merkle leaf hash: SHA-256(0x00 || descriptor) */
	Str descriptor;    /* the leaf's bytes */
	Str payload;       /* JSON with "salt" and "objects" in front of the metadata; empty when destroyed */
	Str metadata;      /* the metadata JSON alone, as it was appended: {…} */
	const ObjectRef *objects;
	size_t object_count;
	bool destroyed;
} Entry;

typedef struct {
	uint64_t tree_size; /* leaves; sequences run from 0 to tree_size - 1 */
	Hash root;          /* RFC 6962 tree head over them */
	uint64_t objects, segments;
	uint64_t bytes_stored;   /* on disk, segments only */
	uint64_t bytes_original; /* objects and payloads before compression, each counted once */
} StoreState;

void store_state(Store *store, StoreState *out);
/* ST_OK: nothing is known to be wrong. ST_CORRUPT: what is damaged or missing, and so takes no writes; what is intact
 * is read. For the operator: it names files. */
Status store_damage(Store *store, Err *out);
/* Something outside the log (the index) knows of tree_size records. If the log holds fewer, its end is missing:
 * ST_CORRUPT, and that is damage from then on. */
Status store_expect(Store *store, uint64_t tree_size, const char *who, Err *err);
uint64_t store_tree_size(Store *store);
/* ST_NOT_FOUND beyond the tree; ST_CORRUPT names segment, offset and sequence. */
Status store_entry(Store *store, uint64_t sequence, Arena *arena, Entry *out, Err *err);
/* A version as a list shows it. */
typedef struct {
	uint64_t sequence, previous, utc_ms;
	uint32_t version;
} VersionItem;
/* The version at `sequence` and those before it, newest first, at most `most` of them: *count_out is at least 1. Reads
 * their descriptors only, each checked by the hash that its successor names. */
Status store_versions(Store *store, uint64_t sequence, VersionItem *out, size_t most, size_t *count_out, Err *err);
/* For dealing out work evenly: about how many stored bytes lie before a record (all that is committed for the tree's
 * size), and the first sequence that has at least so many before it (the tree's size: none has). */
Status store_bytes_before(Store *store, uint64_t sequence, uint64_t *bytes_out, Err *err);
Status store_sequence_behind(Store *store, uint64_t bytes, uint64_t *sequence_out, Err *err);
/* Sequence of a key's version (0: the newest). ST_NOT_FOUND. */
Status store_find(Store *store, EntryKind kind, Str key, uint32_t version, uint64_t *sequence_out, Err *err);
/* Newest record versions that say they belong to the case file, in order of sequence; count 0 where there is none. */
Status store_case_records(Store *store, Str code, Arena *arena, uint64_t **sequences_out, size_t *count_out, Err *err);

/* Objects. Every read is checked (CRC of the frame; the whole-object calls also SHA-256). */
Status store_object_size(Store *store, const Hash *hash, uint64_t *size_out, Err *err);
Status store_object_read(Store *store, const Hash *hash, uint64_t offset, void *out, size_t len, Err *err);
/* Appends the whole object to out; ST_LIMIT over limit_bytes. */
Status store_object_load(Store *store, const Hash *hash, uint64_t limit_bytes, Buf *out, Err *err);

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* Takes the writer's lock, recovers a torn tail. ST_BUSY: another process writes. ST_READ_ONLY: the writer failed
 * before or the archive is damaged (says where). Calls nest within a process: each begin wants its end. */
Status store_write_begin(Store *store, Err *err);
void store_write_end(Store *store); /* what was not committed is dropped */

typedef struct {
	ObjectRef ref; /* hash and size are filled in where bytes or fd are given */
	Str bytes;     /* the object's bytes; or … */
	int fd; /* … a file to read from its start (bytes.ptr NULL, fd >= 0); or an object that is stored (fd -1) */
} ObjectInput;

typedef struct {
	EntryKind kind;
	Str key;      /* "": derived from the content, so that the same content gets the same id */
	Str metadata; /* canonical JSON object; equal bytes mean equal metadata */
	ObjectInput *objects;
	size_t object_count;
	const Str *cases; /* case files the record belongs to (they stand in the metadata too) */
	size_t case_count;
	/* Compare and append: the version that must be the key's newest, else ST_CONFLICT. 0: any; VERSION_NONE: the
	 * key must not be there. With one given, only the newest version makes the input a duplicate. */
	uint32_t expected_version;
} EntryInput;

#define VERSION_NONE UINT32_MAX

typedef enum { APPEND_ADDED, APPEND_VERSION, APPEND_DUPLICATE } AppendResult;

typedef struct {
	AppendResult result;
	char key[STORE_ID_MAX + 1];
	uint32_t version;
	uint64_t sequence;
	Hash leaf;
	uint64_t tree_size; /* sequence + 1: the smallest tree that holds it */
} Receipt;

/* Appends; neither durable nor visible until store_commit. A key that is there with the same metadata and objects is
 * a duplicate: nothing is added and the receipt is the first one's. Within store_write_begin/end. */
Status store_append(Store *store, const EntryInput *input, Receipt *out, Err *err);
/* Makes everything appended durable with one fdatasync and visible. A failed sync poisons the writer: ST_READ_ONLY ever
 * after. */
Status store_commit(Store *store, Err *err);
/* How often what was appended was thrown away because a commit failed, whoever called it: who appends side by side with
 * others and finds it changed since its own last commit has lost entries. *cause_out: why, the last time. */
uint64_t store_drops(Store *store, Err *cause_out);
/* Seals the live segment, so that it can be written anew (store/care/); within store_write_begin/end, after a commit.
 */
Status store_seal(Store *store, Err *err);
/* Append and commit for many threads at once: calls that come together share one fdatasync. Takes the lock itself.
 * Who loses on expected_version is told when the winner is durable and visible: store_find gives the newest then. */
Status store_put(Store *store, const EntryInput *input, Receipt *out, Err *err);

#endif
