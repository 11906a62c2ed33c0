/* bench/sample/scene.c - a slot's value is made when it is first asked for and kept until the scene ends. One function
 * for each slot, in the order of the names. */
#include "bench/sample/scene.h"

#include "bench/sample/calendar.h"
#include "bench/sample/people.h"

#include <stdio.h>
#include <stdlib.h>

typedef void SlotWriter(Scene *s, Buf *out);

static int year_of(const Scene *s)
{
	return calendar_civil(s->day).year;
}

static void write_year(Scene *s, Buf *out)
{
	buf_printf(out, "%d", year_of(s));
}
static void write_last_year(Scene *s, Buf *out)
{
	buf_printf(out, "%d", year_of(s) - 1);
}
static void write_next_year(Scene *s, Buf *out)
{
	buf_printf(out, "%d", year_of(s) + 1);
}

static void write_school_year(Scene *s, Buf *out)
{
	CivilDate date = calendar_civil(s->day);
	int first = date.month >= 6 ? date.year : date.year - 1;
	buf_printf(out, "%d - %d", first, first + 1);
}

static void write_area(Scene *s, Buf *out)
{
	buf_add_zero_terminated(out, s->office->area);
}

/* A part of the area: "huyện Thạch Lâm", "xã Tân Lập, huyện Thạch Lâm" (with its district while there are any). */
static void write_part_of_area(Scene *s, Buf *out)
{
	const Office *place = s->where;
	buf_add_zero_terminated(out, place->area);
	const District *district = place->level == LEVEL_COMMUNE ? units_district(place->district) : NULL;
	if (district && s->office->level < LEVEL_DISTRICT)
		buf_printf(out, ", %s", district->name);
}

static void write_hamlet(Scene *s, Buf *out)
{
	buf_add_zero_terminated(out, units_hamlet(s->random));
}

static const Office *some_commune(Scene *s)
{
	if (s->office->level == LEVEL_COMMUNE)
		return s->office;
	return units_commune(s->random, s->day, s->office->level == LEVEL_DISTRICT ? s->office->district : -1);
}

static void write_commune(Scene *s, Buf *out)
{
	buf_add_zero_terminated(out, some_commune(s)->area);
}

static void write_commune_name(Scene *s, Buf *out)
{
	buf_add_zero_terminated(out, some_commune(s)->place);
}

static void write_person(Scene *s, Buf *out)
{
	people_write(s->random, true, out);
}

static void write_past_date(Scene *s, Buf *out)
{
	calendar_write_short(s->day - random_between(s->random, 3, 40), out);
}

static void write_first_of_next_month(Scene *s, Buf *out)
{
	CivilDate date = calendar_civil(s->day);
	int next = date.month == 12 ? calendar_day(date.year + 1, 1, 1) : calendar_day(date.year, date.month + 1, 1);
	calendar_write_short(next, out);
}

static void write_deadline(Scene *s, Buf *out)
{
	int day = calendar_add_working(s->day + random_between(s->random, 8, 75), 0);
	buf_add_zero_terminated(out, "ngày ");
	calendar_write_short(day, out);
}

static const char *const quarters[] = {"quý I", "quý II", "quý III", "quý IV"};

static void write_quarter(Scene *s, Buf *out)
{
	buf_add_zero_terminated(out, quarters[(calendar_civil(s->day).month - 1) / 3]);
}

static void write_report_period(Scene *s, Buf *out)
{
	CivilDate date = calendar_civil(s->day);
	if (date.month == 12 || date.month == 1)
		buf_printf(out, "năm %d", date.month == 1 ? date.year - 1 : date.year);
	else if (date.month == 6)
		buf_printf(out, "6 tháng đầu năm %d", date.year);
	else if (date.month == 9)
		buf_printf(out, "9 tháng đầu năm %d", date.year);
	else if (date.day > 20)
		buf_printf(out, "tháng %u năm %d", date.month, date.year);
	else
		buf_printf(out, "tháng %u năm %d", date.month - 1, date.year);
}

static void write_office(Scene *s, Buf *out)
{
	buf_add_zero_terminated(out, s->office->name);
}

static void write_superior(Scene *s, Buf *out)
{
	buf_add_zero_terminated(out, s->office->level <= LEVEL_PROVINCE ? "Chính phủ"
									: units_superior(s->office, s->day)->name);
}

/* " xã", " thị trấn": the area without its name */
static void write_kind_of_area(Scene *s, Buf *out)
{
	static const char *const kinds[] = {"xã ", "phường ", "thị trấn ", "huyện ", "thị xã ", "thành phố "};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_starts(str_from(s->office->area), str_from(kinds[i])))
			buf_printf(out, " %.*s", (int)strlen(kinds[i]) - 1, kinds[i]);
}

/* A unit that belongs to the office, or works beside it. */
static void write_unit(Scene *s, Buf *out)
{
	static const char *const of_district[] = {
		"Phòng Tài chính - Kế hoạch",
		"Phòng Tài nguyên và Môi trường",
		"Phòng Nội vụ",
		"Phòng Kinh tế và Hạ tầng",
		"Phòng Giáo dục và Đào tạo",
		"Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",
		"Trung tâm Y tế",
		"Công an",
	};
	static const char *const of_commune[] = {
		"Công an",   "Văn phòng Ủy ban nhân dân",   "Ủy ban Mặt trận Tổ quốc Việt Nam", "Hội Nông dân",
		"Trạm Y tế", "bộ phận Tài chính - Kế toán", "bộ phận Tư pháp - Hộ tịch",
	};
	static const char *const of_department[] = {
		"Văn phòng Sở",         "Phòng Kế hoạch - Tài chính",    "Thanh tra Sở",
		"Phòng Tổ chức cán bộ", "Trung tâm Công nghệ thông tin",
	};
#define ONE_OF(table) buf_add_zero_terminated(out, table[random_below(s->random, sizeof(table) / sizeof *(table))])
	switch (s->office->level) {
	case LEVEL_COUNCIL:
	case LEVEL_PROVINCE:
		buf_add_zero_terminated(out, units_pick_level(s->random, s->day, LEVEL_DEPARTMENT,
							      random_chance(s->random, 60) ? (int)s->field : -1)
						     ->name);
		break;
	case LEVEL_DEPARTMENT:
		if (random_chance(s->random, 60))
			ONE_OF(of_department);
		else
			buf_add_zero_terminated(out, units_pick_level(s->random, s->day, LEVEL_DEPARTMENT, -1)->name);
		break;
	case LEVEL_DISTRICT:
		ONE_OF(of_district);
		write_kind_of_area(s, out);
		break;
	case LEVEL_COMMUNE:
		ONE_OF(of_commune);
		write_kind_of_area(s, out);
		break;
	}
#undef ONE_OF
}

static void write_topic(Scene *s, Buf *out)
{
	scene_write(s, "viec", out);
}
static void write_field(Scene *s, Buf *out)
{
	scene_write(s, "linh_vuc", out);
}

static void write_cited(Scene *s, Buf *out)
{
	if (s->cited.len)
		buf_add_str(out, s->cited);
	else
		buf_printf(out, "Chương trình công tác năm %d", year_of(s));
}

static void write_cited_about(Scene *s, Buf *out)
{
	if (s->cited_about.len)
		buf_add_str(out, s->cited_about);
	else
		buf_printf(out, "của %s", s->office->name);
}

typedef struct {
	SlotWriter *write;
	bool keep; /* said once, it stays for the whole scene */
} Slot;

/* One table for both: name and writer stand in the same place. */
/* clang-format off */
#define SLOTS(X) \
	X(nam, write_year, false) X(nam_truoc, write_last_year, false) X(nam_sau, write_next_year, false) \
	X(nam_hoc, write_school_year, false) X(noi, write_area, false) X(dia_ban, write_part_of_area, false) \
	X(thon, write_hamlet, true) X(xa, write_commune, true) X(xa_ten, write_commune_name, false) \
	X(ong_ba, write_person, true) X(ong_ba_khac, write_person, false) X(ngay, write_past_date, false) \
	X(ngay_sau, write_first_of_next_month, false) X(han, write_deadline, false) X(quy, write_quarter, false) \
	X(ky_bc, write_report_period, false) X(co_quan, write_office, false) X(cap_tren, write_superior, false) \
	X(don_vi, write_unit, false) X(noi_nhan_bc, write_office, false) X(viec, write_topic, true) \
	X(linh_vuc, write_field, false) X(van_ban_den, write_cited, false) X(ve_viec_den, write_cited_about, false)
/* clang-format on */

#define NAME(name, write, keep) #name,
const char *const scene_slots[] = {SLOTS(NAME) NULL};
#define ENTRY(name, write, keep) {write, keep},
static const Slot slots[] = {SLOTS(ENTRY)};
_Static_assert(sizeof slots / sizeof *slots <= sizeof((Scene *)0)->kept_slots / sizeof(Str), "room for every slot");

static void write_slot(void *ctx, unsigned slot, Buf *out)
{
	Scene *s = ctx;
	if (!slots[slot].keep) {
		slots[slot].write(s, out);
		return;
	}
	if (!s->kept_slots[slot].ptr) {
		Buf value = {0};
		slots[slot].write(s, &value);
		s->kept_slots[slot] = arena_copy(&s->arena, buf_str(&value));
		buf_done(&value);
	}
	buf_add_str(out, s->kept_slots[slot]);
}

static GrammarScene view(Scene *s)
{
	static const uint8_t scales[] = {
		[LEVEL_COUNCIL] = 2,  [LEVEL_PROVINCE] = 2, [LEVEL_DEPARTMENT] = 2,
		[LEVEL_DISTRICT] = 1, [LEVEL_COMMUNE] = 0,
	};
	return (GrammarScene){s->random,      &s->arena, s->kept_rules, write_slot, s, scales[s->office->level],
			      s->last_numbers};
}

/* Where the matter lies: for the province a district or a commune, for a district one of its communes. */
static const Office *pick_place(Scene *s)
{
	switch (s->office->level) {
	case LEVEL_DISTRICT:
		return units_commune(s->random, s->day, s->office->district);
	case LEVEL_COMMUNE:
		return s->office;
	default:
		return random_chance(s->random, 60)
			       ? units_commune(s->random, s->day, -1)
			       : units_pick_level(s->random, s->day, s->day >= 20270 ? LEVEL_COMMUNE : LEVEL_DISTRICT,
						  -1);
	}
}

Scene *scene_new(const Grammar *grammar, Random *random, FieldId field, const Office *office, int day, Err *err)
{
	Scene *s = calloc(1, sizeof *s);
	if (s)
		s->kept_rules = calloc(grammar_rule_count(grammar), sizeof *s->kept_rules);
	if (!s || !s->kept_rules) {
		free(s);
		err_no_memory(err);
		return NULL;
	}
	s->grammar = grammar;
	s->random = random;
	s->field = field;
	s->office = office;
	s->day = day;
	s->where = pick_place(s);
	return s;
}

void scene_free(Scene *s)
{
	if (!s)
		return;
	arena_done(&s->arena);
	free(s->kept_rules);
	free(s);
}

static int rule_of(const Scene *s, const char *prefix, const char *what)
{
	char name[64];
	snprintf(name, sizeof name, "%s.%s", prefix, what);
	return grammar_find(s->grammar, name);
}

void scene_write_rule(Scene *s, const char *rule, Buf *out)
{
	GrammarScene g = view(s);
	int number = grammar_find(s->grammar, rule);
	if (number >= 0)
		grammar_write(s->grammar, number, &g, out);
	else
		out->failed = true; /* seen by the first run of any test */
}

void scene_write(Scene *s, const char *what, Buf *out)
{
	char name[64];
	snprintf(name, sizeof name, "%s.%s", fields[s->field].prefix, what);
	scene_write_rule(s, name, out);
}

/* Alternatives in a random order without repetition: a random start and a step that shares no divisor with the count.
 */
static void write_some(Scene *s, int rule, unsigned count, unsigned *number, const char *before, const char *after,
		       Buf *out)
{
	GrammarScene g = view(s);
	unsigned all = rule < 0 ? 0 : grammar_alternatives(s->grammar, rule);
	if (count > all)
		count = all;
	if (count == 0)
		return;
	static const unsigned primes[] = {1, 7, 11, 13, 17, 19};
	unsigned at = random_below(s->random, all), step;
	do
		step = primes[random_below(s->random, 6)];
	while (step != 1 && all % step == 0);
	for (unsigned i = 0; i < count; i++, at = (at + step) % all) {
		for (const char *c = before; *c; c++) {
			if (*c == '%')
				buf_printf(out, "%u", ++*number);
			else
				buf_add_char(out, *c);
		}
		size_t start = out->len;
		grammar_write_alternative(s->grammar, rule, at, &g, out);
		if (out->len > start)
			grammar_capitalise(out->data + start, out->len - start);
		buf_add_zero_terminated(out, after);
	}
}

void scene_write_list(Scene *s, const char *what, unsigned count, unsigned common, const char *before,
		      const char *after, Buf *out)
{
	unsigned number = 0;
	write_some(s, rule_of(s, fields[s->field].prefix, what), count, &number, before, after, out);
	write_some(s, rule_of(s, "chung", what), common, &number, before, after, out);
}

Str scene_slot(Scene *s, const char *name)
{
	for (unsigned i = 0; scene_slots[i]; i++) {
		if (strcmp(scene_slots[i], name) == 0) {
			Buf ignored = {0};
			write_slot(s, i, &ignored);
			buf_done(&ignored);
			return s->kept_slots[i];
		}
	}
	return (Str){NULL, 0};
}
