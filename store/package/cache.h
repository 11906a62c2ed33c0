/* store/package/cache.h - the last few plans of packages: a HEAD, a download and its ranges plan once.
 *
 * A plan is taken again while the case file and the checkpoint are the same, which is looked at every two seconds.
 *
 * Owns     package_cache_new's result until package_cache_free; a plan that was given out is held for the caller
 * Errors   as package.h
 * Threads  any; one plan is made at a time, whoever wants another waits
 */
#ifndef STORE_PACKAGE_CACHE_H
#define STORE_PACKAGE_CACHE_H

#include "base/deadline.h"
#include "store/log/store.h"

typedef struct PackageCache PackageCache;
struct PackagePlan; /* plan.h */

PackageCache *package_cache_new(void);        /* NULL: out of memory */
void package_cache_free(PackageCache *cache); /* NULL is fine */

/* cache NULL: the plan is made and not kept. */
Status package_cache_plan(PackageCache *cache, Store *store, Str code, const Deadline *until, struct PackagePlan **out,
			  Err *err);

#endif
