/* indexer/search/closeness.c - slides a window of CLOSE_WINDOW words over the text and keeps the greatest sum of worth.
 *
 * Each occurrence of a word or pair of the question is an event. The window's events stand in a ring; `held` counts
 * them for each word and pair, and `worth` is the sum of those that are held at least once. Events of the subject are
 * held in every window. The tokenizer passes over words that are not asked for (token_want), so `position` counts those
 * too.
 */
#include "indexer/search/closeness.h"

#include "indexer/search/search.h"

enum { EVENTS_MAX = 256, KINDS = 2 * SEARCH_TERMS_MAX }; /* kind i: word i; SEARCH_TERMS_MAX + i: its pair */

typedef struct {
	uint64_t position;
	size_t kind;
} Event;

typedef struct {
	const CloseTerm *terms;
	size_t count;
	size_t same_word[SEARCH_TERMS_MAX], same_pair[SEARCH_TERMS_MAX]; /* of equal ones the first: each counts once */
	TokenWanted wanted;
	unsigned held[KINDS]; /* events in the subject and in the window */
	double worth, best;
	Event ring[EVENTS_MAX]; /* of the window, oldest first */
	size_t oldest, newest;  /* they only grow; modulo EVENTS_MAX they are places in the ring */
	uint64_t position;
} Scan;

static void prepare(Scan *s, const CloseTerm *terms, size_t count)
{
	*s = (Scan){.terms = terms, .count = count < SEARCH_TERMS_MAX ? count : SEARCH_TERMS_MAX};
	for (size_t i = 0; i < s->count; i++) {
		size_t word = 0, pair = 1;
		while (word < i && (terms[word].fold != terms[i].fold || terms[word].word <= 0))
			word++;
		while (pair < i && (terms[pair].fold != terms[i].fold || terms[pair - 1].fold != terms[i - 1].fold ||
				    terms[pair].pair <= 0))
			pair++;
		s->same_word[i] = word;
		s->same_pair[i] = pair < i ? pair : i;
		token_want(&s->wanted, terms[i].fold);
	}
}

static double worth_of(const Scan *s, size_t kind)
{
	return kind < SEARCH_TERMS_MAX ? s->terms[kind].word : s->terms[kind - SEARCH_TERMS_MAX].pair;
}

static void drop_before(Scan *s, uint64_t position)
{
	while (s->oldest < s->newest &&
	       (s->ring[s->oldest % EVENTS_MAX].position < position || s->newest - s->oldest == EVENTS_MAX)) {
		size_t kind = s->ring[s->oldest++ % EVENTS_MAX].kind;
		if (--s->held[kind] == 0)
			s->worth -= worth_of(s, kind);
	}
}

static void add_event(Scan *s, size_t kind, bool stays)
{
	if (worth_of(s, kind) <= 0)
		return;
	if (s->held[kind]++ == 0)
		s->worth += worth_of(s, kind);
	if (stays)
		return;
	drop_before(s, s->position > CLOSE_WINDOW ? s->position - CLOSE_WINDOW : 0);
	s->ring[s->newest++ % EVENTS_MAX] = (Event){s->position, kind};
}

static void match_token(Scan *s, const Token *token, uint16_t before, bool stays)
{
	size_t word = SIZE_MAX, pair = SIZE_MAX;
	if (!token->fold)
		return;
	for (size_t i = 0; i < s->count; i++) {
		if (s->terms[i].fold != token->fold)
			continue;
		if (word == SIZE_MAX && s->terms[i].word > 0)
			word = s->same_word[i];
		if (pair == SIZE_MAX && i > 0 && before && s->terms[i].pair > 0 && s->terms[i - 1].fold == before)
			pair = s->same_pair[i];
	}
	if (word != SIZE_MAX)
		add_event(s, word, stays);
	if (pair != SIZE_MAX)
		add_event(s, SEARCH_TERMS_MAX + pair, stays);
	s->best = s->worth > s->best ? s->worth : s->best;
}

/* stays: its events count in every window. */
static Status scan_text(Scan *s, Str text, bool stays, TokenIter *tokens, Err *err)
{
	const Token *run;
	size_t count;
	Step step;
	uint16_t before = 0;
	token_iter_set(tokens, text);
	token_iter_skim(tokens, &s->wanted);
	while ((step = token_next_run(tokens, &run, &count, err)) == STEP_ITEM)
		for (const Token *token = run; token < run + count; token++) {
			s->position += token->left_out + 1u;
			match_token(s, token, token->left_out || token->flags & TOKEN_BREAK_BEFORE ? 0 : before, stays);
			before = token->fold;
		}
	return step == STEP_END ? ST_OK : err->code;
}

Status closeness(Str subject, Str text, const CloseTerm *terms, size_t count, TokenIter *tokens, double *out, Err *err)
{
	Scan scan;
	prepare(&scan, terms, count);
	Status st = subject.len ? scan_text(&scan, subject, true, tokens, err) : ST_OK;
	if (st == ST_OK)
		st = scan_text(&scan, text, false, tokens, err);
	*out = scan.best;
	return st;
}
