/* server/routes/routes.h - the one table of requests: dispatch, the check of parameters, /openapi.json and the metrics'
 * labels all come from it.
 */
#ifndef SERVER_ROUTES_ROUTES_H
#define SERVER_ROUTES_ROUTES_H

#include "server/http/request.h"

typedef enum {
	BODY_NONE,
	BODY_JSON, /* in memory, REQUEST_JSON_MAX */
	BODY_FILE, /* in memory, REQUEST_FILE_MAX */
	BODY_BULK, /* in a file, REQUEST_INGEST_MAX */
} BodyKind;

typedef struct {
	const char *name;
	const char *type; /* JSON schema: "string", "integer", "boolean" */
	const char *description;
} RouteParameter;

struct Route {
	const char *method;  /* "GET" answers HEAD too */
	const char *pattern; /* "/v1/records/{id}" */
	Status (*handle)(Request *r, Reply *reply, Err *err);
	BodyKind body;
	const char *media; /* of the answer */
	const char *summary, *summary_vi;
	const RouteParameter *parameters; /* of the query, closed by a NULL name; NULL: none */
	bool any_parameters;              /* pages: the script reads them */
	bool no_refresh;                  /* nothing of the archive is looked at */
};

extern const Route routes[];
extern const size_t route_count;

/* ST_NOT_FOUND: no such path. ST_UNSUPPORTED: not with this method; *allow_out names those it takes. */
Status route_find(Str method, const Url *url, Arena *arena, const Route **out, Str variables[static 2], Str *allow_out,
		  Err *err);
/* Every query parameter must stand in the table: a filter that is misspelt must not be ignored. */
Status route_check_parameters(const Route *route, const Url *url, Err *err);

/* The handlers, by file. */
Status get_search(Request *r, Reply *reply, Err *err); /* search_routes.c */
Status get_suggest(Request *r, Reply *reply, Err *err);
Status get_records_by_number(Request *r, Reply *reply, Err *err);
Status get_record(Request *r, Reply *reply, Err *err); /* record_routes.c */
Status get_record_text(Request *r, Reply *reply, Err *err);
Status get_record_content(Request *r, Reply *reply, Err *err);
Status post_record(Request *r, Reply *reply, Err *err); /* ingest_routes.c */
Status put_record_content(Request *r, Reply *reply, Err *err);
Status post_ingest(Request *r, Reply *reply, Err *err);
Status get_job(Request *r, Reply *reply, Err *err);
Status get_cases(Request *r, Reply *reply, Err *err); /* case_routes.c */
Status get_case(Request *r, Reply *reply, Err *err);
Status get_case_package(Request *r, Reply *reply, Err *err);
Status get_record_proof(Request *r, Reply *reply, Err *err); /* proof_routes.c */
Status get_checkpoint(Request *r, Reply *reply, Err *err);
Status get_consistency(Request *r, Reply *reply, Err *err);
Status get_changes(Request *r, Reply *reply, Err *err); /* service_routes.c */
Status get_stats(Request *r, Reply *reply, Err *err);
Status get_healthz(Request *r, Reply *reply, Err *err);
Status get_readyz(Request *r, Reply *reply, Err *err);
Status get_metrics(Request *r, Reply *reply, Err *err);
Status get_openapi(Request *r, Reply *reply, Err *err);
Status get_page(Request *r, Reply *reply, Err *err); /* page_routes.c */
Status get_verify_page(Request *r, Reply *reply, Err *err);
Status get_page_file(Request *r, Reply *reply, Err *err);

#endif
