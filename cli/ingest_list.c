/* cli/ingest_list.c - items are written as they come, so that a list of any length needs no memory; registers and
 * counts are known at the end. */
#include "cli/ingest_list.h"

#include <errno.h>

static void write_line(IngestList *list)
{
	if (buf_ok(&list->line) && list->line.len)
		fwrite(list->line.data, 1, list->line.len, list->file);
	buf_clear(&list->line);
}

static void begin_item(IngestList *list, JsonOut *j)
{
	buf_clear(&list->line);
	buf_add_str(&list->line, list->items++ ? STR(",\n") : STR("\n"));
	jout_begin(j, &list->line);
}

Status ingest_list_open(IngestList *list, const char *path, Err *err)
{
	*list = (IngestList){0};
	if (!path)
		return ST_OK;
	list->csv = str_ends(str_from(path), STR(".csv"));
	list->file = fopen(path, "w");
	if (!list->file)
		return err_errno(err, errno, "write %s", path);
	if (list->csv)
		ingest_csv_begin(&list->line);
	else
		buf_add_str(&list->line, STR("{\"items\":["));
	write_line(list);
	return ST_OK;
}

void ingest_list_reject(IngestList *list, Str source, Status code, Str reason)
{
	JsonOut j;
	if (!list->file)
		return;
	if (list->csv) {
		ingest_reject_csv(source, code, reason, &list->line);
	} else {
		begin_item(list, &j);
		ingest_reject_write(source, code, reason, &j);
	}
	write_line(list);
}

void ingest_list_warning(IngestList *list, Str source, const char *finding, Str warning)
{
	JsonOut j;
	if (!list->file)
		return;
	if (list->csv) {
		ingest_warning_csv(source, finding, warning, &list->line);
	} else {
		begin_item(list, &j);
		ingest_warning_write(source, finding, warning, &j);
	}
	write_line(list);
}

void ingest_list_register(IngestList *list, const IngestPlan *plan)
{
	JsonOut j;
	if (!list->file || list->csv)
		return;
	if (list->registers.len)
		buf_add_char(&list->registers, ',');
	jout_begin(&j, &list->registers);
	ingest_plan_write(plan, &j);
}

Status ingest_list_close(IngestList *list, const IngestReport *report, Err *err)
{
	JsonOut j;
	bool whole = true;
	if (list->file && !list->csv) {
		buf_printf(&list->line, "],\n\"registers\":[%.*s],", STR_ARG(buf_str(&list->registers)));
		jout_begin(&j, &list->line);
		ingest_report_write(report, &j);
		buf_add_str(&list->line, STR("}\n"));
		whole = buf_ok(&list->line) && buf_ok(&list->registers);
		write_line(list);
	}
	if (list->file)
		whole &= !ferror(list->file) & (fclose(list->file) == 0);
	buf_done(&list->registers);
	buf_done(&list->line);
	*list = (IngestList){0};
	return whole ? ST_OK : err_set(err, ST_IO, "the report could not be written");
}
