/* bench/quality/quality.c - how well a search answers questions whose answers are known.
 *
 *   hoso-quality ARCHIVE QUERIES.jsonl QRELS.tsv [--field text|nodiac] [--mode auto|all|any] [--kind KIND]
 *
 * QUERIES: one {"id","text","nodiac","kind"} a line; QRELS: "query-id <tab> record-id" a line. Prints, for all and for
 * each kind, the number of questions, MRR@10, recall@20 and the median and 99th percentile of the time in process.
 */
#include "indexer/search/search.h"

#include "base/clock.h"
#include "base/file.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { KINDS_MAX = 16, QUERIES_MAX = 20000, DEPTH = 20 };

typedef struct {
	char name[32];
	size_t count;
	double reciprocal, recall;
	uint64_t *times;
} Kind;

typedef struct {
	char *query, *record;
} Relevance;

static struct {
	Index *index;
	const char *field, *mode, *only;
	Relevance *relevant;
	size_t relevant_count;
	Kind kinds[KINDS_MAX];
	size_t kind_count;
} all;

static int by_query(const void *a, const void *b)
{
	return strcmp(((const Relevance *)a)->query, ((const Relevance *)b)->query);
}

static bool load_relevance(const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t capacity = 0, room = 0;
	if (!file)
		return false;
	while (getline(&line, &capacity, file) > 0) {
		char *tab = strchr(line, '\t'), *end = tab ? strpbrk(tab + 1, "\t\n") : NULL;
		if (!end)
			continue;
		if (all.relevant_count == room) {
			room = room ? room * 2 : 1024;
			all.relevant = realloc(all.relevant, room * sizeof *all.relevant);
		}
		*tab = *end = 0;
		all.relevant[all.relevant_count++] = (Relevance){strdup(line), strdup(tab + 1)};
	}
	free(line);
	fclose(file);
	qsort(all.relevant, all.relevant_count, sizeof *all.relevant, by_query);
	return true;
}

static Kind *kind_of(const char *name)
{
	for (size_t i = 0; i < all.kind_count; i++)
		if (strcmp(all.kinds[i].name, name) == 0)
			return &all.kinds[i];
	if (all.kind_count == KINDS_MAX)
		return &all.kinds[0];
	Kind *kind = &all.kinds[all.kind_count++];
	snprintf(kind->name, sizeof kind->name, "%s", name);
	kind->times = calloc(QUERIES_MAX, sizeof *kind->times);
	return kind;
}

static void count(Kind *kind, const SearchAnswer *answer, const Relevance *first, size_t relevant, uint64_t us)
{
	size_t found = 0, best = 0;
	for (size_t i = 0; i < answer->hit_count; i++)
		for (size_t r = 0; r < relevant; r++)
			if (str_eq(answer->hits[i].id, str_from(first[r].record))) {
				found++;
				if (!best)
					best = i + 1;
			}
	kind->reciprocal += best && best <= 10 ? 1.0 / (double)best : 0;
	kind->recall += (double)found / (double)relevant;
	if (kind->count < QUERIES_MAX)
		kind->times[kind->count++] = us;
}

static void ask(const json_t *query)
{
	const char *id = json_string_value(json_object_get(query, "id"));
	const char *text = json_string_value(json_object_get(query, all.field));
	const char *kind = json_string_value(json_object_get(query, "kind"));
	Relevance wanted = {(char *)id, NULL}, *first;
	size_t relevant = 0;
	Arena arena = {0};
	Err err = {0};
	SearchAnswer answer;
	if (!id || !text || (all.only && (!kind || strcmp(kind, all.only) != 0)))
		return;
	first = all.relevant_count ? bsearch(&wanted, all.relevant, all.relevant_count, sizeof wanted, by_query) : NULL;
	if (!first)
		return;
	while (first > all.relevant && by_query(first - 1, &wanted) == 0)
		first--;
	while (first + relevant < all.relevant + all.relevant_count && by_query(first + relevant, &wanted) == 0)
		relevant++;
	SearchRequest request = {.query = str_slice(str_from(text), 0, SEARCH_QUERY_MAX), .limit = DEPTH};
	search_set(&request, STR("mode"), str_from(all.mode), &err);
	uint64_t started = clock_monotonic_us();
	if (search_run(all.index, &request, &arena, &answer, &err) != ST_OK) {
		fprintf(stderr, "%s: %s\n", id, err.text);
		arena_done(&arena);
		return;
	}
	uint64_t us = clock_monotonic_us() - started;
	count(kind_of("all"), &answer, first, relevant, us);
	if (kind)
		count(kind_of(kind), &answer, first, relevant, us);
	arena_done(&arena);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void print_kinds(void)
{
	printf("%-14s %6s %8s %10s %10s %10s\n", "kind", "n", "MRR@10", "recall@20", "median ms", "p99 ms");
	for (size_t i = 0; i < all.kind_count; i++) {
		Kind *k = &all.kinds[i];
		qsort(k->times, k->count, sizeof *k->times, by_number);
		printf("%-14s %6zu %8.4f %10.4f %10.3f %10.3f\n", k->name, k->count, k->reciprocal / (double)k->count,
		       k->recall / (double)k->count, (double)k->times[k->count / 2] / 1000,
		       (double)k->times[k->count * 99 / 100] / 1000);
	}
}

static bool read_options(int argc, char **argv)
{
	static const struct option options[] = {
		{"field", required_argument, NULL, 'f'},
		{"mode", required_argument, NULL, 'm'},
		{"kind", required_argument, NULL, 'k'},
		{0},
	};
	all.field = "text";
	all.mode = "auto";
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (option) {
		case 'f':
			all.field = optarg;
			break;
		case 'm':
			all.mode = optarg;
			break;
		case 'k':
			all.only = optarg;
			break;
		default:
			return false;
		}
	}
	return argc - optind == 3;
}

int main(int argc, char **argv)
{
	Store *store = NULL;
	Err err = {0};
	char *line = NULL;
	size_t capacity = 0;
	FILE *queries = read_options(argc, argv) ? fopen(argv[optind + 1], "r") : NULL;
	if (!queries || !load_relevance(argv[optind + 2])) {
		fprintf(stderr, "usage: hoso-quality ARCHIVE QUERIES.jsonl QRELS.tsv [--field text|nodiac] [--mode "
				"MODE] [--kind KIND]\n");
		return 2;
	}
	if (store_open(&store, argv[optind], &err) != ST_OK || index_open(&all.index, store, NULL, &err) != ST_OK) {
		fprintf(stderr, "%s\n", err.text);
		return 3;
	}
	while (getline(&line, &capacity, queries) > 0) {
		json_t *query = json_loads(line, 0, NULL);
		ask(query);
		json_decref(query);
	}
	print_kinds();
	free(line);
	fclose(queries);
	index_close(all.index);
	store_close(store);
	return all.kind_count ? 0 : 1;
}
