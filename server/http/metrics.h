/* server/http/metrics.h - counters and a latency histogram by route, as Prometheus text.
 *
 * Shapes   times in microseconds
 * Owns     metrics_new's result until metrics_free
 * Errors   sticky in out (out of memory)
 * Threads  any; counting takes no lock
 * Source   Prometheus text exposition format 0.0.4
 */
#ifndef SERVER_HTTP_METRICS_H
#define SERVER_HTTP_METRICS_H

#include "base/buf.h"

typedef struct Metrics Metrics;

Metrics *metrics_new(size_t route_count); /* NULL: out of memory */
void metrics_free(Metrics *m);
/* route: index into the route table, route_count for requests that matched none. */
void metrics_count(Metrics *m, size_t route, unsigned http, uint64_t took_us, uint64_t answer_bytes);
/* label appends method and pattern of a route, as labels of Prometheus. */
void metrics_write(const Metrics *m, void (*label)(const void *ctx, size_t route, Buf *out), const void *ctx, Buf *out);

#endif
