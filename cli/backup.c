/* cli/backup.c - hoso backup: copies to a second place what is not there yet, and checks every byte of the copy. */
#include "cli/backup_report.h"
#include "cli/cli.h"
#include "cli/commands.h"

enum { OPT_JSON };
static const CliOption options[] = {[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"}, {0}};

static int run_backup(const CliArgs *args)
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
		return backup_report_print("backed up", &report, args->values[OPT_JSON] != NULL);
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
