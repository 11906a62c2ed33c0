/* tokenizer/analyse_json.c - runs every reader of the tokenizer over one text and writes what they find, first as lists
 * of the parts, then as JSON or as lines for people. Bytes that are not UTF-8, or hold entities, are decoded first;
 * then offsets are into the decoded text and the answer says so.
 */
#include "tokenizer/analyse_json.h"
#include "base/json_out.h"
#include "base/utf8.h"
#include "tokenizer/case_number.h"
#include "tokenizer/encoding.h"
#include "tokenizer/entities.h"
#include "tokenizer/header_fields.h"

typedef struct {
	Buf decoded;
	Str text;        /* what tokens and offsets are about */
	bool is_decoded; /* text is not the bytes given */
	EncodingReport encoding;
	Arena arena;
	HeaderFields header;
	TokenIter *tokens;
} Analysis;

const char *token_kind_name(TokenKind kind)
{
	static const char *const names[TOKEN_KIND_COUNT] = {
		[TOKEN_SYLLABLE] = "syllable",       [TOKEN_WORD] = "word",
		[TOKEN_DIGITS] = "digits",           [TOKEN_RECORD_NUMBER] = "record_number",
		[TOKEN_CASE_NUMBER] = "case_number", [TOKEN_DATE] = "date",
	};
	return (unsigned)kind < TOKEN_KIND_COUNT ? names[kind] : "";
}

static Status analyse(Str bytes, Analysis *a, Err *err)
{
	Status st = encoding_decode(bytes, &a->decoded, &a->encoding, err);
	if (st != ST_OK)
		return st;
	/* The iterator reads UTF-8 with legacy lines by itself, so that offsets stay those of the file. */
	a->is_decoded = !utf8_is_valid(bytes) || entities_are_in(bytes) || strcmp(a->encoding.name, "utf-16") == 0;
	a->text = a->is_decoded ? buf_str(&a->decoded) : bytes;
	a->tokens = token_iter_new(err);
	if (!a->tokens)
		return err->code;
	token_iter_set(a->tokens, a->text);
	return header_fields_read(buf_str(&a->decoded), &a->arena, &a->header, err);
}

static void done(Analysis *a)
{
	buf_done(&a->decoded);
	arena_done(&a->arena);
	token_iter_free(a->tokens);
}

static void write_range(JsonOut *j, size_t start, size_t end)
{
	jout_field_u64(j, "start", start);
	jout_field_u64(j, "end", end);
}

static Status write_tokens(Analysis *a, JsonOut *j, Err *err)
{
	Token token;
	Step step;
	jout_key(j, "tokens");
	jout_open(j, '[');
	while ((step = token_next(a->tokens, &token, err)) == STEP_ITEM) {
		jout_open(j, '{');
		jout_field_str(j, "text", str_slice(a->text, token.start, token.end));
		write_range(j, token.start, token.end);
		jout_field_text(j, "kind", token_kind_name(token.kind));
		jout_field_str(j, "key", token.key);
		jout_field_str(j, "folded", token.folded);
		if (token.flags & TOKEN_MARKED)
			jout_field_bool(j, "marked", true);
		jout_close(j, '}');
	}
	jout_close(j, ']');
	return step == STEP_END ? ST_OK : err->code;
}

static void write_number(JsonOut *j, const RecordNumber *number, size_t start, size_t end)
{
	static const char *const styles[] = {"state", "party", "old"};
	char date[11];
	jout_open(j, '{');
	jout_field_text(j, "value", number->display);
	jout_field_text(j, "key", number->key);
	write_range(j, start, end);
	jout_field_text(j, "style", styles[number->style]);
	jout_field_text(j, "num", number->num);
	if (number->suffix[0])
		jout_field_text(j, "suffix", number->suffix);
	if (number->year)
		jout_field_u64(j, "year", number->year);
	jout_key(j, "groups");
	jout_open(j, '[');
	for (unsigned i = 0; i < number->group_count; i++)
		jout_text(j, number->groups[i]);
	jout_close(j, ']');
	if (civil_date_format(number->date, date))
		jout_field_text(j, "date", date);
	jout_close(j, '}');
}

static void write_numbers(const Analysis *a, JsonOut *j)
{
	RecordNumber number;
	CaseNumber code;
	size_t start, end;
	jout_key(j, "numbers");
	jout_open(j, '[');
	for (size_t at = 0; record_number_find(a->text, at, &number, &start, &end); at = end)
		write_number(j, &number, start, end);
	jout_close(j, ']');
	jout_key(j, "cases");
	jout_open(j, '[');
	for (size_t at = 0; case_number_find(a->text, at, &code, &start, &end); at = end) {
		char received[11];
		civil_date_format(code.received, received);
		jout_open(j, '{');
		jout_field_text(j, "value", code.canonical);
		jout_field_text(j, "received", received);
		write_range(j, start, end);
		jout_close(j, '}');
	}
	jout_close(j, ']');
}

static Status write_dates(Analysis *a, JsonOut *j, Err *err)
{
	Token token;
	Step step;
	token_iter_set(a->tokens, a->text);
	jout_key(j, "dates");
	jout_open(j, '[');
	while ((step = token_next(a->tokens, &token, err)) == STEP_ITEM) {
		if (token.kind != TOKEN_DATE)
			continue;
		jout_open(j, '{');
		jout_field_str(j, "value", token.folded);
		jout_field_str(j, "text", str_slice(a->text, token.start, token.end));
		write_range(j, token.start, token.end);
		jout_close(j, '}');
	}
	jout_close(j, ']');
	return step == STEP_END ? ST_OK : err->code;
}

static void write_header(const Analysis *a, JsonOut *j)
{
	jout_key(j, "header");
	jout_open(j, '{');
	for (HeaderFieldId id = 0; id < HEADER_FIELD_COUNT; id++) {
		const HeaderField *field = &a->header.field[id];
		jout_key(j, header_field_name(id));
		if (!field->value.len) {
			jout_null(j);
			continue;
		}
		jout_open(j, '{');
		jout_field_str(j, "value", field->value);
		jout_key(j, "certainty");
		jout_double(j, field->certainty, 2);
		jout_close(j, '}');
	}
	jout_close(j, '}');
}

Status analyse_json(Str bytes, Buf *out, Err *err)
{
	Analysis a = {0};
	JsonOut j;
	Status st = analyse(bytes, &a, err);
	if (st != ST_OK)
		goto done;
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_text(&j, "encoding", a.encoding.name);
	jout_key(&j, "certainty");
	jout_double(&j, a.encoding.certainty, 2);
	jout_field_u64(&j, "uncertain_paragraphs", a.encoding.uncertain);
	jout_field_bool(&j, "decoded", a.is_decoded);
	if (a.is_decoded)
		jout_field_str(&j, "text", a.text);
	st = write_tokens(&a, &j, err);
	if (st != ST_OK)
		goto done;
	write_numbers(&a, &j);
	st = write_dates(&a, &j, err);
	if (st != ST_OK)
		goto done;
	write_header(&a, &j);
	jout_close(&j, '}');
	if (!buf_ok(out))
		st = err_no_memory(err);
done:
	done(&a);
	return st;
}

static Status print_tokens(Analysis *a, Buf *out, Err *err)
{
	Token token;
	Step step;
	while ((step = token_next(a->tokens, &token, err)) == STEP_ITEM) {
		bool span = token.kind >= TOKEN_RECORD_NUMBER;
		buf_printf(out, "%s%7u %7u  %-14s ", token.flags & TOKEN_BREAK_BEFORE ? "--\n" : "", token.start,
			   token.end, token_kind_name(token.kind));
		buf_add_str(out, str_slice(a->text, token.start, token.end));
		buf_printf(out, "  ->  %.*s", STR_ARG(token.key));
		if (!span && !str_eq(token.key, token.folded))
			buf_printf(out, "  %.*s", STR_ARG(token.folded));
		buf_add_char(out, '\n');
	}
	return step == STEP_END ? ST_OK : err->code;
}

Status analyse_text(Str bytes, Buf *out, Err *err)
{
	Analysis a = {0};
	Status st = analyse(bytes, &a, err);
	if (st != ST_OK)
		goto done;
	buf_printf(out, "encoding  %s, certainty %.2f", a.encoding.name, a.encoding.certainty);
	if (a.encoding.uncertain)
		buf_printf(out, ", %u of %u paragraphs uncertain", a.encoding.uncertain, a.encoding.paragraphs);
	buf_add_zero_terminated(out, "\n\nheader\n");
	for (HeaderFieldId id = 0; id < HEADER_FIELD_COUNT; id++) {
		const HeaderField *field = &a.header.field[id];
		if (field->value.len)
			buf_printf(out, "  %-11s %.2f  %.*s\n", header_field_name(id), field->certainty,
				   STR_ARG(field->value));
	}
	buf_add_zero_terminated(out, "\nnumbers\n");
	RecordNumber number;
	size_t start, end;
	for (size_t at = 0; record_number_find(a.text, at, &number, &start, &end); at = end)
		buf_printf(out, "%7zu %7zu  %s  (%s)\n", start, end, number.display, number.key);
	buf_add_zero_terminated(out, "\ntokens\n");
	st = print_tokens(&a, out, err);
	if (st == ST_OK && !buf_ok(out))
		st = err_no_memory(err);
done:
	done(&a);
	return st;
}
