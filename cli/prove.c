/* cli/prove.c - hoso prove: why a record is in the archive, as JSON that hoso-verify checks offline. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "store/proof/proof_json.h"
#include "store/record/sealed.h"

enum { OPT_JSON, OPT_VERSION };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "no effect: a proof is always JSON"},
	[OPT_VERSION] = {"version", 0, "N", "an older version, from 1"},
	{0},
};

static int run_prove(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	ProofAnchor anchor = {0};
	Buf text = {0};
	JsonOut j;
	uint64_t version = 0, sequence = 0;
	const char *wanted = args->values[OPT_VERSION];
	if (wanted && (!str_to_u64(str_from(wanted), &version) || version == 0 || version > UINT32_MAX))
		return cli_usage("prove: --version takes a number from 1");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	jout_begin(&j, &text);
	Status st = record_find(store, str_from(args->words[0]), (uint32_t)version, &sequence, &err);
	if (st == ST_OK)
		st = proof_anchor(store, sequence, &anchor, &err);
	if (st == ST_OK)
		st = proof_write_json(store, sequence, &anchor, &j, &err);
	buf_done(&anchor.text);
	store_close(store);
	if (st == ST_OK)
		return cli_print(&text, EXIT_DONE);
	buf_done(&text);
	return cli_fail(&err);
}

const CliCommand command_prove = {
	.name = "prove",
	.words = "ID",
	.least_words = 1,
	.most_words = 1,
	.help = "why a record is in the archive: proof for hoso-verify",
	.options = options,
	.run = run_prove,
};
