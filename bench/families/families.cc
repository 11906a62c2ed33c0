/* bench/families/families.cc - hoso-families: the families of terms side by side, in Markdown.
 *
 *   hoso-families RECORDS.jsonl[.zst] QUERIES.jsonl QRELS.tsv DIR [--limit N] [--termlist N] [--weights]
 *
 * Times are processor time of the one thread that works, so that company on the machine counts for little. Questions
 * are plain BM25 over an OR of all terms, subjects counting three times; what hoso makes of a question beyond that
 * (indexer/search/compile.h) is not in it. --termlist builds the first N records by Xapian's writer, with termlists and
 * without.
 * --weights asks hoso's own family only, the subject counting 0 to 8 times.
 */
#include "bench/families/families.h"

#include <getopt.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sys/stat.h>

extern "C" {
#include "base/file.h"
}

CompareOptions compare_options;

namespace
{

const Family families[] = {
	{"F", true, false, false, false, false},          {"A", false, false, true, false, false},
	{"FF", false, true, false, false, false},         {"F FF", true, true, false, false, false},
	{"A FF (hoso)", false, true, true, false, false}, {"F A FF", true, true, true, false, false},
	{"A AA", false, false, true, true, false},        {"A+p", false, false, true, false, true},
	{"A+p FF", false, true, true, false, true},
};

struct Options {
	const char *input = nullptr, *queries = nullptr, *qrels = nullptr, *dir = nullptr;
	uint64_t limit = UINT64_MAX, termlist = 0;
	bool weights = false;
};

uint32_t subject_weight = 3;
const Family &hosos = families[4];

[[noreturn]] void give_up(const char *what)
{
	fprintf(stderr, "hoso-families: %s\n", what);
	exit(3);
}

double processor_seconds()
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}

double file_bytes(const std::string &path)
{
	struct stat info;
	return stat(path.c_str(), &info) == 0 ? double(info.st_size) : 0;
}

struct BulkSink : Sink {
	Inverter *inv;
	explicit BulkSink(Inverter *i) : inv(i) {}
	void code(uint64_t code, uint32_t wdf, uint32_t position) override
	{
		if (position)
			invert_code_at(inv, code, wdf, position);
		else
			invert_code(inv, code, wdf);
	}
	void term(const std::string &term, uint32_t wdf, uint32_t position) override
	{
		Str bytes = {term.data(), std::min(term.size(), size_t(240))};
		if (position)
			invert_term_at(inv, bytes, wdf, position);
		else
			invert_term(inv, bytes, wdf);
	}
};

struct DocumentSink : Sink {
	Xapian::Document document;
	void code(uint64_t code, uint32_t wdf, uint32_t) override
	{
		char bytes[GLASS_TERM_MAX];
		document.add_term(std::string(bytes, spell_form(nullptr, code, bytes)), wdf);
	}
	void term(const std::string &term, uint32_t wdf, uint32_t) override
	{
		document.add_term(term.substr(0, 240), wdf);
	}
};

void give_record(const Family &family, const Item &item, Tokens &tokens, Sink &sink)
{
	uint32_t position = 0;
	give_terms(family, tokens.words(item.subject), subject_weight, &position, sink);
	give_terms(family, tokens.words(item.text), 1, &position, sink);
}

/* Processor seconds of analysis and all else. */
double build(const Family &family, const char *corpus_dir, const std::string &dir)
{
	Err err;
	Item item;
	GlassStats stats;
	Tokens tokens;
	InvertOptions options = {};
	InvertFinish finish = {};
	options.spill_dir = corpus_dir;
	options.spell = spell_form;
	options.codes_in_order = true;
	options.positions = family.positions;
	file_remove_tree(dir.c_str(), &err);
	Inverter *inv = invert_new(&options, &err);
	Corpus *corpus = corpus_open(corpus_dir, &err);
	if (!inv || !corpus)
		give_up(err.text);
	BulkSink sink(inv);
	double started = processor_seconds();
	for (uint32_t did = 1; corpus_next(corpus, &item, &err) == STEP_ITEM; did++) {
		if (invert_begin(inv, did, &err) != ST_OK)
			give_up(err.text);
		give_record(family, item, tokens, sink);
		if (invert_end(inv, &err) != ST_OK)
			give_up(err.text);
	}
	if (invert_finish(inv, dir.c_str(), &finish, &stats, &err) != ST_OK)
		give_up(err.text);
	double took = processor_seconds() - started;
	invert_free(inv);
	corpus_close(corpus);
	return took;
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

struct Quality {
	double reciprocal = 0, recall = 0, median_ms = 0;
};

double median_of(std::vector<double> &values)
{
	if (values.empty())
		return 0;
	std::nth_element(values.begin(), values.begin() + long(values.size() / 2), values.end());
	return values[values.size() / 2];
}

Quality ask_questions(const Family &family, const Xapian::Database &db, const QuestionList &list,
		      const std::vector<std::string> &ids)
{
	Quality q;
	Tokens tokens;
	std::vector<double> times;
	for (size_t i = 0; i < list.count; i++) {
		const Question &question = list.list[i];
		std::set<std::string> relevant(question.relevant, question.relevant + question.relevant_count);
		size_t first = 0, right = 0;
		double started = processor_seconds();
		Xapian::Enquire enquire(db);
		enquire.set_query(question_of(family, tokens.words(str_from(question.text))));
		Xapian::MSet found = enquire.get_mset(0, DEPTH);
		times.push_back((processor_seconds() - started) * 1000);
		for (Xapian::doccount n = 0; n < found.size(); n++)
			if (relevant.count(ids[*found[n]])) {
				right++;
				first = first ? first : n + 1;
			}
		q.reciprocal += first && first <= 10 ? 1.0 / double(first) : 0;
		q.recall += double(right) / double(question.relevant_count);
	}
	q.reciprocal /= double(list.count);
	q.recall /= double(list.count);
	q.median_ms = median_of(times);
	return q;
}

struct Exactness {
	size_t found[2] = {0, 0}, right[2] = {0, 0}, wanted[2] = {0, 0}; /* of two and of three syllables */
	double median_us = 0;
};

Exactness ask_phrases(const Family &family, const Xapian::Database &db, const QuestionList &list,
		      const std::vector<std::set<uint32_t>> &truth)
{
	Exactness e;
	Tokens tokens;
	std::vector<double> times;
	for (size_t i = 0; i < list.count; i++) {
		std::vector<Word> words = tokens.words(str_from(list.list[i].text));
		if (words.size() != 2 && words.size() != 3)
			continue;
		double started = processor_seconds();
		Xapian::Enquire enquire(db);
		enquire.set_query(phrase_of(family, words));
		enquire.get_mset(0, 10);
		times.push_back((processor_seconds() - started) * 1e6);
		enquire.set_weighting_scheme(Xapian::BoolWeight());
		Xapian::MSet all = enquire.get_mset(0, db.get_doccount());
		size_t which = words.size() - 2;
		for (Xapian::doccount n = 0; n < all.size(); n++)
			e.right[which] += truth[i].count(*all[n]);
		e.found[which] += all.size();
		e.wanted[which] += truth[i].size();
	}
	e.median_us = median_of(times);
	return e;
}

double share(size_t part, size_t whole)
{
	return whole ? 100.0 * double(part) / double(whole) : 100;
}

void measure(const Family &family, const Options &o, const Questions &q, const std::vector<std::string> &ids,
	     const std::vector<std::set<uint32_t>> &truth, double text)
{
	std::string dir = std::string(o.dir) + "/db";
	Err ignored;
	double seconds = build(family, o.dir, dir);
	{
		Xapian::Database db(dir);
		Quality typed = ask_questions(family, db, q.of[ASK_QUESTION], ids),
			plain = ask_questions(family, db, q.of[ASK_QUESTION_UNACCENTED], ids);
		Exactness e = ask_phrases(family, db, q.of[ASK_PHRASE], truth);
		printf("| %s | %.2f | %.2f | %.0f | %.3f | %.3f | %.3f | %.1f | %.1f | %.1f %% | %.1f %% | %.1f %% | "
		       "%.0f |\n",
		       family.name, file_bytes(dir + "/postlist.glass") / text,
		       file_bytes(dir + "/position.glass") / text, seconds / (text / 1e6) * 1000, typed.reciprocal,
		       typed.recall, plain.reciprocal, typed.median_ms, plain.median_ms, share(e.right[0], e.found[0]),
		       share(e.right[1], e.found[1]), share(e.right[0] + e.right[1], e.wanted[0] + e.wanted[1]),
		       e.median_us);
		fflush(stdout);
	}
	file_remove_tree(dir.c_str(), &ignored);
}

/* ---- termlists ------------------------------------------------------------------------------------------------- */

void measure_termlist(const Options &o, bool with)
{
	std::string dir = std::string(o.dir) + "/db", compacted = std::string(o.dir) + "/compacted";
	Err err;
	Item item;
	Tokens tokens;
	double text = 0, started = processor_seconds();
	Corpus *corpus = corpus_open(o.dir, &err);
	setenv("XAPIAN_FLUSH_THRESHOLD", "1000", 1);
	Xapian::WritableDatabase db(dir, Xapian::DB_CREATE_OR_OVERWRITE | (with ? 0 : Xapian::DB_NO_TERMLIST));
	for (uint64_t i = 0; i < o.termlist && corpus && corpus_next(corpus, &item, &err) == STEP_ITEM; i++) {
		DocumentSink sink;
		give_record(hosos, item, tokens, sink);
		db.add_document(sink.document);
		text += double(item.text.len);
	}
	db.commit();
	double took = processor_seconds() - started;
	db.compact(compacted);
	printf("| %s | %.2f | %.2f | %.0f |\n", with ? "with termlists" : "without",
	       file_bytes(compacted + "/postlist.glass") / text, file_bytes(compacted + "/termlist.glass") / text,
	       took / (text / 1e6) * 1000);
	corpus_close(corpus);
	file_remove_tree(dir.c_str(), &err);
	file_remove_tree(compacted.c_str(), &err);
}

/* ---- weights --------------------------------------------------------------------------------------------------- */

void measure_weights(const Options &o, const Questions &q, const std::vector<std::string> &ids)
{
	std::string dir = std::string(o.dir) + "/db";
	Err ignored;
	printf("| weight of the subject | MRR@10 | recall@20 | MRR@10 without accents |\n|---|--:|--:|--:|\n");
	for (uint32_t weight : {0, 1, 2, 3, 5, 8}) {
		subject_weight = weight;
		build(hosos, o.dir, dir);
		Xapian::Database db(dir);
		Quality typed = ask_questions(hosos, db, q.of[ASK_QUESTION], ids),
			plain = ask_questions(hosos, db, q.of[ASK_QUESTION_UNACCENTED], ids);
		printf("| %u | %.3f | %.3f | %.3f |\n", weight, typed.reciprocal, typed.recall, plain.reciprocal);
		fflush(stdout);
	}
	file_remove_tree(dir.c_str(), &ignored);
}

void run(const Options &o)
{
	static Questions questions;
	Err err;
	Item item;
	std::vector<std::string> ids(1);
	double text = 0;
	if (file_make_dirs(o.dir, &err) != ST_OK || corpus_prepare(o.input, o.dir, o.limit, &err) != ST_OK ||
	    questions_pick(o.dir, o.queries, o.qrels, &questions, &err) != ST_OK)
		give_up(err.text);
	Corpus *corpus = corpus_open(o.dir, &err);
	while (corpus && corpus_next(corpus, &item, &err) == STEP_ITEM) {
		ids.emplace_back(item.id.ptr, item.id.len);
		text += double(item.text.len);
	}
	corpus_close(corpus);
	if (o.weights)
		return measure_weights(o, questions, ids);
	std::vector<std::set<uint32_t>> truth = find_phrases(o.dir, questions.of[ASK_PHRASE]);
	printf("%zu records, %.1f MB of text, %zu questions, %zu phrases\n\n", ids.size() - 1, text / 1e6,
	       questions.of[ASK_QUESTION].count, questions.of[ASK_PHRASE].count);
	printf("| family | lists / text | positions / text | build, ms a MB | MRR@10 | recall@20 | MRR@10 without "
	       "accents | question, ms | "
	       "without accents, ms | right of a phrase of 2 | of 3 | phrases found | phrase, µs |\n"
	       "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
	for (const Family &family : families)
		measure(family, o, questions, ids, truth, text);
	if (o.termlist) {
		printf("\n| Xapian's writer, A FF | lists / text | termlists / text | build, ms a MB "
		       "|\n|---|--:|--:|--:|\n");
		measure_termlist(o, true);
		measure_termlist(o, false);
	}
}

} // namespace

static bool read_options(int argc, char **argv, Options *o)
{
	static const struct option options[] = {
		{"limit", required_argument, nullptr, 'n'},
		{"termlist", required_argument, nullptr, 't'},
		{"weights", no_argument, nullptr, 'w'},
		{nullptr, 0, nullptr, 0},
	};
	for (int option; (option = getopt_long(argc, argv, "", options, nullptr)) != -1;) {
		if (option == 'w')
			o->weights = true;
		else if (option == '?' || !str_to_u64(str_from(optarg), option == 'n' ? &o->limit : &o->termlist))
			return false;
	}
	if (argc - optind != 4)
		return false;
	o->input = argv[optind];
	o->queries = argv[optind + 1];
	o->qrels = argv[optind + 2];
	o->dir = argv[optind + 3];
	return true;
}

int main(int argc, char **argv)
{
	Options o;
	if (!read_options(argc, argv, &o)) {
		fputs("usage: hoso-families RECORDS.jsonl[.zst] QUERIES.jsonl QRELS.tsv DIR [--limit N] [--termlist N] "
		      "[--weights]\n",
		      stderr);
		return 2;
	}
	try {
		run(o);
	} catch (const Xapian::Error &error) {
		give_up(error.get_description().c_str());
	}
	return 0;
}
