/* tests/unit/glass_list.c - lists of documents: cutting, joining, uniting. */
#include "tests/unit/unit.h"

#include "indexer/glass/list.h"
#include "indexer/glass/positions.h"

/* Entries of one byte with gaps of one byte: n entries take 2n - 1 bytes. */
static void fill(GlassList *l, uint32_t first, size_t entries)
{
	for (size_t i = 0; i < entries; i++)
		assert_true(glass_list_add_number(l, first + (uint32_t)i, 1));
}

static void a_chunk_is_cut_before_the_entry_that_finds_it_full(void **state)
{
	(void)state;
	size_t len;
	uint32_t last;
	for (size_t entries = 998; entries < 1005; entries++) {
		GlassList l = {0};
		fill(&l, 7, entries);
		assert_int_equal(l.body.len, 2 * entries - 1);
		assert_true(glass_list_cut(GLASS_NUMBERS, glass_list_piece(&l), 0, &len, &last));
		/* 1000 entries are 1999 bytes: one more still goes in */
		size_t expected = entries < 1001 ? entries : 1001;
		assert_int_equal(len, 2 * expected - 1);
		assert_int_equal(last, 7 + expected - 1);
		glass_list_done(&l);
	}
}

static void a_chunk_of_exactly_2000_bytes_is_full(void **state)
{
	(void)state;
	GlassList l = {0};
	size_t len;
	uint32_t last;
	assert_true(glass_list_add_number(&l, 6, 200));
	fill(&l, 7, 1000);
	assert_true(glass_list_cut(GLASS_NUMBERS, glass_list_piece(&l), 0, &len, &last));
	assert_int_equal(len, 2000);
	assert_int_equal(last, 7 + 999 - 1);
	glass_list_done(&l);
}

static void a_chunk_takes_at_least_one_entry(void **state)
{
	(void)state;
	GlassList l = {0};
	size_t len;
	uint32_t last;
	char value[3000] = {0};
	assert_true(glass_list_add_string(&l, 5, (Str){value, sizeof value}));
	assert_true(glass_list_add_string(&l, 9, STR("x")));
	assert_true(glass_list_cut(GLASS_STRINGS, glass_list_piece(&l), 1999, &len, &last));
	assert_int_equal(len, 3002);
	assert_int_equal(last, 5);
	glass_list_done(&l);
}

static void joined_postings_of_one_document_add_up(void **state)
{
	(void)state;
	GlassList a = {0}, b = {0}, whole = {0};
	uint32_t wdf_max = 0;
	assert_true(glass_list_add_number(&a, 3, 1) && glass_list_add_number(&a, 10, 200));
	assert_true(glass_list_add_number(&b, 10, 100) && glass_list_add_number(&b, 11, 5));
	assert_true(glass_list_add_number(&whole, 3, 1) && glass_list_add_number(&whole, 10, 300) &&
		    glass_list_add_number(&whole, 11, 5));
	assert_true(glass_list_append_postings(&a, glass_list_piece(&b), b.tf, b.cf, &wdf_max));
	assert_str_equal(buf_str(&a.body), buf_str(&whole.body));
	assert_int_equal(a.tf, 3);
	assert_int_equal(a.cf, 306);
	assert_int_equal(a.last, 11);
	assert_int_equal(wdf_max, 300);
	assert_false(glass_list_append(&a, glass_list_piece(&b), b.tf, b.cf));
	glass_list_done(&a);
	glass_list_done(&b);
	glass_list_done(&whole);
}

static void united_lists_have_each_document_once(void **state)
{
	(void)state;
	GlassList a = {0}, b = {0}, both = {0}, whole = {0};
	uint32_t wdf_max = 0;
	for (uint32_t did = 1; did < 500; did++) {
		if (did % 2 == 0)
			assert_true(glass_list_add_number(&a, did, did));
		if (did % 3 == 0)
			assert_true(glass_list_add_number(&b, did, 1));
		if (did % 2 == 0 || did % 3 == 0)
			assert_true(glass_list_add_number(&whole, did, (did % 2 ? 0 : did) + (did % 3 ? 0 : 1)));
	}
	assert_true(glass_list_unite_postings(&both, glass_list_piece(&a), glass_list_piece(&b), &wdf_max));
	assert_str_equal(buf_str(&both.body), buf_str(&whole.body));
	assert_int_equal(both.tf, whole.tf);
	assert_int_equal(both.cf, whole.cf);
	assert_int_equal(wdf_max, 499);
	glass_list_done(&a);
	glass_list_done(&b);
	glass_list_done(&both);
	glass_list_done(&whole);
}

static void cut_off_lists_are_refused(void **state)
{
	(void)state;
	GlassList l = {0};
	GlassListFacts facts;
	assert_true(glass_list_add_string(&l, 1, STR("abc")) && glass_list_add_string(&l, 500, STR("defg")));
	GlassPiece piece = glass_list_piece(&l);
	assert_true(glass_list_measure(GLASS_STRINGS, piece, &facts));
	assert_int_equal(facts.entries, 2);
	assert_int_equal(facts.last, 500);
	for (size_t len = 0; len < piece.body.len; len++) {
		GlassPiece cut = {piece.first, piece.last, str_slice(piece.body, 0, len)};
		assert_int_equal(glass_list_measure(GLASS_STRINGS, cut, &facts), len == 4);
	}
	piece.first = UINT32_MAX - 100; /* the second document would be above 2^32 - 1 */
	assert_false(glass_list_measure(GLASS_STRINGS, piece, &facts));
	glass_list_done(&l);
}

static void assert_positions_come_back(const uint32_t *positions, size_t count)
{
	Buf tag = {0}, back = {0};
	glass_positions_add(&tag, positions, count);
	assert_true(buf_ok(&tag));
	assert_true(glass_positions_read(buf_str(&tag), &back));
	assert_int_equal(back.len, count * sizeof *positions);
	assert_memory_equal(back.data, positions, back.len);
	buf_clear(&back);
	buf_add_char(&tag, 0);
	if (count > 1) /* behind a single position it would begin the bits */
		assert_false(glass_positions_read(buf_str(&tag), &back));
	buf_done(&tag);
	buf_done(&back);
}

static void positions_come_back(void **state)
{
	(void)state;
	enum { MOST = 200000 };
	static uint32_t positions[MOST];
	static const size_t counts[] = {1, 2, 3, 4, 5, 63, 64, 65, 1000, MOST};
	static const uint32_t steps[] = {1, 2, 7, 1000, 20000};
	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
			uint32_t at = 1 + (uint32_t)s, random = 12345;
			for (size_t i = 0; i < counts[c]; i++) {
				random = random * 1103515245 + 12345;
				positions[i] = at;
				at += 1 + (random >> 16) % steps[s];
			}
			assert_positions_come_back(positions, counts[c]);
		}
	}
	assert_positions_come_back((uint32_t[]){1}, 1);
	assert_positions_come_back((uint32_t[]){1, UINT32_MAX}, 2);
	assert_positions_come_back((uint32_t[]){1, 2, UINT32_MAX - 1, UINT32_MAX}, 4);
}

static void odd_bytes_are_no_positions(void **state)
{
	(void)state;
	Buf out = {0};
	assert_false(glass_positions_read(STR(""), &out));
	assert_false(glass_positions_read(STR("\x80"), &out));
	assert_false(glass_positions_read(STR("\0\0"), &out));
	assert_false(glass_positions_read(STR("\x6a\xe5"), &out));
	assert_false(glass_positions_read(STR("\xff\xff\xff\xff\x0f\0\0\0\0\xff\xff\xff\x7f"), &out));
	assert_int_equal(out.len, 0);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chunk_is_cut_before_the_entry_that_finds_it_full),
		cmocka_unit_test(a_chunk_of_exactly_2000_bytes_is_full),
		cmocka_unit_test(a_chunk_takes_at_least_one_entry),
		cmocka_unit_test(joined_postings_of_one_document_add_up),
		cmocka_unit_test(united_lists_have_each_document_once),
		cmocka_unit_test(cut_off_lists_are_refused),
		cmocka_unit_test(positions_come_back),
		cmocka_unit_test(odd_bytes_are_no_positions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
