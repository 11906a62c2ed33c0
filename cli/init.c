/* cli/init.c - hoso init: an empty archive. */
#include "cli/cli.h"

#include <stdio.h>

const CliOption init_options[] = {{"json", 0, NULL, "say it as JSON"}, {0}};

int cmd_init(const CliArgs *args)
{
	Err err = {0};
	if (store_init(args->archive, &err) != ST_OK) {
		cli_fail(&err);
		return EXIT_FAILED;
	}
	if (!args->values[0]) {
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
