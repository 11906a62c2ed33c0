/* tests/prop/glass_many.cc - very many tiny documents (100,000; the first argument says how many), built in bulk and by
 * Xapian's own writer, compared through its API: all frequencies, lengths and values, some posting lists whole.
 *
 * A document is a register's line: a number of its own, a year, an office, a few words of a common vocabulary. */
#include <chrono>

#include "tests/prop/glass_compare.h"

enum { VOCABULARY = 5000, WORDS = 8, LISTS = 400 };

struct Tiny {
	std::vector<std::pair<std::string, uint32_t>> terms;
	std::string date;
};

static Tiny tiny(uint64_t seed, uint32_t did)
{
	std::mt19937_64 random(seed + did);
	Tiny d;
	unsigned words = unsigned(random() % (WORDS + 1));
	for (unsigned i = 0; i < words; i++) {
		double u = std::uniform_real_distribution<double>(0, 1)(random);
		d.terms.emplace_back("w" + std::to_string(unsigned(VOCABULARY * u * u * u)), 1 + random() % 2);
	}
	if (did % 1000 == 77)
		return d; /* nothing but words; sometimes nothing at all */
	d.terms.emplace_back("K" + std::to_string(did) + "/UBND", 0);
	d.terms.emplace_back("XA" + std::to_string(random() % 40), 0);
	d.terms.emplace_back("XR", 0);
	d.date = std::to_string(19900101 + random() % 300000);
	d.terms.emplace_back("XY" + d.date.substr(0, 4), 0);
	return d;
}

static double now()
{
	return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static void build_in_bulk(const std::string &dir, uint32_t count, uint64_t seed)
{
	Err err = {ST_OK, ""};
	InvertOptions options = {};
	GlassStats stats;
	InvertFinish finish = {};
	options.spill_dir = ".";
	options.memory_bytes = 32 << 20;
	Inverter *inv = invert_new(&options, &err);
	check(inv, err.text);
	for (uint32_t did = 1; did <= count; did++) {
		Tiny d = tiny(seed, did);
		check(invert_begin(inv, did, &err) == ST_OK, err.text);
		for (const auto &[term, wdf] : d.terms)
			invert_term(inv, {term.data(), term.size()}, wdf);
		if (!d.date.empty())
			invert_value(inv, 0, {d.date.data(), d.date.size()});
		check(invert_end(inv, &err) == ST_OK, err.text);
	}
	check(invert_finish(inv, dir.c_str(), &finish, &stats, &err) == ST_OK, err.text);
	invert_free(inv);
}

static void build_by_writer(const std::string &dir, uint32_t count, uint64_t seed)
{
	setenv("XAPIAN_FLUSH_THRESHOLD", "50000", 1);
	Xapian::WritableDatabase db(dir, Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_TERMLIST |
						 Xapian::DB_NO_SYNC);
	for (uint32_t did = 1; did <= count; did++) {
		Tiny d = tiny(seed, did);
		Xapian::Document document;
		for (const auto &[term, wdf] : d.terms)
			document.add_term(term, wdf);
		if (!d.date.empty())
			document.add_value(0, d.date);
		db.add_document(document);
	}
	db.commit();
}

/* Returns the terms whose lists are compared whole: the most frequent ones and some of all. */
static std::vector<std::string> compare_terms(const Xapian::Database &ours, const Xapian::Database &theirs,
					      std::mt19937_64 &random)
{
	std::vector<std::string> chosen;
	uint64_t terms = 0;
	auto a = ours.allterms_begin(), b = theirs.allterms_begin();
	for (; a != ours.allterms_end() && b != theirs.allterms_end(); ++a, ++b) {
		check(*a == *b && a.get_termfreq() == b.get_termfreq(), where + ": frequency of " + *b);
		if (b.get_termfreq() > theirs.get_doccount() / 100 ||
		    random() % (theirs.get_doccount() / LISTS + 1) == 0)
			chosen.push_back(*b);
		terms++;
	}
	check(a == ours.allterms_end() && b == theirs.allterms_end(), where + ": number of terms");
	printf("%llu terms, %zu of them compared whole\n", (unsigned long long)terms, chosen.size());
	return chosen;
}

static void compare_many(const std::string &ours_dir, const std::string &theirs_dir, uint64_t seed)
{
	std::mt19937_64 random(seed);
	std::ostringstream report;
	check(Xapian::Database::check(ours_dir, 0, &report) == 0, where + ": xapian-check: " + report.str());
	Xapian::Database ours(ours_dir), theirs(theirs_dir);
	check_statistics(ours, theirs);
	std::vector<std::string> chosen = compare_terms(ours, theirs, random);
	for (const std::string &term : chosen) {
		check(ours.get_collection_freq(term) == theirs.get_collection_freq(term),
		      where + ": collection frequency");
		check(ours.get_wdf_upper_bound(term) == theirs.get_wdf_upper_bound(term), where + ": greatest wdf");
		check_postings(ours, theirs, term, false);
		check_skipping(ours, theirs, term, random);
	}
	check_postings(ours, theirs, "", false);
	check_values(ours, theirs);
	for (int i = 0; i < 25; i++)
		check_queries(ours, theirs, chosen, false, random);
}

int main(int argc, char **argv)
{
	uint32_t count = argc > 1 ? uint32_t(strtoul(argv[1], nullptr, 10)) : 100000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], nullptr, 10) : std::random_device{}();
	char directory[] = "glass-many-XXXXXX";
	check(count > 0 && mkdtemp(directory), "no temporary directory");
	std::string base = directory;
	printf("seed %llu\n", (unsigned long long)seed);
	where = std::to_string(count) + " documents";
	double start = now();
	build_in_bulk(base + "/ours", count, seed);
	double bulk = now() - start;
	start = now();
	build_by_writer(base + "/theirs", count, seed);
	double writer = now() - start;
	compare_many(base + "/ours", base + "/theirs", seed);
	printf("ok - %u documents are equal; built in bulk in %.1f s, by Xapian's writer in %.1f s\n", count, bulk,
	       writer);
	remove_all(directory);
	return 0;
}
