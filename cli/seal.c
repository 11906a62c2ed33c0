/* cli/seal.c - hoso seal: seals records off that turn out to be secret, named ones or all that the gate of today would
 * refuse. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "indexer/ingest/seal.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_REASON, OPT_LOOK };
static const CliOption options[] = {
	[OPT_REASON] = {"reason", 0, "TEXT", "why these records are sealed off"},
	[OPT_LOOK] = {"look", 0, NULL, "look at all records and seal off what the gate would refuse today"},
	{0},
};

static void print_found(void *ctx, Str id, const char *reason)
{
	(void)ctx;
	printf("%.*s  %s\n", STR_ARG(id), reason);
}

static Status look(Store *store, Err *err)
{
	SealReport report;
	Status st = seal_look(store, print_found, NULL, &report, err);
	printf("%" PRIu64 " records looked at, %" PRIu64 " sealed off\n", report.looked_at, report.sealed);
	return st;
}

static int run_seal(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	Receipt receipt;
	Status st = ST_OK;
	if (args->values[OPT_LOOK] ? args->word_count > 0 : !args->word_count || !args->values[OPT_REASON])
		return cli_usage("seal needs --look, or records and --reason");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	if (args->values[OPT_LOOK])
		st = look(store, &err);
	for (size_t i = 0; i < args->word_count && st == ST_OK; i++) {
		st = seal_record(store, str_from(args->words[i]), str_from(args->values[OPT_REASON]), &receipt, &err);
		if (st == ST_OK)
			printf("%s: recorded as %" PRIu64 "\n", args->words[i], receipt.sequence);
	}
	store_close(store);
	return st == ST_OK ? EXIT_DONE : cli_fail(&err);
}

const CliCommand command_seal = {
	.name = "seal",
	.words = "[ID…]",
	.most_words = 1000,
	.help = "seal off records that turn out to be secret",
	.options = options,
	.writes = true,
	.run = run_seal,
};
