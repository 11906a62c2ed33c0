/* tests/prop/glass_corpus.cc - the comparison of glass_xapian.cc on real legal articles: words with positions, pairs of
 * words without. Skips where the corpus or zstd is missing. */
#include "tests/prop/glass_compare.h"

/* The words of a JSON line's "text": runs of bytes that are no ASCII sign; escapes only separate. */
static void add_words(Document &d, const std::string &line)
{
	size_t at = line.find("\"text\":");
	std::string word, before;
	uint32_t position = 0;
	at = at == std::string::npos ? at : line.find('"', at + 7);
	for (at = at == std::string::npos ? line.size() : at + 1; at < line.size(); at++) {
		unsigned char c = (unsigned char)line[at];
		if (c >= 0x80 || isalnum(c)) {
			word += (char)tolower(c);
			continue;
		}
		if (c == '\\')
			at++;
		if (!word.empty() && word.size() <= 100) {
			Posting p;
			p.wdf = 1;
			p.positions.push_back(++position);
			d.given.emplace_back(word, p);
			if (!before.empty())
				d.given.emplace_back(before + " " + word, Posting{1, {}});
			before = word;
		}
		word.clear();
		if (c == '"')
			break;
	}
}

int main()
{
	enum { DOCUMENTS = 2000 };
	const char *shared = getenv("HOSO_SHARED");
	std::string path = std::string(shared ? shared : "../shared") + "/corpus/articles.dev.jsonl.zst";
	if (access(path.c_str(), R_OK) != 0) {
		printf("skipped: there is no %s\n", path.c_str());
		return 77;
	}
	FILE *in = popen(("zstd -dcq '" + path + "' 2>/dev/null").c_str(), "r");
	char *line = nullptr;
	size_t capacity = 0;
	World world{{"articles", 0, 0, 0, 0, true, false, true, 1, 1}, 1, {}, {}};
	while (in && world.documents.size() < DOCUMENTS && getline(&line, &capacity, in) > 0) {
		Document d;
		d.did = (uint32_t)world.documents.size() * 2 + 1;
		add_words(d, line);
		d.values[0] = std::to_string(world.documents.size() % 77);
		world.documents.push_back(d);
	}
	free(line);
	if (in)
		pclose(in);
	if (world.documents.empty()) {
		printf("skipped: zstd cannot unpack %s\n", path.c_str());
		return 77;
	}
	char directory[] = "glass-corpus-XXXXXX";
	check(mkdtemp(directory), "no temporary directory");
	std::string base = directory;
	where = "articles";
	BuildOptions o;
	o.mixed = false;
	build(world, base + "/ours", o);
	build_by_xapian(world, base + "/theirs", base + "/compacted", 0);
	compare(base + "/ours", base + "/compacted", true, 1);
	check_same_leaves(base + "/ours", base + "/compacted", where, 8192);
	size_t ours = 0, compacted = 0, theirs = 0;
	for (const char *name : {"/postlist.glass", "/position.glass"}) {
		ours += read_file(base + "/ours" + name).size();
		compacted += read_file(base + "/compacted" + name).size();
		theirs += read_file(base + "/theirs" + name).size();
	}
	printf("ok - %zu documents: equal; postlist and position: %zu bytes, xapian-compact's %zu, Xapian's writer's "
	       "%zu\n",
	       world.documents.size(), ours, compacted, theirs);
	remove_all(directory);
	return 0;
}
