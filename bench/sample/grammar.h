/* bench/sample/grammar.h - sentences from rules.
 *
 *   nn.nhiem_vu:
 *   	Kiểm tra {#6-90} hồ đập xung yếu tại {dia_ban}
 *
 * The notation is explained at the top of grammar/chung.txt. The rules are compiled once; a name that is neither a
 * rule nor a slot is an error at the start, not a hole in a sentence.
 *
 * Owns     grammar_new's result until grammar_free; the texts are static
 * Errors   ST_INVALID names file and line, ST_NO_MEMORY
 * Threads  the grammar is constant; a GrammarScene belongs to one thread
 */
#ifndef BENCH_SAMPLE_GRAMMAR_H
#define BENCH_SAMPLE_GRAMMAR_H

#include "base/arena.h"
#include "base/buf.h"
#include "bench/sample/random.h"

typedef struct Grammar Grammar;

/* What the sentences are about: the slots' values and the choices that are kept. */
typedef struct {
	Random *random;
	Arena *arena; /* of the kept choices */
	Str *kept;    /* grammar_rule_count of them, empty at first */
	void (*write_slot)(void *ctx, unsigned slot, Buf *out);
	void *ctx;
	unsigned scale; /* 0 small, 1 middle, 2 large: which part of a wide range of numbers is used */
	int *last;      /* the last two whole numbers written */
} GrammarScene;

/* slots: NULL-terminated names; a slot's number is its index. */
Grammar *grammar_new(const char *const *slots, Err *err);
void grammar_free(Grammar *g);
unsigned grammar_rule_count(const Grammar *g);
/* The rule's number, -1 if there is none. */
int grammar_find(const Grammar *g, const char *name);
unsigned grammar_alternatives(const Grammar *g, int rule);
void grammar_write(const Grammar *g, int rule, const GrammarScene *scene, Buf *out);
void grammar_write_alternative(const Grammar *g, int rule, unsigned alternative, const GrammarScene *scene, Buf *out);

/* Capital letters of Vietnamese: all of them, or only the first. */
void grammar_capitals(Str s, Buf *out);
void grammar_capitalise(char *first, size_t len);

#endif
