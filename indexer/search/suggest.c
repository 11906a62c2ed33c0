/* indexer/search/suggest.c - the typed words, what they were meant to be, and the spelling of the first hits: of each
 * word the one that most of them have where they say all words in a row. */
#include "indexer/search/suggest.h"

#include "base/utf8.h"
#include "indexer/correct/path.h"
#include "tokenizer/fold.h"
#include "tokenizer/letter.h"
#include "tokenizer/query_forms.h"

enum { MEANT_MAX = 2 * CORRECT_WORDS_MAX, HITS_LOOKED_AT = 5, TEXT_LOOKED_AT = 16 << 10 };

typedef struct {
	Str key, shown; /* as one record writes the word */
	unsigned votes;
} Spelling;

typedef struct {
	View *view;
	Str query;
	TypedWord typed[CORRECT_WORDS_MAX];
	Str keys[CORRECT_WORDS_MAX]; /* of the typed words: with marks */
	size_t typed_count;
	bool any_marked;
	MeantWord meant[MEANT_MAX];
	Spelling spellings[MEANT_MAX][HITS_LOOKED_AT];
	size_t meant_count;
} Wording;

/* ---- what was typed -------------------------------------------------------------------------------------------- */

/* Letters and digits without a blank between them: an input method's keys, or no word at all. */
static Status take_mixed(Wording *w, TypedWord *word)
{
	Buf decoded = {0}, folded = {0};
	bool is_word = query_word_decode(word->typed, &decoded) != KEYS_NONE;
	if (is_word)
		fold_text(word->typed, &folded);
	word->folded = is_word ? arena_copy(w->view->arena, buf_str(&folded)) : (Str){0};
	word->is_fixed = !is_word;
	bool ok = buf_ok(&decoded) && buf_ok(&folded) && (!is_word || word->folded.ptr);
	buf_done(&decoded);
	buf_done(&folded);
	return ok ? ST_OK : err_no_memory(w->view->err);
}

static Status take_token(Wording *w, const Token *token)
{
	TypedWord *last = w->typed_count ? &w->typed[w->typed_count - 1] : NULL;
	if (last && last->end == token->start) {
		last->end = token->end;
		last->typed = str_slice(w->query, last->start, last->end);
		return take_mixed(w, last);
	}
	if (w->typed_count == CORRECT_WORDS_MAX)
		return ST_OK;
	w->keys[w->typed_count] = arena_copy(w->view->arena, token->key);
	TypedWord *word = &w->typed[w->typed_count++];
	*word = (TypedWord){.typed = str_slice(w->query, token->start, token->end),
			    .folded = arena_copy(w->view->arena, token->folded),
			    .joined = last && !(token->flags & TOKEN_BREAK_BEFORE),
			    .is_fixed = token->kind == TOKEN_DIGITS,
			    .start = token->start,
			    .end = token->end};
	w->any_marked |= (token->flags & TOKEN_MARKED) != 0;
	return word->folded.ptr && w->keys[w->typed_count - 1].ptr ? ST_OK : err_no_memory(w->view->err);
}

static bool is_plain(const Token *token)
{
	return token->kind == TOKEN_SYLLABLE || token->kind == TOKEN_WORD || token->kind == TOKEN_DIGITS;
}

static Status read_typed(Wording *w)
{
	Token token;
	Step step;
	token_iter_set(w->view->tokens, w->query);
	while ((step = token_next(w->view->tokens, &token, w->view->err)) == STEP_ITEM) {
		Status st = is_plain(&token) ? take_token(w, &token) : ST_OK;
		if (st != ST_OK)
			return st;
	}
	return step == STEP_END ? ST_OK : w->view->err->code;
}

/* ---- how the archive writes it --------------------------------------------------------------------------------- */

static Status vote(Wording *w, size_t word, Str key, Str shown)
{
	for (size_t i = 0; i < HITS_LOOKED_AT; i++) {
		Spelling *s = &w->spellings[word][i];
		if (s->votes && !str_eq(s->key, key))
			continue;
		if (!s->votes) {
			s->key = arena_copy(w->view->arena, key);
			s->shown = arena_copy(w->view->arena, shown);
		}
		s->votes++;
		return s->key.ptr && s->shown.ptr ? ST_OK : err_no_memory(w->view->err);
	}
	return ST_OK;
}

typedef struct {
	Str key, shown;
} Seen;

/* The meant words in a row, at their first place. */
static Status read_spellings(Wording *w, Str text, bool *found_out)
{
	Token token;
	Step step;
	Seen *row = arena_calloc(w->view->arena, w->meant_count, sizeof *row);
	Str *folded = arena_calloc(w->view->arena, w->meant_count, sizeof *folded);
	size_t in_row = 0;
	*found_out = false;
	if (!row || !folded)
		return err_no_memory(w->view->err);
	token_iter_set(w->view->tokens, text);
	while (!*found_out && (step = token_next(w->view->tokens, &token, w->view->err)) == STEP_ITEM) {
		if (!is_plain(&token))
			continue;
		if (!str_eq(token.folded,
			    w->meant[in_row].folded)) /* only the first word of the row may begin another */
			in_row = 0;
		if (!str_eq(token.folded, w->meant[in_row].folded))
			continue;
		row[in_row] = (Seen){arena_copy(w->view->arena, token.key), str_slice(text, token.start, token.end)};
		if (!row[in_row].key.ptr)
			return err_no_memory(w->view->err);
		*found_out = ++in_row == w->meant_count;
	}
	if (!*found_out)
		return step == STEP_END ? ST_OK : w->view->err->code;
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < w->meant_count; i++)
		st = vote(w, i, row[i].key, row[i].shown);
	return st;
}

static Status look_at_hits(Wording *w, const SearchAnswer *answer, bool texts_too, bool *found_out)
{
	bool found = false, is_all;
	Status st = ST_OK;
	*found_out = false;
	for (size_t i = 0; st == ST_OK && i < answer->hit_count && i < HITS_LOOKED_AT; i++) {
		Entry entry;
		SearchHit hit;
		st = read_spellings(w, record_text(&answer->hits[i].record, RF_SUBJECT), &found);
		if (st == ST_OK && !found && texts_too && view_may_look(w->view)) {
			st = view_load_hit(w->view, answer->hits[i].sequence, &hit, &entry);
			if (st == ST_OK)
				st = view_load_text(w->view, &entry, TEXT_LOOKED_AT, &is_all);
			if (st == ST_OK)
				st = read_spellings(w, buf_str(&w->view->text), &found);
			if (st == ST_FORBIDDEN)
				st = ST_OK;
		}
		*found_out |= found;
	}
	return st;
}

/* ---- the suggestion -------------------------------------------------------------------------------------------- */

static bool is_upper(Str word)
{
	uint32_t c = 0;
	return word.len && utf8_decode(word.ptr, word.len, &c) && char_lower(c) != c;
}

static void add_lower(Str word, Buf *out)
{
	char bytes[4];
	uint32_t c;
	for (size_t width; word.len && (width = utf8_decode(word.ptr, word.len, &c));
	     word.ptr += width, word.len -= width)
		buf_add(out, bytes, utf8_encode(char_lower(c), bytes));
}

static const Spelling *most_common(const Wording *w, size_t word)
{
	const Spelling *best = &w->spellings[word][0];
	for (size_t i = 1; i < HITS_LOOKED_AT; i++)
		if (w->spellings[word][i].votes > best->votes)
			best = &w->spellings[word][i];
	return best;
}

/* Some record writes it as it was typed. */
static bool is_known_so(const Wording *w, size_t word, Str key)
{
	for (size_t i = 0; i < HITS_LOOKED_AT; i++)
		if (w->spellings[word][i].votes && str_eq(w->spellings[word][i].key, key))
			return true;
	return false;
}

static bool write_wording(const Wording *w, Buf *out)
{
	bool changed = false;
	size_t at = 0;
	for (size_t i = 0; i < w->meant_count; i++) {
		const MeantWord *m = &w->meant[i];
		const TypedWord *first = &w->typed[m->first], *last = &w->typed[m->last];
		bool is_second = i > 0 && w->meant[i - 1].first == m->first;
		if (is_second)
			buf_add_char(out, ' ');
		else
			buf_add_str(out, str_slice(w->query, at, first->start));
		at = last->end;
		if (m->is_typed && (is_known_so(w, i, w->keys[m->first]) || !w->any_marked)) {
			buf_add_str(out, first->typed);
			continue;
		}
		changed = true;
		Str shown = most_common(w, i)->shown;
		if (is_upper(first->typed))
			buf_add_str(out, shown);
		else
			add_lower(shown, out);
	}
	buf_add_str(out, str_slice(w->query, at, w->query.len));
	return changed;
}

static Status meant_query(const Wording *w, Str *out)
{
	Buf query = {0};
	for (size_t i = 0; i < w->meant_count; i++) {
		buf_add_char(&query, i ? ' ' : '"');
		buf_add_str(&query, w->meant[i].folded);
	}
	buf_add_char(&query, '"');
	*out = arena_copy(w->view->arena, buf_str(&query));
	bool ok = buf_ok(&query) && out->ptr;
	buf_done(&query);
	return ok ? ST_OK : err_no_memory(w->view->err);
}

/* Plain words alone: an operator or a field was meant as it is. */
static bool is_plain_query(const Search *search)
{
	const Clause *root = search->parsed.root;
	return root && root->child_count == 1 && root->children[0]->kind == CLAUSE_WORDS;
}

static bool none_as_typed(const Search *search)
{
	const SearchAnswer *answer = search->answer;
	SearchLabel first = answer->hit_count ? answer->hits[0].matched : LABEL_NONE;
	return search->relaxed || first == LABEL_PHRASE_WITHOUT_ACCENTS || first >= LABEL_WITHOUT_ACCENTS;
}

/* Records with the words that were meant: side by side, or else all of them. The words as typed were searched. */
static Status find_meant(Wording *w, const Search *search, bool changed, SuggestFind *find, SearchAnswer *out)
{
	Str query;
	if (!changed) {
		*out = *search->answer;
		return ST_OK;
	}
	Status st = meant_query(w, &query);
	if (st == ST_OK)
		st = find(w->view, query, out);
	if (st == ST_OK && !out->hit_count)
		st = find(w->view, str_slice(query, 1, query.len - 1), out);
	return st;
}

static Status word_it(Wording *w, const Search *search, SuggestFind *find, Str *out)
{
	bool changed = false, found = false;
	SearchAnswer answer = {0};
	Buf text = {0};
	Status st = read_typed(w);
	if (st == ST_OK)
		st = path_find(w->view->matcher, w->typed, w->typed_count, w->view->until, w->view->arena, w->meant,
			       &w->meant_count, &changed, w->view->err);
	if (st != ST_OK || !w->meant_count || (!changed && !w->any_marked))
		return st;
	st = find_meant(w, search, changed, find, &answer);
	if (st == ST_OK)
		st = look_at_hits(w, &answer, changed || none_as_typed(search), &found);
	if (st == ST_OK && found && write_wording(w, &text) && buf_ok(&text))
		*out = arena_copy(w->view->arena, buf_str(&text));
	bool ok = buf_ok(&text);
	buf_done(&text);
	return st == ST_OK && !ok ? err_no_memory(w->view->err) : st;
}

Status suggest_wording(View *view, const Search *search, SuggestFind *find, Str *out)
{
	*out = (Str){0};
	if (!is_plain_query(search) || deadline_passed(view->until))
		return ST_OK;
	Wording *w = arena_calloc(view->arena, 1, sizeof *w);
	if (!w)
		return err_no_memory(view->err);
	w->view = view;
	w->query = search->parsed.root->children[0]->value;
	return word_it(w, search, find, out);
}
