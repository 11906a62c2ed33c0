/* indexer/source/cms_in.h - a signed container (CMS SignedData, .p7m): the document that it holds. The signature is not
 * checked here: the container is kept byte for byte for whoever checks it.
 *
 * Shapes   DER, PEM or bare base64
 * Owns     the bytes are appended to the caller's Buf
 * Errors   ST_INVALID no CMS; ST_UNSUPPORTED encrypted, or a signature without its document; ST_LIMIT; ST_NO_MEMORY
 * Threads  safe
 * Source   RFC 5652
 */
#ifndef INDEXER_SOURCE_CMS_IN_H
#define INDEXER_SOURCE_CMS_IN_H

#include "base/buf.h"

enum { CMS_BYTES_MAX = 256 << 20 };

Status cms_document(Str bytes, Buf *out, Err *err);

#endif
