/* store/care/backup_notes.c - lines of text; one that makes no sense is passed over. */
#include "store/care/backup_notes.h"

#include "base/clock.h"
#include "base/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NOTES_MAX = 16 << 20, POINTS_KEPT = 10000 };

static Status load(const char *dir, const char *name, Buf *out, Err *err)
{
	FilePath path;
	Status st = file_path(&path, dir, name, err);
	if (st == ST_OK)
		st = file_read_all(path.text, NOTES_MAX, out, err);
	return st == ST_NOT_FOUND || st == ST_LIMIT ? ST_OK : st;
}

static Status save(const char *dir, const char *name, const Buf *text, Err *err)
{
	FilePath path;
	if (!buf_ok(text))
		return err_no_memory(err);
	Status st = file_path(&path, dir, name, err);
	return st == ST_OK ? file_replace(path.text, buf_str(text), err) : st;
}

/* ---- checked --------------------------------------------------------------------------------------------------- */

Status checks_load(const char *dir, Buf *out, Err *err)
{
	Buf text = {0};
	Status st = load(dir, "checked", &text, err);
	Str rest = buf_str(&text), line;
	while (st == ST_OK && rest.len && str_split(&rest, '\n', &line)) {
		char copy[64];
		PieceCheck check;
		snprintf(copy, sizeof copy, "%.*s", STR_ARG(line));
		if (sscanf(copy, "%8" SCNx32 " %" SCNu32 " %" SCNu64, &check.segment, &check.generation,
			   &check.utc_ms) == 3)
			buf_add(out, &check, sizeof check);
	}
	buf_done(&text);
	return st != ST_OK || buf_ok(out) ? st : err_no_memory(err);
}

uint64_t checks_get(const Buf *checks, uint32_t segment, uint32_t generation)
{
	const PieceCheck *items = (const PieceCheck *)checks->data;
	for (size_t i = 0; i < checks->len / sizeof *items; i++)
		if (items[i].segment == segment)
			return items[i].generation == generation ? items[i].utc_ms : 0;
	return 0;
}

void checks_set(Buf *checks, uint32_t segment, uint32_t generation, uint64_t utc_ms)
{
	PieceCheck *items = (PieceCheck *)checks->data, added = {segment, generation, utc_ms};
	for (size_t i = 0; i < checks->len / sizeof *items; i++) {
		if (items[i].segment == segment) {
			items[i] = added;
			return;
		}
	}
	buf_add(checks, &added, sizeof added);
}

Status checks_save(const char *dir, const Buf *checks, Err *err)
{
	Buf text = {0};
	const PieceCheck *items = (const PieceCheck *)checks->data;
	for (size_t i = 0; i < checks->len / sizeof *items; i++)
		buf_printf(&text, "%08" PRIx32 " %" PRIu32 " %" PRIu64 "\n", items[i].segment, items[i].generation,
			   items[i].utc_ms);
	Status st = buf_ok(checks) ? save(dir, "checked", &text, err) : err_no_memory(err);
	buf_done(&text);
	return st;
}

/* ---- points ---------------------------------------------------------------------------------------------------- */

static bool read_point(Str line, BackupPoint *out)
{
	Str when, size;
	if (!str_split(&line, ' ', &when) || !str_split(&line, ' ', &size) || when.len >= sizeof out->when)
		return false;
	memcpy(out->when, when.ptr, when.len);
	out->when[when.len] = 0;
	return str_to_u64(size, &out->tree_size) && hex_decode(line, out->root.bytes, STORE_HASH_LEN);
}

Status points_load(const char *dir, Buf *out, Err *err)
{
	Buf text = {0};
	Status st = load(dir, "points", &text, err);
	Str rest = buf_str(&text), line;
	while (st == ST_OK && rest.len && str_split(&rest, '\n', &line)) {
		BackupPoint point;
		if (read_point(line, &point))
			buf_add(out, &point, sizeof point);
	}
	buf_done(&text);
	return st != ST_OK || buf_ok(out) ? st : err_no_memory(err);
}

Status points_add(const char *dir, uint64_t tree_size, const Hash *root, Err *err)
{
	Buf points = {0}, text = {0};
	BackupPoint added = {.tree_size = tree_size, .root = *root};
	clock_format_utc(clock_utc_ms(), added.when);
	Status st = points_load(dir, &points, err);
	size_t count = points.len / sizeof added;
	const BackupPoint *items = (const BackupPoint *)points.data;
	if (st != ST_OK || (count && items[count - 1].tree_size == tree_size))
		goto done;
	buf_add(&points, &added, sizeof added);
	items = (const BackupPoint *)points.data;
	count++;
	for (size_t i = count > POINTS_KEPT ? count - POINTS_KEPT : 0; buf_ok(&points) && i < count; i++) {
		buf_printf(&text, "%s %" PRIu64 " ", items[i].when, items[i].tree_size);
		buf_add_hex(&text, items[i].root.bytes, STORE_HASH_LEN);
		buf_add_char(&text, '\n');
	}
	st = buf_ok(&points) ? save(dir, "points", &text, err) : err_no_memory(err);
done:
	buf_done(&points);
	buf_done(&text);
	return st;
}
