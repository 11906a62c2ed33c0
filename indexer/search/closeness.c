/* indexer/search/closeness.c - see closeness.h. */
#include "indexer/search/closeness.h"

#include "indexer/search/search.h"

enum { EVENTS_MAX = 256, KINDS = 2 * SEARCH_TERMS_MAX }; /* words, and behind them pairs */

typedef struct {
	uint64_t position;
	size_t kind;
} Event;

typedef struct {
	const CloseTerm *terms;
	size_t count;
	size_t same_word[SEARCH_TERMS_MAX], same_pair[SEARCH_TERMS_MAX]; /* the first one that is the same */
	TokenWanted wanted;
	unsigned held[KINDS]; /* in the subject and the window at hand */
	double worth, best;
	Event ring[EVENTS_MAX]; /* the window's, oldest first */
	size_t oldest, newest;  /* counted on; modulo EVENTS_MAX */
	uint64_t position;
} Look;

static void prepare(Look *l, const CloseTerm *terms, size_t count)
{
	*l = (Look){.terms = terms, .count = count < SEARCH_TERMS_MAX ? count : SEARCH_TERMS_MAX};
	for (size_t i = 0; i < l->count; i++) {
		size_t word = 0, pair = 1;
		while (word < i && (terms[word].fold != terms[i].fold || terms[word].word <= 0))
			word++;
		while (pair < i && (terms[pair].fold != terms[i].fold || terms[pair - 1].fold != terms[i - 1].fold ||
				    terms[pair].pair <= 0))
			pair++;
		l->same_word[i] = word;
		l->same_pair[i] = pair < i ? pair : i;
		token_want(&l->wanted, terms[i].fold);
	}
}

static double worth_of(const Look *l, size_t kind)
{
	return kind < SEARCH_TERMS_MAX ? l->terms[kind].word : l->terms[kind - SEARCH_TERMS_MAX].pair;
}

static void forget_before(Look *l, uint64_t position)
{
	while (l->oldest < l->newest &&
	       (l->ring[l->oldest % EVENTS_MAX].position < position || l->newest - l->oldest == EVENTS_MAX)) {
		size_t kind = l->ring[l->oldest++ % EVENTS_MAX].kind;
		if (--l->held[kind] == 0)
			l->worth -= worth_of(l, kind);
	}
}

static void see(Look *l, size_t kind, bool stays)
{
	if (worth_of(l, kind) <= 0)
		return;
	if (l->held[kind]++ == 0)
		l->worth += worth_of(l, kind);
	if (stays)
		return;
	forget_before(l, l->position > CLOSE_WINDOW ? l->position - CLOSE_WINDOW : 0);
	l->ring[l->newest++ % EVENTS_MAX] = (Event){l->position, kind};
}

static void take(Look *l, const Token *token, uint16_t before, bool stays)
{
	size_t word = SIZE_MAX, pair = SIZE_MAX;
	if (!token->fold)
		return;
	for (size_t i = 0; i < l->count; i++) {
		if (l->terms[i].fold != token->fold)
			continue;
		if (word == SIZE_MAX && l->terms[i].word > 0)
			word = l->same_word[i];
		if (pair == SIZE_MAX && i > 0 && before && l->terms[i].pair > 0 && l->terms[i - 1].fold == before)
			pair = l->same_pair[i];
	}
	if (word != SIZE_MAX)
		see(l, word, stays);
	if (pair != SIZE_MAX)
		see(l, SEARCH_TERMS_MAX + pair, stays);
	l->best = l->worth > l->best ? l->worth : l->best;
}

/* stays: what is found counts in every window. */
static Status look_at(Look *l, Str text, bool stays, TokenIter *tokens, Err *err)
{
	const Token *run;
	size_t count;
	Step step;
	uint16_t before = 0;
	token_iter_set(tokens, text);
	token_iter_skim(tokens, &l->wanted);
	while ((step = token_next_run(tokens, &run, &count, err)) == STEP_ITEM)
		for (const Token *token = run; token < run + count; token++) {
			l->position += token->left_out + 1u;
			take(l, token, token->left_out || token->flags & TOKEN_BREAK_BEFORE ? 0 : before, stays);
			before = token->fold;
		}
	return step == STEP_END ? ST_OK : err->code;
}

Status closeness(Str subject, Str text, const CloseTerm *terms, size_t count, TokenIter *tokens, double *out, Err *err)
{
	Look look;
	prepare(&look, terms, count);
	Status st = subject.len ? look_at(&look, subject, true, tokens, err) : ST_OK;
	if (st == ST_OK)
		st = look_at(&look, text, false, tokens, err);
	*out = look.best;
	return st;
}
