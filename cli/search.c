/* cli/search.c - hoso search: the filters of HTTP as options; --json prints what HTTP would. Options of a filter have
 * the filter's name, so one call of search_set reads each. */
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "indexer/search/search.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_JSON, OPT_SECONDS, OPT_LIMIT, OPT_FIRST_FILTER };
enum { SECONDS_MAX = 3600 };
/* From OPT_FIRST_FILTER on, names are those of the HTTP parameters: search_set reads them. */
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "the answer as JSON, as HTTP gives it"},
	[OPT_SECONDS] = {"seconds", 0, "N", "answer after N seconds with what was found (no limit)"},
	[OPT_LIMIT] = {"limit", 'n', "N", "at most N hits (10)"},
	[OPT_FIRST_FILTER] = {"mode", 0, "all|any|auto", "all words, any word, or all and else any (auto)"},
	{"number", 0, "NUMBER", "record number"},
	{"type", 0, "TYPE", "type of document"},
	{"agency", 0, "AGENCY", "issuing agency"},
	{"fonds", 0, "FONDS", "fonds"},
	{"case", 0, "CODE", "case file"},
	{"from", 0, "DATE", "issued on or after (2019, 2019-03, 2019-03-12)"},
	{"to", 0, "DATE", "issued on or before"},
	{"sort", 0, "ORDER", "relevance, issued or -issued"},
	{"cursor", 0, "CURSOR", "go on after the answer that gave it"},
	{"facets", 0, "LIST", "count by type,agency,year,fonds,text_state"},
	{"expand", 0, "on|off", "abbreviations and old or new names (on)"},
	{"lang", 0, "vi|en", "language of labels (JSON: vi, else en)"},
	{0},
};

static Status read_request(const CliArgs *args, SearchRequest *request, Buf *query, Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; i < args->word_count; i++) {
		if (i)
			buf_add_char(query, ' ');
		buf_add_zero_terminated(query, args->words[i]);
	}
	if (!buf_ok(query))
		return err_no_memory(err);
	request->language = args->values[OPT_JSON] ? LANGUAGE_VI : LANGUAGE_EN;
	st = search_set(request, STR("q"), buf_str(query), err);
	for (size_t i = OPT_LIMIT; st == ST_OK && options[i].name; i++)
		if (args->values[i])
			st = search_set(request, str_from(options[i].name), str_from(args->values[i]), err);
	return st;
}

static Status read_seconds(const char *value, Deadline *out, Err *err)
{
	uint64_t seconds;
	if (!str_to_u64(str_from(value), &seconds) || seconds == 0 || seconds > SECONDS_MAX)
		return err_set(err, ST_INVALID, "--seconds: a number from 1 to %d", SECONDS_MAX);
	*out = deadline_in(seconds * 1000, NULL);
	return ST_OK;
}

/* Snippets are HTML; on a terminal the marks become bold and entities characters again. */
static void print_snippet(Str html)
{
	static const struct {
		const char *html, *plain;
	} shown[] = {{"<mark>", "\033[1m"}, {"</mark>", "\033[0m"}, {"&lt;", "<"}, {"&gt;", ">"},
		     {"&amp;", "&"},        {"&quot;", "\""},       {"&#39;", "'"}};
	fputs("    ", stdout);
	for (size_t i = 0; i < html.len;) {
		size_t step = 1;
		const char *plain = NULL;
		for (size_t s = 0; s < sizeof shown / sizeof shown[0]; s++)
			if (str_starts(str_slice(html, i, html.len), str_from(shown[s].html))) {
				step = strlen(shown[s].html);
				plain = shown[s].plain;
			}
		if (plain)
			fputs(plain, stdout);
		else
			putchar(html.ptr[i] == '\n' ? ' ' : html.ptr[i]);
		i += step;
	}
	putchar('\n');
}

static void print_answer(const SearchAnswer *answer)
{
	printf("%s%" PRIu64 " records%s\n", answer->total_is_exact ? "" : "about ", answer->total,
	       answer->relaxed ? " (none has all the words: the best matches)" : "");
	if (answer->partial)
		puts("not everything was looked at: there may be more");
	for (size_t i = 0; i < answer->expansion_count; i++)
		printf("also searched: %.*s\n", STR_ARG(answer->expansions[i]));
	if (answer->suggestion.len)
		printf("did you mean: %.*s\n", STR_ARG(answer->suggestion));
	for (size_t i = 0; i < answer->hit_count; i++) {
		const SearchHit *hit = &answer->hits[i];
		printf("\n%zu. %.*s  %.*s  %.*s  %.*s\n", i + 1, STR_ARG(record_text(&hit->record, RF_NUMBER)),
		       STR_ARG(record_text(&hit->record, RF_TYPE)), STR_ARG(record_text(&hit->record, RF_ISSUED)),
		       STR_ARG(record_text(&hit->record, RF_AGENCY)));
		printf("    %.*s\n    [%.*s]\n", STR_ARG(record_text(&hit->record, RF_SUBJECT)), STR_ARG(hit->id));
		if (hit->snippet.len)
			print_snippet(hit->snippet);
	}
}

static void print_query_help(void)
{
	SearchField field;
	puts("\nQUERY: all of its words; \"phrase\" as it stands, -word not, a OR b, ( ), word*, a NEAR/3 b, and "
	     "fields:");
	for (size_t i = 0; search_field(i, LANGUAGE_EN, &field); i++) {
		size_t columns = utf8_count(str_from(field.example));
		printf("  %s%*s %s (%s:)\n", field.example, columns < 28 ? (int)(28 - columns) : 0, "", field.help,
		       field.name);
	}
}

static int run_search(const CliArgs *args)
{
	Store *store = NULL;
	Index *index = NULL;
	Deadline until = {0};
	SearchRequest request = {.until = &until};
	SearchAnswer answer;
	Arena arena = {0};
	Buf query = {0};
	Err err = {0};
	Status st = read_request(args, &request, &query, &err);
	if (st == ST_OK && args->values[OPT_SECONDS])
		st = read_seconds(args->values[OPT_SECONDS], &until, &err);
	int code = st == ST_OK ? cli_open(args, &store, &index) : EXIT_USAGE;
	if (st != ST_OK)
		cli_usage(err.text);
	if (code == EXIT_DONE && (st = search_run(index, &request, &arena, &answer, &err)) != ST_OK) {
		cli_fail(&err);
		code = st == ST_INVALID || st == ST_LIMIT ? EXIT_USAGE : EXIT_FAILED;
	} else if (code == EXIT_DONE) {
		code = answer.hit_count ? EXIT_DONE : EXIT_NO;
		if (answer.degraded)
			cli_warn_degraded();
		if (args->values[OPT_JSON]) {
			Buf text = {0};
			JsonOut j;
			jout_begin(&j, &text);
			search_write_json(&answer, &j);
			code = cli_print(&text, code);
		} else {
			print_answer(&answer);
		}
	}
	cli_close(store, index);
	arena_done(&arena);
	buf_done(&query);
	return code;
}

const CliCommand command_search = {
	.name = "search",
	.words = "QUERY…",
	.least_words = 0,
	.most_words = SIZE_MAX,
	.help = "find records by words, phrases, fields",
	.options = options,
	.print_more_help = print_query_help,
	.asks_index = true,
	.run = run_search,
};
