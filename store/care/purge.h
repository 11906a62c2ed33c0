/* store/care/purge.h - takes the words of what is about to be destroyed out of the dictionaries that were trained on
 * it.
 *
 *   dictionary: …Căn cứ Luật Tổ chức…|Ông Nguyễn Văn T. bị…|…     in a text that goes, and in none that stays
 *   after it:   …Căn cứ Luật Tổ chức…|0000000000000000000000|…     in a DICT frame behind the others; the old one is
 * empty
 *
 * What also stands in a text that stays (looked for in the segments that hold the dictionary) remains. Segments whose
 * dictionary changes are written anew, the bodies that need it packed with the cleaned one.
 *
 * Owns     nothing
 * Errors   ST_CORRUPT a segment is damaged; ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  one at a time over all processes (rewrite_lock)
 */
#ifndef STORE_CARE_PURGE_H
#define STORE_CARE_PURGE_H

#include "base/buf.h"
#include "store/log/store.h"
#include "store/format/frame.h"

typedef struct {
	bool (*goes)(void *ctx, const Frame *frame); /* is this frame's body about to be destroyed? */
	void *ctx;
	const Buf *sequences; /* uint64_t: the leaves to destroy */
	const Buf *hashes;    /* Hash: the objects to destroy */
} Purge;

/* Before the bodies are destroyed, so that it can be done again where it was interrupted. All that was committed must
 * lie in sealed segments. */
Status purge_dictionaries(Store *store, const Purge *purge, uint32_t *segments_out, Err *err);

#endif
