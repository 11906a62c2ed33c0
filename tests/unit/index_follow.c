/* tests/unit/index_follow.c - the index follows the archive, whatever happens to it. */
#include "search_fixture.h"

#include "indexer/shards/current.h"
#include "store/care/destroy.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static void add_many(World *w, int first, int count)
{
	char json[400];
	for (int i = first; i < first + count; i++) {
		snprintf(json, sizeof json,
			 "{\"id\":\"r-%d\",\"number\":\"%d/2020/QĐ-UBND\",\"text\":\"Quyết định số thứ %d về việc giao "
			 "đất cho hộ %d\"}",
			 i, i + 1, i, i % 7);
		world_add(w, json);
	}
}

static uint64_t total(World *w, const char *query)
{
	SearchAnswer answer;
	world_ids(w, (SearchRequest){.query = str_from(query), .mode = SEARCH_ALL}, &answer);
	assert_true(answer.total_is_exact);
	return answer.total;
}

static void reopen(World *w)
{
	index_close(w->index);
	assert_ok(w, index_open(&w->index, w->store, NULL, &w->err));
}

static void add_to_sum(void *ctx, unsigned slot, Str value, uint64_t count)
{
	assert_true(slot == SLOT_TYPE && value.len);
	*(uint64_t *)ctx += count;
}

static void facets_of_very_many_matches_are_estimated_from_some(void **state)
{
	World w;
	Matcher *matcher;
	char json[200];
	(void)state;
	world_open(&w);
	index_follower_stop(w.index);
	for (int i = 0; i < 2000; i++) {
		snprintf(json, sizeof json, "{\"id\":\"r-%d\",\"type\":\"%s\",\"text\":\"giao đất\"}", i,
			 i % 4 ? "Quyết định" : "Công văn");
		world_add(&w, json);
	}
	assert_ok(&w, index_rebuild(w.index, NULL, NULL, NULL, &w.err));
	Snapshot *s = index_take_snapshot(w.index);
	assert_ok(&w, snapshot_take_matcher(s, &matcher, &(size_t){0}, &w.err));
	for (uint64_t sample = 100; sample <= 10000; sample *= 100) {
		uint64_t sum = 0, all;
		bool is_exact;
		QueryAsk search = {
			.tiers = {&(Query){.op = QUERY_TERM, .term = STR("XR")}}, .tier_count = 1, .sample = sample};
		assert_ok(&w,
			  matcher_facets(matcher, &search, 1u << SLOT_TYPE, add_to_sum, &sum, &all, &is_exact, &w.err));
		assert_int_equal(all, 2000);
		assert_int_equal(is_exact, sample >= 2000);
		assert_in_range(sum, 1998, 2002); /* each value's count is rounded */
	}
	snapshot_give_matcher(s, matcher, true);
	snapshot_drop(s);
	world_close(&w);
}

static void a_new_version_takes_the_place_of_the_old_one(void **state)
{
	World w;
	(void)state;
	world_open(&w);
	world_add(&w, "{\"id\":\"a\",\"text\":\"bản dự thảo\"}");
	world_wait(&w);
	assert_string_equal(world_find(&w, "dự thảo"), "a");
	world_add(&w, "{\"id\":\"a\",\"text\":\"bản chính thức\"}");
	world_wait(&w);
	assert_string_equal(world_find(&w, "dự thảo"), "");
	assert_string_equal(world_find(&w, "chính thức"), "a");
	reopen(&w);
	assert_string_equal(world_find(&w, "dự thảo"), "");
	assert_ok(&w, index_rebuild(w.index, NULL, NULL, NULL, &w.err));
	assert_string_equal(world_find(&w, "dự thảo"), "");
	assert_string_equal(world_find(&w, "chính thức"), "a");
	world_close(&w);
}

static void what_came_while_nobody_followed_is_caught_up(void **state)
{
	World w;
	(void)state;
	world_open(&w);
	index_follower_stop(w.index);
	add_many(&w, 0, 40);
	assert_int_equal(total(&w, "giao đất"), 0);
	assert_ok(&w, index_follower_start(w.index, &w.err));
	world_wait(&w);
	assert_int_equal(total(&w, "giao đất"), 40);
	world_close(&w);
}

static void many_records_are_sealed_and_a_few_live_on_top(void **state)
{
	World w;
	IndexState now;
	(void)state;
	world_open(&w);
	index_follower_stop(w.index);
	add_many(&w, 0, 600);
	assert_ok(&w, index_follower_start(w.index, &w.err));
	world_wait(&w);
	add_many(&w, 600, 3);
	world_wait(&w);
	index_state(w.index, &now);
	assert_true(now.sealed_shards > 0);
	assert_int_equal(now.live_documents, 3);
	assert_int_equal(now.documents, 603);
	assert_int_equal(total(&w, "giao đất"), 603);
	reopen(&w);
	assert_int_equal(total(&w, "giao đất"), 603);
	world_close(&w);
}

static void a_disk_that_was_full_is_forgotten_when_there_is_room(void **state)
{
	World w;
	struct rlimit before, small = {.rlim_cur = 4096};
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	world_open(&w);
	index_follower_stop(w.index);
	add_many(&w, 0, 600);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_ok(&w, index_follower_start(w.index, &w.err));
	assert_int_not_equal(index_wait(w.index, 600, 20000, &w.err), ST_OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	Status st = ST_BUSY;
	for (int i = 0; i < 200 && st != ST_OK;
	     i++) { /* as long as the problem stands, waiting for the index fails at once */
		st = index_wait(w.index, 600, 20000, &w.err);
		usleep(50000);
	}
	assert_ok(&w, st);
	assert_int_equal(total(&w, "giao đất"), 600);
	world_close(&w);
}

static void a_lost_or_damaged_index_is_built_anew(void **state)
{
	World w;
	char path[200];
	SearchRequest request = {.query = STR("giao đất")};
	SearchAnswer answer;
	(void)state;
	world_open(&w);
	add_many(&w, 0, 20);
	world_wait(&w);
	index_close(w.index);
	snprintf(path, sizeof path, "%s/index", w.dir);
	assert_ok(&w, file_remove_tree(path, &w.err));
	assert_ok(&w, index_open(&w.index, w.store, NULL, &w.err));
	assert_ok(&w, index_follower_start(w.index, &w.err));
	world_wait(&w);
	assert_int_equal(total(&w, "giao đất"), 20);
	index_close(w.index);
	snprintf(path, sizeof path, "%s/index/MANIFEST", w.dir);
	assert_ok(&w, file_replace(path, STR("{\"format\":1,\"schema\""), &w.err));
	assert_ok(&w, index_open(&w.index, w.store, NULL, &w.err));
	assert_int_equal(search_run(w.index, &request, &w.arena, &answer, &w.err), ST_BUSY);
	assert_ok(&w, index_follower_start(w.index, &w.err));
	world_wait(&w);
	assert_int_equal(total(&w, "giao đất"), 20);
	world_close(&w);
}

static void a_flipped_bit_in_a_shard_is_found_and_repaired(void **state)
{
	World w;
	char path[300];
	uint8_t byte;
	(void)state;
	world_open(&w);
	index_follower_stop(w.index);
	add_many(&w, 0, 600);
	assert_ok(&w, index_rebuild(w.index, NULL, NULL, NULL, &w.err));
	Snapshot *s = index_take_snapshot(w.index);
	snprintf(path, sizeof path, "%s/postlist.glass", s->dirs[0]);
	snapshot_drop(s);
	index_close(w.index);
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0 && pread(fd, &byte, 1, 9000) == 1);
	byte ^= 4;
	assert_true(pwrite(fd, &byte, 1, 9000) == 1);
	close(fd);
	assert_ok(&w, index_open(&w.index, w.store, &(IndexOptions){.check_shards = true}, &w.err));
	assert_ok(&w, index_follower_start(w.index, &w.err));
	assert_ok(&w, index_settle(w.index, 20000, &w.err));
	assert_int_equal(total(&w, "giao đất"), 600);
	assert_int_equal(w.index->bad.count, 1);
	assert_int_not_equal(access(path, F_OK), 0);
	world_close(&w);
}

static void flip(const char *path, off_t at)
{
	char byte;
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0 && pread(fd, &byte, 1, at) == 1);
	byte ^= 4;
	assert_true(pwrite(fd, &byte, 1, at) == 1);
	close(fd);
}

/* The path of a file of the shard at a position. */
static void file_of_shard(World *w, size_t shard, const char *name, char out[static 300])
{
	Snapshot *s = index_take_snapshot(w->index);
	assert_true(shard < s->dir_count);
	snprintf(out, 300, "%s/%s", s->dirs[shard], name);
	snapshot_drop(s);
}

/* 300 records in a sealed shard, 10 in the live one. */
static void open_with_two_shards(World *w)
{
	world_open(w);
	index_follower_stop(w->index);
	add_many(w, 0, 300);
	assert_ok(w, index_follower_start(w->index, &w->err));
	world_wait(w);
	add_many(w, 300, 10);
	world_wait(w);
	assert_int_equal(total(w, "giao đất"), 310);
}

static void wait_until_whole(World *w)
{
	IndexState now = {0};
	for (int i = 0; i < 200 && !now.is_whole; i++) {
		usleep(50000);
		index_state(w->index, &now);
	}
	assert_true(now.is_whole);
	assert_int_equal(now.damaged_shards, 0);
}

/* Answers are right, or they say that something lacks; in the end they are right. */
static void search_until_right(World *w)
{
	for (int i = 0; i < 200; i++) {
		SearchRequest request = {.query = STR("giao đất"), .mode = SEARCH_ALL};
		SearchAnswer answer;
		Status st = search_run(w->index, &request, &w->arena, &answer, &w->err);
		assert_true(st == ST_OK || st == ST_BUSY);
		if (st == ST_OK && !answer.degraded) {
			assert_int_equal(answer.total, 310);
			wait_until_whole(w);
			return;
		}
		assert_true(st == ST_BUSY || !answer.total_is_exact);
		usleep(50000);
	}
	fail_msg("the index stays degraded");
}

static void what_lacks_is_said_until_it_is_built_anew(void **state)
{
	static const char *const files[] = {"postlist.glass", "iamglass", "sums"};
	World w;
	char path[300];
	(void)state;
	for (size_t i = 0; i < 6; i++) {
		SearchRequest request = {.query = STR("giao đất")};
		SearchAnswer answer;
		open_with_two_shards(&w);
		file_of_shard(&w, i % 2, files[i / 2], path);
		index_close(w.index);
		flip(path, 60);
		assert_ok(&w, index_open(&w.index, w.store, NULL, &w.err));
		assert_ok(&w, search_run(w.index, &request, &w.arena, &answer, &w.err));
		assert_true(answer.degraded && !answer.total_is_exact && answer.total == (i % 2 ? 300 : 10));
		assert_ok(&w, index_follower_start(w.index, &w.err));
		search_until_right(&w);
		world_close(&w);
	}
}

static void files_that_are_removed_meanwhile_are_built_anew(void **state)
{
	World w;
	char path[300], *end;
	(void)state;
	open_with_two_shards(&w);
	for (size_t shard = 0; shard < 2; shard++) {
		file_of_shard(&w, shard, "", path);
		assert_ok(&w, file_remove_tree(path, &w.err));
		search_until_right(&w);
		for (int i = 0; i < 200 && access(path, F_OK) == 0; i++)
			usleep(50000);
		end = strrchr(path, '/');
		*end = 0;
	}
	snprintf(path, sizeof path, "%s/index", w.dir);
	assert_ok(&w, file_remove_tree(path, &w.err));
	usleep(700000);
	search_until_right(&w);
	reopen(&w);
	assert_int_equal(total(&w, "giao đất"), 310);
	world_close(&w);
}

static void a_manifest_damaged_meanwhile_is_written_again(void **state)
{
	World w;
	char path[300];
	(void)state;
	open_with_two_shards(&w);
	snprintf(path, sizeof path, "%s/index/MANIFEST", w.dir);
	for (int round = 0; round < 2; round++) {
		if (round == 0)
			flip(path, 30);
		else
			assert_int_equal(unlink(path), 0);
		usleep(50000);
		assert_ok(&w, index_refresh(w.index, &w.err));
		assert_int_equal(total(&w, "giao đất"), 310); /* nothing lacks: this process still knows it */
		usleep(1000000);
		Manifest m = {0};
		assert_ok(&w, manifest_load(w.index->dir.text, w.store, &m, &w.err));
		manifest_done(&m);
	}
	world_close(&w);
}

static void a_live_shard_that_changed_is_not_committed_to(void **state)
{
	World w;
	char path[300];
	(void)state;
	open_with_two_shards(&w);
	file_of_shard(&w, 1, "postlist.glass", path);
	flip(path, 5000);
	add_many(&w, 310, 1);
	world_wait(&w);
	assert_int_equal(total(&w, "giao đất"), 311);
	world_close(&w);
}

static void neighbours_are_merged_and_superseded_records_fall_away(void **state)
{
	World w;
	IndexState now;
	(void)state;
	world_open(&w);
	for (int round = 0; round < 5; round++) { /* five shards of 300 */
		index_follower_stop(w.index);
		add_many(&w, round * 300, 300);
		if (round == 4)
			world_add(&w, "{\"id\":\"r-0\",\"text\":\"thay thế\"}");
		assert_ok(&w, index_follower_start(w.index, &w.err));
		world_wait(&w);
	}
	assert_ok(&w, index_settle(w.index, 20000, &w.err));
	index_state(w.index, &now);
	assert_in_range(now.sealed_shards, 1, 3);
	assert_int_equal(total(&w, "giao đất"), 1499);
	assert_string_equal(world_find(&w, "thay thế"), "r-0");
	world_close(&w);
}

static void destroy(World *w, const char *id)
{
	Str ids[] = {str_from(id)};
	DestructionReport report;
	DestructionInput input = {.decision = STR("5/QĐ-STLT"),
				  .decided = STR("2026-11-02"),
				  .reason = STR("hết thời hạn"),
				  .approved_by = {STR("A"), STR("B")},
				  .record_ids = ids,
				  .record_count = 1};
	assert_ok(w, store_destroy(w->store, &input, &report, &w->err));
}

/* Is the word in any file of the index? */
static bool index_holds(World *w, const char *word)
{
	char command[300];
	snprintf(command, sizeof command, "grep -rq %s %s/index", word, w->dir);
	return system(command) == 0;
}

static void what_is_destroyed_leaves_the_index_too(void **state)
{
	World w;
	(void)state;
	world_open(&w);
	index_follower_stop(w.index);
	add_many(&w, 0, 300);
	world_add(&w, "{\"id\":\"sealed\",\"text\":\"zyxwvsealed riêng tư\"}");
	assert_ok(&w, index_follower_start(w.index, &w.err));
	world_wait(&w);
	world_add(&w, "{\"id\":\"live\",\"text\":\"zyxwvlive riêng tư\"}");
	world_wait(&w);
	assert_true(index_holds(&w, "zyxwvsealed") && index_holds(&w, "zyxwvlive"));
	assert_string_equal(world_find(&w, "zyxwvsealed"), "sealed");
	index_follower_stop(w.index);
	destroy(&w, "sealed");
	assert_string_equal(world_find(&w, "zyxwvsealed"), ""); /* at once, though the index does not know yet */
	assert_ok(&w, index_follower_start(w.index, &w.err));
	assert_ok(&w, index_settle(w.index, 20000, &w.err));
	assert_false(index_holds(&w, "zyxwvsealed"));
	destroy(&w, "live");
	index_notify(w.index);
	assert_ok(&w, index_settle(w.index, 20000, &w.err));
	assert_false(index_holds(&w, "zyxwvlive"));
	assert_int_equal(total(&w, "giao đất"), 300);
	world_close(&w);
}

typedef struct {
	World *world;
	Stop stop;
	long searches, failures; /* read when it has ended */
} Searcher;

static void *keep_searching(void *arg)
{
	Searcher *s = arg;
	Arena arena = {0};
	while (!stop_raised(&s->stop)) {
		Err err;
		SearchAnswer answer;
		SearchRequest request = {.query = STR("giao đất"), .mode = SEARCH_ALL};
		arena_reset(&arena);
		Status st = search_run(s->world->index, &request, &arena, &answer, &err);
		if (st != ST_OK || answer.total < 300) {
			s->failures++;
			print_message("search %ld: %s, %llu of at least 300%s\n", s->searches,
				      st == ST_OK ? "found" : err.text,
				      st == ST_OK ? (unsigned long long)answer.total : 0,
				      st == ST_OK && !answer.total_is_exact ? " (estimate)" : "");
		}
		s->searches++;
	}
	arena_done(&arena);
	return NULL;
}

static void a_search_never_fails_because_the_index_changes(void **state)
{
	World w;
	Searcher searcher = {.world = &w};
	pthread_t thread;
	(void)state;
	world_open(&w);
	add_many(&w, 0, 300);
	world_wait(&w);
	assert_int_equal(pthread_create(&thread, NULL, keep_searching, &searcher), 0);
	for (int i = 0; i < 30; i++) { /* commits of the live shard, then sealing, then a swap */
		add_many(&w, 300 + i * 10, 10);
		world_wait(&w);
	}
	assert_ok(&w, index_rebuild(w.index, NULL, NULL, NULL, &w.err));
	stop_raise(&searcher.stop);
	pthread_join(thread, NULL);
	assert_true(searcher.searches > 0);
	assert_int_equal(searcher.failures, 0);
	world_close(&w);
}

/* An upload of 40 MB is under way while a backlog is dealt out between two builders. */
static void a_backlog_is_dealt_out_while_something_large_is_pending(void **state)
{
	enum { RECORDS = 1100, TEXT = 20000, LARGE = 40 << 20 };
	static char text[TEXT + 64];
	World w;
	Receipt receipt;
	uint32_t seed = 1;
	char key[16], *large = malloc(LARGE);
	(void)state;
	world_open(&w);
	index_close(w.index);
	assert_non_null(large);
	assert_ok(&w, store_write_begin(w.store, &w.err));
	for (int i = 0; i < RECORDS; i++) {
		size_t len = 0;
		while (len < TEXT)
			len += (size_t)sprintf(text + len, "giao đất %u ",
					       (seed = seed * 1664525u + 1013904223u) >> 20);
		snprintf(key, sizeof key, "r%d", i);
		ObjectInput object = {.ref = {.role = "text"}, .bytes = {text, len}, .fd = -1};
		EntryInput input = {.kind = ENTRY_RECORD,
				    .key = str_from(key),
				    .metadata = STR("{}"),
				    .objects = &object,
				    .object_count = 1};
		assert_ok(&w, store_append(w.store, &input, &receipt, &w.err));
	}
	assert_ok(&w, store_commit(w.store, &w.err));
	for (size_t i = 0; i < LARGE; i++)
		large[i] = (char)((seed = seed * 1664525u + 1013904223u) >> 24);
	ObjectInput object = {.ref = {.role = "original"}, .bytes = {large, LARGE}, .fd = -1};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = STR("large"),
			    .metadata = STR("{}"),
			    .objects = &object,
			    .object_count = 1};
	assert_ok(&w, store_append(w.store, &input, &receipt, &w.err));
	assert_ok(&w, index_open(&w.index, w.store, &(IndexOptions){.threads = 2}, &w.err));
	assert_ok(&w, index_follower_start(w.index, &w.err));
	assert_ok(&w, index_wait(w.index, RECORDS, 60000, &w.err));
	usleep(2500000); /* nothing more comes, and whoever waits for it gives up */
	assert_ok(&w, store_commit(w.store, &w.err));
	store_write_end(w.store);
	index_notify(w.index);
	assert_ok(&w, index_wait(w.index, RECORDS + 1, 20000, &w.err));
	assert_ok(&w, index_settle(w.index, 20000, &w.err));
	IndexState now;
	index_state(w.index, &now);
	assert_int_equal(now.documents, RECORDS + 1);
	free(large);
	world_close(&w);
}

static void bulk_and_xapian_built_shards_answer_alike(void **state)
{
	static const char *const queries[] = {"giao đất",  "quyết định số thứ 17", "\"về việc giao\"",
					      "hộ 3 -thứ", "số:12/2020/QĐ-UBND",   "dat giao"};
	World w;
	const char *found[6];
	(void)state;
	world_open(&w);
	add_many(&w, 0, 120);
	assert_ok(&w, index_rebuild(w.index, NULL, NULL, NULL, &w.err));
	for (size_t i = 0; i < 6; i++)
		found[i] = world_find(&w, queries[i]);
	index_close(w.index);
	assert_ok(&w, index_open(&w.index, w.store, &(IndexOptions){.xapian_writer = true}, &w.err));
	assert_ok(&w, index_rebuild(w.index, NULL, NULL, NULL, &w.err));
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(world_find(&w, queries[i]), found[i]);
	world_close(&w);
}

/* Xapian deals out equals in another order. */
static void xapian_answers_where_it_is_told_to(void **state)
{
	static const char *const queries[] = {"giao đất", "quyết định số thứ 17", "\"về việc giao\"", "dat giao"};
	World w;
	(void)state;
	world_open(&w);
	add_many(&w, 0, 120);
	assert_ok(&w, index_rebuild(w.index, NULL, NULL, NULL, &w.err));
	for (size_t i = 0; i < 4; i++) {
		SearchAnswer ours, theirs;
		SearchRequest request = {.query = str_from(queries[i]), .limit = 100};
		world_ids(&w, request, &ours);
		index_close(w.index);
		assert_ok(&w, index_open(&w.index, w.store, &(IndexOptions){.xapian_answers = true}, &w.err));
		world_ids(&w, request, &theirs);
		index_close(w.index);
		assert_ok(&w, index_open(&w.index, w.store, NULL, &w.err));
		assert_true(ours.hit_count > 0);
		assert_int_equal(ours.hit_count, theirs.hit_count);
		assert_int_equal(ours.total, theirs.total);
		for (size_t h = 0; h < ours.hit_count; h++)
			assert_float_equal(ours.hits[h].score, theirs.hits[h].score, 1e-4);
	}
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facets_of_very_many_matches_are_estimated_from_some),
		cmocka_unit_test(a_new_version_takes_the_place_of_the_old_one),
		cmocka_unit_test(what_came_while_nobody_followed_is_caught_up),
		cmocka_unit_test(many_records_are_sealed_and_a_few_live_on_top),
		cmocka_unit_test(a_disk_that_was_full_is_forgotten_when_there_is_room),
		cmocka_unit_test(a_lost_or_damaged_index_is_built_anew),
		cmocka_unit_test(a_flipped_bit_in_a_shard_is_found_and_repaired),
		cmocka_unit_test(what_lacks_is_said_until_it_is_built_anew),
		cmocka_unit_test(files_that_are_removed_meanwhile_are_built_anew),
		cmocka_unit_test(a_manifest_damaged_meanwhile_is_written_again),
		cmocka_unit_test(a_live_shard_that_changed_is_not_committed_to),
		cmocka_unit_test(neighbours_are_merged_and_superseded_records_fall_away),
		cmocka_unit_test(what_is_destroyed_leaves_the_index_too),
		cmocka_unit_test(a_search_never_fails_because_the_index_changes),
		cmocka_unit_test(a_backlog_is_dealt_out_while_something_large_is_pending),
		cmocka_unit_test(bulk_and_xapian_built_shards_answer_alike),
		cmocka_unit_test(xapian_answers_where_it_is_told_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
