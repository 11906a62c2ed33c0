/* indexer/glass/positions.h - the positions of a term in a document as position.glass keeps them.
 *
 *   {102}            one position: 66
 *   {101,105,106}    the last one as varint 6a, then bits e5 06: the first, how many, the rest by interpolation
 *
 * Shapes   positions strictly ascending, 1..2^32-1, at least one. (0 has no place: {0,1} and {1} are the same bytes)
 * Owns     results are appended to a buffer or list of the caller
 * Errors   false: not a position list (or, with buf_ok false, out of memory)
 * Threads  pure
 */
#ifndef INDEXER_GLASS_POSITIONS_H
#define INDEXER_GLASS_POSITIONS_H

#include "indexer/glass/list.h"

enum { GLASS_POSITIONS_MAX = 1 << 26 }; /* of one term in one document */

void glass_positions_add(Buf *out, const uint32_t *positions, size_t count);
/* Appends the positions as uint32_t; the Buf holds nothing else. */
bool glass_positions_read(Str tag, Buf *out);
/* Appends a list of position tags whose first document is the last one of `l`: their positions are united. */
bool glass_positions_append(GlassList *l, GlassPiece piece, uint32_t tf);
/* Appends all tags of two lists to an empty one, uniting the positions where both have a document. */
bool glass_positions_unite(GlassList *l, GlassPiece a, GlassPiece b);
/* Sorts and drops what is there twice; returns the new count. */
size_t glass_positions_sort(uint32_t *positions, size_t count);

#endif
