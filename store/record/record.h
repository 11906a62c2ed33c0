/* store/record/record.h - a record's metadata: JSON in, canonical JSON and views out. The fields are fields.h.
 *
 * Input (one object; every field optional):
 *   {"id":…,"number":…,"issued":"2019-03-12",…,"text":"…","files":["scan/15-qd.pdf"],"extra":{…}}
 *   {"case":"H40.15-210521-0012","title":"…",…}          a case file's own metadata
 * Canonical form (what is archived): known fields in table order, dates as civil dates, unknown members under
 * "extra" with sorted keys; no text, no files. Equal metadata gives equal bytes.
 *
 * Shapes   values are UTF-8; a field of another type or length than expected is kept and warned about
 * Owns     everything a Record points to lives in the arena that was passed
 * Errors   ST_INVALID broken JSON or id, ST_LIMIT too large or too deep, ST_NO_MEMORY
 * Threads  pure
 */
#ifndef STORE_RECORD_RECORD_H
#define STORE_RECORD_RECORD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json_out.h"
#include "store/record/fields.h"

enum {
	RECORD_JSON_DEPTH_MAX = 16,
	RECORD_JSON_NODES_MAX = 100000, /* members, elements and brackets, counted before anything is built of them */
};

/* Reads one JSON object as a sender gives it. */
Status record_parse(Str json, Arena *arena, Record *out, Err *err);
/* The same for what record_write wrote, as it comes from the archive. */
Status record_parse_stored(Str json, Arena *arena, Record *out, Err *err);
/* Appends the canonical metadata JSON. */
void record_write(const Record *record, Buf *out);
/* Writes the members of the metadata (no braces) into an open object: for answers. */
void record_write_members(const Record *record, JsonOut *j);

#endif
