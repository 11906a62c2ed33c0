/* server/http/framing.h - where a request begins and ends, read strictly from the bytes as they come.
 *
 *   request line | header lines | empty line | body by Content-Length or in chunks | next request line …
 *
 * libmicrohttpd 0.9.75 reads heads leniently: a line that begins with ':' or NUL ends the head for it, a folded line
 * and a NUL in a value pass. Two servers in a row then disagree about where a request ends, and what one takes for a
 * body the other answers as a request. Here a head is well formed by RFC 9112 or the connection is over. Only what
 * decides about boundaries is looked at; what a request means is head.c's.
 *
 * Shapes   in: pieces of the stream of any length; nothing is kept but the numbers below
 * Units    bytes
 * Owns     nothing
 * Errors   FRAMING_BAD the stream is ambiguous behind *good_out, FRAMING_LONG a head or a length is too long; for ever
 * Threads  one a stream
 * Source   RFC 9112 §2.2 (line ends), §3, §5 (no folding, no blank before the colon), §6.3, §7.1 (chunks)
 */
#ifndef SERVER_HTTP_FRAMING_H
#define SERVER_HTTP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAMING_HEAD_MAX = 96 * 1024, /* of a request line with its headers; what is less but too much head.c answers */
	FRAMING_NAME_MAX = 24,        /* of a header's name that is kept: those that matter here are shorter */
	FRAMING_CHUNK_LINE_MAX = 256, /* of a chunk's size with its extensions */
};

typedef enum { FRAMING_GOOD, FRAMING_BAD, FRAMING_LONG } FramingResult;

typedef struct {
	uint8_t state, header;
	bool cr; /* a CR was read: LF must follow */
	bool has_length, has_encoding, value_blank;
	uint8_t name_len, value_at; /* how much of a name, of the word "chunked" was read */
	char name[FRAMING_NAME_MAX];
	uint32_t line_bytes;  /* of a chunk's line */
	uint64_t head_bytes;  /* of the head so far */
	uint64_t length_left; /* of a body, or of the chunk at hand */
} Framing;

/* Reads on. *good_out: how many of the bytes belong to a stream that is well formed so far; all of them when the result
 * is FRAMING_GOOD, else those before the head (or the chunk) at fault, as far as it began in this piece. */
FramingResult framing_read(Framing *f, const char *bytes, size_t len, size_t *good_out);

#endif
