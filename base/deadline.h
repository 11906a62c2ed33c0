/* base/deadline.h - until when a piece of work may go on: a point in time, a flag that ends it earlier, or both.
 *
 *   Deadline until = deadline_in(2000, &job->stop);      … work: if (deadline_passed(&until)) return …
 *
 * Shapes   {0} and NULL: never
 * Units    microseconds of the monotonic clock, which no setting of the date moves
 * Owns     nothing: the Stop must outlive the work
 * Errors   none
 * Threads  one thread works, any number raise the Stop
 */
#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include "base/clock.h"
#include "base/stop.h"

typedef struct {
	uint64_t at_us;   /* 0: no time is set */
	const Stop *stop; /* NULL: nobody ends it earlier */
} Deadline;

static inline Deadline deadline_in(uint64_t ms, const Stop *stop)
{
	Deadline d;
	d.at_us = clock_monotonic_us() + ms * 1000;
	d.stop = stop;
	return d;
}

static inline bool deadline_passed(const Deadline *deadline)
{
	if (!deadline)
		return false;
	return stop_raised(deadline->stop) || (deadline->at_us && clock_monotonic_us() >= deadline->at_us);
}

/* How long to wait, at most max_ms; 0: it has passed. Rounded up: after so long it has passed. */
static inline unsigned deadline_left_ms(const Deadline *deadline, unsigned max_ms)
{
	if (!deadline)
		return max_ms;
	if (stop_raised(deadline->stop))
		return 0;
	if (!deadline->at_us)
		return max_ms;
	uint64_t now = clock_monotonic_us();
	uint64_t left = now >= deadline->at_us ? 0 : (deadline->at_us - now + 999) / 1000;
	return left < max_ms ? (unsigned)left : max_ms;
}

#endif
