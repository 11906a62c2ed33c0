/* tests/unit/store_pack_block.c - blocks that liblz4 unpacks to what went in, whatever that is. */
#include "tests/unit/unit.h"

#include "store/format/codec.h"
#include "store/format/hash.h"
#include "store/format/pack_block.h"

#include <stdlib.h>

static char dict_bytes[PACK_DICT_MAX], body[PACK_BODY_MAX + 16];
static PackTable table;
static PackIndex pack_index;

static uint32_t next_random(void)
{
	static uint32_t state = 7;
	state = state * 1664525 + 1013904223;
	return state >> 8;
}

/* Words of 2 to 9 letters, some more often than others. */
static void fill_dictionary(size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t word = 2 + next_random() % 8;
		uint32_t letters = next_random() % (1 + next_random() % 5000) * 2654435761u;
		for (size_t i = 0; i < word && at < len; i++, letters = letters * 31 + 7)
			dict_bytes[at++] = i + 1 < word ? (char)('a' + (letters >> 16) % 26) : ' ';
	}
}

/* Pieces of the dictionary and of the body itself, and bytes that are new. */
static void fill_body(size_t len, size_t dict_len)
{
	for (size_t at = 0; at < len;) {
		size_t piece = 1 + next_random() % (next_random() % 10 ? 40 : 2000), from = next_random();
		uint32_t kind = next_random() % 8;
		for (size_t i = 0; i < piece && at < len; i++, at++)
			body[at] = kind == 0             ? (char)next_random()
				   : kind == 1           ? 'x'
				   : kind < 4 && at > 20 ? body[at - 1 - from % 20]
							 : dict_bytes[(from + i) % dict_len];
	}
}

static void assert_comes_back(const Dictionary *dict, size_t len, size_t *packed_out)
{
	static char packed[PACK_BODY_MAX + 1024], unpacked[PACK_BODY_MAX];
	Str raw = {body, len}, bytes = dictionary_bytes(dict);
	Err err;
	size_t got = pack_block(&table, &pack_index, bytes, raw, packed, sizeof packed);
	assert_true(got > 0);
	assert_int_equal(codec_unpack(CODEC_LZ4_DICT, dict, (Str){packed, got}, unpacked, len, len, &err), ST_OK);
	assert_memory_equal(unpacked, body, len);
	*packed_out += got;
	for (size_t less = 1; less < 40 && less < got; less += 3) { /* nothing is written behind the room */
		packed[got - less] = 'Z';
		size_t fits = pack_block(&table, &pack_index, bytes, raw, packed, got - less);
		assert_int_equal(fits, 0);
		assert_int_equal(packed[got - less], 'Z');
	}
}

static void bodies_of_every_size_come_back(void **state)
{
	static const size_t dict_sizes[] = {1, 7, 8, 9, 100, 5000, 65366, PACK_DICT_MAX};
	size_t raw = 0, packed = 0;
	(void)state;
	for (size_t d = 0; d < sizeof dict_sizes / sizeof dict_sizes[0]; d++) {
		fill_dictionary(dict_sizes[d]);
		Dictionary *dict = dictionary_new((Str){dict_bytes, dict_sizes[d]});
		assert_non_null(dict);
		pack_index_make(dictionary_bytes(dict), &pack_index);
		for (size_t len = 1; len <= PACK_BODY_MAX; len += len < 300 ? 1 : len / 3) {
			fill_body(len, dict_sizes[d]);
			assert_comes_back(dict, len, &packed);
			raw += len;
		}
		fill_body(PACK_BODY_MAX, dict_sizes[d]);
		assert_comes_back(dict, PACK_BODY_MAX, &packed);
		dictionary_free(dict);
	}
	assert_true(packed < raw);
}

static void a_piece_of_the_dictionary_takes_a_few_bytes(void **state)
{
	char packed[64];
	(void)state;
	fill_dictionary(PACK_DICT_MAX);
	pack_index_make((Str){dict_bytes, PACK_DICT_MAX}, &pack_index);
	memcpy(body, dict_bytes + PACK_DICT_MAX - 3000, 1000);
	assert_in_range(pack_block(&table, &pack_index, (Str){dict_bytes, PACK_DICT_MAX}, (Str){body, 1000}, packed,
				   sizeof packed),
			10, 40);
}

static void a_packer_goes_over_to_another_dictionary(void **state)
{
	Err err;
	Codec codec;
	Buf out = {0};
	Packer *packer = packer_new(PACK_FAST);
	(void)state;
	for (int round = 0; round < 6; round++) {
		fill_dictionary(20000);
		Dictionary *dict = dictionary_new((Str){dict_bytes, 20000});
		memcpy(body, dict_bytes + 5000, 2000);
		buf_clear(&out);
		assert_int_equal(packer_pack(packer, dict, (Str){body, 2000}, &out, &codec, &err), ST_OK);
		assert_int_equal(codec, CODEC_LZ4_DICT);
		assert_true(out.len < 100); /* it is in this dictionary, not in the one before */
		dictionary_free(dict);
	}
	buf_done(&out);
	packer_free(packer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_of_every_size_come_back),
		cmocka_unit_test(a_piece_of_the_dictionary_takes_a_few_bytes),
		cmocka_unit_test(a_packer_goes_over_to_another_dictionary),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
