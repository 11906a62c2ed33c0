/* bench/compare/compare.h - the same records and questions for hoso and its peers, in one run.
 *
 *   records.jsonl ─► corpus.bin (texts, decoded once) ─► build in a child process ─► ask in this process ─► one table
 *
 * A peer gets its texts decoded; hoso gets the JSON file and does everything it does for a user (JSON, hashing,
 * archive, fsync, index). So the comparison is to hoso's disadvantage on purpose.
 *
 * Units    bytes, microseconds
 * Owns     Items point into the reader's buffer until the next one
 */
#ifndef BENCH_COMPARE_COMPARE_H
#define BENCH_COMPARE_COMPARE_H

#include "base/linkage.h"

C_LINKAGE_BEGIN

#include "base/buf.h"

typedef struct { Str id, number, subject, text; } Item;

typedef struct Corpus Corpus;
/* Decodes a JSONL file (.zst too) once into dir/corpus.bin and, for hoso, dir/records.jsonl. */
Status corpus_prepare(const char *path, const char *dir, uint64_t limit, Err *err);
Corpus *corpus_open(const char *dir, Err *err);
Step corpus_next(Corpus *c, Item *out, Err *err);
void corpus_close(Corpus *c);

typedef enum { ASK_ALL, ASK_ANY, ASK_PHRASE, ASK_UNACCENTED, ASK_NUMBER, ASK_KINDS } AskKind;
enum { QUESTION_WORDS = 3, QUESTION_WORD_MAX = 24, QUESTIONS = 200 };

typedef struct {
	char words[QUESTION_WORDS][QUESTION_WORD_MAX];
	unsigned count;
	char number[96];
} Question;

/* Two or three syllables from subjects, and numbers, from records spread evenly over the corpus. */
typedef struct {
	Question words[QUESTIONS], unaccented[QUESTIONS], numbers[QUESTIONS];
	unsigned word_count, number_count;
} Questions;
Status questions_pick(const char *dir, Questions *out, Err *err);

typedef struct {
	const char *name;
	/* Builds into dir/<file>; runs in a child. */
	Status (*build)(const char *dir, Err *err);
	const char *made; /* what the build leaves in dir; its size is the size on disk */
	void *(*open)(const char *dir, Err *err);
	/* The ten best; *hits says how many came. */
	Status (*ask)(void *engine, AskKind kind, const Question *question, unsigned *hits, Err *err);
	void (*close)(void *engine);
	bool folds;       /* can answer questions without accents */
} Engine;

extern const Engine engine_hoso, engine_sqlite, engine_xapian;
extern const char *compare_hoso_binary;

C_LINKAGE_END

#endif
