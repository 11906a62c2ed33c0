/* cli/hold.c - hoso hold: keeps a record from being destroyed until it is released. */
#include "cli/commands.h"
#include "cli/hold_act.h"

static int run_hold(const CliArgs *args)
{
	return hold_act_run(args, store_hold);
}

const CliCommand command_hold = {
	.name = "hold",
	.words = "ID",
	.least_words = 1,
	.most_words = 1,
	.help = "keep a record from being destroyed",
	.options = hold_act_options,
	.writes = true,
	.run = run_hold,
};
