/* store/care/verify_frame.h - what a verification has seen so far, and the check of the next frame.
 *
 * Owns     the Verification owns its buffers and its arena; its file is borrowed
 * Errors   none: what is wrong is reported to whoever asked
 * Threads  a Verification belongs to one thread
 */
#ifndef STORE_CARE_VERIFY_FRAME_H
#define STORE_CARE_VERIFY_FRAME_H

#include "base/stop.h"
#include "store/care/finding.h"
#include "store/log/mark.h"
#include "store/log/state.h"
#include "store/proof/checkpoint.h"

typedef struct {
	Store *store;
	bool quick;
	const Stop *stop;
	void (*found)(void *ctx, const VerifyFinding *finding);
	void *ctx;
	VerifyReport *report;
	Committed committed; /* as it was when verify began */
	bool last_is_sealed; /* the last segment ends with what is committed, and its footer */
	Frontier frontier;
	bool tree_broken;       /* a leaf is missing or wrong: later roots cannot be compared */
	Checkpoint signed_last; /* tree size 0 where nothing was signed; views are not kept */
	Hash signed_now;        /* the root of as many leaves, computed anew */
	DurableMark mark;       /* what the durable mark names; tree_size 0: nothing */
	Hash marked_now;        /* the root of as many leaves, computed anew */
	uint64_t next_sequence;
	const SegmentFile *file;
	uint32_t segment, next_ordinal;
	Buf offsets, leaf_ordinals; /* what the footer must say */
	Arena arena;
	uint64_t bytes_per_second, started_us, scanned; /* 0: as fast as it goes */
} Verification;

/* Counts a finding and tells it. UINT64_MAX: offset or sequence is not known. */
void verify_report(Verification *v, uint64_t offset, uint64_t sequence, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A frame whose sums are right, in the order of the segment. */
void verify_frame(Verification *v, const Frame *frame);

#endif
