/* cli/amend.c - hoso amend: other metadata for one record. The changes become a JSON Merge Patch: "field=text" sets,
 * "field=" removes, "field:=JSON" sets what is no text. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "indexer/ingest/ingest.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

enum { OPT_REASON, OPT_BY, WAIT_MS = 10000 };
static const CliOption options[] = {
	[OPT_REASON] = {"reason", 0, "TEXT", "why (required): kept with the version"},
	[OPT_BY] = {"by", 0, "NAME", "who (the user that runs this)"},
	{0},
};

static void print_more_help(void)
{
	puts("\nCHANGE is FIELD=TEXT, FIELD= (removes it) or FIELD:=JSON (a list, an object, a number):\n"
	     "  hoso amend a-1 'subject=Về việc thu hồi đất' due= 'keywords:=[\"đất\",\"thu hồi\"]' --reason 'nhập "
	     "sai'\n"
	     "The next version has the same files and text; the one before stays.");
}

static bool add_change(Str change, JsonOut *j)
{
	ptrdiff_t equals = str_find_char(change, '=');
	if (equals <= 0)
		return false;
	bool is_json = equals > 1 && change.ptr[equals - 1] == ':';
	Str name = str_slice(change, 0, (size_t)equals - is_json);
	Str value = str_slice(change, (size_t)equals + 1, change.len);
	char key[128];
	if (name.len >= sizeof key)
		return false;
	snprintf(key, sizeof key, "%.*s", STR_ARG(name));
	jout_key(j, key);
	if (is_json || !value.len)
		jout_raw(j, value.len ? value : STR("null"));
	else
		jout_str(j, value);
	return true;
}

static bool write_patch(const CliArgs *args, Buf *out)
{
	JsonOut j;
	bool ok = true;
	jout_begin(&j, out);
	jout_open(&j, '{');
	for (size_t i = 1; i < args->word_count; i++)
		ok = ok && add_change(str_from(args->words[i]), &j);
	jout_close(&j, '}');
	return ok;
}

static int run_amend(const CliArgs *args)
{
	Store *store = NULL;
	Index *index = NULL;
	Buf patch = {0};
	Err err = {0};
	Receipt receipt;
	const struct passwd *user = getpwuid(getuid());
	if (!args->values[OPT_REASON] || !*args->values[OPT_REASON])
		return cli_usage("--reason is required: the archive keeps it with the version");
	if (!write_patch(args, &patch)) {
		buf_done(&patch);
		return cli_usage("a change is FIELD=TEXT, FIELD= or FIELD:=JSON");
	}
	int code = cli_open(args, &store, &index);
	if (code != EXIT_DONE) {
		buf_done(&patch);
		return code;
	}
	const char *by = args->values[OPT_BY] ? args->values[OPT_BY] : user ? user->pw_name : "";
	AmendInput input = {.id = str_from(args->words[0]),
			    .patch = buf_str(&patch),
			    .by = str_from(by),
			    .reason = str_from(args->values[OPT_REASON])};
	Status st = buf_ok(&patch) ? index_follower_start(index, &err) : err_no_memory(&err);
	if (st == ST_OK)
		st = ingest_amend(store, index, &input, &receipt, &err);
	if (st == ST_OK)
		st = index_wait(index, receipt.sequence + 1, WAIT_MS, &err);
	cli_close(store, index);
	buf_done(&patch);
	if (st != ST_OK)
		return cli_fail(&err);
	printf(receipt.result == APPEND_DUPLICATE ? "%s: nothing changes; version %" PRIu32 " stays\n"
						  : "%s: version %" PRIu32 "\n",
	       receipt.key, receipt.version);
	return EXIT_DONE;
}

const CliCommand command_amend = {
	.name = "amend",
	.words = "ID CHANGE…",
	.least_words = 2,
	.most_words = 64,
	.help = "change metadata of a record: its next version",
	.options = options,
	.writes = true,
	.print_more_help = print_more_help,
	.run = run_amend,
};
