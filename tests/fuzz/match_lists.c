/* tests/fuzz/match_lists.c - damage to a sealed shard: the matcher answers or says what is wrong.
 *
 * Input: five bytes for each damage: what is done, 3 bytes where (little-endian), a byte. See damage(). The first one's
 * top bit chooses the shard: one of large blocks, or one of small blocks, whose chunks lie in several. It stands before
 * and behind a sound one; without damage every question must be answered. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "indexer/invert/invert.h"
#include "indexer/match/match.h"

enum { DOCUMENTS = 1500, GAP = 8, FIRST = 7, DAMAGES_MAX = 64, POSTLIST = 0, VERSION = 1, FILES = 2, KINDS = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[FILES] = {"postlist.glass", "iamglass"};
static const char *const kinds[KINDS] = {"large", "small"};
static const uint32_t block_sizes[KINDS] = {8192, 2048};
static char directory[64];
static Buf whole[KINDS][FILES];
static MatchShard *sound;
static Arena made;

static void must(Status st, const Err *err)
{
	if (st == ST_OK)
		return;
	fprintf(stderr, "%s\n", err->text);
	abort();
}

static const char *path_of(const char *shard, const char *file)
{
	static char path[128];
	snprintf(path, sizeof path, "%s/%s/%s", directory, shard, file);
	return path;
}

static void give_back(void)
{
	Err err;
	match_shard_drop(sound);
	arena_done(&made);
	for (int i = 0; i < KINDS * FILES; i++)
		buf_done(&whole[i / FILES][i % FILES]);
	file_remove_tree(directory, &err);
}

static void add_term(Inverter *inv, const char *prefix, unsigned number, uint32_t wdf)
{
	char term[32];
	int len = snprintf(term, sizeof term, "%s%u", prefix, number);
	invert_term(inv, (Str){term, (size_t)len}, wdf);
}

/* Lists of many chunks, of one and of a single posting; terms with a zero byte; values of many lengths. */
static void add_document(Inverter *inv, unsigned i, Err *err)
{
	char value[64];
	must(invert_begin(inv, FIRST + i * GAP + i % 3, err), err);
	invert_term(inv, STR("all"), i % 300 < 200 ? 1 + i % 3 : 50000 * (i % 3));
	invert_term(inv, STR("heavy"), 1u << 31);
	if (i % 2)
		invert_term(inv, STR("half"), i % 50 ? 1 : 300);
	if (i % 7 == 0)
		invert_term(inv, STR("seventh"), 70000);
	if (i % 3)
		invert_term(inv, (Str){"half\0b", 6}, 1);
	if (i % 400 == 0)
		add_term(inv, "own", i, 2);
	add_term(inv, "mod", i % 40, 1);
	invert_bool(inv, STR("XR"));
	if (i % 8)
		invert_value(inv, 0,
			     (Str){value, (size_t)snprintf(value, sizeof value, "20%02u%02u%*s", i % 30, i % 12 + 1,
							   (int)(i % 25), "")});
	if (i % 11 == 0)
		invert_value(inv, 1, (Str){value, (size_t)snprintf(value, sizeof value, "%*u", (int)(i % 60), i % 5)});
	must(invert_end(inv, err), err);
}

static void build_one(int kind)
{
	Err err = {0};
	GlassStats stats;
	char path[128];
	Inverter *inv = invert_new(&(InvertOptions){.block_size = block_sizes[kind], .spill_dir = directory}, &err);
	must(inv ? ST_OK : err.code, &err);
	for (unsigned i = 0; i < DOCUMENTS; i++)
		add_document(inv, i, &err);
	snprintf(path, sizeof path, "%s/%s", directory, kinds[kind]);
	must(invert_finish(inv, path, &(InvertFinish){.uuid = {1}}, &stats, &err), &err);
	invert_free(inv);
	for (int i = 0; i < FILES; i++)
		must(file_read_all(path_of(kinds[kind], names[i]), 64 << 20, &whole[kind][i], &err), &err);
	if (kind == 0)
		must(match_shard_open(&sound, path, false, &err), &err);
}

static void build(void)
{
	Err err = {0};
	snprintf(directory, sizeof directory, "%s", "/tmp/match-fuzz-XXXXXX");
	if (!mkdtemp(directory))
		abort();
	atexit(give_back);
	for (int kind = 0; kind < KINDS; kind++)
		build_one(kind);
	must(file_make_dirs(path_of("damaged", "."), &err), &err);
}

/* A byte is set or added to, a block is copied over another, or the file is cut off. */
static void damage(Buf *files, size_t block_size, const uint8_t *d)
{
	Buf *file = &files[d[0] & 1 ? VERSION : POSTLIST];
	size_t at = (size_t)d[1] | (size_t)d[2] << 8 | (size_t)d[3] << 16;
	if (!file->len)
		return;
	at %= file->len;
	size_t to = at / block_size * block_size, from = d[4] * block_size;
	switch (d[0] >> 1 & 3) {
	case 0:
		file->data[at] = (char)d[4];
		break;
	case 1:
		file->data[at] = (char)(file->data[at] + d[4]);
		break;
	case 2:
		if (to + block_size <= file->len && from + block_size <= file->len)
			memmove(file->data + to, file->data + from, block_size);
		break;
	default:
		file->len = at;
	}
}

static void write_damaged(const uint8_t *data, size_t size)
{
	Buf files[FILES] = {{0}, {0}};
	int kind = size && data[0] & 0x80;
	for (int i = 0; i < FILES; i++)
		buf_add_str(&files[i], buf_str(&whole[kind][i]));
	for (size_t i = 0; i + 5 <= size && i < 5 * DAMAGES_MAX; i += 5)
		damage(files, block_sizes[kind], data + i);
	for (int i = 0; i < FILES; i++) {
		FILE *f = fopen(path_of("damaged", names[i]), "wb");
		if (!f || fwrite(files[i].data, 1, files[i].len, f) != files[i].len || fclose(f) != 0)
			abort();
		buf_done(&files[i]);
	}
}

/* ---- questions ------------------------------------------------------------------------------------------------- */

static Query *term(const char *text)
{
	return query_term(&made, str_from(text));
}

static Query *node(QueryOp op, Query *a, Query *b, Query *c)
{
	return query_node(&made, op, (Query *[]){a, b, c}, 3);
}

enum { QUESTIONS = 10 };
static const QueryAsk *questions(void)
{
	static QueryAsk asks[QUESTIONS];
	if (asks[0].tier_count)
		return asks;
	Query *half = query_term(&made, (Str){"half\0b", 6}),
	      *dates = query_range(&made, 0, STR("200502"), STR("201511"));
	Query *any = node(QUERY_OR, term("half"), term("seventh"), term("own400"));
	Query *one_of = node(QUERY_SYNONYM, term("mod3"), term("mod17"), term("half"));
	Query *most = node(QUERY_OR, half, one_of, query_weighted(&made, QUERY_BOOST, term("own800"), 30));
	Query *every = node(QUERY_AND, term("all"), term("seventh"), half);
	Query *maybe = query_pair(&made, QUERY_AND_MAYBE, every, query_weighted(&made, QUERY_SCALE, most, 0.5));
	const Query *const list[QUESTIONS] = {
		any,
		every,
		most,
		maybe,
		query_pair(&made, QUERY_FILTER, any, dates),
		query_pair(&made, QUERY_AND_NOT, term("all"), any),
		query_pair(&made, QUERY_AND, dates, query_range(&made, 1, STR(" "), STR(""))),
		node(QUERY_AND, term("own0"), term("heavy"), term("mod0")),
		query_pair(&made, QUERY_FILTER, query_weighted(&made, QUERY_BOOST, dates, 2), term("XR")),
		node(QUERY_AND, node(QUERY_OR, term("own1200"), term("half"), NULL), term("heavy"), dates)};
	for (int i = 0; i < QUESTIONS; i++)
		asks[i] = (QueryAsk){.tiers = {list[i]},
				     .tier_count = 1,
				     .limit = 10,
				     .first = i % 4 * 30ull,
				     .count_to = i % 3 * 1000ull,
				     .sort_slot = i % 5 == 4 ? 0 : -1,
				     .second = i % 3 ? NULL : most};
	asks[1] = (QueryAsk){.tiers = {every, query_pair(&made, QUERY_AND, term("all"), half), term("all")},
			     .tier_count = 3,
			     .limit = 20,
			     .sort_slot = -1};
	return asks;
}

static bool take_term(void *ctx, Str found, uint64_t documents)
{
	Buf *last = ctx;
	(void)documents;
	if (last->len && str_cmp(found, buf_str(last)) <= 0)
		abort(); /* not in order: it need not end */
	buf_clear(last);
	buf_add_str(last, found);
	return true;
}

static void take_count(void *ctx, unsigned slot, Str value, uint64_t count)
{
	*(uint64_t *)ctx += slot + value.len + count;
}

static void judge(Status st, const Err *err, bool is_sound)
{
	if (st != ST_OK && (is_sound || st != ST_CORRUPT || !err->text[0])) {
		fprintf(stderr, "%s: %s\n", status_name(st), err->text);
		abort();
	}
}

static void list_terms(Matcher *m, bool is_sound)
{
	static const char *const prefixes[] = {"", "half", "mod1", "own"};
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		Err err = {0};
		Buf last = {0};
		judge(matcher_terms(m, str_from(prefixes[i]), take_term, &last, &err), &err, is_sound);
		buf_done(&last);
	}
}

static void list_hits(Matcher *m, bool is_sound)
{
	static const char *const terms[] = {"all", "heavy", "half", "own400", "none"};
	static QueryHit hits[3 * DOCUMENTS];
	for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
		Err err = {0};
		uint64_t total;
		size_t room = sizeof hits / sizeof hits[0];
		memset(hits, 0, sizeof hits);
		Status st = matcher_term_hits(m, str_from(terms[i]), hits, room, &total, &err);
		judge(st, &err, is_sound);
		for (size_t h = 0; st == ST_OK && h < total && h < room; h++)
			if (!hits[h].docid)
				abort(); /* fewer than it said */
		judge(matcher_term_documents(m, str_from(terms[i]), &total, &err), &err, is_sound);
	}
}

static void ask_all(Matcher *m, bool is_sound)
{
	static const uint32_t gone[] = {FIRST, 400, 401, 402, 9000, UINT32_MAX};
	static const QueryDead dead[3] = {{gone, 6}, {gone, 2}, {gone, 6}};
	const QueryAsk *asks = questions();
	for (int i = 0; i < QUESTIONS; i++) {
		Err err = {0};
		Arena arena = {0};
		QueryFound found;
		QueryAsk ask = asks[i];
		uint64_t all = 0, sum = 0;
		bool is_exact;
		ask.dead = i % 2 ? dead : NULL;
		ask.sample = i % 3 ? 100 : 0;
		judge(matcher_search(m, &ask, &arena, &found, &err), &err, is_sound);
		if (i % 2)
			judge(matcher_facets(m, &ask, 1 << 0 | 1 << 1 | 1 << 7, take_count, &sum, &all, &is_exact,
					     &err),
			      &err, is_sound);
		arena_done(&arena);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Err err = {0};
	MatchShard *damaged = NULL;
	Matcher *m = NULL;
	char path[128];
	if (!sound)
		build();
	write_damaged(data, size);
	snprintf(path, sizeof path, "%s/damaged", directory);
	Status st = match_shard_open(&damaged, path, false, &err);
	judge(st, &err, size < 5);
	if (st != ST_OK)
		return 0;
	must(matcher_open(&m, (MatchShard *[]){damaged, sound, damaged}, 3, NULL, &err), &err);
	match_shard_drop(damaged);
	ask_all(m, size < 5);
	list_terms(m, size < 5);
	list_hits(m, size < 5);
	matcher_close(m);
	return 0;
}
