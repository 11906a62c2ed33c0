/* indexer/glass/writer.c - puts lists, cut into chunks, into postlist.glass. Its keys in the order in which they sort:
 *
 *   00 c0 name                     user metadata
 *   00 d0 slot                     value bounds: varint count, varint size, least value, greatest (nothing if same);
 *                                  slot little-endian without leading zero bytes, slot 0 has none
 *   00 d8 varint slot, did         values from document did on
 *   00 e0                          document lengths, first chunk: 00 00 (no tf and cf), varint first did - 1, chunk
 *   00 e0 did                      later chunk
 *   term                           postings, first chunk: varint tf, varint cf, varint first did - 1, chunk
 *   term 00 did                    later chunk
 *
 *   chunk   '1' last or '0' not | varint last did - first did | list (list.h)
 *
 * position.glass has a key `term 00 did` for each posting with positions (positions.h).
 */
#include "indexer/glass/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/file.h"
#include "indexer/glass/table.h"

enum { HEAD_MAX = 4 * GLASS_VARINT_MAX + 1 };

/* The list of lengths or of a slot's values, put together from pieces and cut into chunks on the way. */
typedef struct {
	int marker; /* GLASS_LENGTHS_KEY, GLASS_VALUES_KEY; 0: none is open */
	uint32_t slot;
	bool started;
	GlassList chunk;
} OpenList;

struct GlassWriter {
	uint32_t block_size;
	bool finished;
	GlassTable *postlist, *position; /* position is made when it is needed */
	OpenList list;
	Buf tag;
	FilePath dir;
};

static GlassTable *open_table(const GlassWriter *w, GlassTableKind kind, Err *err)
{
	FilePath path;
	if (file_path(&path, w->dir.text, glass_table_file(kind), err) != ST_OK)
		return NULL;
	return glass_table_new(path.text, w->block_size, err);
}

GlassWriter *glass_writer_new(const char *dir, uint32_t block_size, Err *err)
{
	GlassWriter *w = calloc(1, sizeof *w);
	if (!w) {
		err_no_memory(err);
		return NULL;
	}
	w->block_size = block_size;
	size_t len = strlen(dir);
	if (len == 0 || len >= sizeof w->dir.text) {
		err_set(err, ST_LIMIT, "not a directory name: '%.100s'", dir);
		goto fail;
	}
	if (mkdir(dir, DIR_MODE) != 0) {
		if (errno == EEXIST)
			err_set(err, ST_CONFLICT, "%s is there already", dir);
		else
			err_errno(err, errno, "make directory %s", dir);
		goto fail;
	}
	memcpy(w->dir.text, dir, len + 1);
	w->postlist = open_table(w, GLASS_POSTLIST, err);
	if (w->postlist)
		return w;
fail:
	glass_writer_free(w);
	return NULL;
}

void glass_writer_free(GlassWriter *w)
{
	if (!w)
		return;
	Err ignored;
	glass_table_free(w->postlist);
	glass_table_free(w->position);
	glass_list_done(&w->list.chunk);
	buf_done(&w->tag);
	if (!w->finished && w->dir.text[0])
		file_remove_tree(w->dir.text, &ignored);
	free(w);
}

static Status damaged(const GlassWriter *w, const char *what, Err *err)
{
	return err_set(err, ST_CORRUPT, "%s: what should be written is no list of %s", w->dir.text, what);
}

static Status add(GlassWriter *w, const uint8_t *key, const uint8_t *key_end, Err *err)
{
	if (!buf_ok(&w->tag))
		return err_no_memory(err);
	return glass_table_add(w->postlist, (Str){(const char *)key, (size_t)(key_end - key)}, buf_str(&w->tag), err);
}

static uint8_t *marker_key(uint8_t *key, int marker)
{
	key[0] = 0;
	key[1] = (uint8_t)marker;
	return key + 2;
}

/* '1' or '0', span and list, behind what stands in w->tag already. */
static void add_chunk(GlassWriter *w, GlassPiece chunk, bool last)
{
	buf_add_char(&w->tag, last ? '1' : '0');
	buf_add_varint(&w->tag, chunk.last - chunk.first);
	buf_add_str(&w->tag, chunk.body);
}

static Status emit_chunk(GlassWriter *w, bool last, Err *err)
{
	OpenList *list = &w->list;
	GlassPiece chunk = glass_list_piece(&list->chunk);
	uint8_t key[GLASS_KEY_MAX], *end = marker_key(key, list->marker);
	buf_clear(&w->tag);
	if (list->marker == GLASS_VALUES_KEY) {
		end = glass_put_varint(end, list->slot);
		end = glass_put_did(end, chunk.first);
		buf_add_str(&w->tag, chunk.body);
	} else {
		if (list->started) {
			end = glass_put_did(end, chunk.first);
		} else {
			buf_add(&w->tag, "\0\0", 2);
			buf_add_varint(&w->tag, chunk.first - 1);
		}
		add_chunk(w, chunk, last);
	}
	list->started = true;
	glass_list_clear(&list->chunk);
	return add(w, key, end, err);
}

static Status close_list(GlassWriter *w, Err *err)
{
	if (w->list.marker == 0)
		return ST_OK;
	Status st = w->list.chunk.body.len ? emit_chunk(w, true, err) : ST_OK;
	w->list.marker = 0;
	return st;
}

static Status open_list(GlassWriter *w, int marker, uint32_t slot, Err *err)
{
	OpenList *list = &w->list;
	if (list->marker == marker && list->slot == slot)
		return ST_OK;
	Status st = close_list(w, err);
	if (st == ST_OK) {
		list->marker = marker;
		list->slot = slot;
		list->started = false;
		glass_list_clear(&list->chunk);
	}
	return st;
}

/* Takes the gap in front of what is left of a piece after `len` bytes. */
static bool skip_part(GlassPiece *piece, size_t len, uint32_t last)
{
	const uint8_t *body = (const uint8_t *)piece->body.ptr, *at = body + len, *end = body + piece->body.len;
	uint32_t gap = 0;
	if (at < end && (!glass_get_varint32(&at, end, &gap) || gap >= UINT32_MAX - last || at == end))
		return false;
	piece->first = last + gap + 1;
	piece->body = (Str){(const char *)at, (size_t)(end - at)};
	return true;
}

static Status add_to_list(GlassWriter *w, GlassEntries kind, GlassPiece piece, Err *err)
{
	GlassList *chunk = &w->list.chunk;
	while (piece.body.len) {
		if (chunk->body.len >= GLASS_CHUNK) {
			uint32_t before = chunk->last;
			Status st = emit_chunk(w, false, err);
			if (st != ST_OK)
				return st;
			if (piece.first <= before)
				return damaged(w, "ascending documents", err);
		}
		size_t len, gap_len = 0;
		uint32_t last;
		if (chunk->body.len) {
			if (piece.first <= chunk->last)
				return damaged(w, "ascending documents", err);
			uint8_t gap[GLASS_VARINT_MAX];
			gap_len = (size_t)(glass_put_varint(gap, piece.first - chunk->last - 1) - gap);
		}
		if (piece.first == 0 || !glass_list_cut(kind, piece, chunk->body.len + gap_len, &len, &last))
			return damaged(w, "values or lengths", err);
		if (!glass_list_append(chunk, (GlassPiece){piece.first, last, str_slice(piece.body, 0, len)}, 0, 0))
			return buf_ok(&chunk->body) ? damaged(w, "values or lengths", err) : err_no_memory(err);
		if (!skip_part(&piece, len, last))
			return damaged(w, "values or lengths", err);
	}
	return ST_OK;
}

static Status add_metadata(GlassWriter *w, Str name, Str value, Err *err)
{
	uint8_t key[GLASS_KEY_MAX], *end = marker_key(key, GLASS_METADATA_KEY);
	if (name.len == 0 || name.len > GLASS_TERM_MAX || value.len == 0)
		return err_set(err, ST_LIMIT, "metadata: a name has 1 to %d bytes, a value some", GLASS_TERM_MAX);
	memcpy(end, name.ptr, name.len);
	buf_clear(&w->tag);
	buf_add_str(&w->tag, value);
	return add(w, key, end + name.len, err);
}

Status glass_writer_all_metadata(GlassWriter *w, const GlassFinish *finish, Err *err)
{
	Status st = ST_OK;
	Str last = {NULL, 0};
	/* In the order of names by looking for the next one each time: there are few. */
	for (size_t done = 0; st == ST_OK && done < finish->metadata_count; done++) {
		const GlassMetadata *next = NULL;
		for (size_t i = 0; i < finish->metadata_count; i++) {
			const GlassMetadata *m = &finish->metadata[i];
			if ((done == 0 || str_cmp(m->key, last) > 0) && (!next || str_cmp(m->key, next->key) < 0))
				next = m;
		}
		if (!next)
			return err_set(err, ST_INVALID, "a metadata name is given twice");
		st = add_metadata(w, next->key, next->value, err);
		last = next->key;
	}
	return st;
}

Status glass_writer_value_bounds(GlassWriter *w, uint32_t slot, uint32_t count, Str least, Str greatest, Err *err)
{
	uint8_t key[GLASS_KEY_MAX], *end = marker_key(key, GLASS_BOUNDS_KEY);
	for (; slot; slot >>= 8)
		*end++ = (uint8_t)slot;
	buf_clear(&w->tag);
	buf_add_varint(&w->tag, count);
	buf_add_varint(&w->tag, least.len);
	buf_add_str(&w->tag, least);
	if (!str_eq(least, greatest))
		buf_add_str(&w->tag, greatest);
	return add(w, key, end, err);
}

Status glass_writer_values(GlassWriter *w, uint32_t slot, GlassPiece piece, Err *err)
{
	Status st = open_list(w, GLASS_VALUES_KEY, slot, err);
	return st == ST_OK ? add_to_list(w, GLASS_STRINGS, piece, err) : st;
}

Status glass_writer_lengths(GlassWriter *w, GlassPiece piece, Err *err)
{
	Status st = open_list(w, GLASS_LENGTHS_KEY, 0, err);
	return st == ST_OK ? add_to_list(w, GLASS_NUMBERS, piece, err) : st;
}

Status glass_writer_postings(GlassWriter *w, Str term, uint32_t tf, uint64_t cf, GlassPiece list, Err *err)
{
	Status st = close_list(w, err);
	if (st != ST_OK)
		return st;
	if (term.len == 0 || term.len > GLASS_TERM_MAX)
		return err_set(err, ST_LIMIT, "a term of %zu bytes (1 to %d are possible)", term.len, GLASS_TERM_MAX);
	uint8_t key[GLASS_KEY_MAX], head[HEAD_MAX];
	memcpy(key, term.ptr, term.len);
	uint8_t *end = key + term.len, *at = glass_put_varint(glass_put_varint(head, tf), cf);
	at = glass_put_varint(at, list.first - 1);
	buf_clear(&w->tag);
	buf_add(&w->tag, head, (size_t)(at - head));
	do {
		size_t len;
		uint32_t last;
		if (list.first == 0 || !glass_list_cut(GLASS_NUMBERS, list, 0, &len, &last))
			return damaged(w, "postings", err);
		add_chunk(w, (GlassPiece){list.first, last, str_slice(list.body, 0, len)}, len == list.body.len);
		if ((st = add(w, key, end, err)) != ST_OK)
			return st;
		if (!skip_part(&list, len, last))
			return damaged(w, "postings", err);
		key[term.len] = 0;
		end = glass_put_did(key + term.len + 1, list.first);
		buf_clear(&w->tag);
	} while (list.body.len);
	return ST_OK;
}

Status glass_writer_positions(GlassWriter *w, Str term, uint32_t did, Str tag, Err *err)
{
	if (!w->position && !(w->position = open_table(w, GLASS_POSITION, err)))
		return err->code;
	if (term.len == 0 || term.len > GLASS_TERM_MAX)
		return err_set(err, ST_LIMIT, "a term of %zu bytes (1 to %d are possible)", term.len, GLASS_TERM_MAX);
	uint8_t key[GLASS_KEY_MAX];
	memcpy(key, term.ptr, term.len);
	key[term.len] = 0;
	uint8_t *end = glass_put_did(key + term.len + 1, did);
	return glass_table_add(w->position, (Str){(const char *)key, (size_t)(end - key)}, tag, err);
}

static Status choose_uuid(uint8_t out[16], const uint8_t given[16], Err *err)
{
	static const uint8_t none[16];
	memcpy(out, given, 16);
	if (memcmp(given, none, 16) != 0)
		return ST_OK;
	if (getrandom(out, 16, 0) != 16)
		return err_errno(err, errno, "random bytes for the index's UUID");
	out[6] = (uint8_t)((out[6] & 0x0F) | 0x40); /* RFC 9562: random */
	out[8] = (uint8_t)((out[8] & 0x3F) | 0x80);
	return ST_OK;
}

Status glass_writer_finish(GlassWriter *w, const uint8_t uuid[16], const GlassStats *stats, Err *err)
{
	GlassVersion version;
	glass_version_init(&version, w->block_size);
	version.stats = *stats;
	Status st = close_list(w, err);
	if (st == ST_OK)
		st = choose_uuid(version.uuid, uuid, err);
	if (st == ST_OK)
		st = glass_table_finish(w->postlist, &version.roots[GLASS_POSTLIST], err);
	if (st == ST_OK && w->position)
		st = glass_table_finish(w->position, &version.roots[GLASS_POSITION], err);
	if (st == ST_OK)
		st = glass_version_write(w->dir.text, &version, err);
	w->finished = st == ST_OK;
	return st;
}
