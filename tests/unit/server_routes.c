/* tests/unit/server_routes.c - the route table, what is generated from it, and problems. */
#include "tests/unit/unit.h"

#include "server/http/listen.h"
#include "server/http/problem.h"
#include "server/routes/handlers.h"
#include "server/routes/openapi.h"
#include "server/routes/routes.h"

#include "base/file.h"
#include "store/record/record.h"

#include <jansson.h>

static Arena arena;

static Status find(const char *method, const char *target, const Route **out, Str variables[static 2], Str *allow)
{
	Url url;
	Err err;
	Status st = url_parse(str_from(target), &arena, &url, &err);
	return st == ST_OK ? route_find(&all_routes, str_from(method), &url, &arena, out, variables, allow, &err) : st;
}

static void an_address_finds_its_route_and_its_variables(void **state)
{
	const Route *route;
	Str variables[2], allow;
	(void)state;
	assert_int_equal(find("GET", "/v1/records/a-1/content", &route, variables, &allow), ST_OK);
	assert_ptr_equal(route->handle, get_record_content);
	assert_str_equal(variables[0], STR("a-1"));
	assert_int_equal(find("HEAD", "/v1/cases/H40.15-210521-0012/package", &route, variables, &allow), ST_OK);
	assert_ptr_equal(route->handle, get_case_package);
	assert_int_equal(find("GET", "/", &route, variables, &allow), ST_OK);
	assert_ptr_equal(route->handle, get_page);
}

static void another_method_is_told_which_ones_there_are(void **state)
{
	const Route *route;
	Str variables[2], allow = {NULL, 0};
	(void)state;
	assert_int_equal(find("DELETE", "/v1/records", &route, variables, &allow), ST_UNSUPPORTED);
	assert_str_equal(allow, STR("GET, HEAD, POST"));
	assert_int_equal(find("GET", "/v1/nothing", &route, variables, &allow), ST_NOT_FOUND);
	assert_int_equal(find("GET", "/v1/records/a/b/c", &route, variables, &allow), ST_NOT_FOUND);
}

/* What a proxy forbids by its name must not be had under another spelling. */
static void a_fixed_word_has_one_spelling(void **state)
{
	const Route *route;
	Str variables[2], allow = {NULL, 0};
	(void)state;
	assert_int_equal(find("GET", "/metrics", &route, variables, &allow), ST_OK);
	assert_int_equal(find("GET", "/%6detrics", &route, variables, &allow), ST_NOT_FOUND);
	assert_int_equal(find("GET", "/v1/record%73/a-1", &route, variables, &allow), ST_NOT_FOUND);
	assert_int_equal(find("GET", "/v1/records/a%2D1", &route, variables, &allow), ST_OK);
	assert_str_equal(variables[0], STR("a-1"));
}

static void a_misspelt_parameter_is_refused(void **state)
{
	const Route *route;
	Str variables[2], allow;
	Url url;
	Err err;
	(void)state;
	assert_int_equal(find("GET", "/v1/search", &route, variables, &allow), ST_OK);
	assert_int_equal(url_parse(STR("/v1/search?q=a&form=2019"), &arena, &url, &err), ST_OK);
	assert_int_equal(route_check_parameters(route, &url, &err), ST_INVALID);
	assert_int_equal(url_parse(STR("/v1/search?q=a&from=2019&lang=en"), &arena, &url, &err), ST_OK);
	assert_int_equal(route_check_parameters(route, &url, &err), ST_OK);
}

static void the_description_is_json_and_names_every_route(void **state)
{
	Buf text = {0};
	(void)state;
	openapi_write(&all_routes, &text);
	json_t *root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "openapi")), "3.1.0");
	for (size_t i = 0; i < all_routes.count; i++) {
		const json_t *path = json_object_get(json_object_get(root, "paths"), all_routes.routes[i].pattern);
		char method[8] = {0};
		for (size_t k = 0; all_routes.routes[i].method[k]; k++)
			method[k] = (char)(all_routes.routes[i].method[k] | 0x20);
		const json_t *operation = json_object_get(path, method);
		assert_true(json_string_length(json_object_get(operation, "operationId")) > 0);
		assert_non_null(json_object_get(json_object_get(operation, "responses"), "4XX"));
		bool required = false;
		for (size_t k = 0; k < json_array_size(json_object_get(operation, "parameters")); k++) {
			const json_t *p = json_array_get(json_object_get(operation, "parameters"), k);
			required |= json_is_true(json_object_get(p, "required")) &&
				    strcmp(json_string_value(json_object_get(p, "in")), "query") == 0;
		}
		assert_int_equal(required, all_routes.routes[i].required != NULL);
	}
	const json_t *post = json_object_get(json_object_get(json_object_get(root, "paths"), "/v1/records"), "post");
	assert_non_null(json_object_get(json_object_get(post, "responses"), "200"));
	assert_non_null(json_object_get(json_object_get(post, "responses"), "201"));
	json_decref(root);
	buf_done(&text);
}

static void every_status_has_a_code_and_a_sentence_in_both_languages(void **state)
{
	(void)state;
	for (int status = ST_INVALID; status < ST_COUNT; status++) {
		Err err = {(Status)status, "the cause"};
		unsigned http = problem_http((Status)status, true);
		assert_in_range(http, 400, 599);
		for (Language language = LANGUAGE_VI; language < LANGUAGE_COUNT; language++) {
			Buf text = {0};
			problem_write(http, &err, language, STR("r-1"), &text);
			json_t *root = json_loadb(text.data, text.len, 0, NULL);
			assert_non_null(root);
			assert_int_equal(json_integer_value(json_object_get(root, "status")), http);
			assert_true(json_string_length(json_object_get(root, "detail")) > 5);
			assert_true(json_string_length(json_object_get(root, "code")) > 0);
			assert_true((json_object_get(root, "cause") != NULL) ==
				    (http < 500)); /* our own failures stay in the log */
			json_decref(root);
			buf_done(&text);
		}
	}
	assert_int_equal(problem_http(ST_LIMIT, false), 400);
	assert_int_equal(problem_http(ST_NO_SPACE, true), 507);
	assert_int_equal(problem_http(ST_BUSY, true), 503);
}

static void every_problem_code_has_its_texts_in_both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < problem_count; i++) {
		const Problem *p = &problems[i];
		for (int language = 0; language < LANGUAGE_COUNT; language++)
			if (!p->title[language] || !*p->title[language] || !p->detail[language] ||
			    !*p->detail[language])
				fail_msg("%s lacks a text in language %d", p->code, language);
		assert_string_not_equal(p->title[LANGUAGE_VI], p->title[LANGUAGE_EN]);
		assert_string_not_equal(p->detail[LANGUAGE_VI], p->detail[LANGUAGE_EN]);
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(p->code, problems[k].code);
			assert_true(p->http != problems[k].http || p->http == 503); /* busy, and damaged */
		}
	}
	for (int id = 0; id < RF_COUNT; id++)
		if (!record_fields[id].label_vi || !*record_fields[id].label_vi || !record_fields[id].label_en)
			fail_msg("the field %s lacks a label", record_fields[id].name);
}

static void only_loopback_is_listened_on(void **state)
{
	static const char *const refused[] = {"0.0.0.0:0", "192.168.1.1:0", "[::]:0", "8.8.8.8:0"};
	static const char *const wrong[] = {"",      "127.0.0.1", ":80", "host:80", "127.0.0.1:x", "127.0.0.1:70000",
					    "::1:0", "[::1:0"};
	int fd;
	char address[80];
	Err err;
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		assert_int_equal(listen_open(refused[i], &fd, address, sizeof address, &err), ST_FORBIDDEN);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(listen_open(wrong[i], &fd, address, sizeof address, &err), ST_INVALID);
	assert_int_equal(listen_open("localhost:0", &fd, address, sizeof address, &err), ST_OK);
	assert_string_not_equal(address, "http://127.0.0.1:0");
	close_quietly(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_finds_its_route_and_its_variables),
		cmocka_unit_test(another_method_is_told_which_ones_there_are),
		cmocka_unit_test(a_fixed_word_has_one_spelling),
		cmocka_unit_test(a_misspelt_parameter_is_refused),
		cmocka_unit_test(the_description_is_json_and_names_every_route),
		cmocka_unit_test(every_status_has_a_code_and_a_sentence_in_both_languages),
		cmocka_unit_test(every_problem_code_has_its_texts_in_both_languages),
		cmocka_unit_test(only_loopback_is_listened_on),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
