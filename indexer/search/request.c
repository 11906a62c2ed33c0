/* indexer/search/request.c - search_set: one parameter of a search by its name in the HTTP interface.
 *
 * Texts are found in a table of names and offsets, choices in tables of names and values; an error lists the choices.
 */
#include "indexer/search/search.h"

#include <stddef.h>

typedef struct {
	const char *name;
	int value;
} Choice;

static const Choice modes[] = {{"auto", SEARCH_AUTO}, {"all", SEARCH_ALL}, {"any", SEARCH_ANY}, {0}};
static const Choice sorts[] = {
	{"relevance", SORT_RELEVANCE}, {"issued", SORT_ISSUED}, {"-issued", SORT_ISSUED_DESCENDING}, {0}};

static const Choice switches[] = {{"on", 0}, {"off", 1}, {0}};

static Status choose(const Choice *choices, const char *name, Str value, int *out, Err *err)
{
	char known[80] = "";
	for (const Choice *c = choices; c->name; c++) {
		if (str_eq(value, str_from(c->name))) {
			*out = c->value;
			return ST_OK;
		}
		strncat(known, c == choices ? "" : ", ", sizeof known - strlen(known) - 1);
		strncat(known, c->name, sizeof known - strlen(known) - 1);
	}
	return err_set(err, ST_INVALID, "%s: '%.*s' is none of %s", name, (int)(value.len > 40 ? 40 : value.len),
		       value.ptr, known);
}

static Status set_facets(SearchRequest *request, Str value, Err *err)
{
	Str part;
	int facet = 0;
	Choice facets[FACET_COUNT + 1] = {0};
	for (int f = 0; f < FACET_COUNT; f++)
		facets[f] = (Choice){facet_rows[f].name, f};
	while (str_split(&value, ',', &part)) {
		Status st = part.len ? choose(facets, "facets", str_trim(part), &facet, err) : ST_OK;
		if (st != ST_OK)
			return st;
		if (part.len)
			request->facets |= 1u << facet;
	}
	return ST_OK;
}

static Status set_date(Str *out, const char *name, Str value, Err *err)
{
	CivilDate date;
	if (value.len && !civil_date_parse(value, &date))
		return err_set(err, ST_INVALID, "%s: '%.*s' is no date (2019, 2019-03 or 2019-03-12)", name,
			       (int)(value.len > 40 ? 40 : value.len), value.ptr);
	*out = value;
	return ST_OK;
}

static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{"q", offsetof(SearchRequest, query)},
	{"number", offsetof(SearchRequest, number)},
	{"type", offsetof(SearchRequest, type)},
	{"agency", offsetof(SearchRequest, agency)},
	{"fonds", offsetof(SearchRequest, fonds)},
	{"case", offsetof(SearchRequest, case_code)},
	{"text_state", offsetof(SearchRequest, text_state)},
	{"cursor", offsetof(SearchRequest, cursor)},
};

Status search_set(SearchRequest *request, Str name, Str value, Err *err)
{
	int chosen = 0;
	uint64_t limit = 0;
	Status st;
	if (value.len > SEARCH_QUERY_MAX)
		return err_set(err, ST_LIMIT, "%.*s: at most %d bytes", STR_ARG(name), SEARCH_QUERY_MAX);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (str_eq(name, str_from(texts[i].name))) {
			*(Str *)((char *)request + texts[i].offset) = value;
			return ST_OK;
		}
	if (str_eq(name, STR("from")))
		return set_date(&request->from, "from", value, err);
	if (str_eq(name, STR("to")))
		return set_date(&request->to, "to", value, err);
	if (str_eq(name, STR("facets")))
		return set_facets(request, value, err);
	if (str_eq(name, STR("limit"))) {
		if (!str_to_u64(value, &limit) || limit == 0 || limit > SEARCH_LIMIT_MAX)
			return err_set(err, ST_INVALID, "limit: a number from 1 to %d", SEARCH_LIMIT_MAX);
		request->limit = (unsigned)limit;
		return ST_OK;
	}
	if (str_eq(name, STR("expand"))) {
		st = choose(switches, "expand", value, &chosen, err);
		if (st == ST_OK)
			request->no_expansion = chosen;
		return st;
	}
	if (str_eq(name, STR("mode"))) {
		st = choose(modes, "mode", value, &chosen, err);
		if (st == ST_OK)
			request->mode = (SearchMode)chosen;
		return st;
	}
	if (str_eq(name, STR("lang")))
		return language_parse(value, &request->language, err);
	if (str_eq(name, STR("sort"))) {
		st = choose(sorts, "sort", value, &chosen, err);
		if (st == ST_OK)
			request->sort = (SearchSort)chosen;
		return st;
	}
	return err_set(err, ST_NOT_FOUND, "search has no parameter '%.*s'", STR_ARG(name));
}

static void write_choices(const Choice *choices, JsonOut *j)
{
	jout_key(j, "enum");
	jout_open(j, '[');
	for (const Choice *c = choices; c->name; c++)
		jout_str(j, str_from(c->name));
	jout_close(j, ']');
}

/* The first choice is the default. */
static const struct {
	const char *name;
	const Choice *choices;
} chosen[] = {{"mode", modes}, {"sort", sorts}, {"expand", switches}};

void search_write_schema(const char *name, JsonOut *j)
{
	for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++)
		if (strcmp(name, chosen[i].name) == 0) {
			write_choices(chosen[i].choices, j);
			jout_field_text(j, "default", chosen[i].choices[0].name);
		}
	if (strcmp(name, "limit") == 0) {
		jout_field_u64(j, "minimum", 1);
		jout_field_u64(j, "maximum", SEARCH_LIMIT_MAX);
		jout_field_u64(j, "default", SEARCH_LIMIT_DEFAULT);
	}
	if (strcmp(name, "facets") == 0) {
		Choice facets[FACET_COUNT + 1] = {0};
		for (int f = 0; f < FACET_COUNT; f++)
			facets[f] = (Choice){facet_rows[f].name, f};
		jout_key(j, "items");
		jout_open(j, '{');
		jout_field_text(j, "type", "string");
		write_choices(facets, j);
		jout_close(j, '}');
	}
}
