/* bench/compare/engine_sqlite.c - SQLite FTS5 as its documentation shows it: one table, text stored, unicode61 that
 * removes what accents it knows (đ is not among them), one transaction.
 */
#include "bench/compare/compare.h"

#include "base/file.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORDS, NUMBERS, STATEMENTS };

typedef struct {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
} Sqlite;

static Status fail(sqlite3 *db, Err *err)
{
	return err_set(err, ST_INTERNAL, "sqlite: %s", sqlite3_errmsg(db));
}

static Status insert_all(sqlite3 *db, const char *dir, Err *err)
{
	sqlite3_stmt *insert = NULL;
	Corpus *c = corpus_open(dir, err);
	Status st = c ? ST_OK : err->code;
	Item item;
	Step step = STEP_ITEM;
	if (st == ST_OK &&
	    sqlite3_prepare_v2(db, "insert into record(id, number, subject, body) values(?,?,?,?)", -1, &insert, NULL))
		st = fail(db, err);
	while (st == ST_OK && (step = corpus_next(c, &item, err)) == STEP_ITEM) {
		const Str values[] = {item.id, item.number, item.subject, item.text};
		for (int i = 0; i < 4; i++)
			sqlite3_bind_text(insert, i + 1, values[i].ptr, (int)values[i].len, SQLITE_STATIC);
		if (sqlite3_step(insert) != SQLITE_DONE)
			st = fail(db, err);
		sqlite3_reset(insert);
	}
	if (st == ST_OK && step == STEP_ERROR)
		st = err->code;
	sqlite3_finalize(insert);
	corpus_close(c);
	return st;
}

static Status build(const char *dir, Err *err)
{
	FilePath path;
	sqlite3 *db = NULL;
	Status st = file_path(&path, dir, "fts5.db", err);
	if (st != ST_OK)
		return st;
	if (sqlite3_open(path.text, &db) ||
	    sqlite3_exec(db,
			 "create virtual table record using fts5(id unindexed, number unindexed, subject, body,"
			 " tokenize = 'unicode61 remove_diacritics 2'); begin",
			 NULL, NULL, NULL))
		st = fail(db, err);
	if (st == ST_OK)
		st = insert_all(db, dir, err);
	/* look-up by number needs a table of its own */
	if (st == ST_OK && sqlite3_exec(db,
					"create table numbers as select rowid as record, number from record;"
					" create index by_number on numbers(number); commit",
					NULL, NULL, NULL))
		st = fail(db, err);
	sqlite3_close(db);
	return st;
}

static void finish(void *engine)
{
	Sqlite *s = engine;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	free(s);
}

static void *begin(const char *dir, Err *err)
{
	static const char *const queries[STATEMENTS] = {
		[WORDS] = "select id from record where record match ? order by rank limit ?",
		[NUMBERS] = "select record.id from numbers join record on record.rowid = numbers.record where "
			    "numbers.number = ? limit ?",
	};
	FilePath path;
	if (file_path(&path, dir, "fts5.db", err) != ST_OK)
		return NULL;
	Sqlite *s = calloc(1, sizeof *s);
	if (!s) {
		err_no_memory(err);
		return NULL;
	}
	bool fine = sqlite3_open(path.text, &s->db) == SQLITE_OK;
	for (int i = 0; fine && i < STATEMENTS; i++)
		fine = sqlite3_prepare_v2(s->db, queries[i], -1, &s->statements[i], NULL) == SQLITE_OK;
	if (!fine) {
		fail(s->db, err);
		finish(s);
		return NULL;
	}
	return s;
}

static void join(const Question *q, AskKind kind, Buf *out)
{
	const char *between = kind == ASK_ANY || kind >= ASK_QUESTION ? " OR " : kind == ASK_PHRASE ? " + " : " AND ";
	for (unsigned i = 0; i < q->count; i++)
		buf_printf(out, "%s\"%s\"", i ? between : "", q->words[i]);
}

static Status ask(void *engine, AskKind kind, const Question *q, Found *out, Err *err)
{
	Sqlite *s = engine;
	sqlite3_stmt *statement = s->statements[kind == ASK_NUMBER ? NUMBERS : WORDS];
	Buf text = {0};
	int result;
	if (kind == ASK_NUMBER)
		buf_add_zero_terminated(&text, q->text);
	else
		join(q, kind, &text);
	sqlite3_bind_text(statement, 1, text.data, (int)text.len, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, (int)out->limit);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		if (out->want_ids && out->count < DEPTH)
			snprintf(out->ids[out->count], ID_MAX, "%s", (const char *)sqlite3_column_text(statement, 0));
		out->count++;
	}
	sqlite3_reset(statement);
	buf_done(&text);
	return result == SQLITE_DONE ? ST_OK : fail(s->db, err);
}

const Engine engine_sqlite = {
	.name = "SQLite FTS5", .build = build, .made = "fts5.db", .open = begin, .ask = ask, .close = finish};
