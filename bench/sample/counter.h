/* bench/sample/counter.h - papers of the one-stop shop (một cửa): application, receipt, routing slip, result.
 *
 * Owns     procedures are static
 * Errors   sticky in the paper's Bufs (out of memory)
 * Threads  one paper at a time
 * Source   forms of TT 01/2018/TT-VPCP; procedures as they are named on the portals
 */
#ifndef BENCH_SAMPLE_COUNTER_H
#define BENCH_SAMPLE_COUNTER_H

#include "bench/sample/paper.h"

typedef struct {
	const char *key; /* of its rules: mc.KEY.noi_dung, mc.KEY.ket_qua */
	const char *name;
	FieldId field;
	Level level;   /* who gives it until districts end; then communes take over from districts */
	unsigned days; /* working days promised */
	PaperKind result;
	const char *documents; /* what is handed in, by ';' */
} Procedure;

const Procedure *counter_pick(Random *r);
/* Writes subject and text of one step; p->kind chooses it. due: the promised day. */
void counter_write(Paper *p, Scene *s, const Procedure *procedure, int received, int due);

#endif
