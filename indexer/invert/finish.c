/* indexer/invert/finish.c - from runs to tables: invert_finish of invert.h.
 *
 * The stream of codes and the stream of terms are merged from all runs, each in its own order, and the two are joined
 * in the order of their terms' bytes: a code is spelled when its turn comes. Where both have the same term, their
 * postings are united.
 */
#include "indexer/invert/invert.h"

#include <stdlib.h>

#include "indexer/glass/positions.h"
#include "indexer/invert/collect.h"
#include "indexer/invert/inverter.h"
#include "indexer/invert/merge.h"

/* Both streams, each standing on its next key. */
typedef struct {
	Inverter *inv;
	GlassWriter *writer;
	RunMerge codes, terms;
	Step has_codes, has_terms;
	uint8_t spelled[GLASS_TERM_MAX]; /* the code that codes stands on, as an escaped term */
	size_t spelled_len;
	GlassList united;
} Join;

static Str term_of(const RunMerge *m)
{
	return (Str){(const char *)m->term, m->term_len};
}

static Status next_code(Join *j, Err *err)
{
	const InvertOptions *o = &j->inv->options;
	uint8_t before[GLASS_TERM_MAX];
	size_t before_len = j->spelled_len;
	j->has_codes = run_merge_next(&j->codes, err);
	if (j->has_codes != STEP_ITEM)
		return j->has_codes == STEP_END ? ST_OK : err->code;
	memcpy(before, j->spelled, before_len);
	char term[GLASS_TERM_MAX];
	size_t len = o->spell(o->spell_ctx, j->codes.code, term);
	j->spelled_len = len <= sizeof term ? glass_escape_term((Str){term, len}, j->spelled) : 0;
	if (j->spelled_len == 0)
		return err_set(err, ST_LIMIT, "a term is empty or longer than %d bytes", GLASS_TERM_MAX);
	if (str_cmp((Str){(const char *)before, before_len}, (Str){(const char *)j->spelled, j->spelled_len}) >= 0)
		return err_set(err, ST_INVALID, "codes are not in the order of terms ('%.*s' is not before '%.*s')",
			       (int)before_len, (const char *)before, (int)j->spelled_len, (const char *)j->spelled);
	return ST_OK;
}

static Status next_term(Join *j, Err *err)
{
	j->has_terms = run_merge_next(&j->terms, err);
	return j->has_terms == STEP_ERROR ? err->code : ST_OK;
}

/* Values and lengths, which come before all terms. */
static Status write_document_lists(Join *j, Err *err)
{
	Status st = ST_OK;
	while (st == ST_OK && j->has_terms == STEP_ITEM) {
		const RunMerge *m = &j->terms;
		if (m->term_len < 2 || m->term[0] != 0 || m->term[1] == GLASS_ESCAPE)
			break;
		if (m->term[1] == GLASS_LENGTHS_KEY) {
			st = glass_writer_lengths(j->writer, glass_list_piece(&m->list), err);
		} else {
			uint32_t slot = 0;
			const uint8_t *at = m->term + 2;
			if (!glass_get_varint32(&at, m->term + m->term_len, &slot))
				return err_set(err, ST_CORRUPT, "an index run is damaged");
			st = glass_writer_values(j->writer, slot, glass_list_piece(&m->list), err);
		}
		if (st == ST_OK)
			st = next_term(j, err);
	}
	return st;
}

static Status write_list(Join *j, Str term, const GlassList *list, Err *err)
{
	if (j->codes.stream == RUN_CODES)
		return glass_writer_postings(j->writer, term, list->tf, list->cf, glass_list_piece(list), err);
	GlassListIter it;
	Status st = ST_OK;
	glass_list_begin(&it, GLASS_STRINGS, glass_list_piece(list));
	while (st == ST_OK && !glass_list_at_end(&it)) {
		if (!glass_list_next(&it))
			return err_set(err, ST_CORRUPT, "an index run is damaged");
		st = glass_writer_positions(j->writer, term, it.did, it.string, err);
	}
	return st;
}

static Status unite(Join *j, Err *err)
{
	GlassPiece a = glass_list_piece(&j->codes.list), b = glass_list_piece(&j->terms.list);
	glass_list_clear(&j->united);
	bool ok = j->codes.stream == RUN_CODES ? glass_list_unite_postings(&j->united, a, b, &j->inv->spill.wdf_max)
					       : glass_positions_unite(&j->united, a, b);
	if (ok)
		return write_list(j, term_of(&j->terms), &j->united, err);
	if (!buf_ok(&j->united.body))
		return err_no_memory(err);
	return err_set(err, ST_CORRUPT, "an index run is damaged");
}

static Status write_terms(Join *j, Err *err)
{
	Status st = ST_OK;
	while (st == ST_OK && (j->has_codes == STEP_ITEM || j->has_terms == STEP_ITEM)) {
		Str code = {(const char *)j->spelled, j->spelled_len}, term = term_of(&j->terms);
		int order = j->has_codes != STEP_ITEM ? 1 : j->has_terms != STEP_ITEM ? -1 : str_cmp(code, term);
		if (order == 0)
			st = unite(j, err);
		else
			st = write_list(j, order < 0 ? code : term, order < 0 ? &j->codes.list : &j->terms.list, err);
		if (st == ST_OK && order <= 0)
			st = next_code(j, err);
		if (st == ST_OK && order >= 0)
			st = next_term(j, err);
	}
	return st;
}

static Status write_streams(Inverter *inv, GlassWriter *w, const Run *runs, size_t count, bool positions, Err *err)
{
	Join j = {.inv = inv, .writer = w};
	uint32_t *wdf_max = &inv->spill.wdf_max;
	RunStream codes = positions ? RUN_CODE_POSITIONS : RUN_CODES;
	RunStream terms = positions ? RUN_TERM_POSITIONS : RUN_TERMS;
	Status st = run_merge_begin(&j.codes, runs, count, codes, SIZE_MAX, wdf_max, err);
	if (st == ST_OK)
		st = run_merge_begin(&j.terms, runs, count, terms, SIZE_MAX, wdf_max, err);
	if (st == ST_OK)
		st = next_term(&j, err);
	if (st == ST_OK)
		st = write_document_lists(&j, err);
	if (st == ST_OK)
		st = next_code(&j, err);
	if (st == ST_OK)
		st = write_terms(&j, err);
	run_merge_done(&j.codes);
	run_merge_done(&j.terms);
	glass_list_done(&j.united);
	return st;
}

Status invert_finish(Inverter *inv, const char *dir, const InvertFinish *finish, GlassStats *out, Err *err)
{
	GlassWriter *w = NULL;
	Run *runs = NULL;
	size_t count = 0;
	Status st = collect_last_run(inv, err);
	if (st == ST_OK)
		st = spill_list(&inv->spill, &runs, &count, err);
	if (st != ST_OK)
		goto done;
	inv->stats.wdf_max = inv->batch.wdf_max;
	batch_done(&inv->batch);
	w = glass_writer_new(dir, inv->options.block_size, err);
	st = w ? glass_writer_all_metadata(w, finish, err) : err->code;
	if (st == ST_OK)
		st = glass_bounds_write(&inv->bounds, w, err);
	if (st == ST_OK)
		st = write_streams(inv, w, runs, count, false, err);
	if (st == ST_OK && inv->options.positions)
		st = write_streams(inv, w, runs, count, true, err);
	if (st != ST_OK)
		goto done;
	if (inv->spill.wdf_max > inv->stats.wdf_max)
		inv->stats.wdf_max = inv->spill.wdf_max;
	st = glass_writer_finish(w, finish->uuid, &inv->stats, err);
	if (st == ST_OK)
		*out = inv->stats;
done:
	glass_writer_free(w);
	free(runs);
	inv->failure = (Err){.code = ST_INVALID, .text = "the index was already written"};
	return st;
}
