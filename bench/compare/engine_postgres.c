/* bench/compare/engine_postgres.c - PostgreSQL: tsvector 'simple' over texts without accents (unaccent), a GIN index on
 * it, a B-tree on the number; a cluster of its own in a temporary directory, on a Unix socket only.
 *
 * The server refuses to run as root; then it runs as "postgres" or "nobody". Its processes' time and memory are not
 * ours to read, so they are not in the table. */
#include "bench/compare/compare.h"

#include "base/file.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char cluster[256]; /* its directory; "": not started */
static char programs[64];
static pid_t server;

static const char schema[] =
	"set client_min_messages = warning; drop table if exists record;"
	"create extension if not exists unaccent;"
	"create or replace function fold(text) returns text language sql immutable parallel safe as"
	" $$ select lower(public.unaccent('public.unaccent', $1)) $$;"
	"create table record(id text, number text, subject text, body text,"
	" words tsvector generated always as (to_tsvector('simple', fold(subject || ' ' || body))) stored)";
static const char indexes[] = "set maintenance_work_mem = '256MB';"
			      "create index on record using gin(words); create index on record(number); analyze record";

/* In a child: whoever may run the server. */
static void become_unprivileged(void)
{
	const struct passwd *user = getpwnam("postgres");
	user = user ? user : getpwnam("nobody");
	if (geteuid() == 0 && (!user || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
		_exit(126);
}

static bool make_cluster(void)
{
	char command[600];
	int status;
	snprintf(command, sizeof command,
		 "cd '%s' && %s/initdb -D data -A trust -U bench --locale=C.UTF-8 -E UTF8 >log 2>&1", cluster,
		 programs);
	pid_t child = fork();
	if (child == 0) {
		become_unprivileged();
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The server is our child and ends with us, however that happens. */
static void run_server(void)
{
	char program[80], data[280], log[280];
	snprintf(program, sizeof program, "%s/postgres", programs);
	snprintf(data, sizeof data, "%s/data", cluster);
	snprintf(log, sizeof log, "%s/log", cluster);
	become_unprivileged();
	prctl(PR_SET_PDEATHSIG, SIGQUIT);
	if (chdir("/") != 0 || !freopen(log, "a", stdout) || !freopen(log, "a", stderr))
		_exit(126);
	execl(program, "postgres", "-D", data, "-k", cluster, "-c", "listen_addresses=", "-c", "shared_buffers=512MB",
	      "-c", "work_mem=64MB", "-c", "max_wal_size=4GB", (char *)NULL);
	_exit(127);
}

static void stop(void)
{
	Err ignored;
	if (server > 0) {
		kill(server, SIGQUIT);
		waitpid(server, NULL, 0);
	}
	if (*cluster)
		file_remove_tree(cluster, &ignored);
	server = 0;
	*cluster = 0;
}

static bool find_programs(void)
{
	for (int version = 20; version >= 12; version--) {
		char path[96];
		snprintf(programs, sizeof programs, "/usr/lib/postgresql/%d/bin", version);
		snprintf(path, sizeof path, "%s/initdb", programs);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

static Status start(const char *dir, Err *err)
{
	(void)dir;
	if (!find_programs())
		return err_set(err, ST_NOT_FOUND, "there is no PostgreSQL server on this machine");
	const char *parent = getenv("TMPDIR");
	snprintf(cluster, sizeof cluster, "%.100s/hoso-pg-XXXXXX", parent ? parent : "/tmp");
	const struct passwd *user = getpwnam("postgres");
	user = user ? user : getpwnam("nobody");
	if (!mkdtemp(cluster) || (geteuid() == 0 && (!user || chown(cluster, user->pw_uid, user->pw_gid) != 0)))
		return err_set(err, ST_IO, "%s can't be made", cluster);
	if (make_cluster() && (server = fork()) == 0)
		run_server();
	for (int tries = 0; server > 0 && tries < 200; tries++) {
		char where[400];
		snprintf(where, sizeof where, "host='%s' user=bench dbname=postgres", cluster);
		if (PQping(where) == PQPING_OK)
			return ST_OK;
		usleep(100000);
	}
	stop();
	return err_set(err, ST_NOT_FOUND, "its server can't be started here");
}

static PGconn *dial(Err *err)
{
	char where[400];
	snprintf(where, sizeof where, "host='%s' user=bench dbname=postgres", cluster);
	PGconn *c = PQconnectdb(where);
	if (PQstatus(c) == CONNECTION_OK)
		return c;
	err_set(err, ST_IO, "PostgreSQL: %s", PQerrorMessage(c));
	PQfinish(c);
	return NULL;
}

static Status fail(PGconn *c, Err *err)
{
	return err_set(err, ST_INTERNAL, "PostgreSQL: %s", PQerrorMessage(c));
}

static Status run_sql(PGconn *c, const char *sql, ExecStatusType wanted, Err *err)
{
	PGresult *result = PQexec(c, sql);
	Status st = PQresultStatus(result) == wanted ? ST_OK : fail(c, err);
	PQclear(result);
	return st;
}

/* One column of COPY's text format. */
static void add_column(Buf *line, Str value, char end)
{
	for (size_t i = 0; i < value.len; i++) {
		char ch = value.ptr[i];
		if (ch == '\\' || ch == '\n' || ch == '\r' || ch == '\t') {
			buf_add_char(line, '\\');
			ch = ch == '\n' ? 'n' : ch == '\r' ? 'r' : ch == '\t' ? 't' : ch;
		}
		if (ch)
			buf_add_char(line, ch);
	}
	buf_add_char(line, end);
}

static Status copy_all(PGconn *c, const char *dir, Err *err)
{
	Corpus *corpus = corpus_open(dir, err);
	Buf line = {0};
	Item item;
	Step step = STEP_ITEM;
	Status st = corpus ? run_sql(c, "copy record(id, number, subject, body) from stdin", PGRES_COPY_IN, err)
			   : err->code;
	while (st == ST_OK && (step = corpus_next(corpus, &item, err)) == STEP_ITEM) {
		buf_clear(&line);
		add_column(&line, item.id, '\t');
		add_column(&line, item.number, '\t');
		add_column(&line, item.subject, '\t');
		add_column(&line, item.text, '\n');
		if (PQputCopyData(c, line.data, (int)line.len) != 1)
			st = fail(c, err);
	}
	if (st == ST_OK && step == STEP_ERROR)
		st = err->code;
	if (st == ST_OK && PQputCopyEnd(c, NULL) != 1)
		st = fail(c, err);
	for (PGresult *result; st == ST_OK && (result = PQgetResult(c)); PQclear(result))
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			st = fail(c, err);
	corpus_close(corpus);
	buf_done(&line);
	return st;
}

static Status build(const char *dir, Err *err)
{
	PGconn *c = dial(err);
	Status st = c ? run_sql(c, schema, PGRES_COMMAND_OK, err) : err->code;
	if (st == ST_OK)
		st = copy_all(c, dir, err);
	if (st == ST_OK)
		st = run_sql(c, indexes, PGRES_COMMAND_OK, err);
	PQfinish(c);
	return st;
}

static double bytes(const char *dir)
{
	Err err;
	PGconn *c = dial(&err);
	(void)dir;
	PGresult *result = c ? PQexec(c, "select pg_total_relation_size('record')") : NULL;
	double size = PQresultStatus(result) == PGRES_TUPLES_OK ? atof(PQgetvalue(result, 0, 0)) : NOT_MEASURED;
	PQclear(result);
	PQfinish(c);
	return size;
}

static void *begin(const char *dir, Err *err)
{
	static const char *const queries[][2] = {
		{"words", "select id from record, to_tsquery('simple', fold($1)) q where words @@ q order by "
			  "ts_rank(words, q, 1) desc limit $2"},
		{"numbers", "select id from record where number = $1 limit $2"},
	};
	PGconn *c = dial(err);
	(void)dir;
	for (int i = 0; c && i < 2; i++) {
		PGresult *result = PQprepare(c, queries[i][0], queries[i][1], 0, NULL);
		bool fine = PQresultStatus(result) == PGRES_COMMAND_OK;
		PQclear(result);
		if (!fine) {
			fail(c, err);
			PQfinish(c);
			c = NULL;
		}
	}
	return c;
}

static void finish(void *engine)
{
	PQfinish(engine);
}

static Status ask(void *engine, AskKind kind, const Question *q, Found *out, Err *err)
{
	const char *between = kind == ASK_ANY || kind >= ASK_QUESTION ? "|" : kind == ASK_PHRASE ? "<->" : "&";
	char limit[16];
	Buf text = {0};
	for (unsigned i = 0; kind != ASK_NUMBER && i < q->count; i++)
		buf_printf(&text, "%s%s", i ? between : "", q->words[i]);
	if (kind == ASK_NUMBER)
		buf_add_zero_terminated(&text, q->text);
	buf_add_char(&text, 0);
	snprintf(limit, sizeof limit, "%u", out->limit);
	const char *const values[] = {text.data, limit};
	PGresult *result = PQexecPrepared(engine, kind == ASK_NUMBER ? "numbers" : "words", 2, values, NULL, NULL, 0);
	Status st = PQresultStatus(result) == PGRES_TUPLES_OK ? ST_OK : fail(engine, err);
	out->count = st == ST_OK ? (unsigned)PQntuples(result) : 0;
	for (unsigned i = 0; out->want_ids && i < out->count && i < DEPTH; i++)
		snprintf(out->ids[i], ID_MAX, "%s", PQgetvalue(result, (int)i, 0));
	PQclear(result);
	buf_done(&text);
	return st;
}

const Engine engine_postgres = {.name = "PostgreSQL",
				.start = start,
				.stop = stop,
				.build = build,
				.made = "postgres",
				.bytes = bytes,
				.is_served = true,
				.open = begin,
				.ask = ask,
				.close = finish};
