/* server/routes/page_routes.c - the pages: one document for every address that a person may see, and its files. */
#include "server/pages/pages.h"
#include "server/routes/routes.h"

#include <stdlib.h>

enum { TAG_BYTES = 40 };

struct PageTags {
	size_t count;
	char tags[][TAG_BYTES];
};

static const char page_csp[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
	"frame-src 'self'; object-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/* verify.html is one file that also works from a disk: its script stands in it, and it may not load or send anything.
 */
static const char lone_csp[] = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; form-action "
			       "'none'; base-uri 'none'; "
			       "frame-ancestors 'none'";

PageTags *page_tags_new(void)
{
	PageTags *tags = calloc(1, sizeof *tags + page_file_count * TAG_BYTES);
	if (!tags)
		return NULL;
	for (size_t i = 0; i < page_file_count; i++) {
		Arena arena = {0};
		Str tag = reply_etag_of((Str){(const char *)page_files[i].bytes, page_files[i].len}, &arena);
		if (tag.len < TAG_BYTES && tag.ptr)
			memcpy(tags->tags[i], tag.ptr, tag.len);
		arena_done(&arena);
	}
	return tags;
}

void page_tags_free(PageTags *tags)
{
	free(tags);
}

static Status send_file(Request *r, const char *name, Reply *reply, Err *err)
{
	for (size_t i = 0; i < page_file_count; i++) {
		if (strcmp(page_files[i].name, name) != 0)
			continue;
		reply->media = page_files[i].media;
		reply->constant = (Str){(const char *)page_files[i].bytes, page_files[i].len};
		reply->etag = str_from(r->server->page_tags->tags[i]);
		reply->csp = strcmp(name, "verify.html") == 0 ? lone_csp : page_csp;
		reply->cache = "no-cache";
		return ST_OK;
	}
	return err_set(err, ST_NOT_FOUND, "there is no such page");
}

Status get_page(Request *r, Reply *reply, Err *err)
{
	return send_file(r, "index.html", reply, err);
}

Status get_verify_page(Request *r, Reply *reply, Err *err)
{
	return send_file(r, "verify.html", reply, err);
}

Status get_page_file(Request *r, Reply *reply, Err *err)
{
	char name[64];
	if (r->variables[0].len >= sizeof name || memchr(r->variables[0].ptr, 0, r->variables[0].len))
		return err_set(err, ST_NOT_FOUND, "there is no such page");
	memcpy(name, r->variables[0].ptr, r->variables[0].len);
	name[r->variables[0].len] = 0;
	return send_file(r, name, reply, err);
}
