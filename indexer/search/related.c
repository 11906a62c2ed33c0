/* indexer/search/related.c - words of relations are searched like those of the text: the id and the number propose
 * records, and what their relations say decides. */
#include "indexer/search/related.h"

#include <jansson.h>

static const struct {
	const char *said, *seen;
} kinds[] = {
	{"replaces", "replaced_by"},   {"revokes", "revoked_by"},   {"updates", "updated_by"},
	{"replies_to", "answered_by"}, {"status_of", "has_status"}, {"attached_to", "has_attachment"},
};

static const char *seen_kind(const char *said)
{
	for (size_t i = 0; said && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(said, kinds[i].said) == 0)
			return kinds[i].seen;
	return "related_by";
}

static bool is_text(const json_t *value, Str wanted)
{
	return json_is_string(value) && wanted.len &&
	       str_eq((Str){json_string_value(value), json_string_length(value)}, wanted);
}

/* A number alone is no identity: the dates must not differ. */
static bool names(const json_t *relation, Str id, const Record *record)
{
	const json_t *issued = json_object_get(relation, "issued");
	if (is_text(json_object_get(relation, "id"), id))
		return true;
	return is_text(json_object_get(relation, "number"), record_text(record, RF_NUMBER)) &&
	       (!issued || is_text(issued, record_text(record, RF_ISSUED)));
}

typedef struct {
	Str id;
	const Record *record;
	JsonOut *j;
	uint64_t written[2 * SEARCH_LIMIT_MAX];
	size_t count;
} Related;

static void write_hit(Related *r, const SearchHit *hit)
{
	Str said = record_text(&hit->record, RF_RELATIONS);
	json_t *relations = said.len ? json_loadb(said.ptr, said.len, 0, NULL) : NULL, *relation;
	size_t i;
	for (i = 0; i < r->count; i++)
		if (r->written[i] == hit->sequence)
			goto done;
	json_array_foreach(relations, i, relation)
	{
		if (str_eq(hit->id, r->id) || !names(relation, r->id, r->record))
			continue;
		if (r->count == 0) {
			jout_key(r->j, "related_by");
			jout_open(r->j, '[');
		}
		r->written[r->count++] = hit->sequence;
		jout_open(r->j, '{');
		jout_field_text(r->j, "kind", seen_kind(json_string_value(json_object_get(relation, "kind"))));
		jout_field_str(r->j, "id", hit->id);
		jout_field_str(r->j, "number", record_text(&hit->record, RF_NUMBER));
		jout_field_str(r->j, "issued", record_text(&hit->record, RF_ISSUED));
		jout_close(r->j, '}');
		break;
	}
done:
	json_decref(relations);
}

Status search_write_related(Index *index, Str id, const Record *record, Arena *arena, JsonOut *j, Err *err)
{
	Related r = {.id = id, .record = record, .j = j};
	const Str asked[] = {id, record_text(record, RF_NUMBER)};
	Status st = ST_OK;
	for (size_t i = 0; i < 2 && st == ST_OK; i++) {
		SearchRequest request = {.mode = SEARCH_ALL, .limit = SEARCH_LIMIT_MAX, .no_expansion = true};
		SearchAnswer answer;
		char *query = arena_printf(arena, "\"%.*s\"", STR_ARG(str_slice(asked[i], 0, STORE_ID_MAX)));
		if (!asked[i].len)
			continue;
		request.query = str_from(query);
		st = query ? search_run(index, &request, arena, &answer, err) : err_no_memory(err);
		for (size_t k = 0; st == ST_OK && k < answer.hit_count; k++)
			write_hit(&r, &answer.hits[k]);
	}
	if (r.count)
		jout_close(j, ']');
	return st;
}
