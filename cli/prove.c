/* cli/prove.c - hoso checkpoint and hoso prove: what an auditor keeps, and why a record is in it. hoso-verify checks
 * both offline.
 */
#include "cli/cli.h"

#include "store/proof/checkpoint.h"
#include "store/proof/proof_json.h"

#include <stdio.h>

enum { CHECKPOINT_JSON, CHECKPOINT_KEY };
const CliOption checkpoint_options[] = {
	[CHECKPOINT_JSON] = {"json", 0, NULL, "as one JSON object"},
	[CHECKPOINT_KEY] = {"key", 0, NULL, "print the key to check with instead: give it to whoever is to check"},
	{0},
};

int cmd_checkpoint(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	Buf text = {0};
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = args->values[CHECKPOINT_KEY] ? store_verifier_key(store, &text, &err)
						 : store_checkpoint(store, &text, &err);
	store_close(store);
	if (st != ST_OK) {
		buf_done(&text);
		cli_fail(&err);
		return EXIT_FAILED;
	}
	if (args->values[CHECKPOINT_JSON]) {
		Buf json = {0};
		JsonOut j;
		jout_begin(&j, &json);
		jout_open(&j, '{');
		jout_field_str(&j, args->values[CHECKPOINT_KEY] ? "key" : "checkpoint", buf_str(&text));
		jout_close(&j, '}');
		buf_done(&text);
		return cli_print(&json, EXIT_DONE);
	}
	while (text.len && text.data[text.len - 1] == '\n')
		text.len--;
	return cli_print(&text, EXIT_DONE);
}

enum { PROVE_JSON, PROVE_VERSION };
const CliOption prove_options[] = {
	[PROVE_JSON] = {"json", 0, NULL, "the proof is JSON in any case"},
	[PROVE_VERSION] = {"version", 0, "N", "an older version, from 1"},
	{0},
};

int cmd_prove(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	ProofAnchor anchor = {0};
	Buf text = {0};
	JsonOut j;
	uint64_t version = 0, sequence = 0;
	const char *wanted = args->values[PROVE_VERSION];
	if (wanted && (!str_to_u64(str_from(wanted), &version) || version == 0 || version > UINT32_MAX))
		return cli_usage("prove: --version takes a number from 1");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	jout_begin(&j, &text);
	Status st = store_find(store, ENTRY_RECORD, str_from(args->words[0]), (uint32_t)version, &sequence, &err);
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
