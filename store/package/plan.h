/* store/package/plan.h - what lies in the package of a case file, before a byte of it is written: names, sizes and
 * SHA-256 of every file, so that the manifests can come first.
 *
 * Owns     everything lives in the arena that was passed
 * Errors   as package.h
 * Threads  any; a plan is read-only once it is made
 */
#ifndef STORE_PACKAGE_PLAN_H
#define STORE_PACKAGE_PLAN_H

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
	uint64_t utc_ms; /* its time in the ZIP */
	Hash hash;       /* of the file's bytes; of an ITEM_OBJECT also its address */
} PackageItem;

typedef struct {
	Str folder;         /* "hoso-H40.15-210521-0012" */
	PackageItem *items; /* in the order in which they are written */
	size_t count;
	Hash state;         /* of names and contents of all files */
	ProofAnchor anchor; /* its text lies in the arena */
} PackagePlan;

Status package_plan(Store *store, Str code, Arena *arena, PackagePlan *out, Err *err);
/* Appends what an ITEM_RECORD or ITEM_PROOF holds. */
Status package_item_json(Store *store, const PackagePlan *plan, const PackageItem *item, Buf *out, Err *err);

#endif
