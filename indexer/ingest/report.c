/* indexer/ingest/report.c - the one writer of an ingest's report and of its rejects. Readers may rely on the
 * names of the members; counts come first, what is known only at the end comes last. */
#include "indexer/ingest/report.h"

const char *const ingest_finding_names[FINDING_COUNT] = {
	[FINDING_MISSING] = "missing",   [FINDING_UNLISTED] = "unlisted", [FINDING_DOUBLED] = "doubled",
	[FINDING_MISNAMED] = "misnamed", [FINDING_TOTAL] = "totals",      [FINDING_SAME_NUMBER] = "same_number",
};

static void write_findings(const IngestReport *report, JsonOut *j)
{
	uint64_t all = 0;
	for (int i = 0; i < FINDING_COUNT; i++)
		all += report->findings[i];
	if (!all)
		return;
	jout_key(j, "findings");
	jout_open(j, '{');
	for (int i = 0; i < FINDING_COUNT; i++)
		jout_field_u64(j, ingest_finding_names[i], report->findings[i]);
	jout_close(j, '}');
}

void ingest_report_write(const IngestReport *report, JsonOut *j)
{
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{"seen", report->seen},
		{"added", report->added},
		{"versions", report->versions},
		{"duplicates", report->duplicates},
		{"rejected", report->rejected},
		{"warnings", report->warnings},
		{"passed_over", report->passed_over},
		{"textless", report->textless},
		{"waiting", report->waiting},
		{"unreadable", report->unreadable},
		{"bytes", report->bytes},
	};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		jout_field_u64(j, counts[i].key, counts[i].value);
	write_findings(report, j);
	jout_key(j, "seconds");
	jout_double(j, report->seconds, 3);
	if (report->cut_short)
		jout_field_bool(j, "interrupted", true);
	jout_field_u64(j, "tree_size", report->tree_size);
	if (!report->ended)
		return;
	jout_key(j, "root");
	jout_hex(j, report->root.bytes, sizeof report->root.bytes);
}

void ingest_reject_write(Str source, Status code, Str reason, JsonOut *j)
{
	jout_open(j, '{');
	jout_field_str(j, "source", source);
	jout_field_text(j, "code", status_name(code));
	jout_field_str(j, "reason", reason);
	jout_close(j, '}');
}

void ingest_warning_write(Str source, const char *finding, Str warning, JsonOut *j)
{
	jout_open(j, '{');
	jout_field_str(j, "source", source);
	jout_field_str(j, "warning", warning);
	if (finding)
		jout_field_text(j, "finding", finding);
	jout_close(j, '}');
}
