/* cli/init.c - hoso init: makes an empty archive; one that is there already is left alone. */
#include "cli/cli.h"
#include "cli/commands.h"

#include <stdio.h>

enum { OPT_JSON };
static const CliOption options[] = {[OPT_JSON] = {"json", 0, NULL, "as one JSON object"}, {0}};

static int run_init(const CliArgs *args)
{
	Err err = {0};
	if (store_init(args->archive, &err) != ST_OK) {
		cli_fail(&err);
		return EXIT_FAILED;
	}
	if (!args->values[OPT_JSON]) {
		printf("made an empty archive at %s\n", args->archive);
		return EXIT_DONE;
	}
	Buf text = {0};
	JsonOut j;
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_text(&j, "archive", args->archive);
	jout_close(&j, '}');
	return cli_print(&text, EXIT_DONE);
}

const CliCommand command_init = {
	.name = "init",
	.help = "make an empty archive",
	.options = options,
	.run = run_init,
};
