/* cli/release.c - hoso release: ends a hold: the record may be destroyed again by decision. */
#include "cli/commands.h"
#include "cli/hold_act.h"

static int run_release(const CliArgs *args)
{
	return hold_act_run(args, store_release);
}

const CliCommand command_release = {
	.name = "release",
	.words = "ID",
	.least_words = 1,
	.most_words = 1,
	.help = "end a hold",
	.options = hold_act_options,
	.writes = true,
	.run = run_release,
};
