/* store/care/finding.h - what a verification finds wrong, and what it has looked at.
 *
 * Units    bytes
 * Owns     nothing
 * Errors   none: shapes alone
 * Threads  belongs to the verification that fills it in
 */
#ifndef STORE_CARE_FINDING_H
#define STORE_CARE_FINDING_H

#include "store/format/hash.h"

typedef struct {
	char segment[24];
	uint64_t offset, sequence; /* UINT64_MAX where it is not known */
	char text[200];
} VerifyFinding;

typedef struct {
	uint64_t segments, frames, leaves, objects, bytes;
	uint64_t findings;
	uint64_t torn_bytes; /* left by a write that was cut off and never acknowledged: no fault, the next write
				removes them */
	Hash root;           /* computed anew from the descriptors */
} VerifyReport;

#endif
