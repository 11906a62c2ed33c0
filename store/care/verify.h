/* store/care/verify.h - every stored byte against its checksum, its hash and the tree.
 *
 * Owns     a finding lives until the callback returns
 * Errors   what is wrong with the archive is a finding, not an error; ST_BUSY it was stopped; ST_IO could not look
 * Threads  any; reading and writing go on meanwhile
 */
#ifndef STORE_CARE_VERIFY_H
#define STORE_CARE_VERIFY_H

#include "base/stop.h"
#include "store/care/finding.h"
#include "store/log/store.h"

/* Every stored byte against its checksum; unless quick, every object and payload against its SHA-256 and every leaf
 * against the tree. Calls `found` for each thing wrong; ST_OK when it could look at everything, even if things are
 * wrong; ends with ST_BUSY when stop is raised (NULL: never). */
Status store_verify(Store *store, bool quick, const Stop *stop, void (*found)(void *ctx, const VerifyFinding *finding),
		    void *ctx, VerifyReport *out, Err *err);
/* One segment from end to end, at a pace (0: as fast as it goes). The tree over all is store_verify's. */
Status store_verify_segment(Store *store, uint32_t segment, uint64_t bytes_per_second, const Stop *stop,
			    void (*found)(void *ctx, const VerifyFinding *finding), void *ctx, VerifyReport *out,
			    Err *err);

#endif
