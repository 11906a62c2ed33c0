/* server/http/metrics.c - for each route an array of counters: by status code and by the bound that the time stayed
 * below. Counters are atomic and never reset; the text for Prometheus adds the bounds up, as its histograms want them.
 */
#include "server/http/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

static const unsigned codes[] = {200, 201, 202, 204, 206, 304, 400, 403, 404, 405, 409, 412,
				 413, 414, 415, 416, 422, 429, 431, 500, 503, 507, 0};
enum { CODE_COUNT = sizeof codes / sizeof *codes }; /* the last one: any other */

static const uint64_t bounds_us[] = {250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 2500000};
enum { BOUND_COUNT = sizeof bounds_us / sizeof *bounds_us };

typedef struct {
	_Atomic uint64_t by_code[CODE_COUNT];
	_Atomic uint64_t by_bound[BOUND_COUNT + 1];
	_Atomic uint64_t total_us;
} RouteMetrics;

struct Metrics {
	size_t route_count;
	_Atomic uint64_t answer_bytes;
	RouteMetrics routes[];
};

Metrics *metrics_new(size_t route_count)
{
	Metrics *m = calloc(1, sizeof *m + (route_count + 1) * sizeof *m->routes);
	if (m)
		m->route_count = route_count;
	return m;
}

void metrics_free(Metrics *m)
{
	free(m);
}

static void add(_Atomic uint64_t *counter, uint64_t value)
{
	atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

static uint64_t get(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void metrics_count(Metrics *m, size_t route, unsigned http, uint64_t took_us, uint64_t answer_bytes)
{
	RouteMetrics *r = &m->routes[route < m->route_count ? route : m->route_count];
	size_t code = 0, bound = 0;
	while (code < CODE_COUNT - 1 && codes[code] != http)
		code++;
	while (bound < BOUND_COUNT && took_us > bounds_us[bound])
		bound++;
	add(&r->by_code[code], 1);
	add(&r->by_bound[bound], 1);
	add(&r->total_us, took_us);
	add(&m->answer_bytes, answer_bytes);
}

static void write_histogram(const RouteMetrics *r, Str label, Buf *out)
{
	uint64_t sum = 0;
	for (size_t i = 0; i <= BOUND_COUNT; i++) {
		sum += get(&r->by_bound[i]);
		buf_printf(out, "hoso_http_request_seconds_bucket{%.*s,le=\"", STR_ARG(label));
		if (i < BOUND_COUNT)
			buf_printf(out, "%g", (double)bounds_us[i] / 1e6);
		else
			buf_add_zero_terminated(out, "+Inf");
		buf_printf(out, "\"} %" PRIu64 "\n", sum);
	}
	buf_printf(out, "hoso_http_request_seconds_sum{%.*s} %.6f\n", STR_ARG(label), (double)get(&r->total_us) / 1e6);
	buf_printf(out, "hoso_http_request_seconds_count{%.*s} %" PRIu64 "\n", STR_ARG(label), sum);
}

static bool was_used(const RouteMetrics *r)
{
	for (size_t i = 0; i <= BOUND_COUNT; i++)
		if (get(&r->by_bound[i]))
			return true;
	return false;
}

void metrics_write(const Metrics *m, void (*label)(const void *ctx, size_t route, Buf *out), const void *ctx, Buf *out)
{
	Buf text = {0};
	buf_add_zero_terminated(out, "# HELP hoso_http_requests_total Requests by route and status code.\n"
				     "# TYPE hoso_http_requests_total counter\n");
	for (size_t i = 0; i <= m->route_count; i++) {
		buf_clear(&text);
		label(ctx, i, &text);
		for (size_t c = 0; c < CODE_COUNT; c++)
			if (get(&m->routes[i].by_code[c]))
				buf_printf(out, "hoso_http_requests_total{%.*s,code=\"%u\"} %" PRIu64 "\n",
					   STR_ARG(buf_str(&text)), codes[c], get(&m->routes[i].by_code[c]));
	}
	buf_add_zero_terminated(out, "# HELP hoso_http_request_seconds Time until the answer was ready.\n"
				     "# TYPE hoso_http_request_seconds histogram\n");
	for (size_t i = 0; i <= m->route_count; i++) {
		buf_clear(&text);
		label(ctx, i, &text);
		if (was_used(&m->routes[i]))
			write_histogram(&m->routes[i], buf_str(&text), out);
	}
	buf_printf(out,
		   "# HELP hoso_http_answer_bytes_total Bytes of answers' bodies.\n"
		   "# TYPE hoso_http_answer_bytes_total counter\nhoso_http_answer_bytes_total %" PRIu64 "\n",
		   get(&m->answer_bytes));
	buf_done(&text);
}
