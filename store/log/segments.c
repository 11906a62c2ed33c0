/* store/log/segments.c - segments by id and by sequence, found by halving: ids and first sequences both ascend. A
 * segment may hold no leaf at all, so several may have the same first sequence. */
#include "store/log/segments.h"

#include <stdlib.h>

Segment *segments_find(const Store *store, uint32_t id)
{
	size_t low = 0, high = store->segment_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (store->segments[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < store->segment_count && store->segments[low]->id == id ? store->segments[low] : NULL;
}

Segment *segments_find_leaf(const Store *store, uint64_t sequence)
{
	size_t low = 0, high = store->segment_count;
	while (low < high) { /* the last one whose first_sequence <= sequence and which has leaves at all */
		size_t middle = low + (high - low) / 2;
		if (store->segments[middle]->first_sequence <= sequence)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0) {
		Segment *s = store->segments[--low];
		if (sequence < s->first_sequence)
			continue;
		if (sequence - s->first_sequence < s->leaves)
			return s;
		if (s->leaves)
			return NULL;
	}
	return NULL;
}

bool segments_add(Store *store, Segment *segment)
{
	if (store->segment_count == store->segment_room) {
		size_t room = store->segment_room ? store->segment_room * 2 : 16;
		Segment **bigger = realloc(store->segments, room * sizeof *bigger);
		if (!bigger)
			return false;
		store->segments = bigger;
		store->segment_room = room;
	}
	store->segments[store->segment_count++] = segment;
	return true;
}

void segments_drop_after(Store *store, uint32_t id)
{
	while (store->segment_count && store->segments[store->segment_count - 1]->id > id) {
		store->files_open -= store->segments[store->segment_count - 1]->file != NULL;
		segment_free(store->segments[--store->segment_count]);
	}
}

/* ---- on disk ------------------------------------------------------------------------------------------------------
 */

bool segments_is_there(const Store *store, uint32_t id)
{
	FilePath path;
	Err ignored;
	return segment_path(&path, store->dir, id, "", &ignored) == ST_OK && file_exists(path.text);
}

Status segments_sync_dir(const Store *store, Err *err)
{
	FilePath path;
	Status st = file_path(&path, store->dir, "segments", err);
	return st == ST_OK ? file_sync_dir(path.text, err) : st;
}

Status segments_open(Store *store, uint32_t id, Segment **out, bool *sealed_out, FooterDescriptor *footer_out, Err *err)
{
	SegmentHeader header;
	FooterDescriptor footer;
	bool sealed;
	Segment *s = segment_new(id);
	if (!s)
		return err_no_memory(err);
	Status st = segment_file_open(&s->file, store->dir, id, store->archive_id, &header, &sealed, &footer, err);
	if (st == ST_CORRUPT && s->file) {
		s->header_damaged = true; /* or it is being made just now: following its frames will tell */
		header.first_sequence = sealed ? footer.first_sequence : store->committed.tree_size;
		st = ST_OK;
	}
	if (st == ST_OK && !segments_add(store, s))
		st = err_no_memory(err);
	if (st != ST_OK) {
		segment_free(s);
		return st;
	}
	s->first_sequence = header.first_sequence;
	s->generation = s->file->generation; /* or it would count as written anew once it is closed and opened again */
	if (sealed_out) {
		*sealed_out = sealed;
		*footer_out = footer;
	}
	store->files_open++;
	*out = s;
	return ST_OK;
}
