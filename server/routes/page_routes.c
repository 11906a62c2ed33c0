/* server/routes/page_routes.c - the pages: one document for every address that a person may see, and its files. The
 * script in it reads the address and asks /v1 for what it shows. */
#include "indexer/search/search.h"
#include "server/http/problem.h"
#include "server/pages/pages.h"
#include "server/routes/handlers.h"

static const char page_csp[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
	"frame-src 'self'; object-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/* verify.html also works as a file on a disk, so its script stands in it; it may not load or send anything. */
static const char lone_csp[] = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; form-action "
			       "'none'; base-uri 'none'; "
			       "frame-ancestors 'none'";

static Status send_file(Request *r, Str name, Reply *reply, Err *err)
{
	const Page *page = pages_find(r->service->pages, name);
	if (!page)
		return err_set(err, ST_NOT_FOUND, "there is no such page");
	reply->media = page->media;
	reply->constant = page->bytes;
	reply->etag = page->etag;
	reply->csp = str_eq(name, STR("verify.html")) ? lone_csp : page_csp;
	reply->cache = "no-cache";
	return ST_OK;
}

Status get_page(Request *r, Reply *reply, Err *err)
{
	return send_file(r, STR("index.html"), reply, err);
}

Status get_verify_page(Request *r, Reply *reply, Err *err)
{
	return send_file(r, STR("verify.html"), reply, err);
}

Status get_page_file(Request *r, Reply *reply, Err *err)
{
	return send_file(r, r->variables[0], reply, err);
}

/* ---- labels ---------------------------------------------------------------------------------------------------- */

static void write_record_fields(Language language, JsonOut *j)
{
	jout_open(j, '{');
	for (int id = 0; id < RF_COUNT; id++)
		jout_field_text(j, record_fields[id].name,
				language == LANGUAGE_EN ? record_fields[id].label_en : record_fields[id].label_vi);
	jout_close(j, '}');
}

static void write_problems(Language language, JsonOut *j)
{
	jout_open(j, '{');
	for (size_t i = 0; i < problem_count; i++)
		jout_field_text(j, problems[i].code, problems[i].title[language]);
	jout_close(j, '}');
}

/* What the pages show of answers, so that no script has a table of its own. */
Status get_labels(Request *r, Reply *reply, Err *err)
{
	JsonOut j;
	(void)err;
	reply_json_begin(reply, &j);
	reply_header(reply, "Vary", STR("Accept-Language"));
	jout_open(&j, '{');
	jout_field_text(&j, "language", r->language == LANGUAGE_EN ? "en" : "vi");
	jout_key(&j, "search");
	search_write_labels(r->language, &j);
	jout_key(&j, "query_fields");
	search_write_fields(r->language, &j);
	jout_key(&j, "record_fields");
	write_record_fields(r->language, &j);
	jout_key(&j, "problems");
	write_problems(r->language, &j);
	jout_close(&j, '}');
	reply->etag = reply_etag_of(buf_str(&reply->body), &r->arena);
	return ST_OK;
}
