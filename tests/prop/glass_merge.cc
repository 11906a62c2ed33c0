/* tests/prop/glass_merge.cc - a merge makes the bytes of one build, a purge those of a build of the live documents;
 * also from databases that Xapian has written. */
#include <sstream>

#include "tests/prop/glass_world.h"

extern "C" {
#include "indexer/glass/merge.h"
}

static const Knobs worlds[] = {
	/* name, documents, vocabulary, words, gap, positions, odd terms, values, first docid, wdf */
	{"one", 1, 5, 20, 0, true, true, true, 1, 3},
	{"small", 200, 50, 30, 0, true, true, true, 1, 300},
	{"gaps", 300, 100, 40, 2000, false, true, true, 32000, 70000},
	{"late", 300, 100, 40, 9000, true, false, true, 4190000, 5},
	{"many-chunks", 6000, 20, 12, 3, false, false, true, 1, 40},
	{"wide", 400, 20000, 300, 0, true, true, false, 1, 3},
};

struct Part {
	std::string dir;
	uint32_t offset;
	std::vector<uint32_t> dead;
};

static void merge(const World &world, const std::vector<Part> &parts, const std::string &dir, uint32_t block_size)
{
	std::vector<GlassMergeInput> inputs;
	std::vector<GlassMetadata> metadata;
	for (const Part &p : parts)
		inputs.push_back({p.dir.c_str(), p.offset, p.dead.data(), p.dead.size(), nullptr});
	for (const auto &[name, value] : world.metadata)
		metadata.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
	GlassFinish finish = {};
	finish.uuid[0] = 1;
	finish.metadata = metadata.data();
	finish.metadata_count = metadata.size();
	GlassStats stats;
	Err err = {ST_OK, ""};
	check(glass_merge(dir.c_str(), inputs.data(), inputs.size(), block_size, &finish, nullptr, &stats, &err) ==
		      ST_OK,
	      err.text);
	std::ostringstream report;
	if (stats.documents)
		check(Xapian::Database::check(dir, 0, &report) == 0, dir + ": xapian-check: " + report.str());
}

/* The world cut into k parts; the last document of each stays where it is, so offsets are the docids before. */
static std::vector<Part> build_parts(const World &world, const std::string &base, unsigned k, uint32_t block_size,
				     const std::set<uint32_t> &dead)
{
	std::vector<Part> parts;
	size_t n = world.documents.size(), from = 0;
	for (unsigned i = 0; i < k; i++) {
		size_t to = n * (i + 1) / k;
		Part p{base + ".part" + std::to_string(i), from ? world.documents[from - 1].did : 0, {}};
		BuildOptions o;
		o.block_size = block_size;
		o.from = from;
		o.to = to;
		o.did_minus = p.offset;
		build(world, p.dir, o);
		for (size_t d = from; d < to; d++)
			if (dead.count(world.documents[d].did))
				p.dead.push_back(world.documents[d].did - p.offset);
		parts.push_back(p);
		from = to;
	}
	return parts;
}

static void one_world(const World &world, const std::string &base, uint32_t block_size)
{
	std::mt19937_64 random(world.seed);
	for (unsigned percent : {0u, 1u, 10u, 60u, 100u}) {
		std::set<uint32_t> dead;
		for (const Document &d : world.documents)
			if (random() % 100 < percent)
				dead.insert(d.did);
		BuildOptions live;
		live.block_size = block_size;
		live.without = dead;
		build(world, base + ".live", live);
		for (unsigned k : {1u, 2u, 5u}) {
			std::vector<Part> parts = build_parts(world, base, k, block_size, dead);
			merge(world, parts, base + ".merged", block_size);
			check_same_files(base + ".live", base + ".merged",
					 base + " of " + std::to_string(k) + " parts, " + std::to_string(percent) +
						 " % dead");
			for (const Part &p : parts)
				remove_all(p.dir);
			remove_all(base + ".merged");
		}
		if (percent == 10 && world.knobs.documents > 1) {
			build_by_xapian(world, base + ".theirs", base + ".compacted", block_size);
			std::vector<uint32_t> all(dead.begin(), dead.end());
			merge(world, {{base + ".theirs", 0, all}}, base + ".merged", block_size);
			check_same_files(base + ".live", base + ".merged", base + " from Xapian's writer");
			remove_all(base + ".merged");
			merge(world, {{base + ".compacted", 0, all}}, base + ".merged", block_size);
			check_same_files(base + ".live", base + ".merged", base + " from Xapian's compactor");
			remove_all(base + ".merged");
		}
		remove_all(base + ".live");
	}
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], nullptr, 10) : std::random_device{}();
	char directory[] = "glass-merge-XXXXXX";
	check(mkdtemp(directory), "no temporary directory");
	printf("seed %llu\n", (unsigned long long)seed);
	unsigned number = 0;
	for (const Knobs &knobs : worlds) {
		const uint32_t block_sizes[] = {0, 2048, 65536, 4096};
		uint32_t block_size = block_sizes[number % 4];
		one_world(make_world(knobs, seed + number++), std::string(directory) + "/" + knobs.name, block_size);
		printf("ok - %s: equal\n", knobs.name);
	}
	remove_all(directory);
	return 0;
}
