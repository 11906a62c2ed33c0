/* tokenizer/query_forms_find.c - abbreviations and changed names in a query. Tables and query are compared as phrases
 * of folded words: a hash table holds every phrase that an entry begins with, so a word that begins none costs one
 * probe. */
#include "tokenizer/query_forms.h"
#include "tokenizer/communes.h"

#include <pthread.h>

typedef struct {
	const char *asked, *text, *note; /* note: "automatic", "offered", or the date of a change */
	uint64_t key;                    /* of abbreviations: with marks, to tell HĐ from HD */
	QueryFormKind kind;
	bool is_province;
	uint16_t next; /* with the same words: its number and one; 0: none */
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

/* All phrases that an entry begins with or is; free where phrase is 0. */
enum { SLOTS_LOG2 = 13, SLOTS = 1 << SLOTS_LOG2 };
static struct Slot {
	uint64_t phrase;
	uint16_t first; /* of the entries that are this phrase: number and one; 0: they only begin with it */
} slots[SLOTS];
static size_t slots_used;

/* Words in front of the name of a province: tỉnh, TP, phố, UBND, HĐND, Sở. */
static uint64_t before_province[6];

static struct Slot *find_slot(uint64_t phrase)
{
	size_t at = phrase >> (64 - SLOTS_LOG2);
	while (slots[at].phrase && slots[at].phrase != phrase)
		at = (at + 1) & (SLOTS - 1);
	return &slots[at];
}

static void add_entry(TokenIter *it, const char *asked, const char *text, const char *note, QueryFormKind kind,
		      bool province)
{
	QueryToken tokens[QUERY_TOKENS_MAX];
	size_t count;
	uint64_t phrase = 0;
	Err err;
	struct Slot *slot = NULL;
	if (query_tokens_read(it, str_from(asked), tokens, &count, &err) != ST_OK)
		return;
	for (size_t i = 0; i < count && slots_used < SLOTS / 2; i++) {
		phrase = phrase_add(phrase, tokens[i].fold);
		slot = find_slot(phrase);
		slots_used += !slot->phrase;
		slot->phrase = phrase;
	}
	if (!slot)
		return;
	uint16_t *link = &slot->first; /* in the order of the table */
	while (*link)
		link = &entries[*link - 1].next;
	entries[entry_count] = (Entry){.asked = asked,
				       .text = text,
				       .note = note,
				       .kind = kind,
				       .is_province = province,
				       .key = kind == FORM_EXPANSION ? tokens[count - 1].key : 0};
	*link = (uint16_t)++entry_count;
}

static void make_entries(void)
{
	Err err;
	TokenIter *it = token_iter_new(&err);
	if (!it) /* no memory: no other forms; the search itself will fail and report it */
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
	static const char *const words[] = {"tinh", "tp", "pho", "ubnd", "hdnd", "so"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		before_province[i] = str_hash(str_from(words[i]));
}

/* HĐ is not HD, whatever it stands for. */
static bool is_meant(const Entry *e, const QueryToken *tokens, size_t taken)
{
	return e->kind != FORM_EXPANSION || taken != 1 || !tokens[0].marked || tokens[0].key == e->key;
}

static bool any_is_meant(uint16_t first, const QueryToken *tokens, size_t taken)
{
	for (uint16_t i = first; i; i = entries[i - 1].next)
		if (is_meant(&entries[i - 1], tokens, taken))
			return true;
	return false;
}

/* The longest phrase at tokens[0] that has entries; *taken_out: its words. 0: none. */
static uint16_t find_longest(const QueryToken *tokens, size_t count, size_t *taken_out)
{
	uint64_t phrase = 0;
	uint16_t found = 0;
	for (size_t n = 1; n <= count; n++) {
		phrase = phrase_add(phrase, tokens[n - 1].fold);
		const struct Slot *slot = find_slot(phrase);
		if (!slot->phrase)
			break;
		if (slot->first && any_is_meant(slot->first, tokens, n)) {
			found = slot->first;
			*taken_out = n;
		}
	}
	return found;
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
	for (size_t i = 0; at > 0 && i < sizeof before_province / sizeof before_province[0]; i++)
		if (tokens[at - 1].fold == before_province[i])
			return true;
	for (size_t i = 0; i < taken; i++)
		if (!tokens[at + i].capital)
			return false;
	return true;
}

static Status add_form(const Entry *e, const QueryToken *tokens, size_t at, size_t taken, QueryForm *out, Arena *arena,
		       Err *err)
{
	bool is_name = e->kind == FORM_NEW_NAME || e->kind == FORM_OLD_NAME;
	char *pair = arena_printf(arena, "%s = %s", e->asked, e->text);
	if (!pair)
		return err_no_memory(err);
	*out = (QueryForm){.kind = e->kind,
			   .start = tokens[at].start,
			   .end = tokens[at + taken - 1].end,
			   .asked = str_from(e->asked),
			   .text = str_from(e->text),
			   .pair = str_from(pair),
			   .date = is_name ? str_from(e->note) : (Str){0},
			   .automatic = is_automatic(e, tokens, at, taken)};
	return ST_OK;
}

Status query_forms_find(Str query, TokenIter *it, Arena *arena, QueryForm **forms_out, size_t *count_out, Err *err)
{
	QueryToken *tokens = arena_alloc(arena, QUERY_TOKENS_MAX * sizeof *tokens);
	QueryForm *forms = arena_alloc(arena, QUERY_FORMS_MAX * sizeof *forms);
	size_t count = 0, found = 0;
	if (!tokens || !forms)
		return err_no_memory(err);
	pthread_once(&once, make_entries);
	Status st = query_tokens_read(it, query, tokens, &count, err);
	for (size_t at = 0; st == ST_OK && at < count;) {
		size_t taken = 0, commune;
		uint16_t first = find_longest(tokens + at, count - at, &taken);
		st = communes_find(tokens, count, at, arena, forms, &found, &commune, err);
		if (commune > taken) /* the name of a commune may be that of a province too */
			first = 0;
		for (uint16_t i = first; i && st == ST_OK && found < QUERY_FORMS_MAX; i = entries[i - 1].next)
			if (is_meant(&entries[i - 1], tokens + at, taken))
				st = add_form(&entries[i - 1], tokens, at, taken, &forms[found++], arena, err);
		taken = commune > taken ? commune : taken;
		at += taken ? taken : 1;
	}
	if (st != ST_OK)
		return st;
	*forms_out = forms;
	*count_out = found;
	return ST_OK;
}
