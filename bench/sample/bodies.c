/* bench/sample/bodies.c - one function for each type of paper writes its parts from rules of the grammar. A decision on
 * a single matter keeps the parts of its alternative (subject and articles) together, so they are expanded once, into
 * the subject, and cut off when the text is written.
 */
#include "bench/sample/bodies.h"

#include "bench/sample/calendar.h"

#include <stdio.h>

typedef void BodyWriter(Paper *p, Scene *s, const BodyOptions *options);

static Random *chance(Scene *s)
{
	return s->random;
}

static void line(Buf *out, const char *text)
{
	buf_add_zero_terminated(out, text);
	buf_add_char(out, '\n');
}

static void list(Scene *s, Buf *out, const char *what, unsigned count, unsigned common, const char *before)
{
	scene_write_list(s, what, count, common, before, ".\n", out);
}

static void write_costs(Scene *s, Buf *out)
{
	scene_write_rule(s, "chung.kinh_phi", out);
	buf_add_char(out, '\n');
}

static unsigned some(Scene *s, const BodyOptions *options, unsigned least)
{
	return least + options->richness * (unsigned)random_between(chance(s), 1, 2);
}

static void add_recipient(Paper *p, const char *name)
{
	if (p->recipient_count < PAPER_RECIPIENTS_MAX)
		p->recipients[p->recipient_count++] = name;
}

/* Who else gets it: the office above, one or two departments. */
static void choose_recipients(Paper *p, Scene *s)
{
	if (p->office->level > LEVEL_PROVINCE)
		add_recipient(p, units_superior(p->office, p->day)->name);
	for (int i = random_between(chance(s), 1, 2); i > 0; i--) {
		const Office *other =
			units_pick_level(chance(s), p->day, LEVEL_DEPARTMENT, i == 1 ? (int)p->field : -1);
		if (other != p->office &&
		    (p->recipient_count == 0 || p->recipients[p->recipient_count - 1] != other->name))
			add_recipient(p, other->name);
	}
	if (s->where != p->office && s->where->level >= LEVEL_DISTRICT)
		add_recipient(p, s->where->name);
}

static void write_basis(Paper *p, Scene *s, const BodyOptions *options)
{
	const char *laws[4];
	Buf *t = &p->text;
	size_t count = fields_laws(p->field, p->office->level, p->day, laws, 4);
	grammar_capitals(str_from(p->office->name), t);
	buf_add_char(t, '\n');
	for (size_t i = 0; i < count; i++)
		buf_printf(t, "Căn cứ %s;\n", laws[i]);
	if (options->basis[0])
		buf_printf(t, "Căn cứ %s;\n", options->basis);
	buf_add_zero_terminated(t, "Theo đề nghị của ");
	size_t start = t->len;
	scene_write_rule(s, "chung.nguoi_de_nghi", t);
	if (t->len > start)
		buf_add_zero_terminated(t, ".\n\n");
}

/* ---- decisions ------------------------------------------------------------------------------------------------- */

static void close_articles(Paper *p, Scene *s, unsigned article)
{
	Buf *t = &p->text;
	buf_printf(t, "Điều %u. Quyết định này có hiệu lực thi hành kể từ ngày ký.\n", article);
	buf_printf(t, "Điều %u. ", article + 1);
	scene_write_rule(s, "chung.thi_hanh", t);
	buf_add_zero_terminated(t, " chịu trách nhiệm thi hành Quyết định này./.\n");
	char first[32];
	snprintf(first, sizeof first, "Như Điều %u", article + 1);
	paper_write_end(p, chance(s), first);
}

/* The subject of a single decision is "subject|Điều 1|Điều 2"; only the first part stays the subject. */
static void write_single_decision(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf parts = p->subject;
	Str rest = buf_str(&parts), part;
	unsigned article = 1;
	p->subject = (Buf){0};
	str_split(&rest, '|', &part);
	buf_add_str(&p->subject, part);
	paper_write_head(p);
	write_basis(p, s, options);
	line(&p->text, "QUYẾT ĐỊNH:");
	while (str_split(&rest, '|', &part))
		buf_printf(&p->text, "Điều %u. %.*s\n", article++, STR_ARG(part));
	if (options->richness > 1) {
		buf_printf(&p->text, "Điều %u. Trách nhiệm của các cơ quan, đơn vị\n", article++);
		list(s, &p->text, "nhiem_vu", some(s, options, 0), 1, "%. ");
	}
	close_articles(p, s, article);
	buf_done(&parts);
}

static void write_approval(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	Str what = str_slice(buf_str(&p->subject), strlen("Về việc "), p->subject.len);
	paper_write_head(p);
	write_basis(p, s, options);
	line(t, "QUYẾT ĐỊNH:");
	buf_printf(t, "Điều 1. P%.*s, với các nội dung chủ yếu sau:\n", STR_ARG(str_slice(what, 1, what.len)));
	list(s, t, "nhiem_vu", some(s, options, 2), 1, "%. ");
	buf_add_zero_terminated(t, "Kinh phí thực hiện: ");
	write_costs(s, t);
	line(t, "Điều 2. Tổ chức thực hiện");
	list(s, t, "quy_dinh", options->richness, 1, "%. ");
	close_articles(p, s, 3);
}

static void write_decision(Paper *p, Scene *s, const BodyOptions *options)
{
	if (str_find_char(buf_str(&p->subject), '|') >= 0)
		write_single_decision(p, s, options);
	else
		write_approval(p, s, options);
}

static void write_rules(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	unsigned article = 3;
	Str what = str_slice(buf_str(&p->subject), strlen("Ban hành "), p->subject.len);
	paper_write_head(p);
	write_basis(p, s, options);
	line(t, "QUYẾT ĐỊNH:");
	buf_printf(t,
		   "Điều 1. Ban hành kèm theo Quyết định này %.*s.\nĐiều 2. Quyết định này có hiệu lực thi hành kể từ ",
		   STR_ARG(what));
	calendar_write_words(p->day + 10, t);
	if (options->replaced[0])
		buf_printf(t, " và thay thế %s", options->replaced);
	buf_add_zero_terminated(t, ".\nĐiều 3. ");
	scene_write_rule(s, "chung.thi_hanh", t);
	buf_add_zero_terminated(t, " chịu trách nhiệm thi hành Quyết định này./.\n");
	paper_write_end(p, chance(s), "Như Điều 3");
	buf_add_char(t, '\n');
	grammar_capitals(what, t);
	buf_printf(t, "\n(Ban hành kèm theo Quyết định số %s ngày ", p->number);
	calendar_write_short(p->day, t);
	buf_printf(t, " của %s)\n\nChương I\nQUY ĐỊNH CHUNG\nĐiều 1. Phạm vi điều chỉnh\n", p->office->name);
	buf_printf(t, "Văn bản này %.*s.\nĐiều 2. Đối tượng áp dụng\n",
		   STR_ARG(str_slice(what, strlen("Quy định "), what.len)));
	line(t, "Các cơ quan quản lý nhà nước, tổ chức, hộ gia đình, cá nhân có liên quan.");
	line(t, "\nChương II\nQUY ĐỊNH CỤ THỂ");
	for (unsigned chapter = options->richness + 2; chapter > 0; chapter--) {
		buf_printf(t, "Điều %u. ", article++);
		scene_write_rule(s, "chung.ten_dieu", t);
		buf_add_char(t, '\n');
		list(s, t, "quy_dinh", (unsigned)random_between(chance(s), 2, 4), 1, "%. ");
	}
	buf_printf(t, "\nChương III\nTỔ CHỨC THỰC HIỆN\nĐiều %u. Trách nhiệm thi hành\n", article);
	list(s, t, "nhiem_vu", 2, 2, "%. ");
}

static void write_resolution(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	int year = calendar_civil(p->day).year;
	static const char *const terms[] = {"XVI", "XVII", "XVIII", "XIX"}; /* from 2011, 2016, 2021, 2026 */
	paper_write_head(p);
	write_basis(p, s, options);
	line(t, "QUYẾT NGHỊ:");
	buf_add_zero_terminated(t, "Điều 1. Thông qua nội dung ");
	buf_add_str(t, str_slice(buf_str(&p->subject), strlen("Về việc thông qua "), p->subject.len));
	line(t, ", cụ thể như sau:");
	list(s, t, "quy_dinh", some(s, options, 1), 1, "%. ");
	buf_printf(t, "Điều 2. Hội đồng nhân dân giao Ủy ban nhân dân %s tổ chức thực hiện Nghị quyết này:\n",
		   p->office->area);
	list(s, t, "nhiem_vu", some(s, options, 1), 0, "%. ");
	line(t, "Điều 3. Thường trực Hội đồng nhân dân, các Ban của Hội đồng nhân dân và đại biểu Hội đồng nhân dân "
		"giám sát việc thực hiện.");
	unsigned term = year < 2016 ? 0 : year < 2021 ? 1 : year < 2026 ? 2 : 3;
	buf_printf(t, "Nghị quyết này đã được %s khóa %s, Kỳ họp thứ %d thông qua ", p->office->name, terms[term],
		   random_between(chance(s), 2, 24));
	calendar_write_words(p->day, t);
	buf_add_zero_terminated(t, " và có hiệu lực từ ngày ");
	calendar_write_short(p->day + 10, t);
	line(t, "./.");
	paper_write_end(p, chance(s), "Ủy ban Thường vụ Quốc hội");
}

/* ---- plans, reports, directives -------------------------------------------------------------------------------- */

static void write_directive(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	paper_write_head(p);
	buf_add_zero_terminated(t, "Trong thời gian qua, công tác ");
	scene_write(s, "linh_vuc", t);
	buf_printf(t, " trên địa bàn %s đã đạt được kết quả quan trọng. Tuy nhiên, vẫn còn một số tồn tại, hạn chế:\n",
		   p->office->area);
	list(s, t, "ton_tai", 2, 1, "- ");
	buf_printf(t, "Để khắc phục tình trạng trên, %s yêu cầu:\n", p->office->name);
	list(s, t, "nhiem_vu", some(s, options, 2), 2, "%. ");
	buf_printf(t, "Yêu cầu thủ trưởng các cơ quan, đơn vị nghiêm túc thực hiện Chỉ thị này./.\n");
	paper_write_end(p, chance(s), "Các sở, ban, ngành");
}

static void write_plan(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	paper_write_head(p);
	if (options->basis[0])
		buf_printf(t, "Thực hiện %s, %s ban hành Kế hoạch với các nội dung sau:\n\n", options->basis,
			   p->office->name);
	line(t, "I. MỤC ĐÍCH, YÊU CẦU\n1. Mục đích");
	list(s, t, "muc_dich", 0, (unsigned)random_between(chance(s), 1, 3), "- ");
	line(t, "2. Yêu cầu");
	list(s, t, "yeu_cau", 0, (unsigned)random_between(chance(s), 1, 3), "- ");
	line(t, "\nII. NỘI DUNG");
	list(s, t, "nhiem_vu", some(s, options, 2), 1, "%. ");
	line(t, "\nIII. KINH PHÍ THỰC HIỆN");
	write_costs(s, t);
	line(t, "\nIV. TỔ CHỨC THỰC HIỆN");
	list(s, t, "giai_phap", 0, (unsigned)random_between(chance(s), 2, 4), "%. ");
	buf_printf(t, "Trên đây là Kế hoạch của %s, yêu cầu các cơ quan, đơn vị triển khai thực hiện./.\n",
		   p->office->name);
	paper_write_end(p, chance(s), "Các cơ quan, đơn vị liên quan");
}

static void write_report(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	paper_write_head(p);
	if (options->basis[0])
		buf_printf(t, "Thực hiện %s, %s báo cáo kết quả như sau:\n\n", options->basis, p->office->name);
	line(t, "I. KẾT QUẢ THỰC HIỆN");
	list(s, t, "ket_qua", some(s, options, 2), 2, "%. ");
	line(t, "\nII. TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN\n1. Tồn tại, hạn chế");
	list(s, t, "ton_tai", 2, 1, "- ");
	line(t, "2. Nguyên nhân");
	list(s, t, "nguyen_nhan", 0, 2, "- ");
	line(t, "\nIII. PHƯƠNG HƯỚNG, NHIỆM VỤ THỜI GIAN TỚI");
	list(s, t, "nhiem_vu", some(s, options, 1), 0, "%. ");
	line(t, "\nIV. KIẾN NGHỊ, ĐỀ XUẤT");
	list(s, t, "giai_phap", 0, (unsigned)random_between(chance(s), 1, 2), "- ");
	buf_printf(t, "Trên đây là báo cáo của %s, kính đề nghị ", p->office->name);
	scene_write_rule(s, "chung.cap_nhan_bao_cao", t);
	line(t, " xem xét, chỉ đạo./.");
	paper_write_end(p, chance(s), "Như trên");
}

static void write_guide(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	paper_write_head(p);
	buf_printf(t, "Để thống nhất trong tổ chức thực hiện, %s hướng dẫn một số nội dung như sau:\n",
		   p->office->name);
	line(t, "I. NỘI DUNG");
	list(s, t, "quy_dinh", some(s, options, 2), 2, "%. ");
	line(t, "II. TỔ CHỨC THỰC HIỆN");
	list(s, t, "nhiem_vu", 2, 2, "%. ");
	paper_write_end(p, chance(s), "Các cơ quan, đơn vị liên quan");
}

/* ---- letters and meetings -------------------------------------------------------------------------------------- */

static void write_addressees(Paper *p)
{
	buf_add_zero_terminated(&p->text, p->recipient_count > 1 ? "Kính gửi:\n" : "Kính gửi: ");
	for (size_t i = 0; i < p->recipient_count; i++)
		buf_printf(&p->text, p->recipient_count > 1 ? "- %s;\n" : "%s\n", p->recipients[i]);
	buf_add_char(&p->text, '\n');
}

static void write_letter(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	paper_write_head(p);
	write_addressees(p);
	scene_write_rule(s, "cv.mo", t);
	line(t, ":");
	list(s, t, "nhiem_vu", some(s, options, 1), 1, "%. ");
	scene_write_rule(s, "cv.ket", t);
	line(t, "./.");
	paper_write_end(p, chance(s), "Như trên");
}

static void write_submission(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	const char *above =
		p->office->level <= LEVEL_PROVINCE ? units_office(0)->name : units_superior(p->office, p->day)->name;
	paper_write_head(p);
	buf_printf(t, "Kính gửi: %s\n\n", above);
	if (options->basis[0])
		buf_printf(t, "Căn cứ %s;\n", options->basis);
	line(t, "I. SỰ CẦN THIẾT");
	list(s, t, "ton_tai", 2, 0, "- ");
	list(s, t, "ket_qua", options->richness, 0, "- ");
	line(t, "II. NỘI DUNG ĐỀ NGHỊ");
	list(s, t, "nhiem_vu", some(s, options, 1), 0, "%. ");
	line(t, "III. KINH PHÍ");
	write_costs(s, t);
	buf_printf(t, "%s kính trình %s xem xét, quyết định./.\n", p->office->name, above);
	paper_write_end(p, chance(s), "Như trên");
}

static void write_notice(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	paper_write_head(p);
	size_t start = t->len;
	calendar_write_words(p->day - random_between(chance(s), 1, 4), t);
	if (t->len > start)
		grammar_capitalise(t->data + start, t->len - start);
	buf_printf(t, ", %s %s đã chủ trì cuộc họp ", p->office->head, p->office->body ? p->office->name : "Sở");
	buf_add_zero_terminated(t, "với các cơ quan liên quan để ");
	buf_add_str(t, scene_slot(s, "viec"));
	line(t, ". Sau khi nghe báo cáo và ý kiến của các thành viên dự họp, người chủ trì kết luận như sau:");
	list(s, t, "nhiem_vu", some(s, options, 1), 0, "%. ");
	scene_write_rule(s, "tb.ket_luan", t);
	line(t, ".");
	buf_printf(t, "%s thông báo để các cơ quan, đơn vị biết, thực hiện./.\n", p->office->name);
	paper_write_end(p, chance(s), "Các cơ quan, đơn vị liên quan");
}

static void write_invitation(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	(void)options;
	paper_write_head(p);
	buf_printf(t, "%s trân trọng kính mời: ", p->office->name);
	for (size_t i = 0; i < p->recipient_count; i++)
		buf_printf(t, "%s%s", i ? "; " : "", p->recipients[i]);
	int day = calendar_add_working(p->day + 1, random_between(chance(s), 1, 4));
	buf_printf(t, "\nNội dung: %.*s.\nThời gian: %d giờ %s, ", STR_ARG(buf_str(&p->subject)),
		   random_between(chance(s), 7, 14), random_chance(chance(s), 60) ? "30" : "00");
	calendar_write_words(day, t);
	buf_add_zero_terminated(t, ".\nĐịa điểm: ");
	scene_write_rule(s, "gm.dia_diem", t);
	line(t, ".\nĐề nghị đại biểu chuẩn bị ý kiến tham gia và đến dự đúng thành phần, thời gian./.");
	paper_write_end(p, chance(s), "Như trên");
}

static void write_minutes(Paper *p, Scene *s, const BodyOptions *options)
{
	Buf *t = &p->text;
	paper_write_head(p);
	buf_printf(t, "Hôm nay, vào hồi %d giờ 00, ", random_between(chance(s), 8, 14));
	calendar_write_words(p->day, t);
	buf_printf(t, ", tại trụ sở %s, chúng tôi gồm:\n1. Chủ trì: ", p->office->name);
	scene_write_rule(s, "bb.nguoi", t);
	buf_add_zero_terminated(t, "\n2. Thư ký: ");
	scene_write_rule(s, "bb.nguoi", t);
	line(t, "\n\nI. NỘI DUNG CUỘC HỌP");
	list(s, t, "ket_qua", options->richness + 1, 0, "- ");
	line(t, "II. Ý KIẾN THẢO LUẬN");
	for (unsigned i = options->richness + 1; i > 0; i--) {
		buf_add_zero_terminated(t, "- ");
		scene_write_rule(s, "bb.y_kien", t);
		line(t, ".");
	}
	line(t, "III. KẾT LUẬN");
	list(s, t, "nhiem_vu", some(s, options, 1), 0, "%. ");
	buf_printf(t, "Biên bản được lập thành %d bản, thông qua và kết thúc vào hồi %d giờ 30 cùng ngày./.\n",
		   random_between(chance(s), 2, 4), random_between(chance(s), 15, 17));
	paper_write_end(p, chance(s), "Thành phần dự họp");
}

/* ---- subject and dispatch -------------------------------------------------------------------------------------- */

static void add_about(Buf *out, const char *about, Scene *s)
{
	buf_add_zero_terminated(out, about);
	buf_add_str(out, scene_slot(s, "viec"));
}

static void lower_first(Buf *out, size_t at)
{
	if (at < out->len && out->data[at] >= 'A' && out->data[at] <= 'Z')
		out->data[at] = (char)(out->data[at] + 32);
}

void bodies_write_subject(Paper *p, Scene *s)
{
	Buf *out = &p->subject;
	switch (p->kind) {
	case KIND_DECISION:
		if (p->topical) {
			add_about(out, "Về việc phê duyệt Phương án ", s);
		} else if (random_chance(chance(s), 62)) {
			scene_write(s, "ca_biet", out);
		} else {
			buf_add_zero_terminated(out, "Về việc phê duyệt ");
			scene_write(s, "phe_duyet", out);
		}
		break;
	case KIND_RULES:
		buf_add_zero_terminated(out, "Ban hành Quy định ");
		scene_write_rule(s, "chung.pham_vi_quy_dinh", out);
		break;
	case KIND_RESOLUTION:
		buf_add_zero_terminated(out, "Về việc thông qua ");
		scene_write(s, "phe_duyet", out);
		break;
	case KIND_REPORT:
		if (p->topical)
			add_about(out, "Kết quả ", s);
		else
			scene_write(s, "bao_cao", out);
		break;
	case KIND_LETTER:
		add_about(out, "", s);
		break;
	case KIND_INVITATION:
		scene_write_rule(s, "gm.noi_dung", out);
		break;
	case KIND_MINUTES:
		add_about(out, "Họp về việc ", s);
		break;
	case KIND_NOTICE:
		buf_printf(out, "Kết luận của %s tại cuộc họp về việc ", p->office->head);
		buf_add_str(out, scene_slot(s, "viec"));
		break;
	default:
		add_about(out, "Về việc ", s);
		break;
	}
	if (p->kind == KIND_RESOLUTION)
		lower_first(out, strlen("Về việc thông qua "));
}

void bodies_write(Paper *p, Scene *s, const BodyOptions *options)
{
	static BodyWriter *const writers[KIND_COUNT] = {
		[KIND_DECISION] = write_decision,
		[KIND_RULES] = write_rules,
		[KIND_RESOLUTION] = write_resolution,
		[KIND_DIRECTIVE] = write_directive,
		[KIND_PLAN] = write_plan,
		[KIND_REPORT] = write_report,
		[KIND_LETTER] = write_letter,
		[KIND_NOTICE] = write_notice,
		[KIND_SUBMISSION] = write_submission,
		[KIND_INVITATION] = write_invitation,
		[KIND_MINUTES] = write_minutes,
		[KIND_GUIDE] = write_guide,
	};
	choose_recipients(p, s);
	if (writers[p->kind])
		writers[p->kind](p, s, options);
}
