/* store/format/pack_block.c - greedy: the first match that is found is taken; the longer none is found, the larger the
 * steps become.
 *
 *   sequence   1 literals << 4 | match - 4 (15: more behind it) | more | literals | le16 distance | more
 *
 * The last sequence has literals only, at least five; the last match begins at least twelve bytes before the end. Why
 * this is not liblz4: docs/decisions/0015.
 */
#include "store/format/pack_block.h"

#include "base/buf.h"

enum { MATCH_MIN = 4, LAST_LITERALS = 5, MATCH_BEFORE_END = 12, DISTANCE_MAX = 65535, SKIP_LOG = 6, MANY = 15 };

typedef struct {
	const uint8_t *at, *from;             /* what stands at `at` stands at `from` too */
	const uint8_t *from_start, *from_end; /* the match may grow within these bounds */
	size_t distance;
} Match;

typedef struct {
	const uint8_t *start, *end, *last; /* last: where a match may begin */
	const uint8_t *dict;
	size_t dict_len;
	const PackIndex *index;
	uint16_t *table;
	unsigned shift; /* 64 - bits of the table */
} Body;

static inline uint64_t read64(const uint8_t *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
	return word;
}

static inline uint32_t read32(const uint8_t *p)
{
	uint32_t word;
	memcpy(&word, p, sizeof word);
	return word;
}

/* Hash of the five bytes at p; eight must be readable. */
static inline uint64_t hash_at(const uint8_t *p)
{
	return (read64(p) << 24) * UINT64_C(0x9E3779B97F4A7C15);
}

static inline uint32_t check_of(uint64_t hash)
{
	return (uint32_t)(hash >> (64 - PACK_INDEX_LOG - 16) & 0xFFFF);
}

void pack_index_make(Str dict, PackIndex *out)
{
	const uint8_t *bytes = (const uint8_t *)dict.ptr;
	memset(out, 0, sizeof *out);
	for (size_t i = 1; i + sizeof(uint64_t) <= dict.len && i < PACK_DICT_MAX; i++) {
		uint64_t hash = hash_at(bytes + i);
		out->at[hash >> (64 - PACK_INDEX_LOG)] = check_of(hash) << 16 | (uint32_t)i;
	}
}

static inline size_t common_bytes(const uint8_t *a, const uint8_t *a_end, const uint8_t *b, const uint8_t *b_end)
{
	size_t len = 0, most = (size_t)(a_end - a < b_end - b ? a_end - a : b_end - b);
	for (; len + sizeof(uint64_t) <= most; len += sizeof(uint64_t)) {
		uint64_t differ = read64(a + len) ^ read64(b + len);
		if (differ)
			return len + (size_t)__builtin_ctzll(differ) / 8;
	}
	while (len < most && a[len] == b[len])
		len++;
	return len;
}

/* The first match at or behind p. */
static inline bool find_match(const Body *b, const uint8_t *p, Match *out)
{
	for (unsigned tries = 1 << SKIP_LOG; p <= b->last; p += tries++ >> SKIP_LOG) {
		uint64_t hash = hash_at(p);
		uint16_t *place = &b->table[hash >> b->shift];
		const uint8_t *before = b->start + *place;
		*place = (uint16_t)(p - b->start);
		if (before < p && read32(before) == read32(p)) {
			*out = (Match){p, before, b->start, b->end, (size_t)(p - before)};
			return true;
		}
		uint32_t known = b->index->at[hash >> (64 - PACK_INDEX_LOG)], offset = known & 0xFFFF;
		if (!known || known >> 16 != check_of(hash))
			continue;
		size_t distance = b->dict_len - offset + (size_t)(p - b->start);
		if (distance <= DISTANCE_MAX && read32(b->dict + offset) == read32(p)) {
			*out = (Match){p, b->dict + offset, b->dict, b->dict + b->dict_len, distance};
			return true;
		}
	}
	return false;
}

static inline uint8_t *put_more(uint8_t *out, size_t rest)
{
	for (; rest >= 255; rest -= 255)
		*out++ = 255;
	*out++ = (uint8_t)rest;
	return out;
}

/* in_words: 16 bytes may be read and 18 written. */
static inline uint8_t *put_literals(uint8_t *out, const uint8_t *from, size_t len, size_t more, bool in_words)
{
	*out++ = (uint8_t)((len < MANY ? len : MANY) << 4 | (more < MANY ? more : MANY));
	if (len >= MANY)
		out = put_more(out, len - MANY);
	if (in_words && len <= 16)
		memcpy(out, from, 16);
	else
		memcpy(out, from, len);
	return out + len;
}

/* An upper bound of the bytes of a sequence. */
static inline size_t sequence_max(size_t literals, size_t match)
{
	return 1 + literals / 255 + 1 + literals + 2 + match / 255 + 1;
}

static inline void extend(const Body *b, const uint8_t *anchor, Match *m, size_t *more_out)
{
	const uint8_t *at = m->at + MATCH_MIN, *from = m->from + MATCH_MIN;
	*more_out = common_bytes(at, b->end - LAST_LITERALS, from, m->from_end);
	while (m->at > anchor && m->from > m->from_start && m->at[-1] == m->from[-1]) {
		m->at--;
		m->from--;
		++*more_out;
	}
}

size_t pack_block(PackTable *table, const PackIndex *index, Str dict, Str raw, char *out_start, size_t room)
{
	unsigned bits = 8;
	while (bits < PACK_TABLE_LOG && (size_t)1 << bits < raw.len)
		bits++;
	const uint8_t *start = (const uint8_t *)raw.ptr, *end = start + raw.len, *anchor = start;
	const Body b = {start,     end,      end - MATCH_BEFORE_END, (const uint8_t *)dict.ptr, dict.len, index,
			table->at, 64 - bits};
	uint8_t *out = (uint8_t *)out_start, *out_end = out + room;
	size_t more;
	memset(table->at, 0, sizeof table->at[0] << bits);
	for (Match m; raw.len > MATCH_BEFORE_END && find_match(&b, anchor, &m);) {
		extend(&b, anchor, &m, &more);
		size_t literals = (size_t)(m.at - anchor);
		if (sequence_max(literals, more) > (size_t)(out_end - out))
			return 0;
		out = put_literals(out, anchor, literals, more, end - anchor >= 16 && out_end - out >= 18);
		put_le16(out, (uint16_t)m.distance);
		out += 2;
		if (more >= MANY)
			out = put_more(out, more - MANY);
		anchor = m.at + MATCH_MIN + more;
		if (anchor <= b.last) /* the bytes at the end of a match often occur again */
			b.table[hash_at(anchor - 2) >> b.shift] = (uint16_t)(anchor - 2 - start);
	}
	size_t literals = (size_t)(end - anchor);
	if (sequence_max(literals, 0) > (size_t)(out_end - out))
		return 0;
	return (size_t)(put_literals(out, anchor, literals, 0, false) - (uint8_t *)out_start);
}
