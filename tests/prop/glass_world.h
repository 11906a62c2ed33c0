/* tests/prop/glass_world.h - random documents, given both to Xapian's writer and to the Inverter.
 *
 * A World is made from a seed and a few knobs, so a failure is repeated by its printed name.
 *
 * Owns     a World holds its documents
 * Errors   none: check() ends the program at the first difference
 * Threads  one
 */
#ifndef TESTS_PROP_GLASS_WORLD_H
#define TESTS_PROP_GLASS_WORLD_H

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

extern "C" {
#include "base/file.h"
#include "indexer/invert/invert.h"
}

#include <xapian.h>

/* libxapian 1.4 frees objects of its own with another size than it made them. */
extern "C" inline __attribute__((used, visibility("default"))) const char *__asan_default_options()
{
	return "new_delete_type_mismatch=0";
}

struct Posting {
	uint32_t wdf = 0;
	std::vector<uint32_t> positions; /* in the order given */
};

struct Document {
	uint32_t did = 0;
	std::vector<std::pair<std::string, Posting>> given; /* occurrences; a term may come again */
	std::map<uint32_t, std::string> values;
};

/* How a world looks. */
struct Knobs {
	const char *name;
	unsigned documents, vocabulary, words; /* words: greatest number of occurrences in a document */
	unsigned gap;                          /* greatest gap between docids */
	bool positions, odd_terms, values;
	uint32_t first_did;
	unsigned wdf_max;
	unsigned long_tags = 0;  /* metadata of up to 9000 bytes */
	unsigned term_bytes = 0; /* every term as long as this, zero bytes counted twice */
};

struct World {
	Knobs knobs;
	uint64_t seed;
	std::vector<Document> documents;
	std::vector<std::pair<std::string, std::string>> metadata;
};

/* Everything that can go wrong ends here: the test says what and stops. */
[[noreturn]] inline void give_up(const std::string &what)
{
	fprintf(stderr, "FAILED: %s\n", what.c_str());
	exit(1);
}

inline void check(bool ok, const std::string &what)
{
	if (!ok)
		give_up(what);
}

inline std::string random_term(std::mt19937_64 &random, const Knobs &k)
{
	/* Zipf-like: a few terms nearly everywhere, most of them rare */
	double u = std::uniform_real_distribution<double>(0, 1)(random);
	unsigned rank = (unsigned)(k.vocabulary * u * u * u);
	std::string term = "t" + std::to_string(rank * 7919u % 100003u);
	if (k.term_bytes) { /* differing in the last bytes only, half of them with zero bytes */
		unsigned zeros = rank % 2 * (rank % 7);
		return std::string(k.term_bytes - 2 * zeros - term.size(), 'x') + std::string(zeros, '\0') + term;
	}
	if (!k.odd_terms)
		return term;
	switch (rank % 11) {
	case 0:
		return term + std::string(1, '\0') + "z";
	case 1:
		return std::string(2, '\0') + term;
	case 2:
		return term + "\xff\xfe";
	case 3:
		return term + std::string(245 - term.size(), 'x');
	case 4:
		return term + " " + std::to_string(rank % 13);
	case 5:
		return "\xc4\x91\xc6\xb0\xe1\xbb\x9dng " + term;
	case 6:
		return std::string("\0\xe0", 2) + term;
	case 7:
		return std::string("\0\xd8\1", 3) + term;
	default:
		return term;
	}
}

inline World make_world(const Knobs &k, uint64_t seed)
{
	World world{k, seed, {}, {}};
	std::mt19937_64 random(seed);
	auto upto = [&](uint64_t n) { return n ? random() % (n + 1) : 0; };
	uint32_t did = k.first_did;
	for (unsigned i = 0; i < k.documents; i++) {
		Document d;
		did += i ? 1 + (uint32_t)upto(k.gap) : 0;
		d.did = did;
		unsigned words = (unsigned)upto(k.words);
		for (unsigned w = 0; w < words; w++) {
			Posting p;
			p.wdf = upto(9) == 0 ? 0 : 1 + (uint32_t)upto(upto(19) == 0 ? k.wdf_max : 0);
			if (k.positions && upto(3))
				p.positions.push_back(1 + (uint32_t)upto(upto(4) ? 200 : 4000000000u));
			d.given.emplace_back(random_term(random, k), p);
		}
		for (uint32_t slot : {0u, 1u, 7u, 127u, 128u, 300u, 70000u})
			if (k.values && upto(slot % 5 + 1) == 0)
				d.values[slot] = upto(50) ? std::to_string(upto(5000)) : std::string(upto(3000), 'v');
		world.documents.push_back(d);
	}
	for (unsigned i = 0; k.values && i < 5; i++)
		world.metadata.emplace_back("name" + std::to_string(upto(1000) * 5 + i), "value" + std::to_string(i));
	for (unsigned i = 0; i < k.long_tags; i++)
		world.metadata.emplace_back("tag" + std::string(upto(30), 'x') + std::to_string(100000 + i),
					    std::string(1 + upto(upto(3) ? 9000 : 100), 'v'));
	return world;
}

/* A code is the term's number in the sorted vocabulary. */
struct Speller {
	std::vector<std::string> terms;
	std::map<std::string, uint64_t> codes;
	bool shuffled = false;
	static size_t spell(void *ctx, uint64_t code, char out[GLASS_TERM_MAX])
	{
		const std::string &term = static_cast<Speller *>(ctx)->terms[code];
		memcpy(out, term.data(), term.size());
		return term.size();
	}
	void learn(const World &world, bool in_order, uint64_t seed)
	{
		std::set<std::string> all;
		for (const Document &d : world.documents)
			for (const auto &g : d.given)
				all.insert(g.first);
		terms.assign(all.begin(), all.end());
		if (!in_order)
			std::shuffle(terms.begin(), terms.end(), std::mt19937_64(seed));
		for (size_t i = 0; i < terms.size(); i++)
			codes[terms[i]] = i;
	}
};

struct BuildOptions {
	size_t batch_bytes = 0, memory_bytes = 0;
	bool codes = true, in_order = true, mixed = true; /* mixed: some occurrences by bytes, even of the same term */
	uint32_t block_size = 0;
	std::set<uint32_t> without;     /* docids left out */
	size_t from = 0, to = SIZE_MAX; /* documents */
	uint32_t did_minus = 0;
	uint8_t uuid = 1;
};

inline GlassStats build(const World &world, const std::string &dir, const BuildOptions &o)
{
	Err err = {ST_OK, ""};
	Speller speller;
	if (o.codes)
		speller.learn(world, o.in_order, world.seed);
	InvertOptions options = {};
	options.memory_bytes = o.memory_bytes;
	options.batch_bytes = o.batch_bytes;
	options.spell = o.codes ? Speller::spell : nullptr;
	options.spell_ctx = &speller;
	options.codes_in_order = o.in_order;
	options.positions = world.knobs.positions;
	options.block_size = o.block_size;
	options.spill_dir = ".";
	Inverter *inv = invert_new(&options, &err);
	check(inv, err.text);
	unsigned count = 0;
	for (size_t i = o.from; i < world.documents.size() && i < o.to; i++) {
		const Document &d = world.documents[i];
		if (o.without.count(d.did))
			continue;
		check(invert_begin(inv, d.did - o.did_minus, &err) == ST_OK, err.text);
		for (const auto &[term, p] : d.given) {
			Str bytes = {term.data(), term.size()};
			bool by_code = o.codes && (!o.mixed || count++ % 3);
			uint32_t wdf = p.wdf;
			if (p.positions.empty() && by_code)
				invert_code(inv, speller.codes[term], wdf);
			else if (p.positions.empty())
				invert_term(inv, bytes, wdf);
			for (uint32_t position : p.positions) {
				if (by_code)
					invert_code_at(inv, speller.codes[term], wdf, position);
				else
					invert_term_at(inv, bytes, wdf, position);
				wdf = 0;
			}
		}
		for (const auto &[slot, value] : d.values) {
			invert_value(inv, slot, STR("replaced"));
			invert_value(inv, slot, {value.data(), value.size()});
		}
		check(invert_end(inv, &err) == ST_OK, err.text);
	}
	InvertFinish finish = {};
	finish.uuid[0] = o.uuid;
	std::vector<GlassMetadata> metadata;
	for (const auto &[name, value] : world.metadata)
		metadata.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
	finish.metadata = metadata.data();
	finish.metadata_count = metadata.size();
	GlassStats stats;
	check(invert_finish(inv, dir.c_str(), &finish, &stats, &err) == ST_OK, err.text);
	invert_free(inv);
	return stats;
}

/* Xapian's own writer, then its compactor. */
inline void build_by_xapian(const World &world, const std::string &dir, const std::string &compacted,
			    uint32_t block_size, const std::set<uint32_t> &without = {})
{
	Xapian::WritableDatabase db(dir, Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS,
				    (int)(block_size ? block_size : 8192));
	for (const Document &d : world.documents) {
		if (without.count(d.did))
			continue;
		Xapian::Document doc;
		for (const auto &[term, p] : d.given) {
			/* Xapian's positions are added with a wdf; here the wdf counts once an occurrence */
			if (p.positions.empty() || p.wdf)
				doc.add_term(term, p.wdf);
			for (uint32_t position : p.positions)
				doc.add_posting(term, position, 0);
		}
		for (const auto &[slot, value] : d.values)
			doc.add_value(slot, value);
		db.replace_document(d.did, doc);
	}
	for (const auto &[name, value] : world.metadata)
		db.set_metadata(name, value);
	db.commit();
	db.compact(compacted, Xapian::DBCOMPACT_NO_RENUMBER, (int)(block_size ? block_size : 8192));
}

inline std::string read_file(const std::string &path)
{
	std::string bytes;
	FILE *f = fopen(path.c_str(), "rb");
	if (!f)
		return bytes;
	char part[65536];
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
		bytes.append(part, n);
	fclose(f);
	return bytes;
}

inline void check_same_files(const std::string &a, const std::string &b, const std::string &what)
{
	for (const char *name : {"iamglass", "postlist.glass", "position.glass"})
		check(read_file(a + "/" + name) == read_file(b + "/" + name), what + ": " + name + " is not the same");
}

/* What a table holds apart from the numbers of its blocks, which Xapian gives out in another order: the leaves one
 * after the other, then the keys of the branch items. The gap between directory and items is cleared, where Xapian
 * leaves what was there. */
inline std::string leaves(const std::string &path, uint32_t block_size)
{
	std::string file = read_file(path), all;
	std::multiset<std::string> separators;
	auto be16 = [](const std::string &b, size_t at) { return (size_t)((uint8_t)b[at] << 8 | (uint8_t)b[at + 1]); };
	for (size_t at = 0; at + block_size <= file.size(); at += block_size) {
		std::string block = file.substr(at, block_size);
		size_t gap = be16(block, 5), end = be16(block, 9);
		if (block[4] == 0)
			all += block.replace(end, gap, gap, '\0');
		for (size_t d = 11; block[4] != 0 && d < end; d += 2) {
			size_t item = be16(block, d);
			separators.insert(block.substr(item + 4, 1 + (uint8_t)block[item + 4] + 2));
		}
	}
	for (const std::string &separator : separators)
		all += separator;
	return all;
}

inline void check_same_leaves(const std::string &a, const std::string &b, const std::string &what, uint32_t block_size)
{
	for (const char *name : {"postlist.glass", "position.glass"}) {
		std::string x = leaves(a + "/" + name, block_size), y = leaves(b + "/" + name, block_size);
		/* Xapian notices only after ten keys that they come in order: a first leaf of fewer is cut in the
		 * middle, and everything behind it lies elsewhere. */
		if (x.size() <= block_size || (uint8_t)x[10] > 11 + 2 * 12)
			check(x == y, what + ": leaves of " + name);
	}
}

inline void remove_all(const std::string &path)
{
	Err err;
	file_remove_tree(path.c_str(), &err);
}

#endif
