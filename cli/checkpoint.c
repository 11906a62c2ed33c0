/* cli/checkpoint.c - hoso checkpoint: the signed tree head, which an auditor keeps; or the key to check it with. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "store/proof/checkpoint.h"
#include "store/proof/new_key.h"

enum { OPT_JSON, OPT_KEY, OPT_NEW_KEY, OPT_BY, OPT_REASON };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "as one JSON object"},
	[OPT_KEY] = {"key", 0, NULL, "print the key to check with instead: give it to whoever is to check"},
	[OPT_NEW_KEY] = {"new-key", 0, NULL,
			 "make another signing key, signed by the one before if it is there, and sign with it; the log "
			 "records it"},
	[OPT_BY] = {"by", 0, "NAME", "with --new-key: who decided it (required)"},
	[OPT_REASON] = {"reason", 0, "TEXT", "with --new-key: why (required)"},
	{0},
};

static Str value_of(const CliArgs *args, int option)
{
	return args->values[option] ? str_from(args->values[option]) : (Str){0};
}

static Status make_text(Store *store, const CliArgs *args, Buf *out, Err *err)
{
	NewKeyInput decision = {value_of(args, OPT_BY), value_of(args, OPT_REASON)};
	if (args->values[OPT_NEW_KEY])
		return store_new_key(store, &decision, out, err);
	return args->values[OPT_KEY] ? store_verifier_key(store, out, err) : store_checkpoint(store, out, err);
}

static int run_checkpoint(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	Buf text = {0};
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = make_text(store, args, &text, &err);
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
