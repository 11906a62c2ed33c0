/* cli/backup.c - hoso backup: copies to a second place what is not there yet, checks it, and what was checked long
 * ago. */
#include "store/care/backup.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/passphrase.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_JSON, OPT_VERIFY, OPT_PASSPHRASE };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"},
	[OPT_VERIFY] = {"verify", 0, NULL, "check every byte of the backup now, not only what is new or due"},
	[OPT_PASSPHRASE] = {"passphrase-file", 0, "FILE",
			    "put the signing key into the backup, sealed with the passphrase in FILE"},
	{0},
};

static void print_lines(const BackupReport *r)
{
	printf("backed up %" PRIu64 " records: %u of %u segments are new or have grown, %.1f MB copied and checked\n",
	       r->tree_size, r->segments_copied, r->segments, (double)r->bytes_copied / 1e6);
	printf("of what was there before, %u segments, %.1f MB, were checked again, and %u of them had rotted and were "
	       "replaced; each is checked every %d days, all at once with --verify\n",
	       r->segments_checked, (double)r->bytes_checked / 1e6, r->segments_replaced, CHECK_DAYS);
	if (r->key_left_behind)
		puts("the signing key is not in the backup: keep keys/signing.key elsewhere, or give "
		     "--passphrase-file");
	if (r->same_disk)
		puts("the backup lies on the same disk as the archive: they are lost together");
}

static int print_report(const BackupReport *r, bool as_json)
{
	Buf text = {0};
	JsonOut j;
	if (!as_json) {
		print_lines(r);
		return EXIT_DONE;
	}
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_u64(&j, "tree_size", r->tree_size);
	jout_field_u64(&j, "segments", r->segments);
	jout_field_u64(&j, "segments_copied", r->segments_copied);
	jout_field_u64(&j, "bytes_copied", r->bytes_copied);
	jout_field_u64(&j, "segments_checked", r->segments_checked);
	jout_field_u64(&j, "bytes_checked", r->bytes_checked);
	jout_field_u64(&j, "segments_replaced", r->segments_replaced);
	jout_field_bool(&j, "same_disk", r->same_disk);
	jout_field_bool(&j, "has_key", r->has_key);
	jout_close(&j, '}');
	return cli_print(&text, EXIT_DONE);
}

static int run_backup(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	BackupReport report = {0};
	Buf passphrase = {0};
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = passphrase_read(args->values[OPT_PASSPHRASE], &passphrase, &err);
	BackupOptions how = {.check_all = args->values[OPT_VERIFY] != NULL, .key_passphrase = buf_str(&passphrase)};
	if (st == ST_OK)
		st = store_backup(store, args->words[0], &how, &report, &err);
	passphrase_done(&passphrase);
	store_close(store);
	if (st == ST_OK)
		return print_report(&report, args->values[OPT_JSON] != NULL);
	cli_fail(&err);
	return EXIT_FAILED;
}

const CliCommand command_backup = {
	.name = "backup",
	.words = "DIR",
	.least_words = 1,
	.most_words = 1,
	.help = "copy to a second place while writing goes on; again: what is new",
	.options = options,
	.writes = true,
	.run = run_backup,
};
