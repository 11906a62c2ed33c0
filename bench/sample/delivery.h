/* bench/sample/delivery.h - a delivery as a firm hands it over that digitises an archive: scans of case files in boxes,
 * one workbook that lists them, and faults of each kind that such deliveries have.
 *
 *   DIR/giao-nop/danh-muc.xlsx                          one row a document, the case file's columns in each
 *   DIR/giao-nop/Chi cuc …/hopso01/hoso01/….001.pdf     one scan a document: a page that is an image
 *   DIR/giao-nop/Chi cuc …/hopso01/hoso01/Bia_hoso01.pdf, MLVB_01.pdf
 *   DIR/kem-theo/                                       mixed.h
 *   DIR/faults.json                                     {"missing":["….pdf",…],"unlisted":[…],…}: what is wrong
 *
 * Owns     nothing is kept
 * Errors   ST_IO, ST_NO_MEMORY, ST_INTERNAL (with cairo's own message)
 * Threads  one at a time
 */
#ifndef BENCH_SAMPLE_DELIVERY_H
#define BENCH_SAMPLE_DELIVERY_H

#include "bench/sample/grammar.h"

typedef struct {
	uint64_t cases, scans, faults, seed; /* faults: of each kind */
	unsigned dpi;
} DeliveryOptions;

Status delivery_write(const char *dir, const DeliveryOptions *options, const Grammar *grammar, Err *err);

#endif
