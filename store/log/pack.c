/* store/log/pack.c - bodies are packed with a dictionary that the archive trains on its own first few megabytes of
 * text. The dictionary is a frame of the segment it is used in, so the segment is chosen before a body is packed. */
#include "store/log/pack.h"

#include "base/rwlock.h"
#include "store/log/body.h"
#include "store/log/live.h"
#include "store/log/writer.h"

enum { SAMPLE_MAX = 32 << 10 };

static Status train(Store *store, Err *err)
{
	Writer *w = &store->writer;
	Dictionary *dict = NULL;
	Status st = dictionary_train(w->samples.data, (const size_t *)w->sample_sizes.data,
				     (unsigned)(w->sample_sizes.len / sizeof(size_t)), &dict, err);
	buf_done(&w->samples);
	buf_done(&w->sample_sizes);
	if (st == ST_INVALID) {
		w->training_failed = true; /* bodies are packed without a dictionary then */
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	rwlock_write(&store->lock);
	w->dict = body_keep_dictionary(store, dict);
	pthread_rwlock_unlock(&store->lock);
	return w->dict ? ST_OK : err_no_memory(err);
}

/* Keeps the start of a body that LZ4 could shrink, until there is enough to train on. */
static Status take_sample(Store *store, Str raw, Err *err)
{
	Writer *w = &store->writer;
	if (w->dict || w->training_failed || !store->options.sample_bytes)
		return ST_OK;
	size_t len = raw.len < SAMPLE_MAX ? raw.len : SAMPLE_MAX;
	buf_add(&w->samples, raw.ptr, len);
	buf_add(&w->sample_sizes, &len, sizeof len);
	if (!buf_ok(&w->samples) || !buf_ok(&w->sample_sizes))
		return err_no_memory(err);
	return w->samples.len >= store->options.sample_bytes ? train(store, err) : ST_OK;
}

Status pack_body(Store *store, Str raw, FrameHeader *header, Str *stored_out, Err *err)
{
	Writer *w = &store->writer;
	Codec codec;
	Status st = ST_OK;
	header->raw_len = (uint32_t)raw.len;
	/* the dictionary's frame must stand in the segment that this frame will stand in: the segment is chosen here */
	if (w->dict)
		st = writer_make_room(store, raw.len + FRAME_HEADER_LEN + DESCRIPTOR_MAX + ANNEX_MAX, err);
	if (st == ST_OK && w->dict && w->dict_ordinal == UINT32_MAX)
		st = live_add_dictionary(store, err);
	if (st != ST_OK)
		return st;
	buf_clear(&w->packed);
	st = packer_pack(w->packer, w->dict, raw, &w->packed, &codec, err);
	if (st != ST_OK)
		return st;
	header->codec = (uint8_t)codec;
	header->dict_ordinal = codec == CODEC_LZ4_DICT ? w->dict_ordinal : 0;
	*stored_out = codec == CODEC_RAW ? raw : buf_str(&w->packed);
	/* a payload is too short to shrink by itself, and gains most from a dictionary */
	return codec == CODEC_RAW && header->type != FRAME_LEAF ? ST_OK : take_sample(store, raw, err);
}
