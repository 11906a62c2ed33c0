/* server/routes/page_routes.c - the pages: one document for every address that a person may see, and its files. The
 * script in it reads the address and asks /v1 for what it shows. */
#include "server/pages/pages.h"
#include "server/routes/handlers.h"

static const char page_csp[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
	"frame-src 'self'; object-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/* verify.html is one file that also works from a disk: its script stands in it, and it may not load or send anything.
 */
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
