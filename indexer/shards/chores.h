/* indexer/shards/chores.h - work on sealed shards that builders do while the index is complete; one chore at a time.
 *
 *   coordinator: chore_want ──► builder: chore_do ──► coordinator: chore_finish, which changes the manifest
 *
 * Owns     a Chore holds copies of what it works on; chore_forget frees them
 * Errors   a chore that fails is logged and ends all chores until the next start; the index serves on as it is
 * Threads  as named; `f->mutex` is taken inside, but for chore_do
 */
#ifndef INDEXER_SHARDS_CHORES_H
#define INDEXER_SHARDS_CHORES_H

#include "indexer/shards/follower.h"

bool chore_is_due(Index *index, const Manifest *m);
void chore_want(Follower *f);     /* asks a builder for the next chore, if one is due */
bool chore_is_there(Follower *f); /* wanted, under way or done */
void chore_do(Follower *f);       /* a builder, under the mutex, which is released meanwhile */
Status chore_finish(Follower *f, Err *err);
void chore_forget(Chore *chore);

#endif
