/* indexer/search/grade.c - the parts of a record, the likely ones first: subject, beginning of the text, all of it, the
 * other fields, the names of its files. */
#include "indexer/search/grade.h"

#include "indexer/terms/terms.h"

/* Is called with each part until it says that this is enough. */
typedef Status EachPart(void *ctx, Str part, bool *enough);

static Status each_field(const Record *record, EachPart *each, void *ctx, bool *enough)
{
	Status st = ST_OK;
	RecordFieldId field;
	for (size_t i = 0; st == ST_OK && !*enough && terms_worded_field(i, &field); i++) {
		const FieldValue *value = &record->fields[field];
		if (field == RF_SUBJECT)
			continue;
		if (value->text.len)
			st = each(ctx, value->text, enough);
		for (size_t k = 0; st == ST_OK && !*enough && k < value->count; k++)
			st = each(ctx, value->items[k], enough);
	}
	return st;
}

static Status each_part(View *view, LoadedHit *loaded, EachPart *each, void *ctx)
{
	bool enough = false;
	Str subject = record_text(&loaded->hit.record, RF_SUBJECT);
	Status st = subject.len ? each(ctx, subject, &enough) : ST_OK;
	if (st == ST_OK && !enough)
		st = each(ctx, buf_str(&view->text), &enough);
	if (st == ST_OK && !enough && !loaded->is_all) {
		st = view_load_text(view, &loaded->entry, PASSAGE_TEXT_MAX, &loaded->is_all);
		loaded->is_all = true;
		if (st == ST_OK)
			st = each(ctx, buf_str(&view->text), &enough);
	}
	if (st == ST_OK && !enough)
		st = each_field(&loaded->hit.record, each, ctx, &enough);
	for (size_t i = 0; st == ST_OK && !enough && i < loaded->entry.object_count; i++)
		if (terms_file_is_worded(loaded->entry.objects[i].role))
			st = each(ctx, terms_file_words(loaded->entry.objects[i].name), &enough);
	return st;
}

typedef struct {
	View *view;
	const Clause *clause;
	PhraseGrade enough, best;
	bool parted, holds;
} Grading;

static Status grade_part(void *ctx, Str part, bool *enough)
{
	Grading *g = ctx;
	PhraseGrade grade = PHRASE_NONE;
	Status st = passage_grade(part, g->clause, g->enough, g->parted, g->view->tokens, &grade, g->view->err);
	g->best = grade > g->best ? grade : g->best;
	*enough = g->best >= g->enough;
	return st;
}

Status grade_row(View *view, LoadedHit *loaded, const Clause *clause, PhraseGrade enough, bool parted, PhraseGrade *out)
{
	Grading g = {.view = view, .clause = clause, .enough = enough, .parted = parted};
	Status st = each_part(view, loaded, grade_part, &g);
	*out = g.best;
	return st;
}

static Status look_near(void *ctx, Str part, bool *enough)
{
	Grading *g = ctx;
	Status st = passage_near(part, g->clause, g->view->tokens, &g->holds, g->view->err);
	*enough = st == ST_OK && g->holds;
	return st;
}

Status grade_near(View *view, LoadedHit *loaded, const Clause *clause, bool *holds_out)
{
	Grading g = {.view = view, .clause = clause};
	Status st = each_part(view, loaded, look_near, &g);
	*holds_out = g.holds;
	return st;
}
