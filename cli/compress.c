/* cli/compress.c - hoso compress: writes sealed segments anew with the slow codec that packs tighter. Contents and
 * hashes stay as they are; the segment being written is left alone, or sealed first with --all. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "store/care/recompress.h"

#include <stdio.h>

enum { OPT_ALL };
static const CliOption options[] = {
	[OPT_ALL] = {"all", 0, NULL, "the newest segment too: it is sealed first"},
	{0},
};

static int run_compress(const CliArgs *args)
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
	if (args->values[OPT_ALL] && (st = store_write_begin(store, &err)) == ST_OK) {
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

const CliCommand command_compress = {
	.name = "compress",
	.help = "pack sealed segments tighter",
	.options = options,
	.writes = true,
	.run = run_compress,
};
