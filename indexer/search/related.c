/* indexer/search/related.c - the terms of relations propose records, by id and by number; what their relations say
 * decides. */
#include "indexer/search/related.h"

#include "indexer/terms/relations.h"
#include "tokenizer/record_number.h"

static const struct {
	const char *said, *seen;
} kinds[] = {
	{"replaces", "replaced_by"},   {"revokes", "revoked_by"},   {"updates", "updated_by"},
	{"replies_to", "answered_by"}, {"status_of", "has_status"}, {"attached_to", "has_attachment"},
};

static const char *seen_kind(Str said)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq(said, str_from(kinds[i].said)))
			return kinds[i].seen;
	return "related_by";
}

typedef struct {
	Str id;
	const Record *record;
	JsonOut *j;
	const SearchHit *hit; /* the one whose relations are looked at */
	uint64_t written[2 * SEARCH_LIMIT_MAX];
	size_t count;
} Related;

/* However they are written. */
static bool is_same_number(Str a, Str b)
{
	RecordNumber x, y;
	if (record_number_parse(a, &x) && record_number_parse(b, &y))
		return strcmp(x.key, y.key) == 0;
	return a.len && str_eq(a, b);
}

/* A number alone is no identity: the dates must not differ. */
static bool names(const Relation *relation, Str id, const Record *record)
{
	if (relation->id.len && str_eq(relation->id, id))
		return true;
	return is_same_number(relation->number, record_text(record, RF_NUMBER)) &&
	       (!relation->issued.len || str_eq(relation->issued, record_text(record, RF_ISSUED)));
}

static bool write_relation(void *ctx, const Relation *relation)
{
	Related *r = ctx;
	if (!names(relation, r->id, r->record))
		return true;
	if (r->count == 0) {
		jout_key(r->j, "related_by");
		jout_open(r->j, '[');
	}
	r->written[r->count++] = r->hit->sequence;
	jout_open(r->j, '{');
	jout_field_text(r->j, "kind", seen_kind(relation->kind));
	jout_field_str(r->j, "id", r->hit->id);
	jout_field_str(r->j, "number", record_text(&r->hit->record, RF_NUMBER));
	jout_field_str(r->j, "issued", record_text(&r->hit->record, RF_ISSUED));
	jout_close(r->j, '}');
	return false;
}

static void write_hit(Related *r, const SearchHit *hit)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->written[i] == hit->sequence)
			return;
	r->hit = hit;
	if (!str_eq(hit->id, r->id))
		relations_each(&hit->record, write_relation, r);
}

Status search_write_related(Index *index, Str id, const Record *record, Arena *arena, JsonOut *j, Err *err)
{
	Related r = {.id = id, .record = record, .j = j};
	const Str asked[] = {id, record_text(record, RF_NUMBER)};
	bool are_all = true;
	Status st = ST_OK;
	for (size_t i = 0; i < 2 && st == ST_OK; i++) {
		SearchRequest request = {.mode = SEARCH_ALL, .limit = SEARCH_LIMIT_MAX, .related = asked[i]};
		SearchAnswer answer;
		if (!asked[i].len)
			continue;
		st = search_run(index, &request, arena, &answer, err);
		for (size_t k = 0; st == ST_OK && k < answer.hit_count; k++)
			write_hit(&r, &answer.hits[k]);
		are_all = are_all && (st != ST_OK || !answer.next.len);
	}
	if (r.count)
		jout_close(j, ']');
	if (!are_all)
		jout_field_bool(j, "related_by_are_all", false);
	return st;
}
