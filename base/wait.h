/* base/wait.h - waiting on a condition for at most so long.
 *
 * Units    microseconds of clock_monotonic_us, so that a clock that is set back makes nobody wait for an hour
 * Owns     nothing
 * Errors   none
 * Threads  the caller holds the mutex
 */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* False: the time is over. As with pthread_cond_wait the condition need not hold when it returns. */
bool wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t until_us);

#endif
