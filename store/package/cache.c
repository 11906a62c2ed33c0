/* store/package/cache.c - a short list, newest first, bounded in plans and in bytes. The list has its own lock, so that
 * a plan that is there is given out while another one is made. */
#include "store/package/cache.h"

#include "store/package/plan.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	PLANS_MAX = 8,
	BYTES_MAX = 32 << 20, /* of all plans: some 50,000 files */
	FRESH_MS = 2000,      /* so long a plan is taken without looking at the archive, if its tree has not grown */
};

typedef struct {
	PackagePlan *plan;
	uint64_t tree_size;
	Deadline fresh;
} Kept;

struct PackageCache {
	pthread_mutex_t lock, making;
	Kept kept[PLANS_MAX + 1]; /* the one that was asked for last comes first */
	size_t count;
};

PackageCache *package_cache_new(void)
{
	PackageCache *cache = calloc(1, sizeof *cache);
	if (!cache)
		return NULL;
	pthread_mutex_init(&cache->lock, NULL);
	pthread_mutex_init(&cache->making, NULL);
	return cache;
}

void package_cache_free(PackageCache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < cache->count; i++)
		package_plan_drop(cache->kept[i].plan);
	pthread_mutex_destroy(&cache->lock);
	pthread_mutex_destroy(&cache->making);
	free(cache);
}

static size_t place_of(const PackageCache *cache, Str code)
{
	size_t i = 0;
	while (i < cache->count && !str_eq(cache->kept[i].plan->code, code))
		i++;
	return i;
}

static void move_to_front(PackageCache *cache, size_t at)
{
	Kept moved = cache->kept[at];
	memmove(cache->kept + 1, cache->kept, at * sizeof *cache->kept);
	cache->kept[0] = moved;
}

/* A plan of the code, held for the caller; NULL: there is none. *is_fresh_out: it need not be held against the archive.
 */
static PackagePlan *find_plan(PackageCache *cache, Str code, uint64_t tree_size, bool *is_fresh_out)
{
	PackagePlan *plan = NULL;
	pthread_mutex_lock(&cache->lock);
	size_t at = place_of(cache, code);
	if (at < cache->count) {
		move_to_front(cache, at);
		plan = package_plan_hold(cache->kept[0].plan);
		*is_fresh_out = cache->kept[0].tree_size == tree_size && !deadline_passed(&cache->kept[0].fresh);
	}
	pthread_mutex_unlock(&cache->lock);
	return plan;
}

static void drop_oldest(PackageCache *cache)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < cache->count; i++)
		bytes += cache->kept[i].plan->memory_bytes;
	while (cache->count > PLANS_MAX || bytes > BYTES_MAX) {
		PackagePlan *plan = cache->kept[--cache->count].plan;
		bytes -= plan->memory_bytes;
		package_plan_drop(plan);
	}
}

/* Keeps a plan in the place of the one of the same code. */
static void keep_plan(PackageCache *cache, PackagePlan *plan, uint64_t tree_size)
{
	pthread_mutex_lock(&cache->lock);
	size_t at = place_of(cache, plan->code);
	if (at < cache->count) {
		package_plan_drop(cache->kept[at].plan);
		cache->count--;
		memmove(cache->kept + at, cache->kept + at + 1, (cache->count - at) * sizeof *cache->kept);
	}
	cache->count++;
	cache->kept[cache->count - 1] = (Kept){package_plan_hold(plan), tree_size, deadline_in(FRESH_MS, NULL)};
	move_to_front(cache, cache->count - 1);
	drop_oldest(cache);
	pthread_mutex_unlock(&cache->lock);
}

static Status make_plan(PackageCache *cache, Store *store, Str code, const Deadline *until, PackagePlan **out, Err *err)
{
	bool is_fresh = false;
	uint64_t tree_size = store_tree_size(store);
	PackagePlan *before = find_plan(cache, code, tree_size, &is_fresh); /* made while we waited */
	if (before && is_fresh) {
		*out = before;
		return ST_OK;
	}
	Status st = package_plan_make(out, store, code, before, until, err);
	if (st == ST_OK)
		keep_plan(cache, *out, tree_size);
	package_plan_drop(before);
	return st;
}

Status package_cache_plan(PackageCache *cache, Store *store, Str code, const Deadline *until, PackagePlan **out,
			  Err *err)
{
	bool is_fresh = false;
	if (!cache)
		return package_plan_make(out, store, code, NULL, until, err);
	PackagePlan *plan = find_plan(cache, code, store_tree_size(store), &is_fresh);
	if (plan && is_fresh) {
		*out = plan;
		return ST_OK;
	}
	package_plan_drop(plan);
	pthread_mutex_lock(&cache->making);
	Status st = make_plan(cache, store, code, until, out, err);
	pthread_mutex_unlock(&cache->making);
	return st;
}
