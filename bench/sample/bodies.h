/* bench/sample/bodies.h - what stands between letterhead and signature, for each type of paper.
 *
 * Owns     nothing; writes into the paper's Bufs
 * Errors   sticky in the Bufs (out of memory)
 * Threads  one paper at a time
 */
#ifndef BENCH_SAMPLE_BODIES_H
#define BENCH_SAMPLE_BODIES_H

#include "bench/sample/paper.h"

typedef struct {
	unsigned richness;              /* 1 a page, 2 some pages, 3 many */
	char basis[PAPER_CITATION_MAX]; /* an earlier paper that this one rests on: "Kế hoạch số … của …"; "": none */
	char replaced[PAPER_CITATION_MAX]; /* the paper that this one replaces; "": none */
} BodyOptions;

/* Chooses the subject (first) and then writes the whole text; the number must be set in between. */
void bodies_write_subject(Paper *p, Scene *s);
void bodies_write(Paper *p, Scene *s, const BodyOptions *options);

#endif
