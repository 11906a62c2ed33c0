/* cli/destroy.c - hoso destroy: lawful destruction, by decision and with two approvals. Payloads and objects are gone
 * afterwards; descriptors stay, so every proof still holds.
 */
#include "cli/cli.h"
#include "cli/commands.h"
#include "store/care/destroy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { SETTLE_MS = 600000 };
enum { OPT_DECISION, OPT_DATE, OPT_REASON, OPT_FIRST, OPT_SECOND, OPT_YES };
static const CliOption options[] = {
	[OPT_DECISION] = {"decision", 0, "NUMBER", "number of the decision (required)"},
	[OPT_DATE] = {"date", 0, "DATE", "its date (required)"},
	[OPT_REASON] = {"reason", 0, "TEXT", "why (required)"},
	[OPT_FIRST] = {"approved-by", 0, "NAME", "who approved (required)"},
	[OPT_SECOND] = {"and-by", 0, "NAME", "who else approved: another person (required)"},
	[OPT_YES] = {"yes", 0, NULL, "really do it: what is destroyed cannot be brought back"},
	{0},
};

/* The command ends when the index has left the records out of its shards too. */
static Status settle_index(Store *store, Err *err)
{
	Index *index = NULL;
	Status st = index_open(&index, store, NULL, err);
	if (st == ST_OK)
		st = index_follower_start(index, err);
	if (st == ST_OK)
		st = index_settle(index, SETTLE_MS, err);
	index_close(index);
	return st;
}

static Status destroy(Store *store, const CliArgs *args, DestructionReport *report, Err *err)
{
	Str *ids = calloc(args->word_count, sizeof *ids);
	if (!ids)
		return err_no_memory(err);
	for (size_t i = 0; i < args->word_count; i++)
		ids[i] = str_from(args->words[i]);
	DestructionInput input = {
		.decision = str_from(args->values[OPT_DECISION]),
		.decided = str_from(args->values[OPT_DATE]),
		.reason = str_from(args->values[OPT_REASON]),
		.approved_by = {str_from(args->values[OPT_FIRST]), str_from(args->values[OPT_SECOND])},
		.record_ids = ids,
		.record_count = args->word_count,
	};
	Status st = store_destroy(store, &input, report, err);
	free(ids);
	return st == ST_OK ? settle_index(store, err) : st;
}

static int run_destroy(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	DestructionReport report = {0};
	for (int i = OPT_DECISION; i <= OPT_YES; i++)
		if (!args->values[i])
			return cli_usage(
				"destroy needs --decision, --date, --reason, --approved-by, --and-by and --yes");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = destroy(store, args, &report, &err);
	store_close(store);
	if (st != ST_OK)
		return cli_fail(&err);
	printf("destroyed %" PRIu64 " payloads and %" PRIu64 " objects in %u segments; recorded as %" PRIu64
	       "; backups made before still hold them\n",
	       report.payloads, report.objects, report.segments, report.receipt.sequence);
	return EXIT_DONE;
}

const CliCommand command_destroy = {
	.name = "destroy",
	.words = "ID…",
	.least_words = 1,
	.most_words = SIZE_MAX,
	.help = "destroy records lawfully: proofs stay valid",
	.options = options,
	.run = run_destroy,
};
