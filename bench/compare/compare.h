/* bench/compare/compare.h - the same records and questions for hoso and its peers, in one run.
 *
 *   records.jsonl ─► corpus.bin (texts, decoded once) ─► build in a child process ─► ask in this process ─► one table
 *
 * A peer gets its texts decoded; hoso gets the JSON file and does everything it does for a user (JSON, hashing,
 * archive, fsync, index). So the comparison is to hoso's disadvantage on purpose.
 *
 *   corpus.c       texts and how they are read          questions.c   what is asked
 *   measure.c      times and quality of one engine      table.c       the Markdown
 *   engine_….c     one file for each engine             lucene/       the part of Lucene's that is Java
 *
 * Units    bytes, nanoseconds
 * Owns     Items point into the reader's buffer until the next one
 * Errors   each function names its own; an engine that is not on this machine is ST_NOT_FOUND and left out
 * Threads  one; the builds run in processes of their own
 */
#ifndef BENCH_COMPARE_COMPARE_H
#define BENCH_COMPARE_COMPARE_H

#include "base/linkage.h"

C_LINKAGE_BEGIN

#include "base/buf.h"

/* ---- corpus.c -------------------------------------------------------------------------------------------------- */

typedef struct {
	Str id, number, subject, text;
} Item;

typedef struct Corpus Corpus;
/* Decodes a JSONL file (.zst too) once into dir/corpus.bin and, for hoso, dir/records.jsonl. */
Status corpus_prepare(const char *path, const char *dir, uint64_t limit, Err *err);
Corpus *corpus_open(const char *dir, Err *err);
Step corpus_next(Corpus *c, Item *out, Err *err);
void corpus_close(Corpus *c);

/* ---- questions.c ----------------------------------------------------------------------------------------------- */

/* Two or three neighbouring syllables of subjects, asked in four ways; numbers; questions of people (where given). */
typedef enum {
	ASK_ALL,
	ASK_ANY,
	ASK_PHRASE,
	ASK_UNACCENTED,
	ASK_NUMBER,
	ASK_QUESTION,
	ASK_QUESTION_UNACCENTED,
	ASK_KINDS
} AskKind;
extern const char *const ask_names[ASK_KINDS];

enum { QUESTION_WORDS = 48, QUESTIONS_PICKED = 200, QUESTIONS_MAX = 600, DEPTH = 20, ID_MAX = 129 };

typedef struct {
	char *text;                  /* as a person types it; a number */
	char *words[QUESTION_WORDS]; /* its words as they are typed */
	unsigned count;
	char **relevant; /* ids of the right answers, where they are known */
	size_t relevant_count;
} Question;

typedef struct {
	Question list[QUESTIONS_MAX];
	size_t count;
} QuestionList;
typedef struct {
	QuestionList of[ASK_KINDS];
} Questions;
/* queries, qrels: NULL or files as hoso-quality reads them; of those with a "kind" only the questions. They live until
 * the program ends. */
Status questions_pick(const char *dir, const char *queries, const char *qrels, Questions *out, Err *err);
/* For an engine outside: "kind <tab> text" a line, a list after the other. */
Status questions_write(const Questions *q, const char *path, Err *err);

/* ---- measure.c ------------------------------------------------------------------------------------------------- */

/* A question for an engine, and its answer. */
typedef struct {
	unsigned limit;
	bool want_ids;
	unsigned count;
	char ids[DEPTH][ID_MAX];
} Found;

#define NOT_MEASURED (-1.0)

typedef struct {
	bool skipped;
	double seconds, processor_seconds, peak_mib, bytes;
	double rebuild_seconds;
	double median_us[ASK_KINDS], p99_us[ASK_KINDS];
	double reciprocal[ASK_KINDS], recall[ASK_KINDS]; /* means; NOT_MEASURED where answers are not known */
	double rate[2];                                  /* questions a second on one and on two threads */
} Figures;
void figures_clear(Figures *f);

/* Collects what asking gives, for engines in this process and outside. */
typedef struct {
	uint64_t *ns[ASK_KINDS];
	size_t count[ASK_KINDS], room[ASK_KINDS], answered[ASK_KINDS];
	double reciprocal[ASK_KINDS], recall[ASK_KINDS];
} Tally;
bool tally_time(Tally *t, AskKind kind, uint64_t ns);
void tally_answer(Tally *t, AskKind kind, const Question *question, const Found *found);
void tally_finish(Tally *t, const Questions *q, Figures *out); /* and frees */

typedef struct Engine {
	const char *name;
	/* Makes it ready to be built. ST_NOT_FOUND: it is not on this machine, err says what is missing. NULL: always
	 * is. */
	Status (*start)(const char *dir, Err *err);
	void (*stop)(void);
	/* Builds into dir/<made>; runs in a child. NULL: asks what the engine before it has built. */
	Status (*build)(const char *dir, Err *err);
	/* The index alone again, from what build has left; in a child. NULL: build does nothing else. */
	Status (*rebuild)(const char *dir, Err *err);
	const char *made;
	double (*bytes)(const char *dir); /* size on disk, where it is not that of dir/<made> */
	bool is_served;                   /* by processes of its own: their time and memory are not measured */
	/* One handle belongs to one thread. */
	void *(*open)(const char *dir, Err *err);
	Status (*ask)(void *engine, AskKind kind, const Question *question, Found *out, Err *err);
	void (*close)(void *engine);
	bool no_ids; /* gives none, so its answers cannot be judged */
	/* An engine outside this process asks itself. */
	Status (*ask_outside)(const char *dir, const Questions *q, Tally *tally, Figures *out, Err *err);
} Engine;

extern const Engine engine_hoso, engine_hoso_bare, engine_sqlite, engine_xapian, engine_lucene;
#ifdef HAVE_POSTGRES
extern const Engine engine_postgres;
#endif

typedef struct {
	const char *hoso;      /* the program */
	const char *lucene;    /* class path of our part and Lucene's; NULL: without Lucene */
	bool lucene_one_field; /* only the texts as typed, not folded as well */
} CompareOptions;
extern CompareOptions compare_options;

Status measure_build(const Engine *engine, const char *dir, Figures *out, Err *err);
Status measure_asking(const Engine *engine, const char *dir, const Questions *q, Figures *out, Err *err);

/* ---- table.c --------------------------------------------------------------------------------------------------- */

void table_print(const Engine *const engines[], const Figures *figures, size_t count, uint64_t records,
		 double text_bytes, const Questions *q);

C_LINKAGE_END

#endif
