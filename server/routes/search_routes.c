/* server/routes/search_routes.c - questions: search, look-up by number, completions. The parameters of a search are
 * those of the command line; search_set reads both. */
#include "server/routes/handlers.h"

#include "indexer/search/holders.h"
#include "indexer/search/search.h"

#include <stdatomic.h>

enum { SUGGESTIONS = 10, SEARCH_MS = 2000 };

Status get_search(Request *r, Reply *reply, Err *err)
{
	const Deadline until = deadline_in(SEARCH_MS, r->deadline.stop);
	SearchRequest request = {.language = r->language, .until = &until};
	SearchAnswer answer;
	JsonOut j;
	for (size_t i = 0; i < r->url.parameter_count; i++) {
		Status st = search_set(&request, r->url.parameters[i].name, r->url.parameters[i].value, err);
		if (st != ST_OK)
			return st == ST_NOT_FOUND ? err_set(err, ST_INVALID, "search has no parameter '%.*s'",
							    STR_ARG(r->url.parameters[i].name))
						  : st;
	}
	Status st = search_run(r->service->index, &request, &r->arena, &answer, err);
	if (st != ST_OK)
		return st;
	r->is_partial = answer.partial;
	if (answer.partial)
		atomic_fetch_add_explicit(&r->service->partial_counter, 1, memory_order_relaxed);
	reply_json_begin(reply, &j);
	reply_header(reply, "Vary", STR("Accept-Language"));
	search_write_json(&answer, &j);
	return ST_OK;
}

Status get_records(Request *r, Reply *reply, Err *err)
{
	NumberAnswer answer;
	JsonOut j;
	Hash hash;
	Str number = request_parameter(r, "number"), sha256 = request_parameter(r, "sha256");
	if ((number.len == 0) == (sha256.len == 0))
		return err_set(err, ST_INVALID, "one of the parameters 'number' and 'sha256' is needed");
	if (number.len > SEARCH_QUERY_MAX)
		return err_set(err, ST_LIMIT, "'number' has at most %d bytes", SEARCH_QUERY_MAX);
	if (sha256.len && !hex_decode(sha256, hash.bytes, sizeof hash.bytes))
		return err_set(err, ST_INVALID, "'sha256' has 64 hexadecimal digits");
	Status st = number.len ? search_number(r->service->index, number, &r->arena, &answer, err)
			       : search_holders(r->service->index, &hash, &r->arena, &answer, err);
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	reply_header(reply, "Vary", STR("Accept-Language"));
	search_write_number_json(&answer, r->language, &j);
	return ST_OK;
}

Status get_suggest(Request *r, Reply *reply, Err *err)
{
	Str *suggestions, typed = request_parameter(r, "q");
	size_t count;
	uint64_t limit;
	JsonOut j;
	Status st = request_number(r, "limit", SUGGESTIONS, 1, SEARCH_LIMIT_MAX, &limit, err);
	if (st == ST_OK && typed.len > SEARCH_QUERY_MAX)
		st = err_set(err, ST_LIMIT, "'q' has at most %d bytes", SEARCH_QUERY_MAX);
	if (st == ST_OK)
		st = search_suggest(r->service->index, typed, limit, &r->arena, &suggestions, &count, err);
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	jout_field_str(&j, "query", typed);
	jout_key(&j, "suggestions");
	jout_open(&j, '[');
	for (size_t i = 0; i < count; i++)
		jout_str(&j, suggestions[i]);
	jout_close(&j, ']');
	jout_close(&j, '}');
	return ST_OK;
}
