/* server/routes/openapi.h - the OpenAPI 3.1 description of a table of routes.
 *
 * Owns     nothing
 * Errors   sticky in out (out of memory)
 * Threads  pure
 * Source   OpenAPI Specification 3.1.0
 */
#ifndef SERVER_ROUTES_OPENAPI_H
#define SERVER_ROUTES_OPENAPI_H

#include "server/http/route.h"

/* Appends the description. */
void openapi_write(const RouteTable *table, Buf *out);

#endif
