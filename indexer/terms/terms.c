/* indexer/terms/terms.c - walks a record's text and fields and tells a sink every term (schema.h says which there are).
 *
 * A text is tokenised once, a run of tokens at a time; each run is told once for every prefix that its words are found
 * under. Words and pairs that have a code go out as codes, many in one call; the rest is spelled.
 *
 * Neighbouring records often have the same agency, signer or type. So for each field the maker remembers the value of
 * the record before and the calls that the sink was given for it; the same value again replays those calls and nothing
 * is tokenised.
 */
#include "indexer/terms/terms.h"

#include "indexer/terms/relations.h"

#include "base/utf8.h"
#include "store/record/text_state.h"
#include "tokenizer/case_number.h"

#include <stdlib.h>

enum { CODES_AT_ONCE = 512 };

/* The value that a field had in the record before, and the sink's calls that came of it. */
typedef struct {
	Buf text;
	Buf calls; /* Call, its bytes, zeros up to a multiple of 8; and so on */
} Memo;

typedef struct {
	uint32_t bytes;
	uint32_t wdf; /* doubled; plus 1 where the bytes are a term, not codes */
} Call;

struct TermMaker {
	TokenIter *tokens;
	Buf term;
	char previous_word[TOKEN_FOLDED_MAX]; /* the word before the current run of tokens */
	Memo number, fields[RF_COUNT];
};

static void memo_done(Memo *memo)
{
	buf_done(&memo->text);
	buf_done(&memo->calls);
}

TermMaker *term_maker_new(Err *err)
{
	TermMaker *maker = calloc(1, sizeof *maker);
	if (!maker) {
		err_no_memory(err);
		return NULL;
	}
	codes_init();
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
	memo_done(&maker->number);
	for (size_t i = 0; i < RF_COUNT; i++)
		memo_done(&maker->fields[i]);
	free(maker);
}

/* ---- fields that repeat ----------------------------------------------------------------------------------------- */

static void record_call(Memo *memo, const void *bytes, size_t len, uint32_t wdf)
{
	static const char padding[8];
	Call call = {(uint32_t)len, wdf};
	buf_add(&memo->calls, &call, sizeof call);
	buf_add(&memo->calls, bytes, len);
	buf_add(&memo->calls, padding, -len & 7);
}

static void record_codes(void *ctx, const uint64_t *codes, size_t count, uint32_t wdf)
{
	record_call(ctx, codes, count * sizeof *codes, wdf << 1);
}

static void record_term(void *ctx, Str term, uint32_t wdf)
{
	record_call(ctx, term.ptr, term.len, wdf << 1 | 1);
}

static void memo_replay(const Memo *memo, const TermSink *sink)
{
	for (size_t at = 0; at < memo->calls.len;) {
		const Call *call = (const Call *)(const void *)(memo->calls.data + at);
		const char *bytes = memo->calls.data + at + sizeof *call;
		if (call->wdf & 1)
			sink->term(sink->ctx, (Str){bytes, call->bytes}, call->wdf >> 1);
		else
			sink->codes(sink->ctx, (const uint64_t *)(const void *)bytes, call->bytes / sizeof(uint64_t),
				    call->wdf >> 1);
		at += sizeof *call + (call->bytes + 7) / 8 * 8;
	}
}

/* True: the memo holds the calls of this very text. False: it was emptied, to record those of the text. */
static bool memo_holds(Memo *memo, Str text)
{
	if (text.len && str_eq(text, buf_str(&memo->text)) && buf_ok(&memo->calls))
		return true;
	buf_clear(&memo->text);
	buf_clear(&memo->calls);
	return false;
}

/* The calls of `text` are recorded: from now on the memo holds them, and the sink gets them. */
static Status memo_close(Memo *memo, Str text, const TermSink *sink, Err *err)
{
	if (!buf_ok(&memo->calls))
		return err_no_memory(err);
	buf_add_str(&memo->text, text);
	memo_replay(memo, sink);
	return ST_OK;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

/* A prefix that the words of a text are found under, and how often each occurrence counts there. */
typedef struct {
	TermPrefix prefix;
	uint32_t weight;
} WordTarget;

/* The word before a run of tokens, which makes a pair with the first of the run. */
typedef struct {
	Str folded;
	uint16_t symbol; /* 0: it has none */
	bool exists;
} PreviousWord;

static void emit(TermMaker *m, const TermSink *sink, uint32_t wdf)
{
	sink->term(sink->ctx, buf_str(&m->term), wdf);
}

static void add_unigram(TermMaker *m, const TermSink *sink, const Token *token, const WordTarget *target)
{
	schema_unigram(&m->term, target->prefix, token->folded, token->key, token->flags & TOKEN_MARKED);
	emit(m, sink, target->weight);
}

static void add_bigram(TermMaker *m, const TermSink *sink, Str before, Str folded, const WordTarget *target)
{
	schema_bigram(&m->term, target->prefix, before, folded);
	emit(m, sink, target->weight);
}

/* A number or date in the text: one term, with the prefix of its kind only. */
static void add_span(TermMaker *m, const TermSink *sink, const Token *token)
{
	TermPrefix prefix = token->kind == TOKEN_RECORD_NUMBER ? PREFIX_SAID_NUMBER
			    : token->kind == TOKEN_CASE_NUMBER ? PREFIX_SAID_CASE_NUMBER
							       : PREFIX_SAID_DATE;
	schema_exact(&m->term, prefix, token->folded);
	emit(m, sink, 1);
}

/* The words of a run of tokens, under one prefix. *before: the word before the run; afterwards the last of the run. */
static void add_words(TermMaker *m, const TermSink *sink, const Token *tokens, size_t count, const WordTarget *target,
		      PreviousWord *before)
{
	uint64_t codes[CODES_AT_ONCE + 2], code;
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		const Token *token = &tokens[i];
		if (token->kind > TOKEN_DIGITS)
			continue;
		TokenSymbols symbols = codes_of_token(token);
		if ((code = code_unigram(target->prefix, symbols.exact)))
			codes[used++] = code;
		else
			add_unigram(m, sink, token, target);
		bool pair = before->exists && !(token->flags & TOKEN_BREAK_BEFORE);
		if (pair && (code = code_bigram(target->prefix, before->symbol, symbols.folded)))
			codes[used++] = code;
		else if (pair)
			add_bigram(m, sink, before->folded, token->folded, target);
		*before = (PreviousWord){.folded = token->folded, .symbol = symbols.folded, .exists = true};
		if (used >= CODES_AT_ONCE) {
			sink->codes(sink->ctx, codes, used, target->weight);
			used = 0;
		}
	}
	if (used)
		sink->codes(sink->ctx, codes, used, target->weight);
}

/* Copies the word: the tokens of a run are overwritten by the next run. */
static void keep_word(TermMaker *m, PreviousWord *before)
{
	if (before->exists)
		memmove(m->previous_word, before->folded.ptr, before->folded.len);
	before->folded.ptr = m->previous_word;
}

static Status add_text(TermMaker *m, const TermSink *sink, Str text, const WordTarget *targets, size_t target_count,
		       Err *err)
{
	PreviousWord before = {0};
	const Token *tokens;
	size_t count;
	Step step;
	token_iter_set(m->tokens, text);
	while ((step = token_next_run(m->tokens, &tokens, &count, err)) == STEP_ITEM) {
		PreviousWord last = before;
		for (size_t i = 0; i < count; i++)
			if (tokens[i].kind > TOKEN_DIGITS)
				add_span(m, sink, &tokens[i]);
		for (size_t i = 0; i < target_count; i++) {
			last = before;
			add_words(m, sink, tokens, count, &targets[i], &last);
		}
		before = last;
		keep_word(m, &before);
	}
	return step == STEP_END ? ST_OK : err->code;
}

static void make_number_terms(TermMaker *m, const TermSink *sink, Str number)
{
	RecordNumber parsed;
	if (!record_number_parse(number, &parsed)) { /* bare or odd: found as it is written */
		schema_whole(&m->term, PREFIX_NUMBER, number);
		emit(m, sink, 0);
		return;
	}
	schema_exact(&m->term, PREFIX_NUMBER, str_from(parsed.key));
	emit(m, sink, 0);
	for (unsigned form = 0; form < SCHEMA_NUMBER_FORMS; form++) {
		schema_number_form(&m->term, &parsed, form);
		if (m->term.len)
			emit(m, sink, 0);
	}
}

static Status add_number(TermMaker *m, const TermSink *sink, Str number, Err *err)
{
	const TermSink recorder = {.ctx = &m->number, .codes = record_codes, .term = record_term};
	if (memo_holds(&m->number, number)) {
		memo_replay(&m->number, sink);
		return ST_OK;
	}
	if (number.len)
		make_number_terms(m, &recorder, number);
	return memo_close(&m->number, number, sink, err);
}

static void add_cases(TermMaker *m, const TermSink *sink, const FieldValue *cases)
{
	for (size_t i = 0; i < cases->count; i++) {
		CaseNumber number;
		schema_exact(&m->term, PREFIX_CASE, cases->items[i]);
		emit(m, sink, 0);
		if (case_number_parse(cases->items[i], &number)) {
			schema_exact(&m->term, PREFIX_CASE_NUMBER, str_from(number.canonical));
			emit(m, sink, 0);
		}
	}
}

static void add_whole(TermMaker *m, const TermSink *sink, TermPrefix prefix, Str value)
{
	if (!value.len)
		return;
	schema_whole(&m->term, prefix, value);
	emit(m, sink, 0);
}

/* Of records whose text is complete nothing is said: nobody has to look at them. */
static void add_text_state(TermMaker *m, const TermSink *sink, const Record *record, bool has_text)
{
	TextState state = text_state_of(record, has_text);
	if (record->is_case || state == TEXT_COMPLETE || state == TEXT_STATE_COUNT)
		return;
	Str name = str_from(text_states[state].name);
	schema_exact(&m->term, PREFIX_TEXT_STATE, name);
	emit(m, sink, 0);
	sink->value(sink->ctx, SLOT_TEXT_STATE, name);
}

typedef struct {
	TermMaker *m;
	const TermSink *sink;
} RelationTerms;

static bool add_relation(void *ctx, const Relation *relation)
{
	RelationTerms *t = ctx;
	const Str named[] = {relation->id, relation->number};
	for (size_t i = 0; i < 2; i++) {
		if (!named[i].len)
			continue;
		schema_related(&t->m->term, named[i]);
		emit(t->m, t->sink, 0);
	}
	return true;
}

static void add_filters(TermMaker *m, const TermSink *sink, Str id, const Record *record)
{
	char date[9];
	size_t date_len = schema_date_value(record->issued, date);
	add_cases(m, sink, &record->fields[RF_CASES]);
	add_whole(m, sink, PREFIX_TYPE, record_text(record, RF_TYPE));
	add_whole(m, sink, PREFIX_WHOLE_AGENCY, record_text(record, RF_AGENCY));
	add_whole(m, sink, PREFIX_FONDS, record_text(record, RF_FONDS));
	relations_each(record, add_relation, &(RelationTerms){m, sink});
	schema_exact(&m->term, PREFIX_ID, id);
	emit(m, sink, 0);
	schema_exact(&m->term, PREFIX_RECORD, (Str){0});
	emit(m, sink, 0);
	if (date_len) {
		schema_exact(&m->term, PREFIX_YEAR, (Str){date, 4});
		emit(m, sink, 0);
		sink->value(sink->ctx, SLOT_ISSUED, (Str){date, date_len});
	}
	for (size_t i = 0; i < FACET_COUNT; i++) {
		bool is_made = facet_rows[i].slot == SLOT_ISSUED || facet_rows[i].slot == SLOT_TEXT_STATE;
		Str value = is_made ? (Str){0} : record_text(record, facet_rows[i].field);
		if (value.len)
			sink->value(sink->ctx, facet_rows[i].slot,
				    str_slice(value, 0, utf8_cut(value, SCHEMA_VALUE_MAX)));
	}
}

static Status add_field(TermMaker *m, const TermSink *sink, const FieldValue *value, Memo *memo,
			const WordTarget *targets, size_t count, Err *err)
{
	const TermSink recorder = {.ctx = memo, .codes = record_codes, .term = record_term};
	Status st = ST_OK;
	if (memo_holds(memo, value->text)) {
		memo_replay(memo, sink);
	} else if (value->text.len) {
		st = add_text(m, &recorder, value->text, targets, count, err);
		if (st == ST_OK)
			st = memo_close(memo, value->text, sink, err);
	}
	for (size_t i = 0; st == ST_OK && i < value->count; i++)
		st = add_text(m, sink, value->items[i], targets, count, err);
	return st;
}

/* The fields whose words are found by a search without a field name, and under a prefix of their own too. */
static const struct {
	RecordFieldId field;
	TermPrefix own;  /* PREFIX_BODY: it has none */
	uint32_t weight; /* in the body */
} worded[] = {
	{RF_SUBJECT, PREFIX_SUBJECT, SCHEMA_SUBJECT_WEIGHT},
	{RF_TITLE, PREFIX_BODY, SCHEMA_SUBJECT_WEIGHT},
	{RF_AGENCY, PREFIX_AGENCY, 1},
	{RF_SIGNER, PREFIX_SIGNER, 1},
	{RF_KEYWORDS, PREFIX_KEYWORD, 1},
	{RF_TYPE, PREFIX_BODY, 1},
	{RF_NUMBER, PREFIX_BODY, 1},
	{RF_RECIPIENTS, PREFIX_BODY, 1},
	{RF_FIELD, PREFIX_BODY, 1},
	{RF_RELATIONS, PREFIX_BODY, 1},
	{RF_LOCATION, PREFIX_BODY, 1},
	{RF_EXTRA, PREFIX_BODY, 1},
};

bool terms_worded_field(size_t i, RecordFieldId *out)
{
	if (i >= sizeof worded / sizeof worded[0])
		return false;
	*out = worded[i].field;
	return true;
}

bool terms_file_is_worded(const char *role)
{
	return strcmp(role, "original") == 0;
}

Str terms_file_words(Str file_name)
{
	for (size_t i = file_name.len; i > 1 && file_name.len - i < 8; i--)
		if (file_name.ptr[i - 1] == '.')
			return str_slice(file_name, 0, i - 1);
	return file_name;
}

/* The first line that is not empty; "" if it has more words than a heading. */
static Str heading_of(Str text)
{
	size_t start = 0, end, words = 0;
	while (start < text.len && (uint8_t)text.ptr[start] <= ' ')
		start++;
	for (end = start; end < text.len && text.ptr[end] != '\n' && words <= SCHEMA_HEADING_MAX; end++)
		words += text.ptr[end] != ' ' && (end == start || text.ptr[end - 1] == ' ');
	return words <= SCHEMA_HEADING_MAX ? str_slice(text, start, end) : (Str){0};
}

Status terms_of_file(TermMaker *maker, const Hash *sha256, const TermSink *sink, Err *err)
{
	schema_file(&maker->term, sha256);
	emit(maker, sink, 0);
	return buf_ok(&maker->term) ? ST_OK : err_no_memory(err);
}

Status terms_of_record(TermMaker *maker, Str id, const Record *record, Str text, const Str *files, size_t file_count,
		       const TermSink *sink, Err *err)
{
	const WordTarget body = {PREFIX_BODY, 1};
	const WordTarget heading = {PREFIX_BODY,
				    SCHEMA_SUBJECT_WEIGHT - 1}; /* once more than it has as a part of the text */
	Status st = add_text(maker, sink, text, &body, 1, err);
	if (st == ST_OK)
		st = add_text(maker, sink, heading_of(text), &heading, 1, err);
	for (size_t i = 0; st == ST_OK && i < sizeof worded / sizeof worded[0]; i++) {
		WordTarget targets[2] = {{PREFIX_BODY, worded[i].weight}, {worded[i].own, 1}};
		st = add_field(maker, sink, &record->fields[worded[i].field], &maker->fields[worded[i].field], targets,
			       worded[i].own == PREFIX_BODY ? 1 : 2, err);
	}
	for (size_t i = 0; st == ST_OK && i < file_count; i++)
		st = add_text(maker, sink, terms_file_words(files[i]), &body, 1, err);
	if (st == ST_OK)
		st = add_number(maker, sink, record_text(record, RF_NUMBER), err);
	if (st != ST_OK)
		return st;
	add_filters(maker, sink, id, record);
	add_text_state(maker, sink, record, text.len > 0);
	return buf_ok(&maker->term) ? ST_OK : err_no_memory(err);
}
