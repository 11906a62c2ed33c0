/* bench/families/phrases.cc - reads the texts themselves to find which records really have a phrase: the truth that
 * each family's answers are counted against. */
#include "bench/families/families.h"

#include <map>

namespace
{

struct Wanted {
	std::multimap<std::string, std::pair<size_t, std::vector<Word>>> by_first;

	Wanted(const QuestionList &phrases, Tokens &tokens)
	{
		for (size_t i = 0; i < phrases.count; i++) {
			std::vector<Word> words = tokens.words(str_from(phrases.list[i].text));
			by_first.emplace(words.empty() ? "" : words[0].key, std::make_pair(i, words));
		}
	}
};

bool stands_at(const std::vector<Word> &text, size_t at, const std::vector<Word> &phrase)
{
	if (phrase.size() > text.size() - at)
		return false;
	for (size_t i = 0; i < phrase.size(); i++)
		if (text[at + i].key != phrase[i].key || (i > 0 && !text[at + i].follows))
			return false;
	return true;
}

} // namespace

std::vector<std::set<uint32_t>> find_phrases(const char *dir, const QuestionList &phrases)
{
	Tokens tokens;
	Wanted wanted(phrases, tokens);
	std::vector<std::set<uint32_t>> found(phrases.count);
	Err err;
	Item item;
	Corpus *corpus = corpus_open(dir, &err);
	for (uint32_t did = 1; corpus && corpus_next(corpus, &item, &err) == STEP_ITEM; did++) {
		for (Str part : {item.subject, item.text}) {
			std::vector<Word> text = tokens.words(part);
			for (size_t at = 0; at < text.size(); at++) {
				auto range = wanted.by_first.equal_range(text[at].key);
				for (auto p = range.first; p != range.second; ++p)
					if (stands_at(text, at, p->second.second))
						found[p->second.first].insert(did);
			}
		}
	}
	corpus_close(corpus);
	return found;
}
