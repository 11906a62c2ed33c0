/* indexer/search/help.c - what the query language and the labels of answers are called, for help texts and pages.
 * Everything is made from the tables: fields (schema.c), facets (facets.c), labels (labels.c). */
#include "indexer/search/search.h"
#include "indexer/terms/schema.h"

void search_write_labels(Language language, JsonOut *j)
{
	jout_open(j, '{');
	jout_key(j, "labels");
	jout_open(j, '{');
	for (SearchLabel label = LABEL_NONE + 1; label < LABEL_COUNT; label++)
		jout_field_text(j, search_label_code(label), search_label_text(label, language));
	jout_close(j, '}');
	jout_key(j, "facets");
	jout_open(j, '{');
	for (Facet facet = 0; facet < FACET_COUNT; facet++)
		jout_field_text(j, facet_rows[facet].name,
				language == LANGUAGE_VI ? facet_rows[facet].label_vi : facet_rows[facet].label_en);
	jout_close(j, '}');
	jout_key(j, "text_states");
	jout_open(j, '{');
	for (TextState state = 0; state < TEXT_STATE_COUNT; state++)
		jout_field_text(j, text_states[state].name,
				language == LANGUAGE_VI ? text_states[state].label_vi : text_states[state].label_en);
	jout_close(j, '}');
	jout_close(j, '}');
}

bool search_field(size_t i, Language language, SearchField *out)
{
	if (i >= schema_field_count)
		return false;
	const SchemaField *field = &schema_fields[i];
	*out = (SearchField){field->name, field->name_vi, language == LANGUAGE_VI ? field->help_vi : field->help_en,
			     field->example};
	return true;
}

void search_write_fields(Language language, JsonOut *j)
{
	SearchField field;
	jout_open(j, '[');
	for (size_t i = 0; search_field(i, language, &field); i++) {
		jout_open(j, '{');
		jout_field_text(j, "name", field.name);
		jout_field_text(j, "name_vi", field.name_vi);
		jout_field_text(j, "help", field.help);
		jout_field_text(j, "example", field.example);
		jout_close(j, '}');
	}
	jout_close(j, ']');
}
