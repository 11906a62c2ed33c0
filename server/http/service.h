/* server/http/service.h - what all requests of one server share. server.c makes it, requests borrow it.
 *
 * Shapes   parts that may be NULL say so
 * Owns     nothing: each part belongs to whoever made it (server.c) and outlives every request
 * Threads  constant while requests are served, but for the counters, which are atomic
 */
#ifndef SERVER_HTTP_SERVICE_H
#define SERVER_HTTP_SERVICE_H

#include "indexer/shards/index.h"
#include "server/http/budget.h"
#include "server/http/connections.h"
#include "server/http/metrics.h"
#include "server/http/route.h"
#include "server/http/workers.h"
#include "store/access/access_log.h"
#include "store/care/scrub.h"
#include "store/log/store.h"

typedef struct {
	Store *store;
	Index *index;
	const RouteTable *routes;
	Metrics *metrics;
	Connections *connections;
	Workers *workers;
	Budget *budget;
	struct Jobs *jobs;             /* server/jobs/jobs.h */
	struct PackageCache *packages; /* store/package/package.h */
	struct Pages *pages;           /* server/pages/pages.h */
	AccessLog *access;             /* NULL: none is kept */
	Scrub *scrub;                  /* NULL: none runs */
	const char *hosts;             /* further names that a Host header may give, separated by commas; NULL: none */
	bool log_requests;
	uint64_t started_us;
	uint32_t instance;          /* random: the request ids of two runs differ */
	_Atomic uint64_t under_way; /* requests between their head and their end */
	_Atomic bool ending;        /* answers close their connection */
	_Atomic uint64_t refreshed_us, request_counter, partial_counter;
	_Atomic uint64_t untraced_counter; /* accesses that could not be noted */
	_Atomic bool untraced;             /* the last one could not */
} Service;

#endif
