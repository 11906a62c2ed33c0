/* indexer/search/parse.c - recursive descent over the typed bytes. Words go through the tokenizer in whole runs, so
 * that pairs, record numbers and dates are recognised as they are in texts.
 *
 *   query   = clause { clause }                 all of them
 *   clause  = primary { "OR" primary }
 *   primary = "-" primary | "(" query ")" | "\"" phrase "\"" | field ":" value | field ": " run | run
 *   run     = words up to the next operator; "a NEAR/3 b" is one run
 */
#include "indexer/search/parse.h"

#include "indexer/search/search.h"

enum { DEPTH_MAX = 16, NEAR_DEFAULT = 10, NEAR_MAX = 100 };

typedef struct {
	Str text;
	size_t at;
	int depth;
	size_t words_left;
	TokenIter *tokens;
	Arena *arena;
	Err *err;
	Buf read_as;
} Parser;

static Clause *parse_query(Parser *p, bool nested);

static Clause *make(Parser *p, ClauseKind kind)
{
	Clause *clause = arena_calloc(p->arena, 1, sizeof *clause);
	if (!clause)
		err_no_memory(p->err);
	else
		clause->kind = kind;
	return clause;
}

static bool add_child(Parser *p, Clause *parent, Clause *child)
{
	size_t n = parent->child_count;
	if ((n & (n - 1)) == 0) { /* a power of two, or none: room for as many again */
		Clause **grown = arena_calloc(p->arena, n ? 2 * n : 1, sizeof *grown);
		if (!grown) {
			err_no_memory(p->err);
			return false;
		}
		if (n)
			memcpy(grown, parent->children, n * sizeof *grown);
		parent->children = grown;
	}
	parent->children[parent->child_count++] = child;
	return true;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

typedef struct {
	Word *list;
	size_t count, capacity;
	uint32_t covered_to; /* plain tokens before this offset are part of a number or date */
} WordList;

static Word *next_word(WordList *words, Arena *arena)
{
	if (words->count == words->capacity) {
		size_t wanted = words->capacity ? words->capacity * 2 : 8;
		Word *grown = arena_calloc(arena, wanted, sizeof *grown);
		if (!grown)
			return NULL;
		if (words->count)
			memcpy(grown, words->list, words->count * sizeof *grown);
		words->list = grown;
		words->capacity = wanted;
	}
	return &words->list[words->count++];
}

/* At most `most` words; what follows them is left out. `plain`: a number or date is taken as the words it is written
 * with. */
static Status take_words(Str text, size_t most, bool plain, TokenIter *tokens, Arena *arena, WordList *out, Err *err)
{
	Token token;
	Step step;
	bool after_span = true;
	token_iter_set(tokens, text);
	while ((step = token_next(tokens, &token, err)) == STEP_ITEM) {
		bool is_span = token.kind > TOKEN_DIGITS, is_inside = !is_span && token.start < out->covered_to;
		if (is_span)
			out->covered_to = token.end;
		if (plain ? is_span : is_inside)
			continue;
		if (out->count == most)
			return ST_OK;
		Word *word = next_word(out, arena);
		if (!word)
			return err_no_memory(err);
		word->folded = arena_copy(arena, token.folded);
		word->key = arena_copy(arena, token.key);
		word->marked = token.flags & TOKEN_MARKED;
		word->kind = token.kind;
		word->fold = token.fold;
		word->start = token.start;
		word->end = token.end;
		word->joined = !after_span && !is_span && !is_inside && !(token.flags & TOKEN_BREAK_BEFORE);
		word->broken = token.flags & TOKEN_BREAK_BEFORE;
		after_span = is_span || is_inside;
		if (!word->folded.ptr || !word->key.ptr)
			return err_no_memory(err);
	}
	return step == STEP_END ? ST_OK : err->code;
}

Status query_words(Str text, TokenIter *tokens, Arena *arena, Word **out, size_t *count_out, Err *err)
{
	WordList words = {0};
	Status st = take_words(text, SEARCH_TERMS_MAX, false, tokens, arena, &words, err);
	if (st == ST_OK) {
		*out = words.list;
		*count_out = words.count;
	}
	return st;
}

bool query_any_marked(const Word *words, size_t count)
{
	bool any = false;
	for (size_t i = 0; i < count; i++)
		any |= words[i].marked;
	return any;
}

bool query_has_number(const Word *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].kind == TOKEN_RECORD_NUMBER || words[i].kind == TOKEN_CASE_NUMBER)
			return true;
	return false;
}

static Status take(Parser *p, Str text, size_t most, bool plain, WordList *out)
{
	*out = (WordList){0};
	return take_words(text, most, plain, p->tokens, p->arena, out, p->err);
}

/* A text is compared word by word, so a number among the words is taken as words too: of a phrase they are searched. */
static bool words_of(Parser *p, Str text, Clause *clause)
{
	WordList words, row;
	Status st = take(p, text, p->words_left, false, &words);
	bool spans = words.covered_to && words.count > 1, cut = words.count == p->words_left;
	row = words;
	if (st == ST_OK && (spans || cut))
		st = take(p, text, ROW_WORDS_MAX, true, &row);
	if (st != ST_OK)
		return false;
	clause->words = words.list;
	clause->word_count = words.count;
	if (clause->kind == CLAUSE_PHRASE && spans) {
		clause->words = row.list;
		clause->word_count = row.count < p->words_left ? row.count : p->words_left;
	}
	clause->row = row.list;
	clause->row_count = row.count;
	clause->value = text;
	p->words_left -= clause->word_count;
	return true;
}

/* ---- lexing ---------------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(Parser *p)
{
	while (p->at < p->text.len && is_blank(p->text.ptr[p->at]))
		p->at++;
}

/* The bytes up to the next blank, quote or bracket. */
static Str peek_chunk(const Parser *p)
{
	size_t end = p->at;
	while (end < p->text.len && !is_blank(p->text.ptr[end]) && !strchr("\"()", p->text.ptr[end]))
		end++;
	return str_slice(p->text, p->at, end);
}

static bool is_near(Str chunk, unsigned *distance)
{
	uint64_t n = NEAR_DEFAULT;
	if (!str_starts(chunk, STR("NEAR")))
		return false;
	Str after = str_slice(chunk, 4, chunk.len);
	if (after.len &&
	    (after.ptr[0] != '/' || !str_to_u64(str_slice(after, 1, after.len), &n) || n == 0 || n > NEAR_MAX))
		return false;
	*distance = (unsigned)n;
	return true;
}

static const SchemaField *field_of(Str chunk, size_t *value_at)
{
	ptrdiff_t colon = str_find_char(chunk, ':');
	const SchemaField *field = colon > 0 ? schema_field_by_name(str_slice(chunk, 0, (size_t)colon)) : NULL;
	*value_at = (size_t)colon + 1;
	return field;
}

/* "Mã số: 5", "Nghị quyết số: 16/NQ-HĐND": in a run of words the label of a number is one of them. */
static bool is_number_label(const Parser *p, Str chunk)
{
	size_t value_at;
	const SchemaField *field = field_of(chunk, &value_at);
	return field && field->ask == ASK_NUMBER && value_at == chunk.len && p->at + chunk.len < p->text.len;
}

static bool ends_run(const Parser *p, Str chunk)
{
	size_t ignored;
	bool excludes = p->text.ptr[p->at] == '-' && p->at + 1 < p->text.len && !is_blank(p->text.ptr[p->at + 1]);
	return chunk.len == 0 || str_eq(chunk, STR("OR")) || excludes ||
	       (field_of(chunk, &ignored) && !is_number_label(p, chunk));
}

/* ---- clauses --------------------------------------------------------------------------------------------------- */

static Clause *parse_phrase(Parser *p)
{
	size_t start = p->at + 1;
	ptrdiff_t len = str_find_char(str_slice(p->text, start, p->text.len), '"');
	Clause *clause = make(p, len < 0 ? CLAUSE_WORDS : CLAUSE_PHRASE);
	if (!clause)
		return NULL;
	size_t end = len < 0 ? p->text.len : start + (size_t)len;
	Str inside = str_slice(p->text, start, end);
	p->at = len < 0 ? end : end + 1;
	buf_printf(&p->read_as, len < 0 ? " %.*s" : " \"%.*s\"", STR_ARG(inside));
	return words_of(p, inside, clause) ? clause : NULL;
}

static Clause *parse_field(Parser *p, const SchemaField *field, size_t value_at)
{
	Clause *clause = make(p, CLAUSE_FIELD);
	if (!clause)
		return NULL;
	clause->field = field;
	p->at += value_at;
	Str value = peek_chunk(p);
	if (p->at < p->text.len && p->text.ptr[p->at] == '"') {
		Str after = str_slice(p->text, p->at + 1, p->text.len);
		ptrdiff_t len = str_find_char(after, '"');
		value = len < 0 ? after : str_slice(after, 0, (size_t)len);
		p->at += value.len + (len < 0 ? 1 : 2);
	} else {
		p->at += value.len;
	}
	buf_printf(&p->read_as, " %s:\"%.*s\"", field->name, STR_ARG(value));
	if (!words_of(p, value, clause))
		return NULL;
	clause->value = value;
	return clause;
}

/* Plain words up to the next operator. "a NEAR/3 b" makes the words of both sides near ones. */
static Clause *parse_run(Parser *p)
{
	size_t start = p->at, end = p->at;
	unsigned distance = 0;
	bool prefix = false;
	Clause *clause = make(p, CLAUSE_WORDS);
	Buf text = {0};
	if (!clause)
		return NULL;
	while (p->at < p->text.len && !prefix) {
		Str chunk = peek_chunk(p);
		if (ends_run(p, chunk) && p->at > start)
			break;
		if (chunk.len == 0) /* a bracket that nothing matches */
			chunk = str_slice(p->text, p->at, p->at + 1);
		if (p->at > start && is_near(chunk, &distance)) {
			clause->kind = CLAUSE_NEAR;
			clause->distance = distance;
		} else if (!str_eq(chunk, STR("AND"))) {
			buf_add_char(&text, ' ');
			buf_add_str(&text, chunk);
			prefix = chunk.len > 1 && chunk.ptr[chunk.len - 1] == '*';
		}
		p->at += chunk.len;
		end = p->at;
		skip_blanks(p);
	}
	Str kept = arena_copy(p->arena, str_trim(buf_str(&text)));
	bool ok = buf_ok(&text) && kept.ptr;
	buf_done(&text);
	buf_printf(&p->read_as, " %.*s", STR_ARG(str_slice(p->text, start, end)));
	if (!ok || !words_of(p, kept, clause))
		return ok ? NULL : (err_no_memory(p->err), NULL);
	if (prefix && clause->word_count) {
		clause->words[clause->word_count - 1].prefix = true;
		clause->row[clause->row_count - 1].prefix = true;
	}
	return clause;
}

/* "Số: 15/2019/QĐ-UBND", as letterheads and lists have it: the field, or else just words. */
static Clause *parse_label(Parser *p, const SchemaField *field, size_t value_at)
{
	size_t start = p->at + value_at;
	Clause *either = make(p, CLAUSE_OR), *as_words = parse_run(p), *as_field = make(p, CLAUSE_FIELD);
	Str value = str_trim(str_slice(p->text, start, p->at));
	if (!either || !as_words || !as_field || !value.len)
		return either && as_field ? as_words : NULL;
	buf_printf(&p->read_as, " OR %s:\"%.*s\"", field->name, STR_ARG(value));
	as_field->field = field;
	if (!words_of(p, value, as_field))
		return NULL;
	return add_child(p, either, as_field) && add_child(p, either, as_words) ? either : NULL;
}

static bool closes_later(const Parser *p)
{
	int open = 0;
	for (size_t i = p->at; i < p->text.len; i++) {
		if (p->text.ptr[i] == '(')
			open++;
		else if (p->text.ptr[i] == ')' && --open == 0)
			return true;
	}
	return false;
}

/* "Số:15/2019/QĐ-UBND ngày 12/3/2019": a number with its date, not a field beside words. */
static bool is_dated_number(const Parser *p, const SchemaField *field)
{
	size_t at = p->at + peek_chunk(p).len;
	Str next;
	if (field->ask != ASK_NUMBER)
		return false;
	while (at < p->text.len && is_blank(p->text.ptr[at]))
		at++;
	next = peek_chunk(&(Parser){.text = p->text, .at = at});
	return str_eq(next, STR("ngày")) || str_eq(next, STR("Ngày")) || str_eq(next, STR("ngay"));
}

static Clause *parse_primary(Parser *p)
{
	char c = p->text.ptr[p->at];
	size_t value_at;
	const SchemaField *field;
	if (c == '"')
		return parse_phrase(p);
	if (c == '(' && p->depth < DEPTH_MAX && closes_later(p)) {
		p->at++;
		p->depth++;
		buf_add_zero_terminated(&p->read_as, " (");
		Clause *inside = parse_query(p, true);
		buf_add_zero_terminated(&p->read_as, " )");
		p->depth--;
		p->at += p->at < p->text.len;
		return inside;
	}
	if (c == '-' && p->depth < DEPTH_MAX && p->at + 1 < p->text.len && !is_blank(p->text.ptr[p->at + 1])) {
		p->at++;
		p->depth++;
		buf_add_zero_terminated(&p->read_as, " -");
		Clause *not = make(p, CLAUSE_NOT), *inside = NULL;
		if (not &&(p->text.ptr[p->at] == '"' || p->text.ptr[p->at] == '(' ||
			   field_of(peek_chunk(p), &value_at))) {
			inside = parse_primary(p);
		} else if (not &&(inside = make(p, CLAUSE_WORDS))) { /* just the word it stands before */
			Str chunk = peek_chunk(p);
			p->at += chunk.len;
			buf_add_str(&p->read_as, chunk);
			inside = words_of(p, chunk, inside) ? inside : NULL;
		}
		p->depth--;
		return inside && add_child(p, not, inside) ? not : NULL;
	}
	field = field_of(peek_chunk(p), &value_at);
	if (!field || is_dated_number(p, field))
		return parse_run(p);
	bool is_label = p->at + value_at == p->text.len || is_blank(p->text.ptr[p->at + value_at]);
	return is_label ? parse_label(p, field, value_at) : parse_field(p, field, value_at);
}

static bool at_or(Parser *p)
{
	skip_blanks(p);
	return str_eq(peek_chunk(p), STR("OR"));
}

/* In "a b OR c d" the OR joins b and c only: the last word of the run becomes a clause of its own. */
static Clause *split_last_word(Parser *p, Clause *run, Clause *all)
{
	if (run->kind != CLAUSE_WORDS || run->word_count < 2)
		return run;
	Clause *last = make(p, CLAUSE_WORDS);
	if (!last || !add_child(p, all, run))
		return NULL;
	last->words = run->words + --run->word_count;
	last->word_count = 1;
	run->value = (Str){0};
	run->row_count = 0;
	return last;
}

static Clause *parse_or(Parser *p, Clause *first, Clause *all)
{
	Clause *either = make(p, CLAUSE_OR);
	first = either ? split_last_word(p, first, all) : NULL;
	if (!first || !add_child(p, either, first))
		return NULL;
	while (at_or(p)) {
		p->at += 2;
		buf_add_zero_terminated(&p->read_as, " OR");
		skip_blanks(p);
		if (p->at == p->text.len || p->text.ptr[p->at] == ')')
			break;
		Clause *next = parse_primary(p);
		if (!next)
			return NULL;
		Clause *more = NULL;
		if (next->kind == CLAUSE_WORDS && next->word_count > 1) {
			more = make(p, CLAUSE_WORDS);
			if (!more)
				return NULL;
			more->words = next->words + 1;
			more->word_count = next->word_count - 1;
			next->word_count = 1;
			next->value = (Str){0};
			next->row_count = 0;
		}
		if (!add_child(p, either, next) || (more && !add_child(p, all, more)))
			return NULL;
	}
	return either;
}

static Clause *parse_query(Parser *p, bool nested)
{
	Clause *all = make(p, CLAUSE_AND);
	if (!all)
		return NULL;
	for (;;) {
		skip_blanks(p);
		if (p->at >= p->text.len || (nested && p->text.ptr[p->at] == ')'))
			break;
		if (at_or(p) && all->child_count == 0) { /* an OR with nothing before it is a word */
			p->at += 2;
			continue;
		}
		Clause *clause = parse_primary(p);
		if (clause && at_or(p))
			clause = parse_or(p, clause, all);
		if (!clause || !add_child(p, all, clause))
			return NULL;
	}
	return all;
}

static bool is_empty(const Clause *c)
{
	if (c->kind == CLAUSE_FIELD)
		return c->value.len == 0;
	for (size_t i = 0; i < c->child_count; i++)
		if (!is_empty(c->children[i]))
			return false;
	return c->word_count == 0;
}

/* Only words, with brackets around some: a title, say. */
static bool is_only_words(const Clause *c)
{
	for (size_t i = 0; i < c->child_count; i++)
		if (!is_only_words(c->children[i]))
			return false;
	return c->kind == CLAUSE_AND || (c->kind == CLAUSE_WORDS && c->value.ptr);
}

/* Words in brackets are words: one run, that may be found as it stands. */
static Clause *as_one_run(Parser *p, Clause *root)
{
	bool prefix = false;
	for (size_t i = 0; i < root->child_count; i++)
		prefix |= root->children[i]->word_count &&
			  root->children[i]->words[root->children[i]->word_count - 1].prefix;
	if (root->child_count < 2 || prefix || !is_only_words(root))
		return root;
	Clause *all = make(p, CLAUSE_AND), *run = make(p, CLAUSE_WORDS);
	p->words_left = SEARCH_TERMS_MAX;
	if (!all || !run || !words_of(p, str_trim(p->text), run))
		return NULL;
	return add_child(p, all, run) ? all : NULL;
}

Status query_parse(Str query, TokenIter *tokens, Arena *arena, ParsedQuery *out, Err *err)
{
	Parser p = {.text = query, .words_left = SEARCH_TERMS_MAX, .tokens = tokens, .arena = arena, .err = err};
	err->code = ST_OK;
	Clause *root = parse_query(&p, false);
	root = root ? as_one_run(&p, root) : NULL;
	Str read_as = arena_copy(arena, str_trim(buf_str(&p.read_as)));
	bool ok = root && buf_ok(&p.read_as) && read_as.ptr;
	buf_done(&p.read_as);
	if (!ok)
		return err->code == ST_OK ? err_no_memory(err) : err->code;
	*out = (ParsedQuery){is_empty(root) ? NULL : root, read_as};
	return ST_OK;
}
