/* server/routes/routes.h - the one table of requests: dispatch, the check of parameters, /openapi.json and the metrics'
 * labels all come from it.
 *
 * Owns     nothing; rows are constants
 * Threads  constant
 */
#ifndef SERVER_ROUTES_ROUTES_H
#define SERVER_ROUTES_ROUTES_H

#include "server/http/route.h"

extern const RouteTable all_routes;

#endif
