/* bench/compare/engine_xapian.cc - Xapian as its documentation shows it: TermGenerator with positions, text in the
 * document's data, a batch of 1,000 documents (XAPIAN_FLUSH_THRESHOLD; larger ones are slower on such texts).
 *
 * The one place outside indexer/ that uses Xapian, because it is what is compared with.
 */
#include "bench/compare/compare.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <xapian.h>

namespace
{

const char number_prefix[] = "N";

std::string string_of(Str s)
{
	return std::string(s.ptr ? s.ptr : "", s.len);
}

template <typename Body> Status guard(Err *err, Body body)
{
	try {
		return body();
	} catch (const Xapian::Error &error) {
		return err_set(err, ST_INTERNAL, "xapian: %s", error.get_msg().c_str());
	} catch (const std::exception &error) {
		return err_set(err, ST_INTERNAL, "xapian: %s", error.what());
	}
}

std::string number_term(Str number)
{
	std::string term = number_prefix + string_of(number);
	return term.size() > 240 ? term.substr(0, 240) : term;
}

Status build(const char *dir, Err *err)
{
	setenv("XAPIAN_FLUSH_THRESHOLD", "1000", 1);
	return guard(err, [&] {
		Corpus *corpus = corpus_open(dir, err);
		if (!corpus)
			return err->code;
		Xapian::WritableDatabase db(std::string(dir) + "/xapian", Xapian::DB_CREATE_OR_OVERWRITE);
		Xapian::TermGenerator generator;
		Item item;
		Step step;
		while ((step = corpus_next(corpus, &item, err)) == STEP_ITEM) {
			Xapian::Document document;
			generator.set_document(document);
			generator.set_termpos(0);
			generator.index_text(string_of(item.subject), 3);
			generator.increase_termpos();
			generator.index_text(string_of(item.text));
			if (item.number.len)
				document.add_boolean_term(number_term(item.number));
			document.set_data(string_of(item.text));
			document.add_value(0, string_of(item.id));
			db.add_document(document);
		}
		db.commit();
		corpus_close(corpus);
		return step == STEP_END ? ST_OK : err->code;
	});
}

void *begin(const char *dir, Err *err)
{
	Xapian::Database *db = nullptr;
	guard(err, [&] {
		db = new Xapian::Database(std::string(dir) + "/xapian");
		return ST_OK;
	});
	return db;
}

Xapian::Query query_of(AskKind kind, const Question *q)
{
	if (kind == ASK_NUMBER)
		return Xapian::Query(number_term(str_from(q->text)));
	std::string terms[QUESTION_WORDS];
	for (unsigned i = 0; i < q->count; i++) /* lower-cased by the same rules as the texts */
		for (Xapian::Utf8Iterator c(q->words[i]); c != Xapian::Utf8Iterator(); ++c)
			Xapian::Unicode::append_utf8(terms[i], Xapian::Unicode::tolower(*c));
	if (kind == ASK_PHRASE)
		return Xapian::Query(Xapian::Query::OP_PHRASE, terms, terms + q->count, q->count);
	bool any = kind == ASK_ANY || kind >= ASK_QUESTION;
	return Xapian::Query(any ? Xapian::Query::OP_OR : Xapian::Query::OP_AND, terms, terms + q->count);
}

Status ask(void *engine, AskKind kind, const Question *q, Found *out, Err *err)
{
	return guard(err, [&] {
		Xapian::Enquire enquire(*static_cast<Xapian::Database *>(engine));
		enquire.set_query(query_of(kind, q));
		Xapian::MSet found = enquire.get_mset(0, out->limit);
		out->count = found.size();
		for (unsigned i = 0; out->want_ids && i < out->count && i < DEPTH; i++)
			snprintf(out->ids[i], ID_MAX, "%s", found[i].get_document().get_value(0).c_str());
		return ST_OK;
	});
}

void finish(void *engine)
{
	delete static_cast<Xapian::Database *>(engine);
}

Engine described()
{
	Engine e = {};
	e.name = "Xapian, plain";
	e.build = build;
	e.made = "xapian";
	e.open = begin;
	e.ask = ask;
	e.close = finish;
	return e;
}

} // namespace

const Engine engine_xapian = described();
