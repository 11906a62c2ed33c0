/* tests/unit/terms_codes.c - codes ascend as their terms do, and a token with a code gives the term that spelling
 * gives. */
#include "unit.h"

#include "indexer/terms/codes.h"
#include "indexer/terms/schema.h"
#include "tokenizer/syllable.h"

#include <stdlib.h>

static Str spell(uint64_t code, char out[64])
{
	return (Str){out, code_spell(NULL, code, out)};
}

static void unigrams_ascend_as_their_terms_do(void **state)
{
	char one[64], two[64];
	Str before = {one, 0};
	uint64_t last = 0;
	unsigned count = 0;
	(void)state;
	for (uint32_t symbol = 1; symbol <= codes_last().exact; symbol++) {
		uint64_t code = code_unigram(PREFIX_BODY, (uint16_t)symbol);
		Str now = spell(code, two);
		if (code <= last || str_cmp(before, now) >= 0)
			fail_msg("%.*s is not before %.*s", STR_ARG(before), STR_ARG(now));
		memcpy(one, two, sizeof one);
		before = (Str){one, now.len};
		last = code;
		count++;
	}
	assert_true(count > 20000);
}

static uint32_t seed = 7;

static uint32_t pick(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)seed * below >> 32);
}

static uint16_t any(uint16_t last)
{
	return (uint16_t)(1 + pick(last));
}

static void codes_of_all_places_ascend_as_their_terms_do(void **state)
{
	char one[64], two[64];
	(void)state;
	for (int i = 0; i < 300000; i++) {
		uint64_t codes[2];
		for (int k = 0; k < 2; k++)
			do
				codes[k] = pick(2) ? code_bigram((TermPrefix)pick(PREFIX_OF_WORDS),
								 any(codes_last().folded), any(codes_last().folded))
						   : code_unigram((TermPrefix)pick(PREFIX_OF_WORDS),
								  any(codes_last().exact));
			while (!codes[k]);
		Str a = spell(codes[0], one), b = spell(codes[1], two);
		int order = (codes[0] > codes[1]) - (codes[0] < codes[1]), terms = str_cmp(a, b);
		if (order != (terms > 0) - (terms < 0))
			fail_msg("%.*s and %.*s", STR_ARG(a), STR_ARG(b));
	}
}

static void a_code_stands_for_the_term_that_spelling_gives(void **state)
{
	static const char text[] =
		"Căn cứ Nghị định số 01/2019/NĐ-CP, UBND tỉnh kỹ kĩ ky ki quý quí 0 5 05 9999 10000 1.234 95,94 Đ thué "
		"QH14 website BTC btc Nguyễn Đắk Lắk 漢 xyz hòa hoà UỶ ỦY m2 12/3/2019 H40.15-210521-0012 a b c d đ";
	Err err;
	TokenIter *it = token_iter_new(&err);
	Token token;
	Buf term = {0}, before = {0};
	TokenSymbols last = {0};
	char out[64];
	unsigned with_code = 0;
	(void)state;
	token_iter_set(it, STR(text));
	while (token_next(it, &token, &err) == STEP_ITEM) {
		if (token.kind > TOKEN_DIGITS)
			continue;
		TokenSymbols symbols = codes_of_token(&token);
		for (TermPrefix prefix = 0; prefix < PREFIX_OF_WORDS; prefix++) {
			uint64_t code = code_unigram(prefix, symbols.exact),
				 pair = code_bigram(prefix, last.folded, symbols.folded);
			schema_unigram(&term, prefix, token.folded, token.key, token.flags & TOKEN_MARKED);
			if (code && !str_eq(spell(code, out), buf_str(&term)))
				fail_msg("%.*s instead of %.*s", STR_ARG(spell(code, out)), STR_ARG(buf_str(&term)));
			with_code += code != 0;
			schema_bigram(&term, prefix, buf_str(&before), token.folded);
			if (pair && !str_eq(spell(pair, out), buf_str(&term)))
				fail_msg("%.*s instead of %.*s", STR_ARG(spell(pair, out)), STR_ARG(buf_str(&term)));
		}
		last = symbols;
		buf_clear(&before);
		buf_add_str(&before, token.folded);
	}
	assert_true(with_code > 100);
	buf_done(&term);
	buf_done(&before);
	token_iter_free(it);
}

int main(void)
{
	codes_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unigrams_ascend_as_their_terms_do),
		cmocka_unit_test(codes_of_all_places_ascend_as_their_terms_do),
		cmocka_unit_test(a_code_stands_for_the_term_that_spelling_gives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
