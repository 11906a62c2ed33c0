/* tests/prop/equality/main.c - makes two archives of the same random records, one indexed in bulk and one by Xapian's
 * writer, and has their shards and their answers compared.
 *
 *   test-prop_index_equality [SEED [RECORDS]]        a random seed, 1,500 records; the seed is printed
 */
#include "tests/prop/equality/equality.h"

#include "base/file.h"
#include "indexer/ingest/ingest.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

static char scratch[] = "index-equality-XXXXXX";
static char shard_dirs[2][EQUALITY_SHARDS][512];

static void must(Status st, const Err *err, const char *what)
{
	if (st == ST_OK)
		return;
	fprintf(stderr, "FAILED: %s: %s\n", what, err->text);
	exit(1);
}

static void warn_nobody(void *ctx, Str source, const char *code, Str warning)
{
	(void)ctx, (void)source, (void)code, (void)warning;
}

static void refuse(void *ctx, Str source, Status code, Str reason)
{
	(void)ctx, (void)code;
	fprintf(stderr, "FAILED: %.*s was rejected: %.*s\n", STR_ARG(source), STR_ARG(reason));
	exit(1);
}

static void make_archive(const char *archive, const char *records, bool by_xapian)
{
	const IndexOptions options = {.threads = EQUALITY_SHARDS, .xapian_writer = by_xapian};
	const IngestOptions how = {.rejected = refuse, .warned = warn_nobody};
	const char *const paths[] = {records};
	Store *store;
	Index *index;
	IngestReport report;
	Err err = {0};
	must(store_init(archive, &err), &err, "store_init");
	must(store_open(&store, archive, &err), &err, "store_open");
	must(ingest_paths(store, NULL, paths, 1, &how, &report, &err), &err, "ingest");
	must(index_open(&index, store, &options, &err), &err, "index_open");
	must(index_rebuild(index, NULL, NULL, NULL, &err), &err, "index_rebuild");
	index_close(index);
	store_close(store);
}

static int only_shards(const struct dirent *entry)
{
	return entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
}

static void find_shards(const char *archive, char dirs[][512])
{
	char index_dir[256];
	struct dirent **names;
	snprintf(index_dir, sizeof index_dir, "%s/index", archive);
	int count = scandir(index_dir, &names, only_shards, alphasort);
	if (count != EQUALITY_SHARDS) {
		fprintf(stderr, "FAILED: %d shards in %s\n", count, index_dir);
		exit(1);
	}
	for (int i = 0; i < count; i++) {
		snprintf(dirs[i], 512, "%s/%.200s", index_dir, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

int main(int argc, char **argv)
{
	uint64_t seed = 0;
	Err err = {0};
	char records[64], archives[2][64];
	const char *lists[2][EQUALITY_SHARDS];
	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10);
	else if (getrandom(&seed, 4, 0) != 4)
		seed = 1;
	printf("seed %llu\n", (unsigned long long)seed);
	if (!mkdtemp(scratch))
		return 1;
	Random random = {seed};
	snprintf(records, sizeof records, "%s/records.jsonl", scratch);
	world_write(records, argc > 2 ? (unsigned)atoi(argv[2]) : 1500, &random);
	for (int side = 0; side < 2; side++) {
		snprintf(archives[side], sizeof archives[side], "%s/%s", scratch, side ? "theirs" : "ours");
		make_archive(archives[side], records, side);
		find_shards(archives[side], shard_dirs[side]);
		for (int i = 0; i < EQUALITY_SHARDS; i++)
			lists[side][i] = shard_dirs[side][i];
	}
	compare_answers(archives[0], archives[1], &random);
	compare_shards(lists[0], lists[1], EQUALITY_SHARDS, scratch, seed);
	return file_remove_tree(scratch, &err) == ST_OK ? 0 : 1;
}
