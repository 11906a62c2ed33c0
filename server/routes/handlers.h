/* server/routes/handlers.h - the functions that answer, by file. The table in routes.c names each once.
 *
 * Owns     nothing beyond the request; what a reply needs lies in its arena
 * Errors   anything but ST_OK becomes a problem (server/http/problem.h); what was written into the reply is dropped
 * Threads  any number at once; a request belongs to the thread that serves it
 */
#ifndef SERVER_ROUTES_HANDLERS_H
#define SERVER_ROUTES_HANDLERS_H

#include "server/http/reply.h"
#include "server/http/request.h"

/* search_routes.c */
Status get_search(Request *r, Reply *reply, Err *err);
Status get_review(Request *r, Reply *reply, Err *err);
Status get_suggest(Request *r, Reply *reply, Err *err);
Status get_records(Request *r, Reply *reply, Err *err);

/* record_routes.c */
Status get_record(Request *r, Reply *reply, Err *err);
Status get_record_text(Request *r, Reply *reply, Err *err);
Status get_record_matches(Request *r, Reply *reply, Err *err);
Status get_record_content(Request *r, Reply *reply, Err *err);
Status record_load_version(Request *r, Entry *out, Err *err); /* by {id} and ?version= */
/* The ETag of a record as get_record shows this version of it. */
Str record_tag(const Entry *entry, uint64_t newest_sequence, Arena *arena);

/* view_routes.c */
Status get_record_page(Request *r, Reply *reply, Err *err);
Status get_record_words(Request *r, Reply *reply, Err *err);

/* ingest_routes.c */
Status post_record(Request *r, Reply *reply, Err *err);
Status patch_record(Request *r, Reply *reply, Err *err);
Status put_record_content(Request *r, Reply *reply, Err *err);
Status post_ingest(Request *r, Reply *reply, Err *err);
Status get_jobs(Request *r, Reply *reply, Err *err);
Status get_job(Request *r, Reply *reply, Err *err);
Status delete_job(Request *r, Reply *reply, Err *err);

/* case_routes.c */
Status get_cases(Request *r, Reply *reply, Err *err);
Status get_case(Request *r, Reply *reply, Err *err);
Status get_case_package(Request *r, Reply *reply, Err *err);

/* proof_routes.c */
Status get_record_proof(Request *r, Reply *reply, Err *err);
Status get_checkpoint(Request *r, Reply *reply, Err *err);
Status get_consistency(Request *r, Reply *reply, Err *err);

/* service_routes.c */
Status get_changes(Request *r, Reply *reply, Err *err);
Status get_stats(Request *r, Reply *reply, Err *err);
Status get_healthz(Request *r, Reply *reply, Err *err);
Status get_readyz(Request *r, Reply *reply, Err *err);
Status get_metrics(Request *r, Reply *reply, Err *err);
Status get_openapi(Request *r, Reply *reply, Err *err);

/* page_routes.c */
Status get_page(Request *r, Reply *reply, Err *err);
Status get_verify_page(Request *r, Reply *reply, Err *err);
Status get_page_file(Request *r, Reply *reply, Err *err);
Status get_labels(Request *r, Reply *reply, Err *err);

#endif
