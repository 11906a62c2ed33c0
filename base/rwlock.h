/* base/rwlock.h - a read-write lock for sections of a few hundred nanoseconds: tries for a moment before it sleeps.
 *
 * Sleeping and being woken takes longer than such a section; a writer and a reader that meet a hundred thousand times a
 * second spent a tenth of their time on it.
 *
 * Owns     nothing; the pthread_rwlock_t is the caller's
 * Errors   none
 * Threads  any; a writer may starve while readers follow each other without a gap, as with the lock below
 */
#ifndef BASE_RWLOCK_H
#define BASE_RWLOCK_H

#include <pthread.h>

enum { RWLOCK_TRIES = 200 };

static inline void rwlock_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static inline void rwlock_read(pthread_rwlock_t *lock)
{
	for (int i = 0; i < RWLOCK_TRIES; i++) {
		if (pthread_rwlock_tryrdlock(lock) == 0)
			return;
		rwlock_pause();
	}
	pthread_rwlock_rdlock(lock);
}

static inline void rwlock_write(pthread_rwlock_t *lock)
{
	for (int i = 0; i < RWLOCK_TRIES; i++) {
		if (pthread_rwlock_trywrlock(lock) == 0)
			return;
		rwlock_pause();
	}
	pthread_rwlock_wrlock(lock);
}

#endif
