/* tests/prop/match_xapian.cc - random queries answered by the matcher and by Xapian, from the same shards.
 *
 * Shards come from the bulk builder, from Xapian's writer after several commits, and one is live. Compared are all
 * matches and their scores, pages, orders, totals, facets, terms and look-ups. Xapian rounds the frequency that it
 * guesses for a synonym; there scores may differ a little. */
#include "tests/prop/glass_world.h"

extern "C" {
#include "indexer/glass/sums.h"
#include "indexer/match/match.h"
}

#include <cmath>
#include <memory>

static std::string where;

static void check_status(Status st, const Err &err)
{
	check(st == ST_OK, where + ": " + err.text);
}

struct Shards {
	std::vector<std::string> dirs;
	bool has_live = false;
	std::vector<World> worlds;
	std::vector<std::vector<uint32_t>> dead;
	std::vector<QueryDead> dead_lists;
	XapDb *xapian = nullptr;
	Matcher *matcher = nullptr;
	uint64_t documents = 0;

	void open()
	{
		Err err = {ST_OK, ""};
		std::vector<const char *> names;
		std::vector<MatchShard *> sealed;
		for (const std::string &dir : dirs)
			names.push_back(dir.c_str());
		check_status(xap_open(&xapian, names.data(), names.size(), &err), err);
		for (size_t i = 0; i + has_live < dirs.size(); i++) {
			MatchShard *shard = nullptr;
			check_status(match_shard_open(&shard, names[i], false, &err), err);
			sealed.push_back(shard);
		}
		if (has_live) {
			GlassSums *sums = nullptr;
			check_status(glass_sums_make(&sums, names.back(), nullptr, &err), err);
			check_status(glass_sums_write(sums, names.back(), false, &err), err);
			glass_sums_free(sums);
		}
		check_status(
			matcher_open(&matcher, sealed.data(), sealed.size(), has_live ? names.back() : nullptr, &err),
			err);
		for (MatchShard *shard : sealed)
			match_shard_drop(shard);
		for (const auto &list : dead)
			dead_lists.push_back({list.data(), list.size()});
		documents = xap_documents(xapian);
		check(documents == matcher_documents(matcher), where + ": number of documents");
	}
	~Shards()
	{
		xap_close(xapian);
		matcher_close(matcher);
		for (const std::string &dir : dirs)
			remove_all(dir);
	}
};

/* ---- random queries -------------------------------------------------------------------------------------------- */

struct Asker {
	std::mt19937_64 random;
	const Shards &shards;
	Arena arena = {};
	bool synonyms = false; /* some are in the query at hand */

	Asker(uint64_t seed, const Shards &s) : random(seed), shards(s) {}
	~Asker() { arena_done(&arena); }
	uint64_t upto(uint64_t n) { return random() % (n + 1); }

	Query *term()
	{
		const World &world = shards.worlds[upto(shards.worlds.size() - 1)];
		std::string t = upto(20) ? random_term(random, world.knobs) : "nowhere";
		return query_term(&arena, {t.data(), t.size()});
	}
	Query *list(QueryOp op, int depth, uint64_t most)
	{
		std::vector<Query *> children;
		for (uint64_t n = 1 + upto(most); n; n--)
			children.push_back(op == QUERY_SYNONYM ? term() : tree(depth - 1));
		return query_node(&arena, op, children.data(), children.size());
	}
	Query *range()
	{
		std::string low = std::to_string(upto(5000)), high = upto(3) ? std::to_string(upto(5000)) : "";
		return query_range(&arena, upto(1) ? 0 : 7, {low.data(), low.size()}, {high.data(), high.size()});
	}
	Query *tree(int depth)
	{
		if (depth == 0)
			return term();
		switch (upto(13)) {
		case 0:
		case 1:
			return list(QUERY_AND, depth, 2);
		case 2:
		case 3:
			return list(QUERY_OR, depth, 4);
		case 4:
			synonyms = true;
			return list(QUERY_SYNONYM, depth, 3);
		case 5:
			return query_pair(&arena, QUERY_AND_NOT, tree(depth - 1),
					  query_matching(&arena, tree(depth - 1)));
		case 6:
		case 7:
			return query_pair(&arena, QUERY_AND_MAYBE, tree(depth - 1), tree(depth - 1));
		case 8:
			return query_pair(&arena, QUERY_FILTER, tree(depth - 1), tree(depth - 1));
		case 9:
			return query_weighted(&arena, QUERY_SCALE, tree(depth - 1), 0.25 + (double)upto(8));
		case 10:
			return query_weighted(&arena, QUERY_BOOST, tree(depth - 1), (double)upto(30));
		case 11:
			return query_pair(&arena, QUERY_FILTER, tree(depth - 1), range());
		default:
			return term();
		}
	}
	Query *query()
	{
		synonyms = false;
		arena_reset(&arena);
		Query *q = tree((int)upto(4));
		return upto(30) ? q : query_pair(&arena, QUERY_FILTER, query_node(&arena, QUERY_ALL, nullptr, 0), q);
	}
};

/* ---- comparing ------------------------------------------------------------------------------------------------- */

/* Of a synonym of half of all documents one document more or less is much. */
static bool near(double a, double b, bool loosely)
{
	return std::fabs(a - b) <= (loosely ? 0.3 : 1e-8) * std::max(1.0, std::max(std::fabs(a), std::fabs(b)));
}

typedef std::map<std::pair<uint32_t, uint32_t>, std::pair<double, uint32_t>> Scores; /* and tiers */

static Scores scores_of(const QueryFound &found)
{
	Scores scores;
	for (size_t i = 0; i < found.count; i++)
		scores[{found.hits[i].shard, found.hits[i].docid}] = {found.hits[i].score, found.hits[i].tier};
	check(scores.size() == found.count, where + ": a hit comes twice");
	return scores;
}

static unsigned compare_all(Asker &asker, QueryAsk ask)
{
	Err err = {ST_OK, ""};
	QueryFound ours, theirs;
	const Shards &s = asker.shards;
	ask.first = 0;
	ask.limit = ask.count_to = s.documents;
	check_status(matcher_search(s.matcher, &ask, &asker.arena, &ours, &err), err);
	check_status(xap_search(s.xapian, &ask, &asker.arena, &theirs, &err), err);
	check(ours.total_is_exact && ours.total == ours.count, where + ": the total");
	check(ours.count == theirs.count,
	      where + ": " + std::to_string(ours.count) + " hits, Xapian has " + std::to_string(theirs.count));
	Scores a = scores_of(ours), b = scores_of(theirs);
	for (const auto &[hit, score] : a) {
		auto other = b.find(hit);
		check(other != b.end(), where + ": a hit that Xapian does not have");
		check(near(score.first, other->second.first, asker.synonyms),
		      where + ": score " + std::to_string(score.first) + ", Xapian's " +
			      std::to_string(other->second.first));
		check(score.second == other->second.second, where + ": the tier");
	}
	for (size_t tier = 0; tier < ask.tier_count; tier++)
		check(ours.totals[tier] == theirs.totals[tier], where + ": a tier's total");
	for (size_t i = 1; i < ours.count && ask.sort_slot < 0; i++)
		check(ours.hits[i].tier > ours.hits[i - 1].tier || (ours.hits[i].tier == ours.hits[i - 1].tier &&
								    ours.hits[i].score <= ours.hits[i - 1].score),
		      where + ": the order of scores");
	return (unsigned)ours.count;
}

/* Pages are what the whole answer is cut into. */
static void compare_pages(Asker &asker, QueryAsk ask)
{
	Err err = {ST_OK, ""};
	QueryFound whole, page;
	ask.first = 0;
	ask.limit = 30;
	check_status(matcher_search(asker.shards.matcher, &ask, &asker.arena, &whole, &err), err);
	ask.limit = 7;
	for (size_t at = 0; at < whole.count; at += page.count) {
		ask.first = at;
		check_status(matcher_search(asker.shards.matcher, &ask, &asker.arena, &page, &err), err);
		check(page.count && (page.total == whole.total || !page.total_is_exact || !whole.total_is_exact),
		      where + ": a page");
		for (size_t i = 0; i < page.count && at + i < whole.count; i++)
			check(page.hits[i].docid == whole.hits[at + i].docid &&
				      page.hits[i].shard == whole.hits[at + i].shard,
			      where + ": order of pages");
	}
	ask.first = ask.limit = 0;
	check_status(matcher_search(asker.shards.matcher, &ask, &asker.arena, &page, &err), err);
	check(page.count == 0, where + ": only counted");
	check(page.total == whole.total || !page.total_is_exact || !whole.total_is_exact, where + ": only counted");
	uint64_t guess = page.total;
	ask.count_to = asker.shards.documents;
	check_status(matcher_search(asker.shards.matcher, &ask, &asker.arena, &page, &err), err);
	check(page.total_is_exact && guess < page.total * 3 / 2 + 300 && page.total < guess * 3 / 2 + 300,
	      where + ": guessed total " + std::to_string(guess) + " of " + std::to_string(page.total));
}

/* As many tiers as there can be, each within the next; hits go on from one to the next across pages. */
static void compare_tiers(Asker &asker, QueryAsk ask)
{
	Err err = {ST_OK, ""};
	QueryFound whole, page;
	Query *all = asker.tree(2), *widened = asker.tree(1);
	Query *parts[] = {all, asker.tree(1), asker.tree(1)};
	Query *few = query_node(&asker.arena, QUERY_AND, parts, 3),
	      *some = query_node(&asker.arena, QUERY_AND, parts, 2);
	static_assert(QUERY_TIERS_MAX == 6, "all of them are tried");
	ask.tiers[0] = query_pair(&asker.arena, QUERY_AND, few, widened);
	ask.tiers[1] = few;
	ask.tiers[2] = some;
	/* with some records of a wider tier, as words typed exactly stand beside a phrase without marks */
	ask.tiers[3] = query_pair(&asker.arena, QUERY_OR, query_pair(&asker.arena, QUERY_AND, all, widened), some);
	ask.tiers[4] = all;
	ask.tiers[5] = query_pair(&asker.arena, QUERY_OR, all, widened);
	ask.tier_count = 6;
	compare_all(asker, ask);
	ask.limit = 40;
	check_status(matcher_search(asker.shards.matcher, &ask, &asker.arena, &whole, &err), err);
	ask.limit = 9;
	for (size_t at = 0; at < whole.count; at += page.count) {
		check_status(matcher_search(asker.shards.matcher, &ask, &asker.arena, &page, &err), err);
		check(page.count, where + ": a page of tiers");
		for (size_t i = 0; i < page.count && at + i < whole.count; i++) {
			const QueryHit &a = page.hits[i], &b = whole.hits[at + i];
			check(a.docid == b.docid && a.shard == b.shard && a.tier == b.tier && a.score == b.score,
			      where + ": order of pages of tiers");
			ask.first = a.tier == ask.first_tier ? ask.first + 1 : 1;
			ask.first_tier = a.tier;
		}
	}
}

static void compare_second_look(Asker &asker, QueryAsk ask)
{
	Err err = {ST_OK, ""};
	QueryFound ours, theirs;
	ask.limit = QUERY_SECOND_LOOK;
	check_status(matcher_search(asker.shards.matcher, &ask, &asker.arena, &ours, &err), err);
	if (ours.count == ask.limit) /* Xapian may choose another one of equals */
		return;
	ask.second = asker.tree(2);
	check_status(matcher_search(asker.shards.matcher, &ask, &asker.arena, &ours, &err), err);
	check_status(xap_search(asker.shards.xapian, &ask, &asker.arena, &theirs, &err), err);
	check(ours.count == theirs.count, where + ": hits of a second look");
	for (size_t i = 0; i < ours.count; i++)
		check(near(ours.hits[i].score, theirs.hits[i].score, asker.synonyms),
		      where + ": score of a second look");
}

/* What is sorted by: a value's first eight bytes. */
static std::string value_of(const Shards &shards, const QueryHit &hit)
{
	for (const Document &d : shards.worlds[hit.shard].documents)
		if (d.did == hit.docid)
			return d.values.count(0) ? d.values.at(0).substr(0, 8) : "";
	return "?";
}

static void compare_sorted(Asker &asker, QueryAsk ask)
{
	Err err = {ST_OK, ""};
	QueryFound ours, theirs;
	ask.sort_slot = 0;
	ask.sort_descending = asker.upto(1);
	ask.limit = 50;
	ask.count_to = asker.shards.documents;
	check_status(matcher_search(asker.shards.matcher, &ask, &asker.arena, &ours, &err), err);
	check_status(xap_search(asker.shards.xapian, &ask, &asker.arena, &theirs, &err), err);
	check(ours.count == theirs.count && ours.total == theirs.total, where + ": sorted hits");
	for (size_t i = 0; i < ours.count; i++) {
		std::string value = value_of(asker.shards, ours.hits[i]);
		check(value == value_of(asker.shards, theirs.hits[i]), where + ": order by value");
		check(value[0] == 'v' || asker.synonyms || near(ours.hits[i].score, theirs.hits[i].score, false),
		      where + ": order of equal values");
	}
}

typedef std::map<std::pair<unsigned, std::string>, uint64_t> Counts;

static void count(void *ctx, unsigned slot, Str value, uint64_t n)
{
	check((*static_cast<Counts *>(ctx)).emplace(std::make_pair(slot, std::string(value.ptr, value.len)), n).second,
	      where + ": a facet's value comes twice");
}

static void compare_facets(Asker &asker, const QueryAsk &ask)
{
	Err err = {ST_OK, ""};
	Counts ours, theirs;
	uint64_t our_total, their_total;
	bool our_exactness, their_exactness;
	check_status(matcher_facets(asker.shards.matcher, &ask, 0x83, count, &ours, &our_total, &our_exactness, &err),
		     err);
	check_status(xap_facets(asker.shards.xapian, &ask, 0x83, count, &theirs, &their_total, &their_exactness, &err),
		     err);
	check(our_exactness && their_exactness && our_total == their_total && ours == theirs, where + ": facets");
}

typedef std::vector<std::pair<std::string, uint64_t>> Terms;

static bool take_term(void *ctx, Str term, uint64_t documents)
{
	Terms *terms = static_cast<Terms *>(ctx);
	terms->emplace_back(std::string(term.ptr, term.len), documents);
	return terms->size() < 5000;
}

static void compare_terms(Asker &asker)
{
	Err err = {ST_OK, ""};
	for (const std::string &prefix : {std::string(), std::string("t1"), std::string("t"), std::string(1, '\0'),
					  std::string("no"), std::string("x")}) {
		Terms ours, theirs;
		check_status(
			matcher_terms(asker.shards.matcher, {prefix.data(), prefix.size()}, take_term, &ours, &err),
			err);
		check_status(xap_terms(asker.shards.xapian, {prefix.data(), prefix.size()}, take_term, &theirs, &err),
			     err);
		check(ours == theirs, where + ": terms that begin with \"" + prefix + "\"");
	}
	for (int i = 0; i < 50; i++) {
		Query *q = asker.term();
		uint64_t ours, theirs;
		QueryHit our_hits[64];
		QueryFound found;
		QueryAsk ask = {};
		check_status(matcher_term_documents(asker.shards.matcher, q->term, &ours, &err), err);
		check_status(xap_term_documents(asker.shards.xapian, q->term, &theirs, &err), err);
		check(ours == theirs, where + ": documents of a term");
		check_status(matcher_term_hits(asker.shards.matcher, q->term, our_hits, 64, &ours, &err), err);
		check(ours == theirs, where + ": hits of a term");
		ask.tiers[0] = q;
		ask.tier_count = 1;
		ask.limit = 64;
		ask.sort_slot = -1;
		check_status(xap_search(asker.shards.xapian, &ask, &asker.arena, &found, &err), err);
		std::set<std::pair<uint32_t, uint32_t>> a, b;
		for (uint64_t h = 0; h < found.count && ours < 64; h++) {
			a.emplace(our_hits[h].shard, our_hits[h].docid);
			b.emplace(found.hits[h].shard, found.hits[h].docid);
		}
		check(a == b, where + ": which documents have a term");
	}
}

/* ---- worlds ---------------------------------------------------------------------------------------------------- */

/* In several commits, some documents twice: blocks are used again and lie in no order. */
static void build_in_commits(const World &world, const std::string &dir)
{
	Xapian::WritableDatabase db(dir, Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS, 8192);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < world.documents.size(); i++) {
			if (round == 1 && i % 3)
				continue;
			Xapian::Document doc;
			for (const auto &[term, p] : world.documents[i].given)
				doc.add_term(term, p.wdf + (unsigned)round);
			for (const auto &[slot, value] : world.documents[i].values)
				doc.add_value(slot, value);
			db.replace_document(world.documents[i].did, doc);
			if (i % 50 == 49)
				db.commit();
		}
	db.commit();
}

static const Knobs worlds[] = {
	/* name, documents, vocabulary, words, gap, positions, odd terms, values, first docid, wdf */
	{"empty", 0, 1, 0, 0, false, false, false, 1, 1},
	{"one", 1, 5, 20, 0, false, true, true, 1, 3},
	{"empty-documents", 50, 5, 0, 3, false, false, false, 5, 1},
	{"small", 200, 50, 30, 0, false, true, true, 1, 300},
	{"gaps", 300, 100, 40, 2000, false, true, true, 32000, 2000},
	{"late", 300, 100, 40, 9000, false, false, true, 4190000, 5},
	{"latest", 120, 100, 40, 40000, false, false, true, 4289000000u, 5},
	{"many-chunks", 9000, 20, 12, 1, false, false, true, 1, 40},
	{"many-windows", 20000, 400, 6, 2, false, false, true, 7, 3},
	{"far-chunks", 30000, 40, 3, 60, false, false, false, 7, 3},
	{"counted-in-part", 70000, 30, 3, 0, false, false, false, 3, 3},
	{"wide", 400, 20000, 300, 0, false, true, false, 1, 3},
	{"long-keys", 2500, 12, 16, 1, false, false, true, 3900000000u, 3, 0, 245},
};

static void add_world(Shards &shards, const World &world, const std::string &dir, unsigned number)
{
	static const uint32_t block_sizes[] = {0, 2048, 65536};
	std::mt19937_64 random(world.seed);
	if (number % 3 == 2) {
		build_in_commits(world, dir);
	} else {
		BuildOptions o;
		o.block_size = block_sizes[number % 3];
		o.uuid = (uint8_t)(number + 1);
		build(world, dir, o);
	}
	std::vector<uint32_t> dead;
	for (const Document &d : world.documents)
		if (number % 2 && random() % 5 == 0)
			dead.push_back(d.did);
	shards.dirs.push_back(dir);
	shards.worlds.push_back(world);
	shards.dead.push_back(dead);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], nullptr, 10) : std::random_device{}();
	char directory[] = "match-xapian-XXXXXX";
	check(mkdtemp(directory), "no temporary directory");
	printf("seed %llu\n", (unsigned long long)seed);
	unsigned number = 0, hits = 0;
	for (unsigned i = 0; i < sizeof worlds / sizeof *worlds; i++) {
		Shards shards;
		where = worlds[i].name;
		/* alone; with others, as long as Xapian's joined docids have room; one of them live */
		bool may_join = worlds[i].first_did < 1u << 30;
		for (unsigned n = 0; n <= i % 4 && (n == 0 || may_join); n++, number++) {
			const Knobs &knobs = worlds[(i + 3 * n) % (sizeof worlds / sizeof *worlds)];
			if (n == 0 || knobs.first_did < 1u << 30)
				add_world(shards, make_world(knobs, seed + i + n),
					  std::string(directory) + "/" + std::to_string(number), number);
		}
		if (i % 2 && may_join) {
			World world = make_world(worlds[3], seed + i);
			std::string dir = std::string(directory) + "/live" + std::to_string(i);
			build_in_commits(world, dir);
			shards.dirs.push_back(dir);
			shards.worlds.push_back(world);
			shards.dead.push_back({world.documents[3].did, world.documents[60].did});
			shards.has_live = true;
		}
		shards.open();
		Asker asker(seed + i, shards);
		compare_terms(asker);
		for (int n = 0; n < (argc > 2 ? atoi(argv[2]) : 60); n++) {
			QueryAsk ask = {};
			where = std::string(worlds[i].name) + ", query " + std::to_string(n);
			ask.tiers[0] = asker.query();
			ask.tier_count = 1;
			ask.sort_slot = -1;
			ask.dead = n % 4 == 3 ? nullptr : shards.dead_lists.data();
			hits += compare_all(asker, ask);
			compare_pages(asker, ask);
			if (n % 3 == 0)
				compare_tiers(asker, ask);
			if (n % 4 == 0)
				compare_second_look(asker, ask);
			if (n % 4 == 1)
				compare_sorted(asker, ask);
			if (n % 4 == 2)
				compare_facets(asker, ask);
		}
		printf("ok - %s: the same answers\n", worlds[i].name);
	}
	check(hits > 10000, "hardly anything was found");
	remove_all(directory);
	return 0;
}
