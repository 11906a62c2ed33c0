/* store/package/plan.h - what lies in the package of a case file, before a byte of it is written: names, sizes and
 * SHA-256 of every file, so that the manifests can come first, and where each lies in the ZIP.
 *
 * Of the objects only descriptors are read, not their bytes. Each record's metadata and proof are made once, for their
 * size and hash, and made again when it is their turn.
 *
 * Owns     a plan until its last holder drops it
 * Errors   as package.h
 * Threads  any number may read a plan; what they learn of it (sums) is atomic
 */
#ifndef STORE_PACKAGE_PLAN_H
#define STORE_PACKAGE_PLAN_H

#include "base/deadline.h"
#include "store/package/zip.h"
#include "store/proof/proof_json.h"

typedef enum {
	ITEM_BYTES,  /* made while planning */
	ITEM_OBJECT, /* bytes of the archive */
	ITEM_RECORD, /* the metadata of one record, written again when it is its turn */
	ITEM_PROOF,  /* its proof, likewise */
} PackageItemKind;

typedef struct {
	PackageItemKind kind;
	Str path;          /* below the bag's own folder: "data/001_…/goc.pdf" */
	Str bytes;         /* ITEM_BYTES */
	uint64_t sequence; /* ITEM_RECORD, ITEM_PROOF */
	uint64_t size_bytes;
	uint64_t utc_ms;                             /* its time in the ZIP */
	Hash hash;                                   /* of the file's bytes; of an ITEM_OBJECT also its address */
	uint64_t offset_bytes, central_offset_bytes; /* of its local and its central header in the ZIP */
	_Atomic uint64_t crc; /* CRC-32 of its bytes and PACKAGE_CRC_KNOWN; 0: an object that nobody read so far */
} PackageItem;

#define PACKAGE_CRC_KNOWN (UINT64_C(1) << 32)

typedef struct PackagePlan {
	_Atomic unsigned holders;
	Arena arena;      /* everything below lives in it */
	Str code, folder; /* "hoso-H40.15-210521-0012" */
	char *file_name;
	PackageItem *items; /* in the order in which they are written */
	size_t count;
	uint64_t central_offset_bytes, end_offset_bytes, size_bytes; /* of the ZIP */
	uint64_t memory_bytes;                                       /* about so many are held */
	Hash case_state;                                             /* of the case file when it was planned */
	Hash state;                                                  /* of names and contents of all files */
	ProofAnchor anchor;                                          /* text "": no proofs */
	char tag[33];
} PackagePlan;

/* same: a plan that is taken where nothing changed since it was made; NULL: none. ST_BUSY: the deadline passed. */
Status package_plan_make(PackagePlan **out, Store *store, Str code, PackagePlan *same, const Deadline *until, Err *err);
PackagePlan *package_plan_hold(PackagePlan *plan);
void package_plan_drop(PackagePlan *plan); /* NULL is fine */
/* Appends what an ITEM_RECORD or ITEM_PROOF holds. */
Status package_item_json(Store *store, const PackagePlan *plan, const PackageItem *item, Buf *out, Err *err);
/* As a row of the ZIP; the sum is 0 while it is not known. */
ZipEntry package_item_entry(const PackagePlan *plan, const PackageItem *item);

#endif
