/* indexer/extract/grey.h - grey pixels in rows, turned.
 *
 * Units    pixels; quarter turns clockwise; degrees, clockwise positive
 * Owns     nothing: `out` has room for width × height bytes
 * Errors   none
 * Threads  pure
 */
#ifndef INDEXER_EXTRACT_GREY_H
#define INDEXER_EXTRACT_GREY_H

#include <stdint.h>

typedef struct {
	uint32_t width, height;
	uint8_t *pixels;
} Grey;

/* Turned by quarters (1–3); out->width and height are set. */
void grey_turn(const Grey *in, unsigned quarters, Grey *out);
/* Half the size: each pixel the mean of four. out->pixels has room for a quarter. */
void grey_halve(const Grey *in, Grey *out);
/* Turned around the middle, at the same size; what comes in from outside is white. */
void grey_tilt(const Grey *in, double degrees, Grey *out);
/* The share of dark pixels. */
double grey_darkness(const Grey *in);

/* Where a point of the turned picture lay before: coordinates 0–1 of the page. */
typedef struct {
	double x, y;
} GreyPoint;
GreyPoint grey_point_before_tilt(GreyPoint p, double degrees, uint32_t width, uint32_t height);
GreyPoint grey_point_before_turn(GreyPoint p, unsigned quarters);

#endif
