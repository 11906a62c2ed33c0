/* indexer/search/compile_fields.c - field:value, each field in the way that its row of the schema says (SchemaAsk).
 *
 * Dates are ranges of the date slot, in which "2019", "201903" and "20190312" sort as texts. An upper bound gets a '~'
 * behind it, which sorts after every digit: so "2019" includes all of the year.
 */
#include "indexer/search/compile_fields.h"

#include "indexer/search/compile_words.h"
#include "tokenizer/case_number.h"

#include <stdio.h>

void compile_number_term(Str number, Buf *out)
{
	RecordNumber parsed;
	CaseNumber code;
	if (case_number_parse(number, &code))
		schema_exact(out, PREFIX_CASE_NUMBER, str_from(code.canonical));
	else if (record_number_parse(number, &parsed))
		schema_exact(out, PREFIX_NUMBER, str_from(parsed.key));
	else
		schema_whole(out, PREFIX_NUMBER, number);
}

static Query *own_number(Compiler *c, Str number)
{
	Buf bytes = {0};
	compile_number_term(number, &bytes);
	Query *q = compile_term(c, &bytes);
	buf_done(&bytes);
	return q;
}

Status compile_number(Str number, Arena *arena, Query **out, Err *err)
{
	Compiler c = {.arena = arena, .err = err};
	Query *q = own_number(&c, number);
	if (c.failed)
		return err->code;
	*out = q;
	return ST_OK;
}

static Query *year_range(Compiler *c, Str value)
{
	ptrdiff_t dots = str_find(value, STR(".."));
	if (dots < 0)
		return compile_exact_term(c, PREFIX_YEAR, value);
	Str low = str_slice(value, 0, (size_t)dots);
	char high[64];
	Str last = str_slice(value, (size_t)dots + 2, value.len);
	int len = snprintf(high, sizeof high, "%.*s%s", (int)(last.len > 8 ? 8 : last.len), last.ptr,
			   last.len ? "~" : "");
	return compile_checked(c,
			       query_range(c->arena, SLOT_ISSUED, low.len ? low : STR("0"), (Str){high, (size_t)len}));
}

static Query *date_bound(Compiler *c, const SchemaField *field, Str value)
{
	CivilDate date;
	char text[16];
	size_t len = civil_date_parse(value, &date) ? schema_date_value(date, text) : 0;
	if (!len)
		return compile_checked(c, query_node(c->arena, QUERY_OR, NULL, 0));
	bool upper = strcmp(field->name, "to") == 0;
	text[len] = '~';
	return compile_checked(c, upper ? query_range(c->arena, SLOT_ISSUED, STR("0"), (Str){text, len + 1})
					: query_range(c->arena, SLOT_ISSUED, (Str){text, len}, (Str){0}));
}

static Query *whole_value(Compiler *c, const SchemaField *field, const Clause *clause)
{
	Buf bytes = {0};
	schema_whole(&bytes, field->prefix, clause->value);
	Query *q = compile_term(c, &bytes);
	buf_done(&bytes);
	return q;
}

static Query *related_value(Compiler *c, Str named)
{
	Buf bytes = {0};
	schema_related(&bytes, named);
	Query *q = compile_term(c, &bytes);
	buf_done(&bytes);
	return q;
}

/* The code of a case file as it was typed, or any code that is the same: H40.15-… and 000.00.15.H40-…. */
static Query *in_any_spelling(Compiler *c, Query *as_typed, Str code)
{
	CaseNumber number;
	if (c->failed || !case_number_parse(code, &number))
		return as_typed;
	Query *same = compile_exact_term(c, PREFIX_CASE_NUMBER, str_from(number.canonical));
	return compile_checked(c, query_pair(c->arena, QUERY_OR, as_typed, same));
}

Sides compile_field_sides(Compiler *c, const Clause *clause)
{
	const SchemaField *field = clause->field;
	Sides sides = {0};
	switch (field->ask) {
	case ASK_WORDS:
		return compile_tight(c, field->prefix, clause, 0, clause->word_count, true);
	case ASK_WHOLE:
		sides.folded = whole_value(c, field, clause);
		break;
	case ASK_EXACT:
		sides.folded = compile_exact_term(c, field->prefix, clause->value);
		if (field->prefix == PREFIX_CASE)
			sides.folded = in_any_spelling(c, sides.folded, clause->value);
		break;
	case ASK_RELATED:
		sides.folded = related_value(c, clause->value);
		break;
	case ASK_NUMBER:
		sides.folded = own_number(c, clause->value);
		break;
	case ASK_YEAR:
		sides.folded = year_range(c, clause->value);
		break;
	case ASK_DATE:
		sides.folded = date_bound(c, field, clause->value);
		break;
	}
	return sides;
}

Status compile_field(const SchemaField *field, Str value, TokenIter *tokens, Matcher *matcher, Arena *arena,
		     Query **out, Err *err)
{
	Compiled ignored = {0};
	Compiler c = {.matcher = matcher, .arena = arena, .err = err, .out = &ignored};
	Clause clause = {.kind = CLAUSE_FIELD, .field = field, .value = value};
	Status st = query_words(value, tokens, arena, &clause.words, &clause.word_count, err);
	if (st != ST_OK)
		return st;
	Query *q = compile_field_sides(&c, &clause).folded;
	if (c.failed)
		return err->code;
	*out = q;
	return ST_OK;
}
