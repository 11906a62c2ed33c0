/* indexer/match/xapian_guard.hh - no C++ exception leaves the files that know Xapian.
 *
 * Every entry point runs its body in guard(); what was thrown becomes a Status in exactly one function.
 *
 * Owns     nothing
 * Errors   ST_BUSY, ST_CONFLICT, ST_NOT_FOUND, ST_CORRUPT, ST_IO, ST_NO_MEMORY; ST_INTERNAL anything else
 * Threads  any
 */
#ifndef INDEXER_MATCH_XAPIAN_GUARD_HH
#define INDEXER_MATCH_XAPIAN_GUARD_HH

#include "base/err.h"

Status map_current_exception(Err *err) noexcept;

template <typename Body> Status guard(Err *err, Body &&body) noexcept
{
	try {
		body();
		return ST_OK;
	} catch (...) {
		return map_current_exception(err);
	}
}

#endif
