/* base/stop.h - a flag that another thread, or a signal, raises to end a long piece of work.
 *
 * Owns     whoever declares it ({0}: not raised); it must outlive the work
 * Errors   none
 * Threads  any number look and raise; safe in a signal handler
 */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
	bool raised;
} Stop;

/* NULL: nobody ever raises it. */
static inline bool stop_raised(const Stop *stop)
{
	return stop && __atomic_load_n(&stop->raised, __ATOMIC_RELAXED);
}

static inline void stop_raise(Stop *stop)
{
	__atomic_store_n(&stop->raised, true, __ATOMIC_RELAXED);
}

/* For the next piece of work; the one before has ended. */
static inline void stop_lower(Stop *stop)
{
	__atomic_store_n(&stop->raised, false, __ATOMIC_RELAXED);
}

#endif
