/* indexer/source/package_in.h - packages on the way in (tar, zip, 7z, rar in any compression) and compressed streams:
 * the only user of libarchive in indexer/.
 *
 *   package_in_open → package_in_next → read the entry through package_in_source → … → package_in_close
 *
 * Read as a stream, entry by entry. Directories are passed over; entries that are no documents (name.h: "Thumbs.db",
 * hidden files) and those that can't be taken (links, devices, encrypted, names that climb or mean something to
 * Windows) are handed out with the reason.
 *
 * Shapes   names are composed UTF-8 whatever the package says (name.h); "/" between parts
 * Owns     package_in_open's result until package_in_close; an entry's name until the next package_in_next;
 *          the descriptor and the bytes stay the caller's and must outlive the package
 * Errors   ST_INVALID broken, cut off or no package at all; ST_LIMIT too many entries, or a bomb: more than
 *          PACKAGE_RATIO_MAX times its size once it has given more than PACKAGE_RATIO_FREE, with all packages in it;
 *          ST_UNSUPPORTED encrypted, or packed in a way that is not read here, which the text names; ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_SOURCE_PACKAGE_IN_H
#define INDEXER_SOURCE_PACKAGE_IN_H

#include "indexer/source/bytes.h"
#include "indexer/source/name.h"

enum {
	PACKAGE_ENTRIES_MAX = 10000,
	PACKAGE_NAME_MAX = 1024, /* bytes */
	PACKAGE_RATIO_MAX = 200,
	PACKAGE_RATIO_FREE = 64 << 20, /* blank scans compress enormously and are honest */
};

typedef struct PackageIn PackageIn;

typedef enum {
	PACKAGE_ENTRIES, /* tar, zip, 7z, rar */
	PACKAGE_STREAM,  /* one file, compressed or not: a single entry without a name */
} PackageKind;

typedef struct {
	Str name;
	uint64_t size_bytes;           /* as the package says; UINT64_MAX: it does not */
	Err refusal;                   /* why it can't be taken; code ST_OK: it can */
	const NameReason *no_document; /* why it should be passed over; NULL: it is taken */
} PackageEntry;

/* What a package and those inside it have given, beside the size of the outermost. */
typedef struct {
	uint64_t packed_bytes, expanded_bytes;
} PackageBudget;

/* Reads from `fd` where it stands (zip and 7z: from its start, and it must be a file), or from bytes where fd is -1. */
Status package_in_open(PackageIn **out, PackageKind kind, int fd, Str bytes, Err *err);
void package_in_close(PackageIn *package);
/* A package inside another counts against the budget of the outermost. */
PackageBudget *package_in_budget(PackageIn *package);
void package_in_share(PackageIn *package, PackageBudget *outermost);
Step package_in_next(PackageIn *package, PackageEntry *out, Err *err);
ByteSource package_in_source(PackageIn *package);         /* the bytes of the entry at hand */
uint64_t package_in_bytes_read(const PackageIn *package); /* of the package itself */

/* ST_INVALID: a name that can't be taken, and why. */
Status package_in_check_name(Str name, Err *err);

#endif
