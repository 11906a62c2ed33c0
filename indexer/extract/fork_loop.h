/* indexer/extract/fork_loop.h - inside the fork server: starts readers, waits for them, says how each ended.
 *
 * Owns     the descriptors of orders, from their arrival
 * Errors   in exit codes
 * Threads  for a process that has one
 */
#ifndef INDEXER_EXTRACT_FORK_LOOP_H
#define INDEXER_EXTRACT_FORK_LOOP_H

#include "indexer/extract/confine.h"
#include "indexer/extract/fork_server.h"

/* What the reader does with its four descriptors in place, confined by namespaces as far as held says; returns its exit
 * code. */
typedef int ReadOrder(const ExtractOrder *order, ConfinedLayers held);

/* Orders from a socket until it is closed: then every reader is ended. */
int fork_loop_serve(int socket, ReadOrder *read);
/* One order, whose descriptors are 0 … 3 of this process. 0: the verdict was told. */
int fork_loop_once(const ExtractOrder *order, ReadOrder *read);

#endif
