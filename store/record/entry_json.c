/* store/record/entry_json.c - members are written into an object that the caller opened, so that each answer can add
 * its own before and behind them.
 */
#include "store/record/entry_json.h"

Status entry_read_record(const Entry *entry, Arena *arena, Record *out, Err *err)
{
	Err why;
	if (entry->destroyed || entry->metadata.len == 0) {
		*out = (Record){0};
		return ST_OK;
	}
	Status st = record_parse_stored(entry->metadata, arena, out, &why);
	if (st == ST_OK || st == ST_NO_MEMORY)
		return st == ST_OK ? ST_OK : err_no_memory(err);
	return err_set(err, ST_CORRUPT, "metadata of entry %llu: %.160s", (unsigned long long)entry->sequence,
		       why.text);
}

void entry_write_members(const Entry *entry, const Record *record, JsonOut *j)
{
	char stamp[CLOCK_STAMP_LEN + 1];
	clock_format_utc(entry->utc_ms, stamp);
	jout_field_str(j, entry->kind == ENTRY_CASE ? "code" : "id", entry->key);
	jout_field_u64(j, "version", entry->version);
	jout_field_u64(j, "sequence", entry->sequence);
	jout_key(j, "leaf");
	jout_hex(j, entry->leaf.bytes, sizeof entry->leaf.bytes);
	jout_field_text(j, "archived", stamp);
	if (entry->destroyed)
		jout_field_bool(j, "destroyed", true);
	record_write_members(record, j);
}

void entry_write_object_members(const ObjectRef *object, size_t number, JsonOut *j)
{
	jout_field_u64(j, "object", number);
	jout_field_text(j, "role", object->role);
	if (object->name.len)
		jout_field_str(j, "name", object->name);
	if (object->media.len)
		jout_field_str(j, "media", object->media);
	if (object->from.len)
		jout_field_str(j, "from", object->from);
	jout_field_u64(j, "size", object->size_bytes);
	jout_key(j, "sha256");
	jout_hex(j, object->hash.bytes, sizeof object->hash.bytes);
}

void entry_write_objects(const Entry *entry, JsonOut *j)
{
	jout_key(j, "objects");
	jout_open(j, '[');
	for (size_t i = 0; i < entry->object_count; i++) {
		jout_open(j, '{');
		entry_write_object_members(&entry->objects[i], i, j);
		jout_close(j, '}');
	}
	jout_close(j, ']');
}

static int find_role(const Entry *entry, const char *role)
{
	for (size_t i = 0; i < entry->object_count; i++)
		if (strcmp(entry->objects[i].role, role) == 0)
			return (int)i;
	return -1;
}

int entry_text_object(const Entry *entry)
{
	return find_role(entry, "text");
}

int entry_main_object(const Entry *entry)
{
	static const char *const roles[] = {"original", "envelope", "attachment", "text"};
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		int found = find_role(entry, roles[i]);
		if (found >= 0)
			return found;
	}
	return -1;
}
