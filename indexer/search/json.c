/* indexer/search/json.c - answers as JSON, written once for HTTP and for --json. A field that a record does not have is
 * null, so every hit has the same members. */
#include "indexer/search/search.h"

static const char *const mode_names[] = {[SEARCH_AUTO] = "auto", [SEARCH_ALL] = "all", [SEARCH_ANY] = "any"};

static void write_text_field(const SearchHit *hit, RecordFieldId id, JsonOut *j)
{
	Str value = record_text(&hit->record, id);
	jout_key(j, record_fields[id].name);
	if (value.len)
		jout_str(j, value);
	else
		jout_null(j);
}

static void write_optional(const char *key, Str value, JsonOut *j)
{
	jout_key(j, key);
	if (value.len)
		jout_str(j, value);
	else
		jout_null(j);
}

/* What every list of records shows of each. */
static void write_hit_members(const SearchHit *hit, JsonOut *j)
{
	static const RecordFieldId shown[] = {RF_NUMBER, RF_TYPE, RF_ISSUED, RF_AGENCY, RF_SUBJECT, RF_FONDS};
	const FieldValue *cases = &hit->record.fields[RF_CASES];
	jout_field_str(j, "id", hit->id);
	jout_field_u64(j, "version", hit->version);
	jout_field_u64(j, "sequence", hit->sequence);
	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
		write_text_field(hit, shown[i], j);
	jout_key(j, "cases");
	jout_open(j, '[');
	for (size_t i = 0; i < cases->count; i++)
		jout_str(j, cases->items[i]);
	jout_close(j, ']');
	write_optional("file_name", hit->file_name, j);
	jout_field_text(j, "text_state", text_states[hit->text_state].name);
}

static void write_facets(const SearchAnswer *answer, JsonOut *j)
{
	bool any = false;
	jout_key(j, "facets");
	jout_open(j, '{');
	for (unsigned f = 0; f < FACET_COUNT; f++) {
		if (!answer->facet_counts[f])
			continue;
		any = true;
		jout_key(j, facet_rows[f].name);
		jout_open(j, '[');
		for (size_t i = 0; i < answer->facet_counts[f]; i++) {
			jout_open(j, '{');
			jout_field_str(j, "value", answer->facets[f][i].value);
			jout_field_u64(j, "count", answer->facets[f][i].count);
			jout_close(j, '}');
		}
		jout_close(j, ']');
	}
	jout_close(j, '}');
	if (any)
		jout_field_text(j, "facets_are", answer->facets_are_exact ? "exact" : "estimate");
}

void search_write_json(const SearchAnswer *answer, JsonOut *j)
{
	jout_open(j, '{');
	jout_field_str(j, "query", answer->query);
	jout_field_text(j, "mode", mode_names[answer->mode]);
	jout_field_bool(j, "relaxed", answer->relaxed);
	jout_field_u64(j, "total", answer->total);
	jout_field_text(j, "total_is", answer->total_is_exact ? "exact" : "estimate");
	jout_field_bool(j, "partial", answer->partial);
	jout_field_bool(j, "degraded", answer->degraded);
	jout_key(j, "took_ms");
	jout_double(j, (double)answer->took_us / 1000, 3);
	jout_key(j, "hits");
	jout_open(j, '[');
	for (size_t i = 0; i < answer->hit_count; i++) {
		const SearchHit *hit = &answer->hits[i];
		jout_open(j, '{');
		write_hit_members(hit, j);
		jout_key(j, "score");
		jout_double(j, hit->score, 4);
		jout_field_str(j, "snippet", hit->snippet);
		jout_key(j, "matched");
		jout_open(j, '{');
		jout_field_text(j, "code", search_label_code(hit->matched));
		jout_field_text(j, "label", search_label_text(hit->matched, answer->language));
		jout_close(j, '}');
		jout_close(j, '}');
	}
	jout_close(j, ']');
	write_facets(answer, j);
	if (answer->expansion_count) {
		jout_key(j, "expansions");
		jout_open(j, '[');
		for (size_t i = 0; i < answer->expansion_count; i++)
			jout_str(j, answer->expansions[i]);
		jout_close(j, ']');
	}
	write_optional("next", answer->next, j);
	write_optional("suggestion", answer->suggestion, j);
	jout_close(j, '}');
}

static void write_number_hits(const char *key, const NumberHit *hits, size_t count, Language language, JsonOut *j)
{
	jout_key(j, key);
	jout_open(j, '[');
	for (size_t i = 0; i < count; i++) {
		jout_open(j, '{');
		write_hit_members(&hits[i].hit, j);
		if (hits[i].because != LABEL_NONE) {
			jout_field_text(j, "because", search_label_text(hits[i].because, language));
			jout_field_text(j, "because_code", search_label_code(hits[i].because));
		}
		jout_close(j, '}');
	}
	jout_close(j, ']');
}

void search_write_number_json(const NumberAnswer *answer, Language language, JsonOut *j)
{
	jout_open(j, '{');
	write_number_hits("exact", answer->exact, answer->exact_count, language, j);
	write_number_hits("variants", answer->variants, answer->variant_count, language, j);
	jout_field_bool(j, "degraded", answer->degraded);
	jout_close(j, '}');
}
