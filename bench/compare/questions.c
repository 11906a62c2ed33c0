/* bench/compare/questions.c - picks syllables and numbers from records spread evenly over the corpus, and reads the
 * questions of a file whose right answers another file knows. */
#include "bench/compare/compare.h"

#include "tokenizer/fold.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

const char *const ask_names[ASK_KINDS] = {
	"all words", "any word", "phrase", "without accents", "number", "question", "question without accents"};

/* ---- words ----------------------------------------------------------------------------------------------------- */

static bool is_word(Str s)
{
	if (s.len < 2 || s.len >= 24)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c < 0x80 && !((c | 32) >= 'a' && (c | 32) <= 'z'))
			return false;
	}
	return true;
}

/* Sets the text; the words are its runs of letters and digits. */
static void set_text(Question *q, Str text)
{
	size_t at = 0;
	*q = (Question){.text = strndup(text.ptr, text.len)};
	for (char *c = q->text; *c; c++)
		*c = (unsigned char)*c < ' ' ? ' ' : *c; /* one question is one line */
	while (at < text.len && q->count < QUESTION_WORDS) {
		size_t from = at;
		while (at < text.len &&
		       ((unsigned char)text.ptr[at] >= 0x80 || (text.ptr[at] >= '0' && text.ptr[at] <= '9') ||
			((text.ptr[at] | 32) >= 'a' && (text.ptr[at] | 32) <= 'z')))
			at++;
		if (at > from)
			q->words[q->count++] = strndup(text.ptr + from, at - from);
		else
			at++;
	}
}

static void set_folded(Question *q, Str text)
{
	Buf folded = {0};
	fold_text(text, &folded);
	set_text(q, buf_str(&folded));
	buf_done(&folded);
}

/* `want` neighbouring words of the subject, from about its middle. */
static bool find_words(Str subject, unsigned want, Str *out)
{
	size_t skip = subject.len / 3;
	unsigned count = 0;
	Str part;
	while (str_split(&subject, ' ', &part)) {
		if (skip > part.len + 1) {
			skip -= part.len + 1;
			continue;
		}
		skip = 0;
		if (!is_word(part)) {
			count = 0;
			continue;
		}
		if (count++ == 0)
			*out = part;
		out->len = (size_t)(part.ptr + part.len - out->ptr);
		if (count == want)
			return true;
	}
	return false;
}

static Question *add(Questions *q, AskKind kind)
{
	return &q->of[kind].list[q->of[kind].count++];
}

static void pick_from(Questions *q, const Item *item)
{
	Str words;
	size_t so_far = q->of[ASK_ALL].count;
	if (so_far < QUESTIONS_PICKED && find_words(item->subject, 2 + so_far % 2, &words)) {
		for (AskKind kind = ASK_ALL; kind <= ASK_PHRASE; kind++)
			set_text(add(q, kind), words);
		set_folded(add(q, ASK_UNACCENTED), words);
	}
	if (q->of[ASK_NUMBER].count < QUESTIONS_PICKED && item->number.len && item->number.len < 96)
		set_text(add(q, ASK_NUMBER), item->number);
}

static Status pick_all(Questions *q, const char *dir, Err *err)
{
	uint64_t count = 0, index = 0, stride = 1;
	for (int pass = 0; pass < 2; pass++) {
		Corpus *c = corpus_open(dir, err);
		Item item;
		Step step = c ? STEP_ITEM : STEP_ERROR;
		while (step == STEP_ITEM && (step = corpus_next(c, &item, err)) == STEP_ITEM) {
			if (pass == 0)
				count++;
			else if (index++ % stride == 0)
				pick_from(q, &item);
		}
		corpus_close(c);
		if (step == STEP_ERROR)
			return err->code;
		stride = count / (QUESTIONS_PICKED + QUESTIONS_PICKED / 2) + 1;
	}
	return ST_OK;
}

/* ---- questions with known answers ------------------------------------------------------------------------------- */

/* "question <tab> record" a line: adds the records of this question. */
static void add_relevant(Question *q, const char *id, FILE *qrels)
{
	char line[512];
	rewind(qrels);
	while (fgets(line, sizeof line, qrels)) {
		char *tab = strchr(line, '\t'), *end = tab ? strpbrk(tab + 1, "\t\r\n") : NULL;
		if (!end)
			continue;
		*tab = *end = 0;
		if (strcmp(line, id) != 0)
			continue;
		q->relevant = realloc(q->relevant, (q->relevant_count + 1) * sizeof *q->relevant);
		q->relevant[q->relevant_count++] = strdup(tab + 1);
	}
}

static void add_known(Questions *q, const json_t *query, FILE *qrels)
{
	const char *id = json_string_value(json_object_get(query, "id")),
		   *kind = json_string_value(json_object_get(query, "kind"));
	const json_t *text = json_object_get(query, "text"), *folded = json_object_get(query, "nodiac");
	if (!id || !json_is_string(text) || !json_is_string(folded) || (kind && strcmp(kind, "question") != 0) ||
	    q->of[ASK_QUESTION].count == QUESTIONS_MAX)
		return;
	Question *accented = add(q, ASK_QUESTION), *plain = add(q, ASK_QUESTION_UNACCENTED);
	set_text(accented, (Str){json_string_value(text), json_string_length(text)});
	set_text(plain, (Str){json_string_value(folded), json_string_length(folded)});
	add_relevant(accented, id, qrels);
	plain->relevant = accented->relevant;
	plain->relevant_count = accented->relevant_count;
	if (accented->relevant_count == 0) {
		q->of[ASK_QUESTION].count--;
		q->of[ASK_QUESTION_UNACCENTED].count--;
	}
}

static Status load_known(Questions *q, const char *queries_path, const char *qrels_path, Err *err)
{
	FILE *queries = fopen(queries_path, "r"), *qrels = fopen(qrels_path, "r");
	char *line = NULL;
	size_t capacity = 0;
	Status st = queries && qrels ? ST_OK : err_set(err, ST_IO, "%s or %s can't be read", queries_path, qrels_path);
	while (st == ST_OK && getline(&line, &capacity, queries) > 0) {
		json_t *query = json_loads(line, 0, NULL);
		add_known(q, query, qrels);
		json_decref(query);
	}
	free(line);
	if (queries)
		fclose(queries);
	if (qrels)
		fclose(qrels);
	return st;
}

Status questions_pick(const char *dir, const char *queries, const char *qrels, Questions *out, Err *err)
{
	*out = (Questions){0};
	Status st = pick_all(out, dir, err);
	return st == ST_OK && queries && qrels ? load_known(out, queries, qrels, err) : st;
}

Status questions_write(const Questions *q, const char *path, Err *err)
{
	FILE *out = fopen(path, "w");
	if (!out)
		return err_set(err, ST_IO, "%s can't be written", path);
	for (int kind = 0; kind < ASK_KINDS; kind++)
		for (size_t i = 0; i < q->of[kind].count; i++)
			fprintf(out, "%d\t%s\n", kind, q->of[kind].list[i].text);
	return fclose(out) == 0 ? ST_OK : err_set(err, ST_IO, "%s can't be written", path);
}
