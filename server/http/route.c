/* server/http/route.c - a pattern is compared with an address part by part; "{…}" takes any part. A fixed word must be
 * written without escapes: a proxy that forbids "/metrics" would let "/%6detrics" pass. The first route that fits path
 * and method answers; where only the path fits, the methods that it has are collected for Allow. */
#include "server/http/route.h"

#include "base/utf8.h"

static bool matches(const Route *route, const Url *url, Str variables[static ROUTE_VARIABLES_MAX])
{
	Str rest = str_from(route->pattern + 1), part;
	size_t i = 0, variable = 0;
	if (rest.len == 0)
		return url->part_count == 0;
	while (str_split(&rest, '/', &part)) {
		if (i == url->part_count)
			return false;
		if (part.ptr[0] == '{')
			variables[variable++] = url->parts[i];
		else if ((url->escaped >> i & 1) || !str_eq(part, url->parts[i]))
			return false;
		i++;
	}
	return i == url->part_count;
}

Status route_find(const RouteTable *table, Str method, const Url *url, Arena *arena, const Route **out,
		  Str variables[static ROUTE_VARIABLES_MAX], Str *allow_out, Err *err)
{
	const char *allow = NULL;
	Str wanted = str_eq(method, STR("HEAD")) ? STR("GET") : method;
	for (size_t i = 0; i < table->count; i++) {
		const Route *route = &table->routes[i];
		Str found[ROUTE_VARIABLES_MAX] = {{NULL, 0}, {NULL, 0}};
		if (!matches(route, url, found))
			continue;
		if (str_eq(wanted, str_from(route->method))) {
			*out = route;
			variables[0] = found[0];
			variables[1] = found[1];
			return ST_OK;
		}
		const char *also = strcmp(route->method, "GET") == 0 ? "GET, HEAD" : route->method;
		allow = allow ? arena_printf(arena, "%s, %s", allow, also) : also;
	}
	if (!allow)
		return err_set(err, ST_NOT_FOUND, "there is nothing at this address");
	*allow_out = str_from(allow);
	return err_set(err, ST_UNSUPPORTED, "this address takes %s", allow);
}

const RouteParameter route_common_parameters[] = {
	{"lang", "string", "vi or en: the language of labels and messages; without it Accept-Language counts"},
	{NULL, NULL, NULL},
};

static bool table_has(const RouteParameter *table, Str name)
{
	while (table && table->name && !str_eq(str_from(table->name), name))
		table++;
	return table && table->name;
}

Status route_check_parameters(const Route *route, const Url *url, Err *err)
{
	for (size_t i = 0; i < url->parameter_count && !route->any_parameters; i++) {
		Str name = url->parameters[i].name;
		if (!table_has(route->parameters, name) && !table_has(route_common_parameters, name))
			return err_set(err, ST_INVALID, "there is no parameter '%.*s' here",
				       STR_ARG(str_slice(name, 0, utf8_cut(name, 60))));
	}
	return ST_OK;
}
