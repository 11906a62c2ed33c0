/* tokenizer/legacy_line.c - the line as units, a guess over its odd words, and only where the guess is sure the decoded
 * line with its offsets. */
#include "tokenizer/legacy_line.h"

Status legacy_line_decode(Str line, LegacyMemo *memo, Buf *decoded, Buf *origin, bool *is_legacy_out, Err *err)
{
	Buf units;
	Status st = ST_OK;
	buf_init(&units);
	buf_clear(decoded);
	buf_clear(origin);
	*is_legacy_out = false;
	legacy_units_of_text(line, &units);
	if (!buf_ok(&units)) {
		st = err_no_memory(err);
		goto done;
	}
	const LegacyUnit *first = (const LegacyUnit *)(const void *)units.data;
	size_t count = units.len / sizeof *first;
	if (!legacy_is_possible(first, count))
		goto done;
	LegacyGuess guess = legacy_guess_text(first, count, memo);
	if (!guess.sure)
		goto done;
	uint32_t end = (uint32_t)line.len;
	legacy_decode(guess.kind, first, count, decoded, origin);
	buf_add(origin, &end, sizeof end);
	if (!buf_ok(decoded) || !buf_ok(origin))
		st = err_no_memory(err);
	else
		*is_legacy_out = decoded->len > 0;
done:
	buf_done(&units);
	return st;
}
