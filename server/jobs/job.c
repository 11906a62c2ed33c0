/* server/jobs/job.c - runs the ingest. Its callbacks copy progress and refusals into the job under the lock, so that
 * who asks sees them at once, and raise the job's own flag when it is over a limit. */
#include "server/jobs/job.h"

#include "base/clock.h"
#include "base/file.h"

#include <inttypes.h>

/* What the ingest's callbacks need. */
typedef struct {
	Job *job;
	pthread_mutex_t *lock;
	const JobLimits *limits;
	Err over; /* the limit that ended it; code ST_OK: none */
} JobContext;

void job_done(Job *job)
{
	close_quietly(job->fd);
	job->fd = -1;
	buf_done(&job->rejects);
	buf_done(&job->warnings);
	buf_done(&job->table);
}

static void end_where_over_limit(JobContext *context, const IngestReport *so_far)
{
	if (so_far->seen > context->limits->items)
		err_set(&context->over, ST_LIMIT, "a job has at most %" PRIu64 " records", context->limits->items);
	else if (so_far->bytes > context->limits->bytes)
		err_set(&context->over, ST_LIMIT, "a job has at most %" PRIu64 " bytes of texts and files",
			context->limits->bytes);
	if (context->over.code != ST_OK)
		stop_raise(&context->job->stop);
}

static void show_progress(void *ctx, const IngestReport *so_far)
{
	JobContext *context = ctx;
	pthread_mutex_lock(context->lock);
	context->job->report = *so_far;
	pthread_mutex_unlock(context->lock);
	end_where_over_limit(context, so_far);
}

static void keep_reject(void *ctx, Str source, Status code, Str reason)
{
	JobContext *context = ctx;
	Job *job = context->job;
	JsonOut j;
	pthread_mutex_lock(context->lock);
	if (job->reject_count++ < JOB_REJECTS_KEPT) {
		jout_begin(&j, &job->rejects);
		j.need_comma = job->rejects.len > 0;
		ingest_reject_write(source, code, reason, &j);
	}
	if (job->table.len < JOB_LIST_BYTES)
		ingest_reject_csv(source, code, reason, &job->table);
	pthread_mutex_unlock(context->lock);
}

static void keep_warning(void *ctx, Str source, const char *finding, Str warning)
{
	JobContext *context = ctx;
	Job *job = context->job;
	JsonOut j;
	pthread_mutex_lock(context->lock);
	bool room = job->warnings.len < JOB_LIST_BYTES && job->table.len < JOB_LIST_BYTES;
	job->left_out += !room;
	if (room) {
		jout_begin(&j, &job->warnings);
		j.need_comma = job->warnings.len > 0;
		ingest_warning_write(source, finding, warning, &j);
		ingest_warning_csv(source, finding, warning, &job->table);
	}
	pthread_mutex_unlock(context->lock);
}

/* How a job ended whose ingest returned st. Under the lock. */
static void set_end(Job *job, const JobContext *context, Status st, const Err *err)
{
	job->err = *err;
	job->state = st == ST_OK ? JOB_DONE : JOB_FAILED;
	if (st != ST_OK || !job->report.cut_short)
		return;
	job->state = job->is_cancelled ? JOB_CANCELLED : JOB_FAILED;
	if (context->over.code != ST_OK)
		job->err = context->over;
	else if (!stop_raised(&job->stop))
		err_set(&job->err, ST_LIMIT, "a job of this kind has at most %" PRIu64 " seconds",
			(job->is_slow ? context->limits->slow_ms : context->limits->quick_ms) / 1000);
	else
		err_set(&job->err, ST_BUSY, "the service ended");
}

void job_run(Job *job, pthread_mutex_t *lock, const JobLimits *limits, Store *store, Index *index)
{
	JobContext context = {.job = job, .lock = lock, .limits = limits};
	IngestOptions options = {.ctx = &context,
				 .progress = show_progress,
				 .rejected = keep_reject,
				 .warned = keep_warning,
				 .until = deadline_in(job->is_slow ? limits->slow_ms : limits->quick_ms, &job->stop)};
	IngestReport report = {0};
	Err err = {0};
	Status st = ingest_stream(store, index, job->fd, str_from(job->name), &options, &report, &err);
	if (st == ST_OK)
		index_notify(index);
	pthread_mutex_lock(lock);
	close_quietly(job->fd);
	job->fd = -1;
	job->report = report;
	set_end(job, &context, st, &err);
	pthread_mutex_unlock(lock);
}

void job_write(const Job *job, bool with_errors, JsonOut *j)
{
	static const char *const states[] = {"none", "waiting", "running", "done", "failed", "cancelled"};
	char stamp[CLOCK_STAMP_LEN + 1];
	clock_format_utc(job->created_ms, stamp);
	jout_open(j, '{');
	jout_field_u64(j, "id", job->id);
	jout_field_text(j, "state", states[job->state]);
	jout_field_text(j, "name", job->name);
	jout_field_text(j, "created", stamp);
	ingest_report_write(&job->report, j);
	if (with_errors) {
		jout_key(j, "errors");
		jout_open(j, '[');
		if (job->rejects.len)
			jout_raw(j, buf_str(&job->rejects));
		jout_close(j, ']');
		jout_key(j, "warning_list");
		jout_open(j, '[');
		if (job->warnings.len)
			jout_raw(j, buf_str(&job->warnings));
		jout_close(j, ']');
		if (job->left_out)
			jout_field_u64(j, "warnings_left_out", job->left_out);
	}
	if (job->state == JOB_FAILED) {
		jout_field_text(j, "code", status_name(job->err.code));
		jout_field_text(j, "error", job->err.text);
	}
	jout_close(j, '}');
}
