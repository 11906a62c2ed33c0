/* bench/families/families.h - which terms stand in the index: each choice built from the same texts and asked the same.
 *
 *   F   folded syllables          "quyen"            FF  pairs of them          "chinh quyen"
 *   A   syllables as typed        "quyên1"           AA  pairs of them          "chinh2 quyên1"
 *   +p  positions of the single syllables
 *
 * forms.cc    from tokens to terms               families.cc   builds, asks, prints the table
 * phrases.cc  which records really have a phrase
 *
 * Owns     everything lives until the program ends
 * Errors   give_up prints the reason and ends the program
 * Threads  one
 */
#ifndef BENCH_FAMILIES_FAMILIES_H
#define BENCH_FAMILIES_FAMILIES_H

#include <set>
#include <string>
#include <vector>

#include <xapian.h>

#include "bench/compare/compare.h"

extern "C" {
#include "indexer/invert/invert.h"
#include "tokenizer/syllable.h"
#include "tokenizer/token.h"
}

struct Family {
	const char *name;
	bool folded, folded_pairs, accented, accented_pairs, positions;
};

/* One token with both its forms; copies, so that it outlives the iterator's step. */
struct Word {
	std::string folded, key;
	uint32_t folded_rank, key_rank; /* 0: no syllable, only bytes */
	bool marked, follows;           /* follows: nothing stands between it and the word before */
};

class Tokens
{
	TokenIter *it;

      public:
	Tokens();
	~Tokens();
	Tokens(const Tokens &) = delete;
	std::vector<Word> words(Str text);
};

/* Where terms go: the bulk builder or a Xapian document. */
struct Sink {
	virtual ~Sink() = default;
	virtual void code(uint64_t code, uint32_t wdf, uint32_t position) = 0; /* position 0: none */
	virtual void term(const std::string &term, uint32_t wdf, uint32_t position) = 0;
};

size_t spell_form(void *ctx, uint64_t code, char out[GLASS_TERM_MAX]);
/* The terms of a text; positions go on from *position. */
void give_terms(const Family &family, const std::vector<Word> &words, uint32_t wdf, uint32_t *position, Sink &sink);
/* A question, as an OR; a phrase, as exactly as the family can ask for it. */
Xapian::Query question_of(const Family &family, const std::vector<Word> &words);
Xapian::Query phrase_of(const Family &family, const std::vector<Word> &words);

/* For each phrase the docids of the records that have it as typed, by looking at every text. */
std::vector<std::set<uint32_t>> find_phrases(const char *dir, const QuestionList &phrases);

#endif
