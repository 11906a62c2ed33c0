/* store/proof/proof_json.h - the chain from bytes to a signed checkpoint for one leaf, as DESIGN.md §5.1 writes it:
 *
 *   {"id":…,"version":1,"sequence":17,"tree_size":8867,"descriptor":"<base64>","payload":"<base64>",
 *    "path":["<hex>",…],"checkpoint":"hoso/…\n8867\n…\n\n— hoso/… …\n"}
 *
 * The same over HTTP, on the command line and in a package. A case file's own leaf says "code" in place of "id".
 *
 * Owns     proof_anchor's text is the caller's: buf_done it
 * Errors   ST_READ_ONLY no checkpoint covers the leaf and none can be signed; ST_CORRUPT, ST_IO, ST_NO_MEMORY
 * Threads  any
 */
#ifndef STORE_PROOF_PROOF_JSON_H
#define STORE_PROOF_PROOF_JSON_H

#include "base/json_out.h"
#include "store/log/store.h"

typedef struct {
	Buf text; /* the checkpoint */
	uint64_t tree_size;
} ProofAnchor;

/* A signed checkpoint with the leaf in it: the last one signed, else a new one. ST_READ_ONLY: nothing is signed here.
 */
Status proof_anchor(Store *store, uint64_t sequence, ProofAnchor *out, Err *err);
/* Writes the object. */
Status proof_write_json(Store *store, uint64_t sequence, const ProofAnchor *anchor, JsonOut *j, Err *err);
/* The same for an entry that was read. */
Status proof_write_entry_json(Store *store, const Entry *entry, const ProofAnchor *anchor, JsonOut *j, Err *err);

#endif
