/* store/format/limits.h - how large the parts of an archive may be. They are part of the format: a reader refuses more.
 *
 * Units    bytes, but for the two counts
 */
#ifndef STORE_FORMAT_LIMITS_H
#define STORE_FORMAT_LIMITS_H

enum {
	STORE_ID_MAX = 128,           /* A-Za-z0-9._:- */
	STORE_CASES_MAX = 64,         /* case files one record may belong to */
	STORE_OBJECTS_MAX = 1024,     /* objects of one record */
	STORE_METADATA_MAX = 1 << 20, /* metadata as JSON */
	STORE_CHUNK_BYTES = 1 << 20,  /* larger objects are stored in chunks of this size */
};

#endif
