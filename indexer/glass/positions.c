/* indexer/glass/positions.c - positions of a term in a document as an interpolative code.
 *
 * Behind the last position, if there are n > 1: code(first, last), code(n - 2, last - first), then between two known
 * positions j and k the middle one m, which lies in a range of pos[k] - pos[j] + j - k + 1 numbers, and so on in both
 * halves. code(v, range) takes as many bits as range - 1 has, one fewer for the numbers in the middle where range is no
 * power of two. Bits fill a byte from its least significant end.
 */
#include "indexer/glass/positions.h"

#include <stdlib.h>

typedef struct {
	Buf *out;
	uint64_t bits;
	unsigned count;
} BitWriter;

typedef struct {
	const uint8_t *at, *end;
	uint64_t bits;
	unsigned count;
	bool failed;
} BitReader;

static void put_bits(BitWriter *w, uint32_t value, unsigned count)
{
	w->bits |= (uint64_t)value << w->count;
	for (w->count += count; w->count >= 8; w->count -= 8, w->bits >>= 8)
		buf_add_char(w->out, (char)w->bits);
}

static uint32_t get_bits(BitReader *r, unsigned count)
{
	for (; r->count < count; r->count += 8) {
		if (r->at == r->end) {
			r->failed = true;
			return 0;
		}
		r->bits |= (uint64_t)*r->at++ << r->count;
	}
	uint32_t value = (uint32_t)(r->bits & ((UINT64_C(1) << count) - 1));
	r->bits >>= count;
	r->count -= count;
	return value;
}

static unsigned bit_length(uint32_t value)
{
	return value ? 32 - (unsigned)__builtin_clz(value) : 0;
}

static void put_code(BitWriter *w, uint32_t value, uint32_t range)
{
	unsigned bits = bit_length(range - 1);
	uint32_t spare = (uint32_t)((UINT64_C(1) << bits) - range), low = (range - spare) / 2;
	if (spare == 0 || value < low)
		put_bits(w, value, bits);
	else if (value < low + spare)
		put_bits(w, value, bits - 1);
	else
		put_bits(w, (value - (low + spare)) | 1u << (bits - 1), bits);
}

static uint32_t get_code(BitReader *r, uint32_t range)
{
	unsigned bits = bit_length(range - 1);
	uint32_t spare = (uint32_t)((UINT64_C(1) << bits) - range), low = (range - spare) / 2;
	if (spare == 0)
		return get_bits(r, bits);
	uint32_t value = get_bits(r, bits - 1);
	if (value < low && get_bits(r, 1))
		value += low + spare;
	return value;
}

static uint32_t middle_range(const uint32_t *positions, size_t j, size_t k)
{
	return positions[k] - positions[j] - (uint32_t)(k - j) + 1;
}

static void put_between(BitWriter *w, const uint32_t *positions, size_t j, size_t k)
{
	while (j + 1 < k) {
		size_t m = j + (k - j) / 2;
		put_code(w, positions[m] - positions[j] - (uint32_t)(m - j), middle_range(positions, j, k));
		put_between(w, positions, j, m);
		j = m;
	}
}

static void get_between(BitReader *r, uint32_t *positions, size_t j, size_t k)
{
	while (j + 1 < k && !r->failed) {
		size_t m = j + (k - j) / 2;
		positions[m] = positions[j] + (uint32_t)(m - j) + get_code(r, middle_range(positions, j, k));
		get_between(r, positions, j, m);
		j = m;
	}
}

void glass_positions_add(Buf *out, const uint32_t *positions, size_t count)
{
	uint32_t first = positions[0], last = positions[count - 1];
	BitWriter w = {.out = out};
	buf_add_varint(out, last);
	if (count == 1)
		return;
	put_code(&w, first, last);
	put_code(&w, (uint32_t)count - 2, last - first);
	put_between(&w, positions, 0, count - 1);
	if (w.count)
		buf_add_char(out, (char)w.bits);
}

bool glass_positions_read(Str tag, Buf *out)
{
	BitReader r = {.at = (const uint8_t *)tag.ptr};
	uint32_t last, count = 1, first;
	r.end = r.at + tag.len;
	if (!glass_get_varint32(&r.at, r.end, &last))
		return false;
	first = last;
	if (r.at < r.end) {
		if (last == 0)
			return false;
		first = get_code(&r, last);
		count = get_code(&r, last - first);
		if (r.failed || count > GLASS_POSITIONS_MAX - 2)
			return false;
		count += 2;
	}
	size_t before = out->len;
	uint32_t *positions = (uint32_t *)(void *)buf_extend(out, count * sizeof *positions);
	if (!positions)
		return false;
	positions[0] = first;
	positions[count - 1] = last;
	get_between(&r, positions, 0, count - 1);
	if (!r.failed && r.at == r.end && r.count < 8 && r.bits == 0)
		return true;
	out->len = before;
	return false;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

size_t glass_positions_sort(uint32_t *positions, size_t count)
{
	bool sorted = true;
	for (size_t i = 1; sorted && i < count; i++)
		sorted = positions[i - 1] < positions[i];
	if (sorted)
		return count;
	qsort(positions, count, sizeof *positions, compare);
	size_t kept = 1;
	for (size_t i = 1; i < count; i++)
		if (positions[i] != positions[kept - 1])
			positions[kept++] = positions[i];
	return kept;
}

/* The last entry of a list of strings, found by reading it all: this is rare. */
static bool find_last(const GlassList *l, GlassListIter *it)
{
	glass_list_begin(it, GLASS_STRINGS, glass_list_piece(l));
	while (!glass_list_at_end(it))
		if (!glass_list_next(it))
			return false;
	return true;
}

/* One tag of two; both Bufs are scratch. */
static bool unite_tags(Str a, Str b, Buf *positions, Buf *tag)
{
	buf_clear(positions);
	buf_clear(tag);
	if (!glass_positions_read(a, positions) || !glass_positions_read(b, positions))
		return false;
	uint32_t *all = (uint32_t *)(void *)positions->data;
	glass_positions_add(tag, all, glass_positions_sort(all, positions->len / sizeof *all));
	return buf_ok(tag);
}

bool glass_positions_append(GlassList *l, GlassPiece piece, uint32_t tf)
{
	GlassListIter old, new;
	Buf positions, tag;
	buf_init(&positions);
	buf_init(&tag);
	glass_list_begin(&new, GLASS_STRINGS, piece);
	bool ok = !glass_list_at_end(&new) && glass_list_next(&new) && find_last(l, &old) &&
		  unite_tags(old.string, new.string, &positions, &tag);
	if (ok) {
		l->body.len = (size_t)((const char *)old.entry - l->body.data);
		buf_add_varint(&l->body, tag.len);
		buf_add_str(&l->body, buf_str(&tag));
		buf_add(&l->body, new.at, (size_t)(new.end - new.at));
		l->last = piece.last;
		l->tf += tf - 1;
	}
	if (!buf_ok(&positions) || !buf_ok(&tag))
		l->body.failed = true;
	ok = ok && buf_ok(&l->body);
	buf_done(&positions);
	buf_done(&tag);
	return ok;
}

static bool advance(GlassListIter *it, bool *has)
{
	*has = !glass_list_at_end(it);
	return !*has || glass_list_next(it);
}

bool glass_positions_unite(GlassList *l, GlassPiece a, GlassPiece b)
{
	GlassListIter x, y;
	bool has_x, has_y;
	Buf positions, tag;
	buf_init(&positions);
	buf_init(&tag);
	glass_list_begin(&x, GLASS_STRINGS, a);
	glass_list_begin(&y, GLASS_STRINGS, b);
	bool ok = advance(&x, &has_x) && advance(&y, &has_y);
	while (ok && (has_x || has_y)) {
		if (has_x && has_y && x.did == y.did)
			ok = unite_tags(x.string, y.string, &positions, &tag) &&
			     glass_list_add_string(l, x.did, buf_str(&tag)) && advance(&x, &has_x) &&
			     advance(&y, &has_y);
		else if (has_x && (!has_y || x.did < y.did))
			ok = glass_list_add_string(l, x.did, x.string) && advance(&x, &has_x);
		else
			ok = glass_list_add_string(l, y.did, y.string) && advance(&y, &has_y);
	}
	if (!buf_ok(&positions) || !buf_ok(&tag))
		l->body.failed = true;
	buf_done(&positions);
	buf_done(&tag);
	return ok;
}
