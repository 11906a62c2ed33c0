/* store/care/purge.c - each dictionary is cut into all its windows of 8 bytes. One pass over the bodies that go marks
 * those windows that stand in them; a second one over the bodies that stay, which ends as soon as nothing is marked any
 * more, takes the mark from what they say too. What is still marked is blanked.
 */
#include "store/care/purge.h"

#include "store/care/rewrite.h"
#include "store/format/scan.h"
#include "store/log/body.h"
#include "store/log/files.h"
#include "store/log/read.h"

#include <stdlib.h>

enum { WINDOW = 8, PART_BYTES = 1 << 20 };

typedef enum { FREE, KNOWN, MARKED, STAYS } WindowState;

typedef struct {
	uint64_t *windows;
	uint8_t *states; /* WindowState */
	size_t mask, marked;
} Windows;

typedef struct {
	uint32_t segment, ordinal;
	Hash hash;
	const Dictionary *clean; /* NULL: nothing in it has to go */
} DictionaryPlace;

typedef struct {
	Store *store;
	const Purge *purge;
	Buf places; /* DictionaryPlace: every DICT frame */
	Buf owned;  /* Dictionary *: the cleaned ones */
	Windows windows;
	Arena arena;
} PurgeWork;

/* ---- windows --------------------------------------------------------------------------------------------------- */

static uint64_t window_at(const char *at)
{
	uint64_t window;
	memcpy(&window, at, sizeof window);
	return window;
}

static size_t slot_of(const Windows *w, uint64_t window)
{
	size_t slot = (size_t)((window * 0x9E3779B97F4A7C15u) >> 32) & w->mask;
	while (w->states[slot] != FREE && w->windows[slot] != window)
		slot = (slot + 1) & w->mask;
	return slot;
}

static bool windows_fill(Windows *w, Str bytes)
{
	size_t room = 1024;
	while (room < bytes.len * 2)
		room *= 2;
	*w = (Windows){.windows = malloc(room * sizeof *w->windows), .states = calloc(room, 1), .mask = room - 1};
	if (!w->windows || !w->states)
		return false;
	for (size_t i = 0; i + WINDOW <= bytes.len; i++) {
		uint64_t window = window_at(bytes.ptr + i);
		size_t slot = slot_of(w, window);
		if (window == 0) /* blanked by an earlier destruction */
			continue;
		w->windows[slot] = window;
		w->states[slot] = KNOWN;
	}
	return true;
}

static void windows_done(Windows *w)
{
	free(w->windows);
	free(w->states);
	*w = (Windows){0};
}

static void mark(Windows *w, Str text)
{
	for (size_t i = 0; i + WINDOW <= text.len; i++) {
		size_t slot = slot_of(w, window_at(text.ptr + i));
		if (w->states[slot] == KNOWN) {
			w->states[slot] = MARKED;
			w->marked++;
		}
	}
}

static void clear(Windows *w, Str text)
{
	for (size_t i = 0; i + WINDOW <= text.len && w->marked; i++) {
		size_t slot = slot_of(w, window_at(text.ptr + i));
		if (w->states[slot] == MARKED) {
			w->states[slot] = STAYS;
			w->marked--;
		}
	}
}

static Dictionary *without_marked(const Windows *w, Str bytes)
{
	char *copy = malloc(bytes.len + 1);
	Dictionary *clean = NULL;
	if (!copy)
		return NULL;
	memcpy(copy, bytes.ptr, bytes.len);
	for (size_t i = 0; i + WINDOW <= bytes.len; i++)
		if (w->states[slot_of(w, window_at(bytes.ptr + i))] == MARKED)
			memset(copy + i, 0, WINDOW);
	clean = dictionary_new((Str){copy, bytes.len});
	free(copy);
	return clean;
}

/* ---- what goes, what stays ------------------------------------------------------------------------------------- */

static Status mark_object(PurgeWork *work, const Hash *hash, Err *err)
{
	uint64_t size = 0;
	char *space = malloc(PART_BYTES);
	Status st = space ? store_object_size(work->store, hash, &size, err) : err_no_memory(err);
	for (uint64_t at = 0; st == ST_OK && at < size;) {
		size_t len = size - at < PART_BYTES ? (size_t)(size - at) : PART_BYTES;
		st = store_object_read(work->store, hash, at, space, len, err);
		if (st == ST_OK)
			mark(&work->windows, (Str){space, len});
		if (at + len == size)
			break;
		at += len - (WINDOW - 1);
	}
	free(space);
	return st == ST_NOT_FOUND ? ST_OK : st; /* gone already: an interrupted destruction is done again */
}

static Status mark_what_goes(PurgeWork *work, Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < work->purge->sequences->len / sizeof(uint64_t); i++) {
		Frame frame;
		LeafDescriptor leaf;
		uint32_t segment;
		uint64_t sequence;
		Str body;
		memcpy(&sequence, work->purge->sequences->data + i * sizeof sequence, sizeof sequence);
		arena_reset(&work->arena);
		st = read_leaf(work->store, SEE_COMMITTED, sequence, &work->arena, &frame, &leaf, &segment, err);
		if (st != ST_OK || (frame.header.flags & FRAME_DESTROYED))
			continue;
		st = body_read(work->store, SEE_COMMITTED, segment, &frame, &work->arena, &body, err);
		if (st == ST_OK)
			mark(&work->windows, body);
	}
	for (size_t i = 0; st == ST_OK && i < work->purge->hashes->len / sizeof(Hash); i++)
		st = mark_object(work, (const Hash *)work->purge->hashes->data + i, err);
	return st;
}

/* Bodies that nothing could be learned from (scans, pictures) are passed over. */
static bool may_speak(const PurgeWork *work, const Frame *frame)
{
	bool has_text = frame->header.type == FRAME_LEAF ||
			((frame->header.type == FRAME_OBJECT || frame->header.type == FRAME_CHUNK) &&
			 frame->header.codec != CODEC_RAW);
	return has_text && !(frame->header.flags & FRAME_DESTROYED) && !work->purge->goes(work->purge->ctx, frame);
}

static Status scan_segment(PurgeWork *work, uint32_t id,
			   Status (*each)(PurgeWork *work, uint32_t id, const Frame *frame, Err *err), Err *err)
{
	Scan scan;
	Frame frame;
	Step step = STEP_END;
	SegmentFile *file;
	Status st = files_use(work->store, id, &file, err);
	if (st != ST_OK)
		return st;
	if (!file->footer_offset)
		goto done; /* the live segment: after a destruction began it has no dictionary */
	scan_begin(&scan, file, SEGMENT_HEADER_LEN, file->footer_offset);
	while (st == ST_OK && (step = scan_next(&scan, &frame, err)) == STEP_ITEM)
		st = each(work, id, &frame, err);
	if (st == ST_OK && step == STEP_ERROR)
		st = err->code;
	scan_done(&scan);
done:
	segment_file_free(file);
	return st;
}

static Status clear_by_frame(PurgeWork *work, uint32_t id, const Frame *frame, Err *err)
{
	Str body;
	if (!work->windows.marked || !may_speak(work, frame))
		return ST_OK;
	arena_reset(&work->arena);
	Status st = body_read(work->store, SEE_COMMITTED, id, frame, &work->arena, &body, err);
	if (st == ST_OK)
		clear(&work->windows, body);
	return st;
}

/* ---- dictionaries ---------------------------------------------------------------------------------------------- */

static Status note_dictionary(PurgeWork *work, uint32_t id, const Frame *frame, Err *err)
{
	DictionaryPlace place = {.segment = id, .ordinal = frame->header.ordinal};
	if (frame->header.type != FRAME_DICT || !frame->stored.len)
		return ST_OK;
	memcpy(place.hash.bytes, frame->descriptor.ptr, STORE_HASH_LEN);
	buf_add(&work->places, &place, sizeof place);
	return buf_ok(&work->places) ? ST_OK : err_no_memory(err);
}

/* Cleans the dictionary at places[first] for every place where a dictionary with the same bytes stands. */
static Status clean_dictionary(PurgeWork *work, size_t first, Err *err)
{
	const Dictionary *dict;
	DictionaryPlace *places = (DictionaryPlace *)work->places.data;
	size_t count = work->places.len / sizeof *places;
	Dictionary *clean = NULL;
	Status st = body_load_dictionary(work->store, SEE_COMMITTED, places[first].segment, places[first].ordinal,
					 &dict, err);
	if (st == ST_OK && !windows_fill(&work->windows, dictionary_bytes(dict)))
		st = err_no_memory(err);
	if (st == ST_OK)
		st = mark_what_goes(work, err);
	for (size_t i = first; st == ST_OK && work->windows.marked && i < count; i++)
		if (hash_eq(&places[i].hash, &places[first].hash))
			st = scan_segment(work, places[i].segment, clear_by_frame, err);
	if (st != ST_OK || !work->windows.marked)
		goto done;
	clean = without_marked(&work->windows, dictionary_bytes(dict));
	if (clean)
		buf_add(&work->owned, &clean, sizeof clean);
	if (!clean || !buf_ok(&work->owned)) {
		dictionary_free(clean);
		st = err_no_memory(err);
		goto done;
	}
	for (size_t i = first; i < count; i++)
		if (hash_eq(&places[i].hash, &places[first].hash))
			places[i].clean = clean;
done:
	windows_done(&work->windows);
	return st;
}

static bool is_first(const DictionaryPlace *places, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (hash_eq(&places[i].hash, &places[at].hash))
			return false;
	return true;
}

static RewriteAction keep(void *ctx, const Frame *frame)
{
	(void)ctx;
	(void)frame;
	return REWRITE_KEEP;
}

/* Writes the segments anew whose dictionaries change; places are in order of segments. */
static Status swap_all(PurgeWork *work, uint32_t *segments_out, Err *err)
{
	const DictionaryPlace *places = (const DictionaryPlace *)work->places.data;
	size_t count = work->places.len / sizeof *places;
	Buf swaps = {0};
	Status st = ST_OK;
	for (size_t i = 0, end; st == ST_OK && i < count; i = end) {
		buf_clear(&swaps);
		for (end = i; end < count && places[end].segment == places[i].segment; end++) {
			DictionarySwap swap = {places[end].ordinal, places[end].clean};
			if (swap.clean)
				buf_add(&swaps, &swap, sizeof swap);
		}
		if (!buf_ok(&swaps))
			st = err_no_memory(err);
		RewritePlan plan = {.choose = keep,
				    .swaps = (const DictionarySwap *)swaps.data,
				    .swap_count = swaps.len / sizeof(DictionarySwap)};
		if (st == ST_OK && plan.swap_count) {
			st = rewrite_segment(work->store, places[i].segment, &plan, err);
			*segments_out += st == ST_OK;
		}
	}
	buf_done(&swaps);
	return st;
}

Status purge_dictionaries(Store *store, const Purge *purge, uint32_t *segments_out, Err *err)
{
	PurgeWork work = {.store = store, .purge = purge};
	Status st = ST_OK;
	pthread_rwlock_rdlock(&store->lock);
	uint32_t last = store->segment_count ? store->segments[store->segment_count - 1]->id : 0;
	pthread_rwlock_unlock(&store->lock);
	for (uint32_t id = 1; st == ST_OK && id <= last; id++)
		st = scan_segment(&work, id, note_dictionary, err);
	for (size_t i = 0; st == ST_OK && i < work.places.len / sizeof(DictionaryPlace); i++)
		if (is_first((const DictionaryPlace *)work.places.data, i))
			st = clean_dictionary(&work, i, err);
	if (st == ST_OK)
		st = swap_all(&work, segments_out, err);
	for (size_t i = 0; i < work.owned.len / sizeof(Dictionary *); i++)
		dictionary_free(((Dictionary **)work.owned.data)[i]);
	buf_done(&work.places);
	buf_done(&work.owned);
	arena_done(&work.arena);
	return st;
}
