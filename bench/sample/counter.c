/* bench/sample/counter.c - a table of procedures; the grammar has two rules for each (request and result), the frame of
 * each form stands here. Numbers of identity papers are left out on purpose, so that nobody takes a sample for real
 * data. */
#include "bench/sample/counter.h"

#include "bench/sample/calendar.h"

#include <stdio.h>

static const Procedure procedures[] = {
	{"bien_dong", "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất", FIELD_LAND,
	 LEVEL_DISTRICT, 10, KIND_CERTIFICATE,
	 "Đơn đăng ký biến động đất đai, tài sản gắn liền với đất;Bản gốc Giấy chứng nhận đã cấp;Hợp đồng, văn bản về "
	 "việc chuyển quyền"},
	{"tach_thua", "Tách thửa hoặc hợp thửa đất", FIELD_LAND, LEVEL_DISTRICT, 15, KIND_CERTIFICATE,
	 "Đơn đề nghị tách thửa đất, hợp thửa đất;Bản vẽ tách thửa đất;Giấy chứng nhận đã cấp"},
	{"khai_sinh", "Đăng ký khai sinh", FIELD_CIVIL, LEVEL_COMMUNE, 1, KIND_EXTRACT,
	 "Tờ khai đăng ký khai sinh;Giấy chứng sinh"},
	{"ket_hon", "Đăng ký kết hôn", FIELD_CIVIL, LEVEL_COMMUNE, 3, KIND_EXTRACT,
	 "Tờ khai đăng ký kết hôn;Giấy xác nhận tình trạng hôn nhân"},
	{"xay_dung", "Cấp giấy phép xây dựng đối với nhà ở riêng lẻ", FIELD_INVESTMENT, LEVEL_DISTRICT, 15, KIND_PERMIT,
	 "Đơn đề nghị cấp giấy phép xây dựng;Bản sao giấy tờ về quyền sử dụng đất;02 bộ bản vẽ thiết kế xây dựng"},
	{"ho_kinh_doanh", "Đăng ký thành lập hộ kinh doanh", FIELD_FINANCE, LEVEL_DISTRICT, 3, KIND_CERTIFICATE,
	 "Giấy đề nghị đăng ký hộ kinh doanh;Bản sao giấy tờ pháp lý của chủ hộ"},
	{"tro_cap", "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hằng tháng", FIELD_WELFARE, LEVEL_COMMUNE, 22,
	 KIND_DECISION, "Tờ khai đề nghị trợ giúp xã hội;Biên bản họp Hội đồng xác định mức độ khuyết tật (nếu có)"},
	{"an_toan_thuc_pham", "Cấp Giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm", FIELD_HEALTH,
	 LEVEL_DEPARTMENT, 20, KIND_CERTIFICATE,
	 "Đơn đề nghị cấp Giấy chứng nhận;Bản thuyết minh về cơ sở vật chất, trang thiết bị;Giấy xác nhận đủ sức khỏe "
	 "của chủ cơ sở"},
	{"hanh_nghe_y", "Cấp giấy phép hành nghề khám bệnh, chữa bệnh", FIELD_HEALTH, LEVEL_DEPARTMENT, 30, KIND_PERMIT,
	 "Đơn đề nghị cấp giấy phép hành nghề;Bản sao văn bằng chuyên môn;Giấy xác nhận thực hành"},
	{"sao_luc", "Cấp bản sao và chứng thực tài liệu lưu trữ", FIELD_REFORM, LEVEL_DEPARTMENT, 1, KIND_EXTRACT,
	 "Phiếu yêu cầu sao tài liệu;Giấy giới thiệu hoặc giấy tờ tùy thân"},
};

const Procedure *counter_pick(Random *r)
{
	return &procedures[random_below(r, sizeof procedures / sizeof *procedures)];
}

static void write_rule(Scene *s, const Procedure *procedure, const char *what, Buf *out)
{
	char rule[64];
	snprintf(rule, sizeof rule, "mc.%s.%s", procedure->key, what);
	scene_write_rule(s, rule, out);
}

static void write_documents(const Procedure *procedure, Buf *out)
{
	Str rest = str_from(procedure->documents), part;
	unsigned number = 0;
	while (str_split(&rest, ';', &part))
		buf_printf(out, "%u. %.*s: 01 bản.\n", ++number, STR_ARG(part));
}

static void write_title(Buf *t)
{
	buf_add_zero_terminated(t,
				"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n---------------\n\n");
}

/* The name without "ông", "bà". */
static Str bare_name(Str person)
{
	ptrdiff_t blank = str_find_char(person, ' ');
	return str_slice(person, blank < 0 ? 0 : (size_t)blank + 1, person.len);
}

static void write_application(Paper *p, Scene *s, const Procedure *procedure)
{
	Buf *t = &p->text;
	Str person = scene_slot(s, "ong_ba"), hamlet = scene_slot(s, "thon");
	buf_printf(&p->subject, "Đơn đề nghị: %s", procedure->name);
	write_title(t);
	buf_add_zero_terminated(t, "ĐƠN ĐỀ NGHỊ\n");
	buf_printf(t, "%s\n\nKính gửi: %s\n\n1. Người đề nghị: %.*s\n   Số định danh cá nhân: (đã che)\n",
		   procedure->name, p->office->name, STR_ARG(person));
	buf_printf(t, "   Nơi cư trú: %.*s, %s\n2. Nội dung đề nghị: ", STR_ARG(hamlet), s->where->area);
	write_rule(s, procedure, "noi_dung", t);
	buf_add_zero_terminated(t, ".\n3. Giấy tờ kèm theo:\n");
	write_documents(procedure, t);
	buf_add_zero_terminated(
		t, "Tôi cam đoan nội dung kê khai là đúng sự thật và chịu trách nhiệm trước pháp luật.\n\n");
	buf_printf(t, "%s, ", s->where->place);
	calendar_write_words(p->day, t);
	buf_printf(t, "\nNGƯỜI LÀM ĐƠN\n(Ký, ghi rõ họ tên)\n%.*s\n", STR_ARG(bare_name(person)));
	buf_add_str(&p->signer, bare_name(person));
	buf_add_zero_terminated(&p->position, "Người làm đơn");
	p->applicant = "";
}

static void write_counter_head(Paper *p, const char *title)
{
	Buf *t = &p->text;
	grammar_capitals(str_from(p->office->name), t);
	buf_add_zero_terminated(t, "\nBỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ\n-------\n");
	write_title(t);
	buf_printf(t, "Mã hồ sơ: %s\n", p->case_code);
	buf_printf(t, "%s, ", p->office->place);
	calendar_write_words(p->day, t);
	buf_add_zero_terminated(t, "\n\n");
	grammar_capitals(str_from(title), t);
	buf_add_char(t, '\n');
}

static void write_receipt(Paper *p, Scene *s, const Procedure *procedure, int received, int due)
{
	Buf *t = &p->text;
	Str person = scene_slot(s, "ong_ba");
	buf_printf(&p->subject, "Giấy tiếp nhận hồ sơ và hẹn trả kết quả: %s", procedure->name);
	write_counter_head(p, paper_kinds[KIND_RECEIPT].name);
	buf_printf(t,
		   "%s tiếp nhận hồ sơ của: %.*s\nĐịa chỉ: %.*s, %s\nNội dung yêu cầu giải quyết: %s\nThành phần hồ sơ "
		   "nộp gồm:\n",
		   p->office->name, STR_ARG(person), STR_ARG(scene_slot(s, "thon")), s->where->area, procedure->name);
	write_documents(procedure, t);
	buf_printf(t, "Số lượng hồ sơ: 01 bộ\nThời gian giải quyết hồ sơ theo quy định là: %u ngày làm việc\n",
		   procedure->days);
	buf_printf(t, "Thời gian nhận hồ sơ: %d giờ %02d phút, ", random_between(s->random, 7, 16),
		   random_between(s->random, 0, 59));
	calendar_write_words(received, t);
	buf_printf(t, "\nThời gian trả kết quả giải quyết hồ sơ: %d giờ 00 phút, ", random_between(s->random, 8, 16));
	calendar_write_words(due, t);
	buf_printf(t, "\nĐăng ký nhận kết quả tại: %s\n\nNGƯỜI TIẾP NHẬN HỒ SƠ\n",
		   random_chance(s->random, 60) ? "bộ phận một cửa" : "địa chỉ qua dịch vụ bưu chính công ích");
	size_t start = p->signer.len;
	scene_write_rule(s, "bb.nguoi", &p->signer);
	Str name = str_slice(buf_str(&p->signer), start, p->signer.len);
	ptrdiff_t comma = str_find_char(name, ',');
	name = bare_name(str_slice(name, 0, comma < 0 ? name.len : (size_t)comma));
	buf_printf(t, "%.*s\n", STR_ARG(name));
	memmove(p->signer.data, name.ptr, name.len);
	p->signer.len = name.len;
	buf_add_zero_terminated(&p->position, "Công chức tiếp nhận hồ sơ");
}

static void write_routing(Paper *p, Scene *s, const Procedure *procedure, int received, int due)
{
	Buf *t = &p->text;
	static const char *const stages[] = {"Bộ phận Tiếp nhận và Trả kết quả", "Bộ phận chuyên môn thụ lý",
					     "Lãnh đạo phê duyệt", "Văn thư phát hành"};
	int day = received;
	buf_printf(&p->subject, "Phiếu kiểm soát quá trình giải quyết hồ sơ %s", p->case_code);
	write_counter_head(p, paper_kinds[KIND_ROUTING].name);
	buf_printf(t, "Thủ tục: %s\nNgười nộp: %.*s\n", procedure->name, STR_ARG(scene_slot(s, "ong_ba")));
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		buf_printf(t, "%zu. %s: nhận %d giờ ", i + 1, stages[i], random_between(s->random, 7, 11));
		calendar_write_short(day, t);
		if (day < p->day)
			day = calendar_add_working(day, random_between(s->random, 0, 2));
		if (day > p->day)
			day = p->day;
		buf_printf(t, "; giao %d giờ ", random_between(s->random, 13, 16));
		calendar_write_short(day, t);
		buf_add_zero_terminated(t, ". Ý kiến: ");
		scene_write_rule(s, "mc.y_kien", t);
		buf_add_zero_terminated(t, ".\n");
	}
	buf_add_zero_terminated(t, "Kết quả giải quyết hồ sơ: ");
	buf_add_zero_terminated(t, p->day <= due ? "trước hoặc đúng hạn" : "quá hạn, có văn bản xin lỗi kèm theo");
	buf_add_char(t, '\n');
	buf_add_str(&p->signer, bare_name(scene_slot(s, "ong_ba")));
	buf_add_zero_terminated(&p->position, "Người nhận kết quả");
}

static void write_result(Paper *p, Scene *s, const Procedure *procedure)
{
	Buf *t = &p->text;
	bool decision = p->kind == KIND_DECISION;
	buf_printf(&p->subject, decision ? "Về việc giải quyết hồ sơ %s: %s" : "Kết quả giải quyết hồ sơ %s: %s",
		   p->case_code, procedure->name);
	paper_write_head(p);
	buf_printf(t, "%s\n", p->office->name);
	const char *laws[3];
	size_t count = fields_laws(p->field, p->office->level, p->day, laws, 3);
	for (size_t i = 0; i < count; i++)
		buf_printf(t, "Căn cứ %s;\n", laws[i]);
	buf_printf(t, "Xét hồ sơ số %s của %.*s về thủ tục “%s”,\n", p->case_code, STR_ARG(scene_slot(s, "ong_ba")),
		   procedure->name);
	buf_add_zero_terminated(t, decision ? "QUYẾT ĐỊNH:\nĐiều 1. " : "\n");
	write_rule(s, procedure, "ket_qua", t);
	buf_add_zero_terminated(t, ".\n");
	if (decision) {
		buf_add_zero_terminated(t, "Điều 2. ");
		scene_write_rule(s, "chung.thi_hanh", t);
		buf_add_zero_terminated(t, " chịu trách nhiệm thi hành Quyết định này./.\n");
	}
	paper_write_end(p, s->random, "Người nộp hồ sơ");
}

void counter_write(Paper *p, Scene *s, const Procedure *procedure, int received, int due)
{
	switch (p->kind) {
	case KIND_APPLICATION:
		write_application(p, s, procedure);
		break;
	case KIND_RECEIPT:
		write_receipt(p, s, procedure, received, due);
		break;
	case KIND_ROUTING:
		write_routing(p, s, procedure, received, due);
		break;
	default:
		write_result(p, s, procedure);
		break;
	}
}
