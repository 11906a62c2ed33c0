/* indexer/shards/live.c - the live shard's documents, and its state as one value of the database's metadata:
 *
 *   "hoso-live"   varint to, varint count, count × varint sequence of a replaced version,
 *                 varint entries that could not be read (missing: 0)
 */
#include "indexer/shards/live.h"

#include "indexer/shards/documents.h"

#include <stdlib.h>

static const char live_key[] = "hoso-live";

/* The new sums are in place before anybody may look again. */
static Status commit_and_sum(LiveShard *live, Str state, Err *err)
{
	GlassSums *sums = NULL;
	Status st = xap_writer_commit(live->writer, live_key, state, err);
	if (st == ST_OK)
		st = glass_sums_make(&sums, live->dir, live->sums, err);
	if (st == ST_OK)
		st = glass_sums_write(sums, live->dir, false, err);
	if (st != ST_OK) {
		glass_sums_free(sums);
		return st;
	}
	glass_sums_free(live->sums);
	live->sums = sums;
	return ST_OK;
}

Status live_append(Store *store, LiveShard *live, uint64_t from, uint64_t to, pthread_rwlock_t *gate, Err *err)
{
	uint64_t documents = 0, end;
	Buf state = {0};
	Status st = live->sums ? glass_sums_check(live->sums, live->dir, true, err) : ST_OK;
	if (st == ST_OK)
		st = documents_write(store, live->writer, live->from, &(ShardRange){.from = from, .to = to}, NULL, &end,
				     &documents, live->superseded, err);
	superseded_sort(live->superseded);
	buf_add_varint(&state, to);
	buf_add_varint(&state, live->superseded->count);
	for (size_t i = 0; i < live->superseded->count; i++)
		buf_add_varint(&state, live->superseded->list[i]);
	buf_add_varint(&state, live->superseded->unreadable);
	if (st == ST_OK && !buf_ok(&state))
		st = err_no_memory(err);
	if (st == ST_OK) {
		pthread_rwlock_wrlock(gate);
		st = commit_and_sum(live, buf_str(&state), err);
		pthread_rwlock_unlock(gate);
	}
	if (st == ST_OK)
		st = xap_writer_sync(live->writer, err);
	buf_done(&state);
	return st;
}

Status live_check(const char *dir, bool is_writer, GlassSums **sums_out, Err *err)
{
	GlassSums *sums = NULL;
	Status st = glass_sums_read(&sums, dir, err);
	if (st == ST_OK)
		st = glass_sums_check(sums, dir, is_writer, err);
	if (st == ST_OK && sums_out)
		*sums_out = sums;
	else
		glass_sums_free(sums);
	return st;
}

Status live_state(const char *dir, uint64_t *to_out, uint64_t *documents_out, Superseded *superseded, Err *err)
{
	Buf state = {0};
	XapDb *db = NULL;
	uint64_t to = 0, count = 0, sequence = 0;
	Status st = xap_metadata(dir, live_key, &state, err);
	const uint8_t *at = (const uint8_t *)(state.len ? state.data : ""), *end = at + state.len;
	if (st == ST_OK && (state.len == 0 || !varint_read(&at, end, &to) || !varint_read(&at, end, &count)))
		st = err_set(err, ST_CORRUPT, "live shard %s does not say how far it goes", dir);
	for (uint64_t i = 0; st == ST_OK && i < count; i++) {
		if (!varint_read(&at, end, &sequence))
			st = err_set(err, ST_CORRUPT, "live shard %s: list of replaced versions is cut off", dir);
		else if (!superseded_add(superseded, sequence))
			st = err_no_memory(err);
	}
	uint64_t unreadable = 0;
	if (st == ST_OK && at < end && !varint_read(&at, end, &unreadable))
		st = err_set(err, ST_CORRUPT, "live shard %s: its state is cut off", dir);
	superseded->unreadable += unreadable;
	if (st == ST_OK)
		st = xap_open(&db, &dir, 1, err);
	if (st == ST_OK) {
		*documents_out = xap_documents(db);
		*to_out = to;
	}
	xap_close(db);
	buf_done(&state);
	return st;
}
