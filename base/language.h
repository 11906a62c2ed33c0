/* base/language.h - the two languages of answers, Vietnamese and English. Vietnamese is used where none is asked for.
 *
 * Shapes   tables of texts are indexed by Language
 * Owns     nothing
 * Errors   ST_INVALID
 * Threads  pure
 */
#ifndef BASE_LANGUAGE_H
#define BASE_LANGUAGE_H

#include "base/err.h"
#include "base/str.h"

C_LINKAGE_BEGIN

typedef enum { LANGUAGE_VI, LANGUAGE_EN, LANGUAGE_COUNT } Language;

/* "vi" or "en". */
Status language_parse(Str name, Language *out, Err *err);

C_LINKAGE_END

#endif
