/* indexer/shards/tiers.c - chooses neighbours to merge, merges them, and puts the result into the manifest.
 *
 * For each tier, smallest first, the shards are gone through from the newest: a run of at least TIERS_FAN neighbours,
 * none above the tier, becomes one. Shards stay below SHARD_SEQUENCES_MAX documents and 2^SHARD_BYTES_MAX_SHIFT bytes.
 * The merge is of Xapian's tables themselves (glass/merge.h): no text is read again. Each block is compared with its
 * sum first, or damage would be copied into a shard whose sums are right.
 */
#include "indexer/shards/tiers.h"

#include "base/file.h"
#include "indexer/glass/merge.h"

#include <stdlib.h>

enum { FIRST_TIER_BYTES = 64 << 20, SHARD_SEQUENCES_MAX = 1 << 30, SHARD_BYTES_MAX_SHIFT = 34 };

static unsigned tier_of(const Shard *shard)
{
	unsigned tier = 0;
	for (uint64_t bytes = shard->bytes / FIRST_TIER_BYTES; bytes; bytes /= TIERS_FAN)
		tier++;
	return tier;
}

TierRun tiers_choose(const Manifest *m)
{
	for (unsigned tier = 0; tier < 8; tier++) {
		size_t end = m->count;
		while (end > 0) { /* runs of neighbours that are not above this tier */
			size_t start = end;
			uint64_t bytes = 0;
			while (start > 0 && tier_of(&m->shards[start - 1]) <= tier &&
			       !((bytes + m->shards[start - 1].bytes) >> SHARD_BYTES_MAX_SHIFT))
				bytes += m->shards[--start].bytes;
			bool fits = end > start && m->shards[end - 1].to - m->shards[start].from < SHARD_SEQUENCES_MAX;
			if (end - start >= TIERS_FAN && fits)
				return (TierRun){start, end - start};
			end = start == end ? end - 1 : start;
		}
	}
	return (TierRun){0};
}

/* The members of `dead` that lie in a shard, as document numbers of it. */
static uint32_t *dead_docids(const Shard *shard, const Superseded *dead, size_t *count)
{
	uint32_t *list = malloc((dead->count + 1) * sizeof *list);
	*count = 0;
	for (size_t i = 0; list && i < dead->count; i++)
		if (dead->list[i] >= shard->from && dead->list[i] < shard->to)
			list[(*count)++] = (uint32_t)(dead->list[i] - shard->from + 1);
	return list;
}

static Status merge_into(const char *dir, const char *index_dir, const Shard *shards, size_t count,
			 const Superseded *dead, const Stop *stop, Shard *merged, Err *err)
{
	GlassMergeInput *inputs = calloc(count, sizeof *inputs);
	FilePath *dirs = calloc(count, sizeof *dirs);
	GlassStats stats = {0};
	GlassSums **sums = calloc(count, sizeof *sums);
	Status st = inputs && dirs && sums ? ST_OK : err_no_memory(err);
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		inputs[i].dir = dirs[i].text;
		inputs[i].docid_offset = (uint32_t)(shards[i].from - shards[0].from);
		inputs[i].dead = dead_docids(&shards[i], dead, &inputs[i].dead_count);
		st = inputs[i].dead ? file_path(&dirs[i], index_dir, shards[i].name, err) : err_no_memory(err);
		if (st == ST_OK)
			st = glass_sums_read(&sums[i], dirs[i].text, err);
		if (st == ST_OK)
			st = glass_sums_check_version(sums[i], dirs[i].text, err);
		inputs[i].sums = sums[i];
	}
	if (st == ST_OK)
		st = glass_merge(dir, inputs, count, 0, &(GlassFinish){0}, stop, &stats, err);
	if (st == ST_OK)
		merged->documents = stats.documents;
	for (size_t i = 0; inputs && i < count; i++)
		free((void *)inputs[i].dead);
	for (size_t i = 0; sums && i < count; i++)
		glass_sums_free(sums[i]);
	free(sums);
	free(inputs);
	free(dirs);
	return st;
}

Status tiers_merge(const char *index_dir, const Shard *shards, size_t count, const Superseded *dead, const Stop *stop,
		   Shard *out, Err *err)
{
	Shard merged = {.from = shards[0].from, .to = shards[count - 1].to};
	FilePath dir;
	shard_name(&merged);
	Status st = file_path(&dir, index_dir, merged.name, err);
	if (st != ST_OK)
		return st;
	st = merge_into(dir.text, index_dir, shards, count, dead, stop, &merged, err);
	if (st == ST_OK)
		st = shard_seal(dir.text, &merged, err);
	if (st == ST_OK)
		st = file_sync_dir(index_dir, err);
	if (st == ST_OK) {
		*out = merged;
	} else {
		Err ignored;
		file_remove_tree(dir.text, &ignored);
	}
	return st;
}

void tiers_replace(Manifest *m, const Shard *merged, const Superseded *dead, bool without_dead)
{
	size_t first = 0, last, used = 0;
	while (first < m->count && m->shards[first].from < merged->from)
		first++;
	last = first;
	while (last < m->count && m->shards[last].to <= merged->to)
		last++;
	if (last == first)
		return;
	m->shards[first] = *merged;
	memmove(&m->shards[first + 1], &m->shards[last], (m->count - last) * sizeof *m->shards);
	m->count -= last - first - 1;
	for (size_t i = 0; without_dead && i < m->superseded.count; i++) {
		uint64_t sequence = m->superseded.list[i];
		if (sequence < merged->from || sequence >= merged->to || !superseded_has(dead, sequence))
			m->superseded.list[used++] = sequence;
	}
	if (without_dead)
		m->superseded.count = used;
}
