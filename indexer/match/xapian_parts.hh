/* indexer/match/xapian_parts.hh - what the files that know Xapian share.
 *
 * No exception can leave: every entry point runs its body in guard(), which maps what was thrown in exactly one
 * function.
 */
#ifndef INDEXER_MATCH_XAPIAN_PARTS_HH
#define INDEXER_MATCH_XAPIAN_PARTS_HH

#include "indexer/match/xapian.h"

#include <xapian.h>

#include <string>
#include <vector>

struct XapDb {
	Xapian::Database db;
	std::vector<std::string> uuids; /* of the shards, in order */
	size_t shards = 0;
};

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

inline std::string text(Str s)
{
	return std::string(s.ptr ? s.ptr : "", s.len);
}

inline Str view(const std::string &s)
{
	return Str{s.data(), s.size()};
}

/* Shards are joined by Xapian itself, so statistics are those of the whole; it deals their documents out in turn: the
 * joined docid is (own docid - 1) * shards + shard + 1. */
inline QueryHit hit_of(const XapDb *db, Xapian::docid docid, double score)
{
	Xapian::docid joined = docid - 1;
	return QueryHit{uint32_t(joined % db->shards), uint32_t(joined / db->shards + 1), 0, score};
}

#endif
