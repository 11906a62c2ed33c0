/* bench/glass_bench.c - how fast documents become a Xapian database, apart from reading and analysing them.
 *
 *   glass_bench FILE.jsonl [-t threads] [-m MiB] [-b batch KiB] [-r repeats] [-x times] [-o directory] [-p] [-u]
 *
 * Texts are read and analysed first; what is timed is inversion, tables and sync of the family {accented syllable,
 * folded bigram} (-p: syllables with positions; -u: as if the codes were not in order; -x: as if the documents came so
 * many times). Rates are of the analysed UTF-8 text, per second of wall clock (all threads together) and of processor
 * time. With several threads each makes a database, and these are then merged. */
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "indexer/glass/merge.h"
#include "indexer/invert/invert.h"
#include "tokenizer/syllable.h"
#include "tokenizer/token.h"

enum { RANK_BITS = 20, FROM_FOLD = 1 << 16 };
#define IS_TERM (UINT64_C(1) << 63)

/* The occurrences of all documents. An event is a code, or IS_TERM | offset of 1 length, bytes. */
typedef struct {
	Buf events, terms;
	size_t *ends; /* in events, of each document */
	size_t documents, capacity;
	size_t text_bytes, tokens;
	double tokenize_s;
} Corpus;

/* Numbers of all syllable forms in the order of their bytes, from 1. */
typedef struct {
	Str *forms;
	uint32_t *of_syllable, *of_fold;
	uint32_t count;
} Ranks;

static Ranks ranks;

static void die(const char *what, const Err *err)
{
	fprintf(stderr, "glass_bench: %s: %s\n", what, err ? err->text : "");
	exit(1);
}

static int compare_forms(const void *a, const void *b)
{
	return str_cmp(*(const Str *)a, *(const Str *)b);
}

static uint32_t rank_of(Str form)
{
	Str *found = bsearch(&form, ranks.forms + 1, ranks.count, sizeof form, compare_forms);
	return (uint32_t)(found - ranks.forms);
}

static void make_ranks(void)
{
	uint32_t syllables = syllable_count(), folds = syllable_fold_count(), n = 0, kept = 0;
	ranks.forms = calloc(syllables + folds + 1, sizeof *ranks.forms);
	ranks.of_syllable = calloc(syllables + 1, sizeof *ranks.of_syllable);
	ranks.of_fold = calloc(folds + 1, sizeof *ranks.of_fold);
	for (uint32_t i = 1; i <= syllables; i++)
		ranks.forms[++n] = syllable_key((uint16_t)i);
	for (uint32_t i = 1; i <= folds; i++)
		ranks.forms[++n] = syllable_folded((uint16_t)i);
	qsort(ranks.forms + 1, n, sizeof *ranks.forms, compare_forms);
	for (uint32_t i = 1; i <= n; i++)
		if (kept == 0 || !str_eq(ranks.forms[i], ranks.forms[kept]))
			ranks.forms[++kept] = ranks.forms[i];
	ranks.count = kept;
	for (uint32_t i = 1; i <= syllables; i++)
		ranks.of_syllable[i] = rank_of(syllable_key((uint16_t)i));
	for (uint32_t i = 1; i <= folds; i++)
		ranks.of_fold[i] = rank_of(syllable_folded((uint16_t)i));
}

static size_t spell(void *ctx, uint64_t code, char out[GLASS_TERM_MAX])
{
	(void)ctx;
	Str first = ranks.forms[code >> RANK_BITS];
	size_t len = first.len, second = code & ((1 << RANK_BITS) - 1);
	memcpy(out, first.ptr, len);
	if (second) {
		out[len++] = ' ';
		memcpy(out + len, ranks.forms[second].ptr, ranks.forms[second].len);
		len += ranks.forms[second].len;
	}
	return len;
}

static void add_event(Corpus *c, uint64_t event)
{
	buf_add(&c->events, &event, sizeof event);
}

static void add_bytes(Corpus *c, Str a, Str b)
{
	size_t len = a.len + (b.len ? b.len + 1 : 0);
	if (len == 0 || len > GLASS_TERM_MAX)
		return;
	add_event(c, IS_TERM | c->terms.len);
	buf_add_char(&c->terms, (char)len);
	buf_add_str(&c->terms, a);
	if (b.len) {
		buf_add_char(&c->terms, ' ');
		buf_add_str(&c->terms, b);
	}
}

static void analyse(Corpus *c, TokenIter *it, Str text, bool bigrams)
{
	Err err;
	Token token;
	uint16_t before = 0;
	char word[TOKEN_FOLDED_MAX];
	Str before_word = {NULL, 0};
	uint64_t start = clock_monotonic_us();
	token_iter_set(it, text);
	while (token_next(it, &token, &err) == STEP_ITEM)
		if (token.kind <= TOKEN_DIGITS)
			c->tokens++;
	c->tokenize_s += (double)(clock_monotonic_us() - start) / 1e6;
	token_iter_set(it, text);
	while (token_next(it, &token, &err) == STEP_ITEM) {
		if (token.kind > TOKEN_DIGITS)
			continue;
		if (token.syllable)
			add_event(c, (uint64_t)ranks.of_syllable[token.syllable] << RANK_BITS);
		else
			add_bytes(c, token.key, (Str){NULL, 0});
		if (bigrams && before_word.len && !(token.flags & TOKEN_BREAK_BEFORE)) {
			if (before && token.fold)
				add_event(c, (uint64_t)ranks.of_fold[before] << RANK_BITS | ranks.of_fold[token.fold]);
			else
				add_bytes(c, before_word, token.folded);
		}
		before = token.fold;
		memcpy(word, token.folded.ptr, token.folded.len);
		before_word = (Str){word, token.folded.len};
	}
}

static void load(Corpus *c, const char *path, bool bigrams)
{
	Err err = {0};
	TokenIter *it = token_iter_new(&err);
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t capacity = 0;
	if (!it || !in)
		die(path, &err);
	for (ssize_t len; (len = getline(&line, &capacity, in)) > 0;) {
		json_error_t error;
		json_t *record = json_loadb(line, (size_t)len, 0, &error);
		json_t *value = record ? json_object_get(record, "text") : NULL;
		Str text = {json_string_value(value), value ? json_string_length(value) : 0};
		analyse(c, it, text, bigrams);
		c->text_bytes += text.len;
		if (c->documents == c->capacity) {
			c->capacity = c->capacity ? 2 * c->capacity : 1024;
			c->ends = realloc(c->ends, c->capacity * sizeof *c->ends);
			if (!c->ends)
				die("out of memory", NULL);
		}
		c->ends[c->documents++] = c->events.len / sizeof(uint64_t);
		json_decref(record);
	}
	if (!buf_ok(&c->events) || !buf_ok(&c->terms))
		die("out of memory", NULL);
	free(line);
	fclose(in);
	token_iter_free(it);
}

typedef struct {
	const Corpus *corpus;
	InvertOptions options;
	size_t from, to; /* documents */
	char dir[512];
	double collect_s, finish_s, cpu_s;
	GlassStats stats;
} Part;

static void invert_document(Inverter *inv, const Corpus *c, const uint64_t *at, const uint64_t *end, bool positions)
{
	for (uint32_t position = 1; at < end; at++, position++) {
		if (*at & IS_TERM) {
			const char *bytes = c->terms.data + (*at & ~IS_TERM);
			Str term = {bytes + 1, (uint8_t)bytes[0]};
			if (positions)
				invert_term_at(inv, term, 1, position);
			else
				invert_term(inv, term, 1);
		} else if (positions) {
			invert_code_at(inv, *at, 1, position);
		} else {
			invert_code(inv, *at, 1);
		}
	}
}

static double thread_cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *build(void *arg)
{
	Part *p = arg;
	const Corpus *c = p->corpus;
	const uint64_t *events = (const uint64_t *)(const void *)c->events.data;
	Err err = {0};
	uint64_t start = clock_monotonic_us();
	Inverter *inv = invert_new(&p->options, &err);
	if (!inv)
		die("invert_new", &err);
	for (size_t i = p->from; i < p->to; i++) {
		size_t d = i % c->documents;
		if (invert_begin(inv, (uint32_t)(i - p->from + 1), &err) != ST_OK)
			die("invert_begin", &err);
		invert_document(inv, c, events + (d ? c->ends[d - 1] : 0), events + c->ends[d], p->options.positions);
		if (invert_end(inv, &err) != ST_OK)
			die("invert_end", &err);
	}
	uint64_t collected = clock_monotonic_us();
	if (invert_finish(inv, p->dir, &(InvertFinish){0}, &p->stats, &err) != ST_OK)
		die("invert_finish", &err);
	invert_free(inv);
	p->collect_s = (double)(collected - start) / 1e6;
	p->finish_s = (double)(clock_monotonic_us() - collected) / 1e6;
	p->cpu_s = thread_cpu_s();
	return NULL;
}

static double size_of(const char *dir, const char *name)
{
	char path[600];
	struct stat info;
	snprintf(path, sizeof path, "%s/%s", dir, name);
	return stat(path, &info) == 0 ? (double)info.st_size : 0;
}

/* All parts into one, a tenth of the documents dead if `purge`. */
static void merge(const Part *parts, unsigned threads, const char *base, bool purge)
{
	GlassMergeInput inputs[16];
	uint32_t *dead[16] = {NULL};
	char dir[600];
	Err err = {0};
	GlassStats stats;
	for (unsigned i = 0; i < threads; i++) {
		size_t documents = parts[i].to - parts[i].from, count = purge ? documents / 10 : 0;
		dead[i] = malloc((count + 1) * sizeof **dead);
		if (!dead[i])
			die("out of memory", NULL);
		for (size_t d = 0; d < count; d++)
			dead[i][d] = (uint32_t)(d * 10 + 3);
		inputs[i] = (GlassMergeInput){parts[i].dir, (uint32_t)parts[i].from, dead[i], count, NULL};
	}
	snprintf(dir, sizeof dir, "%s.merged", base);
	file_remove_tree(dir, &err);
	double cpu = thread_cpu_s();
	uint64_t start = clock_monotonic_us();
	if (glass_merge(dir, inputs, threads, 0, &(GlassFinish){0}, NULL, &stats, &err) != ST_OK)
		die("glass_merge", &err);
	printf("merge of %u%s: %.3f s, %.3f s of CPU, %u documents\n", threads, purge ? ", a tenth dead" : "",
	       (double)(clock_monotonic_us() - start) / 1e6, thread_cpu_s() - cpu, stats.documents);
	file_remove_tree(dir, &err);
	for (unsigned i = 0; i < threads; i++)
		free(dead[i]);
}

static void run(const Corpus *c, const InvertOptions *options, unsigned threads, size_t times, const char *base,
		bool keep)
{
	Part parts[16];
	pthread_t ids[16];
	Err err;
	size_t documents = c->documents * times;
	double mb = (double)c->text_bytes * (double)times / 1e6, postlist = 0, position = 0;
	uint64_t start = clock_monotonic_us();
	for (unsigned i = 0; i < threads; i++) {
		parts[i] = (Part){.corpus = c,
				  .options = *options,
				  .from = documents * i / threads,
				  .to = documents * (i + 1) / threads};
		snprintf(parts[i].dir, sizeof parts[i].dir, "%s.%u", base, i);
		file_remove_tree(parts[i].dir, &err);
		if (pthread_create(&ids[i], NULL, build, &parts[i]) != 0)
			die("pthread_create", NULL);
	}
	for (unsigned i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	double seconds = (double)(clock_monotonic_us() - start) / 1e6;
	if (threads > 1) {
		merge(parts, threads, base, false);
		merge(parts, threads, base, true);
	}
	double cpu = 0;
	for (unsigned i = 0; i < threads; i++) {
		cpu += parts[i].cpu_s;
		postlist += size_of(parts[i].dir, "postlist.glass");
		position += size_of(parts[i].dir, "position.glass");
		if (!keep)
			file_remove_tree(parts[i].dir, &err);
	}
	printf("%u thread(s) %.3f s = %.0f MB/s (collect %.3f, finish %.3f), %.3f s of CPU = %.0f MB/s, ", threads,
	       seconds, mb / seconds, parts[0].collect_s, parts[0].finish_s, cpu, mb / cpu);
	printf("postlist %.1f MB = %.3f of text", postlist / 1e6, postlist / 1e6 / mb);
	if (position > 0)
		printf(", position %.1f MB", position / 1e6);
	printf("\n");
}

int main(int argc, char **argv)
{
	unsigned threads = 1, repeats = 3;
	size_t times = 1;
	const char *base = "glass-bench.db";
	bool keep = false;
	InvertOptions options = {.spill_dir = ".", .spell = spell, .codes_in_order = true};
	for (int option; (option = getopt(argc, argv, "t:m:b:r:o:x:pu")) != -1;) {
		switch (option) {
		case 't':
			threads = (unsigned)atoi(optarg);
			break;
		case 'm':
			options.memory_bytes = (size_t)atol(optarg) << 20;
			break;
		case 'b':
			options.batch_bytes = (size_t)atol(optarg) << 10;
			break;
		case 'r':
			repeats = (unsigned)atoi(optarg);
			break;
		case 'x':
			times = (size_t)atol(optarg);
			break;
		case 'o':
			base = optarg;
			keep = true;
			break;
		case 'p':
			options.positions = true;
			break;
		case 'u':
			options.codes_in_order = false;
			break;
		default:
			return 2;
		}
	}
	if (optind + 1 != argc || threads < 1 || threads > 16) {
		fprintf(stderr, "usage: glass_bench FILE.jsonl [-t threads] [-m MiB] [-b batch KiB] [-r repeats] "
				"[-x times] [-o directory] [-p] [-u]\n");
		return 2;
	}
	Corpus corpus = {0};
	make_ranks();
	load(&corpus, argv[optind], !options.positions);
	double mb = (double)corpus.text_bytes / 1e6;
	printf("%zu documents, %.1f MB of text, %zu tokens, %zu occurrences; analysis alone %.0f MB/s\n",
	       corpus.documents, mb, corpus.tokens, corpus.events.len / 8, mb / corpus.tokenize_s);
	for (unsigned i = 0; i < repeats; i++)
		run(&corpus, &options, threads, times, base, keep && i + 1 == repeats);
	buf_done(&corpus.events);
	buf_done(&corpus.terms);
	free(corpus.ends);
	return 0;
}
