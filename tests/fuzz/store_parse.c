/* tests/fuzz/store_parse.c - the parsers that take single pieces: descriptors, footer, payload, checkpoint, packed
 * bodies. The first byte chooses the piece. What a parser accepts must come back the same when it is written again. */
#include "store/proof/checkpoint.h"
#include "store/format/codec.h"
#include "store/format/descriptor.h"
#include "store/format/payload.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void leaf(Str s)
{
	LeafDescriptor d;
	Buf again = {0};
	if (!leaf_descriptor_get(s, &d))
		return;
	leaf_descriptor_put(&d, &again);
	if (!str_eq(buf_str(&again), s))
		abort();
	buf_done(&again);
}

static void object(Str s)
{
	ObjectDescriptor d;
	uint8_t again[OBJECT_DESCRIPTOR_LEN];
	if (!object_descriptor_get(s, &d))
		return;
	object_descriptor_put(&d, again);
	if (memcmp(again, s.ptr, sizeof again) != 0)
		abort();
}

static void commit(Str s)
{
	CommitDescriptor d;
	uint8_t again[COMMIT_DESCRIPTOR_LEN];
	if (!commit_descriptor_get(s, &d))
		return;
	commit_descriptor_put(&d, again);
	if (memcmp(again, s.ptr, sizeof again) != 0)
		abort();
}

static void annex(Str s)
{
	Str code;
	while (annex_next(&s, &code) == STEP_ITEM)
		if (code.len == 0 || code.len > 255)
			abort();
}

static void payload(Str s)
{
	Arena arena = {0};
	const ObjectRef *objects;
	size_t count;
	Str metadata;
	Err err;
	uint8_t salt[SALT_LEN];
	Buf again = {0};
	if (payload_get(s, &arena, &objects, &count, &metadata, &err) == ST_OK && payload_salt(s, salt, &err) == ST_OK)
		payload_put(salt, objects, count, metadata, &again);
	buf_done(&again);
	arena_done(&arena);
}

static void checkpoint(Str s)
{
	Checkpoint c;
	Err err;
	Str key = STR("hoso/x+2b7e1516+AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g");
	checkpoint_parse(s, &c, &err);
	checkpoint_check(s, key, &c, &err);
	checkpoint_check(STR("hoso/x\n1\nAAAA\n\n— hoso/x AAAA\n"), s, &c, &err);
}

static void packed(Str s)
{
	static char out[1 << 16];
	Err err;
	if (s.len < 2)
		return;
	size_t len = (size_t)(uint8_t)s.ptr[0] << 8 | (uint8_t)s.ptr[1];
	codec_unpack(CODEC_LZ4, NULL, str_slice(s, 2, s.len), out, len, len, &err);
	codec_unpack(CODEC_LZ4, NULL, str_slice(s, 2, s.len), out, len, len / 2, &err);
	Dictionary *dict = dictionary_new(str_slice(s, 2, s.len / 2));
	if (dict)
		codec_unpack(CODEC_LZ4_DICT, dict, str_slice(s, s.len / 2, s.len), out, len, len - len / 4, &err);
	dictionary_free(dict);
}

static void headers(Str s)
{
	FrameHeader h;
	SegmentHeader sh;
	SegmentTrailer t;
	FooterDescriptor f;
	uint8_t id[ARCHIVE_ID_LEN] = {0};
	if (s.len >= FRAME_HEADER_LEN)
		frame_header_get((const uint8_t *)s.ptr, 0, &h);
	if (s.len >= SEGMENT_HEADER_LEN)
		segment_header_get((const uint8_t *)s.ptr, &sh);
	if (s.len >= SEGMENT_TRAILER_LEN)
		segment_trailer_get((const uint8_t *)s.ptr, id, 1, 4096, &t);
	footer_descriptor_get(s, 0, &f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const pieces[])(Str) = {leaf, object, commit, annex, payload, checkpoint, packed, headers};
	if (size < 1 || size > 1 << 16)
		return 0;
	pieces[data[0] % (sizeof pieces / sizeof pieces[0])]((Str){(const char *)data + 1, size - 1});
	return 0;
}
