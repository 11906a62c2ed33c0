/* cli/repair.c - hoso repair: puts back from a backup or another copy what is damaged or missing in the log. */
#include "store/care/repair.h"

#include "cli/cli.h"
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_FROM, OPT_JSON };
static const CliOption options[] = {
	[OPT_FROM] = {"from", 0, "DIR", "a backup, or another copy of this archive (required)"},
	[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"},
	{0},
};

static int print_report(const RepairReport *r, bool as_json)
{
	Buf text = {0};
	JsonOut j;
	if (!as_json) {
		printf("%u segments checked, %u repaired; %" PRIu64 " records regained at the end of the log\n",
		       r->segments_checked, r->segments_repaired, r->records_regained);
		return EXIT_DONE;
	}
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_u64(&j, "segments_checked", r->segments_checked);
	jout_field_u64(&j, "segments_repaired", r->segments_repaired);
	jout_field_u64(&j, "records_regained", r->records_regained);
	jout_close(&j, '}');
	return cli_print(&text, EXIT_DONE);
}

static int run_repair(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	RepairReport report = {0};
	if (!args->values[OPT_FROM])
		return cli_usage("repair needs --from DIR");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	cli_catch_stop();
	Status st = store_repair_all(store, args->values[OPT_FROM], &cli_stop, &report, &err);
	store_close(store);
	if (st == ST_OK)
		return print_report(&report, args->values[OPT_JSON] != NULL);
	cli_fail(&err);
	return EXIT_FAILED;
}

const CliCommand command_repair = {
	.name = "repair",
	.help = "put back from a copy what is damaged or missing",
	.options = options,
	.run = run_repair,
};
