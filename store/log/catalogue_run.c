/* store/log/catalogue_run.c - the Bloom block of an entry grows with its hash, as its entry block does, so both parts
 * of the file are written from front to back with one block of each in memory, however large the run. A look-up guesses
 * the block from the hash and corrects the guess by halving.
 */
#include "store/log/catalogue_run.h"

#include "store/format/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOOM_PROBES = 6, ENTRIES_PER_BLOOM = 40, PIECE = 1 << 18 }; /* 12 bits an entry */

static const char RUN_MAGIC[8] = "HOSORUN\n";

void catalogue_run_name(uint32_t first, uint32_t last, char out[static 32])
{
	snprintf(out, 32, "%08" PRIx32 "-%08" PRIx32 ".run", first, last);
}

bool catalogue_run_name_parse(const char *name, uint32_t *first_out, uint32_t *last_out)
{
	char again[32];
	unsigned first, last;
	if (sscanf(name, "%8x-%8x", &first, &last) != 2 || first == 0 || last < first)
		return false;
	catalogue_run_name(first, last, again);
	*first_out = first;
	*last_out = last;
	return strcmp(name, again) == 0;
}

static Status path_in_catalogue(FilePath *out, const char *dir, const char *name, Err *err)
{
	Status st = file_path(out, dir, "catalogue", err);
	return st == ST_OK ? file_path(out, out->text, name, err) : st;
}

static uint64_t blocks_of(uint64_t entries)
{
	return (entries + RUN_BLOCK_ENTRIES - 1) / RUN_BLOCK_ENTRIES;
}

static uint64_t entries_at(uint64_t bloom_blocks)
{
	return (RUN_HEADER_LEN + bloom_blocks * RUN_BLOOM_LEN + RUN_BLOCK_LEN - 1) / RUN_BLOCK_LEN * RUN_BLOCK_LEN;
}

static uint64_t bloom_block_of(uint64_t hash, uint64_t blocks)
{
	return (uint64_t)((__uint128_t)hash * blocks >> 64);
}

static unsigned bloom_bit(uint64_t hash, unsigned probe)
{
	uint32_t mixed = (uint32_t)hash * 0x9E3779B1u + probe * ((uint32_t)(hash >> 7) | 1u);
	return (unsigned)((uint64_t)(mixed * 0x85EBCA6Bu) * RUN_BLOOM_BITS >> 32);
}

static uint32_t block_sum(uint32_t seed, uint64_t number, const uint8_t *bytes, size_t len)
{
	return crc32c(frame_seed(seed, number), bytes, len);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

void catalogue_run_free(CatalogueRun *r)
{
	if (!r || atomic_fetch_sub(&r->uses, 1) != 1)
		return;
	close_quietly(r->fd);
	free(r);
}

Status catalogue_run_open(CatalogueRun **out, const char *dir, uint32_t first, uint32_t last,
			  const uint8_t archive_id[static ARCHIVE_ID_LEN], Err *err)
{
	FilePath path;
	uint8_t header[RUN_HEADER_LEN];
	struct stat info;
	CatalogueRun *r = calloc(1, sizeof *r);
	if (!r)
		return err_no_memory(err);
	atomic_init(&r->uses, 1);
	r->first_segment = first;
	r->last_segment = last;
	catalogue_run_name(first, last, r->name);
	r->fd = -1;
	Status st = path_in_catalogue(&path, dir, r->name, err);
	if (st == ST_OK) {
		r->fd = open(path.text, O_RDONLY | O_CLOEXEC);
		if (r->fd < 0 || fstat(r->fd, &info) != 0)
			st = err_errno(err, errno, "open %s", path.text);
	}
	if (st == ST_OK)
		st = file_pread(r->fd, header, sizeof header, 0, r->name, err);
	if (st == ST_OK) {
		r->entries = get_le64(header + 40);
		r->bloom_blocks = get_le64(header + 48);
		memcpy(r->root.bytes, header + 56, STORE_HASH_LEN);
		r->seed = segment_seed(archive_id, first, last);
		if (memcmp(header, RUN_MAGIC, 8) != 0 || get_le32(header + 8) != ARCHIVE_FORMAT ||
		    get_le32(header + 12) != first || get_le32(header + 16) != last ||
		    memcmp(header + 20, archive_id, ARCHIVE_ID_LEN) != 0 ||
		    get_le32(header + 124) != crc32c(0, header, 124) || r->entries > UINT64_MAX >> 8 ||
		    r->bloom_blocks > UINT64_MAX >> 8 ||
		    (uint64_t)info.st_size != entries_at(r->bloom_blocks) + blocks_of(r->entries) * RUN_BLOCK_LEN)
			st = err_set(err, ST_CORRUPT, "catalogue/%s is damaged", r->name);
	}
	if (st != ST_OK) {
		catalogue_run_free(r);
		return st;
	}
	*out = r;
	return ST_OK;
}

static Status read_block(const CatalogueRun *r, uint64_t number, uint8_t out[static RUN_BLOCK_LEN], unsigned *count_out,
			 Err *err)
{
	Status st = file_pread(r->fd, out, RUN_BLOCK_LEN, entries_at(r->bloom_blocks) + number * RUN_BLOCK_LEN, r->name,
			       err);
	if (st != ST_OK)
		return st;
	uint64_t left = r->entries - number * RUN_BLOCK_ENTRIES;
	*count_out = left < RUN_BLOCK_ENTRIES ? (unsigned)left : RUN_BLOCK_ENTRIES;
	if (get_le32(out + 4092) != block_sum(r->seed, UINT64_MAX - number, out, 4092) ||
	    get_le32(out + 4080) != *count_out)
		return err_set(err, ST_CORRUPT, "catalogue/%s is damaged at block %" PRIu64, r->name, number);
	return ST_OK;
}

static Status bloom_says_yes(const CatalogueRun *r, uint64_t hash, bool *out, Err *err)
{
	uint8_t bytes[RUN_BLOOM_LEN];
	uint64_t number = bloom_block_of(hash, r->bloom_blocks);
	Status st = file_pread(r->fd, bytes, sizeof bytes, RUN_HEADER_LEN + number * RUN_BLOOM_LEN, r->name, err);
	if (st != ST_OK)
		return st;
	if (get_le32(bytes + 60) != block_sum(r->seed, number, bytes, 60))
		return err_set(err, ST_CORRUPT, "catalogue/%s is damaged at Bloom block %" PRIu64, r->name, number);
	*out = true;
	for (unsigned i = 0; i < BLOOM_PROBES && *out; i++) {
		unsigned bit = bloom_bit(hash, i);
		*out = bytes[bit / 8] >> bit % 8 & 1;
	}
	return ST_OK;
}

static uint64_t hash_at(const uint8_t *block, unsigned i)
{
	return get_le64(block + (size_t)i * 16);
}

/* The first block whose last hash is not below `hash`; its bytes in `block`. *number_out == blocks: none. */
static Status lower_block(const CatalogueRun *r, uint64_t hash, uint8_t *block, unsigned *count, uint64_t *number_out,
			  Err *err)
{
	uint64_t low = 0, high = blocks_of(r->entries), loaded = UINT64_MAX;
	for (int step = 0; low < high; step++) {
		uint64_t middle = low + (high - low) / 2, guess = bloom_block_of(hash, blocks_of(r->entries));
		if (step < 2 && guess + (uint64_t)step >= low && guess + (uint64_t)step < high)
			middle = guess + (uint64_t)step; /* interpolated; the second look goes to its neighbour */
		else if (step == 1 && guess > 0 && guess - 1 >= low && guess - 1 < high)
			middle = guess - 1;
		Status st = read_block(r, middle, block, count, err);
		if (st != ST_OK)
			return st;
		loaded = middle;
		if (hash_at(block, *count - 1) < hash)
			low = middle + 1;
		else if (hash_at(block, 0) < hash || middle == low)
			low = high = middle; /* it begins below and ends at or above: this is it */
		else
			high = middle;
	}
	*number_out = low;
	return low < blocks_of(r->entries) && loaded != low ? read_block(r, low, block, count, err) : ST_OK;
}

Status catalogue_run_lookup(const CatalogueRun *r, uint64_t hash, Buf *values, Err *err)
{
	uint8_t block[RUN_BLOCK_LEN];
	unsigned count;
	uint64_t number = 0;
	bool maybe = false;
	Status st = r->entries ? bloom_says_yes(r, hash, &maybe, err) : ST_OK;
	if (st != ST_OK || !maybe)
		return st;
	st = lower_block(r, hash, block, &count, &number, err);
	while (st == ST_OK && number < blocks_of(r->entries)) {
		for (unsigned i = 0; i < count; i++) {
			if (hash_at(block, i) > hash)
				return ST_OK;
			if (hash_at(block, i) == hash) {
				uint64_t value = get_le64(block + (size_t)i * 16 + 8);
				buf_add(values, &value, sizeof value);
			}
		}
		if (++number < blocks_of(r->entries))
			st = read_block(r, number, block, &count, err);
	}
	return st == ST_OK && !buf_ok(values) ? err_no_memory(err) : st;
}

Step catalogue_run_next(CatalogueRunCursor *c, TableEntry *out, Err *err)
{
	unsigned count;
	if (c->at == c->run->entries)
		return STEP_END;
	if (c->at % RUN_BLOCK_ENTRIES == 0 &&
	    read_block(c->run, c->at / RUN_BLOCK_ENTRIES, c->block, &count, err) != ST_OK)
		return STEP_ERROR;
	unsigned i = (unsigned)(c->at++ % RUN_BLOCK_ENTRIES);
	*out = (TableEntry){hash_at(c->block, i), get_le64(c->block + (size_t)i * 16 + 8)};
	return STEP_ITEM;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

Status catalogue_run_write_begin(CatalogueRunWriter *w, const char *dir, uint32_t first, uint32_t last,
				 const uint8_t archive_id[static ARCHIVE_ID_LEN], const Hash *root, uint64_t entries,
				 Err *err)
{
	char name[32], temporary[64];
	memset(w, 0, sizeof *w);
	w->fd = -1;
	w->entries = entries;
	w->bloom_blocks = entries / ENTRIES_PER_BLOOM + 1;
	w->seed = segment_seed(archive_id, first, last);
	w->bloom_out_at = RUN_HEADER_LEN;
	w->blocks_out_at = entries_at(w->bloom_blocks);
	memcpy(w->header, RUN_MAGIC, 8);
	put_le32(w->header + 8, ARCHIVE_FORMAT);
	put_le32(w->header + 12, first);
	put_le32(w->header + 16, last);
	memcpy(w->header + 20, archive_id, ARCHIVE_ID_LEN);
	put_le64(w->header + 40, entries);
	put_le64(w->header + 48, w->bloom_blocks);
	memcpy(w->header + 56, root->bytes, STORE_HASH_LEN);
	put_le32(w->header + 124, crc32c(0, w->header, 124));
	catalogue_run_name(first, last, name);
	snprintf(temporary, sizeof temporary, "%s.tmp.%ld", name, (long)getpid());
	Status st = path_in_catalogue(&w->path, dir, name, err);
	if (st == ST_OK)
		st = path_in_catalogue(&w->temporary, dir, temporary, err);
	if (st != ST_OK)
		return st;
	w->fd = open(w->temporary.text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	return w->fd < 0 ? err_errno(err, errno, "create %s", w->temporary.text) : ST_OK;
}

static Status put_piece(CatalogueRunWriter *w, Buf *piece, uint64_t *at, size_t least, Err *err)
{
	if (!buf_ok(piece))
		return err_no_memory(err);
	if (piece->len < least || !piece->len)
		return ST_OK;
	Status st = file_pwrite(w->fd, piece->data, piece->len, *at, w->temporary.text, err);
	*at += piece->len;
	buf_clear(piece);
	return st;
}

static void close_bloom_block(CatalogueRunWriter *w)
{
	put_le32(w->bloom + 60, block_sum(w->seed, w->bloom_current, w->bloom, 60));
	buf_add(&w->bloom_out, w->bloom, sizeof w->bloom);
	memset(w->bloom, 0, sizeof w->bloom);
	w->bloom_current++;
}

static void close_entry_block(CatalogueRunWriter *w)
{
	put_le32(w->block + 4080, w->in_block);
	put_le32(w->block + 4092, block_sum(w->seed, UINT64_MAX - w->block_current, w->block, 4092));
	buf_add(&w->blocks_out, w->block, sizeof w->block);
	memset(w->block, 0, sizeof w->block);
	w->in_block = 0;
	w->block_current++;
}

Status catalogue_run_write_add(CatalogueRunWriter *w, const TableEntry *entry, Err *err)
{
	uint64_t bloom = bloom_block_of(entry->hash, w->bloom_blocks);
	while (w->bloom_current < bloom)
		close_bloom_block(w);
	for (unsigned i = 0; i < BLOOM_PROBES; i++) {
		unsigned bit = bloom_bit(entry->hash, i);
		w->bloom[bit / 8] |= (uint8_t)(1 << bit % 8);
	}
	put_le64(w->block + (size_t)w->in_block * 16, entry->hash);
	put_le64(w->block + (size_t)w->in_block * 16 + 8, entry->value);
	w->written++;
	if (++w->in_block == RUN_BLOCK_ENTRIES)
		close_entry_block(w);
	Status st = put_piece(w, &w->bloom_out, &w->bloom_out_at, PIECE, err);
	return st == ST_OK ? put_piece(w, &w->blocks_out, &w->blocks_out_at, PIECE, err) : st;
}

void catalogue_run_write_abort(CatalogueRunWriter *w)
{
	close_quietly(w->fd);
	w->fd = -1;
	unlink(w->temporary.text);
	buf_done(&w->bloom_out);
	buf_done(&w->blocks_out);
}

Status catalogue_run_write_end(CatalogueRunWriter *w, Err *err)
{
	while (w->bloom_current < w->bloom_blocks)
		close_bloom_block(w);
	if (w->in_block)
		close_entry_block(w);
	Status st = w->written == w->entries
			    ? ST_OK
			    : err_set(err, ST_INTERNAL, "a catalogue run of another length than announced");
	if (st == ST_OK)
		st = put_piece(w, &w->bloom_out, &w->bloom_out_at, 1, err);
	if (st == ST_OK)
		st = put_piece(w, &w->blocks_out, &w->blocks_out_at, 1, err);
	if (st == ST_OK)
		st = file_pwrite(w->fd, w->header, sizeof w->header, 0, w->temporary.text, err);
	if (st == ST_OK && w->entries == 0 && ftruncate(w->fd, (off_t)entries_at(w->bloom_blocks)) != 0)
		st = err_errno(err, errno, "cut %s", w->temporary.text);
	if (st == ST_OK && fdatasync(w->fd) != 0)
		st = err_errno(err, errno, "sync %s", w->temporary.text);
	if (st == ST_OK)
		st = file_move(w->temporary.text, w->path.text, err);
	if (st != ST_OK) {
		catalogue_run_write_abort(w);
		return st;
	}
	close_quietly(w->fd);
	buf_done(&w->bloom_out);
	buf_done(&w->blocks_out);
	return ST_OK;
}
