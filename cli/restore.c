/* cli/restore.c - hoso restore: makes the archive anew out of a backup; every byte is checked before it is named,
 * and the result is used as it will be: it signs, proves and notes. */
#include "store/care/restore.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/passphrase.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_JSON, OPT_AS_OF, OPT_POINTS, OPT_KEY, OPT_PASSPHRASE, OPT_WITHOUT_KEY };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"},
	[OPT_AS_OF] = {"as-of", 0, "WHEN", "as it was backed up at WHEN: a tree size, or a date or time"},
	[OPT_POINTS] = {"points", 0, NULL, "only list the points in time that the backup has"},
	[OPT_KEY] = {"key", 0, "FILE", "the signing key, which was kept apart from the backup"},
	[OPT_PASSPHRASE] = {"passphrase-file", 0, "FILE", "opens the signing key that lies in the backup"},
	[OPT_WITHOUT_KEY] = {"without-key", 0, NULL, "restore an archive that signs nothing until its key is put back"},
	{0},
};

static int print_report(const RestoreReport *r, bool as_json)
{
	Buf text = {0};
	JsonOut j;
	if (!as_json) {
		printf("restored %" PRIu64 " records in %u segments, %.1f MB, every byte checked; %s; %" PRIu64
		       " entries in the access log%s\n",
		       r->tree_size, r->segments, (double)r->bytes_copied / 1e6,
		       r->signs ? "a checkpoint was signed and the newest record proved with it"
				: "it has no signing key, nothing was signed",
		       r->access_entries, r->trace_is_damaged ? ", which is damaged: hoso verify names the place" : "");
		return EXIT_DONE;
	}
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_u64(&j, "tree_size", r->tree_size);
	jout_field_u64(&j, "segments", r->segments);
	jout_field_u64(&j, "bytes_copied", r->bytes_copied);
	jout_field_bool(&j, "signs", r->signs);
	jout_field_u64(&j, "access_entries", r->access_entries);
	jout_field_bool(&j, "trace_is_damaged", r->trace_is_damaged);
	jout_close(&j, '}');
	return cli_print(&text, EXIT_DONE);
}

static int list_points(const char *backup_dir)
{
	Buf lines = {0};
	Err err = {0};
	if (store_restore_points(backup_dir, &lines, &err) != ST_OK) {
		buf_done(&lines);
		return cli_fail(&err);
	}
	while (lines.len && lines.data[lines.len - 1] == '\n')
		lines.len--;
	return cli_print(&lines, EXIT_DONE);
}

/* Into the archive that -a names; it must not be there yet. */
static int run_restore(const CliArgs *args)
{
	Err err = {0};
	RestoreReport report = {0};
	Buf passphrase = {0};
	if (args->values[OPT_POINTS])
		return list_points(args->words[0]);
	Status st = passphrase_read(args->values[OPT_PASSPHRASE], &passphrase, &err);
	RestoreOptions how = {.key_passphrase = buf_str(&passphrase),
			      .key_file = args->values[OPT_KEY],
			      .without_key = args->values[OPT_WITHOUT_KEY] != NULL,
			      .as_of = args->values[OPT_AS_OF] ? str_from(args->values[OPT_AS_OF]) : (Str){0}};
	if (st == ST_OK)
		st = store_restore(args->words[0], args->archive, &how, &report, &err);
	passphrase_done(&passphrase);
	if (st == ST_OK)
		return print_report(&report, args->values[OPT_JSON] != NULL);
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
