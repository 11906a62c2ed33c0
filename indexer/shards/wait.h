/* indexer/shards/wait.h - waiting for other threads, with a limit, and waking the coordinator.
 *
 * Owns     nothing
 * Errors   none
 * Threads  any
 */
#ifndef INDEXER_SHARDS_WAIT_H
#define INDEXER_SHARDS_WAIT_H

#include "indexer/shards/state.h"

/* pthread_cond_wait for at most so long. */
void wait_for_signal(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned ms);
/* A damaged shard: the next snapshots are without it, and the follower builds it anew. */
void index_leave_out(Index *index, const char *shard, const char *because);

#endif
