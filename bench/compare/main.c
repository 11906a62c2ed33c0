/* bench/compare/main.c - hoso-compare: tables of figures, in Markdown.
 *
 *   hoso-compare --hoso PATH [--lucene CLASSPATH] [--lucene-one-field] [--queries FILE --qrels FILE]
 *                [--limit N] [--rounds N] [--only NAME,…] RECORDS.jsonl[.zst] DIR
 *
 * DIR is made and holds everything; delete it afterwards. Builds run one after the other, each in a process of its own
 * (its peak memory is what the kernel says of it); with --rounds each is repeated and the fastest counts. Engines that
 * are not on this machine are left out and named.
 */
#include "bench/compare/compare.h"

#include "base/file.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const Engine *const engines[] = {
	&engine_hoso,     &engine_hoso_bare, &engine_sqlite, &engine_xapian, &engine_lucene,
#ifdef HAVE_POSTGRES
	&engine_postgres,
#endif
};
enum { ENGINES = sizeof engines / sizeof *engines };

CompareOptions compare_options;

typedef struct {
	const char *input, *dir, *queries, *qrels, *only;
	uint64_t limit, rounds;
} Options;

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

static bool is_wanted(const Options *o, const Engine *engine)
{
	return !o->only || strstr(o->only, engine->name);
}

static Status start_all(const Options *o, Figures *figures, Err *err)
{
	for (int i = 0; i < ENGINES; i++) {
		figures_clear(&figures[i]);
		figures[i].skipped = !is_wanted(o, engines[i]);
		if (figures[i].skipped || !engines[i]->start)
			continue;
		Status st = engines[i]->start(o->dir, err);
		if (st == ST_NOT_FOUND) {
			printf("(%s is left out: %s)\n", engines[i]->name, err->text);
			figures[i].skipped = true;
		} else if (st != ST_OK) {
			return st;
		}
	}
#ifndef HAVE_POSTGRES
	printf("(PostgreSQL is left out: there was no libpq when this was built)\n");
#endif
	fflush(stdout); /* or the children would print it once more */
	return ST_OK;
}

static Status measure_all(const Options *o, const Questions *questions, Figures *figures, Err *err)
{
	Status st = ST_OK;
	for (uint64_t round = 0; st == ST_OK && round < o->rounds; round++) {
		for (int i = 0; st == ST_OK && i < ENGINES; i++) {
			if (figures[i].skipped || !engines[i]->build)
				continue;
			fprintf(stderr, "building: %s\n", engines[i]->name);
			st = measure_build(engines[i], o->dir, &figures[i], err);
		}
	}
	for (int i = 0; st == ST_OK && i < ENGINES; i++) {
		if (figures[i].skipped)
			continue;
		fprintf(stderr, "asking: %s\n", engines[i]->name);
		st = measure_asking(engines[i], o->dir, questions, &figures[i], err);
	}
	return st;
}

static Status run(const Options *o, Err *err)
{
	static Questions questions;
	Figures figures[ENGINES];
	uint64_t records;
	double text;
	Status st = file_make_dirs(o->dir, err);
	if (st == ST_OK)
		st = corpus_prepare(o->input, o->dir, o->limit, err);
	if (st == ST_OK)
		st = measure_text(o, &records, &text, err);
	if (st == ST_OK)
		st = questions_pick(o->dir, o->queries, o->qrels, &questions, err);
	if (st == ST_OK)
		st = start_all(o, figures, err);
	if (st == ST_OK)
		st = measure_all(o, &questions, figures, err);
	for (int i = 0; i < ENGINES; i++)
		if (engines[i]->stop)
			engines[i]->stop();
	if (st == ST_OK)
		table_print(engines, figures, ENGINES, records, text, &questions);
	return st;
}

static bool read_options(int argc, char **argv, Options *o)
{
	static const struct option options[] = {
		{"hoso", required_argument, NULL, 'h'},
		{"lucene", required_argument, NULL, 'l'},
		{"lucene-one-field", no_argument, NULL, '1'},
		{"queries", required_argument, NULL, 'q'},
		{"qrels", required_argument, NULL, 'j'},
		{"only", required_argument, NULL, 'o'},
		{"limit", required_argument, NULL, 'n'},
		{"rounds", required_argument, NULL, 'r'},
		{0},
	};
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (option) {
		case 'h':
			compare_options.hoso = optarg;
			break;
		case 'l':
			compare_options.lucene = optarg;
			break;
		case '1':
			compare_options.lucene_one_field = true;
			break;
		case 'q':
			o->queries = optarg;
			break;
		case 'j':
			o->qrels = optarg;
			break;
		case 'o':
			o->only = optarg;
			break;
		case 'n':
		case 'r':
			if (!str_to_u64(str_from(optarg), option == 'n' ? &o->limit : &o->rounds))
				return false;
			break;
		default:
			return false;
		}
	}
	if (argc - optind != 2)
		return false;
	o->input = argv[optind];
	o->dir = argv[optind + 1];
	return compare_options.hoso != NULL;
}

int main(int argc, char **argv)
{
	Options o = {.limit = UINT64_MAX, .rounds = 1};
	Err err;
	if (!read_options(argc, argv, &o)) {
		fputs("usage: hoso-compare --hoso PATH [--lucene CLASSPATH] [--lucene-one-field] [--queries FILE "
		      "--qrels FILE]\n"
		      "                    [--limit N] [--rounds N] [--only NAME,…] RECORDS.jsonl[.zst] DIR\n",
		      stderr);
		return 2;
	}
	if (run(&o, &err) != ST_OK) {
		fprintf(stderr, "hoso-compare: %s\n", err.text);
		return 3;
	}
	return 0;
}
