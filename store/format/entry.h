/* store/format/entry.h - what the log is made of: kinds of entries, their keys, and what an entry says of its objects.
 *
 * An entry is a leaf of the log: a version of a record or of a case file's metadata, a hold, a decision to destroy,
 * a new signing key. Its key names what it is a version of. An object is bytes named by their SHA-256; an entry lists
 * its objects.
 *
 * Shapes   a record's key: 1 to STORE_ID_MAX of A-Za-z0-9._:-; other keys: UTF-8 without control characters
 * Owns     nothing; the Str of an ObjectRef belong to whoever made it
 * Threads  pure
 */
#ifndef STORE_FORMAT_ENTRY_H
#define STORE_FORMAT_ENTRY_H

#include "store/format/hash.h"
#include "store/format/limits.h"

typedef enum {
	ENTRY_RECORD = 1,      /* a record version; key: its id */
	ENTRY_CASE = 2,        /* metadata of a case file; key: its code; versions like records */
	ENTRY_HOLD = 3,        /* a legal hold or its release; key: the record's id (store/care/hold.h) */
	ENTRY_DESTRUCTION = 4, /* a decision to destroy records; key: its number; "records" in the metadata */
	ENTRY_KEY = 5,         /* a new signing key; key: its id; signed by the one before it where that is there */
} EntryKind;

typedef struct {
	char role[16]; /* "original", "text", "attachment", "envelope" */
	Str name;      /* file name as given, "" where there was none */
	Str media;     /* media type, "application/pdf" */
	Str from;      /* a text: where it came from ("given", "pdftotext 22.12.0", …); else "" */
	Hash hash;     /* of the object's own bytes */
	uint64_t size_bytes;
} ObjectRef;

/* Given by a sender, not made of other objects here ("text", "layout"). */
bool object_is_file(const ObjectRef *object);
bool entry_key_is_valid(uint8_t kind, Str key);
/* The id of a record that came without one: the prefix and the first 40 hex digits of the hash, "sha256-0f3c…". */
void entry_derive_id(const char *prefix, const Hash *hash, char out[static STORE_ID_MAX + 1]);

#endif
