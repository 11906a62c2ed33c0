/* base/wait.c - pthread_cond_clockwait, which takes the clock with the call and needs no attribute of the condition. */
#include "base/wait.h"

#include <errno.h>
#include <time.h>

bool wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t until_us)
{
	struct timespec until = {(time_t)(until_us / 1000000), (long)(until_us % 1000000) * 1000};
	return pthread_cond_clockwait(cond, mutex, CLOCK_MONOTONIC, &until) != ETIMEDOUT;
}
