/* bench/compare/table.c - one row a figure, one column an engine; then hoso in proportion to each peer. */
#include "bench/compare/compare.h"

#include <stdio.h>

enum { ENGINES_MAX = 8 };

typedef struct {
	const Engine *const *engines;
	const Figures *figures;
	size_t count;
	double text;
} Table;

typedef double Value(const Figures *f, double text, int which);

static double build_rate(const Figures *f, double text, int which)
{
	(void)which;
	return f->seconds > 0 ? text / 1e6 / f->seconds : NOT_MEASURED;
}
/* Of the index alone: those that keep nothing else build nothing else. */
static double index_rate(const Figures *f, double text, int which)
{
	return f->rebuild_seconds > 0 ? text / 1e6 / f->rebuild_seconds : build_rate(f, text, which);
}
static double processor(const Figures *f, double text, int which)
{
	(void)which;
	return f->processor_seconds > 0 ? f->processor_seconds / (text / 1e6) * 1000 : NOT_MEASURED;
}
static double size(const Figures *f, double text, int which)
{
	(void)which;
	return f->bytes > 0 ? f->bytes / text : NOT_MEASURED;
}
static double peak(const Figures *f, double text, int which)
{
	(void)text;
	(void)which;
	return f->peak_mib;
}
static double median(const Figures *f, double text, int which)
{
	(void)text;
	return f->median_us[which];
}
static double p99(const Figures *f, double text, int which)
{
	(void)text;
	return f->p99_us[which];
}
static double rate(const Figures *f, double text, int which)
{
	(void)text;
	return f->rate[which];
}
static double reciprocal(const Figures *f, double text, int which)
{
	(void)text;
	return f->reciprocal[which];
}
static double recall(const Figures *f, double text, int which)
{
	(void)text;
	return f->recall[which];
}

/* decimals -1: none from ten on, one below */
static void cell(double value, int decimals)
{
	if (value < 0)
		printf(" – |");
	else if (decimals < 0)
		printf(" %.*f |", value < 10 ? 1 : 0, value);
	else
		printf(" %.*f |", decimals, value);
}

static void row(const Table *t, const char *name, Value *value, int which, int decimals)
{
	bool any = false;
	for (size_t i = 0; i < t->count; i++)
		any |= value(&t->figures[i], t->text, which) >= 0;
	if (!any)
		return;
	printf("| %s |", name);
	for (size_t i = 0; i < t->count; i++)
		if (!t->figures[i].skipped)
			cell(value(&t->figures[i], t->text, which), decimals);
	putchar('\n');
}

static void head(const Table *t, const char *before)
{
	size_t columns = 0;
	printf("| |");
	for (size_t i = 0; i < t->count; i++)
		if (!t->figures[i].skipped && ++columns)
			printf(" %s%s |", before, t->engines[i]->name);
	printf("\n|---|");
	for (size_t i = 0; i < columns; i++)
		printf("--:|");
	putchar('\n');
}

static void print_figures(const Table *t, const Questions *q)
{
	char name[96];
	head(t, "");
	row(t, "build, MB of text a second", build_rate, 0, 1);
	row(t, "index alone, MB of text a second", index_rate, 0, 1);
	row(t, "processor time, ms a MB", processor, 0, 0);
	row(t, "on disk / text", size, 0, 2);
	row(t, "peak memory, MiB", peak, 0, 0);
	for (int kind = 0; kind < ASK_KINDS; kind++) {
		snprintf(name, sizeof name, "%s, median µs", ask_names[kind]);
		row(t, name, median, kind, -1);
		snprintf(name, sizeof name, "%s, p99 µs", ask_names[kind]);
		row(t, name, p99, kind, -1);
	}
	row(t, "short questions a second, one thread", rate, 0, 0);
	row(t, "short questions a second, two threads", rate, 1, 0);
	for (int kind = ASK_QUESTION; kind <= ASK_QUESTION_UNACCENTED; kind++) {
		snprintf(name, sizeof name, "%s, MRR@10 (n %zu)", ask_names[kind], q->of[kind].count);
		row(t, name, reciprocal, kind, 3);
		snprintf(name, sizeof name, "%s, recall@20", ask_names[kind]);
		row(t, name, recall, kind, 3);
	}
}

/* hoso divided by each peer; below the line of build, what gives bare answers is compared with what gives such. */
static void ratio(const Table *t, const char *name, size_t ours, Value *value, int which)
{
	double a = value(&t->figures[ours], t->text, which);
	if (a < 0)
		return;
	printf("| %s |", name);
	for (size_t i = 2; i < t->count; i++) {
		double b = value(&t->figures[i], t->text, which);
		if (t->figures[i].skipped)
			continue;
		if (b <= 0)
			printf(" – |");
		else
			printf(a / b < 10 ? " %.2f |" : " %.0f |", a / b);
	}
	putchar('\n');
}

static void print_ratios(const Table *t)
{
	char name[96];
	Table peers = {t->engines + 2, t->figures + 2, t->count - 2, t->text};
	putchar('\n');
	head(&peers, "hoso : ");
	ratio(t, "build, MB of text a second", 0, build_rate, 0);
	ratio(t, "index alone, MB of text a second", 0, index_rate, 0);
	ratio(t, "processor time", 0, processor, 0);
	ratio(t, "on disk", 0, size, 0);
	ratio(t, "peak memory", 0, peak, 0);
	for (size_t ours = 0; ours < 2; ours++)
		for (int kind = 0; kind < ASK_KINDS; kind++) {
			snprintf(name, sizeof name, "%s, median, %s", ask_names[kind], ours ? "bare" : "whole answer");
			ratio(t, name, ours, median, kind);
		}
	for (size_t ours = 0; ours < 2; ours++) {
		snprintf(name, sizeof name, "questions a second, two threads, %s", ours ? "bare" : "whole answer");
		ratio(t, name, ours, rate, 1);
	}
}

void table_print(const Engine *const engines[], const Figures *figures, size_t count, uint64_t records,
		 double text_bytes, const Questions *q)
{
	Table t = {engines, figures, count, text_bytes};
	printf("%llu records, %.1f MB of text\n\n", (unsigned long long)records, text_bytes / 1e6);
	print_figures(&t, q);
	if (!figures[0].skipped && count > 2)
		print_ratios(&t);
}
