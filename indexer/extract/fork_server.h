/* indexer/extract/fork_server.h - one process that is the program once more, loaded and linked, of which every
 * extracting process is a fork: a document costs a fork, not the start of a program.
 *
 *   hoso ── order, four descriptors ──▶ fork server ── fork ──▶ reader of one document (child.c)
 *        ◀────────────── verdict ────────────┘  ◀── it ended ──┘
 *
 * Started with the first order; gone when its socket is closed, which the end of hoso does as well. Whoever closes the
 * reading end of an order's verdict has its reader ended.
 *
 * Shapes   an order is a word of readers.h with its limits
 * Owns     nothing: the descriptors stay the caller's
 * Errors   ST_IO the process can't be started
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_FORK_SERVER_H
#define INDEXER_EXTRACT_FORK_SERVER_H

#include "base/err.h"
#include "indexer/extract/limits.h"

#include <stdbool.h>
#include <stdint.h>

enum { ORDER_FDS = 4, ORDER_WORD_MAX = 48 };

/* What travels to the fork server, with the descriptors 0 … 3 of the reader: document, text, message, verdict. */
typedef struct {
	char word[ORDER_WORD_MAX];
	uint32_t cpu_seconds, memory_mib;
} ExtractOrder;

/* server_out: which fork server has the order, for fork_server_is_lost. */
Status fork_server_order(const char *word, const ExtractLimits *limits, const int fds[ORDER_FDS], unsigned *server_out,
			 Err *err);
/* The fork server itself has died: no verdict that it owes will come, whatever the document is. */
bool fork_server_is_lost(unsigned server);

/* The word with which the program is started as a fork server, on descriptor 0. */
#define FORK_SERVER_WORD "fork-server"

#endif
