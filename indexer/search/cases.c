/* indexer/search/cases.c - case files by their codes, which are terms of the index as they were given.
 *
 * A code as typed is a range of those terms. Where it finds nothing, all of them are compared in one spelling: the
 * canonical one of codes of the one-stop shops (tokenizer/case_number.h), else capitals.
 */
#include "indexer/search/view.h"

#include "tokenizer/case_number.h"

#include <stdlib.h>

enum { TERMS_LOOKED_AT = 20000, OLD_AGENCY_LEN = 13 /* "000.00.15.H40" */ };

typedef struct {
	View *view;
	Str wanted; /* as typed; or in the one spelling */
	Str listed; /* codes that begin so are listed already; "": none are */
	bool one_spelling, at_end;
	size_t limit, listed_count, count, looked;
	CaseItem *items;
	bool no_memory;
} CaseList;

static char capital(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* "000.00.15.H40" at the beginning becomes "H40.15": groups from behind, without those of zeros. The bytes written. */
static size_t turn_agency(Str code, char out[static OLD_AGENCY_LEN])
{
	static const char shape[] = "ddd.dd.dd.Cdd";
	static const size_t groups[][2] = {{10, 3}, {7, 2}, {4, 2}, {0, 3}};
	size_t len = 0, kept = 0;
	for (size_t i = 0; i < OLD_AGENCY_LEN; i++) {
		char c = i < code.len ? capital(code.ptr[i]) : 0;
		bool fits = shape[i] == 'd' ? c >= '0' && c <= '9' : shape[i] == 'C' ? c >= 'A' && c <= 'Y' : c == '.';
		if (!fits)
			return 0;
	}
	for (size_t g = 0; g < 4; g++)
		if (strspn(code.ptr + groups[g][0], "0") < groups[g][1])
			kept = g + 1;
	for (size_t g = 0; g < kept; g++) {
		if (g)
			out[len++] = '.';
		for (size_t i = 0; i < groups[g][1]; i++)
			out[len++] = capital(code.ptr[groups[g][0] + i]);
	}
	return len;
}

/* The code, or the beginning of one, in the one spelling. */
static void respell(Str code, Buf *out)
{
	CaseNumber number;
	char agency[OLD_AGENCY_LEN];
	buf_clear(out);
	code = str_trim(code);
	if (case_number_parse(code, &number)) {
		buf_add_zero_terminated(out, number.canonical);
		return;
	}
	size_t turned = turn_agency(code, agency);
	buf_add(out, agency, turned);
	for (size_t i = turned ? OLD_AGENCY_LEN : 0; i < code.len; i++)
		buf_add_char(out, capital(code.ptr[i]));
}

static bool is_wanted(const CaseList *list, Str code, bool *no_memory)
{
	Buf spelling = {0};
	if (!list->one_spelling)
		return true;
	respell(code, &spelling);
	bool is = list->at_end ? str_ends(buf_str(&spelling), list->wanted)
			       : str_starts(buf_str(&spelling), list->wanted);
	*no_memory |= !buf_ok(&spelling);
	buf_done(&spelling);
	return is;
}

static bool take_case(void *ctx, Str term, uint64_t documents)
{
	CaseList *list = ctx;
	Str code = str_slice(term, schema_prefix(PREFIX_CASE).len, term.len);
	if (++list->looked > TERMS_LOOKED_AT)
		return false;
	bool is_listed = list->listed.len && str_starts(code, list->listed);
	if (is_listed || !is_wanted(list, code, &list->no_memory))
		return !list->no_memory;
	Str copy = arena_copy(list->view->arena, code);
	if (!copy.ptr) {
		list->no_memory = true;
		return false;
	}
	list->items[list->count++] = (CaseItem){copy, documents};
	return list->count < list->limit;
}

static bool is_digits(Str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

static Status list_cases(View *view, void *ctx)
{
	CaseList *list = ctx;
	Buf prefix = {0};
	list->view = view;
	list->count = list->listed.len ? list->listed_count : 0;
	list->looked = 0;
	schema_exact(&prefix, PREFIX_CASE, list->one_spelling ? (Str){0} : list->wanted);
	Status st = buf_ok(&prefix) ? matcher_terms(view->matcher, buf_str(&prefix), take_case, list, view->err)
				    : err_no_memory(view->err);
	buf_done(&prefix);
	return list->no_memory ? err_no_memory(view->err) : st;
}

Status search_cases(Index *index, Str prefix, size_t limit, Arena *arena, CaseItem **out, size_t *count_out, Err *err)
{
	CaseList list = {.wanted = prefix, .limit = limit};
	Buf spelling = {0};
	list.items = arena_calloc(arena, limit + 1, sizeof *list.items);
	if (!list.items)
		return err_no_memory(err);
	Status st = limit ? view_with(index, NULL, arena, list_cases, &list, err) : ST_OK;
	if (st == ST_OK && prefix.len && list.count < limit) {
		respell(prefix, &spelling);
		list.listed = list.count ? prefix : (Str){0};
		list.listed_count = list.count;
		list.wanted = buf_str(&spelling);
		list.one_spelling = true;
		st = buf_ok(&spelling) ? view_with(index, NULL, arena, list_cases, &list, err) : err_no_memory(err);
	}
	if (st == ST_OK && limit && list.count == 0 && is_digits(list.wanted)) { /* the last ones, as people remember */
		list.at_end = true;
		st = view_with(index, NULL, arena, list_cases, &list, err);
	}
	buf_done(&spelling);
	if (st != ST_OK)
		return st;
	*out = list.items;
	*count_out = list.count;
	return ST_OK;
}

/* ---- one code --------------------------------------------------------------------------------------------------- */

typedef struct {
	Str typed, found;
} CaseCode;

/* As a record that has the code says it. */
static Status code_of_record(View *view, Str canonical, Str *found)
{
	enum { LOOKED_AT = 8 };
	QueryHit hits[LOOKED_AT];
	uint64_t all = 0;
	Buf term = {0};
	schema_exact(&term, PREFIX_CASE_NUMBER, canonical);
	Status st = buf_ok(&term) ? matcher_term_hits(view->matcher, buf_str(&term), hits, LOOKED_AT, &all, view->err)
				  : err_no_memory(view->err);
	buf_done(&term);
	for (size_t i = 0; st == ST_OK && i < all && i < LOOKED_AT && !found->len; i++) {
		SearchHit hit;
		Entry entry;
		CaseNumber number;
		st = view_load_hit(view, snapshot_sequence(view->snapshot, hits[i].shard, hits[i].docid), &hit, &entry);
		const FieldValue *cases = &hit.record.fields[RF_CASES];
		for (size_t k = 0; st == ST_OK && k < cases->count && !found->len; k++)
			if (case_number_parse(cases->items[k], &number) &&
			    str_eq(str_from(number.canonical), canonical))
				*found = cases->items[k];
		st = st == ST_FORBIDDEN ? ST_OK : st;
	}
	return st;
}

static Status find_code(View *view, void *ctx)
{
	CaseCode *code = ctx;
	CaseNumber number;
	code->found = (Str){0};
	return case_number_parse(code->typed, &number) ? code_of_record(view, str_from(number.canonical), &code->found)
						       : ST_OK;
}

Status search_case_code(Index *index, Str typed, Arena *arena, Str *out, Err *err)
{
	CaseCode code = {.typed = typed};
	CaseItem *items;
	size_t count = 0;
	Status st = view_with(index, NULL, arena, find_code, &code, err);
	if (st == ST_OK && !code.found.len) { /* capitals, or a code of another kind */
		st = search_cases(index, typed, 2, arena, &items, &count, err);
		if (st == ST_OK && count == 1 && items[0].code.len == str_trim(typed).len)
			code.found = items[0].code;
	}
	if (st == ST_OK && !code.found.len)
		return err_set(err, ST_NOT_FOUND, "there is no case file %.*s",
			       STR_ARG(str_slice(typed, 0, STORE_ID_MAX)));
	if (st == ST_OK)
		*out = code.found;
	return st;
}
