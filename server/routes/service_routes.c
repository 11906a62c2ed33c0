/* server/routes/service_routes.c - what operators and other systems ask: changes, counts, health, metrics, the
 * description. Nothing here is kept; each answer is read from the parts of the service when it is asked for. */
#include "server/routes/handlers.h"

#include "base/clock.h"
#include "indexer/report/stats.h"
#include "server/jobs/jobs.h"
#include "server/http/guard.h"
#include "server/routes/openapi.h"

#include <inttypes.h>
#include <stdatomic.h>

enum { CHANGES_DEFAULT = 100, CHANGES_MAX = 1000, HEALTH_LAG_MAX = 1000 };

static void write_change(const Entry *entry, JsonOut *j)
{
	char stamp[CLOCK_STAMP_LEN + 1];
	clock_format_utc(entry->utc_ms, stamp);
	jout_open(j, '{');
	jout_field_u64(j, "sequence", entry->sequence);
	jout_field_text(j, "kind", entry->kind == ENTRY_CASE ? "case" : "record");
	jout_field_str(j, entry->kind == ENTRY_CASE ? "code" : "id", entry->key);
	jout_field_u64(j, "version", entry->version);
	jout_field_text(j, "archived", stamp);
	jout_key(j, "leaf");
	jout_hex(j, entry->leaf.bytes, sizeof entry->leaf.bytes);
	jout_close(j, '}');
}

Status get_changes(Request *r, Reply *reply, Err *err)
{
	Arena scratch = {0};
	JsonOut j;
	uint64_t since, limit, tree_size = store_tree_size(r->service->store);
	Status st = request_number(r, "since", 0, 0, UINT64_MAX, &since, err);
	if (st == ST_OK)
		st = request_number(r, "limit", CHANGES_DEFAULT, 1, CHANGES_MAX, &limit, err);
	if (st != ST_OK)
		return st;
	uint64_t end = since >= tree_size ? tree_size : tree_size - since > limit ? since + limit : tree_size;
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	jout_field_u64(&j, "since", since);
	jout_field_u64(&j, "next", since > end ? since : end);
	jout_field_u64(&j, "tree_size", tree_size);
	jout_key(&j, "changes");
	jout_open(&j, '[');
	for (uint64_t sequence = since; sequence < end && st == ST_OK; sequence++) {
		Entry entry;
		arena_reset(&scratch);
		st = store_entry(r->service->store, sequence, &scratch, &entry, err);
		if (st == ST_OK)
			write_change(&entry, &j);
	}
	jout_close(&j, ']');
	jout_close(&j, '}');
	arena_done(&scratch);
	return st;
}

Status get_stats(Request *r, Reply *reply, Err *err)
{
	Stats stats;
	JsonOut j;
	Status st = stats_read(r->service->store, r->service->index, &r->arena, &stats, err);
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	stats_write(&stats, &j);
	return ST_OK;
}

Status get_healthz(Request *r, Reply *reply, Err *err)
{
	(void)r;
	(void)err;
	reply->media = "application/json";
	reply->constant = STR("{\"status\":\"ok\"}");
	return ST_OK;
}

/* For programs and operators; what exactly failed stands in the log, since it names files. */
static const char *unready_reason(const Service *service, const IndexState *index, uint64_t tree_size)
{
	Err damage;
	if (service->untraced)
		return "accesses cannot be noted: see the log";
	if (store_damage(service->store, &damage) != ST_OK)
		return "the archive is damaged or incomplete and takes no writes: see hoso verify";
	if (index->problem)
		return "the index does not follow the archive: see the log";
	if (index->unreadable)
		return "records could not be read from the archive: see hoso verify; after a repair, hoso reindex";
	if (index->damaged_shards)
		return "damaged parts of the index are left out and built anew";
	if (!index->is_whole)
		return "the index is being built: not all records can be found yet";
	return index->position + HEALTH_LAG_MAX < tree_size ? "the index is far behind the archive" : NULL;
}

/* Ready: the archive is read, the index lacks nothing and has come near the archive's end. */
Status get_readyz(Request *r, Reply *reply, Err *err)
{
	IndexState index;
	JsonOut j;
	uint64_t tree_size = store_tree_size(r->service->store);
	(void)err;
	index_state(r->service->index, &index);
	const char *reason = unready_reason(r->service, &index, tree_size);
	bool ready = !reason;
	reply->http = ready ? 200 : 503;
	if (!ready)
		reply_header(reply, "Retry-After", STR("5"));
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	jout_field_bool(&j, "ready", ready);
	jout_field_u64(&j, "tree_size", tree_size);
	jout_field_u64(&j, "index_position", index.position);
	jout_field_u64(&j, "damaged_shards", index.damaged_shards);
	if (reason)
		jout_field_text(&j, "problem", reason);
	jout_close(&j, '}');
	return ST_OK;
}

static void write_label(const void *ctx, size_t route, Buf *out)
{
	const RouteTable *table = ctx;
	if (route < table->count)
		buf_printf(out, "method=\"%s\",route=\"%s\"", table->routes[route].method,
			   table->routes[route].pattern);
	else
		buf_add_zero_terminated(out, "method=\"\",route=\"none\"");
}

static void write_gauge(Buf *out, const char *name, const char *help, uint64_t value)
{
	buf_printf(out, "# HELP hoso_%s %s\n# TYPE hoso_%s gauge\nhoso_%s %" PRIu64 "\n", name, help, name, name,
		   value);
}

static void write_counter(Buf *out, const char *name, const char *help, uint64_t value)
{
	buf_printf(out, "# HELP hoso_%s %s\n# TYPE hoso_%s counter\nhoso_%s %" PRIu64 "\n", name, help, name, name,
		   value);
}

static void write_jobs(const Service *service, Buf *out)
{
	size_t waiting, running;
	jobs_count(service->jobs, &waiting, &running);
	write_gauge(out, "jobs_waiting", "Ingests that wait for a worker.", waiting);
	write_gauge(out, "jobs_running", "Ingests at work.", running);
}

static void write_scrub(const Service *service, Buf *out)
{
	ScrubState state;
	if (!service->scrub)
		return;
	scrub_state(service->scrub, &state);
	write_gauge(out, "scrub_rounds", "Whole checks of the archive since the start.", state.rounds);
	write_gauge(out, "scrub_bytes", "Bytes checked in the background since the start.", state.bytes);
	write_gauge(out, "scrub_findings", "Damage found in the background since the start.", state.findings);
	write_gauge(out, "scrub_round_ended_seconds", "When the last whole check ended, Unix time; 0: none yet.",
		    state.round_ended_ms / 1000);
}

static void write_connections(const Service *service, Buf *out)
{
	ConnectionsState state;
	connections_state(service->connections, &state);
	write_gauge(out, "http_connections", "Open connections.", state.open);
	write_gauge(out, "http_clients", "Addresses that they come from.", state.clients);
	write_counter(out, "http_connections_reaped_total", "Closed because the peer was too slow.", state.reaped);
	write_counter(out, "http_connections_refused_total", "Not opened: the address had its share.", state.refused);
	write_counter(out, "http_clients_left_total", "Peers that hung up before their answer.", state.left);
}

static void write_work(const Service *service, Buf *out)
{
	static const char *const names[] = {"work_waiting", "work_running", "work_done_total", "work_refused_total"};
	static const char *const help[] = {"Requests in a queue.", "Requests that a worker is at.",
					   "Requests and parts of streams done.", "Requests refused with 503 or 429."};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		buf_printf(out, "# HELP hoso_%s %s\n# TYPE hoso_%s %s\n", names[i], help[i], names[i],
			   i < 2 ? "gauge" : "counter");
		for (int kind = WORK_INLINE + 1; kind < WORK_KINDS; kind++) {
			WorkState w;
			workers_state(service->workers, (WorkKind)kind, &w);
			uint64_t values[] = {w.waiting, w.running, w.done, w.refused_busy + w.refused_share};
			buf_printf(out, "hoso_%s{kind=\"%s\"} %" PRIu64 "\n", names[i], work_names[kind], values[i]);
		}
	}
}

static void write_budget(const Budget *budget, Buf *out)
{
	write_gauge(out, "memory_held_bytes", "Held by bodies and streamed answers.",
		    atomic_load_explicit(&budget->memory, memory_order_relaxed));
	write_gauge(out, "memory_budget_bytes", "What they may hold.", budget->memory_most);
	write_gauge(out, "disk_promised_bytes", "Promised to uploads that are not all there.",
		    atomic_load_explicit(&budget->disk_to_come, memory_order_relaxed));
	write_counter(out, "budget_refused_total", "Refused for want of memory or disk.",
		      atomic_load_explicit(&budget->refused, memory_order_relaxed));
}

Status get_metrics(Request *r, Reply *reply, Err *err)
{
	StoreState archive;
	IndexState index;
	const Service *service = r->service;
	Buf *out = &reply->body;
	(void)err;
	store_state(service->store, &archive);
	index_state(service->index, &index);
	reply->media = "text/plain; version=0.0.4; charset=utf-8";
	metrics_write(service->metrics, write_label, service->routes, out);
	write_gauge(out, "archive_tree_size", "Leaves in the log.", archive.tree_size);
	write_gauge(out, "archive_objects", "Objects stored.", archive.objects);
	write_gauge(out, "archive_segments", "Segments of the log.", archive.segments);
	write_gauge(out, "archive_bytes_stored", "Bytes of the log on disk.", archive.bytes_stored);
	write_gauge(out, "archive_bytes_original", "Bytes before compression, each counted once.",
		    archive.bytes_original);
	write_gauge(out, "index_position", "Sequences below are searchable.", index.position);
	write_gauge(out, "index_documents", "Records that can be found.", index.documents);
	write_gauge(out, "index_dead_documents", "Superseded records still in the index.", index.dead_documents);
	write_gauge(out, "index_sealed_shards", "Sealed shards.", index.sealed_shards);
	write_gauge(out, "index_bytes", "Bytes of the index on disk.", index.bytes);
	write_gauge(out, "index_healthy", "1: the follower of the log works.", !index.problem);
	write_gauge(out, "index_whole", "1: nothing lacks that was searchable before.", index.is_whole);
	write_gauge(out, "index_unreadable_records", "Records that the archive could not give when they were indexed.",
		    index.unreadable);
	write_counter(out, "accesses_untraced_total", "Accesses that could not be noted.", service->untraced_counter);
	Err damage;
	write_gauge(out, "archive_intact", "0: something is known to be damaged or missing, and nothing is written.",
		    store_damage(service->store, &damage) == ST_OK);
	write_gauge(out, "index_damaged_shards", "Left out of answers until they are built anew.",
		    index.damaged_shards);
	write_scrub(service, out);
	write_jobs(service, out);
	write_connections(service, out);
	write_work(service, out);
	write_budget(service->budget, out);
	write_gauge(out, "uptime_seconds", "Since the server was started.",
		    (clock_monotonic_us() - service->started_us) / 1000000);
	write_counter(out, "search_partial_total", "Searches answered in part, for want of time.",
		      atomic_load_explicit(&service->partial_counter, memory_order_relaxed));
	write_counter(out, "http_streams_refused_total", "Connections ended for a malformed head or chunk.",
		      guard_refused());
	return ST_OK;
}

Status get_openapi(Request *r, Reply *reply, Err *err)
{
	(void)err;
	reply->media = "application/vnd.oai.openapi+json;version=3.1";
	openapi_write(r->service->routes, &reply->body);
	reply->etag = reply_etag_of(buf_str(&reply->body), &r->arena);
	return ST_OK;
}
