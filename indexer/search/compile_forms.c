/* indexer/search/compile_forms.c - an AND of parts, where a part that has other forms is an OR of them and itself.
 *
 * Forms may overlap: the words are gone through from the left, and a part is as long as the longest form that begins
 * there. Shorter forms within the part are among its alternatives.
 */
#include "indexer/search/compile_forms.h"

#include "indexer/search/compile_words.h"

size_t compile_forms_of(Compiler *c, const Clause *clause, Alternative list[static EXPAND_MAX])
{
	size_t count = 0;
	if (!c->options.expand || c->failed)
		return 0;
	if (expand_clause(clause, c->options.language, c->tokens, c->arena, list, &count, c->err) != ST_OK)
		c->failed = true;
	for (size_t i = 0; i < count && c->out->expansion_count < COMPILE_EXPANSIONS_MAX; i++)
		c->out->expansions[c->out->expansion_count++] = list[i].reason;
	return count;
}

static Sides form_sides(Compiler *c, const Alternative *form)
{
	Clause phrase = {.kind = CLAUSE_PHRASE, .words = form->words, .word_count = form->word_count};
	return compile_tight(c, PREFIX_BODY, &phrase, 0, phrase.word_count, true);
}

Query *compile_form(Compiler *c, const Alternative *form)
{
	return form_sides(c, form).folded;
}

Sides compile_words_or_forms(Compiler *c, const Clause *clause)
{
	Alternative list[EXPAND_MAX];
	size_t count = compile_forms_of(c, clause, list);
	Gathered g = {0};
	for (size_t i = 0; i < clause->word_count && !c->failed;) {
		Gathered either = {0};
		size_t step = 1;
		for (size_t a = 0; a < count; a++)
			if (list[a].first == i && list[a].count > step)
				step = list[a].count;
		Sides as_typed = compile_tight(c, PREFIX_BODY, clause, i, i + step, false);
		gathered_add(&either, as_typed);
		for (size_t a = 0; a < count; a++)
			if (list[a].first >= i && list[a].first + list[a].count <= i + step && !c->failed)
				gathered_add(&either, form_sides(c, &list[a]));
		gathered_add(&g, either.count == 1 ? as_typed : gathered_join(c, QUERY_OR, &either));
		i += step;
	}
	return gathered_join(c, QUERY_AND, &g);
}
