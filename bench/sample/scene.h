/* bench/sample/scene.h - what one paper, or all papers of one case, are about: who, where, when, which project.
 *
 * The grammar's slots are filled from here; what was once said (the applicant, the hamlet, the project) stays the same
 * in every paper of the scene.
 *
 * Owns     scene_new's result until scene_free; borrows the Random and the grammar
 * Errors   ST_NO_MEMORY, sticky in the Buf
 * Threads  one at a time
 */
#ifndef BENCH_SAMPLE_SCENE_H
#define BENCH_SAMPLE_SCENE_H

#include "bench/sample/fields.h"
#include "bench/sample/grammar.h"

typedef struct {
	const Grammar *grammar;
	Random *random;
	Arena arena;
	Str *kept_rules;
	Str kept_slots[32]; /* by slot */
	FieldId field;
	int day;              /* of the paper that is being written */
	const Office *office; /* its issuer */
	const Office *where;  /* the commune or office the matter is about */
	int last_numbers[2];
	Str cited, cited_about; /* an earlier paper for van_ban_den, ve_viec_den */
} Scene;

Scene *scene_new(const Grammar *grammar, Random *random, FieldId field, const Office *office, int day, Err *err);
void scene_free(Scene *s);
/* The slots' names, for grammar_new. */
extern const char *const scene_slots[];

/* Writes one sentence of "prefix.what" of the scene's field. */
void scene_write(Scene *s, const char *what, Buf *out);
/* The same from any rule. */
void scene_write_rule(Scene *s, const char *rule, Buf *out);
/* `count` different alternatives of the field's rule (and of chung.what behind them), one a line, each between before
 * and after; a % in before stands for its number. */
void scene_write_list(Scene *s, const char *what, unsigned count, unsigned common, const char *before,
		      const char *after, Buf *out);
/* The value of a slot, as it stays in this scene. */
Str scene_slot(Scene *s, const char *name);

#endif
