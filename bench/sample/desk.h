/* bench/sample/desk.h - which paper comes next: a province's days, from the first to the last.
 *
 * Three kinds of work run beside each other and are put in order of time: single papers, work files (a plan, the
 * letters and reports that follow it) and one-stop cases. Numbers run in series for each office, year and type, at the
 * pace of the office. Papers cite earlier ones that exist.
 *
 * Owns     desk_new's result until desk_free; memory does not grow with the number of records
 * Errors   ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef BENCH_SAMPLE_DESK_H
#define BENCH_SAMPLE_DESK_H

#include "bench/sample/paper.h"

typedef struct Desk Desk;

typedef struct {
	uint64_t records, seed;
	unsigned richness; /* most pages: 1..3 */
	int first_day, last_day;
} DeskOptions;

Desk *desk_new(const Grammar *grammar, const DeskOptions *options, Err *err);
void desk_free(Desk *d);
/* Fills a cleared paper. Case files that are complete are appended to `cases` as JSON lines. */
Status desk_next(Desk *d, Paper *paper, Buf *cases, Err *err);
/* The case files that are still open, in order of their opening. */
void desk_finish(Desk *d, Buf *cases);

#endif
