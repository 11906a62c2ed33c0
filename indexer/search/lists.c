/* indexer/search/lists.c - completions are ranges of the index's terms.
 *
 * A completion of one word lists the terms that begin with it; of two words, the pairs that do. At most TERMS_LOOKED_AT
 * terms are read, and those in most records are offered.
 */
#include "indexer/search/view.h"

#include "tokenizer/fold.h"

#include <stdlib.h>

enum { TERMS_LOOKED_AT = 20000 };

typedef struct {
	Str term;
	uint64_t documents;
} Candidate;

typedef struct {
	View *view;
	Str typed, head; /* head: the words before the last one, as typed */
	Buf folded;      /* of the last one or two words */
	size_t limit, count, looked;
	Candidate best[20];
	Str *out;
	size_t out_count;
	bool no_memory;
} Completion;

static bool take_term(void *ctx, Str term, uint64_t documents)
{
	Completion *c = ctx;
	size_t i = c->count;
	if (++c->looked > TERMS_LOOKED_AT)
		return false;
	if (c->count == c->limit && documents <= c->best[c->count - 1].documents)
		return true;
	Str copy = arena_copy(c->view->arena, term);
	if (!copy.ptr) {
		c->no_memory = true;
		return false;
	}
	if (c->count < c->limit)
		c->count++;
	else
		i--;
	for (; i > 0 && c->best[i - 1].documents < documents; i--)
		c->best[i] = c->best[i - 1];
	c->best[i] = (Candidate){copy, documents};
	return true;
}

static Status complete(View *view, void *ctx)
{
	Completion *c = ctx;
	Buf prefix = {0};
	c->view = view;
	c->count = c->looked = c->out_count = 0;
	ptrdiff_t blank = str_find_char(buf_str(&c->folded), ' ');
	if (blank > 0) /* two words: pairs that go on so */
		buf_add_char(&prefix, SCHEMA_PAIR);
	buf_add_str(&prefix, buf_str(&c->folded));
	Status st = buf_ok(&prefix) ? matcher_terms(view->matcher, buf_str(&prefix), take_term, c, view->err)
				    : err_no_memory(view->err);
	buf_done(&prefix);
	if (st != ST_OK || c->no_memory)
		return st != ST_OK ? st : err_no_memory(view->err);
	for (size_t i = 0; i < c->count; i++) {
		Str term = blank > 0 ? str_slice(c->best[i].term, 1, c->best[i].term.len) : c->best[i].term;
		ptrdiff_t mark = str_find_char(term, SCHEMA_MARKED);
		Str shown = mark > 0 ? str_slice(term, 0, (size_t)mark) : term;
		char *whole = arena_printf(view->arena, "%.*s%.*s", STR_ARG(c->head), STR_ARG(shown));
		bool doubled = false;
		if (!whole)
			return err_no_memory(view->err);
		for (size_t k = 0; k < c->out_count; k++)
			doubled |= str_eq(c->out[k], str_from(whole));
		if (!doubled)
			c->out[c->out_count++] = str_from(whole);
	}
	return ST_OK;
}

/* Splits what is typed into a head that stays and the last two words, which are completed. */
static void split_typed(Completion *c)
{
	size_t at = c->typed.len, words = 0;
	while (at > 0 && words < 2) {
		at--;
		if (c->typed.ptr[at] == ' ' && ++words == 2) {
			at++;
			break;
		}
	}
	c->head = str_slice(c->typed, 0, at);
	fold_text(str_slice(c->typed, at, c->typed.len), &c->folded);
}

Status search_suggest(Index *index, Str typed, size_t limit, Arena *arena, Str **out, size_t *count_out, Err *err)
{
	Completion c = {.typed = str_slice(typed, 0, SEARCH_QUERY_MAX), .limit = limit < 20 ? limit : 20};
	c.out = arena_calloc(arena, 21, sizeof *c.out);
	if (!c.out)
		return err_no_memory(err);
	split_typed(&c);
	Status st = c.folded.len >= 2 && c.limit ? view_with(index, NULL, arena, complete, &c, err) : ST_OK;
	buf_done(&c.folded);
	if (st != ST_OK)
		return st;
	*out = c.out;
	*count_out = c.out_count;
	return ST_OK;
}
