/* server/http/budget.h - how much memory and disk requests and answers may take at once.
 *
 *   upload:  budget_reserve_disk(Content-Length) … budget_return_disk for each piece that is written, and for the rest
 *
 * A promise to take an upload counts before its first byte is there: what uploads still have to bring may never reach
 * into the archive's reserve, however many there are.
 *
 * Owns     nothing
 * Errors   ST_NO_SPACE the disk is full (507), ST_BUSY it would be with the uploads under way (503), ST_IO
 * Threads  any; counters only
 */
#ifndef SERVER_HTTP_BUDGET_H
#define SERVER_HTTP_BUDGET_H

#include "store/log/store.h"

enum { BUDGET_MEMORY_MB_DEFAULT = 128 };

typedef struct {
	const Store *store;
	uint64_t memory_most;
	_Atomic uint64_t memory;       /* held by bodies and streams */
	_Atomic uint64_t disk_to_come; /* promised to uploads, not yet there */
	_Atomic uint64_t refused;      /* for want of memory or disk, since the start */
} Budget;

void budget_init(Budget *out, const Store *store, uint64_t memory_most);
/* False: so much memory is not to be had now. */
bool budget_take_memory(Budget *b, uint64_t bytes);
void budget_give_memory(Budget *b, uint64_t bytes);
Status budget_reserve_disk(Budget *b, uint64_t bytes, Err *err);
/* So much of what was reserved is written now, or will never come. */
void budget_return_disk(Budget *b, uint64_t bytes);

#endif
