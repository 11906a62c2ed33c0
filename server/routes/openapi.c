/* server/routes/openapi.c - /openapi.json written from the tables that the server itself runs on: paths from the
 * routes, the record from the table of record fields. Routes of one path stand together, as OpenAPI wants them. */
#include "server/routes/openapi.h"

#include "base/json_out.h"
#include "store/record/record.h"

#include <stdio.h>

static void write_parameter(const Route *route, const RouteParameter *p, const char *in, JsonOut *j)
{
	jout_open(j, '{');
	jout_field_text(j, "name", p->name);
	jout_field_text(j, "in", in);
	jout_field_bool(j, "required",
			strcmp(in, "path") == 0 || (route->required && strcmp(p->name, route->required) == 0));
	if (p->description)
		jout_field_text(j, "description", p->description);
	if (strcmp(p->type, "array") == 0) { /* a,b,c */
		jout_field_text(j, "style", "form");
		jout_field_bool(j, "explode", false);
	}
	jout_key(j, "schema");
	jout_open(j, '{');
	jout_field_text(j, "type", p->type);
	if (route->constrain)
		route->constrain(p->name, j);
	jout_close(j, '}');
	jout_close(j, '}');
}

static void write_parameters(const Route *route, JsonOut *j)
{
	jout_key(j, "parameters");
	jout_open(j, '[');
	for (const char *open = strchr(route->pattern, '{'); open; open = strchr(open + 1, '{')) {
		char name[32] = {0};
		size_t len = strcspn(open + 1, "}");
		memcpy(name, open + 1, len < sizeof name ? len : sizeof name - 1);
		write_parameter(route, &(RouteParameter){.name = name, .type = "string"}, "path", j);
	}
	for (const RouteParameter *p = route->parameters; p && p->name; p++)
		write_parameter(route, p, "query", j);
	for (const RouteParameter *p = route_common_parameters; p->name; p++)
		write_parameter(route, p, "query", j);
	jout_close(j, ']');
}

static void write_content(const char *media, const char *schema, JsonOut *j)
{
	jout_key(j, "content");
	jout_open(j, '{');
	jout_key(j, media);
	jout_open(j, '{');
	jout_key(j, "schema");
	jout_raw(j, str_from(schema));
	jout_close(j, '}');
	jout_close(j, '}');
}

static void write_body(const Route *route, JsonOut *j)
{
	static const char *const media[] = {
		[BODY_JSON] = "application/json",
		[BODY_FILE] = "application/octet-stream",
		[BODY_BULK] = "application/x-ndjson",
	};
	static const char record_schema[] = "{\"$ref\":\"#/components/schemas/Record\"}";
	if (route->body == BODY_NONE)
		return;
	jout_key(j, "requestBody");
	jout_open(j, '{');
	jout_field_bool(j, "required", true);
	write_content(media[route->body], route->body == BODY_JSON ? record_schema : "{}", j);
	jout_close(j, '}');
}

static const char *usual_status(const Route *route)
{
	if (route->body == BODY_BULK || strcmp(route->method, "DELETE") == 0)
		return "202";
	return route->body != BODY_NONE ? "201" : "200";
}

static void write_response(const char *status, const char *description, const char *media, const char *schema,
			   JsonOut *j)
{
	jout_key(j, status);
	jout_open(j, '{');
	jout_field_text(j, "description", description);
	if (media)
		write_content(media, schema, j);
	jout_close(j, '}');
}

static void write_responses(const Route *route, JsonOut *j)
{
	static const char problem[] = "{\"$ref\":\"#/components/schemas/Problem\"}";
	jout_key(j, "responses");
	jout_open(j, '{');
	write_response(usual_status(route), route->summary, route->media, "{}", j);
	if (route->also & ALSO_REPEATED)
		write_response("200", "It was there already: the same receipt", route->media, "{}", j);
	if (route->also & ALSO_PARTIAL)
		write_response("206", "The range that was asked for", route->media, "{}", j);
	if (route->also & ALSO_UNCHANGED)
		write_response("304", "Unchanged since the ETag in If-None-Match", NULL, NULL, j);
	write_response("4XX", "The request can't be answered so: a problem (RFC 9457)", "application/problem+json",
		       problem, j);
	write_response("5XX", "The service can't answer now: a problem (RFC 9457)", "application/problem+json", problem,
		       j);
	jout_close(j, '}');
}

/* "GET /v1/records/{id}/text" is "get_v1_records_id_text": it stays as long as the address does. */
static void write_operation_id(const Route *route, const char *method, JsonOut *j)
{
	char id[96];
	size_t len = (size_t)snprintf(id, sizeof id, "%s", method);
	for (const char *c = route->pattern; *c && len < sizeof id - 1; c++) {
		bool word = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9');
		if (word)
			id[len++] = *c;
		else if (id[len - 1] != '_' && c[1] && c[1] != '}')
			id[len++] = '_';
	}
	id[len] = 0;
	jout_field_text(j, "operationId", id);
}

static void write_operation(const Route *route, JsonOut *j)
{
	char key[8] = {0};
	for (size_t i = 0; route->method[i] && i < sizeof key - 1; i++)
		key[i] = (char)(route->method[i] | 0x20);
	jout_key(j, key);
	jout_open(j, '{');
	write_operation_id(route, key, j);
	jout_field_text(j, "summary", route->summary);
	jout_field_text(j, "description", route->summary_vi);
	write_parameters(route, j);
	write_body(route, j);
	write_responses(route, j);
	jout_close(j, '}');
}

static const char *field_schema(RecordFieldKind kind)
{
	switch (kind) {
	case FIELD_TEXT:
	case FIELD_DATE:
		return "string";
	case FIELD_LIST:
		return "array";
	case FIELD_PERSON:
	case FIELD_JSON:
		return "object";
	case FIELD_WHOLE:
		return "integer";
	}
	return "string";
}

static void write_record_schema(JsonOut *j)
{
	jout_key(j, "Record");
	jout_raw(j,
		 STR("{\"type\":\"object\",\"properties\":{"
		     "\"id\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9._:-]{1,128}$\"},"
		     "\"text\":{\"type\":\"string\"},\"files\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"));
	for (int id = 0; id < RF_COUNT; id++) {
		buf_add_char(j->out, ',');
		j->need_comma = false;
		jout_key(j, record_fields[id].name);
		jout_open(j, '{');
		jout_field_text(j, "type", field_schema(record_fields[id].kind));
		jout_field_text(j, "title", record_fields[id].label_en);
		jout_field_text(j, "description", record_fields[id].label_vi);
		jout_close(j, '}');
	}
	buf_add_zero_terminated(j->out, "}}");
}

void openapi_write(const RouteTable *table, Buf *out)
{
	const Route *routes = table->routes;
	JsonOut j;
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_text(&j, "openapi", "3.1.0");
	jout_key(&j, "info");
	jout_raw(&j, STR("{\"title\":\"hoso\",\"version\":\"" HOSO_VERSION "\","
			 "\"description\":\"Vietnamese administrative records: kept for good and found again\","
			 "\"license\":{\"name\":\"GPL-3.0-or-later\",\"identifier\":\"GPL-3.0-or-later\"}}"));
	jout_key(&j, "servers");
	jout_raw(&j, STR("[{\"url\":\"/\"}]"));
	jout_key(&j, "security"); /* on loopback nobody is asked who he is */
	jout_raw(&j, STR("[]"));
	jout_key(&j, "paths");
	jout_open(&j, '{');
	for (size_t i = 0; i < table->count; i++) {
		bool opened = false;
		for (size_t k = 0; k < i; k++)
			opened |= strcmp(routes[k].pattern, routes[i].pattern) == 0;
		if (opened) /* written with the first of its path */
			continue;
		jout_key(&j, routes[i].pattern);
		jout_open(&j, '{');
		for (size_t k = i; k < table->count; k++)
			if (strcmp(routes[k].pattern, routes[i].pattern) == 0)
				write_operation(&routes[k], &j);
		jout_close(&j, '}');
	}
	jout_close(&j, '}');
	jout_key(&j, "components");
	jout_open(&j, '{');
	jout_key(&j, "schemas");
	jout_open(&j, '{');
	write_record_schema(&j);
	jout_key(&j, "Problem");
	jout_raw(&j, STR("{\"type\":\"object\",\"properties\":{"
			 "\"type\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"}"
			 ",\"status\":{\"type\":\"integer\"},"
			 "\"detail\":{\"type\":\"string\"},\"cause\":{\"type\":\"string\"},\"request_id\":{\"type\":"
			 "\"string\"}}}"));
	jout_close(&j, '}');
	jout_close(&j, '}');
	jout_close(&j, '}');
}
