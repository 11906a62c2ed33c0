/* indexer/extract/markup.h - counts the elements and attributes of a marked-up text before a parser sees it.
 *
 * A parser works through a whole tag before it calls anybody, so nobody can stop it in there. One pass over the bytes
 * is enough to know whether it is worth starting.
 *
 * Shapes   XML in UTF-8; HTML in any encoding that has ASCII's letters
 * Owns     nothing
 * Errors   ST_LIMIT more of something than the limits say; ST_UNSUPPORTED XML that declares a document type, and with
 *          it entities and attributes of its own
 * Threads  pure
 */
#ifndef INDEXER_EXTRACT_MARKUP_H
#define INDEXER_EXTRACT_MARKUP_H

#include "base/err.h"
#include "base/str.h"

Status markup_check_xml(Str xml, Err *err);
Status markup_check_html(Str html, Err *err);

#endif
