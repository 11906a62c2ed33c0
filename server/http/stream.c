/* server/http/stream.c - a ring of blocks between one worker and one event loop.
 *
 * Who fills and who takes meet under the stream's lock. A fill is a Work of the route's kind, so streams take turns
 * with each other and with new requests. At most one is under way for a stream. It belongs to the stream, which goes
 * when both libmicrohttpd and the fill have let go of it.
 *
 * The connection is suspended under the lock, and resumed under it by the fill that follows: so it is never resumed
 * before it is suspended, and a suspended connection always has a fill under way, which ends whatever happens.
 */
#include "server/http/stream.h"

#include "base/event.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_MEMORY = STREAM_BLOCKS * STREAM_BLOCK_BYTES + STREAM_SEND_BYTES, CLIENT_SHARE = 4 };

typedef struct {
	Work work; /* the fill */
	pthread_mutex_t lock;
	Service *service;
	Connection *link;
	struct MHD_Connection *connection;
	ReplySource source;
	Stop stop;
	uint64_t next, end; /* of the source: what is read next, where this answer ends */
	size_t head, held;  /* of the ring: where the oldest byte lies, how many there are */
	bool filling, waiting, failed, closed;
	char *ring;
} Stream;

enum { RING_BYTES = STREAM_BLOCKS * STREAM_BLOCK_BYTES };

/* ---- the worker's side ----------------------------------------------------------------------------------------- */

static void free_stream(Stream *s)
{
	if (s->source.close)
		s->source.close(s->source.ctx);
	pthread_mutex_destroy(&s->lock);
	budget_give_memory(s->service->budget, STREAM_MEMORY);
	free(s->ring);
	free(s);
}

/* Reads into the free part of the ring, up to its edge. Only the one who fills moves `next` and the ring's end. */
static bool fill_once(Stream *s)
{
	pthread_mutex_lock(&s->lock);
	size_t at = (s->head + s->held) % RING_BYTES, room = RING_BYTES - s->held;
	bool go_on = !s->closed && !s->failed && s->next < s->end && room >= STREAM_BLOCK_BYTES;
	pthread_mutex_unlock(&s->lock);
	if (!go_on)
		return false;
	if (room > RING_BYTES - at)
		room = RING_BYTES - at;
	if (room > s->end - s->next)
		room = (size_t)(s->end - s->next);
	ptrdiff_t got = s->source.read(s->source.ctx, s->next, s->ring + at, room);
	pthread_mutex_lock(&s->lock);
	if (got > 0) {
		s->next += (uint64_t)got;
		s->held += (size_t)got;
	} else {
		s->failed = true;
	}
	pthread_mutex_unlock(&s->lock);
	return got > 0;
}

static void run_fill(Work *work)
{
	Stream *s = (Stream *)work;
	if (work->refused) {
		pthread_mutex_lock(&s->lock);
		s->failed = true;
		pthread_mutex_unlock(&s->lock);
		return;
	}
	while (!stop_raised(&s->stop) && fill_once(s))
		;
}

static void finish_fill(Work *work)
{
	Stream *s = (Stream *)work;
	pthread_mutex_lock(&s->lock);
	bool last = s->closed;
	s->filling = false;
	if (s->waiting) {
		s->waiting = false;
		connection_enter(s->link, STAGE_ANSWER);
		MHD_resume_connection(s->connection);
	}
	pthread_mutex_unlock(&s->lock);
	if (last)
		free_stream(s);
}

/* ---- the event loop's side ------------------------------------------------------------------------------------- */

/* Under the lock. */
static void ask_for_more(Stream *s)
{
	if (s->filling || s->failed || s->next >= s->end || RING_BYTES - s->held < STREAM_BLOCK_BYTES)
		return;
	s->work.deadline = deadline_in(workers_time_ms(s->work.kind), &s->stop);
	s->filling = true; /* before the worker can see it */
	if (!workers_push_more(s->service->workers, &s->work)) {
		s->filling = false;
		s->failed = true;
	}
}

static size_t take(Stream *s, char *out, size_t len)
{
	size_t n = s->held < len ? s->held : len;
	if (n > RING_BYTES - s->head)
		n = RING_BYTES - s->head;
	memcpy(out, s->ring + s->head, n);
	s->head = (s->head + n) % RING_BYTES;
	s->held -= n;
	return n;
}

static ssize_t give(void *ctx, uint64_t position, char *out, size_t len)
{
	Stream *s = ctx;
	(void)position; /* grows by what was given */
	pthread_mutex_lock(&s->lock);
	ssize_t given = (ssize_t)take(s, out, len);
	ask_for_more(s);
	if (given == 0 && s->filling) {
		s->waiting = true;
		connection_enter(s->link, STAGE_WORK);
		MHD_suspend_connection(s->connection);
	} else if (given == 0) {
		given = MHD_CONTENT_READER_END_WITH_ERROR;
	}
	pthread_mutex_unlock(&s->lock);
	return given;
}

static void close_stream(void *ctx)
{
	Stream *s = ctx;
	stop_raise(&s->stop);
	connection_end_stream(s->service->connections, s->link);
	pthread_mutex_lock(&s->lock);
	s->closed = true;
	bool last = !s->filling;
	pthread_mutex_unlock(&s->lock);
	if (last)
		free_stream(s);
}

/* ---- open ------------------------------------------------------------------------------------------------------ */

static Status refuse(ReplySource *source, Status code, const char *why, Err *err)
{
	if (source->close)
		source->close(source->ctx);
	return err_set(err, code, "%s", why);
}

static Stream *make_stream(Exchange *x, const ReplySource *source, uint64_t first, uint64_t len)
{
	Service *service = x->request.service;
	Stream *s = calloc(1, sizeof *s);
	char *ring = malloc(RING_BYTES);
	if (!s || !ring) {
		free(s);
		free(ring);
		return NULL;
	}
	*s = (Stream){.work = {.run = run_fill,
			       .finish = finish_fill,
			       .kind = x->work.kind == WORK_INLINE ? WORK_LOOKUP : x->work.kind,
			       .client = connection_client(x->link)},
		      .service = service,
		      .link = x->link,
		      .connection = x->connection,
		      .source = *source,
		      .next = first,
		      .end = first + len,
		      .ring = ring};
	s->work.stop = &s->stop;
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

Status stream_open(struct MHD_Response **out, Exchange *x, ReplySource source, uint64_t first, uint64_t len, Err *err)
{
	Service *service = x->request.service;
	unsigned most = (unsigned)(service->budget->memory_most / STREAM_MEMORY / CLIENT_SHARE);
	if (!budget_take_memory(service->budget, STREAM_MEMORY))
		return refuse(&source, ST_BUSY, "too many answers are being sent", err);
	if (!connection_begin_stream(service->connections, x->link, most ? most : 1)) {
		budget_give_memory(service->budget, STREAM_MEMORY);
		return refuse(&source, ST_LIMIT, "too many answers of yours are being sent", err);
	}
	Stream *s = make_stream(x, &source, first, len);
	if (!s) {
		connection_end_stream(service->connections, x->link);
		budget_give_memory(service->budget, STREAM_MEMORY);
		return refuse(&source, ST_NO_MEMORY, "out of memory", err);
	}
	while (!x->request.is_head && fill_once(s))
		;
	struct MHD_Response *response =
		MHD_create_response_from_callback(len, STREAM_SEND_BYTES, give, s, close_stream);
	if (!response) {
		close_stream(s);
		return err_no_memory(err);
	}
	*out = response;
	return ST_OK;
}
