/* store/care/scrub.c - one thread looks at one segment after the other and sleeps between two rounds. Losing its place
 * costs looking again, so failures to keep it are passed over.
 */
#include "store/care/scrub.h"

#include "base/clock.h"
#include "base/stop.h"
#include "base/wait.h"
#include "store/care/verify.h"
#include "store/log/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct Scrub {
	Store *store;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	Stop stop;
	uint64_t bytes_per_second, pause_ms;
	ScrubState state;
};

/* The segment to look at next, as the file has it; 1 where the file is missing or holds no number. */
static uint32_t load_place(const Store *store)
{
	FilePath path;
	Buf text = {0};
	Err ignored;
	uint64_t place = 1;
	if (file_path(&path, store->dir, "catalogue/scrub", &ignored) != ST_OK ||
	    file_read_all(path.text, 64, &text, &ignored) != ST_OK || !str_to_u64(str_trim(buf_str(&text)), &place) ||
	    place == 0 || place > UINT32_MAX)
		place = 1;
	buf_done(&text);
	return (uint32_t)place;
}

static void save_place(const Store *store, uint32_t segment)
{
	FilePath path;
	char text[16];
	Err ignored;
	snprintf(text, sizeof text, "%u\n", segment);
	if (file_path(&path, store->dir, "catalogue/scrub", &ignored) == ST_OK)
		file_replace(path.text, str_from(text), &ignored);
}

static void note_finding(void *ctx, const VerifyFinding *finding)
{
	Scrub *s = ctx;
	pthread_mutex_lock(&s->mutex);
	s->state.findings++;
	s->state.last = *finding;
	pthread_mutex_unlock(&s->mutex);
}

static void sleep_ms(Scrub *s, uint64_t ms)
{
	uint64_t until_us = clock_monotonic_us() + ms * 1000;
	pthread_mutex_lock(&s->mutex);
	while (!stop_raised(&s->stop) && wait_until(&s->wake, &s->mutex, until_us))
		continue;
	pthread_mutex_unlock(&s->mutex);
}

static uint32_t last_segment(Store *store)
{
	pthread_rwlock_rdlock(&store->lock);
	uint32_t last = store->committed.segment;
	pthread_rwlock_unlock(&store->lock);
	return last;
}

static void *scrub_on(void *arg)
{
	Scrub *s = arg;
	uint32_t segment = load_place(s->store);
	while (!stop_raised(&s->stop)) {
		VerifyReport report = {0};
		Err err;
		if (segment > last_segment(s->store)) {
			segment = 1;
			pthread_mutex_lock(&s->mutex);
			s->state.rounds++;
			s->state.round_ended_ms = clock_utc_ms();
			pthread_mutex_unlock(&s->mutex);
			save_place(s->store, segment);
			sleep_ms(s, s->pause_ms);
			continue;
		}
		pthread_mutex_lock(&s->mutex);
		s->state.segment = segment;
		pthread_mutex_unlock(&s->mutex);
		Status st = store_verify_segment(s->store, segment, s->bytes_per_second, &s->stop, note_finding, s,
						 &report, &err);
		if (st == ST_BUSY)
			break; /* stopped; the segment is looked at again */
		if (st != ST_OK)
			sleep_ms(s, 1000); /* this segment could not be read; the next one may be */
		pthread_mutex_lock(&s->mutex);
		s->state.bytes += report.bytes;
		pthread_mutex_unlock(&s->mutex);
		save_place(s->store, ++segment);
	}
	return NULL;
}

Status scrub_start(Scrub **out, Store *store, uint64_t bytes_per_second, uint64_t pause_ms, Err *err)
{
	Scrub *s = calloc(1, sizeof *s);
	if (!s)
		return err_no_memory(err);
	s->store = store;
	s->bytes_per_second = bytes_per_second;
	s->pause_ms = pause_ms;
	pthread_mutex_init(&s->mutex, NULL);
	pthread_cond_init(&s->wake, NULL);
	int failed = pthread_create(&s->thread, NULL, scrub_on, s);
	if (failed) {
		free(s);
		return err_errno(err, failed, "start the thread that checks the archive");
	}
	*out = s;
	return ST_OK;
}

void scrub_stop(Scrub *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->mutex);
	stop_raise(&s->stop);
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->mutex);
	pthread_join(s->thread, NULL);
	pthread_mutex_destroy(&s->mutex);
	pthread_cond_destroy(&s->wake);
	free(s);
}

void scrub_state(Scrub *s, ScrubState *out)
{
	pthread_mutex_lock(&s->mutex);
	*out = s->state;
	pthread_mutex_unlock(&s->mutex);
}
