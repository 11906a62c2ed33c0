/* tests/prop/glass_xapian.cc - the same documents through Xapian's own writer and through the Inverter, compared
 * through Xapian's API and file by file; every database also has to please xapian-check. */
#include <cmath>
#include <sstream>

#include "tests/prop/glass_world.h"

static std::string where;

static void check_postings(const Xapian::Database &ours, const Xapian::Database &theirs, const std::string &term, bool positions)
{
	auto a = ours.postlist_begin(term), a_end = ours.postlist_end(term);
	auto b = theirs.postlist_begin(term), b_end = theirs.postlist_end(term);
	for (; a != a_end && b != b_end; ++a, ++b) {
		check(*a == *b, where + ": docid in the list of a term");
		check(a.get_wdf() == b.get_wdf(), where + ": wdf");
		check(a.get_doclength() == b.get_doclength(), where + ": length of a document");
		if (!positions || term.empty())
			continue;
		auto x = a.positionlist_begin(), x_end = a.positionlist_end();
		auto y = b.positionlist_begin(), y_end = b.positionlist_end();
		for (; x != x_end && y != y_end; ++x, ++y)
			check(*x == *y, where + ": position");
		check(x == x_end && y == y_end, where + ": number of positions");
	}
	check(a == a_end && b == b_end, where + ": number of postings");
}

static void check_skipping(const Xapian::Database &ours, const Xapian::Database &theirs, const std::string &term,
                           std::mt19937_64 &random)
{
	auto a = ours.postlist_begin(term), b = theirs.postlist_begin(term);
	Xapian::docid did = 0, step = 1 + theirs.get_lastdocid() / 20;
	while (a != ours.postlist_end(term) && b != theirs.postlist_end(term)) {
		did = *b + random() % step;
		a.skip_to(did);
		b.skip_to(did);
		bool a_ends = a == ours.postlist_end(term), b_ends = b == theirs.postlist_end(term);
		check(a_ends == b_ends && (a_ends || *a == *b), where + ": skip_to");
		if (b_ends)
			break;
		did = *b + 1;
		a.skip_to(did);
		b.skip_to(did);
	}
}

static void check_values(const Xapian::Database &ours, const Xapian::Database &theirs)
{
	for (Xapian::valueno slot : {0u, 1u, 2u, 7u, 127u, 128u, 300u, 70000u}) {
		check(ours.get_value_freq(slot) == theirs.get_value_freq(slot), where + ": value frequency");
		check(ours.get_value_lower_bound(slot) == theirs.get_value_lower_bound(slot), where + ": least value");
		check(ours.get_value_upper_bound(slot) == theirs.get_value_upper_bound(slot), where + ": greatest value");
		auto a = ours.valuestream_begin(slot), b = theirs.valuestream_begin(slot);
		for (; a != ours.valuestream_end(slot) && b != theirs.valuestream_end(slot); ++a, ++b)
			check(a.get_docid() == b.get_docid() && *a == *b, where + ": value");
		check(a == ours.valuestream_end(slot) && b == theirs.valuestream_end(slot), where + ": number of values");
	}
}

static void check_queries(const Xapian::Database &ours, const Xapian::Database &theirs,
                          const std::vector<std::string> &terms, bool positions, std::mt19937_64 &random)
{
	for (int i = 0; i < 40 && !terms.empty(); i++) {
		std::vector<std::string> words;
		for (unsigned w = 0; w < 1 + i % 5u; w++)
			words.push_back(terms[random() % terms.size()]);
		static const Xapian::Query::op ops[] = {Xapian::Query::OP_OR, Xapian::Query::OP_AND, Xapian::Query::OP_NEAR};
		Xapian::Query query(ops[i % (positions ? 3 : 2)], words.begin(), words.end(), positions && i % 3 == 2 ? 50 : 0);
		Xapian::Enquire x(ours), y(theirs);
		x.set_query(query);
		y.set_query(query);
		Xapian::MSet a = x.get_mset(0, 10), b = y.get_mset(0, 10);
		check(a.size() == b.size(), where + ": number of hits");
		for (Xapian::doccount n = 0; n < a.size(); n++)
			check(*a[n] == *b[n] && a[n].get_weight() == b[n].get_weight(), where + ": hit " + query.get_description());
	}
}

static void compare(const std::string &ours_dir, const std::string &theirs_dir, bool positions, uint64_t seed)
{
	std::ostringstream report;
	std::mt19937_64 random(seed);
	check(Xapian::Database::check(ours_dir, Xapian::DBCHECK_SHOW_STATS, &report) == 0, where + ": xapian-check: " + report.str());
	Xapian::Database ours(ours_dir), theirs(theirs_dir);
	check(ours.get_doccount() == theirs.get_doccount(), where + ": number of documents");
	check(ours.get_lastdocid() == theirs.get_lastdocid(), where + ": last document");
	check(ours.get_avlength() == theirs.get_avlength(), where + ": average length");
	check(ours.get_total_length() == theirs.get_total_length(), where + ": total length");
	check(ours.get_doclength_lower_bound() == theirs.get_doclength_lower_bound(), where + ": least length");
	check(ours.get_doclength_upper_bound() == theirs.get_doclength_upper_bound(), where + ": greatest length");
	check(ours.has_positions() == theirs.has_positions(), where + ": has positions");
	std::vector<std::string> terms;
	auto a = ours.allterms_begin(), b = theirs.allterms_begin();
	for (; a != ours.allterms_end() && b != theirs.allterms_end(); ++a, ++b) {
		check(*a == *b, where + ": term");
		terms.push_back(*a);
		check(a.get_termfreq() == b.get_termfreq(), where + ": frequency of a term");
		check(ours.get_collection_freq(*a) == theirs.get_collection_freq(*a), where + ": collection frequency");
		check(ours.get_wdf_upper_bound(*a) == theirs.get_wdf_upper_bound(*a), where + ": greatest wdf");
		check_postings(ours, theirs, *a, positions);
		check_skipping(ours, theirs, *a, random);
	}
	check(a == ours.allterms_end() && b == theirs.allterms_end(), where + ": number of terms");
	if (ours.get_doccount())
		check_postings(ours, theirs, "", false);
	check_values(ours, theirs);
	auto m = ours.metadata_keys_begin(), n = theirs.metadata_keys_begin();
	for (; m != ours.metadata_keys_end() && n != theirs.metadata_keys_end(); ++m, ++n)
		check(*m == *n && ours.get_metadata(*m) == theirs.get_metadata(*n), where + ": metadata");
	check(m == ours.metadata_keys_end() && n == theirs.metadata_keys_end(), where + ": number of metadata");
	check_queries(ours, theirs, terms, positions, random);
}

/* Afterwards Xapian goes on with the database as with one of its own. */
static void let_xapian_update(const std::string &dir)
{
	{
		Xapian::WritableDatabase db(dir, Xapian::DB_OPEN | Xapian::DB_NO_TERMLIST);
		Xapian::Document doc;
		doc.add_term("t0", 3);
		doc.add_value(1, "later");
		Xapian::docid did = db.add_document(doc);
		db.commit();
		check(db.get_doclength(did) == 3, where + ": a document that Xapian added");
	}
	std::ostringstream report;
	check(Xapian::Database::check(dir, 0, &report) == 0, where + ": xapian-check after an update: " + report.str());
	Xapian::Database(dir).compact(dir + ".again");
	check(Xapian::Database::check(dir + ".again", 0, &report) == 0, where + ": xapian-check after compacting: " + report.str());
	remove_all(dir + ".again");
}

static const Knobs worlds[] = {
	/* name, documents, vocabulary, words, gap, positions, odd terms, values, first docid, wdf, long tags */
	{"empty", 0, 1, 0, 0, true, false, false, 1, 1},
	{"one", 1, 5, 20, 0, true, true, true, 1, 3},
	{"empty-documents", 50, 5, 0, 3, false, false, false, 5, 1},
	{"small", 200, 50, 30, 0, true, true, true, 1, 300},
	{"gaps", 300, 100, 40, 2000, false, true, true, 32000, 70000},
	{"late", 300, 100, 40, 9000, true, false, true, 4190000, 5},
	{"latest", 120, 100, 40, 40000, false, false, true, 4289000000u, 5},
	{"many-chunks", 6000, 20, 12, 3, false, false, true, 1, 40},
	{"wide", 400, 20000, 300, 0, false, true, false, 1, 3},
	{"long-positions", 12, 10, 30000, 0, true, false, false, 1, 2},
	{"long-tags", 20, 10, 30, 0, false, false, false, 1, 2, 2000},
	{"long-tags-again", 20, 10, 30, 0, false, false, false, 1, 2, 2000},
};

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], nullptr, 10) : std::random_device{}();
	char directory[] = "glass-xapian-XXXXXX";
	check(mkdtemp(directory), "no temporary directory");
	printf("seed %llu\n", (unsigned long long)seed);
	unsigned number = 0;
	for (const Knobs &knobs : worlds) {
		World world = make_world(knobs, seed + number);
		const uint32_t block_sizes[] = {0, 2048, 65536, 4096};
		uint32_t block_size = block_sizes[number++ % 4];
		std::string base = std::string(directory) + "/" + knobs.name;
		where = knobs.name;
		BuildOptions o;
		o.block_size = block_size;
		build(world, base + ".ours", o);
		build_by_xapian(world, base + ".theirs", base + ".compacted", block_size);
		compare(base + ".ours", base + ".compacted", knobs.positions, seed);
		if (knobs.documents) /* an empty table may have a block or none */
			check_same_leaves(base + ".ours", base + ".compacted", where, block_size ? block_size : 8192);
		/* every way of building makes the same bytes */
		for (size_t batch : {size_t(1) << 16, size_t(1) << 18}) {
			for (int way = 0; way < 4; way++) {
				o.batch_bytes = batch;
				o.memory_bytes = way == 3 ? 4 << 20 : 0;
				o.codes = way != 0;
				o.in_order = way != 1;
				o.mixed = way != 2;
				build(world, base + ".again", o);
				check_same_files(base + ".ours", base + ".again", where + " built in another way");
				remove_all(base + ".again");
			}
		}
		if (knobs.documents && knobs.first_did < 4000000000u)
			let_xapian_update(base + ".ours");
		printf("%s: equal\n", knobs.name);
	}
	remove_all(directory);
	return 0;
}
