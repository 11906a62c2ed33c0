/* bench/sample/memory.h - what was issued lately, so that papers cite papers that exist.
 *
 * Shapes   the last MEMORY_PAPERS of each field
 * Owns     a Memory holds copies; nothing is allocated
 * Errors   none
 * Threads  one at a time
 */
#ifndef BENCH_SAMPLE_MEMORY_H
#define BENCH_SAMPLE_MEMORY_H

#include "bench/sample/paper.h"

enum { MEMORY_PAPERS = 64 };

typedef struct {
	char text[PAPER_CITATION_MAX]; /* "Kế hoạch số 12/KH-UBND ngày … của …" */
	char about[256];               /* "về việc …" */
	char number[64];
	const Office *office;
	PaperKind kind;
	int day;
} Cited;

typedef struct {
	Cited papers[FIELD_COUNT][MEMORY_PAPERS];
	unsigned count[FIELD_COUNT];
} Memory;

/* Papers that nobody cites are left out. */
void memory_add(Memory *m, const Paper *p);
/* An earlier paper of the field, at most three years back, that this one's office may cite, or rules of the same
 * office that this one replaces; NULL: none was found. Until the next memory_add. */
const Cited *memory_recall(const Memory *m, const Paper *p, bool rules_to_replace, Random *random);

#endif
