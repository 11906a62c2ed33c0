/* indexer/search/ask.c - search_run: what a request means, and what is tried next when it finds nothing.
 *
 * In mode auto up to three queries are tried until one finds enough: all words as typed; all words with other marks;
 * some of the words, which is `relaxed`. A long run of words or a question is asked for some of its words at once. The
 * cursor of an answer carries which of the queries it was, so the next page goes on with that one.
 */
#include "indexer/search/search.h"

#include "base/clock.h"
#include "indexer/search/expand.h"
#include "indexer/search/question.h"
#include "indexer/search/compile.h"
#include "indexer/search/compile_fields.h"
#include "indexer/search/cursor.h"
#include "indexer/search/page.h"
#include "indexer/search/suggest.h"

enum { QUESTION_WORDS = 7 };

static const struct {
	size_t offset;
	const char *field;
} filters[] = {
	{offsetof(SearchRequest, number), "number"},    {offsetof(SearchRequest, type), "type"},
	{offsetof(SearchRequest, fonds), "fonds"},      {offsetof(SearchRequest, case_code), "case"},
	{offsetof(SearchRequest, text_state), "state"}, {offsetof(SearchRequest, related), "related"},
	{offsetof(SearchRequest, from), "from"},        {offsetof(SearchRequest, to), "to"},
};

static Str filter_value(const SearchRequest *request, size_t offset)
{
	return *(const Str *)((const char *)request + offset);
}

/* An agency is compared as a whole ("UBND tỉnh Nam Định"); if no record has it so, by its words. */
static Status agency_filter(View *view, Str agency, Query **out)
{
	Buf term = {0};
	uint64_t count = 0;
	schema_whole(&term, PREFIX_WHOLE_AGENCY, agency);
	Status st = buf_ok(&term) ? matcher_term_documents(view->matcher, buf_str(&term), &count, view->err)
				  : err_no_memory(view->err);
	if (st == ST_OK && count) {
		*out = query_term(view->arena, buf_str(&term));
		st = *out ? ST_OK : err_no_memory(view->err);
	} else if (st == ST_OK) {
		st = compile_field(schema_field_by_name(STR("agency")), agency, view->tokens, view->matcher,
				   view->arena, out, view->err);
	}
	buf_done(&term);
	return st;
}

static Status add_filters(View *view, Search *search)
{
	Query *list[sizeof filters / sizeof filters[0] + 1];
	size_t count = 0;
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < sizeof filters / sizeof filters[0]; i++) {
		Str value = filter_value(search->request, filters[i].offset);
		if (value.len)
			st = compile_field(schema_field_by_name(str_from(filters[i].field)), value, view->tokens,
					   view->matcher, view->arena, &list[count++], view->err);
	}
	if (st == ST_OK && search->request->agency.len)
		st = agency_filter(view, search->request->agency, &list[count++]);
	search->filter = NULL;
	if (st != ST_OK || count == 0)
		return st;
	search->filter = query_node(view->arena, QUERY_AND, list, count);
	return search->filter ? ST_OK : err_no_memory(view->err);
}

/* A long run of plain words is a question or a title, and so is a shorter one that has a word that asks: a record that
 * answers need not have every word of it. */
static bool is_question(const Search *search)
{
	const Clause *root = search->parsed.root;
	bool asks[SEARCH_TERMS_MAX];
	if (!root || root->child_count != 1 || root->children[0]->kind != CLAUSE_WORDS)
		return false;
	if (!question_words(search->words, search->word_count, asks) && search->word_count < QUESTION_WORDS)
		return false;
	return !query_has_number(search->words, search->word_count);
}

/* Nothing was found, or for many words less than a page of the usual size: some of the words may find more. An answer
 * with the record that bears the number asked for is never poor. */
static bool is_poor(const Search *search)
{
	const SearchAnswer *answer = search->answer;
	bool by_number = answer->hit_count && answer->hits[0].matched == LABEL_NUMBER;
	if (search->compiled.only_phrases) /* fewer words of them are another phrase */
		return false;
	return answer->hit_count == 0 ||
	       (search->word_count >= QUESTION_WORDS && answer->total < SEARCH_LIMIT_DEFAULT && !by_number);
}

static Status compile_query(View *view, Search *search, bool any)
{
	Status st = ST_OK;
	Compiled *compiled = &search->compiled;
	*compiled = (Compiled){0};
	if (search->parsed.root) {
		CompileOptions options = {.any = any,
					  .question = any && is_question(search),
					  .expand = !search->request->no_expansion,
					  .language = search->request->language,
					  .front = search->request->mode == SEARCH_AUTO,
					  .parted = search->parted,
					  .any_accents = any || search->other_accents};
		st = query_compile(&search->parsed, options, view->tokens, view->matcher, view->arena, compiled,
				   view->err);
	} else if ((compiled->tiers[0] = query_term(view->arena, schema_prefix(PREFIX_RECORD)))) {
		compiled->tier_count = 1;
	}
	if (st == ST_OK && !compiled->tier_count)
		st = err_no_memory(view->err);
	if (st != ST_OK)
		return st;
	if (search->request->sort != SORT_RELEVANCE || !compiled->has_words ||
	    any) { /* another order, or one tier only */
		compiled->tiers[0] = compiled->tiers[compiled->tier_count - 1];
		compiled->matched[0] = !compiled->has_words     ? LABEL_FIELDS
				       : compiled->only_phrases ? LABEL_PHRASE
				       : any                    ? LABEL_SOME_WORDS
								: LABEL_ALL_WORDS;
		compiled->tier_count = 1;
		compiled->run_count = 0;
	}
	return add_filters(view, search);
}

static Status try_once(View *view, Search *search, bool any)
{
	Status st = compile_query(view, search, any);
	if (st != ST_OK)
		return st;
	search->relaxed = (any || search->other_accents) && search->request->mode == SEARCH_AUTO;
	search->answer->hit_count = 0;
	search->answer->next = (Str){0};
	memset(search->answer->facet_counts, 0, sizeof search->answer->facet_counts);
	view->answer = search->answer;
	return page_fill(view, search);
}

static void gather_words(const Clause *clause, Search *search)
{
	if (clause->kind == CLAUSE_NOT || (clause->kind == CLAUSE_FIELD && clause->field->ask != ASK_WORDS))
		return;
	if (!search->typed.len && (clause->kind == CLAUSE_WORDS || clause->kind == CLAUSE_PHRASE))
		search->typed = clause->value;
	for (size_t i = 0; i < clause->word_count && search->word_count < SEARCH_TERMS_MAX; i++)
		search->words[search->word_count++] = clause->words[i];
	for (size_t i = 0; i < clause->child_count; i++)
		gather_words(clause->children[i], search);
}

static Status read_cursor(Str text, Search *search, Err *err)
{
	SearchCursor cursor;
	if (!text.len)
		return ST_OK;
	if (!cursor_parse(text, &cursor))
		return err_set(err, ST_INVALID, "cursor: not one that an answer gave");
	search->relaxed = cursor.relaxed;
	search->parted = cursor.parted;
	search->other_accents = cursor.other_accents;
	search->order_class = cursor.order_class;
	search->tier = cursor.tier;
	search->first = cursor.first;
	search->cursor = cursor;
	return ST_OK;
}

/* All words of a query, for a suggestion: a few hits, nothing else. */
static Status find_all_words(View *view, Str query, SearchAnswer *out)
{
	enum { HITS = 5 };
	SearchRequest request = {.query = query, .mode = SEARCH_ALL, .limit = HITS, .no_expansion = true};
	SearchAnswer *asked = view->answer;
	Search search = {.request = &request, .answer = out};
	Status st = query_parse(query, view->tokens, view->arena, &search.parsed, view->err);
	search.words = arena_calloc(view->arena, SEARCH_TERMS_MAX, sizeof *search.words);
	out->hits = arena_calloc(view->arena, HITS + 1, sizeof *out->hits);
	if (st == ST_OK && (!search.words || !out->hits))
		st = err_no_memory(view->err);
	if (st == ST_OK && search.parsed.root) {
		gather_words(search.parsed.root, &search);
		st = try_once(view, &search, false);
	}
	view->answer = asked;
	return st;
}

/* A question in sentences is answered by some of its words, whatever one of them lacks: it is not read anew unless
 * nothing was found. */
static bool may_have_slips(const Search *search)
{
	enum { SLIPS_WORDS_MAX = 12 };
	bool asks[SEARCH_TERMS_MAX];
	return search->answer->hit_count == 0 ||
	       (search->word_count <= SLIPS_WORDS_MAX && !question_words(search->words, search->word_count, asks));
}

/* What was searched as well; and where nothing was found as typed, what the keystrokes may have meant. */
static Status note_forms(View *view, Search *search)
{
	SearchAnswer *answer = search->answer;
	Str *list = arena_calloc(view->arena, search->compiled.expansion_count + 1, sizeof *list);
	if (!list)
		return err_no_memory(view->err);
	for (size_t i = 0; i < search->compiled.expansion_count; i++)
		list[i] = search->compiled.expansions[i];
	answer->expansions = list;
	answer->expansion_count = search->compiled.expansion_count;
	bool poor = answer->hit_count == 0 || answer->relaxed;
	bool any_marked = query_any_marked(search->words, search->word_count);
	bool as_typed = answer->hit_count && answer->hits[0].matched <= LABEL_PHRASE &&
			!(any_marked && answer->hits[0].other_marks);
	bool is_little = answer->total <= SEARCH_LIMIT_DEFAULT || any_marked;
	bool is_worth_it = poor ? may_have_slips(search) : !as_typed && is_little;
	Status st = is_worth_it ? suggest_wording(view, search, find_all_words, &answer->suggestion) : ST_OK;
	if (st == ST_OK && poor && !answer->suggestion.len)
		st = expand_suggest(search->request->query, view->arena, &answer->suggestion, view->err);
	return st;
}

/* A record in front has all that was asked for. */
static bool has_all_in_front(const Search *search)
{
	for (size_t i = 0; i < search->front.count; i++)
		if (search->front.list[i].label <= LABEL_PHRASE_WITHOUT_ACCENTS)
			return true;
	return false;
}

static Status answer_request(View *view, void *ctx)
{
	Search *search = ctx;
	SearchAnswer *answer = search->answer;
	bool any = search->request->mode == SEARCH_ANY || search->relaxed;
	search->word_count = 0;
	search->typed = (Str){0};
	Status st = query_parse(search->request->query, view->tokens, view->arena, &search->parsed, view->err);
	if (st == ST_OK && search->cursor.position)
		st = view_end_at(view, search->cursor.position);
	if (st != ST_OK)
		return st;
	search->words = arena_calloc(view->arena, SEARCH_TERMS_MAX, sizeof *search->words);
	answer->hits = arena_calloc(view->arena, search->request->limit + 1, sizeof *answer->hits);
	if (!search->words || !answer->hits)
		return err_no_memory(view->err);
	if (search->parsed.root)
		gather_words(search->parsed.root, search);
	answer->query = search->parsed.read_as;
	answer->partial = false;
	any |= search->request->mode == SEARCH_AUTO && is_question(search);
	bool first_page = !search->request->cursor.len,
	     may_relax = search->request->mode == SEARCH_AUTO && !any && first_page;
	st = try_once(view, search, any);
	if (st == ST_OK && first_page && answer->hit_count == 0 && search->compiled.check_count && !answer->partial &&
	    !answer->next.len) {
		search->parted = true;
		st = try_once(view, search, any);
		search->parted = answer->hit_count > 0;
	}
	if (st == ST_OK && may_relax && answer->hit_count == 0 && !deadline_passed(view->until) &&
	    query_any_marked(search->words, search->word_count)) {
		search->other_accents = true;
		st = try_once(view, search, false);
		search->other_accents = answer->hit_count > 0;
	}
	if (st == ST_OK && may_relax && is_poor(search) && search->word_count > 1 && !deadline_passed(view->until)) {
		search->other_accents = false;
		st = try_once(view, search, true);
		if (st == ST_OK && answer->hit_count == 0)
			search->relaxed = false;
	} else if (search->relaxed && answer->hit_count == 0) {
		search->relaxed = false;
	}
	answer->relaxed = search->relaxed && !has_all_in_front(search);
	answer->degraded = !view->is_whole;
	answer->total_is_exact &= view->is_whole;
	answer->facets_are_exact &= view->is_whole;
	if (st == ST_OK)
		st = note_forms(view, search);
	return st;
}

Status search_run(Index *index, const SearchRequest *request, Arena *arena, SearchAnswer *out, Err *err)
{
	SearchRequest asked = *request;
	SearchAnswer answer = {.mode = request->mode, .language = request->language};
	Search search = {.request = &asked, .answer = &answer};
	uint64_t started = clock_monotonic_us();
	asked.limit = asked.limit ? asked.limit : SEARCH_LIMIT_DEFAULT;
	if (asked.limit > SEARCH_LIMIT_MAX)
		return err_set(err, ST_LIMIT, "limit: at most %d", SEARCH_LIMIT_MAX);
	if (asked.query.len > SEARCH_QUERY_MAX)
		return err_set(err, ST_LIMIT, "q: at most %d bytes", SEARCH_QUERY_MAX);
	Status st = read_cursor(asked.cursor, &search, err);
	if (st == ST_OK)
		st = view_with(index, asked.until, arena, answer_request, &search, err);
	if (st != ST_OK)
		return st;
	answer.took_us = clock_monotonic_us() - started;
	*out = answer;
	return ST_OK;
}
