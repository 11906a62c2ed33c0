/* store/log/body.c - bodies are unpacked with the dictionary that their frame names by its place. Segments share most
 * of their dictionaries, so each is kept once by its bytes, and a Segment remembers the last few that it was read with.
 */
#include "store/log/body.h"

#include "base/rwlock.h"
#include "store/log/read.h"
#include "store/log/segments.h"

#include <inttypes.h>
#include <stdlib.h>

const Dictionary *body_keep_dictionary(Store *store, Dictionary *dict)
{
	for (DictNode *node = store->dicts; node; node = node->next) {
		if (hash_eq(dictionary_hash(node->dict), dictionary_hash(dict))) {
			dictionary_free(dict);
			return node->dict;
		}
	}
	DictNode *node = malloc(sizeof *node);
	if (!node) {
		dictionary_free(dict);
		return NULL;
	}
	*node = (DictNode){store->dicts, dict};
	store->dicts = node;
	return dict;
}

static const Dictionary *known_dictionary(const Segment *s, uint32_t ordinal)
{
	for (size_t i = 0; s && i < s->dict_count; i++)
		if (s->dicts[i].ordinal == ordinal)
			return s->dicts[i].dict;
	return NULL;
}

static Status load_dictionary(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, const Dictionary **out,
			      Err *err)
{
	Arena arena = {0};
	Frame frame;
	Status st = read_frame(store, sight, segment, ordinal, &arena, &frame, err);
	if (st != ST_OK)
		goto done;
	Dictionary *dict = frame.header.type == FRAME_DICT && frame.header.codec == CODEC_RAW
				   ? dictionary_new(frame.stored)
				   : NULL;
	if (frame.header.type == FRAME_DICT && !dict) {
		st = err_no_memory(err);
		goto done;
	}
	if (!dict || memcmp(dictionary_hash(dict)->bytes, frame.descriptor.ptr, STORE_HASH_LEN) != 0) {
		dictionary_free(dict);
		st = err_set(err, ST_CORRUPT,
			     "segment %08" PRIx32 ".seg: frame %" PRIu32 " is not the dictionary it should be", segment,
			     ordinal);
		goto done;
	}
	rwlock_write(&store->lock);
	*out = body_keep_dictionary(store, dict);
	Segment *s = segments_find(store, segment);
	if (*out && s && !known_dictionary(s, ordinal)) {
		if (s->dict_count ==
		    SEGMENT_DICTS_MAX) /* destructions leave emptied dictionaries behind; the oldest is forgotten */
			memmove(s->dicts, s->dicts + 1, --s->dict_count * sizeof s->dicts[0]);
		s->dicts[s->dict_count].ordinal = ordinal;
		s->dicts[s->dict_count++].dict = *out;
	}
	pthread_rwlock_unlock(&store->lock);
	if (!*out)
		st = err_no_memory(err);
done:
	arena_done(&arena);
	return st;
}

Status body_load_dictionary(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, const Dictionary **out,
			    Err *err)
{
	rwlock_read(&store->lock);
	*out = known_dictionary(segments_find(store, segment), ordinal);
	pthread_rwlock_unlock(&store->lock);
	return *out ? ST_OK : load_dictionary(store, sight, segment, ordinal, out, err);
}

Status body_unpack(Store *store, Sight sight, uint32_t segment, const Frame *frame, void *out, size_t wanted, Err *err)
{
	const Dictionary *dict = NULL;
	if (frame->header.flags & FRAME_DESTROYED)
		return err_set(err, ST_NOT_FOUND, "it was lawfully destroyed");
	if (frame->header.codec == CODEC_LZ4_DICT) {
		Status st = body_load_dictionary(store, sight, segment, frame->header.dict_ordinal, &dict, err);
		if (st != ST_OK)
			return st;
	}
	return codec_unpack((Codec)frame->header.codec, dict, frame->stored, out, frame->header.raw_len, wanted, err);
}

Status body_read(Store *store, Sight sight, uint32_t segment, const Frame *frame, Arena *arena, Str *out, Err *err)
{
	if (frame->header.codec == CODEC_RAW && !(frame->header.flags & FRAME_DESTROYED)) {
		*out = frame->stored;
		return ST_OK;
	}
	char *raw = arena_alloc(arena, (size_t)frame->header.raw_len + 1);
	if (!raw)
		return err_no_memory(err);
	Status st = body_unpack(store, sight, segment, frame, raw, frame->header.raw_len, err);
	if (st == ST_OK)
		*out = (Str){raw, frame->header.raw_len};
	return st;
}
