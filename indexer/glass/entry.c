/* indexer/glass/entry.c - parses keys and tags of postlist.glass, kind by kind; nothing is believed unchecked.
 *
 * The kind is in the key: a second byte behind 00, else a term. A key that ends with its list's name is the first
 * chunk, one with a document number behind it a later chunk.
 */
#include "indexer/glass/entry.h"

static Str rest(const uint8_t *at, const uint8_t *end)
{
	return (Str){(const char *)at, (size_t)(end - at)};
}

/* '1' or '0', span, list; the first document is known. */
static bool read_chunk(const uint8_t *at, const uint8_t *end, uint32_t first, GlassEntry *out)
{
	uint32_t span;
	if (at == end || (*at != '0' && *at != '1') || first == 0)
		return false;
	out->last = *at++ == '1';
	if (!glass_get_varint32(&at, end, &span) || span > UINT32_MAX - first || at == end)
		return false;
	out->chunk = (GlassPiece){first, first + span, rest(at, end)};
	return true;
}

static bool read_first_chunk(const uint8_t *at, const uint8_t *end, GlassEntry *out)
{
	uint32_t before;
	out->first = true;
	return glass_get_varint32(&at, end, &out->tf) && varint_read(&at, end, &out->cf) &&
	       glass_get_varint32(&at, end, &before) && before < UINT32_MAX && read_chunk(at, end, before + 1, out);
}

static bool read_bounds(const uint8_t *key, const uint8_t *key_end, const uint8_t *at, const uint8_t *end,
			GlassEntry *out)
{
	uint32_t len;
	if (key_end - key > 4)
		return false;
	for (const uint8_t *p = key_end; p > key; p--)
		out->slot = out->slot << 8 | p[-1];
	if (!glass_get_varint32(&at, end, &out->count) || !glass_get_varint32(&at, end, &len) ||
	    len > (size_t)(end - at))
		return false;
	out->least = (Str){(const char *)at, len};
	out->greatest = at + len < end ? rest(at + len, end) : out->least;
	return true;
}

static bool read_special(Str key, Str tag, GlassEntry *out)
{
	const uint8_t *k = (const uint8_t *)key.ptr + 2, *k_end = k + key.len - 2;
	const uint8_t *at = (const uint8_t *)tag.ptr, *end = at + tag.len;
	uint32_t did;
	switch ((uint8_t)key.ptr[1]) {
	case GLASS_METADATA_KEY:
		out->kind = GLASS_METADATA;
		return k < k_end && tag.len > 0;
	case GLASS_BOUNDS_KEY:
		out->kind = GLASS_BOUNDS;
		return read_bounds(k, k_end, at, end, out);
	case GLASS_VALUES_KEY:
		out->kind = GLASS_VALUES;
		if (!glass_get_varint32(&k, k_end, &out->slot) || !(did = glass_get_did(k, k_end)) || at == end)
			return false;
		out->list.len = (size_t)((const char *)k - key.ptr);
		out->chunk = (GlassPiece){did, 0, tag};
		return true;
	case GLASS_LENGTHS_KEY:
		out->kind = GLASS_LENGTHS;
		out->list.len = 2;
		if (k == k_end)
			return read_first_chunk(at, end, out) && out->tf == 0 && out->cf == 0;
		return (did = glass_get_did(k, k_end)) && read_chunk(at, end, did, out);
	default:
		return false;
	}
}

/* The length of the escaped term at the beginning of a key. */
static size_t term_len(Str key)
{
	size_t at = 0;
	for (;;) {
		const char *zero = memchr(key.ptr + at, 0, key.len - at);
		if (!zero)
			return key.len;
		at = (size_t)(zero - key.ptr);
		if (at + 1 == key.len || (uint8_t)key.ptr[at + 1] != GLASS_ESCAPE)
			return at;
		at += 2;
	}
}

bool glass_entry_read(Str key, Str tag, GlassEntry *out)
{
	const uint8_t *at = (const uint8_t *)tag.ptr, *end = at + tag.len;
	*out = (GlassEntry){.list = key};
	if (key.len == 0)
		return false;
	if (key.ptr[0] == 0 && (key.len == 1 || (uint8_t)key.ptr[1] != GLASS_ESCAPE))
		return key.len > 1 && read_special(key, tag, out);
	out->kind = GLASS_POSTINGS;
	out->list.len = term_len(key);
	if (out->list.len > GLASS_TERM_MAX)
		return false;
	if (out->list.len == key.len)
		return read_first_chunk(at, end, out) && out->tf > 0;
	const uint8_t *did = (const uint8_t *)key.ptr + out->list.len + 1;
	return read_chunk(at, end, glass_get_did(did, (const uint8_t *)key.ptr + key.len), out);
}

bool glass_entry_read_position_key(Str key, Str *term_out, uint32_t *did_out)
{
	size_t len = key.len ? term_len(key) : 0;
	if (len == 0 || len > GLASS_TERM_MAX || len == key.len)
		return false;
	*term_out = (Str){key.ptr, len};
	*did_out = glass_get_did((const uint8_t *)key.ptr + len + 1, (const uint8_t *)key.ptr + key.len);
	return *did_out != 0;
}
