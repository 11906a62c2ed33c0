/* indexer/invert/run.c - writes and reads the entries of a run (format: run.h).
 *
 * A cursor on a run in memory reads it in place; on a spill file it keeps a buffer that is refilled behind the entry at
 * hand. An entry that is cut off by the buffer's end is parsed again from its start after the refill.
 */
#include "indexer/invert/run.h"

#include <stdlib.h>

#include "base/file.h"

void run_free_bytes(Run *run)
{
	free(run->bytes);
	run->bytes = NULL;
}

void run_writer_begin(RunWriter *w, RunStream stream)
{
	w->stream = stream;
	w->last_code = 0;
	w->last_len = 0;
}

static uint8_t *put_key(RunWriter *w, uint8_t *p, RunKey key)
{
	if (run_stream_has_codes(w->stream)) {
		p = glass_put_varint(p, key.code - w->last_code);
		w->last_code = key.code;
		return p;
	}
	size_t same = 0, limit = key.term.len < w->last_len ? key.term.len : w->last_len;
	while (same < limit && (uint8_t)key.term.ptr[same] == w->last_term[same])
		same++;
	size_t rest = key.term.len - same;
	*p++ = (uint8_t)same;
	*p++ = (uint8_t)rest;
	memcpy(p, key.term.ptr + same, rest);
	memcpy(w->last_term + same, key.term.ptr + same, rest);
	w->last_len = key.term.len;
	return p + rest;
}

static void add_entry(RunWriter *w, RunKey key, GlassPiece list, uint32_t tf, uint64_t cf)
{
	if (!buf_reserve(&w->out, RUN_HEAD_MAX + list.body.len))
		return;
	uint8_t *p = put_key(w, (uint8_t *)w->out.data + w->out.len, key);
	if (tf == 1 && run_entries(w->stream, key.term) == GLASS_NUMBERS) {
		*p++ = 0;
		p = glass_put_varint(p, list.first - w->base);
	} else {
		p = glass_put_varint(p, tf);
		p = glass_put_varint(p, list.first - w->base);
		p = glass_put_varint(p, list.last - list.first);
		p = glass_put_varint(p, cf);
		p = glass_put_varint(p, list.body.len);
	}
	memcpy(p, list.body.ptr, list.body.len);
	w->out.len = (size_t)(p + list.body.len - (uint8_t *)w->out.data);
}

void run_add(RunWriter *w, RunKey key, GlassPiece list, uint32_t tf, uint64_t cf)
{
	GlassEntries kind = run_entries(w->stream, key.term);
	GlassListIter it;
	if (list.body.len <= RUN_BODY) {
		add_entry(w, key, list, tf, cf);
		return;
	}
	glass_list_begin(&it, kind, list);
	while (!glass_list_at_end(&it) && buf_ok(&w->out)) {
		const uint8_t *start = NULL;
		GlassPiece part = {0};
		tf = 0;
		cf = 0;
		do {
			if (!glass_list_next(&it)) {
				w->damaged = true;
				return;
			}
			if (!start) {
				start = it.entry;
				part.first = it.did;
			}
			tf++;
			cf += kind == GLASS_NUMBERS ? it.number : 0;
		} while (!glass_list_at_end(&it) && it.at - start < RUN_BODY);
		part.last = it.did;
		part.body = (Str){(const char *)start, (size_t)(it.at - start)};
		add_entry(w, key, part, tf, cf);
	}
}

Status run_writer_flush(RunWriter *w, size_t at_least, Err *err)
{
	if (w->damaged)
		return err_set(err, ST_INTERNAL, "a list of an index run is damaged");
	if (!buf_ok(&w->out))
		return err_no_memory(err);
	if (w->fd < 0 || w->out.len < at_least || w->out.len == 0)
		return ST_OK;
	Status st = file_pwrite(w->fd, w->out.data, w->out.len, w->offset, "index spill file", err);
	if (st == ST_OK) {
		w->offset += w->out.len;
		w->out.len = 0;
	}
	return st;
}

static uint64_t prefix_of(const RunCursor *c)
{
	uint64_t prefix;
	memcpy(&prefix, c->term, sizeof prefix);
	return __builtin_bswap64(prefix);
}

static bool parse_key(RunCursor *c, const uint8_t **at)
{
	if (run_stream_has_codes(c->stream)) {
		uint64_t step;
		if (!varint_read(at, c->end, &step) || step > UINT64_MAX - c->code)
			return false;
		c->new_code = c->code + step;
		return true;
	}
	if (c->end - *at < 2)
		return false;
	size_t same = (*at)[0], rest = (*at)[1];
	if (same > c->term_len || same + rest > GLASS_TERM_MAX || rest > (size_t)(c->end - *at - 2))
		return false;
	c->same = same;
	c->rest = (Str){(const char *)*at + 2, rest};
	*at += 2 + rest;
	return true;
}

/* The rest of an entry. An entry of one posting has its wdf alone: that number is the list. */
static bool parse_list(RunCursor *c, const uint8_t **at)
{
	uint32_t tf, first, span = 0;
	uint64_t cf = 0, len = 0;
	if (!glass_get_varint32(at, c->end, &tf) || !glass_get_varint32(at, c->end, &first) ||
	    first > UINT32_MAX - c->base)
		return false;
	const uint8_t *body = *at;
	if (tf == 0) {
		uint32_t wdf;
		if (!glass_get_varint32(at, c->end, &wdf))
			return false;
		tf = 1;
		cf = wdf;
		len = (uint64_t)(*at - body);
	} else {
		if (!glass_get_varint32(at, c->end, &span) || span > UINT32_MAX - c->base - first ||
		    !varint_read(at, c->end, &cf) || !varint_read(at, c->end, &len) || len > (uint64_t)(c->end - *at))
			return false;
		body = *at;
		*at += len;
	}
	c->tf = tf;
	c->cf = cf;
	c->piece.first = c->base + first;
	c->piece.last = c->piece.first + span;
	c->piece.body = (Str){(const char *)body, (size_t)len};
	return true;
}

static bool parse(RunCursor *c)
{
	const uint8_t *at = c->at;
	if (!parse_key(c, &at) || !parse_list(c, &at))
		return false;
	c->at = at;
	if (run_stream_has_codes(c->stream)) {
		c->code = c->new_code;
	} else {
		memcpy(c->term + c->same, c->rest.ptr, c->rest.len);
		c->term_len = c->same + c->rest.len;
		memset(c->term + c->term_len, 0, 8);
		c->prefix = prefix_of(c);
	}
	return true;
}

/* More of the file behind what is in the buffer, which grows when an entry is larger. */
static Status refill(RunCursor *c, Err *err)
{
	size_t left = (size_t)(c->end - c->at);
	if (left > c->capacity / 2) {
		uint8_t *larger = malloc(c->capacity * 2);
		if (!larger)
			return err_no_memory(err);
		memcpy(larger, c->at, left);
		free(c->buffer);
		c->buffer = larger;
		c->capacity *= 2;
	} else {
		memmove(c->buffer, c->at, left);
	}
	size_t more = c->capacity - left;
	if (more > c->limit - c->next)
		more = (size_t)(c->limit - c->next);
	Status st = file_pread(c->fd, c->buffer + left, more, c->next, "index spill file", err);
	c->next += more;
	c->at = c->buffer;
	c->end = c->buffer + left + more;
	return st;
}

Status run_cursor_next(RunCursor *c, Err *err)
{
	for (;;) {
		if (c->at == c->end && c->next == c->limit) {
			c->at_end = true;
			return ST_OK;
		}
		if (parse(c))
			return ST_OK;
		if (c->next == c->limit)
			return err_set(err, ST_CORRUPT, "an index run is damaged");
		Status st = refill(c, err);
		if (st != ST_OK)
			return st;
	}
}

Status run_cursor_begin(RunCursor *c, const Run *run, RunStream stream, Err *err)
{
	uint64_t start = run->start[stream], end = run->start[stream + 1];
	c->stream = stream;
	c->base = run->base;
	c->fd = run->fd;
	c->buffer = NULL;
	c->at_end = false;
	c->code = 0;
	c->term_len = 0;
	c->next = c->limit = 0;
	memset(c->term, 0, 8);
	if (run->fd < 0) {
		c->at = run->bytes + start;
		c->end = run->bytes + end;
		return run_cursor_next(c, err);
	}
	c->next = start;
	c->limit = end;
	c->capacity = RUN_READ_BYTES;
	c->buffer = malloc(c->capacity);
	if (!c->buffer)
		return err_no_memory(err);
	c->at = c->end = c->buffer;
	return run_cursor_next(c, err);
}

void run_cursor_done(RunCursor *c)
{
	free(c->buffer);
	c->buffer = NULL;
}
