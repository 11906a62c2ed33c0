/* indexer/extract/leptonica.c - sizes are read from the image's head before a pixel is decoded. Without a resolution
 * that can be true the image is taken for a sheet of A4. Functions of the library are found by name when it is loaded
 * (no program but the extracting process ever has it), with the types of its own headers. */
#include "indexer/extract/leptonica.h"

#ifdef HOSO_LEPTONICA
#include "base/file.h"
#include "indexer/extract/page_image.h"

#include <dlfcn.h>
#include <leptonica/allheaders.h>

#define FUNCTIONS(X)                                                                                                   \
	X(pixReadHeaderMem)                                                                                            \
	X(readHeaderMemTiff)                                                                                           \
	X(pixReadMem)                                                                                                  \
	X(pixReadMemTiff)                                                                                              \
	X(pixConvertTo8)                                                                                               \
	X(pixRemoveAlpha)                                                                                              \
	X(pixGetDepth)                                                                                                 \
	X(pixGetXRes)                                                                                                  \
	X(pixGetYRes)                                                                                                  \
	X(pixScale)                                                                                                    \
	X(pixGetWidth)                                                                                                 \
	X(pixGetHeight)                                                                                                \
	X(pixGetData)                                                                                                  \
	X(pixGetWpl)                                                                                                   \
	X(pixWriteMemJpeg)                                                                                             \
	X(lept_free)                                                                                                   \
	X(pixCreate)                                                                                                   \
	X(pixDestroy)                                                                                                  \
	X(pixFindSkew)                                                                                                 \
	X(setMsgSeverity)

static struct {
#define MEMBER(name) __typeof__(&name) name;
	FUNCTIONS(MEMBER)
} lept;

static bool load(void)
{
	static bool tried, is_loaded;
	if (tried)
		return is_loaded;
	tried = true;
	void *library = dlopen("liblept.so.5", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return false;
	is_loaded = true;
#define FIND(name) is_loaded = is_loaded && (*(void **)&lept.name = dlsym(library, #name)) != NULL;
	FUNCTIONS(FIND)
	if (is_loaded)
		lept.setMsgSeverity(L_SEVERITY_NONE);
	return is_loaded;
}

/* ---- one page, decoded ----------------------------------------------------------------------------------------- */

typedef struct {
	const l_uint8 *bytes;
	size_t size;
	bool is_tiff;
	l_int32 width, height, resolution;
	uint32_t pages;
} Image;

static bool is_tiff(Str bytes)
{
	return str_starts(bytes, (Str){"II*\0", 4}) || str_starts(bytes, (Str){"MM\0*", 4}) ||
	       str_starts(bytes, (Str){"II+\0", 4}) || str_starts(bytes, (Str){"MM\0+", 4});
}

static bool read_tiff_head(Image *image, uint32_t index)
{
	l_int32 bits, samples, mapped, format;
	return lept.readHeaderMemTiff(image->bytes, image->size, (l_int32)index, &image->width, &image->height, &bits,
				      &samples, &image->resolution, &mapped, &format) == 0;
}

/* Its size, and how many pages there are. */
static Status read_head(Image *image, unsigned page, Err *err)
{
	l_int32 format, bits, samples, mapped;
	bool ok;
	image->pages = 1;
	if (image->is_tiff) {
		image->pages = 0;
		while (image->pages < PAGES_MAX && read_tiff_head(image, image->pages))
			image->pages++;
		ok = image->pages && (page > image->pages || read_tiff_head(image, page - 1));
	} else {
		ok = lept.pixReadHeaderMem(image->bytes, image->size, &format, &image->width, &image->height, &bits,
					   &samples, &mapped) == 0;
	}
	if (!ok)
		return err_set(err, ST_INVALID, "no image that can be read");
	if (page > image->pages)
		return err_set(err, ST_NOT_FOUND, "there is no page %u", page);
	if (image->width <= 0 || image->height <= 0)
		return err_set(err, ST_INVALID, "an image without pixels");
	if ((uint64_t)image->width * (uint64_t)image->height > PAGE_SOURCE_PIXELS_MAX)
		return err_set(err, ST_LIMIT, "an image of %d × %d pixels, which is too many", image->width,
			       image->height);
	return ST_OK;
}

static void replace(PIX **pix, PIX *with)
{
	lept.pixDestroy(pix);
	*pix = with;
}

/* Dots per inch, as the image says or as it would be on A4. */
static double resolution_of(PIX *pix)
{
	enum { LEAST = 90, MOST = 1300 };
	const double a4_inches = 8.27;
	int said = lept.pixGetXRes(pix), width = lept.pixGetWidth(pix), height = lept.pixGetHeight(pix);
	if (said >= LEAST && said <= MOST)
		return said;
	return (width < height ? width : height) / a4_inches;
}

/* The factor that makes it 300 dpi, within what is sensible and what is allowed. */
static double factor_of(PIX *pix, double resolution)
{
	double width = lept.pixGetWidth(pix), height = lept.pixGetHeight(pix), factor = PAGE_DPI / resolution;
	if (factor > 3)
		factor = 3;
	if (factor > 0.9 && factor < 1.2)
		factor = 1;
	while (factor * factor * width * height > PAGE_PIXELS_MAX || factor * width > PAGE_SIDE_MAX ||
	       factor * height > PAGE_SIDE_MAX)
		factor *= 0.8;
	return factor;
}

static void write_grey(PIX *pix, uint32_t pages, double dpi, Buf *out)
{
	uint32_t width = (uint32_t)lept.pixGetWidth(pix), height = (uint32_t)lept.pixGetHeight(pix);
	size_t words = (size_t)lept.pixGetWpl(pix);
	const l_uint32 *data = lept.pixGetData(pix);
	buf_printf(out, "P5\n# pages %u dpi %u\n%u %u\n255\n", pages, (unsigned)(dpi + 0.5), width, height);
	char *row = buf_extend(out, (size_t)width * height);
	for (uint32_t y = 0; row && y < height; y++, row += width)
		for (uint32_t x = 0; x < width; x++)
			row[x] = (char)GET_DATA_BYTE(data + y * words, x);
}

static PIX *read_pixels(const Image *image, unsigned page)
{
	PIX *pix = image->is_tiff ? lept.pixReadMemTiff(image->bytes, image->size, (l_int32)page - 1)
				  : lept.pixReadMem(image->bytes, image->size);
	if (pix)
		replace(&pix, lept.pixRemoveAlpha(pix));
	return pix;
}

static Status draw(const Image *image, unsigned page, unsigned width, Buf *out, Err *err)
{
	(void)width;
	if (page == 0) {
		buf_printf(out, "P5\n# pages %u dpi 300\n1 1\n255\n%c", image->pages, 'w');
		return buf_ok(out) ? ST_OK : err_no_memory(err);
	}
	PIX *pix = read_pixels(image, page);
	if (pix)
		replace(&pix, lept.pixConvertTo8(pix, 0));
	if (!pix)
		return err_set(err, ST_INVALID, "no image that can be read");
	double resolution = resolution_of(pix), factor = factor_of(pix, resolution);
	if (factor < 0.999 || factor > 1.001)
		replace(&pix, lept.pixScale(pix, (l_float32)factor, (l_float32)factor));
	if (!pix)
		return err_no_memory(err);
	write_grey(pix, image->pages, resolution * factor, out);
	lept.pixDestroy(&pix);
	return buf_ok(out) ? ST_OK : err_no_memory(err);
}

static Status view(const Image *image, unsigned page, unsigned width, Buf *out, Err *err)
{
	enum { QUALITY = 80 };
	PIX *pix = read_pixels(image, page);
	l_uint8 *bytes = NULL;
	size_t size = 0;
	if (pix && lept.pixGetWidth(pix) > 0) {
		l_float32 factor = (l_float32)width / (l_float32)lept.pixGetWidth(pix);
		replace(&pix, lept.pixScale(pix, factor, factor));
	}
	if (pix && lept.pixGetDepth(pix) != 32)
		replace(&pix, lept.pixConvertTo8(pix, 0));
	bool ok = pix && lept.pixWriteMemJpeg(&bytes, &size, pix, QUALITY, 0) == 0;
	if (ok)
		buf_add(out, bytes, size);
	lept.lept_free(bytes);
	lept.pixDestroy(&pix);
	if (!ok)
		return err_set(err, ST_INVALID, "no image that can be shown");
	return buf_ok(out) ? ST_OK : err_no_memory(err);
}

typedef Status PageMaker(const Image *image, unsigned page, unsigned width, Buf *out, Err *err);

static Status make_page(PageMaker *make, int fd, unsigned page, unsigned width, Buf *out, Err *err)
{
	enum { BYTES_MAX = 512 << 20 };
	Buf bytes = {0};
	if (!load())
		return err_set(err, ST_UNSUPPORTED, "images can't be read here; install liblept5");
	Status st = file_read_fd(fd, BYTES_MAX, &bytes, "the image", err);
	Image image = {.bytes = (const l_uint8 *)bytes.data, .size = bytes.len, .is_tiff = is_tiff(buf_str(&bytes))};
	if (st == ST_OK)
		st = read_head(&image, page, err);
	if (st == ST_OK)
		st = make(&image, page, width, out, err);
	buf_done(&bytes);
	return st;
}

Status leptonica_draw(int fd, unsigned page, unsigned width, Buf *out, Err *err)
{
	return make_page(draw, fd, page, width, out, err);
}

Status leptonica_view(int fd, unsigned page, unsigned width, Buf *out, Err *err)
{
	return page ? make_page(view, fd, page, width, out, err) : err_set(err, ST_NOT_FOUND, "there is no page 0");
}

/* ---- tilt ------------------------------------------------------------------------------------------------------ */

/* Looked for at a quarter of the size: dark is what has a dark pixel. */
double leptonica_find_tilt(const uint8_t *pixels, uint32_t width, uint32_t height)
{
	enum { STEP = 2, DARK = 130 };
	const l_float32 sure = 3;
	l_float32 angle = 0, confidence = 0;
	PIX *pix = load() ? lept.pixCreate((l_int32)(width / STEP), (l_int32)(height / STEP), 1) : NULL;
	if (!pix)
		return 0;
	l_uint32 *data = lept.pixGetData(pix);
	size_t words = (size_t)lept.pixGetWpl(pix);
	for (uint32_t y = 0; y < height / STEP; y++)
		for (uint32_t x = 0; x < width / STEP; x++)
			if (pixels[(size_t)y * STEP * width + x * STEP] < DARK)
				SET_DATA_BIT(data + y * words, x);
	bool found = lept.pixFindSkew(pix, &angle, &confidence) == 0 && confidence > sure;
	lept.pixDestroy(&pix);
	return found ? -(double)angle : 0;
}
#else
Status leptonica_draw(int fd, unsigned page, unsigned width, Buf *out, Err *err)
{
	return leptonica_view(fd, page, width, out, err);
}

Status leptonica_view(int fd, unsigned page, unsigned width, Buf *out, Err *err)
{
	(void)fd, (void)page, (void)width, (void)out;
	return err_set(err, ST_UNSUPPORTED, "this program was built without Leptonica (libleptonica-dev)");
}

double leptonica_find_tilt(const uint8_t *pixels, uint32_t width, uint32_t height)
{
	(void)pixels, (void)width, (void)height;
	return 0;
}
#endif
