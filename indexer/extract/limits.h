/* indexer/extract/limits.h - how much of the machine one document may cost.
 *
 * Units    bytes, seconds of processor time, milliseconds of the clock, MiB of address space: as the names say
 */
#ifndef INDEXER_EXTRACT_LIMITS_H
#define INDEXER_EXTRACT_LIMITS_H

#include <stddef.h>

enum {
	EXTRACT_TEXT_MAX = 64 << 20,   /* bytes of text out of one document */
	EXTRACT_DECODE_MAX = 64 << 20, /* bytes of a plain text or HTML file */
	EXTRACT_CPU_SECONDS = 120,
	EXTRACT_WALL_MS = 240 * 1000,
	EXTRACT_MEMORY_MIB = 1024,
};

typedef struct {
	unsigned cpu_seconds, wall_ms, memory_mib;
	size_t text_bytes;
} ExtractLimits;

#endif
