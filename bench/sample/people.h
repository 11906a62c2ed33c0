/* bench/sample/people.h - names of people, and who signs for an office.
 *
 * Owns     nothing; names are appended to the caller's Buf
 * Errors   sticky in the Buf (out of memory)
 * Threads  pure, but for the Random
 */
#ifndef BENCH_SAMPLE_PEOPLE_H
#define BENCH_SAMPLE_PEOPLE_H

#include "bench/sample/units.h"

/* "ông Nguyễn Văn Hùng", "bà Trần Thị Thu Hà"; title: with ông/bà. */
void people_write(Random *r, bool title, Buf *out);

/* The head (deputy 0) or a deputy (1, 2) of an office in that year; they stay for a term of five years. */
void people_write_signer(const Office *office, int year, unsigned deputy, Buf *out);

#endif
