/* indexer/invert/spill.c - levels of spill files, as in a log-structured merge.
 *
 * When runs in memory are too many, they are merged into one run at the end of file 0. When a file holds `fan` runs,
 * they are merged into one run of the next file, and the file is emptied. So a posting is written once for each level,
 * and the runs that are merged at the end are at most `fan` for each level.
 */
#include "indexer/invert/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "indexer/invert/merge.h"

enum { WRITE_BYTES = 256 << 10 };

void spill_init(Spill *s, const char *dir, size_t memory_bytes)
{
	*s = (Spill){.dir = dir ? dir : "/var/tmp"};
	size_t fan = memory_bytes / 4 / (2 * RUN_READ_BYTES); /* two streams are read side by side at the end */
	s->fan = fan < SPILL_FAN_MIN ? SPILL_FAN_MIN : fan > SPILL_FAN_MAX ? SPILL_FAN_MAX : (uint32_t)fan;
	s->memory_max = memory_bytes / 4 * 3;
}

void spill_done(Spill *s)
{
	for (size_t i = 0; i < s->memory_count; i++)
		run_free_bytes(&s->memory[i]);
	free(s->memory);
	for (int i = 0; i < SPILL_LEVELS; i++) {
		if (s->levels[i])
			close_quietly(s->levels[i]->fd);
		free(s->levels[i]);
	}
	*s = (Spill){0};
}

static int open_nameless(const char *dir, Err *err)
{
	int fd = open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	FilePath path;
	if (file_path(&path, dir, "index-spill-XXXXXX", err) != ST_OK)
		return -1;
	fd = mkostemp(path.text, O_CLOEXEC);
	if (fd < 0)
		err_errno(err, errno, "make a temporary file in %s", dir);
	else
		unlink(path.text);
	return fd;
}

static Status open_level(Spill *s, int number, SpillLevel **out, Err *err)
{
	if (number >= SPILL_LEVELS)
		return err_set(err, ST_LIMIT, "index spill files: too many levels, give the builder more memory");
	if (!s->levels[number]) {
		SpillLevel *level = calloc(1, sizeof *level);
		if (!level)
			return err_no_memory(err);
		level->fd = open_nameless(s->dir, err);
		if (level->fd < 0) {
			free(level);
			return err->code;
		}
		s->levels[number] = level;
	}
	*out = s->levels[number];
	return ST_OK;
}

static Status merge_stream(Spill *s, const Run *runs, size_t count, RunStream stream, RunWriter *w, Err *err)
{
	RunMerge m;
	Step step = STEP_ERROR;
	Status st = run_merge_begin(&m, runs, count, stream, RUN_BODY, &s->wdf_max, err);
	run_writer_begin(w, stream);
	while (st == ST_OK && (step = run_merge_next(&m, err)) == STEP_ITEM) {
		RunKey key = {.code = m.code, .term = {(const char *)m.term, m.term_len}};
		run_add(w, key, glass_list_piece(&m.list), m.list.tf, m.list.cf);
		st = run_writer_flush(w, WRITE_BYTES, err);
	}
	if (st == ST_OK && step == STEP_ERROR)
		st = err->code;
	run_merge_done(&m);
	return st;
}

/* Merges runs, which follow all that the level holds, into a new run at its end. */
static Status merge_into(Spill *s, SpillLevel *level, const Run *runs, size_t count, Err *err)
{
	RunWriter w = {.fd = level->fd, .offset = level->bytes, .base = runs[0].base};
	Run run = {.fd = level->fd, .base = runs[0].base};
	Status st = ST_OK;
	for (int stream = 0; st == ST_OK && stream < RUN_STREAMS; stream++) {
		run.start[stream] = w.offset + w.out.len;
		st = merge_stream(s, runs, count, (RunStream)stream, &w, err);
	}
	if (st == ST_OK)
		st = run_writer_flush(&w, 0, err);
	if (st == ST_OK) {
		run.start[RUN_STREAMS] = level->bytes = w.offset;
		level->runs[level->count++] = run;
	}
	buf_done(&w.out);
	return st;
}

/* Makes room for one more run at a level by merging a full one into the next. */
static Status make_room(Spill *s, int number, SpillLevel **out, Err *err)
{
	Status st = open_level(s, number, out, err);
	SpillLevel *level = *out, *next;
	if (st != ST_OK || level->count < s->fan)
		return st;
	st = make_room(s, number + 1, &next, err);
	if (st == ST_OK)
		st = merge_into(s, next, level->runs, level->count, err);
	if (st != ST_OK)
		return st;
	level->count = 0;
	level->bytes = 0;
	if (ftruncate(level->fd, 0) != 0)
		return err_errno(err, errno, "empty an index spill file");
	return ST_OK;
}

static Status spill_memory(Spill *s, Err *err)
{
	SpillLevel *level;
	Status st = make_room(s, 0, &level, err);
	if (st == ST_OK)
		st = merge_into(s, level, s->memory, s->memory_count, err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < s->memory_count; i++)
		run_free_bytes(&s->memory[i]);
	s->memory_count = 0;
	s->memory_bytes = 0;
	return ST_OK;
}

Status spill_add(Spill *s, Run *run, Err *err)
{
	size_t bytes = (size_t)run->start[RUN_STREAMS];
	Status st = ST_OK;
	if (s->memory_count && s->memory_bytes + bytes > s->memory_max)
		st = spill_memory(s, err);
	if (st == ST_OK && s->memory_count == s->memory_capacity) {
		size_t capacity = s->memory_capacity ? 2 * s->memory_capacity : 16;
		Run *grown = realloc(s->memory, capacity * sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		s->memory = grown;
		s->memory_capacity = capacity;
	}
	if (st != ST_OK)
		return st;
	s->memory[s->memory_count++] = *run;
	s->memory_bytes += bytes;
	*run = (Run){.fd = -1};
	return ST_OK;
}

Status spill_list(const Spill *s, Run **out, size_t *count_out, Err *err)
{
	size_t count = s->memory_count, at = 0;
	for (int i = 0; i < SPILL_LEVELS; i++)
		count += s->levels[i] ? s->levels[i]->count : 0;
	Run *runs = calloc(count + 1, sizeof *runs);
	if (!runs)
		return err_no_memory(err);
	for (int i = SPILL_LEVELS - 1; i >= 0; i--)
		for (uint32_t r = 0; s->levels[i] && r < s->levels[i]->count; r++)
			runs[at++] = s->levels[i]->runs[r];
	for (size_t i = 0; i < s->memory_count; i++)
		runs[at++] = s->memory[i];
	*out = runs;
	*count_out = count;
	return ST_OK;
}
