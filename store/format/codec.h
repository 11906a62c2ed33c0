/* store/format/codec.h - LZ4 for bodies, with a dictionary trained on the archive's own text. The only user of LZ4.
 *
 *   raw --codec_pack--> stored        shorter than raw, or left raw
 *   stored --codec_unpack--> raw      exactly raw_len bytes, or ST_CORRUPT
 *
 * Owns     a Dictionary and a Packer are heap objects; a Dictionary must outlive the frames read with it
 * Errors   ST_CORRUPT bytes that do not unpack, ST_NO_MEMORY
 * Threads  a Dictionary is read-only after dictionary_new; a Packer belongs to one thread at a time
 */
#ifndef STORE_FORMAT_CODEC_H
#define STORE_FORMAT_CODEC_H

#include "store/format/frame.h"

typedef struct Dictionary Dictionary;
Dictionary *dictionary_new(Str bytes); /* copies; NULL when out of memory */
void dictionary_free(Dictionary *d);
Str dictionary_bytes(const Dictionary *d);
const Hash *dictionary_hash(const Dictionary *d);
/* Trains on samples that lie one behind the other. ST_INVALID when they are too few or too alike to train on. */
Status dictionary_train(const void *samples, const size_t *sizes, unsigned count, Dictionary **out, Err *err);

typedef enum { PACK_FAST, PACK_SMALL } PackEffort; /* LZ4 as at ingest; LZ4HC 9 as at rest */
typedef struct Packer Packer;
Packer *packer_new(PackEffort effort);
void packer_free(Packer *p);
/* Appends the packed form to out and checks that it unpacks to the same bytes; *codec_out CODEC_RAW (and nothing
 * appended) where packing saves nothing. dict may be NULL. */
Status packer_pack(Packer *p, const Dictionary *dict, Str raw, Buf *out, Codec *codec_out, Err *err);

/* The first `wanted` of raw_len bytes. Damage behind them is found only where all are wanted. */
Status codec_unpack(Codec codec, const Dictionary *dict, Str stored, void *out, size_t raw_len, size_t wanted,
		    Err *err);

#endif
