/* cli/hold_act.c - one write to the archive: begin, append the hold or its end, commit. The entry stays in the log for
 * good, so who and why are required. */
#include "cli/hold_act.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_REASON, OPT_BY };
const CliOption hold_act_options[] = {
	[OPT_REASON] = {"reason", 0, "TEXT", "why (required)"},
	[OPT_BY] = {"by", 0, "NAME", "who decided (required)"},
	{0},
};

int hold_act_run(const CliArgs *args, Status (*act)(Store *, Str, const HoldInput *, Receipt *, Err *))
{
	Store *store = NULL;
	Err err = {0};
	Receipt receipt;
	HoldInput input = {str_from(args->values[OPT_REASON]), str_from(args->values[OPT_BY])};
	if (!input.reason.len || !input.by.len)
		return cli_usage("--reason and --by are required: the archive keeps both for good");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = store_write_begin(store, &err);
	if (st == ST_OK) {
		st = act(store, str_from(args->words[0]), &input, &receipt, &err);
		if (st == ST_OK)
			st = store_commit(store, &err);
		store_write_end(store);
	}
	store_close(store);
	if (st != ST_OK)
		return cli_fail(&err);
	printf("%s: recorded as %" PRIu64 "\n", args->words[0], receipt.sequence);
	return EXIT_DONE;
}
