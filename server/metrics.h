/* server/metrics.h - counters and a latency histogram by route, as Prometheus text.
 *
 * Owns     metrics_new's result until metrics_free
 * Threads  any; counting takes no lock
 * Source   Prometheus text exposition format 0.0.4
 */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include "base/buf.h"

typedef struct Metrics Metrics;

Metrics *metrics_new(size_t route_count); /* NULL: out of memory */
void metrics_free(Metrics *m);
/* route: index into the route table, route_count for requests that matched none. */
void metrics_count(Metrics *m, size_t route, unsigned http, uint64_t took_us, uint64_t answer_bytes);
/* label(i): the pattern and method of route i. */
void metrics_write(const Metrics *m, void (*label)(size_t route, Buf *out), Buf *out);

#endif
