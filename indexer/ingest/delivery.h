/* indexer/ingest/delivery.h - a folder with a register: the files that its rows name, and those that no row names.
 *
 *   \Chi cuc\hopso01\hoso01\….001.pdf   a path as the register has it, from the delivery's root; backslashes, other
 *                                       case and normal form, folders more or fewer in front are all the same file
 *   Bia_hoso01.pdf, MLVB_01.pdf         the case file's cover and its scanned list: no row names them, and none should
 *
 * The folder is walked once, when the first name can't be opened as it stands.
 *
 * Owns     delivery_open's result until delivery_close; the folder's descriptor stays the caller's
 * Errors   ST_NOT_FOUND no such file; ST_CONFLICT several fit; ST_IO, ST_LIMIT, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_INGEST_DELIVERY_H
#define INDEXER_INGEST_DELIVERY_H

#include "indexer/ingest/tally.h"
#include "indexer/source/files.h"
#include "store/record/fields.h"

typedef struct Delivery Delivery;

/* name: the folder as it is shown. */
Status delivery_open(Delivery **out, int root_fd, Str name, Err *err);
void delivery_close(Delivery *delivery);

typedef struct {
	int fd;        /* the caller's */
	Str path;      /* from the root; in the delivery's memory */
	bool misnamed; /* it stands elsewhere, or has another ending, than the register says */
	bool listed;   /* another row named it before */
} DeliveryFile;

/* Opens what a row names and remembers that it is listed. register_folder: where the register stands, from the root. */
Status delivery_take(Delivery *delivery, TakenFiles *taken, Str named, Str register_folder, DeliveryFile *out,
		     Err *err);
/* The files in this file's folder belong to that case file. */
bool delivery_note_case(Delivery *delivery, Str path, Str case_code);

/* What a file that no row names is, by its name and folder. */
typedef enum { DELIVERY_UNLISTED, DELIVERY_COVER, DELIVERY_LIST } DeliveryRole;
DeliveryRole delivery_role(const Delivery *delivery, Str path, Str *case_code_out);
/* "folder/a.pdf", as files are shown, from the root. */
Str delivery_path_of(const Delivery *delivery, Str shown);

#endif
