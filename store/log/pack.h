/* store/log/pack.h - what is done to every body on its way in: packing, and training a dictionary on the first of them.
 *
 * Owns     *stored_out points into the writer's space until the next call, or is `raw` itself
 * Errors   as writer.h
 * Threads  with the writer's mutex held
 */
#ifndef STORE_LOG_PACK_H
#define STORE_LOG_PACK_H

#include "store/log/state.h"

/* Packs `raw` for a frame, and makes room for it where it is packed with a dictionary. */
Status pack_body(Store *store, Str raw, FrameHeader *header, Str *stored_out, Err *err);

#endif
