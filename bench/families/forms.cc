/* bench/families/forms.cc - from tokens to terms. A code is the rank of the first form << 20 | the rank of the second
 * (0: none). Forms are ranked in the order of their bytes, so that codes are in the order of the terms they stand for.
 */
#include "bench/families/families.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace
{

enum { RANK_BITS = 20 };

struct Forms {
	std::vector<std::string> sorted; /* from 1 */
	std::vector<uint32_t> of_syllable, of_fold;
	std::map<std::string, std::vector<std::string>> keys_of_folded;

	Forms()
	{
		std::set<std::string> all;
		for (uint32_t i = 1; i <= syllable_count(); i++)
			all.insert(string_of(syllable_key(uint16_t(i))));
		for (uint32_t i = 1; i <= syllable_fold_count(); i++)
			all.insert(string_of(syllable_folded(uint16_t(i))));
		sorted.push_back("");
		sorted.insert(sorted.end(), all.begin(), all.end());
		of_syllable.resize(syllable_count() + 1);
		of_fold.resize(syllable_fold_count() + 1);
		for (uint32_t i = 1; i <= syllable_fold_count(); i++)
			of_fold[i] = rank(string_of(syllable_folded(uint16_t(i))));
		for (uint32_t i = 1; i <= syllable_count(); i++) {
			std::string key = string_of(syllable_key(uint16_t(i)));
			of_syllable[i] = rank(key);
			keys_of_folded[string_of(syllable_folded(syllable_fold(uint16_t(i))))].push_back(key);
		}
	}
	static std::string string_of(Str s) { return std::string(s.ptr, s.len); }
	uint32_t rank(const std::string &form) const
	{
		return uint32_t(std::lower_bound(sorted.begin() + 1, sorted.end(), form) - sorted.begin());
	}
};

const Forms &forms()
{
	static const Forms all;
	return all;
}

void give_one(uint32_t rank, const std::string &form, uint32_t wdf, uint32_t position, Sink &sink)
{
	if (rank)
		sink.code(uint64_t(rank) << RANK_BITS, wdf, position);
	else
		sink.term(form, wdf, position);
}

void give_pair(uint32_t first, uint32_t second, const std::string &a, const std::string &b, uint32_t wdf, Sink &sink)
{
	if (first && second)
		sink.code(uint64_t(first) << RANK_BITS | second, wdf, 0);
	else
		sink.term(a + " " + b, wdf, 0);
}

} // namespace

Tokens::Tokens()
{
	Err err;
	it = token_iter_new(&err);
}

Tokens::~Tokens()
{
	token_iter_free(it);
}

std::vector<Word> Tokens::words(Str text)
{
	std::vector<Word> all;
	Token token;
	Err err;
	token_iter_set(it, text);
	while (token_next(it, &token, &err) == STEP_ITEM) {
		if (token.kind > TOKEN_DIGITS)
			continue;
		all.push_back({Forms::string_of(token.folded), Forms::string_of(token.key), forms().of_fold[token.fold],
			       forms().of_syllable[token.syllable], (token.flags & TOKEN_MARKED) != 0,
			       !all.empty() && !(token.flags & TOKEN_BREAK_BEFORE)});
	}
	return all;
}

size_t spell_form(void *ctx, uint64_t code, char out[GLASS_TERM_MAX])
{
	(void)ctx;
	const std::string &first = forms().sorted[code >> RANK_BITS],
			  &second = forms().sorted[code & ((1 << RANK_BITS) - 1)];
	std::string term = second.empty() ? first : first + " " + second;
	memcpy(out, term.data(), term.size());
	return term.size();
}

void give_terms(const Family &f, const std::vector<Word> &words, uint32_t wdf, uint32_t *position, Sink &sink)
{
	for (size_t i = 0; i < words.size(); i++) {
		const Word &w = words[i];
		*position += w.follows ? 1 : 100; /* no phrase goes across a break */
		if (f.folded)
			give_one(w.folded_rank, w.folded, wdf, f.positions && !f.accented ? *position : 0, sink);
		if (f.accented && !(f.folded && w.key == w.folded))
			give_one(w.key_rank, w.key, wdf, f.positions ? *position : 0, sink);
		if (!w.follows)
			continue;
		const Word &before = words[i - 1];
		if (f.folded_pairs)
			give_pair(before.folded_rank, w.folded_rank, before.folded, w.folded, wdf, sink);
		if (f.accented_pairs)
			give_pair(before.key_rank, w.key_rank, before.key, w.key, wdf, sink);
	}
}

/* A word without marks means every accentuation. */
static Xapian::Query accented_term(const Word &w)
{
	auto keys = forms().keys_of_folded.find(w.folded);
	if (w.marked || keys == forms().keys_of_folded.end())
		return Xapian::Query(w.key);
	return Xapian::Query(Xapian::Query::OP_SYNONYM, keys->second.begin(), keys->second.end());
}

Xapian::Query question_of(const Family &f, const std::vector<Word> &words)
{
	std::vector<Xapian::Query> terms;
	std::set<std::string> seen;
	for (size_t i = 0; i < words.size(); i++) {
		const Word &w = words[i];
		if (f.folded && seen.insert(w.folded).second)
			terms.emplace_back(w.folded);
		if (f.accented && (!f.folded || w.marked) && seen.insert("=" + w.key).second)
			terms.push_back(accented_term(w));
		if (!w.follows)
			continue;
		if (f.folded_pairs && seen.insert(words[i - 1].folded + " " + w.folded).second)
			terms.emplace_back(words[i - 1].folded + " " + w.folded);
		if (f.accented_pairs && seen.insert("=" + words[i - 1].key + " " + w.key).second)
			terms.emplace_back(words[i - 1].key + " " + w.key);
	}
	return Xapian::Query(Xapian::Query::OP_OR, terms.begin(), terms.end());
}

Xapian::Query phrase_of(const Family &f, const std::vector<Word> &words)
{
	std::vector<Xapian::Query> terms;
	for (size_t i = 0; i < words.size(); i++) {
		bool paired = f.accented_pairs || f.folded_pairs;
		if (f.accented && !f.accented_pairs)
			terms.emplace_back(words[i].key);
		else if (!f.accented && !paired)
			terms.emplace_back(words[i].folded);
		if (i > 0 && f.accented_pairs)
			terms.emplace_back(words[i - 1].key + " " + words[i].key);
		else if (i > 0 && f.folded_pairs && !f.positions)
			terms.emplace_back(words[i - 1].folded + " " + words[i].folded);
	}
	return Xapian::Query(f.positions ? Xapian::Query::OP_PHRASE : Xapian::Query::OP_AND, terms.begin(), terms.end(),
			     f.positions ? Xapian::termcount(terms.size()) : 0);
}
