/* indexer/shards/builders.h - the follower's builders: threads that claim ranges of the log and build shards of them.
 *
 * Owns     a Built is the follower's once it is in its list; built_free frees it
 * Errors   a build that fails leaves its error in f->failure
 * Threads  builders_run is the body of each builder's thread
 */
#ifndef INDEXER_SHARDS_BUILDERS_H
#define INDEXER_SHARDS_BUILDERS_H

#include "indexer/shards/follower.h"

void *builders_run(void *follower);
void built_free(Built *built); /* NULL is fine */

#endif
