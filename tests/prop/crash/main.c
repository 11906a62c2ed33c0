/* tests/prop/crash/main.c - the power is cut at every point: what was acknowledged is there, whole, and the tree
 * agrees.
 *
 * The work of work.c is recorded operation by operation. For every prefix of that trace the disks are made that a power
 * cut could leave (disk.c). Each disk is opened, looked at, written to and verified.
 *
 *   prop_store_crash [seed [random disks for each prefix]]
 */
#include "tests/prop/crash/crash.h"

#include "base/file.h"
#include "store/care/destroy.h"
#include "store/care/verify.h"
#include "store/proof/proof.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void show_finding(void *ctx, const VerifyFinding *finding)
{
	(void)ctx;
	print_message("    %s at %llu: %s\n", finding->segment, (unsigned long long)finding->offset, finding->text);
}

/* The decision is in the log: then payloads and texts may be gone. */
static bool is_decided(Store *store)
{
	uint64_t sequence;
	Err ignored;
	return store_find(store, ENTRY_DESTRUCTION, STR("17/QD"), 0, &sequence, &ignored) == ST_OK;
}

/* No file in the directory holds the words of what was destroyed. */
static bool is_forgotten(const char *dir)
{
	char command[200];
	snprintf(command, sizeof command, "grep -rqF -- '" DOOMED_MARK "' %s", dir);
	return system(command) != 0;
}

static bool holds(Store *store, const Op *acknowledged)
{
	Arena arena = {0};
	Buf text = {0};
	uint64_t size = store_tree_size(store);
	bool right = size >= (acknowledged ? acknowledged->len : 0) && size <= record_count;
	Hash root;
	if (right && acknowledged && acknowledged->len)
		right = store_root(store, acknowledged->len, &root, &err) == ST_OK &&
			hash_eq(&root, &acknowledged->root);
	for (uint64_t i = 0; right && i < size; i++) {
		Entry entry;
		uint64_t found;
		arena_reset(&arena);
		buf_clear(&text);
		right = store_entry(store, i, &arena, &entry, &err) == ST_OK &&
			str_eq(entry.key, str_from(records[i].key)) &&
			store_find(store, entry.kind, entry.key, 0, &found, &err) == ST_OK && found == i;
		if (right && records[i].doomed && (entry.destroyed || (acknowledged && acknowledged->offset))) {
			right = entry.destroyed;
			continue;
		}
		if (right && entry.kind == ENTRY_RECORD && records[i].doomed && entry.destroyed) {
			right = is_decided(store);
			continue;
		}
		for (size_t k = 0; right && k < entry.object_count; k++)
			right = (k == 0 || buf_ok(&text)) &&
				store_object_load(store, &entry.objects[k].hash, 1u << 22, &text, &err) == ST_OK;
		right = right && str_starts(buf_str(&text), str_from(records[i].text));
	}
	arena_done(&arena);
	buf_done(&text);
	return right;
}

static bool survives(const char *dir, const Op *acknowledged)
{
	Store *store;
	VerifyReport report;
	Receipt r;
	if (store_open_with(&store, dir, options(), &err) != ST_OK)
		return false;
	DestructionReport gone;
	bool right = holds(store, acknowledged);
	if (right && store_destroy_is_pending(store)) /* every verb meets a whole archive; the next start carries on */
		right = store_verify(store, false, NULL, show_finding, NULL, &report, &err) == ST_OK &&
			report.findings == 0 && store_destroy_resume(store, &gone, &err) == ST_OK &&
			!store_destroy_is_pending(store) && holds(store, acknowledged);
	if (right && is_decided(store))
		right = is_forgotten(dir);
	uint64_t before = store_tree_size(store);
	EntryInput input = {.kind = ENTRY_RECORD, .key = STR("after-the-cut"), .metadata = STR("{}")};
	right = right && store_put(store, &input, &r, &err) == ST_OK && r.sequence == before;
	right = right && store_verify(store, false, NULL, show_finding, NULL, &report, &err) == ST_OK &&
		report.findings == 0;
	store_close(store);
	if (!right)
		return false;
	if (store_open_with(&store, dir, options(), &err) != ST_OK)
		return false;
	right = store_tree_size(store) == before + 1;
	store_close(store);
	return right;
}

static uint64_t first_seed = 20261122;
static unsigned random_disks = 1;

static void every_acknowledged_record_survives_a_power_cut_at_any_point(void **state)
{
	(void)state;
	char disk[64];
	unsigned disks = 0, bad = 0;
	seed = first_seed;
	snprintf(archive_dir, sizeof archive_dir, "%s/hoso-crash-%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ".",
		 (long)getpid());
	snprintf(disk, sizeof disk, "%s-disk", archive_dir);
	work();
	const Op *acknowledged = NULL;
	for (size_t end = 0; end <= trace_len && bad < 5; end++) {
		if (end && trace[end - 1].kind == OP_ACKNOWLEDGE)
			acknowledged = &trace[end - 1];
		for (unsigned k = 0; k < 2 + 3 * random_disks && bad < 5; k++, disks++) {
			Choice choice = k < 2 ? (Choice)k : (Choice)(SOME + (k - 2) % 3);
			uint64_t seed_here = seed;
			make_disk(end, choice);
			write_disk(disk);
			if (!survives(disk, acknowledged)) {
				print_message("prefix %zu of %zu, choice %d, seed %llu: %s\n", end, trace_len,
					      (int)choice, (unsigned long long)seed_here, err.text);
				bad++;
			}
		}
	}
	print_message("seed %llu: %zu operations traced, %zu records, %u disks, %u wrong\n",
		      (unsigned long long)first_seed, trace_len, record_count, disks, bad);
	file_remove_tree(disk, &err);
	file_remove_tree(archive_dir, &err);
	for (size_t i = 0; i < trace_len; i++)
		free(trace[i].bytes);
	free_disk();
	assert_int_equal(bad, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_acknowledged_record_survives_a_power_cut_at_any_point)};
	if (argc > 1)
		first_seed = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		random_disks = (unsigned)strtoul(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
