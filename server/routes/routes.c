/* server/routes/routes.c - the table, and finding in it. */
#include "server/routes/routes.h"

#include "base/utf8.h"

static const RouteParameter search_parameters[] = {
	{"q", "string",
	 "Words, \"phrases\", -exclusions, OR, (), word*, NEAR/n, field:value; odd input is read as words"},
	{"mode", "string", "all, any or auto (all; where nothing has all words, the best matches)"},
	{"number", "string", "Record number, any spelling"},
	{"type", "string", "Type of document, accents may be left out"},
	{"agency", "string", "Issuing agency"},
	{"fonds", "string", "Fonds"},
	{"case", "string", "Code of a case file"},
	{"from", "string", "Issued on or after: YYYY-MM-DD, YYYY-MM or YYYY"},
	{"to", "string", "Issued on or before"},
	{"sort", "string", "relevance, issued or -issued"},
	{"limit", "integer", "Hits a page, at most 100"},
	{"cursor", "string", "`next` of the page before"},
	{"facets", "string", "type,agency,year,fonds: which to count"},
	{"expand", "string", "off: do not add abbreviations and other names"},
	{NULL, NULL, NULL},
};
static const RouteParameter number_parameters[] = {
	{"number", "string", "Record number or case number, any spelling"},
	{NULL, NULL, NULL},
};
static const RouteParameter version_parameters[] = {
	{"version", "integer", "An older version; without it the newest"},
	{NULL, NULL, NULL},
};
static const RouteParameter content_parameters[] = {
	{"object", "integer", "Which object of the record; without it the first original"},
	{"version", "integer", "An older version; without it the newest"},
	{"inline", "integer", "1: to be shown in place, where its kind is safe"},
	{NULL, NULL, NULL},
};
static const RouteParameter consistency_parameters[] = {
	{"from", "integer", "Size of the older tree"},
	{"to", "integer", "Size of the newer tree; without it the present one"},
	{NULL, NULL, NULL},
};
static const RouteParameter put_parameters[] = {{"name", "string", "The file's name"}, {NULL, NULL, NULL}};
static const RouteParameter ingest_parameters[] = {
	{"name", "string", "Says by its ending what the body is, where Content-Type does not (\"a.jsonl.zst\")"},
	{NULL, NULL, NULL},
};
static const RouteParameter cases_parameters[] = {
	{"prefix", "string", "Beginning of the code, or its last digits"},
	{"limit", "integer", "At most 1000"},
	{NULL, NULL, NULL},
};
static const RouteParameter case_parameters[] = {
	{"from", "integer", "Records from this place on (`next` of the page before)"},
	{"limit", "integer", "At most 2000"},
	{NULL, NULL, NULL},
};
static const RouteParameter suggest_parameters[] = {
	{"q", "string", "What is being typed"},
	{"limit", "integer", "At most 100"},
	{NULL, NULL, NULL},
};
static const RouteParameter changes_parameters[] = {
	{"since", "integer", "From this sequence on"},
	{"limit", "integer", "At most 1000"},
	{NULL, NULL, NULL},
};

#define JSON "application/json"

const Route routes[] = {
	{.method = "GET",
	 .pattern = "/v1/search",
	 .handle = get_search,
	 .media = JSON,
	 .parameters = search_parameters,
	 .summary = "Search the archive",
	 .summary_vi = "Tìm văn bản"},
	{.method = "GET",
	 .pattern = "/v1/suggest",
	 .handle = get_suggest,
	 .media = JSON,
	 .parameters = suggest_parameters,
	 .summary = "Completions of what is being typed",
	 .summary_vi = "Gợi ý khi gõ"},
	{.method = "GET",
	 .pattern = "/v1/records",
	 .handle = get_records_by_number,
	 .media = JSON,
	 .parameters = number_parameters,
	 .summary = "Look records up by their number: exact ones and labelled variants",
	 .summary_vi = "Tra theo số ký hiệu"},
	{.method = "POST",
	 .pattern = "/v1/records",
	 .handle = post_record,
	 .body = BODY_JSON,
	 .media = JSON,
	 .summary = "Archive one record; the receipt comes when it is durable",
	 .summary_vi = "Nộp một văn bản, nhận biên nhận"},
	{.method = "GET",
	 .pattern = "/v1/records/{id}",
	 .handle = get_record,
	 .media = JSON,
	 .parameters = version_parameters,
	 .summary = "Metadata, versions and objects of a record",
	 .summary_vi = "Thông tin, các phiên bản, các tệp của văn bản"},
	{.method = "GET",
	 .pattern = "/v1/records/{id}/text",
	 .handle = get_record_text,
	 .media = "text/plain",
	 .parameters = version_parameters,
	 .summary = "The record's text",
	 .summary_vi = "Nội dung dạng văn bản thuần"},
	{.method = "GET",
	 .pattern = "/v1/records/{id}/content",
	 .handle = get_record_content,
	 .media = "application/octet-stream",
	 .parameters = content_parameters,
	 .summary = "Original bytes; ranges, HEAD and If-None-Match are served",
	 .summary_vi = "Tệp gốc, tải tiếp được"},
	{.method = "PUT",
	 .pattern = "/v1/records/{id}/content",
	 .handle = put_record_content,
	 .body = BODY_FILE,
	 .media = JSON,
	 .parameters = put_parameters,
	 .summary = "Add a file to a record: makes its next version",
	 .summary_vi = "Thêm tệp vào văn bản (thành phiên bản mới)"},
	{.method = "GET",
	 .pattern = "/v1/records/{id}/proof",
	 .handle = get_record_proof,
	 .media = JSON,
	 .parameters = version_parameters,
	 .summary = "Inclusion proof of a record, up to the signed checkpoint",
	 .summary_vi = "Bằng chứng văn bản nằm trong kho"},
	{.method = "POST",
	 .pattern = "/v1/ingest",
	 .handle = post_ingest,
	 .body = BODY_BULK,
	 .media = JSON,
	 .parameters = ingest_parameters,
	 .summary = "Many records as NDJSON, ZIP or tar: a job",
	 .summary_vi = "Nộp hàng loạt"},
	{.method = "GET",
	 .pattern = "/v1/jobs/{id}",
	 .handle = get_job,
	 .media = JSON,
	 .no_refresh = true,
	 .summary = "Progress of an ingest and what it refused",
	 .summary_vi = "Tiến độ nộp hàng loạt"},
	{.method = "GET",
	 .pattern = "/v1/cases",
	 .handle = get_cases,
	 .media = JSON,
	 .parameters = cases_parameters,
	 .summary = "Case files by code",
	 .summary_vi = "Danh sách hồ sơ theo mã"},
	{.method = "GET",
	 .pattern = "/v1/cases/{code}",
	 .handle = get_case,
	 .media = JSON,
	 .parameters = case_parameters,
	 .summary = "A case file: metadata and records in order of time",
	 .summary_vi = "Một hồ sơ và các văn bản theo thời gian"},
	{.method = "GET",
	 .pattern = "/v1/cases/{code}/package",
	 .handle = get_case_package,
	 .media = "application/zip",
	 .summary = "The case file as a ZIP that is a BagIt bag; ranges are served",
	 .summary_vi = "Tải cả hồ sơ (ZIP, BagIt)"},
	{.method = "GET",
	 .pattern = "/v1/checkpoint",
	 .handle = get_checkpoint,
	 .media = "text/plain",
	 .summary = "The signed tree head (C2SP tlog-checkpoint)",
	 .summary_vi = "Mốc kiểm chứng đã ký"},
	{.method = "GET",
	 .pattern = "/v1/consistency",
	 .handle = get_consistency,
	 .media = JSON,
	 .parameters = consistency_parameters,
	 .summary = "Proof that the archive only grew between two sizes",
	 .summary_vi = "Bằng chứng kho chỉ thêm, không sửa"},
	{.method = "GET",
	 .pattern = "/v1/changes",
	 .handle = get_changes,
	 .media = JSON,
	 .parameters = changes_parameters,
	 .summary = "What was archived since a sequence",
	 .summary_vi = "Các thay đổi từ một số thứ tự"},
	{.method = "GET",
	 .pattern = "/v1/stats",
	 .handle = get_stats,
	 .media = JSON,
	 .summary = "Counts and sizes",
	 .summary_vi = "Thống kê"},
	{.method = "GET",
	 .pattern = "/healthz",
	 .handle = get_healthz,
	 .media = JSON,
	 .no_refresh = true,
	 .summary = "The process answers",
	 .summary_vi = "Tiến trình còn chạy"},
	{.method = "GET",
	 .pattern = "/readyz",
	 .handle = get_readyz,
	 .media = JSON,
	 .summary = "The archive is open and the index near its end",
	 .summary_vi = "Sẵn sàng phục vụ"},
	{.method = "GET",
	 .pattern = "/metrics",
	 .handle = get_metrics,
	 .media = "text/plain",
	 .summary = "Metrics for Prometheus",
	 .summary_vi = "Số đo cho Prometheus"},
	{.method = "GET",
	 .pattern = "/openapi.json",
	 .handle = get_openapi,
	 .media = JSON,
	 .no_refresh = true,
	 .summary = "This description",
	 .summary_vi = "Mô tả này"},
	{.method = "GET",
	 .pattern = "/",
	 .handle = get_page,
	 .media = "text/html",
	 .any_parameters = true,
	 .no_refresh = true,
	 .summary = "The search page",
	 .summary_vi = "Trang tìm kiếm"},
	{.method = "GET",
	 .pattern = "/records/{id}",
	 .handle = get_page,
	 .media = "text/html",
	 .any_parameters = true,
	 .no_refresh = true,
	 .summary = "The page of a record",
	 .summary_vi = "Trang xem văn bản"},
	{.method = "GET",
	 .pattern = "/cases/{code}",
	 .handle = get_page,
	 .media = "text/html",
	 .any_parameters = true,
	 .no_refresh = true,
	 .summary = "The page of a case file",
	 .summary_vi = "Trang xem hồ sơ"},
	{.method = "GET",
	 .pattern = "/verify",
	 .handle = get_verify_page,
	 .media = "text/html",
	 .no_refresh = true,
	 .summary = "A page that checks packages and proofs by itself; it can be kept as a file",
	 .summary_vi = "Trang kiểm chứng gói hồ sơ, bằng chứng"},
	{.method = "GET",
	 .pattern = "/pages/{file}",
	 .handle = get_page_file,
	 .media = "text/html",
	 .no_refresh = true,
	 .summary = "Scripts and styles of the pages",
	 .summary_vi = "Tệp của trang"},
};
const size_t route_count = sizeof routes / sizeof *routes;

static bool matches(const Route *route, const Url *url, Str variables[static 2])
{
	Str rest = str_from(route->pattern + 1), part;
	size_t i = 0, variable = 0;
	if (rest.len == 0)
		return url->part_count == 0;
	while (str_split(&rest, '/', &part)) {
		if (i == url->part_count)
			return false;
		if (part.ptr[0] == '{')
			variables[variable++] = url->parts[i];
		else if (!str_eq(part, url->parts[i]))
			return false;
		i++;
	}
	return i == url->part_count;
}

Status route_find(Str method, const Url *url, Arena *arena, const Route **out, Str variables[static 2], Str *allow_out,
		  Err *err)
{
	const char *allow = NULL;
	Str wanted = str_eq(method, STR("HEAD")) ? STR("GET") : method;
	for (size_t i = 0; i < route_count; i++) {
		Str found[2] = {{NULL, 0}, {NULL, 0}};
		if (!matches(&routes[i], url, found))
			continue;
		if (str_eq(wanted, str_from(routes[i].method))) {
			*out = &routes[i];
			variables[0] = found[0];
			variables[1] = found[1];
			return ST_OK;
		}
		const char *also = strcmp(routes[i].method, "GET") == 0 ? "GET, HEAD" : routes[i].method;
		allow = allow ? arena_printf(arena, "%s, %s", allow, also) : also;
	}
	if (!allow)
		return err_set(err, ST_NOT_FOUND, "there is nothing at this address");
	*allow_out = str_from(allow);
	return err_set(err, ST_UNSUPPORTED, "this address takes %s", allow);
}

Status route_check_parameters(const Route *route, const Url *url, Err *err)
{
	for (size_t i = 0; i < url->parameter_count && !route->any_parameters; i++) {
		Str name = url->parameters[i].name;
		const RouteParameter *p = route->parameters;
		while (p && p->name && !str_eq(str_from(p->name), name))
			p++;
		if (!p || !p->name)
			return err_set(err, ST_INVALID, "there is no parameter '%.*s' here",
				       STR_ARG(str_slice(name, 0, utf8_cut(name, 60))));
	}
	return ST_OK;
}
