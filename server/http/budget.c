/* server/http/budget.c - what is reserved is counted first and checked then, so two uploads never get the same room.
 *
 * An upload is archived in the end and needs room for that as well. Where it would take the last of it, it waits for
 * others: SLACK_BYTES stay free for records that come in without a file. */
#include "server/http/budget.h"

#include <inttypes.h>
#include <stdatomic.h>

enum { SLACK_BYTES = 4 << 20 };

void budget_init(Budget *out, const Store *store, uint64_t memory_most)
{
	*out = (Budget){.store = store, .memory_most = memory_most};
}

bool budget_take_memory(Budget *b, uint64_t bytes)
{
	uint64_t before = atomic_fetch_add_explicit(&b->memory, bytes, memory_order_relaxed);
	if (before + bytes <= b->memory_most)
		return true;
	budget_give_memory(b, bytes);
	atomic_fetch_add_explicit(&b->refused, 1, memory_order_relaxed);
	return false;
}

void budget_give_memory(Budget *b, uint64_t bytes)
{
	atomic_fetch_sub_explicit(&b->memory, bytes, memory_order_relaxed);
}

Status budget_reserve_disk(Budget *b, uint64_t bytes, Err *err)
{
	uint64_t others = atomic_fetch_add_explicit(&b->disk_to_come, bytes, memory_order_relaxed), room = 0;
	Status st = store_room(b->store, &room, err);
	if (st == ST_OK && room < bytes + SLACK_BYTES)
		st = err_set(err, ST_NO_SPACE, "the disk takes %" PRIu64 " MiB more, which is not enough", room >> 20);
	else if (st == ST_OK && room < others + bytes + SLACK_BYTES)
		st = err_set(err, ST_BUSY, "uploads under way take the room on the disk");
	if (st == ST_OK)
		return ST_OK;
	budget_return_disk(b, bytes);
	atomic_fetch_add_explicit(&b->refused, 1, memory_order_relaxed);
	return st;
}

void budget_return_disk(Budget *b, uint64_t bytes)
{
	atomic_fetch_sub_explicit(&b->disk_to_come, bytes, memory_order_relaxed);
}
