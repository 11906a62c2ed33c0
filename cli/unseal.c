/* cli/unseal.c - hoso unseal: takes the seal off a record, by decision. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "indexer/ingest/seal.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_DECISION, OPT_BY };
static const CliOption options[] = {
	[OPT_DECISION] = {"decision", 0, "NUMBER", "number of the decision (required)"},
	[OPT_BY] = {"by", 0, "NAME", "who decided (required)"},
	{0},
};

static int run_unseal(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	Receipt receipt;
	SealRelease release = {str_from(args->values[OPT_DECISION]), str_from(args->values[OPT_BY])};
	if (!release.decision.len || !release.by.len)
		return cli_usage("--decision and --by are required: the archive keeps both for good");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = seal_release(store, str_from(args->words[0]), &release, &receipt, &err);
	store_close(store);
	if (st != ST_OK)
		return cli_fail(&err);
	printf("%s: recorded as %" PRIu64 "\n", args->words[0], receipt.sequence);
	return EXIT_DONE;
}

const CliCommand command_unseal = {
	.name = "unseal",
	.words = "ID",
	.least_words = 1,
	.most_words = 1,
	.help = "take the seal off a record, by decision",
	.options = options,
	.writes = true,
	.run = run_unseal,
};
