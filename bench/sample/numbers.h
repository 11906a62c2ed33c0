/* bench/sample/numbers.h - record numbers in series: for each office, year and type, at the pace of the office.
 *
 *   15/QĐ-UBND   123/SNV-VP   07/2021/QĐ-UBND   12/NQ-HĐND
 *
 * Owns     numbers_new's result until numbers_free
 * Errors   ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef BENCH_SAMPLE_NUMBERS_H
#define BENCH_SAMPLE_NUMBERS_H

#include "bench/sample/paper.h"

typedef struct Numbers Numbers;

Numbers *numbers_new(Err *err);
void numbers_free(Numbers *n);
/* Gives the paper (kind, office and day are set) its number and id. */
void numbers_give(Numbers *n, Paper *p, Random *random);
/* The running number of a one-stop case of that office and year. */
unsigned numbers_case(Numbers *n, const Office *office, int day, Random *random);

#endif
