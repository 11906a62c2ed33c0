/* bench/sample/desk.c - open work waits in a heap ordered by the day of its next paper; a new piece of work
 * begins only when nothing older is due, so the papers come out in order of time and numbers never run backwards. */
#include "bench/sample/desk.h"

#include "base/json_out.h"
#include "bench/sample/bodies.h"
#include "bench/sample/calendar.h"
#include "bench/sample/counter.h"
#include "bench/sample/memory.h"
#include "bench/sample/numbers.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPEN_MAX = 512, STEPS_MAX = 6 };

typedef struct {
	PaperKind kind;
	Level level;
	uint8_t least, most; /* working days after the step before */
} CourseStep;

typedef struct {
	const char *title; /* the topic follows */
	CourseStep steps[STEPS_MAX];
	size_t count;
} Course;

static const Course courses[] = {
	{"Hồ sơ chỉ đạo, điều hành về việc ",
	 {{KIND_PLAN, LEVEL_PROVINCE, 0, 0},
	  {KIND_LETTER, LEVEL_DEPARTMENT, 4, 15},
	  {KIND_REPORT, LEVEL_COMMUNE, 15, 60},
	  {KIND_REPORT, LEVEL_DEPARTMENT, 5, 20},
	  {KIND_NOTICE, LEVEL_PROVINCE, 5, 15}},
	 5},
	{"Hồ sơ trình, phê duyệt về việc ",
	 {{KIND_SUBMISSION, LEVEL_DEPARTMENT, 0, 0},
	  {KIND_INVITATION, LEVEL_PROVINCE, 3, 8},
	  {KIND_DECISION, LEVEL_PROVINCE, 4, 15},
	  {KIND_LETTER, LEVEL_DEPARTMENT, 5, 20},
	  {KIND_REPORT, LEVEL_DEPARTMENT, 30, 90}},
	 5},
	{"Hồ sơ kiểm tra, đôn đốc việc ",
	 {{KIND_LETTER, LEVEL_PROVINCE, 0, 0},
	  {KIND_MINUTES, LEVEL_COMMUNE, 5, 20},
	  {KIND_REPORT, LEVEL_DEPARTMENT, 4, 15},
	  {KIND_DECISION, LEVEL_PROVINCE, 6, 25}},
	 4},
	{"Hồ sơ công việc của cấp xã về việc ",
	 {{KIND_PLAN, LEVEL_COMMUNE, 0, 0}, {KIND_NOTICE, LEVEL_COMMUNE, 2, 10}, {KIND_REPORT, LEVEL_COMMUNE, 20, 60}},
	 3},
	{"Hồ sơ xây dựng văn bản về việc ",
	 {{KIND_SUBMISSION, LEVEL_DEPARTMENT, 0, 0},
	  {KIND_RULES, LEVEL_PROVINCE, 8, 30},
	  {KIND_GUIDE, LEVEL_DEPARTMENT, 6, 25},
	  {KIND_PLAN, LEVEL_COMMUNE, 10, 30}},
	 4},
};

/* An open case: a work file (course) or a one-stop case (procedure). */
typedef struct {
	Scene *scene;
	const Course *course;
	const Procedure *procedure;
	const Office *owner, *commune, *department;
	size_t step;
	int day, opened, due;
	unsigned papers;
	char code[64], basis[PAPER_CITATION_MAX];
} Work;

struct Desk {
	const Grammar *grammar;
	DeskOptions options;
	Random random;
	Work *open[OPEN_MAX]; /* heap, earliest first */
	size_t open_count;
	Numbers *numbers;
	unsigned cases_of_year;
	int cases_year;
	Memory memory;
	uint64_t done;
};

/* ---- heap ------------------------------------------------------------------------------------------------------ */

static void swap(Work **a, Work **b)
{
	Work *held = *a;
	*a = *b;
	*b = held;
}

static void push(Desk *d, Work *w)
{
	size_t i = d->open_count++;
	d->open[i] = w;
	for (; i > 0 && d->open[(i - 1) / 2]->day > d->open[i]->day; i = (i - 1) / 2)
		swap(&d->open[i], &d->open[(i - 1) / 2]);
}

static Work *pop(Desk *d)
{
	Work *top = d->open[0];
	size_t i = 0;
	d->open[0] = d->open[--d->open_count];
	for (;;) {
		size_t least = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < d->open_count; child++)
			if (d->open[child]->day < d->open[least]->day)
				least = child;
		if (least == i)
			return top;
		swap(&d->open[i], &d->open[least]);
		i = least;
	}
}

/* ---- citing ---------------------------------------------------------------------------------------------------- */

static void relate(Paper *p, const char *kind, const char *number)
{
	if (p->relation_count == PAPER_RELATIONS_MAX)
		return;
	Relation *r = &p->relations[p->relation_count++];
	r->kind = kind;
	snprintf(r->number, sizeof r->number, "%s", number);
}

/* ---- writing one paper ----------------------------------------------------------------------------------------- */

/* "Kế hoạch số 12/KH-UBND ngày …": the number is what a look-up wants. */
static void relate_basis(Paper *p, const char *basis)
{
	char number[64];
	const char *start = strstr(basis, " số ");
	if (!start)
		return;
	start += strlen(" số ");
	snprintf(number, sizeof number, "%.*s", (int)strcspn(start, " "), start);
	if (str_find(buf_str(&p->text), str_from(number)) >= 0)
		relate(p, "basis", number);
}

/* A paper of a course rests on the one before it, any other on something that was issued in its field. */
static void write_paper(Desk *d, Paper *p, Scene *s, const char *before)
{
	BodyOptions options = {.richness = (unsigned)random_between(&d->random, 1, (int)d->options.richness)};
	const Cited *cited = memory_recall(&d->memory, p, false, &d->random);
	const Cited *replaced = p->kind == KIND_RULES ? memory_recall(&d->memory, p, true, &d->random) : NULL;
	p->urgent = random_chance(&d->random, 3);
	p->two_columns = random_chance(&d->random, 25);
	p->new_tones = random_chance(&d->random, 9);
	s->cited = cited ? str_from(cited->text) : (Str){0};
	s->cited_about = cited ? str_from(cited->about) : (Str){0};
	if (before[0])
		snprintf(options.basis, sizeof options.basis, "%s", before);
	else if (cited && random_chance(&d->random, 60))
		snprintf(options.basis, sizeof options.basis, "%s", cited->text);
	if (replaced)
		snprintf(options.replaced, sizeof options.replaced, "%s", replaced->text);
	numbers_give(d->numbers, p, &d->random);
	bodies_write_subject(p, s);
	bodies_write(p, s, &options);
	relate_basis(p, options.basis);
	if (replaced)
		relate(p, "replaces", replaced->number);
	if (cited && !p->relation_count && str_find(buf_str(&p->text), str_from(cited->number)) >= 0)
		relate(p, "refers", cited->number);
	if (p->kind == KIND_LETTER && random_chance(&d->random, 35))
		p->due = calendar_add_working(p->day, random_between(&d->random, 5, 20));
	memory_add(&d->memory, p);
}

static PaperKind pick_kind(Desk *d, Level level)
{
	static const struct {
		PaperKind kind;
		uint8_t weight[5];
	} kinds[] = {
		/* council, province, department, district, commune */
		{KIND_RESOLUTION, {85, 0, 0, 0, 0}},  {KIND_RULES, {0, 6, 0, 2, 0}},
		{KIND_DECISION, {0, 46, 16, 44, 30}}, {KIND_DIRECTIVE, {0, 3, 0, 2, 0}},
		{KIND_PLAN, {5, 11, 14, 12, 15}},     {KIND_REPORT, {10, 7, 16, 12, 17}},
		{KIND_LETTER, {0, 17, 34, 16, 14}},   {KIND_NOTICE, {0, 6, 6, 4, 9}},
		{KIND_SUBMISSION, {0, 2, 6, 4, 6}},   {KIND_INVITATION, {0, 2, 4, 3, 4}},
		{KIND_MINUTES, {0, 0, 2, 1, 5}},      {KIND_GUIDE, {0, 0, 2, 0, 0}},
	};
	int mark = (int)random_below(&d->random, 100);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		mark -= kinds[i].weight[level];
		if (mark < 0)
			return kinds[i].kind;
	}
	return KIND_LETTER;
}

static FieldId pick_field(Desk *d, const Office *office)
{
	FieldId field;
	do
		field = (FieldId)random_below(&d->random, FIELD_COUNT);
	while (!(office->fields & 1u << field));
	return field;
}

/* Departments and, before 2025, communes decide on their own staff, money and files only. */
static bool decides_little(const Office *o)
{
	return o->level == LEVEL_DEPARTMENT || (o->level == LEVEL_COMMUNE && o->district >= 0);
}

static FieldId pick_own_matter(Desk *d)
{
	static const FieldId own[] = {FIELD_REFORM, FIELD_FINANCE, FIELD_STAFF};
	return own[random_below(&d->random, sizeof own / sizeof *own)];
}

static Status write_single(Desk *d, Paper *p, int day, Err *err)
{
	p->office = units_pick(&d->random, day, -1);
	p->kind = pick_kind(d, p->office->level);
	p->field =
		p->kind == KIND_DECISION && decides_little(p->office) ? pick_own_matter(d) : pick_field(d, p->office);
	p->day = day;
	Scene *s = scene_new(d->grammar, &d->random, p->field, p->office, day, err);
	if (!s)
		return err->code;
	write_paper(d, p, s, "");
	scene_free(s);
	return ST_OK;
}

/* ---- cases ----------------------------------------------------------------------------------------------------- */

static void write_case(const Work *w, bool closed, Buf *out)
{
	JsonOut j;
	char opened[11], last[11], due[11];
	Str topic = w->course ? scene_slot(w->scene, "viec") : (Str){0};
	Buf title = {0};
	civil_date_format(calendar_civil(w->opened), opened);
	civil_date_format(calendar_civil(w->scene->day), last);
	civil_date_format(calendar_civil(w->due), due);
	if (w->course)
		buf_printf(&title, "%s%.*s", w->course->title, STR_ARG(topic));
	else
		buf_printf(&title, "%s - %.*s", w->procedure->name, STR_ARG(scene_slot(w->scene, "ong_ba")));
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_text(&j, "case", w->code);
	jout_field_str(&j, "title", buf_str(&title));
	jout_field_text(&j, "agency", w->owner->name);
	jout_field_text(&j, "fonds", w->owner->code);
	jout_field_text(&j, "field", fields[w->scene->field].name);
	jout_field_text(&j, "retention", w->course ? "20 năm" : "vĩnh viễn");
	jout_field_text(&j, "access", w->course ? "công khai" : "có điều kiện");
	if (w->due)
		jout_field_text(&j, "due", due);
	jout_key(&j, "extra");
	jout_open(&j, '{');
	jout_field_text(&j, "opened", opened);
	if (closed)
		jout_field_text(&j, "closed", last);
	jout_field_u64(&j, "documents", w->papers);
	if (w->procedure)
		jout_field_text(&j, "procedure", w->procedure->name);
	jout_field_text(&j, "state",
			closed ? w->due && w->scene->day > w->due ? "đã trả kết quả, quá hạn" : "đã kết thúc"
			       : "đang giải quyết");
	jout_close(&j, '}');
	jout_close(&j, '}');
	buf_add_char(out, '\n');
	buf_done(&title);
}

static void free_work(Work *w)
{
	if (!w)
		return;
	scene_free(w->scene);
	free(w);
}

static const Office *commune_of(Desk *d, Work *w, int day)
{
	if (day >= w->commune->from && day <= w->commune->to)
		return w->commune;
	return w->commune = units_commune(&d->random, day, -1);
}

static const Office *office_for(Desk *d, Work *w, Level level, int day)
{
	switch (level) {
	case LEVEL_COMMUNE:
		return commune_of(d, w, day);
	case LEVEL_DEPARTMENT:
		if (day < w->department->from || day > w->department->to)
			w->department = units_pick_level(&d->random, day, LEVEL_DEPARTMENT, (int)w->scene->field);
		return w->department;
	default:
		return units_pick_level(&d->random, day, level, -1);
	}
}

static unsigned next_case_number(Desk *d, int day)
{
	int year = calendar_civil(day).year;
	if (year != d->cases_year) {
		d->cases_year = year;
		d->cases_of_year = 0;
	}
	return ++d->cases_of_year;
}

static void name_case(Desk *d, Work *w)
{
	CivilDate date = calendar_civil(w->opened);
	if (w->course)
		snprintf(w->code, sizeof w->code, "%s.%d.%s-%03u", w->owner->code, date.year,
			 fields[w->scene->field].mark, next_case_number(d, w->opened));
	else
		snprintf(w->code, sizeof w->code, "%s-%02d%02u%02u-%04u", w->owner->code, date.year % 100, date.month,
			 date.day, numbers_case(d->numbers, w->owner, w->opened, &d->random) % 10000);
}

static Status begin_work(Desk *d, int day, Work **out, Err *err)
{
	Work *w = calloc(1, sizeof *w);
	if (!w)
		return err_no_memory(err);
	FieldId field = (FieldId)random_below(&d->random, FIELD_COUNT);
	Level level = LEVEL_PROVINCE;
	if (random_chance(&d->random, 55)) {
		w->procedure = counter_pick(&d->random);
		field = w->procedure->field;
		level = w->procedure->level;
		if (level == LEVEL_DISTRICT && day >= 20270)
			level = LEVEL_COMMUNE;
	} else {
		w->course = &courses[random_below(&d->random, sizeof courses / sizeof *courses)];
		level = w->course->steps[0].level;
	}
	w->owner = units_pick_level(&d->random, day, level, (int)field);
	w->department =
		level == LEVEL_DEPARTMENT ? w->owner : units_pick_level(&d->random, day, LEVEL_DEPARTMENT, (int)field);
	w->commune = level == LEVEL_COMMUNE ? w->owner : units_commune(&d->random, day, -1);
	w->opened = w->day = day;
	w->scene = scene_new(d->grammar, &d->random, field, w->owner, day, err);
	if (!w->scene) {
		free_work(w);
		return err->code;
	}
	if (level != LEVEL_DISTRICT)
		w->scene->where = w->commune;
	if (w->procedure)
		w->due = calendar_add_working(day, (int)w->procedure->days);
	name_case(d, w);
	*out = w;
	return ST_OK;
}

/* The next paper of a one-stop case; the result may come late. */
static void write_counter_step(Desk *d, Work *w, Paper *p)
{
	static const PaperKind order[] = {KIND_APPLICATION, KIND_RECEIPT, KIND_COUNT, KIND_ROUTING};
	static const char *const marks[] = {"DON", "GTN", "KQ", "PKS"};
	bool last = w->step + 1 == sizeof order / sizeof *order;
	p->kind = order[w->step] == KIND_COUNT ? w->procedure->result : order[w->step];
	p->office = w->owner;
	if (w->day > w->owner->to) /* the office was merged while the case was open */
		p->office = w->owner = units_pick_level(&d->random, w->day, LEVEL_COMMUNE, (int)p->field);
	w->scene->office = p->office;
	p->due = p->kind == KIND_RECEIPT ? w->due : 0;
	p->new_tones = random_chance(&d->random, 9);
	if (paper_kinds[p->kind].numbered)
		numbers_give(d->numbers, p, &d->random);
	snprintf(p->id, sizeof p->id, "%s-%s", w->code, marks[w->step]);
	counter_write(p, w->scene, w->procedure, w->opened, w->due);
	if (w->step == 1) {
		int days = (int)w->procedure->days;
		int late = random_chance(&d->random, 5) ? random_between(&d->random, 1, 6) : 0;
		w->day = calendar_add_working(w->opened,
					      late ? days + late : random_between(&d->random, days / 2, days));
	}
	w->step = last ? SIZE_MAX : w->step + 1;
}

static void write_course_step(Desk *d, Work *w, Paper *p)
{
	const CourseStep *step = &w->course->steps[w->step];
	p->kind = step->kind;
	p->office = office_for(d, w, step->level, w->day);
	w->scene->office = p->office;
	p->topical = true;
	write_paper(d, p, w->scene, w->basis);
	paper_cite(p, w->basis);
	if (++w->step == w->course->count) {
		w->step = SIZE_MAX;
		return;
	}
	step = &w->course->steps[w->step];
	w->day = calendar_add_working(w->day, random_between(&d->random, step->least, step->most));
}

static void write_step(Desk *d, Work *w, Paper *p, Buf *cases)
{
	p->field = w->scene->field;
	p->day = w->scene->day = w->day;
	snprintf(p->case_code, sizeof p->case_code, "%s", w->code);
	if (w->procedure)
		write_counter_step(d, w, p);
	else
		write_course_step(d, w, p);
	w->papers++;
	if (w->step == SIZE_MAX || d->open_count == OPEN_MAX) {
		write_case(w, true, cases);
		free_work(w);
	} else {
		push(d, w);
	}
}

/* ---- the desk -------------------------------------------------------------------------------------------------- */

Desk *desk_new(const Grammar *grammar, const DeskOptions *options, Err *err)
{
	Desk *d = calloc(1, sizeof *d);
	if (!d) {
		err_no_memory(err);
		return NULL;
	}
	d->numbers = numbers_new(err);
	if (!d->numbers) {
		free(d);
		return NULL;
	}
	d->grammar = grammar;
	d->options = *options;
	d->random.state = options->seed;
	return d;
}

void desk_free(Desk *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->open_count; i++)
		free_work(d->open[i]);
	numbers_free(d->numbers);
	free(d);
}

Status desk_next(Desk *d, Paper *p, Buf *cases, Err *err)
{
	const DeskOptions *o = &d->options;
	uint64_t span = (uint64_t)(o->last_day - o->first_day);
	int day = calendar_add_working(o->first_day + (int)(span * d->done / (o->records ? o->records : 1)), 0);
	Status st = ST_OK;
	if (d->open_count && d->open[0]->day <= day) {
		write_step(d, pop(d), p, cases);
	} else if (random_chance(&d->random, 22)) {
		Work *w = NULL;
		st = begin_work(d, day, &w, err);
		if (st == ST_OK)
			write_step(d, w, p, cases);
	} else {
		st = write_single(d, p, day, err);
	}
	if (st == ST_OK && p->new_tones)
		paper_move_tones(&p->text);
	if (st == ST_OK && (!buf_ok(&p->text) || !buf_ok(&p->subject)))
		st = err_set(err, ST_INTERNAL, "paper %s could not be written: a rule is missing or memory ran out",
			     p->id);
	d->done++;
	return st;
}

void desk_finish(Desk *d, Buf *cases)
{
	while (d->open_count) {
		Work *w = pop(d);
		if (w->papers)
			write_case(w, false, cases);
		free_work(w);
	}
}
