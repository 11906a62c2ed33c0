/* server/http/workers.h - the threads that handlers run on, with one queue for each kind of work.
 *
 *   event loop: workers_admit → suspend the connection → workers_push
 *   worker:                                                            → run → finish (resumes the connection)
 *
 * Each kind has its own threads and its own queue, so searches never wait for packages. A queue has a length; of a
 * queue one client may hold a half while others use it, and three quarters when it is alone. Clients take turns: who
 * has ten in a queue waits behind who has one.
 *
 * Shapes   WORK_INLINE has no queue: such work is bounded and short, and done in the event loop
 * Owns     nothing of a Work; it belongs to its exchange or stream, and the pool lets go of it before finish
 * Errors   workers_admit: ST_LIMIT the client holds its share (429), ST_BUSY the queue is full or it ends (503);
 *          workers_new: ST_NO_MEMORY, ST_IO a thread did not start
 * Threads  any; run and finish are called on a worker
 */
#ifndef SERVER_HTTP_WORKERS_H
#define SERVER_HTTP_WORKERS_H

#include "base/deadline.h"
#include "base/err.h"
#include "server/http/client.h"

typedef enum {
	WORK_INLINE,  /* health, pages, descriptions, one record: in the event loop */
	WORK_LOOKUP,  /* reads of the archive and of the index by a key */
	WORK_SEARCH,  /* questions */
	WORK_PACKAGE, /* case packages */
	WORK_INGEST,  /* records in, with the extraction of their texts */
	WORK_KINDS,
} WorkKind;

typedef struct Workers Workers;

typedef struct Work Work;
struct Work {
	void (*run)(Work *work);    /* does it */
	void (*finish)(Work *work); /* tells who waits; nothing touches the Work afterwards */
	WorkKind kind;
	Client client;
	Deadline deadline; /* for run to look at */
	Stop *stop;        /* raised when the service ends; may be the deadline's */
	bool refused;      /* for run: half its time was spent waiting, or the service ends; it must only say so */
	/* the pool's own */
	Work *next;
	uint64_t queued_us, turn;
};

typedef struct {
	unsigned threads, queue; /* 0: the default */
} WorkLimits;

typedef struct {
	unsigned threads, queue, waiting, running;
	uint64_t done, refused_busy, refused_share; /* since the start */
} WorkState;

extern const char *const work_names[WORK_KINDS]; /* "inline", "lookup" …: for metrics and options */

Status workers_new(Workers **out, const WorkLimits limits[static WORK_KINDS], Err *err);
/* The time that a request of this kind may take, its wait included. */
unsigned workers_time_ms(WorkKind kind);
/* Keeps a place for the work, whose kind and client are set. Then workers_push must follow. */
Status workers_admit(Workers *all, const Work *work, Err *err);
void workers_push(Workers *all, Work *work);
/* Queues work that goes on (the next part of a stream), whatever the length of the queue. False: the service ends. */
bool workers_push_more(Workers *all, Work *work);
void workers_state(Workers *all, WorkKind kind, WorkState *out);

/* ---- the end --------------------------------------------------------------------------------------------------- */

/* Admits nothing new from now on. */
void workers_close(Workers *all);
/* Raises the Stop of what runs and refuses what waits. */
void workers_end(Workers *all);
/* True: nothing is admitted, waits or runs any more; waits for that as long as the deadline allows. */
bool workers_wait_idle(Workers *all, const Deadline *deadline);
/* Ends the threads. workers_wait_idle was true. NULL is fine. */
void workers_free(Workers *all);

#endif
