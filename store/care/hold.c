/* store/care/hold.c - a hold is an entry of the log under the record's id, and its newest version says whether the
 * record is held. The writer sees what it has appended itself: a hold counts from the moment it is appended.
 */
#include "store/care/hold.h"

#include "base/json_out.h"
#include "store/log/append.h"
#include "store/log/body.h"
#include "store/log/lookup.h"
#include "store/log/read.h"

static const Str HELD = {"{\"held\":true,", 13};

/* SEE_PENDING where the caller writes: a hold counts from the moment it is appended. */
static Status look_up(Store *store, Sight sight, Str record_id, bool *out, Err *err)
{
	Arena arena = {0};
	Frame frame;
	LeafDescriptor leaf;
	uint32_t segment;
	uint64_t sequence;
	Str payload;
	*out = false;
	Status st = lookup_key(store, sight, ENTRY_HOLD, record_id, 0, &sequence, err);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st == ST_OK)
		st = read_leaf(store, sight, sequence, &arena, &frame, &leaf, &segment, err);
	if (st == ST_OK)
		st = body_read(store, sight, segment, &frame, &arena, &payload, err);
	if (st == ST_OK)
		*out = str_find(payload, str_slice(HELD, 1, HELD.len)) >= 0;
	arena_done(&arena);
	return st;
}

Status store_is_held(Store *store, Str record_id, bool *out, Err *err)
{
	return look_up(store, SEE_COMMITTED, record_id, out, err);
}

static Status set_hold(Store *store, Str record_id, bool held, const HoldInput *input, Receipt *out, Err *err)
{
	Buf metadata = {0};
	JsonOut j;
	uint64_t sequence;
	bool now = false;
	if (!input->reason.len || !input->by.len)
		return err_set(err, ST_INVALID, "a hold needs a reason and the name of who decided it");
	jout_begin(&j, &metadata);
	jout_open(&j, '{');
	jout_field_bool(&j, "held", held);
	jout_field_str(&j, "reason", input->reason);
	jout_field_str(&j, "by", input->by);
	jout_close(&j, '}');
	pthread_mutex_lock(&store->writer.mutex);
	Status st = buf_ok(&metadata) ? lookup_key(store, SEE_PENDING, ENTRY_RECORD, record_id, 0, &sequence, err)
				      : err_no_memory(err);
	if (st == ST_OK)
		st = look_up(store, SEE_PENDING, record_id, &now, err);
	if (st == ST_OK && now == held)
		st = err_set(err, ST_CONFLICT, "'%.*s' is %s", STR_ARG(record_id), held ? "held already" : "not held");
	EntryInput entry = {.kind = ENTRY_HOLD, .key = record_id, .metadata = buf_str(&metadata)};
	if (st == ST_OK)
		st = append_entry(store, &entry, out, err);
	pthread_mutex_unlock(&store->writer.mutex);
	buf_done(&metadata);
	return st;
}

Status store_hold(Store *store, Str record_id, const HoldInput *input, Receipt *out, Err *err)
{
	return set_hold(store, record_id, true, input, out, err);
}

Status store_release(Store *store, Str record_id, const HoldInput *input, Receipt *out, Err *err)
{
	return set_hold(store, record_id, false, input, out, err);
}
