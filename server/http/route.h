/* server/http/route.h - the shape of a route: which address, which method, which parameters, and the function that
 * answers. server/routes/ has the one table of them; whoever needs it gets it as a RouteTable.
 *
 * Owns     nothing; tables are constant
 * Errors   route_find: ST_NOT_FOUND no such path, ST_UNSUPPORTED not with this method;
 *          route_check_parameters: ST_INVALID names the parameter
 * Threads  pure
 */
#ifndef SERVER_HTTP_ROUTE_H
#define SERVER_HTTP_ROUTE_H

#include "base/json_out.h"
#include "server/http/url.h"
#include "server/http/workers.h"

typedef struct Request Request; /* request.h */
typedef struct Reply Reply;     /* reply.h */

enum { ROUTE_VARIABLES_MAX = 2 };

typedef enum {
	BODY_NONE,
	BODY_JSON, /* at most REQUEST_JSON_MAX */
	BODY_FILE, /* at most REQUEST_FILE_MAX */
	BODY_BULK, /* at most REQUEST_INGEST_MAX; the handler takes it as a file */
} BodyKind;

typedef struct {
	const char *name;
	const char *type; /* JSON schema: "string", "integer", "boolean" */
	const char *description;
} RouteParameter;

/* Answers beside the usual one, for the description. */
enum {
	ALSO_REPEATED = 1,  /* 200 in place of 201: it was there already */
	ALSO_PARTIAL = 2,   /* 206: a range */
	ALSO_UNCHANGED = 4, /* 304: If-None-Match holds */
};

typedef struct Route {
	const char *method;  /* "GET" answers HEAD too */
	const char *pattern; /* "/v1/records/{id}" */
	Status (*handle)(Request *r, Reply *reply, Err *err);
	WorkKind work; /* where handle is run; WORK_INLINE: its work is bounded and short whatever the request says */
	BodyKind body;
	const char *media; /* of the answer */
	const char *summary, *summary_vi;
	const RouteParameter *parameters; /* of the query, closed by a NULL name; NULL: none */
	/* Writes the members beside "type" of a parameter's JSON schema: limits, choices; NULL: none has any. */
	void (*constrain)(const char *parameter, JsonOut *j);
	const char *required; /* the parameter without which the answer is 400; NULL: none */
	unsigned also;        /* ALSO_… */
	bool any_parameters;  /* pages: their script reads the address */
	bool no_refresh;      /* the answer does not depend on the archive */
} Route;

typedef struct {
	const Route *routes;
	size_t count;
} RouteTable;

/* *allow_out is set with ST_UNSUPPORTED: the methods that the address takes. */
Status route_find(const RouteTable *table, Str method, const Url *url, Arena *arena, const Route **out,
		  Str variables[static ROUTE_VARIABLES_MAX], Str *allow_out, Err *err);
/* Parameters that every route takes, closed by a NULL name: "lang". */
extern const RouteParameter route_common_parameters[];
/* Every query parameter must stand in a table: a filter that is misspelt must not be ignored. */
Status route_check_parameters(const Route *route, const Url *url, Err *err);

#endif
