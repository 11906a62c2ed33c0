/* bench/compare/measure.c - one engine: its build in a process of its own, then its answers.
 *
 * Every question is asked three times; the first time asks for 20 records and is judged, the others for ten and are
 * timed. A kind whose first round takes long is not asked again: then that round's times count. After the budget the
 * round ends, and answers are judged only if all were asked. */
#include "bench/compare/compare.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/stop.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_TIMED = 2, LONG_US = 20000000, BUDGET_US = 300000000, RATE_US = 2000000, THREADS_MAX = 2 };

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void figures_clear(Figures *f)
{
	*f = (Figures){.seconds = NOT_MEASURED,
		       .rebuild_seconds = NOT_MEASURED,
		       .processor_seconds = NOT_MEASURED,
		       .peak_mib = NOT_MEASURED,
		       .bytes = NOT_MEASURED,
		       .rate = {NOT_MEASURED, NOT_MEASURED}};
	for (int kind = 0; kind < ASK_KINDS; kind++)
		f->median_us[kind] = f->p99_us[kind] = f->reciprocal[kind] = f->recall[kind] = NOT_MEASURED;
}

/* ---- building -------------------------------------------------------------------------------------------------- */

static uint64_t tree_bytes(const char *path)
{
	struct stat info;
	uint64_t total = 0;
	if (lstat(path, &info) != 0)
		return 0;
	if (!S_ISDIR(info.st_mode))
		return (uint64_t)info.st_size;
	DIR *dir = opendir(path);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		FilePath below;
		Err ignored;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (file_path(&below, path, entry->d_name, &ignored) == ST_OK)
			total += tree_bytes(below.text);
	}
	if (dir)
		closedir(dir);
	return total;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* In a child; a file system that is still writing back the last one would be unfair, so it is synced first. */
static Status run_child(const Engine *engine, Status (*body)(const char *dir, Err *err), const char *dir,
			double *seconds_out, struct rusage *usage, Err *err)
{
	int status;
	sync();
	uint64_t started = clock_monotonic_us();
	pid_t child = fork();
	if (child == 0) {
		Err problem;
		Status st = body(dir, &problem);
		if (st != ST_OK)
			fprintf(stderr, "%s: %s\n", engine->name, problem.text);
		_exit(st == ST_OK ? 0 : 1);
	}
	if (child < 0 || wait4(child, &status, 0, usage) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, ST_INTERNAL, "%s could not be built", engine->name);
	*seconds_out = (double)(clock_monotonic_us() - started) / 1e6;
	return ST_OK;
}

Status measure_build(const Engine *engine, const char *dir, Figures *out, Err *err)
{
	FilePath made;
	struct rusage usage, ignored;
	double seconds = 0, again = NOT_MEASURED;
	Status st = file_path(&made, dir, engine->made, err);
	if (st == ST_OK)
		st = file_remove_tree(made.text, err);
	if (st == ST_OK)
		st = run_child(engine, engine->build, dir, &seconds, &usage, err);
	if (st == ST_OK && engine->rebuild)
		st = run_child(engine, engine->rebuild, dir, &again, &ignored, err);
	if (st != ST_OK)
		return st;
	if (out->rebuild_seconds < 0 || again < out->rebuild_seconds)
		out->rebuild_seconds = again;
	if (out->seconds > 0 && seconds >= out->seconds)
		return ST_OK;
	out->seconds = seconds;
	if (!engine->is_served) {
		out->processor_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
		out->peak_mib = (double)usage.ru_maxrss / 1024;
	}
	out->bytes = engine->bytes ? engine->bytes(dir) : (double)tree_bytes(made.text);
	return ST_OK;
}

/* ---- the tally ------------------------------------------------------------------------------------------------- */

bool tally_time(Tally *t, AskKind kind, uint64_t ns)
{
	size_t n = t->count[kind];
	if (n == t->room[kind]) {
		uint64_t *grown = realloc(t->ns[kind], (n ? 2 * n : 64) * sizeof *grown);
		if (!grown)
			return false;
		t->ns[kind] = grown;
		t->room[kind] = n ? 2 * n : 64;
	}
	t->ns[kind][t->count[kind]++] = ns;
	return true;
}

void tally_answer(Tally *t, AskKind kind, const Question *question, const Found *found)
{
	size_t right = 0, first = 0;
	for (size_t i = 0; i < found->count && i < DEPTH; i++)
		for (size_t r = 0; r < question->relevant_count; r++)
			if (strcmp(found->ids[i], question->relevant[r]) == 0) {
				right++;
				first = first ? first : i + 1;
			}
	t->answered[kind]++;
	if (!question->relevant_count)
		return;
	t->reciprocal[kind] += first && first <= 10 ? 1.0 / (double)first : 0;
	t->recall[kind] += (double)right / (double)question->relevant_count;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

void tally_finish(Tally *t, const Questions *q, Figures *out)
{
	for (int kind = 0; kind < ASK_KINDS; kind++) {
		size_t n = t->count[kind], asked = q->of[kind].count;
		if (n) {
			qsort(t->ns[kind], n, sizeof *t->ns[kind], by_value);
			out->median_us[kind] = (double)t->ns[kind][n / 2] / 1000;
			out->p99_us[kind] = (double)t->ns[kind][n * 99 / 100] / 1000;
		}
		if (asked && t->answered[kind] == asked && q->of[kind].list[0].relevant_count) {
			out->reciprocal[kind] = t->reciprocal[kind] / (double)asked;
			out->recall[kind] = t->recall[kind] / (double)asked;
		}
		free(t->ns[kind]);
	}
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

/* One round; ends early when the budget is spent. */
static Status ask_round(const Engine *engine, void *handle, AskKind kind, const QuestionList *list, bool judged,
			Tally *t, Err *err)
{
	static Found found;
	uint64_t started = clock_monotonic_us();
	for (size_t i = 0; i < list->count && clock_monotonic_us() - started < BUDGET_US; i++) {
		found.limit = judged ? DEPTH : 10;
		found.want_ids = judged && !engine->no_ids && list->list[i].relevant_count;
		found.count = 0;
		uint64_t asked = now_ns();
		Status st = engine->ask(handle, kind, &list->list[i], &found, err);
		uint64_t took = now_ns() - asked;
		if (st != ST_OK)
			return st;
		if (judged && !engine->no_ids)
			tally_answer(t, kind, &list->list[i], &found);
		if (!tally_time(t, kind, took))
			return err_no_memory(err);
	}
	return ST_OK;
}

static Status ask_kind(const Engine *engine, void *handle, AskKind kind, const QuestionList *list, Tally *t, Err *err)
{
	uint64_t started = clock_monotonic_us();
	Status st = ask_round(engine, handle, kind, list, true, t, err);
	if (clock_monotonic_us() - started > LONG_US)
		return st;
	t->count[kind] = 0;
	for (int round = 0; st == ST_OK && round < ROUNDS_TIMED; round++)
		st = ask_round(engine, handle, kind, list, false, t, err);
	return st;
}

typedef struct {
	const Engine *engine;
	const char *dir;
	const Questions *q;
	size_t first;
	Stop *stop;
	uint64_t asked;
	Err err;
} Client;

static void *ask_on(void *arg)
{
	static const AskKind kinds[] = {ASK_ALL, ASK_ANY, ASK_PHRASE, ASK_UNACCENTED};
	Client *client = arg;
	void *handle = client->engine->open(client->dir, &client->err);
	Found *found = calloc(1, sizeof *found);
	for (size_t i = client->first; handle && found && !stop_raised(client->stop); i++) {
		AskKind kind = kinds[i % 4];
		const QuestionList *list = &client->q->of[kind];
		if (!list->count)
			break;
		found->limit = 10;
		if (client->engine->ask(handle, kind, &list->list[i / 4 % list->count], found, &client->err) != ST_OK)
			break;
		client->asked++;
	}
	free(found);
	if (handle)
		client->engine->close(handle);
	return NULL;
}

/* Short questions of four kinds in turn. */
static double ask_for_a_while(const Engine *engine, const char *dir, const Questions *q, unsigned threads)
{
	pthread_t ids[THREADS_MAX];
	Client clients[THREADS_MAX];
	Stop stop = {0};
	uint64_t asked = 0, started = clock_monotonic_us();
	for (unsigned i = 0; i < threads; i++) {
		clients[i] = (Client){.engine = engine, .dir = dir, .q = q, .first = i * 401, .stop = &stop};
		if (pthread_create(&ids[i], NULL, ask_on, &clients[i]) != 0)
			return NOT_MEASURED;
	}
	usleep(RATE_US);
	stop_raise(&stop);
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(ids[i], NULL);
		asked += clients[i].asked;
	}
	return (double)asked * 1e6 / (double)(clock_monotonic_us() - started);
}

Status measure_asking(const Engine *engine, const char *dir, const Questions *q, Figures *out, Err *err)
{
	Tally tally = {0};
	Status st = ST_OK;
	if (engine->ask_outside) {
		st = engine->ask_outside(dir, q, &tally, out, err);
		tally_finish(&tally, q, out);
		return st;
	}
	void *handle = engine->open(dir, err);
	if (!handle)
		return err->code;
	for (int kind = 0; st == ST_OK && kind < ASK_KINDS; kind++)
		st = ask_kind(engine, handle, (AskKind)kind, &q->of[kind], &tally, err);
	engine->close(handle);
	tally_finish(&tally, q, out);
	for (unsigned threads = 1; st == ST_OK && threads <= THREADS_MAX; threads++)
		out->rate[threads - 1] = ask_for_a_while(engine, dir, q, threads);
	return st;
}
