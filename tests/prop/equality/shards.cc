/* tests/prop/equality/shards.cc - shards that hoso built in bulk beside those that Xapian wrote: everything that its
 * API can be asked, 1,000 queries in the forms that hoso asks, and whatever else Xapian does with a database. */
#include "tests/prop/equality/equality.h"

#include "tests/prop/glass_compare.h"

#include <arpa/inet.h>
#include <csignal>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace
{

const char built_by[] = "built-by"; /* a mark that hoso leaves in shards by Xapian's writer */
const char server_program[] = "/usr/bin/xapian-tcpsrv";

/* The terms of each family, so that queries join what belongs together. */
struct Families {
	std::vector<std::string> words, exact, pairs, fields, filters, often;

	explicit Families(const Xapian::Database &db)
	{
		for (auto t = db.allterms_begin(); t != db.allterms_end(); ++t) {
			std::string term = *t;
			char first = term[0];
			if (t.get_termfreq() > db.get_doccount() / 20)
				often.push_back(term);
			if (first == 'B')
				pairs.push_back(term);
			else if (first == 'X' || first == 'K' || first == 'C')
				filters.push_back(term);
			else if (first >= 'A' && first <= 'Z')
				fields.push_back(term);
			else
				(term.find('=') == std::string::npos ? words : exact).push_back(term);
		}
		check(!words.empty() && !exact.empty() && !pairs.empty() && !fields.empty() && !filters.empty() &&
			      !often.empty(),
		      "a family has no terms");
	}
};

using Op = Xapian::Query;

class Asker
{
	const Families &terms;
	std::mt19937_64 random;

	std::string any(const std::vector<std::string> &family) { return family[random() % family.size()]; }
	/* of the frequent ones every second time: rare terms alone meet each other seldom */
	std::string word() { return random() % 2 ? any(terms.often) : any(terms.words); }
	Op join(Op::op op, unsigned count)
	{
		std::vector<std::string> list;
		while (list.size() < count)
			list.push_back(random() % 4 ? word() : any(terms.exact));
		return Op(op, list.begin(), list.end());
	}
	/* "a b c" as hoso asks it: the pairs "a b" and "b c" */
	Op phrase()
	{
		std::string first = any(terms.pairs), second = "B" + first.substr(first.find(' ') + 1) + " ";
		auto next = std::lower_bound(terms.pairs.begin(), terms.pairs.end(), second);
		if (next == terms.pairs.end() || next->compare(0, second.size(), second) != 0)
			return Op(first);
		return Op(Op::OP_AND, Op(first), Op(*next));
	}

	/* "th*" */
	Op beginning()
	{
		auto from = terms.words.begin() + (long)(random() % terms.words.size()), to = from;
		while (to != terms.words.end() && to - from < 50 && to->compare(0, 2, *from, 0, 2) == 0)
			++to;
		return Op(Op::OP_SYNONYM, from, to);
	}

      public:
	Asker(const Families &f, uint64_t seed) : terms(f), random(seed) {}

	Op query(unsigned kind)
	{
		std::string year = std::to_string(2010 + random() % 12);
		switch (kind % 12) {
		case 0:
			return join(Op::OP_AND, 2 + random() % 2);
		case 1:
			return join(Op::OP_OR, 1 + random() % 8);
		case 2:
			return phrase();
		case 3:
			return Op(Op::OP_AND_NOT, join(Op::OP_OR, 3), Op(word()));
		case 4:
			return Op(Op::OP_FILTER, join(Op::OP_OR, 3), Op(any(terms.filters)));
		case 5:
			return Op(Op::OP_FILTER, Op(word()), Op(Op::OP_VALUE_RANGE, 0, year, year + "9"));
		case 6:
			return Op(Op::OP_SYNONYM, Op(any(terms.exact)), join(Op::OP_OR, 3));
		case 7:
			return Op(Op::OP_AND_MAYBE, join(Op::OP_AND, 2),
				  Op(Op::OP_SCALE_WEIGHT, Op(any(terms.pairs)), 2.5));
		case 8:
			return beginning();
		case 9:
			return Op(Op::OP_OR, phrase(), Op(Op::OP_SCALE_WEIGHT, join(Op::OP_OR, 10), 0.5));
		case 10:
			return Op(Op::OP_FILTER, Op(any(terms.fields)), Op(Op::OP_VALUE_GE, 0, year));
		default:
			return Op(any(terms.filters));
		}
	}
};

Xapian::MSet ask(const Xapian::Database &db, const Op &query, unsigned i)
{
	Xapian::Enquire enquire(db);
	enquire.set_query(query);
	if (i % 7 == 0)
		enquire.set_sort_by_value_then_relevance(0, i % 2);
	return enquire.get_mset(0, 10, i % 3 ? 0 : 2000);
}

/* How many hits there were. counts: also the numbers that Xapian estimates (through a server it does so otherwise). */
size_t ask_both(const Xapian::Database &ours, const Xapian::Database &theirs, const Families &families, uint64_t seed,
		bool counts = true)
{
	Asker asker(families, seed);
	size_t hits = 0;
	for (unsigned i = 0; i < EQUALITY_QUESTIONS; i++) {
		Op query = asker.query(i);
		Xapian::MSet a = ask(ours, query, i), b = ask(theirs, query, i);
		std::string what = where + ": " + query.get_description();
		check(a.size() == b.size(), what + ": number of hits");
		check(!counts || (a.get_matches_lower_bound() == b.get_matches_lower_bound() &&
				  a.get_matches_upper_bound() == b.get_matches_upper_bound() &&
				  a.get_matches_estimated() == b.get_matches_estimated()),
		      what + ": how many match");
		check(!counts || a.get_max_possible() == b.get_max_possible(), what + ": greatest possible weight");
		for (Xapian::doccount n = 0; n < a.size(); n++)
			check(*a[n] == *b[n] && a[n].get_weight() == b[n].get_weight(), what + ": hit");
		hits += a.size();
	}
	check(hits > EQUALITY_QUESTIONS, where + ": too few hits to show anything");
	return hits;
}

/* ---- Xapian's server on loopback ------------------------------------------------------------------------------- */

unsigned free_port()
{
	struct sockaddr_in address = {};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	check(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
		      getsockname(fd, (struct sockaddr *)&address, &len) == 0,
	      "no free port");
	close(fd);
	return ntohs(address.sin_port);
}

/* Xapian's servers, one for each shard, and what they serve joined. */
class Served
{
	std::vector<pid_t> servers;

	void serve(const std::string &dir, unsigned port)
	{
		std::string number = std::to_string(port);
		pid_t server = fork();
		if (server == 0) {
			setpgid(0, 0); /* it passes SIGTERM on to its whole group */
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			execl(server_program, server_program, "--interface", "127.0.0.1", "--port", number.c_str(),
			      "--quiet", dir.c_str(), (char *)nullptr);
			_exit(127);
		}
		check(server > 0, "the server can't be started");
		servers.push_back(server);
	}

	static Xapian::Database connect(unsigned port)
	{
		for (unsigned tries = 0;; tries++) {
			try {
				return Xapian::Remote::open("127.0.0.1", port, 20000);
			} catch (const Xapian::NetworkError &) {
				if (tries == 100)
					throw;
				usleep(50000);
			}
		}
	}

      public:
	Xapian::Database db;

	Served(const char *const dirs[], size_t count)
	{
		for (size_t i = 0; i < count; i++) {
			unsigned port = free_port();
			serve(dirs[i], port);
			db.add_database(connect(port));
		}
	}
	Served(const Served &) = delete;
	~Served()
	{
		for (pid_t server : servers) {
			kill(server, SIGTERM);
			waitpid(server, nullptr, 0);
		}
	}
};

void ask_served(const char *const ours[], const char *const theirs[], size_t count, const Xapian::Database &local,
		const Families &families, uint64_t seed)
{
	if (access(server_program, X_OK) != 0) {
		printf("skipped - answers of Xapian's server on loopback: there is no %s\n", server_program);
		return;
	}
	Served a(ours, count), b(theirs, count);
	where = "both served by xapian-tcpsrv";
	ask_both(a.db, b.db, families, seed);
	where = "served by xapian-tcpsrv";
	ask_both(a.db, local, families, seed + 1, false);
	printf("ok - Xapian's server on loopback answers %d queries on %zu shards as on its own, and as without it\n",
	       EQUALITY_QUESTIONS, count);
}

/* ---- what Xapian makes of a shard ------------------------------------------------------------------------------- */

Xapian::Database joined(const char *const dirs[], size_t count)
{
	Xapian::Database all;
	for (size_t i = 0; i < count; i++)
		all.add_database(Xapian::Database(dirs[i]));
	return all;
}

void add_documents(const std::string &dir, int flags, const Families &families, uint64_t seed)
{
	std::mt19937_64 random(seed);
	Xapian::WritableDatabase db(dir, Xapian::DB_OPEN | flags);
	for (unsigned i = 0; i < 300; i++) {
		Xapian::Document d;
		for (unsigned t = 0; t < 40; t++)
			d.add_term(families.words[random() % families.words.size()], 1 + random() % 5);
		d.add_term("new" + std::to_string(i), 1);
		d.add_boolean_term(families.filters[random() % families.filters.size()]);
		d.add_value(0, std::to_string(2000 + i % 20));
		d.add_value(2, "agency " + std::to_string(i % 3));
		db.add_document(d);
		if (i % 100 == 99)
			db.commit();
	}
	db.set_metadata("updated", "yes");
	db.commit();
}

void copy(const std::string &from, const std::string &to)
{
	std::string command = "cp -R '" + from + "' '" + to + "'";
	check(system(command.c_str()) == 0, command);
}

void let_xapian_work(const char *const ours[], const char *const theirs[], size_t count, const std::string &scratch,
		     const Families &families, uint64_t seed)
{
	const std::string a = scratch + "/a", b = scratch + "/b";
	joined(ours, count).compact(a);
	joined(theirs, count).compact(b);
	where = "merged by xapian-compact";
	compare(a, b, false, seed, built_by);
	printf("ok - Xapian's compactor takes and merges %zu shards\n", count);
	remove_all(a);
	remove_all(b);
	copy(ours[0], a);
	copy(theirs[0], b);
	add_documents(a, Xapian::DB_NO_TERMLIST, families, seed);
	add_documents(b, 0, families, seed);
	where = "updated by Xapian's writer";
	compare(a, b, false, seed, built_by);
	printf("ok - Xapian's writer opens a shard, adds documents and commits\n");
	remove_all(a);
	remove_all(b);
}

} // namespace

void compare_shards(const char *const ours[], const char *const theirs[], size_t count, const char *scratch,
		    uint64_t seed)
{
	try {
		size_t terms = 0, postings = 0;
		for (size_t i = 0; i < count; i++) {
			where = std::string("shard ") + std::to_string(i);
			compare(ours[i], theirs[i], false, seed, built_by);
			Xapian::Database db(ours[i]);
			for (auto t = db.allterms_begin(); t != db.allterms_end(); ++t) {
				terms++;
				postings += t.get_termfreq();
			}
		}
		printf("ok - %zu shards: %zu terms, %zu postings, all lengths, values and statistics are equal\n",
		       count, terms, postings);
		Xapian::Database a = joined(ours, count), b = joined(theirs, count);
		Families families(b);
		where = "both shards";
		size_t hits = ask_both(a, b, families, seed);
		printf("ok - %d queries have the same top ten with scores, %zu hits\n", EQUALITY_QUESTIONS, hits);
		ask_served(ours, theirs, count, a, families, seed);
		let_xapian_work(ours, theirs, count, scratch, families, seed);
	} catch (const Xapian::Error &error) {
		give_up(where + ": " + error.get_description());
	}
}
