/* cli/restore.c - hoso restore: makes the archive anew out of a backup; every byte is checked before it is named. */
#include "cli/backup_report.h"
#include "cli/cli.h"
#include "cli/commands.h"

enum { OPT_JSON };
static const CliOption options[] = {[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"}, {0}};

/* Into the archive that -a names; it must not be there yet. */
static int run_restore(const CliArgs *args)
{
	Err err = {0};
	BackupReport report = {0};
	if (store_restore(args->words[0], args->archive, &report, &err) == ST_OK)
		return backup_report_print("restored", &report, args->values[OPT_JSON] != NULL);
	cli_fail(&err);
	return EXIT_FAILED;
}

const CliCommand command_restore = {
	.name = "restore",
	.words = "DIR",
	.least_words = 1,
	.most_words = 1,
	.help = "make the archive anew out of a backup, every byte checked",
	.options = options,
	.run = run_restore,
};
