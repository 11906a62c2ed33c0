/* indexer/ingest/plan.c - JSON, and a table whose titles are padded by their characters. */
#include "indexer/ingest/plan.h"

#include "base/utf8.h"

#include <inttypes.h>

enum { TITLE_WIDTH = 44, FIELD_WIDTH = 20 };

static const struct {
	const char *how, *text[LANGUAGE_COUNT];
} ways[] = {
	{"heading", {"theo tên cột", "by its heading"}},
	{"slip", {"tên cột viết khác", "by its heading, which has slips"}},
	{"position", {"theo vị trí", "by its place"}},
	{"map", {"theo --map", "by --map"}},
	{"unknown", {"chưa rõ, giữ dưới tên cột", "not known, kept under its title"}},
};
static const struct {
	const char *name, *documents, *case_files, *headings;
} heads[LANGUAGE_COUNT] = {{"Sổ", "văn bản", "hồ sơ", "tên cột ở dòng"},
			   {"Register", "documents", "case files", "headings in line"}};
static const char *const first_records[LANGUAGE_COUNT] = {"  Bản ghi đầu:\n", "  First records:\n"};
static const char *const ignored[LANGUAGE_COUNT] = {"(bỏ qua)", "(passed over)"};

void ingest_plan_write(const IngestPlan *plan, JsonOut *j)
{
	jout_open(j, '{');
	jout_field_str(j, "register", plan->name);
	if (plan->heading_line)
		jout_field_u64(j, "heading_line", plan->heading_line);
	jout_field_u64(j, "documents", plan->documents);
	jout_field_u64(j, "case_files", plan->case_files);
	jout_key(j, "columns");
	jout_open(j, '[');
	for (size_t i = 0; i < plan->column_count; i++) {
		const IngestPlanColumn *column = &plan->columns[i];
		jout_open(j, '{');
		jout_field_text(j, "column", column->letters);
		jout_field_str(j, "title", column->title);
		jout_field_text(j, "field", column->field);
		jout_field_text(j, "how", column->how);
		jout_close(j, '}');
	}
	jout_close(j, ']');
	jout_key(j, "records");
	jout_open(j, '[');
	if (plan->records.len)
		jout_raw(j, plan->records);
	jout_close(j, ']');
	jout_close(j, '}');
}

/* At most so many characters of it, and blanks up to that. */
static void add_padded(Buf *out, Str text, size_t width)
{
	size_t at = 0, shown = 0;
	uint32_t c;
	for (size_t step; shown < width && (step = utf8_decode(text.ptr + at, text.len - at, &c)) != 0; at += step) {
		if (c < 0x20) {
			buf_add_char(out, ' ');
			shown++;
			continue;
		}
		buf_add(out, text.ptr + at, step);
		shown += c < 0x300 || c > 0x36F; /* marks stand on the letter before */
	}
	for (; shown < width; shown++)
		buf_add_char(out, ' ');
}

static const char *way_text(const char *how, Language language)
{
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (strcmp(ways[i].how, how) == 0)
			return ways[i].text[language];
	return how;
}

/* One record a line: the text holds objects with commas between them. */
static void add_records(Buf *out, Str records)
{
	unsigned depth = 0;
	bool quoted = false;
	buf_add_str(out, STR("    "));
	for (size_t i = 0; i < records.len; i++) {
		char c = records.ptr[i];
		if (quoted && c == '\\' && i + 1 < records.len) {
			buf_add(out, records.ptr + i++, 2);
			continue;
		}
		quoted ^= c == '"';
		depth += !quoted && c == '{';
		depth -= !quoted && c == '}' && depth;
		if (c == ',' && depth == 0 && !quoted)
			buf_add_str(out, STR("\n    "));
		else
			buf_add_char(out, c);
	}
	buf_add_char(out, '\n');
}

void ingest_plan_show(const IngestPlan *plan, Language language, Buf *out)
{
	buf_printf(out, "%s %.*s: %" PRIu64 " %s, %" PRIu64 " %s; %s %" PRIu64 "\n", heads[language].name,
		   STR_ARG(plan->name), plan->documents, heads[language].documents, plan->case_files,
		   heads[language].case_files, heads[language].headings, plan->heading_line);
	for (size_t i = 0; i < plan->column_count; i++) {
		const IngestPlanColumn *column = &plan->columns[i];
		bool passed = column->field && strcmp(column->field, "-") == 0;
		buf_printf(out, "  %-3s ", column->letters);
		add_padded(out, column->title, TITLE_WIDTH);
		buf_add_char(out, ' ');
		add_padded(out,
			   str_from(passed          ? ignored[language]
				    : column->field ? column->field
						    : "?"),
			   FIELD_WIDTH);
		buf_printf(out, " %s\n", way_text(column->how, language));
	}
	if (!plan->records.len)
		return;
	buf_add_zero_terminated(out, first_records[language]);
	add_records(out, plan->records);
}
