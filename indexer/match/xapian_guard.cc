/* indexer/match/xapian_guard.cc - the one function that maps exceptions. Classes are caught from the special to the
 * general: Xapian's first, then the standard library's, then anything.
 */
#include "indexer/match/xapian_guard.hh"

#include <xapian.h>

#include <new>

Status map_current_exception(Err *err) noexcept
{
	try {
		throw;
	} catch (const Xapian::DatabaseLockError &e) {
		return err_set(err, ST_BUSY, "index is being written by another process: %s", e.get_msg().c_str());
	} catch (const Xapian::DatabaseModifiedError &e) {
		return err_set(err, ST_CONFLICT, "index changed while reading: %s", e.get_msg().c_str());
	} catch (const Xapian::DatabaseNotFoundError &e) {
		return err_set(err, ST_NOT_FOUND, "no index: %s", e.get_msg().c_str());
	} catch (const Xapian::DatabaseCorruptError &e) {
		return err_set(err, ST_CORRUPT, "damaged index: %s", e.get_msg().c_str());
	} catch (const Xapian::DatabaseError &e) {
		return err_set(err, ST_IO, "index: %s", e.get_description().c_str());
	} catch (const Xapian::Error &e) {
		return err_set(err, ST_INTERNAL, "index: %s", e.get_description().c_str());
	} catch (const std::bad_alloc &) {
		return err_no_memory(err);
	} catch (const std::exception &e) {
		return err_set(err, ST_INTERNAL, "index: %s", e.what());
	} catch (...) {
		return err_set(err, ST_INTERNAL, "index: unknown exception");
	}
}
