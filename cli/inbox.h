/* cli/inbox.h - a folder in which deliveries appear: what lies in it, since when it has not changed, and moving it out.
 *
 *   DIR/15.pdf DIR/15.json     one delivery, "15": files of one stem belong together
 *   DIR/hop-01/                one delivery, with all beneath it
 *   DIR/done/ DIR/refused/     where deliveries go; DIR/.hoso-moving: moves that were begun
 *
 * Hidden files are left alone. A delivery is finished when its sizes and times have not changed for a while: that holds
 * for shares of other machines too, where nobody is told of a write.
 *
 * Units    microseconds of the monotonic clock
 * Owns     an Inbox owns all it points to until inbox_close; deliveries until the next inbox_look
 * Errors   ST_IO, ST_NOT_FOUND, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef CLI_INBOX_H
#define CLI_INBOX_H

#include "base/arena.h"
#include "base/file.h"

typedef struct {
	uint64_t files, bytes, newest_ns; /* of all beneath; a change of any is a change */
} InboxState;

typedef struct {
	Str name; /* in the folder */
	Str stem; /* of a file; a folder has its name */
	bool is_dir;
	InboxState state;
	uint64_t since_us; /* when it was seen like this first */
	bool is_left;      /* nothing is to be done with it as it is */
} InboxEntry;

typedef struct {
	const char *dir;
	InboxEntry *entries; /* by stem, then by name */
	size_t count;
	Arena arena;
} Inbox;

/* Makes done/ and refused/, and ends moves that a kill cut off. */
Status inbox_open(Inbox *out, const char *dir, Err *err);
void inbox_close(Inbox *inbox);
/* Looks again; what has not changed keeps its since_us and is_left. */
Status inbox_look(Inbox *inbox, Err *err);
/* The entries [at, result) are one delivery. */
size_t inbox_delivery_end(const Inbox *inbox, size_t at);
/* They have not changed since inbox_look. */
bool inbox_is_unchanged(const Inbox *inbox, size_t from, size_t to);
/* Moves them into the folder `to`; a name that is taken there gets a number. reason "": none is written beside them. */
Status inbox_move(Inbox *inbox, size_t from, size_t to, const char *folder, Str reason, Err *err);

#endif
