/* tests/unit/tokenizer_allocation.c - reading a text asks for no memory: every allocation of the program is counted.
 */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "tokenizer/record_number.h"
#include "tokenizer/token.h"

#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define ALLOCATIONS_ARE_TAKEN
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ALLOCATIONS_ARE_TAKEN
#endif

static size_t allocations;

#if defined(__GLIBC__) && !defined(ALLOCATIONS_ARE_TAKEN)
#define COUNTS true
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	allocations++;
	return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	allocations++;
	return __libc_realloc(old, size);
}
#else
#define COUNTS false
#endif

/* Allocations while a text of ten thousand words, `paragraph` over and over, is read for the second time. */
static size_t count_for(const char *paragraph)
{
	Buf text = {0};
	Token token;
	Err err;
	TokenIter *it = token_iter_new(&err);
	assert_non_null(it);
	size_t before = 0, tokens = 0;
	while (text.len < 100000)
		buf_add_zero_terminated(&text, paragraph);
	for (int pass = 0; pass < 2; pass++) {
		before = allocations;
		tokens = 0;
		token_iter_set(it, buf_str(&text));
		while (token_next(it, &token, &err) == STEP_ITEM)
			tokens++;
	}
	size_t taken = allocations - before;
	assert_true(tokens > 5000);
	buf_done(&text);
	token_iter_free(it);
	return taken;
}

static void the_second_text_of_an_iterator_takes_no_memory(void **state)
{
	(void)state;
	if (!COUNTS) {
		print_message("skipped: allocations belong to the sanitizer, or this is not glibc\n");
		skip();
	}
	assert_int_equal(count_for("Căn cứ Quyết định số 15/2019/QĐ-UBND ngày 12/3/2019 của UBND tỉnh Đắk Lắk;\n"), 0);
	assert_int_equal(count_for("Ca\u0306n cu\u031B\u0301 Quye\u0302\u0301t đi\u0323nh so\u0302\u0301 15/QĐ-UBND\n"),
			 0);
	assert_int_equal(count_for("Hồ sơ H40.15-210521-0012, 1.234.567 đồng, 95,94 %, 漢字 Россия QH14\n"), 0);
}

static void numbers_take_no_memory(void **state)
{
	(void)state;
	RecordNumber number;
	if (!COUNTS) {
		print_message("skipped: allocations belong to the sanitizer, or this is not glibc\n");
		skip();
	}
	size_t before = allocations;
	assert_true(record_number_parse(STR("Quyết định số 15/2019/QĐ-UBND ngày 12 tháng 3 năm 2019"), &number));
	assert_int_equal(allocations, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_second_text_of_an_iterator_takes_no_memory),
		cmocka_unit_test(numbers_take_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
