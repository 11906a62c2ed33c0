/* bench/sample/paper.c - letterhead and signature are lines of text in one or two columns, padded with blanks as word
 * processors print them. The JSON names the fields of store/record/record.h. */
#include "bench/sample/paper.h"

#include "base/json_out.h"
#include "base/utf8.h"
#include "bench/sample/calendar.h"
#include "bench/sample/people.h"

#include <stdio.h>
#include <stdlib.h>

const KindInfo paper_kinds[KIND_COUNT] = {
	[KIND_DECISION] = {"Quyết định", "QĐ", "70 năm", true},
	[KIND_RULES] = {"Quyết định", "QĐ", "vĩnh viễn", true},
	[KIND_RESOLUTION] = {"Nghị quyết", "NQ", "vĩnh viễn", true},
	[KIND_DIRECTIVE] = {"Chỉ thị", "CT", "vĩnh viễn", true},
	[KIND_PLAN] = {"Kế hoạch", "KH", "20 năm", true},
	[KIND_REPORT] = {"Báo cáo", "BC", "20 năm", true},
	[KIND_LETTER] = {"Công văn", "", "10 năm", true},
	[KIND_NOTICE] = {"Thông báo", "TB", "10 năm", true},
	[KIND_SUBMISSION] = {"Tờ trình", "TTr", "20 năm", true},
	[KIND_INVITATION] = {"Giấy mời", "GM", "5 năm", true},
	[KIND_MINUTES] = {"Biên bản", "BB", "20 năm", true},
	[KIND_GUIDE] = {"Hướng dẫn", "HD", "20 năm", true},
	[KIND_APPLICATION] = {"Đơn", "", "20 năm", false},
	[KIND_RECEIPT] = {"Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "", "20 năm", false},
	[KIND_ROUTING] = {"Phiếu kiểm soát quá trình giải quyết hồ sơ", "", "20 năm", false},
	[KIND_PERMIT] = {"Giấy phép", "GP", "vĩnh viễn", true},
	[KIND_EXTRACT] = {"Trích lục", "TLKS", "vĩnh viễn", true},
	[KIND_CERTIFICATE] = {"Giấy chứng nhận", "GCN", "vĩnh viễn", true},
};

void paper_init(Paper *p)
{
	*p = (Paper){0};
}

void paper_done(Paper *p)
{
	buf_done(&p->subject);
	buf_done(&p->text);
	buf_done(&p->signer);
	buf_done(&p->position);
}

void paper_clear(Paper *p)
{
	Paper fresh = {.subject = p->subject, .text = p->text, .signer = p->signer, .position = p->position};
	buf_clear(&fresh.subject);
	buf_clear(&fresh.text);
	buf_clear(&fresh.signer);
	buf_clear(&fresh.position);
	*p = fresh;
}

static void add_capitals(Buf *out, const char *text)
{
	grammar_capitals(str_from(text), out);
}

/* The office's lines of the letterhead: councils and committees stand alone, departments under their committee. */
static void write_office_lines(const Office *o, const char *between, Buf *out)
{
	if (o->body) {
		add_capitals(out, o->body);
		buf_add_zero_terminated(out, between);
		add_capitals(out, o->area);
	} else {
		add_capitals(out, o->parent);
		buf_add_zero_terminated(out, between);
		add_capitals(out, o->name);
	}
}

static const char national_title[] = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
static const char motto[] = "Độc lập - Tự do - Hạnh phúc";

static void write_place_and_date(const Paper *p, Buf *out)
{
	buf_printf(out, "%s, ", p->office->place);
	calendar_write_words(p->day, out);
}

/* Word processors and OCR put the two columns of the letterhead on one line; converters give one line each. */
static void write_letterhead(Paper *p)
{
	Buf *t = &p->text;
	if (p->two_columns) {
		Buf lines = {0};
		write_office_lines(p->office, "\n", &lines);
		Str rest = buf_str(&lines), first = {0};
		str_split(&rest, '\n', &first);
		buf_printf(t, "%.*s          %s\n%.*s          %s\n", STR_ARG(first), national_title, STR_ARG(rest),
			   motto);
		buf_done(&lines);
		buf_printf(t, "Số: %s          ", p->number);
		write_place_and_date(p, t);
		buf_add_char(t, '\n');
		return;
	}
	write_office_lines(p->office, "\n", t);
	buf_printf(t, "\n-------\n%s\n%s\n---------------\n", national_title, motto);
	buf_printf(t, "Số: %s\n", p->number);
	write_place_and_date(p, t);
	buf_add_char(t, '\n');
}

void paper_write_head(Paper *p)
{
	write_letterhead(p);
	if (p->urgent)
		buf_add_zero_terminated(&p->text, "KHẨN\n");
	if (p->kind == KIND_LETTER) {
		buf_printf(&p->text, "V/v %.*s\n\n", STR_ARG(buf_str(&p->subject)));
		return;
	}
	buf_add_char(&p->text, '\n');
	add_capitals(&p->text, paper_kinds[p->kind].name);
	buf_printf(&p->text, "\n%.*s\n\n", STR_ARG(buf_str(&p->subject)));
}

/* "TM. ỦY BAN NHÂN DÂN", "KT. GIÁM ĐỐC" and the position; says how deep the signer stands (0: the head). */
static unsigned write_authority(const Paper *p, Random *r, Buf *out, Buf *position)
{
	const Office *o = p->office;
	unsigned deputy = random_chance(r, 45) ? 0 : (unsigned)random_between(r, 1, 2);
	if (p->kind == KIND_RESOLUTION)
		deputy = 0;
	if (o->body && p->kind != KIND_RESOLUTION && p->kind != KIND_INVITATION) {
		buf_add_zero_terminated(out, "TM. ");
		add_capitals(out, o->body);
		buf_add_char(out, '\n');
	}
	if (p->kind == KIND_INVITATION) {
		buf_add_zero_terminated(out, "TL. ");
		add_capitals(out, o->head);
		buf_add_zero_terminated(out, "\nCHÁNH VĂN PHÒNG\n");
		buf_add_zero_terminated(position, "Chánh Văn phòng");
		return 3;
	}
	if (deputy) {
		buf_add_zero_terminated(out, "KT. ");
		add_capitals(out, o->head);
		buf_add_zero_terminated(out, "\nPHÓ ");
		buf_printf(position, "Phó %s", o->head);
	} else {
		buf_add_zero_terminated(position, o->head);
	}
	add_capitals(out, o->head);
	buf_add_char(out, '\n');
	return deputy;
}

void paper_write_end(Paper *p, Random *r, const char *first_recipient)
{
	const char *letters = p->office->letters;
	size_t letters_len = strcspn(letters, " ");
	buf_printf(&p->text, "\nNơi nhận:\n- %s;\n", first_recipient);
	for (size_t i = 0; i < p->recipient_count && strcmp(first_recipient, "Như trên") != 0; i++)
		buf_printf(&p->text, "- %s;\n", p->recipients[i]);
	buf_printf(&p->text, "- Lưu: VT, %.*s%u.\n\n", (int)letters_len, letters, random_below(r, 9) + 1);
	unsigned deputy = write_authority(p, r, &p->text, &p->position);
	people_write_signer(p->office, calendar_civil(p->day).year, deputy, &p->signer);
	buf_printf(&p->text, "(Đã ký)\n%.*s\n", STR_ARG(buf_str(&p->signer)));
}

void paper_cite(const Paper *p, char out[static PAPER_CITATION_MAX])
{
	Buf date = {0};
	calendar_write_words(p->day, &date);
	snprintf(out, PAPER_CITATION_MAX, "%s số %s %.*s của %s", paper_kinds[p->kind].name, p->number,
		 STR_ARG(buf_str(&date)), p->office->name);
	buf_done(&date);
}

/* ---- tone placement -------------------------------------------------------------------------------------------- */

typedef struct {
	const char *old_style, *new_style;
} TonePair;
static const TonePair tone_pairs[] = {
	{"òa", "oà"}, {"óa", "oá"}, {"ỏa", "oả"}, {"õa", "oã"}, {"ọa", "oạ"}, {"òe", "oè"}, {"óe", "oé"},
	{"ỏe", "oẻ"}, {"ùy", "uỳ"}, {"úy", "uý"}, {"ủy", "uỷ"}, {"ũy", "uỹ"}, {"ụy", "uỵ"}, {"Ủy", "Uỷ"},
	{"Ùy", "Uỳ"}, {"ÒA", "OÀ"}, {"ÓA", "OÁ"}, {"ỦY", "UỶ"}, {"ỤY", "UỴ"}, {"ÙY", "UỲ"},
};

static bool letter_follows(Str s, size_t at)
{
	if (at >= s.len)
		return false;
	unsigned char c = (unsigned char)s.ptr[at];
	return c >= 0x80 ? c < 0xE2 : (c | 32) >= 'a' && (c | 32) <= 'z'; /* dashes and quotes begin with E2 */
}

void paper_move_tones(Buf *text)
{
	Buf moved = {0};
	Str s = buf_str(text);
	for (size_t i = 0; i < s.len;) {
		const TonePair *hit = NULL;
		for (size_t k = 0; (unsigned char)s.ptr[i] >= 0x80 && k < sizeof tone_pairs / sizeof *tone_pairs; k++) {
			size_t len = strlen(tone_pairs[k].old_style);
			if (str_starts(str_slice(s, i, s.len), str_from(tone_pairs[k].old_style)) &&
			    !letter_follows(s, i + len))
				hit = &tone_pairs[k];
		}
		if (hit) {
			buf_add_zero_terminated(&moved, hit->new_style);
			i += strlen(hit->old_style);
		} else {
			buf_add_char(&moved, s.ptr[i++]);
		}
	}
	buf_done(text);
	*text = moved;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

static void write_date_field(JsonOut *j, const char *key, int day)
{
	char text[11];
	civil_date_format(calendar_civil(day), text);
	jout_field_text(j, key, text);
}

static void write_relations(const Paper *p, JsonOut *j)
{
	if (!p->relation_count)
		return;
	jout_key(j, "relations");
	jout_open(j, '[');
	for (size_t i = 0; i < p->relation_count; i++) {
		jout_open(j, '{');
		jout_field_text(j, "kind", p->relations[i].kind);
		jout_field_text(j, "number", p->relations[i].number);
		jout_close(j, '}');
	}
	jout_close(j, ']');
}

static void write_list(JsonOut *j, const char *key, Str separated)
{
	Str part;
	jout_key(j, key);
	jout_open(j, '[');
	while (str_split(&separated, ';', &part))
		jout_str(j, part);
	jout_close(j, ']');
}

/* Papers from before the electronic archive lie in a box. */
static void write_location(const Paper *p, JsonOut *j)
{
	CivilDate date = calendar_civil(p->day);
	char text[32];
	if (date.year >= 2019)
		return;
	jout_key(j, "location");
	jout_open(j, '{');
	jout_field_text(j, "repository", "Kho lưu trữ số 2");
	snprintf(text, sizeof text, "G%02d", date.year % 20 + 1);
	jout_field_text(j, "shelf", text);
	snprintf(text, sizeof text, "%03u", (unsigned)(units_index(p->office) * 4 + date.month / 4));
	jout_field_text(j, "box", text);
	jout_close(j, '}');
}

void paper_write_json(const Paper *p, bool with_text, Buf *out)
{
	const KindInfo *kind = &paper_kinds[p->kind];
	JsonOut j;
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_text(&j, "id", p->id);
	if (p->number[0])
		jout_field_text(&j, "number", p->number);
	jout_field_text(&j, "type", kind->name);
	write_date_field(&j, "issued", p->day);
	if (!p->applicant)
		jout_field_text(&j, "agency", p->office->name);
	jout_field_str(&j, "subject", buf_str(&p->subject));
	jout_key(&j, "signer");
	jout_open(&j, '{');
	jout_field_str(&j, "name", buf_str(&p->signer));
	jout_field_str(&j, "position", buf_str(&p->position));
	jout_close(&j, '}');
	if (p->recipient_count) {
		jout_key(&j, "recipients");
		jout_open(&j, '[');
		for (size_t i = 0; i < p->recipient_count; i++)
			jout_text(&j, p->recipients[i]);
		jout_close(&j, ']');
	}
	jout_field_text(&j, "direction", p->applicant ? "incoming" : "outgoing");
	jout_field_text(&j, "fonds", p->office->code);
	if (p->case_code[0])
		write_list(&j, "cases", str_from(p->case_code));
	jout_field_text(&j, "secrecy", "thường");
	jout_field_text(&j, "urgency", p->urgent ? "khẩn" : "thường");
	jout_field_text(&j, "language", "vi");
	jout_field_u64(&j, "pages", p->text.len / 2600 + 1);
	write_list(&j, "keywords", str_from(fields[p->field].keywords));
	jout_field_text(&j, "field", fields[p->field].name);
	jout_field_text(&j, "retention", kind->retention);
	jout_field_text(&j, "access", p->applicant ? "có điều kiện" : "công khai");
	write_location(p, &j);
	write_relations(p, &j);
	if (p->due)
		write_date_field(&j, "due", p->due);
	if (with_text) {
		jout_field_str(&j, "text", buf_str(&p->text));
	} else {
		write_list(&j, "files", str_from(p->file));
	}
	jout_close(&j, '}');
	buf_add_char(out, '\n');
}
