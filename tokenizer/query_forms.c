/* tokenizer/query_forms.c - see query_forms.h. Tables and query are compared as rows of folded tokens. */
#include "tokenizer/query_forms.h"
#include "tokenizer/plain.h"
#include "tokenizer/token.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct {
	const char *asked, *text, *note; /* note: "automatic", "offered", or the date of a change */
	QueryFormKind kind;
	bool is_province;
	char folded[120];                /* tokens of asked, folded, single blanks */
	char key[24];                    /* of abbreviations: with marks, to tell HĐ from HD */
} Entry;

typedef struct {
	const char *cells[4];
} Row;

static const Row abbreviations[] = {
#define ROW(abbreviation, expansion, use) {{abbreviation, expansion, use, ""}},
#include "tokenizer/abbreviations.inc"
#undef ROW
};
static const Row changes[] = {
#define ROW(old_name, new_name, since, kind) {{old_name, new_name, since, kind}},
#include "tokenizer/names_changed.inc"
#undef ROW
};

enum { ENTRIES_MAX = 2 * (sizeof abbreviations / sizeof abbreviations[0] + sizeof changes / sizeof changes[0]) };
static Entry entries[ENTRIES_MAX];
static size_t entry_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Tokens of text, folded, with single blanks; spans are left out. */
static void fold_tokens(TokenIter *it, const char *text, char *out, size_t capacity, char *key, size_t key_capacity)
{
	Token token;
	Err err;
	size_t len = 0;
	token_iter_set(it, str_from(text));
	while (token_next(it, &token, &err) == STEP_ITEM) {
		if (token.kind >= TOKEN_RECORD_NUMBER || len + token.folded.len + 2 > capacity)
			continue;
		if (len)
			out[len++] = ' ';
		memcpy(out + len, token.folded.ptr, token.folded.len);
		len += token.folded.len;
		if (key && token.key.len < key_capacity) {
			memcpy(key, token.key.ptr, token.key.len);
			key[token.key.len] = 0;
		}
	}
	out[len] = 0;
}

static void add_entry(TokenIter *it, const char *asked, const char *text, const char *note, QueryFormKind kind,
		      bool province)
{
	Entry *e = &entries[entry_count];
	*e = (Entry){.asked = asked, .text = text, .note = note, .kind = kind, .is_province = province};
	bool short_form = kind == FORM_EXPANSION;
	fold_tokens(it, asked, e->folded, sizeof e->folded, short_form ? e->key : NULL, sizeof e->key);
	entry_count += e->folded[0] != 0;
}

static void make_entries(void)
{
	Err err;
	TokenIter *it = token_iter_new(&err);
	if (!it) /* without memory there are no other forms; the query itself will say why */
		return;
	for (size_t i = 0; i < sizeof abbreviations / sizeof abbreviations[0]; i++) {
		const Row *row = &abbreviations[i];
		add_entry(it, row->cells[0], row->cells[1], row->cells[2], FORM_EXPANSION, false);
		add_entry(it, row->cells[1], row->cells[0], row->cells[2], FORM_ABBREVIATION, false);
	}
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		const Row *row = &changes[i];
		bool province = strcmp(row->cells[3], "province") == 0;
		add_entry(it, row->cells[0], row->cells[1], row->cells[2], FORM_NEW_NAME, province);
		add_entry(it, row->cells[1], row->cells[0], row->cells[2], FORM_OLD_NAME, province);
	}
	token_iter_free(it);
}

typedef struct {
	char folded[TOKEN_FOLDED_MAX + 1];
	char key[TOKEN_KEY_MAX + 1];
	uint32_t start, end;
	bool marked, capital; /* capital: begins with one */
} QueryToken;
enum { QUERY_TOKENS_MAX = 96 };

static Status read_tokens(Str query, QueryToken *tokens, size_t *count_out, Err *err)
{
	TokenIter *it = token_iter_new(err);
	Token token;
	Step step = STEP_END;
	size_t count = 0;
	if (!it)
		return err->code;
	token_iter_set(it, query);
	while (count < QUERY_TOKENS_MAX && (step = token_next(it, &token, err)) == STEP_ITEM) {
		if (token.kind >= TOKEN_RECORD_NUMBER)
			continue;
		QueryToken *t = &tokens[count++];
		unsigned width;
		const uint8_t *p = (const uint8_t *)query.ptr + token.start;
		uint32_t first = plain_next(p, (const uint8_t *)query.ptr + token.end, &width);
		*t = (QueryToken){.start = token.start, .end = token.end, .marked = token.flags & TOKEN_MARKED,
				  .capital = plain_is_letter(first) && plain_upper(first) == first};
		memcpy(t->folded, token.folded.ptr, token.folded.len);
		memcpy(t->key, token.key.ptr, token.key.len);
	}
	token_iter_free(it);
	*count_out = count;
	return step == STEP_ERROR ? err->code : ST_OK;
}

/* How many tokens from `at` the entry takes; 0: it does not stand there. */
static size_t match(const Entry *e, const QueryToken *tokens, size_t count, size_t at)
{
	const char *rest = e->folded;
	size_t taken = 0;
	while (*rest && at + taken < count) {
		size_t len = strlen(tokens[at + taken].folded);
		if (strncmp(rest, tokens[at + taken].folded, len) != 0 || (rest[len] != ' ' && rest[len] != 0))
			return 0;
		rest += len + (rest[len] == ' ');
		taken++;
	}
	if (*rest)
		return 0;
	if (e->kind == FORM_EXPANSION && taken == 1 && tokens[at].marked && strcmp(tokens[at].key, e->key) != 0)
		return 0; /* HĐ is not HD */
	return taken;
}

static bool is_one_of(const char *word, const char *list)
{
	size_t len = strlen(word);
	for (const char *hit = strstr(list, word); len && hit; hit = strstr(hit + 1, word))
		if ((hit == list || hit[-1] == ' ') && (hit[len] == ' ' || !hit[len]))
			return true;
	return false;
}

/* Names that are everyday words too (hòa bình: peace) count as names behind "tỉnh" or in capitals. */
static bool is_automatic(const Entry *e, const QueryToken *tokens, size_t at, size_t taken)
{
	if (e->kind == FORM_EXPANSION || e->kind == FORM_ABBREVIATION)
		return strcmp(e->note, "automatic") == 0;
	if (e->kind == FORM_OLD_NAME)
		return false;
	if (!e->is_province)
		return true;
	if (at > 0 && is_one_of(tokens[at - 1].folded, "tinh tp pho ubnd hdnd so"))
		return true;
	for (size_t i = 0; i < taken; i++)
		if (!tokens[at + i].capital)
			return false;
	return true;
}

static Status add_form(const Entry *e, const QueryToken *tokens, size_t at, size_t taken, QueryForm *out, Arena *arena,
		       Err *err)
{
	char *reason = e->kind == FORM_EXPANSION || e->kind == FORM_ABBREVIATION
			       ? arena_printf(arena, "%s = %s", e->asked, e->text)
		       : e->kind == FORM_NEW_NAME
			       ? arena_printf(arena, "%s = %s (since %s)", e->asked, e->text, e->note)
			       : arena_printf(arena, "%s = %s (until %s)", e->asked, e->text, e->note);
	if (!reason)
		return err_no_memory(err);
	*out = (QueryForm){.kind = e->kind,
			   .start = tokens[at].start,
			   .end = tokens[at + taken - 1].end,
			   .asked = str_from(e->asked),
			   .text = str_from(e->text),
			   .reason = str_from(reason),
			   .automatic = is_automatic(e, tokens, at, taken)};
	return ST_OK;
}

Status query_forms_find(Str query, Arena *arena, QueryForm **forms_out, size_t *count_out, Err *err)
{
	QueryToken *tokens = arena_calloc(arena, QUERY_TOKENS_MAX, sizeof *tokens);
	QueryForm *forms = arena_calloc(arena, QUERY_FORMS_MAX, sizeof *forms);
	size_t count = 0, found = 0;
	if (!tokens || !forms)
		return err_no_memory(err);
	pthread_once(&once, make_entries);
	Status st = read_tokens(query, tokens, &count, err);
	for (size_t at = 0; st == ST_OK && at < count;) {
		size_t longest = 0;
		for (size_t i = 0; i < entry_count; i++) {
			size_t taken = match(&entries[i], tokens, count, at);
			longest = taken > longest ? taken : longest;
		}
		for (size_t i = 0; longest && i < entry_count && st == ST_OK && found < QUERY_FORMS_MAX; i++)
			if (match(&entries[i], tokens, count, at) == longest)
				st = add_form(&entries[i], tokens, at, longest, &forms[found++], arena, err);
		at += longest ? longest : 1;
	}
	if (st != ST_OK)
		return st;
	*forms_out = forms;
	*count_out = found;
	return ST_OK;
}
