/* cli/repair.c - hoso repair: puts back from a backup or another copy what is damaged or missing in the log. */
#include "store/care/repair.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "store/care/verify.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_FROM, OPT_JSON };
static const CliOption options[] = {
	[OPT_FROM] = {"from", 0, "DIR", "a backup, or another copy of this archive (required)"},
	[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"},
	{0},
};

/* findings: what is still wrong, since the copy does not have it either. */
static int print_report(const RepairReport *r, uint64_t findings, bool as_json)
{
	Buf text = {0};
	JsonOut j;
	int code = findings ? EXIT_NO : EXIT_DONE;
	if (!as_json) {
		printf("%u segments checked, %u repaired; %" PRIu64 " records regained at the end of the log\n",
		       r->segments_checked, r->segments_repaired, r->records_regained);
		if (r->destroyed_again)
			printf("đã hủy lại %" PRIu64 " phần mà bản sao còn giữ (destroyed again: the copy still had "
			       "them)\n",
			       r->destroyed_again);
		if (findings)
			fprintf(stderr,
				"hoso: còn %" PRIu64 " chỗ hỏng mà bản sao không có; hoso verify kể ra (still damaged; "
				"hoso verify names them)\n",
				findings);
		return code;
	}
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_u64(&j, "segments_checked", r->segments_checked);
	jout_field_u64(&j, "segments_repaired", r->segments_repaired);
	jout_field_u64(&j, "records_regained", r->records_regained);
	jout_field_u64(&j, "destroyed_again", r->destroyed_again);
	jout_field_u64(&j, "findings", findings);
	jout_close(&j, '}');
	return cli_print(&text, code);
}

/* Opened anew: what was opened before knows the damaged segments. */
static Status count_findings(const CliArgs *args, uint64_t *out, Err *err)
{
	Store *store = NULL;
	VerifyReport report;
	Status st = store_open(&store, args->archive, err);
	if (st == ST_OK)
		st = store_verify(store, false, &cli_stop, NULL, NULL, &report, err);
	store_close(store);
	if (st == ST_OK)
		*out = report.findings;
	return st;
}

static int run_repair(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	RepairReport report = {0};
	if (!args->values[OPT_FROM])
		return cli_usage("repair needs --from DIR");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	cli_catch_stop();
	Status st = store_repair_all(store, args->values[OPT_FROM], &cli_stop, &report, &err);
	store_close(store);
	uint64_t findings = 0;
	if (st == ST_OK)
		st = count_findings(args, &findings, &err);
	if (st == ST_OK)
		return print_report(&report, findings, args->values[OPT_JSON] != NULL);
	cli_fail(&err);
	return EXIT_FAILED;
}

const CliCommand command_repair = {
	.name = "repair",
	.help = "put back from a copy what is damaged or missing",
	.options = options,
	.run = run_repair,
};
