/* indexer/terms.c - see terms.h and, for what the terms are, schema.h. */
#include "indexer/terms.h"

#include "base/utf8.h"
#include "tokenizer/case_number.h"

#include <stdlib.h>

struct TermMaker {
	TokenIter *tokens;
	Buf term;
	char previous_word[TOKEN_FOLDED_MAX]; /* the token before, where it is no syllable */
};

TermMaker *term_maker_new(Err *err)
{
	TermMaker *maker = calloc(1, sizeof *maker);
	if (!maker) {
		err_no_memory(err);
		return NULL;
	}
	schema_init();
	maker->tokens = token_iter_new(err);
	if (!maker->tokens) {
		free(maker);
		return NULL;
	}
	return maker;
}

void term_maker_free(TermMaker *maker)
{
	if (!maker)
		return;
	token_iter_free(maker->tokens);
	buf_done(&maker->term);
	free(maker);
}

/* Where the words of a text go: under prefixes[0], prefixes[1] …, each with its weight. */
typedef struct {
	const char *prefix;
	uint32_t weight;
} Place;

typedef struct {
	Str folded;
	uint16_t fold; /* 0: no syllable, or none before */
	bool there;
} Previous;

static void emit(TermMaker *m, const TermSink *sink, uint32_t wdf)
{
	sink->term(sink->ctx, buf_str(&m->term), wdf);
}

static void add_unigram(TermMaker *m, const TermSink *sink, const Token *token, const Place *place)
{
	if (token->syllable && !*place->prefix) {
		sink->code(sink->ctx, schema_code_unigram(token->syllable), place->weight);
		return;
	}
	schema_unigram(&m->term, place->prefix, token->folded, token->key, token->flags & TOKEN_MARKED);
	emit(m, sink, place->weight);
}

static void add_bigram(TermMaker *m, const TermSink *sink, const Previous *before, const Token *token, const Place *place)
{
	if (before->fold && token->fold && !*place->prefix) {
		sink->code(sink->ctx, schema_code_bigram(before->fold, token->fold), place->weight);
		return;
	}
	schema_bigram(&m->term, place->prefix, before->folded, token->folded);
	emit(m, sink, place->weight);
}

static void remember(TermMaker *m, Previous *before, const Token *token)
{
	*before = (Previous){.folded = token->folded, .fold = token->fold, .there = true};
	if (!token->fold) {
		before->folded = (Str){m->previous_word, token->folded.len};
		memcpy(m->previous_word, token->folded.ptr, token->folded.len);
	}
}

/* A span is one term wherever it is said. */
static void add_span(TermMaker *m, const TermSink *sink, const Token *token)
{
	const char *prefix = token->kind == TOKEN_RECORD_NUMBER ? "M" : token->kind == TOKEN_CASE_NUMBER ? "CM" : "D";
	schema_exact(&m->term, prefix, token->folded);
	emit(m, sink, 1);
}

static Status add_text(TermMaker *m, const TermSink *sink, Str text, const Place *places, size_t place_count, Err *err)
{
	Previous before = {0};
	Token token;
	Step step;
	token_iter_set(m->tokens, text);
	while ((step = token_next(m->tokens, &token, err)) == STEP_ITEM) {
		if (token.kind > TOKEN_DIGITS) {
			add_span(m, sink, &token);
			continue;
		}
		bool pair = before.there && !(token.flags & TOKEN_BREAK_BEFORE);
		for (size_t i = 0; i < place_count; i++) {
			add_unigram(m, sink, &token, &places[i]);
			if (pair)
				add_bigram(m, sink, &before, &token, &places[i]);
		}
		remember(m, &before, &token);
	}
	return step == STEP_END ? ST_OK : err->code;
}

static void add_number(TermMaker *m, const TermSink *sink, Str number)
{
	RecordNumber parsed;
	if (!number.len)
		return;
	if (!record_number_parse(number, &parsed)) { /* bare or odd: found as it is written */
		schema_whole(&m->term, "K", number);
		emit(m, sink, 0);
		return;
	}
	schema_exact(&m->term, "K", str_from(parsed.key));
	emit(m, sink, 0);
	for (unsigned form = 0; form < SCHEMA_NUMBER_FORMS; form++) {
		schema_number_form(&m->term, &parsed, form);
		if (m->term.len)
			emit(m, sink, 0);
	}
}

static void add_cases(TermMaker *m, const TermSink *sink, const FieldValue *cases)
{
	for (size_t i = 0; i < cases->count; i++) {
		CaseNumber number;
		schema_exact(&m->term, "XC", cases->items[i]);
		emit(m, sink, 0);
		if (case_number_parse(cases->items[i], &number)) {
			schema_exact(&m->term, "C", str_from(number.canonical));
			emit(m, sink, 0);
		}
	}
}

static void add_whole(TermMaker *m, const TermSink *sink, const char *prefix, Str value)
{
	if (!value.len)
		return;
	schema_whole(&m->term, prefix, value);
	emit(m, sink, 0);
}

static void add_filters(TermMaker *m, const TermSink *sink, Str id, const Record *record)
{
	char date[9];
	size_t date_len = schema_date_value(record->issued, date);
	add_number(m, sink, record_text(record, RF_NUMBER));
	add_cases(m, sink, &record->fields[RF_CASES]);
	add_whole(m, sink, "XT", record_text(record, RF_TYPE));
	add_whole(m, sink, "XA", record_text(record, RF_AGENCY));
	add_whole(m, sink, "XF", record_text(record, RF_FONDS));
	schema_exact(&m->term, "XI", id);
	emit(m, sink, 0);
	schema_exact(&m->term, "XR", (Str){0});
	emit(m, sink, 0);
	if (date_len) {
		schema_exact(&m->term, "XY", (Str){date, 4});
		emit(m, sink, 0);
		sink->value(sink->ctx, SLOT_ISSUED, (Str){date, date_len});
	}
	static const struct { SchemaSlot slot; RecordFieldId field; } values[] = {
		{SLOT_TYPE, RF_TYPE}, {SLOT_AGENCY, RF_AGENCY}, {SLOT_FONDS, RF_FONDS}};
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		Str value = record_text(record, values[i].field);
		if (value.len)
			sink->value(sink->ctx, values[i].slot, str_slice(value, 0, utf8_cut(value, SCHEMA_VALUE_MAX)));
	}
}

static Status add_field(TermMaker *m, const TermSink *sink, const FieldValue *value, const Place *places, size_t count, Err *err)
{
	Status st = value->text.len ? add_text(m, sink, value->text, places, count, err) : ST_OK;
	for (size_t i = 0; st == ST_OK && i < value->count; i++)
		st = add_text(m, sink, value->items[i], places, count, err);
	return st;
}

/* The fields whose words are found by a search without a field name; those with a prefix also by their name. */
static const struct {
	RecordFieldId field;
	const char *prefix; /* NULL: body only */
	uint32_t weight;    /* in the body */
} worded[] = {
	{RF_SUBJECT, "S", SCHEMA_SUBJECT_WEIGHT}, {RF_TITLE, NULL, SCHEMA_SUBJECT_WEIGHT}, {RF_AGENCY, "A", 1},
	{RF_SIGNER, "G", 1}, {RF_KEYWORDS, "W", 1}, {RF_TYPE, NULL, 1}, {RF_NUMBER, NULL, 1}, {RF_RECIPIENTS, NULL, 1},
	{RF_FIELD, NULL, 1}, {RF_RELATIONS, NULL, 1}, {RF_LOCATION, NULL, 1}, {RF_EXTRA, NULL, 1},
};

Status terms_of_record(TermMaker *maker, Str id, const Record *record, Str text, const TermSink *sink, Err *err)
{
	const Place body = {"", 1};
	Status st = add_text(maker, sink, text, &body, 1, err);
	for (size_t i = 0; st == ST_OK && i < sizeof worded / sizeof worded[0]; i++) {
		Place places[2] = {{"", worded[i].weight}, {worded[i].prefix, 1}};
		st = add_field(maker, sink, &record->fields[worded[i].field], places, worded[i].prefix ? 2 : 1, err);
	}
	if (st != ST_OK)
		return st;
	add_filters(maker, sink, id, record);
	return buf_ok(&maker->term) ? ST_OK : err_no_memory(err);
}
