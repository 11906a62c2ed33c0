/* tests/prop/glass_xapian.cc - the same documents through Xapian's own writer and through the Inverter, compared
 * through Xapian's API and file by file; every database also has to please xapian-check. */
#include "tests/prop/glass_compare.h"

/* The same answers from Xapian's remote server (which speaks over a pipe here). */
static void ask_remotely(const std::string &dir)
{
	if (access("/usr/bin/xapian-progsrv", X_OK) != 0) {
		printf("skipped - answers of Xapian's remote server: there is no /usr/bin/xapian-progsrv\n");
		return;
	}
	Xapian::Database near(dir), far = Xapian::Remote::open("/usr/bin/xapian-progsrv", dir);
	check(near.get_doccount() == far.get_doccount(), where + ": documents of the remote server");
	unsigned asked = 0;
	for (auto term = near.allterms_begin(); term != near.allterms_end() && asked++ < 20; ++term) {
		Xapian::Enquire x(near), y(far);
		x.set_query(Xapian::Query(*term));
		y.set_query(Xapian::Query(*term));
		Xapian::MSet a = x.get_mset(0, 10), b = y.get_mset(0, 10);
		check(a.size() == b.size(), where + ": hits of the remote server");
		for (Xapian::doccount n = 0; n < a.size(); n++)
			check(*a[n] == *b[n] && a[n].get_weight() == b[n].get_weight(),
			      where + ": a hit of the remote server");
	}
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
	check(Xapian::Database::check(dir + ".again", 0, &report) == 0,
	      where + ": xapian-check after compacting: " + report.str());
	remove_all(dir + ".again");
}

static const Knobs worlds[] = {
	/* name, documents, vocabulary, words, gap, positions, odd terms, values, first docid, wdf, long tags, term
	   bytes */
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
	{"long-keys", 2500, 12, 16, 1, true, false, true, 3900000000u, 3, 0, 245},
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
		ask_remotely(base + ".ours");
		if (knobs.documents && knobs.first_did < 4000000000u)
			let_xapian_update(base + ".ours");
		printf("ok - %s: equal\n", knobs.name);
	}
	remove_all(directory);
	return 0;
}
