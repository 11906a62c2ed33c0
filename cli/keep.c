/* cli/keep.c - hoso hold, release, destroy and compress: what is done with records over the years. */
#include "cli/cli.h"

#include "store/care/keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { HOLD_REASON, HOLD_BY };
const CliOption hold_options[] = {
	[HOLD_REASON] = {"reason", 0, "TEXT", "why (wanted)"},
	[HOLD_BY] = {"by", 0, "NAME", "who decided (wanted)"},
	{0},
};

static int hold_or_release(const CliArgs *args, Status (*act)(Store *, Str, const HoldInput *, Receipt *, Err *))
{
	Store *store = NULL;
	Err err = {0};
	Receipt receipt;
	HoldInput input = {str_from(args->values[HOLD_REASON]), str_from(args->values[HOLD_BY])};
	if (!input.reason.len || !input.by.len)
		return cli_usage("--reason and --by are wanted: they stand in the archive for good");
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

int cmd_hold(const CliArgs *args)
{
	return hold_or_release(args, store_hold);
}
int cmd_release(const CliArgs *args)
{
	return hold_or_release(args, store_release);
}

enum { DESTROY_DECISION, DESTROY_DATE, DESTROY_REASON, DESTROY_FIRST, DESTROY_SECOND, DESTROY_YES };
const CliOption destroy_options[] = {
	[DESTROY_DECISION] = {"decision", 0, "NUMBER", "number of the decision (wanted)"},
	[DESTROY_DATE] = {"date", 0, "DATE", "its date (wanted)"},
	[DESTROY_REASON] = {"reason", 0, "TEXT", "why (wanted)"},
	[DESTROY_FIRST] = {"approved-by", 0, "NAME", "who approved (wanted)"},
	[DESTROY_SECOND] = {"and-by", 0, "NAME", "who else approved: another person (wanted)"},
	[DESTROY_YES] = {"yes", 0, NULL, "really do it: what is destroyed cannot be brought back"},
	{0},
};

/* The index forgets too before the command ends. */
static Status follow_up(Store *store, Err *err)
{
	Index *index = NULL;
	Status st = index_open(&index, store, NULL, err);
	if (st == ST_OK)
		st = index_follower_start(index, err);
	if (st == ST_OK)
		st = index_settle(index, 600000, err);
	index_close(index);
	return st;
}

static Status destroy(Store *store, const CliArgs *args, DestructionReport *report, Err *err)
{
	Str *ids = calloc(args->word_count, sizeof *ids);
	if (!ids)
		return err_no_memory(err);
	for (size_t i = 0; i < args->word_count; i++)
		ids[i] = str_from(args->words[i]);
	DestructionInput input = {
		.decision = str_from(args->values[DESTROY_DECISION]),
		.decided = str_from(args->values[DESTROY_DATE]),
		.reason = str_from(args->values[DESTROY_REASON]),
		.approved_by = {str_from(args->values[DESTROY_FIRST]), str_from(args->values[DESTROY_SECOND])},
		.record_ids = ids,
		.record_count = args->word_count,
	};
	Status st = store_destroy(store, &input, report, err);
	free(ids);
	return st == ST_OK ? follow_up(store, err) : st;
}

int cmd_destroy(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	DestructionReport report = {0};
	for (int i = DESTROY_DECISION; i <= DESTROY_YES; i++)
		if (!args->values[i])
			return cli_usage(
				"destroy wants --decision, --date, --reason, --approved-by, --and-by and --yes");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = destroy(store, args, &report, &err);
	store_close(store);
	if (st != ST_OK)
		return cli_fail(&err);
	printf("destroyed %" PRIu64 " payloads and %" PRIu64 " objects in %u segments; recorded as %" PRIu64
	       "; backups made before still hold them\n",
	       report.payloads, report.objects, report.segments, report.receipt.sequence);
	return EXIT_DONE;
}

enum { COMPRESS_SEAL };
const CliOption compress_options[] = {
	[COMPRESS_SEAL] = {"all", 0, NULL, "the newest segment too: it is sealed first"},
	{0},
};

int cmd_compress(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	StoreState before, after;
	uint32_t done = 0;
	Status st = ST_OK;
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	cli_catch_stop();
	store_state(store, &before);
	if (args->values[COMPRESS_SEAL] && (st = store_write_begin(store, &err)) == ST_OK) {
		st = store_seal(store, &err);
		store_write_end(store);
	}
	if (st == ST_OK)
		st = store_recompress(store, UINT32_MAX, &cli_stop, &done, &err);
	store_state(store, &after);
	store_close(store);
	if (st != ST_OK)
		return cli_fail(&err);
	printf("%u segments written anew: %.1f MB, now %.1f MB\n", done, (double)before.bytes_stored / 1e6,
	       (double)after.bytes_stored / 1e6);
	return EXIT_DONE;
}
