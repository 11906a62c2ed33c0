/* indexer/ingest/report.c - the one writer of an ingest's report and of its rejects. Readers may rely on the
 * names of the members; counts come first, what is known only at the end comes last. */
#include "indexer/ingest/report.h"

#include <stdio.h>

const char *const ingest_finding_names[FINDING_COUNT] = {
	[FINDING_MISSING] = "missing",
	[FINDING_UNLISTED] = "unlisted",
	[FINDING_DOUBLED] = "doubled",
	[FINDING_MISNAMED] = "misnamed",
	[FINDING_TOTAL] = "totals",
	[FINDING_SAME_NUMBER] = "same_number",
	[FINDING_SAME_ORIGINAL] = "same_original",
	[FINDING_CONTRADICTION] = "contradiction",
};

const char *const ingest_finding_texts[FINDING_COUNT][LANGUAGE_COUNT] = {
	[FINDING_MISSING] = {"thiếu tệp", "missing file"},
	[FINDING_UNLISTED] = {"tệp không có trong sổ", "file not listed"},
	[FINDING_DOUBLED] = {"tệp được ghi nhiều lần", "file listed twice"},
	[FINDING_MISNAMED] = {"tệp khác tên hoặc khác chỗ", "file elsewhere or named otherwise"},
	[FINDING_TOTAL] = {"tổng số không khớp", "total that differs"},
	[FINDING_SAME_NUMBER] = {"trùng số ký hiệu", "number that stands twice"},
	[FINDING_SAME_ORIGINAL] = {"trùng bản gốc với", "same original as"},
	[FINDING_CONTRADICTION] = {"trái với văn bản đang giữ bản gốc",
				   "differs from the record that holds the original"},
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
		{"amended", report->amended},
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
	if (report->not_archived)
		jout_field_u64(j, "not_archived", report->not_archived);
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

/* ---- for spreadsheets ------------------------------------------------------------------------------------------ */

static void add_cell(Buf *out, Str text)
{
	buf_add_char(out, '"');
	if (text.len && strchr("=+-@\t\r", text.ptr[0]))
		buf_add_char(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '"')
			buf_add_char(out, '"');
		buf_add_char(out, c == '\n' || c == '\r' ? ' ' : c);
	}
	buf_add_char(out, '"');
}

static void add_row(Buf *out, Str source, const char *code, const char *meaning, const char *meaning_en, Str text)
{
	char both[160];
	snprintf(both, sizeof both, "%s (%s)", meaning, meaning_en);
	add_cell(out, source);
	buf_add_char(out, ',');
	add_cell(out, str_from(code));
	buf_add_char(out, ',');
	add_cell(out, str_from(both));
	buf_add_char(out, ',');
	add_cell(out, text);
	buf_add_str(out, STR("\r\n"));
}

void ingest_csv_begin(Buf *out)
{
	buf_add_str(out,
		    STR("\xEF\xBB\xBF\"Nguồn (source)\",\"Mã (code)\",\"Ý nghĩa (meaning)\",\"Nội dung (text)\"\r\n"));
}

void ingest_reject_csv(Str source, Status code, Str reason, Buf *out)
{
	add_row(out, source, status_name(code), "không nhận", "rejected", reason);
}

void ingest_warning_csv(Str source, const char *finding, Str warning, Buf *out)
{
	const char *meaning = "cảnh báo", *meaning_en = "warning";
	for (int i = 0; i < FINDING_COUNT && finding; i++)
		if (strcmp(finding, ingest_finding_names[i]) == 0) {
			meaning = ingest_finding_texts[i][LANGUAGE_VI];
			meaning_en = ingest_finding_texts[i][LANGUAGE_EN];
		}
	add_row(out, source, finding ? finding : "warning", meaning, meaning_en, warning);
}
