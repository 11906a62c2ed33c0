/* indexer/extract/tesseract.c - each page is read as it lies. Where that gives hardly a sure word, the page may lie on
 * its side or upside down: the four ways are tried at half the size, and it is read again in the best of them. Text
 * that runs aslant is turned straight first. Places of words are told on the page as it came.
 *
 * The library is found by name when the process has confined itself, with the types of its own headers; no other
 * process ever loads it. */
#include "indexer/extract/tesseract.h"

#ifdef HOSO_TESSERACT
#include "base/file.h"
#include "indexer/extract/grey.h"
#include "indexer/extract/leptonica.h"
#include "indexer/extract/page_image.h"
#include "indexer/extract/page_words.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <tesseract/capi.h>
#include <unistd.h>

#define FUNCTIONS(X)                                                                                                   \
	X(TessBaseAPICreate)                                                                                           \
	X(TessBaseAPIDelete)                                                                                           \
	X(TessBaseAPIInit3)                                                                                            \
	X(TessBaseAPISetPageSegMode)                                                                                   \
	X(TessBaseAPISetVariable)                                                                                      \
	X(TessBaseAPISetImage)                                                                                         \
	X(TessBaseAPISetSourceResolution)                                                                              \
	X(TessBaseAPIRecognize)                                                                                        \
	X(TessBaseAPIGetIterator)                                                                                      \
	X(TessBaseAPIClear)                                                                                            \
	X(TessResultIteratorGetPageIteratorConst)                                                                      \
	X(TessResultIteratorGetUTF8Text)                                                                               \
	X(TessResultIteratorConfidence)                                                                                \
	X(TessResultIteratorNext)                                                                                      \
	X(TessResultIteratorDelete)                                                                                    \
	X(TessPageIteratorIsAtBeginningOf)                                                                             \
	X(TessPageIteratorBoundingBox)                                                                                 \
	X(TessDeleteText)                                                                                              \
	X(TessVersion)

static struct {
#define MEMBER(name) __typeof__(&name) name;
	FUNCTIONS(MEMBER)
} tess;

static Status load(TessBaseAPI **out, Err *err)
{
	bool found = true;
	void *library = dlopen("libtesseract.so.5", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return err_set(err, ST_UNSUPPORTED, "recognition is not installed: install tesseract-ocr");
#define FIND(name) found = found && (*(void **)&tess.name = dlsym(library, #name)) != NULL;
	FUNCTIONS(FIND)
	if (!found)
		return err_set(err, ST_UNSUPPORTED, "this version of Tesseract lacks what is needed of it");
	TessBaseAPI *api = tess.TessBaseAPICreate();
	if (!api)
		return err_no_memory(err);
	if (tess.TessBaseAPIInit3(api, NULL, "vie") != 0)
		return err_set(err, ST_UNSUPPORTED,
			       "recognition lacks its Vietnamese model: install tesseract-ocr-vie");
	tess.TessBaseAPISetPageSegMode(api, PSM_AUTO);
	tess.TessBaseAPISetVariable(api, "debug_file", "/dev/null");
	*out = api;
	return ST_OK;
}

/* ---- one reading ----------------------------------------------------------------------------------------------- */

typedef struct {
	Buf lines;           /* of page_words.h, without the first */
	unsigned count;      /* words that hold a letter or digit */
	double certainty;    /* the mean of theirs */
	double sure_letters; /* letters of words that are certain: what one reading has more of than another */
} Reading;

/* How the picture that was read came from the page. */
typedef struct {
	unsigned quarters;
	double tilt; /* by how much it was turned after that; degrees clockwise */
} Turned;

static unsigned parts_of(double part)
{
	return part <= 0 ? 0 : part >= 1 ? PAGE_PARTS : (unsigned)(part * PAGE_PARTS + 0.5);
}

/* The box around a word's four corners on the page as it came. */
static void place_word(const Grey *picture, Turned turned, const int box[4], PageWord *out)
{
	double left = 1, top = 1, right = 0, bottom = 0;
	for (int corner = 0; corner < 4; corner++) {
		GreyPoint p = {(double)box[corner & 1 ? 2 : 0] / picture->width,
			       (double)box[corner & 2 ? 3 : 1] / picture->height};
		if (turned.tilt != 0)
			p = grey_point_before_tilt(p, turned.tilt, picture->width, picture->height);
		p = grey_point_before_turn(p, turned.quarters);
		left = fmin(left, p.x), right = fmax(right, p.x);
		top = fmin(top, p.y), bottom = fmax(bottom, p.y);
	}
	out->x = (uint16_t)parts_of(left);
	out->y = (uint16_t)parts_of(top);
	out->width = (uint16_t)(parts_of(right) - out->x);
	out->height = (uint16_t)(parts_of(bottom) - out->y);
}

static unsigned count_letters(Str text)
{
	unsigned letters = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = (uint8_t)text.ptr[i];
		letters += (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0xC3;
	}
	return letters;
}

static void add_word(TessResultIterator *it, const Grey *picture, Turned turned, Reading *out)
{
	enum { SURE = 60 };
	int box[4];
	const TessPageIterator *place = tess.TessResultIteratorGetPageIteratorConst(it);
	char *text = tess.TessResultIteratorGetUTF8Text(it, RIL_WORD);
	double certainty = tess.TessResultIteratorConfidence(it, RIL_WORD);
	if (text && *text && tess.TessPageIteratorBoundingBox(place, RIL_WORD, &box[0], &box[1], &box[2], &box[3])) {
		PageWord word = {.certainty = (uint8_t)(certainty < 0     ? 0
							: certainty > 100 ? 100
									  : certainty),
				 .text = str_trim(str_from(text))};
		unsigned letters = count_letters(word.text);
		word.before = tess.TessPageIteratorIsAtBeginningOf(place, RIL_PARA)       ? BREAK_PARAGRAPH
			      : tess.TessPageIteratorIsAtBeginningOf(place, RIL_TEXTLINE) ? BREAK_LINE
											  : BREAK_SPACE;
		place_word(picture, turned, box, &word);
		if (word.text.len)
			page_words_write(&word, &out->lines);
		if (letters) {
			out->certainty += certainty;
			out->count++;
		}
		if (certainty >= SURE && letters > 1)
			out->sure_letters += letters;
	}
	tess.TessDeleteText(text);
}

static Status read_picture(TessBaseAPI *api, const Grey *picture, unsigned dpi, Turned turned, Reading *out, Err *err)
{
	buf_clear(&out->lines);
	out->count = 0;
	out->certainty = out->sure_letters = 0;
	tess.TessBaseAPISetImage(api, picture->pixels, (int)picture->width, (int)picture->height, 1,
				 (int)picture->width);
	tess.TessBaseAPISetSourceResolution(api, (int)dpi);
	if (tess.TessBaseAPIRecognize(api, NULL) != 0)
		return err_set(err, ST_INVALID, "the page can't be recognised");
	TessResultIterator *it = tess.TessBaseAPIGetIterator(api);
	if (it) {
		do
			add_word(it, picture, turned, out);
		while (tess.TessResultIteratorNext(it, RIL_WORD));
		tess.TessResultIteratorDelete(it);
	}
	tess.TessBaseAPIClear(api);
	out->certainty = out->count ? out->certainty / out->count : 0;
	return buf_ok(&out->lines) ? ST_OK : err_no_memory(err);
}

/* ---- the best reading ------------------------------------------------------------------------------------------ */

enum { LETTERS_LEAST = 6 }; /* of sure words, on a page that holds text */

static bool is_sure(const Reading *reading)
{
	return reading->count >= 8 && reading->certainty >= 65;
}

/* Which way up the page has most sure letters: quarter turns clockwise. */
static Status find_way_up(TessBaseAPI *api, const Grey *page, unsigned dpi, uint8_t *space, Reading *scratch,
			  unsigned *quarters_out, Err *err)
{
	Grey small = {.pixels = space}, turned = {.pixels = space + (size_t)page->width * page->height / 2};
	double best = 0;
	Status st = ST_OK;
	grey_halve(page, &small);
	*quarters_out = 0;
	for (unsigned quarters = 0; quarters < 4 && st == ST_OK; quarters++) {
		if (quarters)
			grey_turn(&small, quarters, &turned);
		st = read_picture(api, quarters ? &turned : &small, dpi / 2, (Turned){quarters, 0}, scratch, err);
		if (st == ST_OK && scratch->sure_letters > best * 1.2) {
			best = scratch->sure_letters;
			*quarters_out = quarters;
		}
	}
	return st;
}

static void swap_pixels(Grey *a, uint8_t **b)
{
	uint8_t *pixels = a->pixels;
	a->pixels = *b;
	*b = pixels;
}

/* page->pixels and space may change places: both hold a whole page. */
static Status read_best(TessBaseAPI *api, Grey *page, uint8_t *space, unsigned dpi, Reading *best, Turned *turned_out,
			Err *err)
{
	const double straight_enough = 0.4, too_much = 12, empty = 0.0002; /* degrees, degrees, share of dark pixels */
	Turned turned = {0};
	Grey other = {.pixels = space};
	*turned_out = turned;
	if (page->width < 16 || page->height < 16 || grey_darkness(page) < empty)
		return ST_OK;
	double tilt = leptonica_find_tilt(page->pixels, page->width, page->height);
	if (fabs(tilt) > straight_enough && fabs(tilt) < too_much) {
		turned.tilt = -tilt;
		grey_tilt(page, turned.tilt, &other);
		swap_pixels(page, &other.pixels);
	}
	Status st = read_picture(api, page, dpi, turned, best, err);
	if (st == ST_OK && !is_sure(best)) {
		Reading scratch = {0};
		Turned way_up = {0};
		if (turned.tilt != 0) /* the page as it came */
			swap_pixels(page, &other.pixels);
		st = find_way_up(api, page, dpi, other.pixels, &scratch, &way_up.quarters, err);
		if (st == ST_OK && way_up.quarters) {
			grey_turn(page, way_up.quarters, &other);
			st = read_picture(api, &other, dpi, way_up, &scratch, err);
			if (st == ST_OK && scratch.sure_letters > best->sure_letters) {
				Reading lost = *best;
				*best = scratch;
				scratch = lost;
				turned = way_up;
			}
		}
		buf_done(&scratch.lines);
	}
	*turned_out = turned;
	if (best->sure_letters < LETTERS_LEAST) /* a picture, a seal, dirt: what looks like words there is none */
		buf_clear(&best->lines);
	return st;
}

/* ---- orders and answers ---------------------------------------------------------------------------------------- */

static Status answer(int fd, Str bytes, Err *err)
{
	RecogniseAnswer head = {RECOGNISE_MAGIC, (uint32_t)bytes.len};
	Status st = file_write(fd, &head, sizeof head, "the answer", err);
	return st == ST_OK ? file_write(fd, bytes.ptr, bytes.len, "the answer", err) : st;
}

static bool read_all(int fd, void *out, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t got = read(fd, (char *)out + at, len - at);
		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

static Status serve_page(TessBaseAPI *api, const RecogniseOrder *order, int in_fd, int out_fd, Err *err)
{
	size_t size = (size_t)order->width * order->height;
	Grey page = {order->width, order->height, malloc(size)};
	uint8_t *space = malloc(size), *first = page.pixels;
	Reading best = {0};
	Turned turned;
	Buf lines = {0};
	Status st = first && space ? ST_OK : err_no_memory(err);
	if (st == ST_OK && !read_all(in_fd, first, size))
		st = err_set(err, ST_IO, "the page ends early");
	if (st == ST_OK)
		st = read_best(api, &page, space, order->dpi, &best, &turned, err);
	if (st == ST_OK) {
		page_words_write_head(turned.quarters, (int)lround(turned.tilt * 100), &lines);
		buf_add_str(&lines, buf_str(&best.lines));
		st = buf_ok(&lines) ? answer(out_fd, buf_str(&lines), err) : err_no_memory(err);
	}
	free(first);
	free(space);
	buf_done(&best.lines);
	buf_done(&lines);
	return st;
}

static bool is_order(const RecogniseOrder *order)
{
	return order->magic == RECOGNISE_MAGIC && order->width && order->height && order->width <= PAGE_SIDE_MAX &&
	       order->height <= PAGE_SIDE_MAX && (uint64_t)order->width * order->height <= PAGE_PIXELS_MAX;
}

Status tesseract_serve(int in_fd, int out_fd, Err *err)
{
	TessBaseAPI *api;
	RecogniseOrder order;
	Buf label = {0};
	Status st = load(&api, err);
	if (st != ST_OK)
		return st;
	buf_printf(&label, "tesseract %s vie", tess.TessVersion());
	st = buf_ok(&label) ? answer(out_fd, buf_str(&label), err) : err_no_memory(err);
	buf_done(&label);
	while (st == ST_OK && read_all(in_fd, &order, sizeof order))
		st = is_order(&order) ? serve_page(api, &order, in_fd, out_fd, err)
				      : err_set(err, ST_INVALID, "no order to recognise a page");
	tess.TessBaseAPIDelete(api);
	return st;
}
#else
Status tesseract_serve(int in_fd, int out_fd, Err *err)
{
	(void)in_fd, (void)out_fd;
	return err_set(err, ST_UNSUPPORTED, "this program was built without Tesseract (libtesseract-dev)");
}
#endif
