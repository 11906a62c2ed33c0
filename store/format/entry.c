/* store/format/entry.c - keys. A record's id stands in URLs, file names and on command lines, so its letters are few;
 * the code of a case file or the number of a decision is what an office made it, and may be anything that can be shown.
 */
#include "store/format/entry.h"

#include "base/utf8.h"

#include <assert.h>

static bool id_is_valid(Str key)
{
	for (size_t i = 0; i < key.len; i++) {
		char c = key.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '.' &&
		    c != '_' && c != ':' && c != '-')
			return false;
	}
	return true;
}

bool entry_key_is_valid(uint8_t kind, Str key)
{
	if (key.len == 0 || key.len > STORE_ID_MAX)
		return false;
	if (kind == ENTRY_RECORD)
		return id_is_valid(key);
	for (size_t i = 0; i < key.len; i++)
		if ((uint8_t)key.ptr[i] < 0x20 || key.ptr[i] == 0x7f)
			return false;
	return utf8_is_valid(key);
}

bool object_is_file(const ObjectRef *object)
{
	return strcmp(object->role, "text") != 0 && strcmp(object->role, "layout") != 0;
}

void entry_derive_id(const char *prefix, const Hash *hash, char out[static STORE_ID_MAX + 1])
{
	enum { DERIVED_BYTES = 20 };
	static const char digits[] = "0123456789abcdef";
	size_t len = strlen(prefix);
	assert(len + 2 * DERIVED_BYTES <= STORE_ID_MAX);
	memcpy(out, prefix, len);
	for (size_t i = 0; i < DERIVED_BYTES; i++) {
		out[len++] = digits[hash->bytes[i] >> 4];
		out[len++] = digits[hash->bytes[i] & 15];
	}
	out[len] = 0;
}
