/* store/format/codec.c - loading 64 KiB of dictionary costs more than compressing a small record, so a packer prepares
 * it once: for packing fast it is then only looked into (pack_block.h), for packing small it is copied. Whatever was
 * packed is unpacked and compared before it is handed out: a fault in a compressor must not reach the archive.
 */
#include "store/format/codec.h"

#include "store/format/hash.h"
#include "store/format/pack_block.h"

#include <lz4.h>
#include <lz4hc.h>
#include <stdlib.h>
#define ZDICT_STATIC_LINKING_ONLY
#include <zdict.h>

enum {
	HC_LEVEL = 9,
	DICT_RAW_MAX = 4 << 20,            /* a dictionary helps the first 64 KiB of a body */
	DICT_RAW_MAX_FAST = PACK_BODY_MAX, /* at ingest larger bodies are packed without (ratio 3.27 for 3.34) */
	RAW_LIMIT = 64 << 20,
};

struct Dictionary {
	Hash hash;
	size_t len;
	char bytes[];
};

struct Packer {
	PackEffort effort;
	LZ4_stream_t fast;
	PackTable table;
	PackIndex *index;
	LZ4_streamHC_t *small, *prepared;
	const Dictionary *prepared_for; /* the dictionary that index or prepared is made of */
	Hash prepared_hash;             /* its hash: another dictionary may have got the same address */
	Buf check; /* the dictionary, and behind it what is unpacked: liblz4 is faster when the two lie together */
};

Dictionary *dictionary_new(Str bytes)
{
	Dictionary *d = malloc(sizeof *d + bytes.len + 1);
	if (!d)
		return NULL;
	*d = (Dictionary){.len = bytes.len};
	memcpy(d->bytes, bytes.ptr, bytes.len);
	hash_of(bytes, &d->hash);
	return d;
}

void dictionary_free(Dictionary *d)
{
	free(d);
}

Str dictionary_bytes(const Dictionary *d)
{
	return (Str){d->bytes, d->len};
}

const Hash *dictionary_hash(const Dictionary *d)
{
	return &d->hash;
}

Status dictionary_train(const void *samples, const size_t *sizes, unsigned count, Dictionary **out, Err *err)
{
	char *space = malloc(DICT_BYTES_MAX);
	if (!space)
		return err_no_memory(err);
	Status st = ST_OK;
	ZDICT_fastCover_params_t params = {.k = 256, .d = 8, .f = 18, .accel = 2, .splitPoint = 1.0, .steps = 1};
	size_t len = ZDICT_trainFromBuffer_fastCover(space, DICT_BYTES_MAX, samples, sizes, count, params);
	size_t head = ZDICT_isError(len) ? 0 : ZDICT_getDictHeaderSize(space, len);
	if (ZDICT_isError(len) || ZDICT_isError(head) || head >= len) {
		st = err_set(err, ST_INVALID, "no dictionary could be trained on %u samples: %s", count,
			     ZDICT_getErrorName(len));
		goto done;
	}
	Dictionary *d = dictionary_new((Str){space + head, len - head});
	if (!d)
		st = err_no_memory(err);
	else
		*out = d;
done:
	free(space);
	return st;
}

/* ---- packing --------------------------------------------------------------------------------------------------- */

Packer *packer_new(PackEffort effort)
{
	Packer *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->effort = effort;
	if (effort == PACK_SMALL) {
		p->small = LZ4_createStreamHC();
		p->prepared = LZ4_createStreamHC();
	} else {
		p->index = malloc(sizeof *p->index);
	}
	if (effort == PACK_SMALL ? p->small && p->prepared : p->index != NULL)
		return p;
	packer_free(p);
	return NULL;
}

void packer_free(Packer *p)
{
	if (!p)
		return;
	if (p->small)
		LZ4_freeStreamHC(p->small);
	if (p->prepared)
		LZ4_freeStreamHC(p->prepared);
	free(p->index);
	buf_done(&p->check);
	free(p);
}

/* The part of a dictionary that a block can refer to: its last 64 KiB. */
static Str reach_of(const Dictionary *dict)
{
	return str_slice(dictionary_bytes(dict), dict->len > PACK_DICT_MAX ? dict->len - PACK_DICT_MAX : 0, dict->len);
}

static Status prepare(Packer *p, const Dictionary *dict, Err *err)
{
	if (p->prepared_for == dict && hash_eq(&p->prepared_hash, &dict->hash))
		return ST_OK;
	buf_clear(&p->check);
	buf_add_str(&p->check, dictionary_bytes(dict));
	if (!buf_ok(&p->check)) {
		p->prepared_for = NULL;
		return err_no_memory(err);
	}
	if (p->effort == PACK_FAST) {
		pack_index_make(reach_of(dict), p->index);
	} else {
		LZ4_resetStreamHC_fast(p->prepared, HC_LEVEL);
		LZ4_loadDictHC(p->prepared, dict->bytes, (int)dict->len);
	}
	p->prepared_for = dict;
	p->prepared_hash = dict->hash;
	return ST_OK;
}

static int pack_fast(Packer *p, const Dictionary *dict, Str raw, char *out, int room)
{
	if (!dict)
		return LZ4_compress_fast_extState(&p->fast, raw.ptr, out, (int)raw.len, room, 1);
	return (int)pack_block(&p->table, p->index, reach_of(dict), raw, out, (size_t)room);
}

static int pack_small(Packer *p, const Dictionary *dict, Str raw, char *out, int room)
{
	if (!dict)
		return LZ4_compress_HC_extStateHC(p->small, raw.ptr, out, (int)raw.len, room, HC_LEVEL);
	memcpy(p->small, p->prepared, sizeof *p->small);
	return LZ4_compress_HC_continue(p->small, raw.ptr, out, (int)raw.len, room);
}

/* Only the beginning; what lies behind it is not looked at. */
static Status unpack_start(Str dict, Str stored, void *out, size_t wanted, Err *err)
{
	int len = dict.len ? LZ4_decompress_safe_partial_usingDict(stored.ptr, out, (int)stored.len, (int)wanted,
								   (int)wanted, dict.ptr, (int)dict.len)
			   : LZ4_decompress_safe_partial(stored.ptr, out, (int)stored.len, (int)wanted, (int)wanted);
	return len >= 0 && (size_t)len == wanted
		       ? ST_OK
		       : err_set(err, ST_CORRUPT, "a packed body does not unpack to %zu bytes", wanted);
}

static Status unpack(Codec codec, Str dict, Str stored, void *out, size_t raw_len, Err *err)
{
	if (stored.len > RAW_LIMIT || raw_len > RAW_LIMIT)
		return err_set(err, ST_CORRUPT, "a packed body of impossible length");
	int len = codec == CODEC_LZ4_DICT ? LZ4_decompress_safe_usingDict(stored.ptr, out, (int)stored.len,
									  (int)raw_len, dict.ptr, (int)dict.len)
					  : LZ4_decompress_safe(stored.ptr, out, (int)stored.len, (int)raw_len);
	if (len < 0 || (size_t)len != raw_len)
		return err_set(err, ST_CORRUPT, "a packed body does not unpack to %zu bytes", raw_len);
	return ST_OK;
}

static Status check(Packer *p, Codec codec, Str stored, Str raw, Err *err)
{
	if (!buf_reserve(&p->check, raw.len)) {
		p->check.failed = false; /* only the room failed: the dictionary in it is whole */
		return err_no_memory(err);
	}
	char *out = p->check.data + p->check.len;
	Status st = unpack(codec, buf_str(&p->check), stored, out, raw.len, err);
	if (st != ST_OK || memcmp(out, raw.ptr, raw.len) != 0)
		return err_set(err, ST_INTERNAL, "%zu bytes do not come back from compression as they went in",
			       raw.len);
	return ST_OK;
}

Status packer_pack(Packer *p, const Dictionary *dict, Str raw, Buf *out, Codec *codec_out, Err *err)
{
	if (raw.len > (p->effort == PACK_FAST ? (size_t)DICT_RAW_MAX_FAST : (size_t)DICT_RAW_MAX))
		dict = NULL;
	if (raw.len < 32 || raw.len > RAW_LIMIT) {
		*codec_out = CODEC_RAW;
		return ST_OK;
	}
	size_t before = out->len, room = raw.len - raw.len / 16; /* a saving below 1/16 is not worth unpacking */
	if (!buf_reserve(out, room))
		return err_no_memory(err);
	Status st = dict ? prepare(p, dict, err) : ST_OK;
	if (st != ST_OK)
		return st;
	int (*pack)(Packer *, const Dictionary *, Str, char *, int) = p->effort == PACK_FAST ? pack_fast : pack_small;
	int len = pack(p, dict, raw, out->data + before, (int)room);
	if (len <= 0 || (size_t)len > room) {
		*codec_out = CODEC_RAW;
		return ST_OK;
	}
	Codec codec = dict ? CODEC_LZ4_DICT : CODEC_LZ4;
	st = check(p, codec, (Str){out->data + before, (size_t)len}, raw, err);
	if (st != ST_OK)
		return st;
	out->len = before + (size_t)len;
	*codec_out = codec;
	return ST_OK;
}

Status codec_unpack(Codec codec, const Dictionary *dict, Str stored, void *out, size_t raw_len, size_t wanted, Err *err)
{
	if (codec == CODEC_RAW) {
		if (stored.len != raw_len)
			return err_set(err, ST_CORRUPT, "%zu stored bytes where %zu should be", stored.len, raw_len);
		if (wanted)
			memcpy(out, stored.ptr, wanted);
		return ST_OK;
	}
	if (codec == CODEC_LZ4_DICT && !dict)
		return err_set(err, ST_CORRUPT, "a packed body without its dictionary");
	Str words = dict ? dictionary_bytes(dict) : (Str){NULL, 0};
	if (wanted < raw_len && raw_len <= RAW_LIMIT && stored.len <= RAW_LIMIT)
		return unpack_start(codec == CODEC_LZ4_DICT ? words : (Str){NULL, 0}, stored, out, wanted, err);
	return unpack(codec, words, stored, out, raw_len, err);
}
