/* indexer/search/expand.c - asks the tokenizer for other forms (query_forms.h) and turns each into words of a clause.
 */
#include "indexer/search/expand.h"

#include "tokenizer/query_forms.h"

/* The words of the clause that lie within [start, end) of its text. */
static size_t words_within(const Clause *clause, uint32_t start, uint32_t end, size_t *first)
{
	size_t count = 0;
	for (size_t i = 0; i < clause->word_count; i++) {
		if (clause->words[i].start < start || clause->words[i].end > end)
			continue;
		if (count++ == 0)
			*first = i;
	}
	return count;
}

/* How the answer names a form; for a name that changed, with the date. */
static Str reason_of(const QueryForm *form, Language language, Arena *arena)
{
	SearchLabel when = form->kind == FORM_NEW_NAME ? LABEL_SINCE : LABEL_UNTIL;
	if (!form->date.len)
		return form->pair;
	return str_from(arena_printf(arena, "%.*s (%s %.*s)", STR_ARG(form->pair), search_label_text(when, language),
				     STR_ARG(form->date)));
}

Status expand_clause(const Clause *clause, Language language, TokenIter *tokens, Arena *arena,
		     Alternative out[static EXPAND_MAX], size_t *count_out, Err *err)
{
	QueryForm *forms = NULL;
	size_t count = 0, used = 0;
	*count_out = 0;
	if (!clause->value.len)
		return ST_OK;
	Status st = query_forms_find(clause->value, tokens, arena, &forms, &count, err);
	for (size_t i = 0; st == ST_OK && i < count && used < EXPAND_MAX; i++) {
		Alternative *a = &out[used];
		*a = (Alternative){0};
		if (!forms[i].automatic)
			continue;
		a->count = words_within(clause, forms[i].start, forms[i].end, &a->first);
		if (a->count == 0)
			continue;
		a->reason = reason_of(&forms[i], language, arena);
		if (!a->reason.ptr)
			return err_no_memory(err);
		st = query_words(forms[i].text, tokens, arena, &a->words, &a->word_count, err);
		used += st == ST_OK && a->word_count;
	}
	if (st == ST_OK)
		*count_out = used;
	return st;
}

Status expand_suggest(Str query, Arena *arena, Str *out, Err *err)
{
	Buf decoded = {0};
	*out = (Str){0};
	if (query_keystrokes_decode(query, &decoded) != KEYS_NONE && buf_ok(&decoded))
		*out = arena_copy(arena, buf_str(&decoded));
	bool ok = buf_ok(&decoded);
	buf_done(&decoded);
	return ok ? ST_OK : err_no_memory(err);
}
