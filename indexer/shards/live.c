/* indexer/shards/live.c - the live shard's documents, and its state as one value of the database's metadata:
 *
 *   "hoso-live"   varint to, varint count, count × varint sequence of a replaced version
 */
#include "indexer/shards/live.h"

#include "indexer/shards/documents.h"

#include <stdlib.h>

static const char live_key[] = "hoso-live";

Status live_append(Store *store, XapWriter *writer, uint64_t live_from, uint64_t from, uint64_t to,
		   Superseded *superseded, pthread_rwlock_t *gate, Err *err)
{
	uint64_t documents = 0, end;
	Buf state = {0};
	Status st = documents_write(store, writer, live_from, &(ShardRange){.from = from, .to = to}, NULL, &end,
				    &documents, superseded, err);
	superseded_sort(superseded);
	buf_add_varint(&state, to);
	buf_add_varint(&state, superseded->count);
	for (size_t i = 0; i < superseded->count; i++)
		buf_add_varint(&state, superseded->list[i]);
	if (st == ST_OK && !buf_ok(&state))
		st = err_no_memory(err);
	if (st == ST_OK) {
		pthread_rwlock_wrlock(gate);
		st = xap_writer_commit(writer, live_key, buf_str(&state), err);
		pthread_rwlock_unlock(gate);
	}
	buf_done(&state);
	return st;
}

Status live_state(const char *dir, uint64_t *to_out, uint64_t *documents_out, Superseded *superseded, Err *err)
{
	Buf state = {0};
	XapDb *db = NULL;
	uint64_t to = 0, count = 0, sequence = 0;
	Status st = xap_metadata(dir, live_key, &state, err);
	const uint8_t *at = (const uint8_t *)state.data, *end = at + state.len;
	if (st == ST_OK && (state.len == 0 || !varint_read(&at, end, &to) || !varint_read(&at, end, &count)))
		st = err_set(err, ST_CORRUPT, "live shard %s does not say how far it goes", dir);
	for (uint64_t i = 0; st == ST_OK && i < count; i++) {
		if (!varint_read(&at, end, &sequence))
			st = err_set(err, ST_CORRUPT, "live shard %s: list of replaced versions is cut off", dir);
		else if (!superseded_add(superseded, sequence))
			st = err_no_memory(err);
	}
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
