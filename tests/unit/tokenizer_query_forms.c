/* tests/unit/tokenizer_query_forms.c - other forms of queries: the golden file, ranges, and keystrokes of a whole
 * dictionary. */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "tokenizer/query_forms.h"
#include "tokenizer/syllable.h"
#include "tokenizer/token.h"

#include <stdio.h>
#include <stdlib.h>

static TokenIter *iter;

static int open_iter(void **state)
{
	Err err;
	(void)state;
	iter = token_iter_new(&err);
	return iter ? 0 : 1;
}

static int close_iter(void **state)
{
	(void)state;
	token_iter_free(iter);
	return 0;
}

static void render(Str query, Buf *out)
{
	Arena arena;
	QueryForm *forms;
	size_t count;
	Err err;
	arena_init(&arena);
	assert_int_equal(query_forms_find(query, iter, &arena, &forms, &count, &err), ST_OK);
	for (size_t i = 0; i < count; i++) {
		assert_true(forms[i].start < forms[i].end && forms[i].end <= query.len);
		buf_printf(out, "\t%c %.*s", forms[i].automatic ? '=' : '?', STR_ARG(forms[i].pair));
		if (forms[i].date.len)
			buf_printf(out, " (%s %.*s)", forms[i].kind == FORM_NEW_NAME ? "since" : "until",
				   STR_ARG(forms[i].date));
		buf_add_char(out, '\n');
	}
	size_t before = out->len;
	buf_add_zero_terminated(out, "\tkeys ");
	if (query_keystrokes_decode(query, out) == KEYS_NONE)
		out->len = before;
	else
		buf_add_char(out, '\n');
	arena_done(&arena);
}

static void each_query_of_the_golden_file_has_the_forms_below_it(void **state)
{
	(void)state;
	Buf file = {0}, wanted = {0}, got = {0};
	Err err;
	char path[600];
	const char *source = getenv("HOSO_SOURCE");
	snprintf(path, sizeof path, "%s/tests/golden/tokenizer/query_forms.txt", source ? source : "../..");
	if (file_read_all(path, 1 << 20, &file, &err) != ST_OK)
		fail_msg("%s", err.text);
	Str rest = buf_str(&file), line, query = STR("");
	unsigned wrong = 0, checked = 0;
	bool more = true;
	while (more) {
		more = str_split(&rest, '\n', &line);
		if (more && (!line.len || line.ptr[0] == '#'))
			continue;
		if (more && line.ptr[0] == '\t') {
			buf_add_str(&wanted, line);
			buf_add_char(&wanted, '\n');
			continue;
		}
		buf_clear(&got);
		if (query.len)
			render(query, &got);
		if (!str_eq(buf_str(&got), buf_str(&wanted))) {
			print_error("%.*s\n%.*swanted\n%.*s", STR_ARG(query), STR_ARG(buf_str(&got)),
				    STR_ARG(buf_str(&wanted)));
			wrong++;
		}
		checked++;
		query = line;
		buf_clear(&wanted);
	}
	buf_done(&file);
	buf_done(&wanted);
	buf_done(&got);
	assert_int_equal(wrong, 0);
	assert_true(checked > 10);
}

/* The keys that give a syllable's key ("quyêt2"), tone last. */
static void keys_of(Str key, bool telex, char out[40])
{
	static const struct {
		const char *letter, *telex, *vni;
	} letters[] = {{"ă", "aw", "a8"}, {"â", "aa", "a6"}, {"đ", "dd", "d9"}, {"ê", "ee", "e6"},
		       {"ô", "oo", "o6"}, {"ơ", "ow", "o7"}, {"ư", "uw", "u7"}};
	size_t len = 0;
	for (size_t i = 0; i < key.len;) {
		size_t k = 0;
		while (k < 7 && !str_starts(str_slice(key, i, key.len), str_from(letters[k].letter)))
			k++;
		if (k < 7) {
			len += (size_t)sprintf(out + len, "%s", telex ? letters[k].telex : letters[k].vni);
			i += 2;
		} else if (key.ptr[i] >= '1' && key.ptr[i] <= '5') {
			out[len++] = telex ? "fsrxj"[key.ptr[i] - '1'] : "21345"[key.ptr[i] - '1'];
			i++;
		} else {
			out[len++] = key.ptr[i++];
		}
	}
	out[len] = 0;
}

static void nearly_every_syllable_comes_back_from_its_keys(void **state)
{
	(void)state;
	Err err;
	TokenIter *it = token_iter_new(&err);
	assert_non_null(it);
	for (int telex = 0; telex < 2; telex++) {
		unsigned tried = 0, same = 0;
		for (uint32_t i = 1; i <= syllable_count(); i++) {
			Str key = syllable_key((uint16_t)i);
			char keys[40];
			Buf word = {0};
			Token token;
			keys_of(key, telex, keys);
			if (strlen(keys) == key.len && key.ptr[key.len - 1] > '9') /* no marks */
				continue;
			tried++;
			if (query_word_decode(str_from(keys), &word) != KEYS_NONE) {
				token_iter_set(it, buf_str(&word));
				same += token_next(it, &token, &err) == STEP_ITEM && str_eq(token.key, key);
			}
			buf_done(&word);
		}
		print_message("%s: %u of %u\n", telex ? "Telex" : "VNI", same, tried);
		assert_true(same * 100 >= tried * 93);
	}
	token_iter_free(it);
}

/* Is `wanted` among the forms of the query? */
static bool is_offered(Str query, Str wanted)
{
	Arena arena;
	QueryForm *forms;
	size_t count;
	Err err;
	bool found = false;
	arena_init(&arena);
	assert_int_equal(query_forms_find(query, iter, &arena, &forms, &count, &err), ST_OK);
	for (size_t i = 0; i < count; i++)
		found |= forms[i].kind == FORM_NEW_NAME && str_eq(forms[i].text, wanted);
	arena_done(&arena);
	return found;
}

/* The rows of the table, asked one by one as "Xã A, Huyện B, C". */
static void every_former_commune_is_found_by_its_name_with_the_district_and_province_beside_it(void **state)
{
	(void)state;
	Buf file = {0}, query = {0};
	Err err;
	char path[600];
	unsigned asked = 0, missed = 0;
	const char *source = getenv("HOSO_SOURCE");
	snprintf(path, sizeof path, "%s/tokenizer/data/communes.tsv", source ? source : "../..");
	if (file_read_all(path, 1 << 20, &file, &err) != ST_OK)
		fail_msg("%s", err.text);
	Str rest = buf_str(&file), line, province, commune, group, name;
	while (str_split(&rest, '\n', &line)) {
		if (!line.len || line.ptr[0] == '#' || str_starts(line, STR("province\t")))
			continue;
		str_split(&line, '\t', &province);
		str_split(&line, '\t', &commune);
		while (str_split(&line, ';', &group)) {
			ptrdiff_t open = str_find_char(group, '(');
			if (open < 0)
				continue;
			Str names = str_slice(group, 0, (size_t)open),
			    where = str_slice(group, (size_t)open + 1, group.len - 1);
			while (str_split(&names, ',', &name)) {
				name = str_trim(name);
				if (str_eq(name, commune))
					continue;
				buf_clear(&query);
				buf_printf(&query, "%.*s, %.*s, %.*s", STR_ARG(name), STR_ARG(where),
					   STR_ARG(province));
				asked++;
				missed += !is_offered(buf_str(&query), commune);
				if (missed && missed < 4 && !is_offered(buf_str(&query), commune))
					print_error("\"%.*s\" does not lead to %.*s\n", STR_ARG(buf_str(&query)),
						    STR_ARG(commune));
			}
		}
	}
	print_message("%u former communes, %u not found\n", asked, missed);
	assert_true(asked > 9000);
	assert_int_equal(missed, 0);
	buf_done(&file);
	buf_done(&query);
}

static void absurd_queries_do_no_harm(void **state)
{
	(void)state;
	Buf query = {0}, out = {0};
	Arena arena;
	QueryForm *forms;
	size_t count;
	Err err;
	for (int i = 0; i < 5000; i++)
		buf_add_zero_terminated(&query, i % 2 ? "ubnd " : "uwowf999zzz ");
	arena_init(&arena);
	assert_int_equal(query_forms_find(buf_str(&query), iter, &arena, &forms, &count, &err), ST_OK);
	assert_true(count <= QUERY_FORMS_MAX);
	query_keystrokes_decode(buf_str(&query), &out);
	assert_int_equal(query_forms_find(STR(""), iter, &arena, &forms, &count, &err), ST_OK);
	assert_int_equal(count, 0);
	arena_done(&arena);
	buf_done(&query);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_query_of_the_golden_file_has_the_forms_below_it),
		cmocka_unit_test(nearly_every_syllable_comes_back_from_its_keys),
		cmocka_unit_test(every_former_commune_is_found_by_its_name_with_the_district_and_province_beside_it),
		cmocka_unit_test(absurd_queries_do_no_harm),
	};
	return cmocka_run_group_tests(tests, open_iter, close_iter);
}
