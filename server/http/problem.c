/* server/http/problem.c - see problem.h. */
#include "server/http/problem.h"

#include "base/json_out.h"

typedef struct {
	unsigned http;
	const char *slug, *title_en, *title_vi, *detail_en, *detail_vi;
} Problem;

static const Problem problems[] = {
	{400, "invalid", "Bad request", "Yêu cầu không hợp lệ", "The request can't be read.",
	 "Không đọc được yêu cầu."},
	{403, "forbidden", "Not allowed", "Không được phép", "You may not do this.",
	 "Bạn không có quyền thực hiện việc này."},
	{404, "not-found", "Not found", "Không tìm thấy", "There is nothing at this address.",
	 "Không có gì ở địa chỉ này."},
	{405, "method-not-allowed", "Method not allowed", "Phương thức không được dùng",
	 "This address does not take this method; Allow names those it takes.",
	 "Địa chỉ này không nhận phương thức đó; xem Allow."},
	{408, "timeout", "Too slow", "Quá thời gian chờ", "The request did not arrive in time.",
	 "Yêu cầu không gửi đến kịp thời."},
	{409, "conflict", "Conflict", "Xung đột", "It is there already, or in another state.",
	 "Đã có sẵn hoặc đang ở trạng thái khác."},
	{411, "length-required", "Length required", "Thiếu độ dài", "Say how long the body is.",
	 "Cần cho biết độ dài của nội dung gửi lên."},
	{413, "limit", "Too large", "Quá lớn", "More than is allowed.", "Vượt quá giới hạn cho phép."},
	{414, "uri-too-long", "Address too long", "Địa chỉ quá dài", "An address has at most 4096 bytes.",
	 "Địa chỉ dài tối đa 4096 byte."},
	{415, "unsupported", "Not supported", "Không được hỗ trợ", "This kind of content is not handled.",
	 "Loại nội dung này chưa được hỗ trợ."},
	{416, "range", "Range not satisfiable", "Khoảng byte không có", "The range lies outside the content.",
	 "Khoảng byte yêu cầu nằm ngoài nội dung."},
	{431, "headers-too-large", "Headers too large", "Phần đầu quá lớn", "The headers have at most 16 KiB.",
	 "Phần đầu yêu cầu tối đa 16 KiB."},
	{500, "internal", "Server error", "Lỗi máy chủ", "The server failed; its log has the request id and the cause.",
	 "Máy chủ gặp lỗi; nhật ký ghi nguyên nhân theo mã yêu cầu."},
	{503, "busy", "Busy", "Đang bận", "Not possible right now; try again shortly.",
	 "Hiện chưa thực hiện được; hãy thử lại sau ít giây."},
	{507, "no-space", "No space left", "Hết dung lượng đĩa",
	 "The disk is full: the archive takes no more records; reading goes on.",
	 "Đĩa đã đầy: kho không nhận thêm văn bản; vẫn tra cứu được."},
};

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
		return 503;
	case ST_NO_SPACE:
		return 507;
	case ST_CORRUPT:
	case ST_IO:
	case ST_INTERNAL:
	case ST_COUNT:
		break;
	}
	return 500;
}

static const Problem *find_problem(unsigned http)
{
	const Problem *fallback = NULL;
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
		if (problems[i].http == http)
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

void problem_write(unsigned http, const Err *err, bool english, Str request_id, Buf *out)
{
	const Problem *p = find_problem(http);
	bool show = problem_is_clients(http) && err->text[0];
	JsonOut j;
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_key(&j, "type");
	Buf type = {0};
	buf_printf(&type, "urn:hoso:problem:%s", p->slug);
	jout_str(&j, buf_str(&type));
	buf_done(&type);
	jout_field_text(&j, "title", english ? p->title_en : p->title_vi);
	jout_field_u64(&j, "status", http);
	jout_field_text(&j, "detail", english ? (show ? err->text : p->detail_en) : p->detail_vi);
	if (show)
		jout_field_text(&j, "cause", err->text);
	jout_field_str(&j, "request_id", request_id);
	jout_close(&j, '}');
}
