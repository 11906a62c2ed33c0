/* bench/compare/main.c - hoso-compare: one table of figures, in Markdown.
 *
 *   hoso-compare --hoso PATH RECORDS.jsonl[.zst] DIR [--limit N] [--rounds N]
 *
 * DIR is made and holds everything; delete it afterwards. Builds run one after the other, each in a process of its own
 * (its peak memory is what the kernel says of it); with --rounds each is repeated and the fastest counts. Questions
 * are asked three times, the first time does not count.
 */
#include "bench/compare/compare.h"

#include "base/clock.h"
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const Engine *const engines[] = {&engine_hoso, &engine_sqlite, &engine_xapian};
enum { ENGINES = sizeof engines / sizeof *engines, ROUNDS_ASKED = 3 };

typedef struct {
	double seconds, processor_seconds, peak_mib, bytes;
	double median_us[ASK_KINDS], p99_us[ASK_KINDS];
} Figures;

typedef struct {
	const char *input, *dir;
	uint64_t limit, rounds;
} Options;

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
		char below[4400];
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
		total += tree_bytes(below);
	}
	if (dir)
		closedir(dir);
	return total;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* One build in a child; a file system that is still writing back the last one would be unfair, so it is synced first. */
static Status build_once(const Engine *engine, const Options *o, Figures *out, Err *err)
{
	char made[4400];
	struct rusage usage;
	int status;
	snprintf(made, sizeof made, "%s/%s", o->dir, engine->made);
	Status st = file_remove_tree(made, err);
	if (st != ST_OK)
		return st;
	sync();
	uint64_t started = clock_monotonic_us();
	pid_t child = fork();
	if (child == 0) {
		Err problem;
		st = engine->build(o->dir, &problem);
		if (st != ST_OK)
			fprintf(stderr, "%s: %s\n", engine->name, problem.text);
		_exit(st == ST_OK ? 0 : 1);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, ST_INTERNAL, "%s could not be built", engine->name);
	double seconds = (double)(clock_monotonic_us() - started) / 1e6;
	if (out->seconds > 0 && seconds >= out->seconds)
		return ST_OK;
	out->seconds = seconds;
	out->processor_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	out->peak_mib = (double)usage.ru_maxrss / 1024;
	out->bytes = (double)tree_bytes(made);
	return ST_OK;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static Status ask_kind(const Engine *engine, void *handle, AskKind kind, const Question *questions, unsigned count,
		       Figures *out, Err *err)
{
	static uint64_t times[QUESTIONS * ROUNDS_ASKED];
	size_t taken = 0;
	for (unsigned round = 0; round < ROUNDS_ASKED; round++) {
		for (unsigned i = 0; i < count; i++) {
			unsigned hits = 0;
			uint64_t started = clock_monotonic_us();
			Status st = engine->ask(handle, kind, &questions[i], &hits, err);
			if (st != ST_OK)
				return st;
			if (round > 0)
				times[taken++] = clock_monotonic_us() - started;
		}
	}
	if (!taken)
		return ST_OK;
	qsort(times, taken, sizeof *times, by_value);
	out->median_us[kind] = (double)times[taken / 2];
	out->p99_us[kind] = (double)times[taken * 99 / 100];
	return ST_OK;
}

static Status ask_all(const Engine *engine, const Options *o, const Questions *q, Figures *out, Err *err)
{
	void *handle = engine->open(o->dir, err);
	if (!handle)
		return err->code;
	Status st = ST_OK;
	for (int kind = 0; st == ST_OK && kind < ASK_KINDS; kind++) {
		const Question *questions = kind == ASK_NUMBER       ? q->numbers
					    : kind == ASK_UNACCENTED ? q->unaccented
								     : q->words;
		st = ask_kind(engine, handle, (AskKind)kind, questions,
			      kind == ASK_NUMBER ? q->number_count : q->word_count, out, err);
	}
	engine->close(handle);
	return st;
}

static Status measure_text(const Options *o, uint64_t *records, double *bytes, Err *err)
{
	Corpus *c = corpus_open(o->dir, err);
	Item item;
	Step step = c ? STEP_ITEM : STEP_ERROR;
	*records = 0;
	*bytes = 0;
	while (step == STEP_ITEM && (step = corpus_next(c, &item, err)) == STEP_ITEM) {
		++*records;
		*bytes += (double)item.text.len;
	}
	corpus_close(c);
	return step == STEP_END ? ST_OK : err->code;
}

/* One row a figure, one column an engine, then hoso in proportion to each peer. */
static void row(const char *name, const Figures *f, double (*value)(const Figures *, double, int), double text,
		int which, int decimals)
{
	printf("| %s |", name);
	for (int i = 0; i < ENGINES; i++)
		printf(" %.*f |", decimals, value(&f[i], text, which));
	for (int i = 1; i < ENGINES; i++) {
		double ratio = value(&f[0], text, which) / value(&f[i], text, which);
		printf(ratio < 10 ? " %.2f |" : " %.0f |", ratio);
	}
	putchar('\n');
}

static double rate(const Figures *f, double text, int which) { (void)which; return text / 1e6 / f->seconds; }
static double processor(const Figures *f, double text, int which)
{
	(void)which;
	return f->processor_seconds / (text / 1e6) * 1000;
}
static double size(const Figures *f, double text, int which) { (void)which; return f->bytes / text; }
static double peak(const Figures *f, double text, int which) { (void)text; (void)which; return f->peak_mib; }
static double median(const Figures *f, double text, int which) { (void)text; return f->median_us[which]; }
static double p99(const Figures *f, double text, int which) { (void)text; return f->p99_us[which]; }

static void print_table(const Figures *f, uint64_t records, double text)
{
	static const char *const kinds[ASK_KINDS] = {"all words", "any word", "phrase", "without accents", "number"};
	char name[64];
	printf("%llu records, %.1f MB of text\n\n| |", (unsigned long long)records, text / 1e6);
	for (int i = 0; i < ENGINES; i++)
		printf(" %s |", engines[i]->name);
	for (int i = 1; i < ENGINES; i++)
		printf(" hoso : %s |", engines[i]->name);
	printf("\n|---|");
	for (int i = 0; i < 2 * ENGINES - 1; i++)
		printf("--:|");
	putchar('\n');
	row("build, MB of text a second", f, rate, text, 0, 1);
	row("processor time, ms a MB", f, processor, text, 0, 0);
	row("on disk / text", f, size, text, 0, 2);
	row("peak memory, MiB", f, peak, text, 0, 0);
	for (int kind = 0; kind < ASK_KINDS; kind++) {
		snprintf(name, sizeof name, "%s, median µs", kinds[kind]);
		row(name, f, median, text, kind, 0);
		snprintf(name, sizeof name, "%s, p99 µs", kinds[kind]);
		row(name, f, p99, text, kind, 0);
	}
}

static Status run(const Options *o, Err *err)
{
	static Questions questions;
	Figures figures[ENGINES] = {0};
	uint64_t records;
	double text;
	Status st = file_make_dirs(o->dir, err);
	if (st == ST_OK)
		st = corpus_prepare(o->input, o->dir, o->limit, err);
	if (st == ST_OK)
		st = measure_text(o, &records, &text, err);
	if (st == ST_OK)
		st = questions_pick(o->dir, &questions, err);
	for (uint64_t round = 0; st == ST_OK && round < o->rounds; round++)
		for (int i = 0; st == ST_OK && i < ENGINES; i++)
			st = build_once(engines[i], o, &figures[i], err);
	for (int i = 0; st == ST_OK && i < ENGINES; i++)
		st = ask_all(engines[i], o, &questions, &figures[i], err);
	if (st == ST_OK)
		print_table(figures, records, text);
	return st;
}

int main(int argc, char **argv)
{
	Options o = {.limit = UINT64_MAX, .rounds = 1};
	Err err;
	bool fine = true;
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		if (strcmp(argv[i], "--hoso") == 0)
			compare_hoso_binary = argv[++i];
		else if (strcmp(argv[i], "--limit") == 0)
			fine = str_to_u64(str_from(value), &o.limit) && ++i && fine;
		else if (strcmp(argv[i], "--rounds") == 0)
			fine = str_to_u64(str_from(value), &o.rounds) && ++i && fine;
		else if (!o.input)
			o.input = argv[i];
		else
			o.dir = argv[i];
	}
	if (!fine || !o.dir || !compare_hoso_binary) {
		fputs("usage: hoso-compare --hoso PATH RECORDS.jsonl[.zst] DIR [--limit N] [--rounds N]\n", stderr);
		return 2;
	}
	if (run(&o, &err) != ST_OK) {
		fprintf(stderr, "hoso-compare: %s\n", err.text);
		return 3;
	}
	return 0;
}
