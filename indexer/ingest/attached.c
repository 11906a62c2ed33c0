/* indexer/ingest/attached.c - an attachment that begins as a zip is opened; whether its member stands for it is decided
 * by the names of both. A zip that can't be read is kept as it came, with a warning. */
#include "indexer/ingest/attached.h"

#include "indexer/source/files.h"
#include "indexer/source/format.h"
#include "indexer/source/package_in.h"

static const uint64_t member_max_bytes = (uint64_t)1 << 30;

void attached_warn(AttachedFiles *attached, Str name, const char *what)
{
	char *text = arena_printf(&attached->arena, "attachment %.*s: %s", (int)(name.len < 200 ? name.len : 200),
				  name.ptr ? name.ptr : "", what);
	if (text)
		ingest_warn(attached->run, attached->place, str_from(text));
}

/* Takes the file, also on failure. */
static Status keep(AttachedFiles *attached, Str name, SourceFile *file, Err *err)
{
	Str copy = arena_copy(&attached->arena, name);
	Status st = ST_OK;
	if (!attached->files)
		attached->files = arena_calloc(&attached->arena, ATTACHED_MAX, sizeof *attached->files);
	if (!attached->files || !copy.ptr)
		st = err_no_memory(err);
	else if (attached->count == ATTACHED_MAX)
		st = err_set(err, ST_LIMIT, "more than %d attachments", ATTACHED_MAX);
	if (st != ST_OK) {
		source_file_done(file);
		return st;
	}
	file->name = copy;
	attached->files[attached->count++] = *file;
	return ST_OK;
}

static Str ending_of(Str name)
{
	Str stem = file_stem(name);
	return str_slice(name, stem.len, name.len);
}

/* Is the attachment of this name, which is a zip, this one member in a wrapping? */
static bool stands_for(Str name, Str member)
{
	Str ending = ending_of(name), inner = ending_of(file_base(member));
	return str_eq_nocase(ending, inner) || inner.len == 0 || str_eq_nocase(inner, STR(".edxml"));
}

static Status unpack(AttachedFiles *attached, Str name, Str bytes, bool *unpacked_out, Err *err)
{
	SourceFile first = {.fd = -1};
	Str first_name = {NULL, 0};
	size_t members = 0;
	PackageIn *package = NULL;
	PackageEntry entry;
	Err why;
	Step step = STEP_ERROR;
	Status st = package_in_open(&package, PACKAGE_ENTRIES, -1, bytes, &why);
	*unpacked_out = false;
	if (st != ST_OK)
		goto done;
	while ((step = package_in_next(package, &entry, &why)) == STEP_ITEM && members < 2) {
		if (entry.no_document)
			continue;
		if (members++ || entry.refusal.code != ST_OK)
			break;
		first_name = arena_copy(&attached->arena, entry.name);
		st = source_file_spool(&first, package_in_source(package), member_max_bytes, &why);
		if (st != ST_OK)
			break;
	}
	if (st == ST_OK && step == STEP_END && members == 1 && first.size_bytes && stands_for(name, first_name)) {
		*unpacked_out = true;
		st = keep(attached, name, &first, err);
		first = (SourceFile){.fd = -1};
		package_in_close(package);
		return st;
	}
done:
	if (st != ST_OK || step == STEP_ERROR)
		attached_warn(attached, name, "begins as a zip and can't be opened; kept as it came");
	source_file_done(&first);
	package_in_close(package);
	return ST_OK;
}

Status attached_add(AttachedFiles *attached, Str name, Str bytes, Err *err)
{
	bool unpacked = false;
	Status st = ST_OK;
	name = file_base(name);
	if (!name.len)
		name = STR("attachment");
	if (str_starts(bytes, STR("PK\3\4")))
		st = unpack(attached, name, bytes, &unpacked, err);
	if (st != ST_OK || unpacked)
		return st;
	SourceFile file = source_file_of(name, bytes);
	return keep(attached, name, &file, err);
}

void attached_done(AttachedFiles *attached)
{
	for (size_t i = 0; i < attached->count; i++)
		source_file_done(&attached->files[i]);
	arena_done(&attached->arena);
	attached->files = NULL;
	attached->count = 0;
}
