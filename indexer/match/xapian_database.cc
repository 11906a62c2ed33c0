/* indexer/match/xapian_database.cc - databases, their terms, and the live shard's writer (searching: xapian_search.cc).
 *
 * Xapian 1.4.22 renames its new version file into place without syncing the directory; a power cut can then lose a
 * commit that was reported done. xap_writer_sync syncs the directory.
 */
#include "indexer/match/xapian_guard.hh"
#include "indexer/match/xapian_types.hh"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <new>
#include <unistd.h>

struct XapWriter {
	std::string dir;
	Xapian::WritableDatabase db;
	Xapian::Document document;
	bool in_transaction = false;
	Err deferred{};
};

Status xap_open(XapDb **out, const char *const *dirs, size_t count, Err *err)
{
	return guard(err, [&] {
		std::unique_ptr<XapDb> opened(new XapDb);
		for (size_t i = 0; i < count; i++) {
			Xapian::Database shard(dirs[i]);
			opened->uuids.push_back(shard.get_uuid());
			opened->db.add_database(shard);
		}
		opened->shards = count;
		*out = opened.release();
	});
}

void xap_close(XapDb *db)
{
	delete db;
}

uint64_t xap_documents(const XapDb *db)
{
	try {
		return db->db.get_doccount();
	} catch (...) {
		return 0;
	}
}

Status xap_term_documents(XapDb *db, Str term, uint64_t *count_out, Err *err)
{
	return guard(err, [&] { *count_out = db->db.get_termfreq(text(term)); });
}

Status xap_terms(XapDb *db, Str prefix, bool (*each)(void *ctx, Str term, uint64_t documents), void *ctx, Err *err)
{
	return guard(err, [&] {
		std::string start = text(prefix);
		Xapian::TermIterator end = db->db.allterms_end(start);
		for (Xapian::TermIterator i = db->db.allterms_begin(start); i != end; ++i) {
			std::string term = *i;
			if (!each(ctx, view(term), i.get_termfreq()))
				break;
		}
	});
}

Status xap_postings(XapDb *db, Str term, void (*each)(void *ctx, uint32_t docid, uint32_t number), void *ctx, Err *err)
{
	return guard(err, [&] {
		std::string bytes = text(term);
		Xapian::PostingIterator end = db->db.postlist_end(bytes);
		for (Xapian::PostingIterator i = db->db.postlist_begin(bytes); i != end; ++i)
			each(ctx, *i, bytes.empty() ? i.get_doclength() : i.get_wdf());
	});
}

Status xap_values(XapDb *db, unsigned slot, void (*each)(void *ctx, uint32_t docid, Str value), void *ctx, Err *err)
{
	return guard(err, [&] {
		Xapian::ValueIterator end = db->db.valuestream_end(slot);
		for (Xapian::ValueIterator i = db->db.valuestream_begin(slot); i != end; ++i)
			each(ctx, i.get_docid(), view(*i));
	});
}

Status xap_metadata(const char *dir, const char *key, Buf *out, Err *err)
{
	return guard(err, [&] {
		std::string value = Xapian::Database(dir).get_metadata(key);
		buf_add(out, value.data(), value.size());
	});
}

Status xap_writer_open(XapWriter **out, const char *dir, Err *err)
{
	return guard(err, [&] {
		std::unique_ptr<XapWriter> writer(new XapWriter);
		writer->dir = dir;
		writer->db = Xapian::WritableDatabase(dir, Xapian::DB_CREATE_OR_OPEN | Xapian::DB_BACKEND_GLASS);
		*out = writer.release();
	});
}

void xap_writer_close(XapWriter *writer)
{
	Err ignored;
	if (!writer)
		return;
	guard(&ignored, [&] {
		if (writer->in_transaction)
			writer->db.cancel_transaction();
		writer->db.close();
	});
	delete writer;
}

void xap_writer_term(XapWriter *writer, Str term, uint32_t wdf)
{
	if (writer->deferred.code == ST_OK)
		guard(&writer->deferred, [&] { writer->document.add_term(text(term), wdf); });
}

void xap_writer_value(XapWriter *writer, unsigned slot, Str value)
{
	if (writer->deferred.code == ST_OK)
		guard(&writer->deferred, [&] { writer->document.add_value(slot, text(value)); });
}

Status xap_writer_put(XapWriter *writer, uint32_t docid, Err *err)
{
	if (writer->deferred.code != ST_OK) {
		*err = writer->deferred;
		return err->code;
	}
	return guard(err, [&] {
		if (!writer->in_transaction) {
			writer->db.begin_transaction();
			writer->in_transaction = true;
		}
		writer->db.replace_document(docid, writer->document);
		writer->document = Xapian::Document();
	});
}

static void sync_directory(const std::string &dir)
{
	int fd = open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int failed = fd < 0 || fsync(fd) != 0;
	if (fd >= 0)
		close(fd);
	if (failed)
		throw Xapian::DatabaseError("sync of directory " + dir + " failed", errno);
}

Status xap_writer_commit(XapWriter *writer, const char *key, Str value, Err *err)
{
	return guard(err, [&] {
		if (!writer->in_transaction) {
			writer->db.begin_transaction();
			writer->in_transaction = true;
		}
		writer->db.set_metadata(key, text(value));
		writer->in_transaction = false;
		writer->db.commit_transaction();
	});
}

Status xap_writer_sync(XapWriter *writer, Err *err)
{
	return guard(err, [&] { sync_directory(writer->dir); });
}
