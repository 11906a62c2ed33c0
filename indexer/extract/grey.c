/* indexer/extract/grey.c - turning: each pixel of the result is looked up where it lay before. */
#include "indexer/extract/grey.h"

#include <math.h>
#include <stddef.h>

void grey_turn(const Grey *in, unsigned quarters, Grey *out)
{
	uint32_t w = in->width, h = in->height;
	out->width = quarters & 1 ? h : w;
	out->height = quarters & 1 ? w : h;
	for (uint32_t y = 0; y < out->height; y++)
		for (uint32_t x = 0; x < out->width; x++) {
			uint32_t from_x = quarters == 1 ? y : quarters == 2 ? w - 1 - x : w - 1 - y;
			uint32_t from_y = quarters == 1 ? h - 1 - x : quarters == 2 ? h - 1 - y : x;
			out->pixels[(size_t)y * out->width + x] = in->pixels[(size_t)from_y * w + from_x];
		}
}

void grey_halve(const Grey *in, Grey *out)
{
	size_t w = in->width;
	out->width = in->width / 2;
	out->height = in->height / 2;
	for (size_t y = 0; y < out->height; y++)
		for (size_t x = 0; x < out->width; x++) {
			const uint8_t *p = in->pixels + 2 * y * w + 2 * x;
			out->pixels[y * out->width + x] = (uint8_t)((p[0] + p[1] + p[w] + p[w + 1] + 2) / 4);
		}
}

static double radians(double degrees)
{
	return degrees * (M_PI / 180);
}

static uint8_t pixel_at(const Grey *in, double x, double y)
{
	double left = floor(x), top = floor(y), across = x - left, down = y - top;
	if (left < 0 || top < 0 || left + 1 >= in->width || top + 1 >= in->height)
		return 255;
	const uint8_t *p = in->pixels + (size_t)top * in->width + (size_t)left;
	double upper = p[0] + (p[1] - p[0]) * across;
	double lower = p[in->width] + (p[in->width + 1] - p[in->width]) * across;
	return (uint8_t)(upper + (lower - upper) * down + 0.5);
}

void grey_tilt(const Grey *in, double degrees, Grey *out)
{
	double cosine = cos(radians(degrees)), sine = sin(radians(degrees));
	double middle_x = in->width / 2.0, middle_y = in->height / 2.0;
	out->width = in->width;
	out->height = in->height;
	for (uint32_t y = 0; y < in->height; y++)
		for (uint32_t x = 0; x < in->width; x++) {
			double dx = x - middle_x, dy = y - middle_y;
			out->pixels[(size_t)y * in->width + x] =
				pixel_at(in, middle_x + dx * cosine + dy * sine, middle_y - dx * sine + dy * cosine);
		}
}

double grey_darkness(const Grey *in)
{
	enum { DARK = 140 };
	size_t all = (size_t)in->width * in->height, dark = 0;
	for (size_t i = 0; i < all; i++)
		dark += in->pixels[i] < DARK;
	return all ? (double)dark / (double)all : 0;
}

GreyPoint grey_point_before_tilt(GreyPoint p, double degrees, uint32_t width, uint32_t height)
{
	double cosine = cos(radians(degrees)), sine = sin(radians(degrees));
	double dx = (p.x - 0.5) * width, dy = (p.y - 0.5) * height;
	return (GreyPoint){0.5 + (dx * cosine + dy * sine) / width, 0.5 + (dy * cosine - dx * sine) / height};
}

GreyPoint grey_point_before_turn(GreyPoint p, unsigned quarters)
{
	switch (quarters) {
	case 1:
		return (GreyPoint){p.y, 1 - p.x};
	case 2:
		return (GreyPoint){1 - p.x, 1 - p.y};
	case 3:
		return (GreyPoint){1 - p.y, p.x};
	default:
		return p;
	}
}
