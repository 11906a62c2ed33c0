/* tests/fuzz/tokenizer_numbers.c - any bytes as numbers, case codes, dates and queries: what is found lies inside and,
 * written in its canonical form, is read as itself. */
#include "tokenizer/case_number.h"
#include "tokenizer/date.h"
#include "tokenizer/query_forms.h"
#include "tokenizer/record_number.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_number(const RecordNumber *number)
{
	RecordNumber again;
	if (strlen(number->key) >= RECORD_NUMBER_MAX || strlen(number->display) >= RECORD_NUMBER_MAX || !number->num[0])
		abort();
	if (number->group_count > RECORD_NUMBER_GROUPS_MAX)
		abort();
	for (const char *p = number->key; *p; p++)
		if ((*p < 'A' || *p > 'Z') && (*p < '0' || *p > '9') && !strchr("/-.", *p))
			abort();
	if (number->group_count && record_number_parse(str_from(number->display), &again))
		for (NumberRelax step = 0; step < RELAX_COUNT; step++)
			record_number_matches(number, &again, step);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Str text = {(const char *)data, size};
	RecordNumber number;
	CaseNumber code, code_again;
	CivilDate date;
	static TokenIter *it;
	Arena arena;
	QueryForm *forms;
	Buf out = {0};
	Err err;
	size_t start, end, count;
	if (!it && !(it = token_iter_new(&err)))
		return 0;
	if (record_number_parse(text, &number))
		check_number(&number);
	for (size_t at = 0; record_number_find(text, at, &number, &start, &end); at = end) {
		if (start < at || end <= start || end > size)
			abort();
		check_number(&number);
	}
	for (size_t at = 0; case_number_find(text, at, &code, &start, &end); at = end) {
		if (start < at || end <= start || end > size ||
		    !case_number_parse(str_from(code.canonical), &code_again) ||
		    strcmp(code.canonical, code_again.canonical) != 0)
			abort();
	}
	for (size_t at = 0; at < size && at < 64; at++) {
		end = at;
		if (date_clause_read(text, &end, &date) &&
		    (end <= at || end > size || date.month > 12 || date.day > 31))
			abort();
	}
	arena_init(&arena);
	if (size < 128 && query_forms_find(text, it, &arena, &forms, &count, &err) != ST_OK)
		abort();
	for (size_t i = 0; size < 128 && i < count; i++)
		if (forms[i].start >= forms[i].end || forms[i].end > size)
			abort();
	query_keystrokes_decode(text, &out);
	arena_done(&arena);
	buf_done(&out);
	return 0;
}
