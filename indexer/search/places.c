/* indexer/search/places.c - search_places: the text is tokenised once more and its tokens are compared with the
 * query's words.
 *
 * A query becomes sequences: each word alone, each phrase as a whole. Those that the text has nowhere with their
 * accents are looked for once more without. For each token of the text it is asked how long a sequence ends there; a
 * match that begins before the one noted last, or right behind it, is joined with that one. So places are ascending and
 * never overlap. Spans (a record number, a date) are tokens that lie over others: they match as a whole, and the tokens
 * under them still match alone.
 */
#include "indexer/search/passage.h"
#include "indexer/search/search.h"
#include "indexer/shards/tokens.h"

#include "base/utf8.h"

enum { SEQUENCES_MAX = SEARCH_TERMS_MAX, GAP_BYTES = 2 };

typedef struct {
	const Word *words;
	size_t count;
	uint64_t begun; /* bit i: words 0 to i are the tokens up to the one before */
	bool found, any_accents;
} Sequence;

typedef struct {
	Str text;
	Sequence sequences[SEQUENCES_MAX];
	size_t sequence_count;
	uint32_t starts[SEARCH_TERMS_MAX]; /* of the last plain tokens, by their count */
	uint64_t plain_count;
	SearchPlaces places; /* in bytes, until the end */
} Places;

static void add_sequence(Places *p, const Word *words, size_t count)
{
	if (count && p->sequence_count < SEQUENCES_MAX)
		p->sequences[p->sequence_count++] = (Sequence){.words = words, .count = count};
}

static void gather_sequences(Places *p, const Clause *clause)
{
	if (clause->kind == CLAUSE_NOT ||
	    (clause->kind == CLAUSE_FIELD && clause->field->ask != ASK_WORDS && clause->field->ask != ASK_NUMBER))
		return;
	if (clause->kind == CLAUSE_PHRASE)
		add_sequence(p, clause->words, clause->word_count);
	for (size_t i = 0; clause->kind != CLAUSE_PHRASE && i < clause->word_count; i++)
		add_sequence(p, &clause->words[i], 1);
	for (size_t i = 0; i < clause->child_count; i++)
		gather_sequences(p, clause->children[i]);
}

static bool matches(const Sequence *sequence, const Token *token, size_t i)
{
	const Word *word = &sequence->words[i];
	return sequence->any_accents ? passage_word_matches(token, word) : passage_word_matches_exactly(token, word);
}

/* How many tokens the longest sequence has that ends with this plain token. */
static size_t advance(Places *p, const Token *token)
{
	size_t longest = 0;
	bool broken = token->flags & TOKEN_BREAK_BEFORE;
	for (size_t s = 0; s < p->sequence_count; s++) {
		Sequence *sequence = &p->sequences[s];
		uint64_t begun = 0;
		for (size_t i = 0; i < sequence->count; i++)
			if ((i == 0 || ((!broken || sequence->words[i].broken) && sequence->begun >> (i - 1) & 1)) &&
			    matches(sequence, token, i))
				begun |= 1ull << i;
		sequence->begun = begun;
		if (!(begun >> (sequence->count - 1) & 1))
			continue;
		sequence->found = true;
		longest = sequence->count > longest ? sequence->count : longest;
	}
	return longest;
}

static bool span_matches(Places *p, const Token *span)
{
	for (size_t s = 0; s < p->sequence_count; s++)
		if (p->sequences[s].count == 1 && matches(&p->sequences[s], span, 0))
			return p->sequences[s].found = true;
	return false;
}

static bool are_neighbours(Str text, uint32_t end, uint32_t start)
{
	if (start > end + GAP_BYTES)
		return false;
	for (uint32_t i = end; i < start; i++)
		if (text.ptr[i] != ' ')
			return false;
	return true;
}

static void note_match(Places *p, uint32_t start, uint32_t end)
{
	SearchPlaces *places = &p->places;
	while (places->match_count && places->matches[places->match_count - 1].start >= start) {
		uint32_t last_end = places->matches[--places->match_count].end;
		end = last_end > end ? last_end : end;
	}
	SearchPlace *last = places->match_count ? &places->matches[places->match_count - 1] : NULL;
	if (last && (last->end >= start || are_neighbours(p->text, last->end, start)))
		last->end = last->end > end ? last->end : end;
	else if (places->match_count < SEARCH_PLACES_MAX)
		places->matches[places->match_count++] = (SearchPlace){start, end};
	else
		places->are_all = false;
}

static void note_number(SearchPlaces *places, const Token *token)
{
	if (places->number_count < SEARCH_PLACES_MAX)
		places->numbers[places->number_count++] = (SearchPlace){token->start, token->end};
	else
		places->are_all = false;
}

static Status look_through(Places *p, Str own_key, TokenIter *tokens, Err *err)
{
	Token token;
	Step step;
	p->places.match_count = p->places.number_count = 0;
	p->places.are_all = true;
	for (size_t i = 0; i < p->sequence_count; i++)
		p->sequences[i].begun = 0;
	token_iter_set(tokens, p->text);
	while ((step = token_next(tokens, &token, err)) == STEP_ITEM) {
		if (token.kind > TOKEN_DIGITS) {
			if (span_matches(p, &token))
				note_match(p, token.start, token.end);
			else if (token.kind == TOKEN_RECORD_NUMBER && !str_eq(token.folded, own_key))
				note_number(&p->places, &token);
			continue;
		}
		p->starts[p->plain_count++ % SEARCH_TERMS_MAX] = token.start;
		size_t count = advance(p, &token);
		if (count)
			note_match(p, p->starts[(p->plain_count - count) % SEARCH_TERMS_MAX], token.end);
	}
	return step == STEP_END ? ST_OK : err->code;
}

/* Both lists are ascending: a number that any match touches is dropped. */
static void drop_covered_numbers(SearchPlaces *places)
{
	size_t kept = 0, m = 0;
	for (size_t i = 0; i < places->number_count; i++) {
		SearchPlace number = places->numbers[i];
		while (m < places->match_count && places->matches[m].end <= number.start)
			m++;
		bool covered = m < places->match_count && places->matches[m].start < number.end;
		if (!covered && (!kept || places->numbers[kept - 1].end <= number.start))
			places->numbers[kept++] = number;
	}
	places->number_count = kept;
}

static void count_units(Str text, SearchPlace *list, size_t count)
{
	uint32_t units = 0;
	size_t at = 0;
	for (size_t i = 0; i < 2 * count; i++) {
		uint32_t *offset = i % 2 ? &list[i / 2].end : &list[i / 2].start;
		while (at < *offset) {
			size_t width = utf8_valid_width(text.ptr + at, text.len - at);
			units += width == 4 ? 2 : 1;
			at += width ? width : 1;
		}
		*offset = units;
	}
}

/* The first token's folded form: what a record number looks like to a search. */
static Status read_key(Str number, TokenIter *tokens, Arena *arena, Str *out, Err *err)
{
	Token token;
	token_iter_set(tokens, number);
	Step step = token_next(tokens, &token, err);
	if (step == STEP_ERROR)
		return err->code;
	*out = step == STEP_ITEM ? arena_copy(arena, token.folded) : (Str){NULL, 0};
	return step == STEP_ITEM && !out->ptr ? err_no_memory(err) : ST_OK;
}

static Status find_places(Places *p, Str query, Str own_number, TokenIter *tokens, Arena *arena, Err *err)
{
	ParsedQuery parsed;
	Str own_key;
	p->places.matches = arena_alloc(arena, SEARCH_PLACES_MAX * sizeof *p->places.matches);
	p->places.numbers = arena_alloc(arena, SEARCH_PLACES_MAX * sizeof *p->places.numbers);
	if (!p->places.matches || !p->places.numbers)
		return err_no_memory(err);
	Status st = query_parse(query, tokens, arena, &parsed, err);
	if (st == ST_OK)
		st = read_key(own_number, tokens, arena, &own_key, err);
	if (st != ST_OK)
		return st;
	if (parsed.root)
		gather_sequences(p, parsed.root);
	st = look_through(p, own_key, tokens, err);
	bool again = false;
	for (size_t i = 0; i < p->sequence_count; i++)
		again |= p->sequences[i].any_accents = !p->sequences[i].found;
	return st == ST_OK && again ? look_through(p, own_key, tokens, err) : st;
}

Status search_places(Index *index, Str text, Str query, Str own_number, Arena *arena, SearchPlaces *out, Err *err)
{
	Places p = {.text = text};
	if (query.len > SEARCH_QUERY_MAX)
		return err_set(err, ST_LIMIT, "q: at most %d bytes", SEARCH_QUERY_MAX);
	if (text.len > TOKEN_TEXT_MAX)
		return err_set(err, ST_LIMIT, "the text is too long to be looked through");
	TokenIter *tokens = index_take_tokens(index, err);
	if (!tokens)
		return err->code;
	Status st = find_places(&p, query, own_number, tokens, arena, err);
	index_give_tokens(index, tokens);
	if (st != ST_OK)
		return st;
	drop_covered_numbers(&p.places);
	count_units(text, p.places.matches, p.places.match_count);
	count_units(text, p.places.numbers, p.places.number_count);
	*out = p.places;
	return ST_OK;
}
