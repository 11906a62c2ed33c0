/* server/http/problem.c - the table, and a problem written from a row of it. A code of HTTP that has no row is written
 * as the general one of its class: 400 or 500. */
#include "server/http/problem.h"

#include "base/json_out.h"

const Problem problems[] = {
	{400,
	 "invalid",
	 {"Yêu cầu không hợp lệ", "Bad request"},
	 {"Máy chủ không đọc được yêu cầu; mục cause nêu chỗ sai.",
	  "The request can't be read; cause says where it is wrong."}},
	{403,
	 "forbidden",
	 {"Không được phép", "Not allowed"},
	 {"Bạn không có quyền thực hiện việc này.", "You may not do this."}},
	{404,
	 "not-found",
	 {"Không tìm thấy", "Not found"},
	 {"Không có văn bản, hồ sơ hay trang nào ở địa chỉ này.",
	  "There is no record, case file or page at this address."}},
	{405,
	 "method-not-allowed",
	 {"Phương thức không được dùng", "Method not allowed"},
	 {"Địa chỉ này không nhận phương thức đó; tiêu đề Allow nêu các phương thức được nhận.",
	  "This address does not take this method; the header Allow names those that it takes."}},
	{408,
	 "timeout",
	 {"Quá thời gian chờ", "Too slow"},
	 {"Yêu cầu không gửi đến kịp thời.", "The request did not arrive in time."}},
	{409,
	 "conflict",
	 {"Xung đột", "Conflict"},
	 {"Đã có sẵn, hoặc đang ở trạng thái khác.", "It is there already, or in another state."}},
	{412,
	 "outdated",
	 {"Phiên bản đã cũ", "Not the newest version"},
	 {"Văn bản đã được người khác sửa; hãy đọc lại rồi làm lại.",
	  "The record was changed meanwhile; read it again, then repeat the change."}},
	{413,
	 "limit",
	 {"Quá lớn", "Too large"},
	 {"Nội dung gửi lên vượt quá giới hạn cho phép; mục cause nêu giới hạn.",
	  "The body is larger than is allowed; cause names the limit."}},
	{414,
	 "uri-too-long",
	 {"Địa chỉ quá dài", "Address too long"},
	 {"Địa chỉ dài tối đa 4096 byte.", "An address has at most 4096 bytes."}},
	{415,
	 "unsupported",
	 {"Không được hỗ trợ", "Not supported"},
	 {"Loại nội dung này chưa được hỗ trợ; mục cause nêu các loại được nhận.",
	  "This kind of content is not handled; cause names those that are."}},
	{416,
	 "range",
	 {"Khoảng byte không có", "Range not satisfiable"},
	 {"Khoảng byte yêu cầu nằm ngoài nội dung.", "The range lies outside the content."}},
	{429,
	 "too-many-requests",
	 {"Quá nhiều yêu cầu cùng lúc", "Too many requests at once"},
	 {"Địa chỉ này đang có quá nhiều yêu cầu chờ xử lý; hãy thử lại sau ít giây.",
	  "Too many requests from this address are waiting; try again in a few seconds."}},
	{431,
	 "headers-too-large",
	 {"Phần đầu quá lớn", "Headers too large"},
	 {"Phần đầu của yêu cầu dài tối đa 16 KiB.", "The headers have at most 16 KiB."}},
	{500,
	 "internal",
	 {"Lỗi máy chủ", "Server error"},
	 {"Máy chủ gặp lỗi; nhật ký của máy chủ ghi nguyên nhân theo mã yêu cầu (request_id).",
	  "The server failed; its log has the cause under the request_id."}},
	{503,
	 "busy",
	 {"Đang bận", "Busy"},
	 {"Hiện có quá nhiều việc đang chờ, hoặc chưa thực hiện được; hãy thử lại sau ít giây.",
	  "Too much is waiting, or it is not possible right now; try again in a few seconds."}},
	{503,
	 "damaged",
	 {"Dữ liệu bị hỏng", "Damaged"},
	 {"Phần kho giữ nội dung này bị hỏng hoặc thiếu; thử lại cũng không được, người quản trị cần phục hồi từ bản "
	  "sao lưu.",
	  "The part of the archive that holds this is damaged or missing; trying again does not help: the "
	  "administrator "
	  "restores it from a backup."}},
	{507,
	 "no-space",
	 {"Hết dung lượng đĩa", "No space left"},
	 {"Đĩa đã đầy: kho không nhận thêm văn bản, nhưng vẫn tra cứu được.",
	  "The disk is full: the archive takes no more records; reading goes on."}},
};
const size_t problem_count = sizeof problems / sizeof *problems;

unsigned problem_http(Status status, bool has_body)
{
	switch (status) {
	case ST_OK:
		return 200;
	case ST_INVALID:
		return 400;
	case ST_NOT_FOUND:
		return 404;
	case ST_CONFLICT:
		return 409;
	case ST_LIMIT:
		return has_body ? 413 : 400;
	case ST_UNSUPPORTED:
		return 415;
	case ST_FORBIDDEN:
		return 403;
	case ST_BUSY:
	case ST_READ_ONLY:
	case ST_NO_MEMORY:
	case ST_CORRUPT:
		return 503;
	case ST_NO_SPACE:
		return 507;
	case ST_IO:
	case ST_INTERNAL:
	case ST_COUNT:
		break;
	}
	return 500;
}

/* 503 is said of what passes and of what does not: the first row is the one that passes. */
static const Problem *find_problem(unsigned http, Status code)
{
	const Problem *fallback = NULL;
	for (size_t i = 0; i < problem_count; i++) {
		if (problems[i].http == http &&
		    (code != ST_CORRUPT || http != 503 || strcmp(problems[i].code, "damaged") == 0))
			return &problems[i];
		if (problems[i].http == (http < 500 ? 400 : 500))
			fallback = &problems[i];
	}
	return fallback;
}

bool problem_is_clients(unsigned http)
{
	return http < 500;
}

void problem_write(unsigned http, const Err *err, Language language, Str request_id, Buf *out)
{
	const Problem *p = find_problem(http, err->code);
	JsonOut j;
	Buf type = {0};
	buf_printf(&type, "urn:hoso:problem:%s", p->code);
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_str(&j, "type", buf_str(&type));
	jout_field_text(&j, "code", p->code);
	jout_field_text(&j, "title", p->title[language]);
	jout_field_u64(&j, "status", http);
	jout_field_text(&j, "detail", p->detail[language]);
	if (problem_is_clients(http) && err->text[0])
		jout_field_text(&j, "cause", err->text);
	jout_field_str(&j, "request_id", request_id);
	jout_close(&j, '}');
	buf_done(&type);
}
