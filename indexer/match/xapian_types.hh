/* indexer/match/xapian_types.hh - an open database, and our strings as Xapian's and back.
 *
 * Owns     text copies; view borrows
 * Errors   std::bad_alloc, caught by guard()
 * Threads  pure
 */
#ifndef INDEXER_MATCH_XAPIAN_TYPES_HH
#define INDEXER_MATCH_XAPIAN_TYPES_HH

#include "indexer/match/xapian.h"

#include <xapian.h>

#include <string>
#include <vector>

struct XapDb {
	Xapian::Database db;
	std::vector<std::string> uuids; /* of the shards, in order */
	size_t shards = 0;
};

inline std::string text(Str s)
{
	return std::string(s.ptr ? s.ptr : "", s.len);
}

inline Str view(const std::string &s)
{
	return Str{s.data(), s.size()};
}

/* Xapian joins the shards, so statistics are those of the whole. It numbers their documents in turn: the joined docid
 * is (own docid - 1) * shards + shard + 1. */
inline QueryHit hit_of(const XapDb *db, Xapian::docid docid, double score)
{
	Xapian::docid joined = docid - 1;
	return QueryHit{uint32_t(joined % db->shards), uint32_t(joined / db->shards + 1), 0, score};
}

#endif
