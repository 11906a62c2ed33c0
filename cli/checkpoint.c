/* cli/checkpoint.c - hoso checkpoint: the signed tree head, which an auditor keeps; or the key to check it with. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "store/proof/checkpoint.h"

enum { OPT_JSON, OPT_KEY };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "as one JSON object"},
	[OPT_KEY] = {"key", 0, NULL, "print the key to check with instead: give it to whoever is to check"},
	{0},
};

static int run_checkpoint(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	Buf text = {0};
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st =
		args->values[OPT_KEY] ? store_verifier_key(store, &text, &err) : store_checkpoint(store, &text, &err);
	store_close(store);
	if (st != ST_OK) {
		buf_done(&text);
		cli_fail(&err);
		return EXIT_FAILED;
	}
	if (args->values[OPT_JSON]) {
		Buf json = {0};
		JsonOut j;
		jout_begin(&j, &json);
		jout_open(&j, '{');
		jout_field_str(&j, args->values[OPT_KEY] ? "key" : "checkpoint", buf_str(&text));
		jout_close(&j, '}');
		buf_done(&text);
		return cli_print(&json, EXIT_DONE);
	}
	while (text.len && text.data[text.len - 1] == '\n')
		text.len--;
	return cli_print(&text, EXIT_DONE);
}

const CliCommand command_checkpoint = {
	.name = "checkpoint",
	.help = "sign the state of the archive: an auditor keeps it",
	.options = options,
	.writes = true,
	.run = run_checkpoint,
};
