/* indexer/extract/limits.h - how much of the machine one document may cost.
 *
 *   what               how much                 held by
 *   processor time     EXTRACT_CPU_SECONDS      the kernel (RLIMIT_CPU)
 *   time of the clock  EXTRACT_WALL_MS          whoever started the process; a Deadline may end it earlier
 *   memory             EXTRACT_MEMORY_MIB       the kernel (RLIMIT_AS)
 *   text out           EXTRACT_TEXT_MAX         whoever started the process
 *   markup             EXTRACT_XML_…, …_HTML_…  the reader, before its parser sees a byte (markup.h)
 *   package            PACKAGE_ENTRIES_MAX, PACKAGE_RATIO_MAX (indexer/source/package_in.h), EXTRACT_PARTS_…
 *
 * A document that passes one is kept without a text, and the record says why.
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

	EXTRACT_PARTS_MAX = 4096,            /* XML parts of one office document … */
	EXTRACT_PARTS_BYTES_MAX = 512 << 20, /* … and their bytes, unpacked */

	/* libxml2 compares each attribute of an element with all others: 300,000 of them took it 70 s. */
	EXTRACT_XML_ATTRIBUTES_MAX = 512,
	EXTRACT_XML_ELEMENTS_MAX = 10 * 1000 * 1000,
	EXTRACT_XML_DEPTH_MAX = 256,
	EXTRACT_HTML_ATTRIBUTES_MAX = 4096, /* nobody writes clean HTML; nested tags cost nothing there */
	EXTRACT_HTML_ELEMENTS_MAX = 10 * 1000 * 1000,
};

/* What may differ from one document to the next; the rest is the same for all. */
typedef struct {
	unsigned cpu_seconds, wall_ms, memory_mib;
	size_t text_bytes;
} ExtractLimits;

#endif
