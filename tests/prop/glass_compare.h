/* tests/prop/glass_compare.h - two databases compared through Xapian's API: whatever can be asked must be answered the
 * same, and xapian-check must find nothing in ours.
 *
 * Owns     nothing
 * Errors   none: check() ends the program at the first difference
 * Threads  one
 */
#ifndef TESTS_PROP_GLASS_COMPARE_H
#define TESTS_PROP_GLASS_COMPARE_H

#include <sstream>

#include "tests/prop/glass_world.h"

/* What is being compared, for messages. */
inline std::string where;

inline void check_postings(const Xapian::Database &ours, const Xapian::Database &theirs, const std::string &term,
			   bool positions)
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

inline void check_skipping(const Xapian::Database &ours, const Xapian::Database &theirs, const std::string &term,
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

inline void check_values(const Xapian::Database &ours, const Xapian::Database &theirs)
{
	for (Xapian::valueno slot : {0u, 1u, 2u, 3u, 7u, 127u, 128u, 300u, 70000u}) {
		check(ours.get_value_freq(slot) == theirs.get_value_freq(slot), where + ": value frequency");
		check(ours.get_value_lower_bound(slot) == theirs.get_value_lower_bound(slot), where + ": least value");
		check(ours.get_value_upper_bound(slot) == theirs.get_value_upper_bound(slot),
		      where + ": greatest value");
		auto a = ours.valuestream_begin(slot), b = theirs.valuestream_begin(slot);
		for (; a != ours.valuestream_end(slot) && b != theirs.valuestream_end(slot); ++a, ++b)
			check(a.get_docid() == b.get_docid() && *a == *b, where + ": value");
		check(a == ours.valuestream_end(slot) && b == theirs.valuestream_end(slot),
		      where + ": number of values");
	}
}

inline void check_queries(const Xapian::Database &ours, const Xapian::Database &theirs,
			  const std::vector<std::string> &terms, bool positions, std::mt19937_64 &random)
{
	for (int i = 0; i < 40 && !terms.empty(); i++) {
		std::vector<std::string> words;
		for (unsigned w = 0; w < 1 + i % 5u; w++)
			words.push_back(terms[random() % terms.size()]);
		static const Xapian::Query::op ops[] = {Xapian::Query::OP_OR, Xapian::Query::OP_AND,
							Xapian::Query::OP_NEAR};
		Xapian::Query query(ops[i % (positions ? 3 : 2)], words.begin(), words.end(),
				    positions && i % 3 == 2 ? 50 : 0);
		Xapian::Enquire x(ours), y(theirs);
		x.set_query(query);
		y.set_query(query);
		Xapian::MSet a = x.get_mset(0, 10), b = y.get_mset(0, 10);
		check(a.size() == b.size(), where + ": number of hits");
		for (Xapian::doccount n = 0; n < a.size(); n++)
			check(*a[n] == *b[n] && a[n].get_weight() == b[n].get_weight(),
			      where + ": hit " + query.get_description());
	}
}

inline void check_statistics(const Xapian::Database &ours, const Xapian::Database &theirs)
{
	check(ours.get_doccount() == theirs.get_doccount(), where + ": number of documents");
	check(ours.get_lastdocid() == theirs.get_lastdocid(), where + ": last document");
	check(ours.get_avlength() == theirs.get_avlength(), where + ": average length");
	check(ours.get_total_length() == theirs.get_total_length(), where + ": total length");
	check(ours.get_doclength_lower_bound() == theirs.get_doclength_lower_bound(), where + ": least length");
	check(ours.get_doclength_upper_bound() == theirs.get_doclength_upper_bound(), where + ": greatest length");
	check(ours.has_positions() == theirs.has_positions(), where + ": has positions");
}

inline std::map<std::string, std::string> metadata_of(const Xapian::Database &db)
{
	std::map<std::string, std::string> all;
	for (auto key = db.metadata_keys_begin(); key != db.metadata_keys_end(); ++key)
		all[*key] = db.get_metadata(*key);
	return all;
}

/* theirs_only: metadata that only they have. */
inline void compare(const std::string &ours_dir, const std::string &theirs_dir, bool positions, uint64_t seed,
		    const std::string &theirs_only = "")
{
	std::ostringstream report;
	std::mt19937_64 random(seed);
	check(Xapian::Database::check(ours_dir, Xapian::DBCHECK_SHOW_STATS, &report) == 0,
	      where + ": xapian-check: " + report.str());
	Xapian::Database ours(ours_dir), theirs(theirs_dir);
	check_statistics(ours, theirs);
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
	std::map<std::string, std::string> metadata = metadata_of(theirs);
	metadata.erase(theirs_only);
	check(metadata_of(ours) == metadata, where + ": metadata");
	check_queries(ours, theirs, terms, positions, random);
}

#endif
