/* store/record/entry_json.h - an archived entry as JSON: the same members in answers over HTTP, in packages and in get
 * --json.
 *
 *   {"id":"a-1","version":2,"sequence":17,"leaf":"…","archived":"2026-11-22T18:09:00.123Z",
 *    "number":"15/2019/QĐ-UBND",…,                        the metadata, in the order of record_fields
 *    "objects":[{"object":0,"role":"original","name":"15-qd.pdf","media":"application/pdf","size":52133,"sha256":"…"}]}
 *
 * A case file's own metadata has "code" in place of "id". What was lawfully destroyed says "destroyed":true.
 *
 * Owns     a Record read here lies in the arena; JSON goes where the JsonOut writes
 * Errors   ST_CORRUPT the archive holds what is no record; ST_NO_MEMORY
 * Threads  pure
 */
#ifndef STORE_RECORD_ENTRY_JSON_H
#define STORE_RECORD_ENTRY_JSON_H

#include "store/record/record.h"
#include "store/log/store.h"

/* The metadata as a view; empty where it was destroyed. */
Status entry_read_record(const Entry *entry, Arena *arena, Record *out, Err *err);
/* Members into an open object. */
void entry_write_members(const Entry *entry, const Record *record, JsonOut *j);
void entry_write_object_members(const ObjectRef *object, size_t number, JsonOut *j);
/* "objects":[…] */
void entry_write_objects(const Entry *entry, JsonOut *j);
/* The object a reader wants: the first original, else the first attachment, else the text; -1: there is none. */
int entry_main_object(const Entry *entry);
int entry_text_object(const Entry *entry);

#endif
