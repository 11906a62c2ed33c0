/* indexer/match/xapian_search.cc - the same answers as the matcher's, given by Xapian, for comparison.
 *
 * A Query is converted node by node; each tier is a search of its own without what the tiers before it match. Dead
 * documents are excluded by a posting source that lists them.
 */
#include "indexer/match/xapian_guard.hh"
#include "indexer/match/xapian_types.hh"

#include <algorithm>
#include <memory>
#include <new>
#include <unordered_map>

namespace
{

Xapian::Query::op joined_op(QueryOp op)
{
	switch (op) {
	case QUERY_AND:
		return Xapian::Query::OP_AND;
	case QUERY_SYNONYM:
		return Xapian::Query::OP_SYNONYM;
	case QUERY_AND_NOT:
		return Xapian::Query::OP_AND_NOT;
	case QUERY_AND_MAYBE:
		return Xapian::Query::OP_AND_MAYBE;
	case QUERY_FILTER:
		return Xapian::Query::OP_FILTER;
	default:
		return Xapian::Query::OP_OR;
	}
}

Xapian::Query convert(const Query *q)
{
	switch (q->op) {
	case QUERY_NOTHING:
		return Xapian::Query();
	case QUERY_ALL:
		return Xapian::Query(std::string());
	case QUERY_TERM:
		return Xapian::Query(text(q->term));
	case QUERY_SCALE:
		return Xapian::Query(Xapian::Query::OP_SCALE_WEIGHT, convert(q->children[0]), q->factor);
	case QUERY_BOOST:
		return Xapian::Query(Xapian::Query::OP_FILTER,
				     Xapian::Query((new Xapian::FixedWeightPostingSource(q->factor))->release()),
				     convert(q->children[0]));
	case QUERY_RANGE:
		if (q->high.len == 0)
			return Xapian::Query(Xapian::Query::OP_VALUE_GE, q->slot, text(q->low));
		return Xapian::Query(Xapian::Query::OP_VALUE_RANGE, q->slot, text(q->low), text(q->high));
	default:
		break;
	}
	std::vector<Xapian::Query> children;
	children.reserve(q->child_count);
	for (size_t i = 0; i < q->child_count; i++)
		children.push_back(convert(q->children[i]));
	return Xapian::Query(joined_op(q->op), children.begin(), children.end());
}

typedef std::pair<uint32_t, double> Scored; /* docid, score */

inline Xapian::docid docid_of(uint32_t docid)
{
	return docid;
}
inline Xapian::docid docid_of(const Scored &scored)
{
	return scored.first;
}
inline double score_of(uint32_t)
{
	return 0;
}
inline double score_of(const Scored &scored)
{
	return scored.second;
}

/* Lists documents, ascending, for each shard: the dead, which AND_NOT takes out, or the best of a search with the
 * scores they had. A source learns which shard it runs on from its UUID, as it is given only the database. (A
 * MatchDecider would not do: it is told the shard's own docid and not the shard.) */
template <typename Item> class ShardSource : public Xapian::PostingSource
{
      public:
	typedef std::vector<std::pair<const Item *, size_t>>
		Lists; /* one for each shard; the items outlive the source */

	ShardSource(const Lists &l, const std::vector<std::string> *u, double m) : lists(l), uuids(u), most(m) {}
	PostingSource *clone() const override { return new ShardSource(lists, uuids, most); }
	void init(const Xapian::Database &db) override
	{
		at = end = nullptr;
		started = false;
		set_maxweight(most);
		std::string uuid = db.get_uuid();
		for (size_t i = 0; i < uuids->size(); i++) {
			if ((*uuids)[i] == uuid && lists[i].second) {
				at = lists[i].first;
				end = at + lists[i].second;
			}
		}
	}
	Xapian::doccount get_termfreq_min() const override { return 0; }
	Xapian::doccount get_termfreq_est() const override { return Xapian::doccount(end - at); }
	Xapian::doccount get_termfreq_max() const override { return Xapian::doccount(end - at); }
	double get_weight() const override { return score_of(*at); }
	void next(double) override
	{
		if (started)
			++at;
		started = true;
	}
	void skip_to(Xapian::docid docid, double) override
	{
		started = true;
		at = std::lower_bound(at, end, docid,
				      [](const Item &item, Xapian::docid wanted) { return docid_of(item) < wanted; });
	}
	bool at_end() const override { return at == end; }
	Xapian::docid get_docid() const override { return docid_of(*at); }

      private:
	Lists lists;
	const std::vector<std::string> *uuids;
	double most; /* no score is above it */
	const Item *at = nullptr, *end = nullptr;
	bool started = false;
};

bool any_dead(const QueryDead *dead, size_t shards)
{
	for (size_t i = 0; dead && i < shards; i++)
		if (dead[i].count)
			return true;
	return false;
}

} // namespace

/* A tier's matches that no tier before it has, without the dead. */
static Xapian::Query living(const XapDb *db, const QueryAsk *search, size_t tier, Arena *arena)
{
	Xapian::Query query = convert(search->tiers[tier]);
	if (arena && tier > 0) {
		const Query *before = query_matching(arena, search->tiers[tier - 1]);
		if (!before)
			throw std::bad_alloc();
		query = Xapian::Query(Xapian::Query::OP_AND_NOT, query, convert(before));
	}
	if (!any_dead(search->dead, db->shards))
		return query;
	ShardSource<uint32_t>::Lists dead;
	for (size_t i = 0; i < db->shards; i++)
		dead.emplace_back(search->dead[i].docids, search->dead[i].count);
	return Xapian::Query(Xapian::Query::OP_AND_NOT, query,
			     Xapian::Query((new ShardSource<uint32_t>(dead, &db->uuids, 0))->release()));
}

/* Xapian counts from the beginning of each of its searches; 0 would be no limit. */
static void set_time_limit(Xapian::Enquire &enquire, const QueryAsk *search)
{
	enum { LONGEST_MS = 3600 * 1000 };
	if (search->until)
		enquire.set_time_limit((deadline_left_ms(search->until, LONGEST_MS) + 1) / 1000.0);
}

static void add_hits(const XapDb *db, const Xapian::MSet &found, QueryFound *out)
{
	for (Xapian::MSetIterator i = found.begin(); i != found.end(); ++i)
		out->hits[out->count++] = hit_of(db, *i, i.get_weight());
}

/* The best of `found` ordered anew, with what the second query adds to their scores. */
static void look_again(XapDb *db, const QueryAsk *search, const Xapian::MSet &best, QueryFound *out)
{
	std::vector<std::vector<Scored>> scored(db->shards);
	ShardSource<Scored>::Lists lists;
	for (Xapian::MSetIterator i = best.begin(); i != best.end(); ++i) {
		QueryHit hit = hit_of(db, *i, i.get_weight());
		scored[hit.shard].emplace_back(hit.docid, hit.score);
	}
	for (auto &list : scored) {
		std::sort(list.begin(), list.end());
		lists.emplace_back(list.data(), list.size());
	}
	double most = best.empty() ? 0 : best.begin().get_weight();
	Xapian::Query those((new ShardSource<Scored>(lists, &db->uuids, most))->release());
	Xapian::Enquire enquire(db->db);
	enquire.set_weighting_scheme(Xapian::BM25Weight(1, 0, 1, QUERY_LENGTH_WEIGHT, 0));
	enquire.set_query(Xapian::Query(Xapian::Query::OP_AND_MAYBE, those, convert(search->second)));
	uint64_t room = std::min<uint64_t>(search->limit, QUERY_SECOND_LOOK - search->first);
	add_hits(db, enquire.get_mset(Xapian::doccount(search->first), Xapian::doccount(room)), out);
}

static void search_tier(XapDb *db, const QueryAsk *search, size_t tier, Arena *arena, QueryFound *out)
{
	Xapian::Enquire enquire(db->db);
	enquire.set_weighting_scheme(Xapian::BM25Weight(1, 0, 1, QUERY_LENGTH_WEIGHT, 0));
	enquire.set_query(living(db, search, tier, arena));
	if (search->sort_slot >= 0)
		enquire.set_sort_by_value_then_relevance(Xapian::valueno(search->sort_slot), search->sort_descending);
	set_time_limit(enquire, search);
	uint64_t skip = tier == search->first_tier ? search->first : 0, wanted = search->limit - out->count;
	if (tier < search->first_tier)
		wanted = 0;
	bool again = search->second && search->tier_count == 1 && wanted && skip < QUERY_SECOND_LOOK &&
		     search->sort_slot < 0;
	uint64_t first = again ? 0 : skip, limit = again ? uint64_t(QUERY_SECOND_LOOK) : wanted;
	uint64_t behind = skip + wanted - std::min<uint64_t>(skip + wanted, QUERY_SECOND_LOOK);
	size_t before = out->count;
	Xapian::MSet found =
		enquire.get_mset(Xapian::doccount(first), Xapian::doccount(limit), Xapian::doccount(search->count_to));
	if (again)
		look_again(db, search, found, out);
	else
		add_hits(db, found, out);
	if (again && behind) /* what lies behind the best keeps its order */
		add_hits(db, enquire.get_mset(QUERY_SECOND_LOOK, Xapian::doccount(behind)), out);
	for (size_t i = before; i < out->count; i++)
		out->hits[i].tier = uint32_t(tier);
	out->totals[tier] = found.get_matches_estimated();
	out->total += out->totals[tier];
	out->total_is_exact &= found.get_matches_lower_bound() == found.get_matches_upper_bound();
}

Status xap_search(XapDb *db, const QueryAsk *search, Arena *arena, QueryFound *out, Err *err)
{
	return guard(err, [&] {
		*out = QueryFound{};
		out->total_is_exact = true;
		out->hits = static_cast<QueryHit *>(arena_calloc(arena, search->limit + 1, sizeof(QueryHit)));
		if (!out->hits)
			throw std::bad_alloc();
		for (size_t tier = 0; db->shards && tier < search->tier_count; tier++)
			search_tier(db, search, tier, arena, out);
		out->gave_up = !out->total_is_exact && deadline_passed(search->until);
	});
}

/* ---- facets ---------------------------------------------------------------------------------------------------- */

namespace
{

/* Values of every 2^n-th match, chosen by its docid so that an answer is the same each time. */
class FacetSpy : public Xapian::MatchSpy
{
	unsigned bits;

      public:
	std::vector<unsigned> slots;
	std::vector<std::unordered_map<std::string, uint64_t>> counts;
	uint64_t matches = 0, seen = 0;

	FacetSpy(unsigned slot_bits, unsigned sample_bits) : bits(sample_bits)
	{
		for (unsigned slot = 0; slot < 32; slot++)
			if (slot_bits >> slot & 1)
				slots.push_back(slot);
		counts.resize(slots.size());
	}
	void operator()(const Xapian::Document &document, double) override
	{
		matches++;
		if (bits && document.get_docid() * UINT32_C(0x9E3779B1) >> (32 - bits))
			return;
		seen++;
		for (size_t i = 0; i < slots.size(); i++) {
			std::string value = document.get_value(slots[i]);
			if (!value.empty())
				counts[i][value]++;
		}
	}
};

} // namespace

Status xap_facets(XapDb *db, const QueryAsk *search, unsigned slots, QueryCount *each, void *ctx, uint64_t *all_out,
		  bool *is_exact_out, Err *err)
{
	return guard(err, [&] {
		*all_out = 0;
		*is_exact_out = true;
		if (db->shards == 0 || search->tier_count == 0)
			return;
		Xapian::Enquire enquire(db->db);
		enquire.set_query(living(db, search, search->tier_count - 1, nullptr));
		enquire.set_weighting_scheme(Xapian::BoolWeight());
		enquire.set_docid_order(Xapian::Enquire::DONT_CARE);
		set_time_limit(enquire, search);
		uint64_t likely = enquire.get_mset(0, 0).get_matches_estimated();
		unsigned bits = 0;
		while (likely >> bits > (search->sample ? search->sample : uint64_t(QUERY_FACET_SAMPLE)))
			bits++;
		FacetSpy spy(slots, bits);
		enquire.add_matchspy(&spy);
		Xapian::MSet found = enquire.get_mset(0, 0, db->db.get_doccount());
		bool all = found.get_matches_lower_bound() == found.get_matches_upper_bound();
		*all_out = all ? spy.matches : found.get_matches_estimated();
		*is_exact_out = all && spy.seen == *all_out;
		double each_stands_for = spy.seen ? double(*all_out) / double(spy.seen) : 0;
		for (size_t i = 0; i < spy.slots.size(); i++)
			for (const auto &v : spy.counts[i])
				each(ctx, spy.slots[i], view(v.first),
				     uint64_t(double(v.second) * each_stands_for + 0.5));
	});
}
