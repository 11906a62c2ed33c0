/* base/pages.h - memory for tables of megabytes that are jumped about in.
 *
 * Such a table meets the processor's page tables as often as its caches; in pages of 2 MiB it hardly does. Where the
 * kernel has none to give, or the table is small, it is ordinary memory.
 *
 * Units    bytes; what is given back is zeroed
 * Owns     the caller, until free()
 * Errors   NULL: out of memory
 * Threads  safe
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

void *pages_alloc(size_t bytes);

#endif
