/* indexer/terms/relations.c - the relations of a record, read out of their JSON. */
#include "indexer/terms/relations.h"

#include <jansson.h>

static Str member(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : (Str){0};
}

void relations_each(const Record *record, RelationSeen *seen, void *ctx)
{
	size_t i;
	json_t *relation;
	Str text = record_text(record, RF_RELATIONS);
	json_t *list = text.len ? json_loadb(text.ptr, text.len, JSON_ALLOW_NUL, NULL) : NULL;
	json_array_foreach(list, i, relation)
	{
		Relation r = {member(relation, "kind"), member(relation, "id"), member(relation, "number"),
			      member(relation, "issued")};
		if (!seen(ctx, &r))
			break;
	}
	json_decref(list);
}
