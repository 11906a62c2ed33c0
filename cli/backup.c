/* cli/backup.c - hoso backup and hoso restore: a second place, checked on the way there and back. */
#include "cli/cli.h"

#include "store/care/keep.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_JSON };
const CliOption backup_options[] = {[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"}, {0}};
const CliOption restore_options[] = {[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"}, {0}};

static int print_report(const CliArgs *args, const char *what, const BackupReport *r)
{
	if (!args->values[OPT_JSON]) {
		printf("%s %" PRIu64 " records; %u of %u segments copied, %.1f MB, every byte checked\n", what,
		       r->tree_size, r->segments_copied, r->segments, (double)r->bytes_copied / 1e6);
		return EXIT_DONE;
	}
	Buf text = {0};
	JsonOut j;
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_u64(&j, "tree_size", r->tree_size);
	jout_field_u64(&j, "segments", r->segments);
	jout_field_u64(&j, "segments_copied", r->segments_copied);
	jout_field_u64(&j, "bytes_copied", r->bytes_copied);
	jout_close(&j, '}');
	return cli_print(&text, EXIT_DONE);
}

int cmd_backup(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	BackupReport report = {0};
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = store_backup(store, args->words[0], &report, &err);
	store_close(store);
	if (st == ST_OK)
		return print_report(args, "backed up", &report);
	cli_fail(&err);
	return EXIT_FAILED;
}

/* Into the archive that -a names; it must not be there yet. */
int cmd_restore(const CliArgs *args)
{
	Err err = {0};
	BackupReport report = {0};
	if (store_restore(args->words[0], args->archive, &report, &err) == ST_OK)
		return print_report(args, "restored", &report);
	cli_fail(&err);
	return EXIT_FAILED;
}
