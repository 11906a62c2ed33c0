/* indexer/glass/list.c - iterates, measures, joins and cuts lists. Entries are decoded only where they must be: a list
 * that follows another is appended as bytes, behind a new gap.
 */
#include "indexer/glass/list.h"

void glass_list_begin(GlassListIter *it, GlassEntries kind, GlassPiece piece)
{
	const uint8_t *bytes = (const uint8_t *)piece.body.ptr;
	*it = (GlassListIter){
		.kind = kind, .at = bytes, .end = bytes + piece.body.len, .first = true, .did = piece.first};
}

static inline bool read_entry(GlassListIter *it)
{
	if (!glass_get_varint32(&it->at, it->end, &it->number))
		return false;
	if (it->kind == GLASS_STRINGS) {
		if (it->number > (size_t)(it->end - it->at))
			return false;
		it->string = (Str){(const char *)it->at, it->number};
		it->at += it->number;
	}
	return true;
}

static inline bool read_gap(GlassListIter *it)
{
	uint32_t gap;
	if (!glass_get_varint32(&it->at, it->end, &gap) || gap >= UINT32_MAX - it->did)
		return false;
	it->did += gap + 1;
	return true;
}

bool glass_list_next(GlassListIter *it)
{
	if (!it->first && !read_gap(it))
		return false;
	it->first = false;
	it->entry = it->at;
	return read_entry(it);
}

bool glass_list_measure(GlassEntries kind, GlassPiece piece, GlassListFacts *out)
{
	GlassListIter it;
	GlassListFacts facts = {0};
	glass_list_begin(&it, kind, piece);
	if (it.at == it.end)
		return false;
	for (;;) {
		if (!read_entry(&it))
			return false;
		facts.entries++;
		facts.sum += it.number;
		if (it.number > facts.greatest)
			facts.greatest = it.number;
		if (it.number && (facts.least == 0 || it.number < facts.least))
			facts.least = it.number;
		if (it.at == it.end)
			break;
		if (!read_gap(&it) || it.at == it.end)
			return false;
	}
	facts.last = it.did;
	*out = facts;
	return true;
}

bool glass_list_cut(GlassEntries kind, GlassPiece piece, size_t used, size_t *len_out, uint32_t *last_out)
{
	if (used + piece.body.len <= GLASS_CHUNK) {
		*len_out = piece.body.len;
		*last_out = piece.last;
		return piece.body.len > 0;
	}
	GlassListIter it;
	glass_list_begin(&it, kind, piece);
	const uint8_t *start = it.at;
	do {
		if (!glass_list_next(&it))
			return false;
	} while (it.at < it.end && used + (size_t)(it.at - start) < GLASS_CHUNK);
	*len_out = (size_t)(it.at - start);
	*last_out = it.did;
	return it.at < it.end || it.did == piece.last;
}

void glass_list_done(GlassList *l)
{
	buf_done(&l->body);
	*l = (GlassList){0};
}

static void add_varint(Buf *b, uint32_t value)
{
	char *at = buf_reserve(b, GLASS_VARINT_MAX) ? b->data + b->len : NULL;
	if (at)
		b->len = (size_t)((char *)glass_put_varint((uint8_t *)at, value) - b->data);
}

static bool add_gap(GlassList *l, uint32_t did)
{
	if (l->body.len == 0)
		l->first = did;
	else if (did <= l->last)
		return false;
	else
		add_varint(&l->body, did - l->last - 1);
	l->last = did;
	return true;
}

bool glass_list_append(GlassList *l, GlassPiece piece, uint32_t tf, uint64_t cf)
{
	if (piece.body.len == 0 || piece.last < piece.first || !add_gap(l, piece.first))
		return false;
	buf_add_str(&l->body, piece.body);
	l->last = piece.last;
	l->tf += tf;
	l->cf += cf;
	return buf_ok(&l->body);
}

/* Takes the last varint off a list that ends with one. A byte below 0x80 ends the number before it. */
static uint32_t take_last_number(Buf *b)
{
	size_t at = b->len - 1;
	uint32_t value = (uint8_t)b->data[at];
	while (at > 0 && (uint8_t)b->data[at - 1] >= 0x80)
		value = value << 7 | ((uint8_t)b->data[--at] & 0x7F);
	b->len = at;
	return value;
}

bool glass_list_append_postings(GlassList *l, GlassPiece piece, uint32_t tf, uint64_t cf, uint32_t *wdf_max)
{
	if (l->body.len == 0 || piece.first != l->last)
		return glass_list_append(l, piece, tf, cf);
	GlassListIter it;
	glass_list_begin(&it, GLASS_NUMBERS, piece);
	if (glass_list_at_end(&it) || !glass_list_next(&it) || !buf_ok(&l->body))
		return false;
	uint32_t wdf = it.number + take_last_number(&l->body);
	if (wdf < it.number)
		return false;
	if (wdf > *wdf_max)
		*wdf_max = wdf;
	add_varint(&l->body, wdf);
	buf_add(&l->body, it.at, (size_t)(it.end - it.at));
	l->last = piece.last;
	l->tf += tf - 1;
	l->cf += cf;
	return buf_ok(&l->body);
}

bool glass_list_add_number(GlassList *l, uint32_t did, uint32_t number)
{
	if (!add_gap(l, did))
		return false;
	add_varint(&l->body, number);
	l->tf++;
	l->cf += number;
	return buf_ok(&l->body);
}

bool glass_list_add_string(GlassList *l, uint32_t did, Str string)
{
	if (!add_gap(l, did))
		return false;
	add_varint(&l->body, (uint32_t)string.len);
	buf_add_str(&l->body, string);
	l->tf++;
	return buf_ok(&l->body);
}

bool glass_list_unite_postings(GlassList *l, GlassPiece a, GlassPiece b, uint32_t *wdf_max)
{
	GlassListIter side[2];
	glass_list_begin(&side[0], GLASS_NUMBERS, a);
	glass_list_begin(&side[1], GLASS_NUMBERS, b);
	bool has[2];
	for (int i = 0; i < 2; i++)
		if (!(has[i] = !glass_list_at_end(&side[i])) || !glass_list_next(&side[i]))
			return false;
	while (has[0] || has[1]) {
		uint32_t did = has[0] && (!has[1] || side[0].did <= side[1].did) ? side[0].did : side[1].did;
		uint64_t wdf = 0;
		for (int i = 0; i < 2; i++) {
			if (!has[i] || side[i].did != did)
				continue;
			wdf += side[i].number;
			has[i] = !glass_list_at_end(&side[i]);
			if (has[i] && !glass_list_next(&side[i]))
				return false;
		}
		if (wdf > UINT32_MAX || !glass_list_add_number(l, did, (uint32_t)wdf))
			return false;
		if (wdf > *wdf_max)
			*wdf_max = (uint32_t)wdf;
	}
	return true;
}
