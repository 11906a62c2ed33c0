/* cli/sealed.c - hoso sealed: for an administrator, the records that are sealed off because they bear a stamp of
 * secrecy. Nothing of them is shown but their ids and why. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "store/record/sealed.h"

#include <stdio.h>

enum { OPT_JSON };
static const CliOption options[] = {[OPT_JSON] = {"json", 0, NULL, "one JSON object a line"}, {0}};

static void print_plain(void *ctx, const SealedRecord *record)
{
	char stamp[CLOCK_STAMP_LEN + 1];
	(void)ctx;
	clock_format_utc(record->utc_ms, stamp);
	printf("%.*s  %s  %.*s\n", STR_ARG(record->id), stamp, STR_ARG(record->reason));
}

static void print_json(void *ctx, const SealedRecord *record)
{
	char stamp[CLOCK_STAMP_LEN + 1];
	Buf *text = ctx;
	JsonOut j;
	clock_format_utc(record->utc_ms, stamp);
	jout_begin(&j, text);
	jout_open(&j, '{');
	jout_field_str(&j, "id", record->id);
	jout_field_u64(&j, "sequence", record->sequence);
	jout_field_text(&j, "sealed_at", stamp);
	jout_field_str(&j, "sealed_off", record->reason);
	jout_close(&j, '}');
	buf_add_char(text, '\n');
}

static int run_sealed(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	Buf text = {0};
	bool as_json = args->values[OPT_JSON] != NULL;
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = sealed_list(store, as_json ? print_json : print_plain, &text, &err);
	store_close(store);
	if (st != ST_OK)
		code = cli_fail(&err);
	else if (text.len)
		printf("%.*s", STR_ARG(buf_str(&text)));
	buf_done(&text);
	return code;
}

const CliCommand command_sealed = {
	.name = "sealed",
	.help = "list the records that are sealed off",
	.options = options,
	.run = run_sealed,
};
