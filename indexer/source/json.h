/* indexer/source/json.h - one record as JSON, read fast: the long text by a scanner of ours, the rest by record_parse.
 *
 *   {"id":"a","text":"… 300 KB …","type":"Luật"}   =   {"id":"a","text":"","type":"Luật"}  +  the text, unescaped
 *
 * The scanner only ever replaces one valid JSON string by another (the empty one), so what is left is broken exactly
 * when the whole was; wherever the scanner has a doubt, record_parse gets the whole line and the last word. One thing
 * more is allowed in the text: \u0000, which real documents out of PDF files do hold.
 *
 * Shapes   a line of JSON without its end; UTF-8
 * Owns     out points into the arena and into the reader; both live until the next call with them
 * Errors   those of record_parse; ST_NO_MEMORY
 * Threads  a reader belongs to one thread
 */
#ifndef INDEXER_SOURCE_JSON_H
#define INDEXER_SOURCE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/record/record.h"

typedef struct {
	Buf text; /* the unescaped text */
	Buf rest; /* the line without it */
} JsonReader;

void json_reader_done(JsonReader *reader);
Status json_reader_parse(JsonReader *reader, Str line, Arena *arena, Record *out, Err *err);

/* The object with its member `name` set to `value` (JSON, of any type): keys sorted, no blanks, in the arena. object
 * "": an empty one. ST_INVALID object or value is none. */
Status json_set_member(Str object, const char *name, Str value, Arena *arena, Str *out, Err *err);
/* The same with `value` behind what the list `name` holds; a list is begun where there is none. */
Status json_append_member(Str object, const char *name, Str value, Arena *arena, Str *out, Err *err);
/* JSON Merge Patch (RFC 7396): members of `patch` take the place of those of `object`, null removes one, objects are
 * merged. ST_INVALID one of them is no object. */
Status json_merge_patch(Str object, Str patch, Arena *arena, Str *out, Err *err);
/* The string object[outer][inner], in the arena; "" where there is none. */
Status json_get_text(Str object, const char *outer, const char *inner, Arena *arena, Str *out, Err *err);
/* The whole number object[outer][inner]; 0 where there is none. */
uint64_t json_get_whole(Str object, const char *outer, const char *inner);

#endif
