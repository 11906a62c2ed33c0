/* indexer/shards/manifest.h - which shards make up the index: one small file, replaced as a whole. A line of JSON and a
 * line with its sum:
 *
 *   {"format":2,"schema":1,"position":8867,"leaf":"<hex of the leaf before position>",
 *    "shards":[{"from":0,"to":8867,"name":"…","documents":8867,"bytes":…,"sha256":"…"}],
 *    "live":"live-…","superseded":[17,…],"purge":false,"unreadable":0}
 *   sha256 <hex of the line above, without its end>
 *
 * `leaf` ties the index to its archive: if the log has another leaf there, the index was built from another log.
 *
 * Owns     manifest_done frees what a Manifest holds
 * Errors   below; and ST_IO, ST_NO_MEMORY
 * Threads  one at a time; a file on disk is always the old one or the new one, whole
 */
#ifndef INDEXER_SHARDS_MANIFEST_H
#define INDEXER_SHARDS_MANIFEST_H

#include "indexer/shards/shard.h"
#include "indexer/shards/superseded.h"
#include "store/log/store.h"

typedef struct {
	Shard *shards; /* adjacent, in order, from sequence 0 */
	size_t count;
	uint64_t live_from;             /* where the sealed shards end */
	char live_name[SHARD_NAME_MAX]; /* "": there is no live shard yet */
	Superseded superseded;          /* found in the sealed shards; sorted */
	bool purge;                     /* shards may still hold terms of destroyed records */
} Manifest;

void manifest_done(Manifest *m);
Status manifest_copy(Manifest *out, const Manifest *m, Err *err);
/* Reads the bytes of a MANIFEST. ST_CORRUPT, ST_UNSUPPORTED, ST_NO_MEMORY. Whether it fits an archive is not looked at;
 * leaf_out: what it says of the leaf before `live_from`, in hex. */
Status manifest_parse(Str bytes, Manifest *out, char leaf_out[static 2 * STORE_HASH_LEN + 1], Err *err);
/* ST_NOT_FOUND: none. ST_CORRUPT, ST_UNSUPPORTED (other schema), ST_CONFLICT (of another log): build anew.
 * ST_READ_ONLY: it goes further than the log, whose end is missing: the index is kept. */
Status manifest_load(const char *index_dir, Store *store, Manifest *out, Err *err);
Status manifest_save(const char *index_dir, Store *store, const Manifest *m, Err *err);
/* Adds a shard behind the others; the live shard is forgotten: the new one covers its range. */
Status manifest_add(Manifest *m, const Shard *shard, const Superseded *superseded, Err *err);

#endif
