/* indexer/invert/merge.c - the next key of many sorted streams, by a tournament tree of losers.
 *
 * Each inner node of the tree keeps the loser of the match below it, so after the winner has moved on only its path to
 * the root is played again: log2(runs) comparisons for each entry.
 */
#include "indexer/invert/merge.h"

#include <stdlib.h>

#include "indexer/glass/positions.h"

/* Whether a's entry comes before b's; of equal keys that of the older run (the lower number). */
static inline bool before(const RunMerge *m, uint32_t a, uint32_t b)
{
	const RunCursor *x = &m->cursors[a], *y = &m->cursors[b];
	if (x->at_end || y->at_end)
		return x->at_end == y->at_end ? a < b : y->at_end;
	if (run_stream_has_codes(m->stream))
		return x->code != y->code ? x->code < y->code : a < b;
	if (x->prefix != y->prefix)
		return x->prefix < y->prefix;
	int order = str_cmp((Str){(const char *)x->term, x->term_len}, (Str){(const char *)y->term, y->term_len});
	return order ? order < 0 : a < b;
}

/* Plays the matches below `node`, noting the losers; returns the winner. */
static uint32_t play(RunMerge *m, uint32_t node)
{
	if (node >= m->count)
		return node - m->count;
	uint32_t left = play(m, 2 * node), right = play(m, 2 * node + 1);
	bool left_wins = before(m, left, right);
	m->tree[node] = left_wins ? right : left;
	return left_wins ? left : right;
}

static void replay(RunMerge *m)
{
	uint32_t winner = m->tree[0];
	for (uint32_t node = (winner + m->count) / 2; node > 0; node /= 2) {
		if (before(m, m->tree[node], winner)) {
			uint32_t loser = winner;
			winner = m->tree[node];
			m->tree[node] = loser;
		}
	}
	m->tree[0] = winner;
}

Status run_merge_begin(RunMerge *m, const Run *runs, size_t count, RunStream stream, size_t part_bytes,
		       uint32_t *wdf_max, Err *err)
{
	*m = (RunMerge){.stream = stream, .part_bytes = part_bytes, .wdf_max = wdf_max};
	if (count == 0)
		return ST_OK;
	m->cursors = calloc(count, sizeof *m->cursors);
	m->tree = calloc(count, sizeof *m->tree);
	if (!m->cursors || !m->tree)
		return err_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		m->count++;
		Status st = run_cursor_begin(&m->cursors[i], &runs[i], stream, err);
		if (st != ST_OK)
			return st;
	}
	m->tree[0] = count > 1 ? play(m, 1) : 0;
	return ST_OK;
}

void run_merge_done(RunMerge *m)
{
	for (uint32_t i = 0; i < m->count; i++)
		run_cursor_done(&m->cursors[i]);
	free(m->cursors);
	free(m->tree);
	glass_list_done(&m->list);
	*m = (RunMerge){0};
}

static bool same_key(const RunMerge *m, const RunCursor *c)
{
	if (run_stream_has_codes(m->stream))
		return c->code == m->code;
	return c->term_len == m->term_len && memcmp(c->term, m->term, m->term_len) == 0;
}

static bool join(RunMerge *m, const RunCursor *c)
{
	if (run_entries(m->stream, (Str){(const char *)m->term, m->term_len}) == GLASS_NUMBERS)
		return glass_list_append_postings(&m->list, c->piece, c->tf, c->cf, m->wdf_max);
	if (m->list.body.len && c->piece.first == m->list.last)
		return glass_positions_append(&m->list, c->piece, c->tf);
	return glass_list_append(&m->list, c->piece, c->tf, c->cf);
}

Step run_merge_next(RunMerge *m, Err *err)
{
	RunCursor *c = m->count ? &m->cursors[m->tree[0]] : NULL;
	if (!c || c->at_end)
		return STEP_END;
	m->code = c->code;
	m->term_len = c->term_len;
	memcpy(m->term, c->term, c->term_len);
	glass_list_clear(&m->list);
	bool is_term = run_stream_has_codes(m->stream) || m->term_len < 2 || m->term[0] || m->term[1] == GLASS_ESCAPE;
	size_t limit = is_term ? m->part_bytes : RUN_BODY; /* values and lengths never have to be whole */
	do {
		if (!join(m, c)) {
			if (buf_ok(&m->list.body))
				err_set(err, ST_CORRUPT, "an index run is damaged");
			else
				err_no_memory(err);
			return STEP_ERROR;
		}
		if (run_cursor_next(c, err) != ST_OK)
			return STEP_ERROR;
		replay(m);
		c = &m->cursors[m->tree[0]];
	} while (!c->at_end && same_key(m, c) && m->list.body.len < limit);
	return STEP_ITEM;
}
