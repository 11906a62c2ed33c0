/* bench/sample/mixed.h - what lies beside a delivery: DIR/kem-theo/ with two documents of Word 97, a message of the
 * document exchange and an e-mail, each with an attachment.
 *
 * Owns     nothing is kept
 * Errors   ST_IO, ST_LIMIT, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef BENCH_SAMPLE_MIXED_H
#define BENCH_SAMPLE_MIXED_H

#include "bench/sample/desk.h"

Status mixed_write(const char *dir, Desk *desk, Err *err);

#endif
