/* indexer/search/search.c - see search.h: what a request means, and what is tried when it finds nothing. Pages are
 * search_page.c's. */
#include "indexer/search/search.h"

#include "base/clock.h"
#include "indexer/search/expand.h"
#include "indexer/search/question.h"
#include "indexer/search/run.h"

enum { QUESTION_WORDS = 7 };

static const struct {
	size_t offset;
	const char *field;
} filters[] = {
	{offsetof(SearchRequest, number), "number"}, {offsetof(SearchRequest, type), "type"},
	{offsetof(SearchRequest, fonds), "fonds"},   {offsetof(SearchRequest, case_code), "case"},
	{offsetof(SearchRequest, from), "from"},     {offsetof(SearchRequest, to), "to"},
};

static Str filter_value(const SearchRequest *request, size_t offset)
{
	return *(const Str *)((const char *)request + offset);
}

/* An agency is meant whole ("UBND tỉnh Nam Định"); where no record has it so, by its words. */
static Query *agency_filter(View *view, Str agency)
{
	Buf bytes = {0};
	uint64_t count = 0;
	schema_whole(&bytes, PREFIX_WHOLE_AGENCY, agency);
	Query *whole = buf_ok(&bytes) ? query_term(view->arena, buf_str(&bytes)) : NULL;
	Status st = whole ? matcher_term_documents(view->matcher, buf_str(&bytes), &count, view->err)
			  : err_no_memory(view->err);
	buf_done(&bytes);
	if (st != ST_OK)
		return NULL;
	return count ? whole
		     : compile_field(schema_field_by_name(STR("agency")), agency, view->tokens, view->matcher,
				     view->arena, view->err);
}

static Status add_filters(View *view, Run *run)
{
	Query *list[sizeof filters / sizeof filters[0] + 1];
	size_t count = 0;
	view->err->code = ST_OK;
	for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
		Str value = filter_value(run->request, filters[i].offset);
		if (!value.len)
			continue;
		list[count] = compile_field(schema_field_by_name(str_from(filters[i].field)), value, view->tokens,
					    view->matcher, view->arena, view->err);
		if (!list[count++])
			return view->err->code ? view->err->code : err_no_memory(view->err);
	}
	if (run->request->agency.len && !(list[count++] = agency_filter(view, run->request->agency)))
		return view->err->code ? view->err->code : err_no_memory(view->err);
	run->filter = NULL;
	if (count == 0)
		return ST_OK;
	run->filter = query_node(view->arena, QUERY_AND, list, count);
	return run->filter ? ST_OK : err_no_memory(view->err);
}

static bool says_number(const Run *run)
{
	for (size_t i = 0; i < run->word_count; i++)
		if (run->words[i].kind == TOKEN_RECORD_NUMBER || run->words[i].kind == TOKEN_CASE_NUMBER)
			return true;
	return false;
}

/* A long run of plain words is a question or a title, a shorter one that asks a question too: no record need have every
 * "thì" of it. */
static bool is_question(const Run *run)
{
	const Clause *root = run->parsed.root;
	bool asks[SEARCH_TERMS_MAX];
	if (!root || root->child_count != 1 || root->children[0]->kind != CLAUSE_WORDS)
		return false;
	if (!question_words(run->words, run->word_count, asks) && run->word_count < QUESTION_WORDS)
		return false;
	return !says_number(run);
}

/* Nothing, or of many words too little for a page of the usual size, however many hits this one may have: some of the
 * words may find more. Not where the record that bears the number is found. */
static bool is_poor(const Run *run)
{
	const SearchAnswer *answer = run->answer;
	bool by_number = answer->hit_count && answer->hits[0].score >= COMPILE_OWN_NUMBER;
	return answer->hit_count == 0 ||
	       (run->word_count >= QUESTION_WORDS && answer->total < SEARCH_LIMIT_DEFAULT && !by_number);
}

static Status compile_run(View *view, Run *run, bool any)
{
	Status st = ST_OK;
	Compiled *compiled = &run->compiled;
	*compiled = (Compiled){0};
	if (run->parsed.root) {
		CompileOptions options = {.any = any,
					  .question = any && is_question(run),
					  .expand = !run->request->no_expansion,
					  .language = run->request->language,
					  .any_accents = any || run->other_accents};
		st = query_compile(&run->parsed, options, view->tokens, view->matcher, view->arena, compiled,
				   view->err);
	} else if ((compiled->tiers[0] = query_term(view->arena, schema_prefix(PREFIX_RECORD)))) {
		compiled->tier_count = 1;
	}
	if (st == ST_OK && !compiled->tier_count)
		st = err_no_memory(view->err);
	if (st != ST_OK)
		return st;
	if (run->request->sort != SORT_RELEVANCE || !compiled->has_words || any) { /* another order, or one tier only */
		compiled->tiers[0] = compiled->tiers[compiled->tier_count - 1];
		compiled->matched[0] = any ? LABEL_SOME_WORDS : compiled->has_words ? LABEL_ALL_WORDS : LABEL_FIELDS;
		compiled->tier_count = 1;
	}
	return add_filters(view, run);
}

static Status run_once(View *view, Run *run, bool any)
{
	Status st = compile_run(view, run, any);
	if (st != ST_OK)
		return st;
	run->relaxed = (any || run->other_accents) && run->request->mode == SEARCH_AUTO;
	run->answer->hit_count = 0;
	run->answer->next = (Str){0};
	memset(run->answer->facet_counts, 0, sizeof run->answer->facet_counts);
	view->answer = run->answer;
	st = search_fill_page(view, run);
	return st;
}

static void gather_words(const Clause *clause, Run *run)
{
	if (clause->kind == CLAUSE_NOT || (clause->kind == CLAUSE_FIELD && clause->field->ask != ASK_WORDS))
		return;
	if (!run->typed.len && (clause->kind == CLAUSE_WORDS || clause->kind == CLAUSE_PHRASE))
		run->typed = clause->value;
	for (size_t i = 0; i < clause->word_count && run->word_count < SEARCH_TERMS_MAX; i++)
		run->words[run->word_count++] = clause->words[i];
	for (size_t i = 0; i < clause->child_count; i++)
		gather_words(clause->children[i], run);
}

static Status read_cursor(Str cursor, Run *run, Err *err)
{
	if (!cursor.len)
		return ST_OK;
	char kind = cursor.ptr[0];
	bool relaxed = kind == 'r', tier = kind >= 'a' && kind < 'a' + COMPILE_TIERS_MAX;
	run->other_accents = kind >= 'A' && kind < 'A' + COMPILE_TIERS_MAX;
	if ((!relaxed && !tier && !run->other_accents) || !str_to_u64(str_slice(cursor, 1, cursor.len), &run->first) ||
	    run->first > SEARCH_DEEPEST)
		return err_set(err, ST_INVALID, "cursor: not one that an answer gave");
	run->relaxed = relaxed;
	run->tier = relaxed ? 0 : (size_t)(kind - (run->other_accents ? 'A' : 'a'));
	return ST_OK;
}

static bool has_marks(const Run *run)
{
	for (size_t i = 0; i < run->word_count; i++)
		if (run->words[i].marked)
			return true;
	return false;
}

/* What was searched as well, and, where nothing was found as typed, what the keystrokes may have meant. */
static Status note_forms(View *view, Run *run)
{
	SearchAnswer *answer = run->answer;
	Str *list = arena_calloc(view->arena, run->compiled.expansion_count + 1, sizeof *list);
	if (!list)
		return err_no_memory(view->err);
	for (size_t i = 0; i < run->compiled.expansion_count; i++)
		list[i] = run->compiled.expansions[i];
	answer->expansions = list;
	answer->expansion_count = run->compiled.expansion_count;
	bool poor = answer->hit_count == 0 || answer->relaxed;
	return poor ? expand_suggest(run->request->query, view->arena, &answer->suggestion, view->err) : ST_OK;
}

static Status run_request(View *view, void *ctx)
{
	Run *run = ctx;
	SearchAnswer *answer = run->answer;
	bool any = run->request->mode == SEARCH_ANY || run->relaxed;
	run->word_count = 0;
	run->typed = (Str){0};
	Status st = query_parse(run->request->query, view->tokens, view->arena, &run->parsed, view->err);
	if (st != ST_OK)
		return st;
	run->words = arena_calloc(view->arena, SEARCH_TERMS_MAX, sizeof *run->words);
	answer->hits = arena_calloc(view->arena, run->request->limit + 1, sizeof *answer->hits);
	if (!run->words || !answer->hits)
		return err_no_memory(view->err);
	if (run->parsed.root)
		gather_words(run->parsed.root, run);
	answer->query = run->parsed.read_as;
	any |= run->request->mode == SEARCH_AUTO && is_question(run);
	bool first_page = !run->request->cursor.len,
	     may_relax = run->request->mode == SEARCH_AUTO && !any && first_page;
	st = run_once(view, run, any);
	if (st == ST_OK && may_relax && answer->hit_count == 0 && has_marks(run)) {
		run->other_accents = true;
		st = run_once(view, run, false);
		run->other_accents = answer->hit_count > 0;
	}
	if (st == ST_OK && may_relax && is_poor(run) && run->word_count > 1) {
		run->other_accents = false;
		st = run_once(view, run, true);
		if (st == ST_OK && answer->hit_count == 0)
			run->relaxed = false;
	} else if (run->relaxed && answer->hit_count == 0) {
		run->relaxed = false;
	}
	answer->relaxed = run->relaxed;
	if (st == ST_OK)
		st = note_forms(view, run);
	return st;
}

Status search_run(Index *index, const SearchRequest *request, Arena *arena, SearchAnswer *out, Err *err)
{
	SearchRequest asked = *request;
	SearchAnswer answer = {.mode = request->mode, .language = request->language};
	Run run = {.request = &asked, .answer = &answer};
	uint64_t started = clock_monotonic_us();
	asked.limit = asked.limit ? asked.limit : SEARCH_LIMIT_DEFAULT;
	if (asked.limit > SEARCH_LIMIT_MAX)
		return err_set(err, ST_LIMIT, "limit: at most %d", SEARCH_LIMIT_MAX);
	if (asked.query.len > SEARCH_QUERY_MAX)
		return err_set(err, ST_LIMIT, "q: at most %d bytes", SEARCH_QUERY_MAX);
	Status st = read_cursor(asked.cursor, &run, err);
	if (st == ST_OK)
		st = view_with(index, arena, run_request, &run, err);
	if (st != ST_OK)
		return st;
	answer.took_us = clock_monotonic_us() - started;
	*out = answer;
	return ST_OK;
}
