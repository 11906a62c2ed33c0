/* server/routes/view_routes.c - pages of a record to look at, and where on them a question's words stand. A page is
 * drawn, or its words are read, in an extracting process when somebody asks for it; nothing of that is kept. */
#include "server/routes/handlers.h"

#include "indexer/recognise/pages.h"
#include "indexer/search/search.h"
#include "store/record/entry_json.h"

#include <inttypes.h>

enum { TEXT_BYTES_MAX = 64 << 20, WIDTH_DEFAULT = 1000, PAGE_NUMBER_MAX = 100000 };

static Status find_page(Request *r, Entry *entry, unsigned *page_out, Err *err)
{
	uint64_t page;
	if (!str_to_u64(r->variables[1], &page) || page == 0 || page > PAGE_NUMBER_MAX)
		return err_set(err, ST_NOT_FOUND, "pages are numbered from 1");
	*page_out = (unsigned)page;
	return record_load_version(r, entry, err);
}

Status get_record_page(Request *r, Reply *reply, Err *err)
{
	Entry entry;
	unsigned page;
	uint64_t width;
	Status st = find_page(r, &entry, &page, err);
	if (st == ST_OK)
		st = request_number(r, "width", WIDTH_DEFAULT, VIEW_WIDTH_LEAST, VIEW_WIDTH_MOST, &width, err);
	if (st == ST_OK)
		st = page_view(r->service->store, &entry, page, (unsigned)width, &r->deadline, &reply->body, err);
	if (st != ST_OK)
		return st;
	char *seed = arena_printf(&r->arena, "page %u width %" PRIu64 " of %" PRIu64, page, width, entry.sequence);
	reply->media = "image/jpeg";
	reply->etag = reply_etag_of(str_from(seed), &r->arena);
	return ST_OK;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

/* How many UTF-16 code units, which places are told in, lie before a byte of the text; asked in ascending order. */
typedef struct {
	Str text;
	uint64_t byte, units;
} UnitCounter;

static uint64_t units_before(UnitCounter *c, uint64_t byte)
{
	if (byte < c->byte)
		c->byte = c->units = 0;
	for (; c->byte < byte && c->byte < c->text.len; c->byte++) {
		uint8_t b = (uint8_t)c->text.ptr[c->byte];
		c->units += b < 0x80 || b >= 0xC0; /* one for each character, … */
		c->units += b >= 0xF0;             /* … two beyond U+FFFF */
	}
	return c->units;
}

static bool is_hit(const ViewWord *word, const SearchPlaces *places, UnitCounter *counter)
{
	if (word->end == word->start)
		return false;
	uint64_t start = units_before(counter, word->start), end = units_before(counter, word->end);
	for (size_t i = 0; i < places->match_count; i++)
		if (places->matches[i].start < end && start < places->matches[i].end)
			return true;
	return false;
}

static void write_words(const ViewWord *words, size_t count, const SearchPlaces *places, Str text, JsonOut *j)
{
	UnitCounter counter = {.text = text};
	enum { DIGITS = 4 };
	jout_key(j, "words");
	jout_open(j, '[');
	for (size_t i = 0; i < count; i++) {
		jout_open(j, '{');
		jout_field_str(j, "text", words[i].text);
		jout_key(j, "x"), jout_double(j, words[i].x, DIGITS);
		jout_key(j, "y"), jout_double(j, words[i].y, DIGITS);
		jout_key(j, "w"), jout_double(j, words[i].width, DIGITS);
		jout_key(j, "h"), jout_double(j, words[i].height, DIGITS);
		jout_field_bool(j, "hit", is_hit(&words[i], places, &counter));
		jout_close(j, '}');
	}
	jout_close(j, ']');
}

static Status load_text(Request *r, const Entry *entry, Buf *out, Err *err)
{
	int object = entry_text_object(entry);
	return object < 0
		       ? ST_OK
		       : store_object_load(r->service->store, &entry->objects[object].hash, TEXT_BYTES_MAX, out, err);
}

Status get_record_words(Request *r, Reply *reply, Err *err)
{
	Entry entry;
	Record record;
	SearchPlaces places = {0};
	ViewWord *words = NULL;
	size_t count = 0;
	unsigned page;
	Buf text = {0};
	JsonOut j;
	Str query = request_parameter(r, "q");
	Status st = find_page(r, &entry, &page, err);
	if (st == ST_OK)
		st = entry_read_record(&entry, &r->arena, &record, err);
	if (st == ST_OK)
		st = load_text(r, &entry, &text, err);
	if (st == ST_OK)
		st = page_view_words(r->service->store, &entry, page, buf_str(&text), &r->deadline, &r->arena, &words,
				     &count, err);
	if (st == ST_OK && query.len)
		st = search_places(r->service->index, buf_str(&text), query, record_text(&record, RF_NUMBER), &r->arena,
				   &places, err);
	if (st == ST_OK) {
		reply_json_begin(reply, &j);
		jout_open(&j, '{');
		jout_field_str(&j, "id", entry.key);
		jout_field_u64(&j, "version", entry.version);
		jout_field_u64(&j, "page", page);
		write_words(words, count, &places, buf_str(&text), &j);
		jout_close(&j, '}');
	}
	buf_done(&text);
	return st;
}
