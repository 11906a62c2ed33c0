/* indexer/ingest/package.c - walks over the entries of a package. Files go into a group until another stem comes; JSON
 * lines are read as they stream by; a package inside is put into a file first, since its directory may stand at its
 * end. What came before a cut is kept. */
#include "indexer/ingest/package.h"

#include "indexer/ingest/group.h"
#include "indexer/ingest/records.h"
#include "indexer/ingest/unpack.h"
#include "indexer/source/format.h"
#include "indexer/source/package_in.h"

#include <stdio.h>
#include <unistd.h>

static const uint64_t entry_max_bytes = (uint64_t)8 << 30;

typedef struct {
	IngestRun *run;
	PackageIn *package;
	Str name; /* of the package */
	FileGroup group;
	Unpacked *unpacked; /* where members go that are read as a folder */
	Buf shown;          /* "a.zip!b/c.pdf" */
} PackageWalk;

static IngestPlace place_of(PackageWalk *w, Str entry)
{
	buf_clear(&w->shown);
	buf_add_str(&w->shown, w->name);
	buf_add_char(&w->shown, '!');
	buf_add_str(&w->shown, entry);
	return (IngestPlace){.name = buf_str(&w->shown)};
}

/* A package or compressed lines inside: into a file first, then like any other. */
static Status ingest_inner(PackageWalk *w, FormatReader reader, Str shown, Err *err)
{
	SourceFile file = {.fd = -1};
	Status st = source_file_spool(&file, package_in_source(w->package), entry_max_bytes, err);
	if (st != ST_OK)
		return st;
	if (file.fd >= 0)
		lseek(file.fd, 0, SEEK_SET);
	if (reader == READER_PACKAGE)
		st = ingest_package(w->run, file.fd, file.bytes, shown, err);
	else
		st = ingest_compressed_lines(w->run, file.fd, file.bytes, shown, -1, err);
	source_file_done(&file);
	return st;
}

static Status add_to_group(PackageWalk *w, Str path, Err *err)
{
	SourceFile file = {.fd = -1};
	Status st = source_file_spool(&file, package_in_source(w->package), entry_max_bytes, err);
	return st == ST_OK ? group_add(w->run, &w->group, path, &file, err) : st;
}

/* False: it is no document, or can't be taken, which is told. */
static bool is_taken(PackageWalk *w, const PackageEntry *entry)
{
	char reason[sizeof entry->refusal.text + 16];
	IngestPlace place = place_of(w, entry->name);
	if (entry->no_document) {
		ingest_pass_over(w->run, place, entry->no_document);
	} else if (entry->refusal.code != ST_OK) {
		snprintf(reason, sizeof reason, "%s: not taken", entry->refusal.text);
		ingest_reject(w->run, place, entry->refusal.code, reason);
	}
	return !entry->no_document && entry->refusal.code == ST_OK;
}

static Status ingest_entry(PackageWalk *w, const PackageEntry *entry, Err *err)
{
	bool compressed;
	FormatReader reader = format_by_long_name(file_base(entry->name), &compressed)->reader;
	if (reader != READER_LINES && reader != READER_PACKAGE)
		return add_to_group(w, entry->name, err);
	Status st = group_flush(w->run, &w->group, err); /* records keep the order of the package */
	Str shown = arena_copy(&w->group.arena, place_of(w, entry->name).name);
	if (st != ST_OK || !shown.ptr)
		return st != ST_OK ? st : err_no_memory(err);
	if (reader == READER_LINES && !compressed)
		return ingest_lines(w->run, package_in_source(w->package), shown, -1, err);
	return ingest_inner(w, reader, shown, err);
}

static Status unpack_entry(PackageWalk *w, const PackageEntry *entry, Err *err)
{
	return unpacked_add(w->unpacked, entry->name, package_in_source(w->package), entry_max_bytes, err);
}

static Status walk(PackageWalk *w, Status (*take)(PackageWalk *, const PackageEntry *, Err *), Err *err)
{
	PackageEntry entry;
	Err why;
	Step step = STEP_END;
	Status st = ST_OK;
	while (st == ST_OK && !ingest_stopped(w->run) &&
	       (step = package_in_next(w->package, &entry, &why)) == STEP_ITEM) {
		if (!is_taken(w, &entry))
			continue;
		st = take(w, &entry, err);
		if (st != ST_OK) /* if the package itself is broken, the next step says so */
			st = ingest_reject_or_end(w->run, place_of(w, entry.name), err, err);
		if (st == ST_OK)
			st = ingest_tick(w->run, w->run->package_depth > 1 ? 0 : package_in_bytes_read(w->package),
					 err);
	}
	if (st == ST_OK)
		st = group_flush(w->run, &w->group, err);
	if (st == ST_OK && step == STEP_ERROR)
		st = ingest_reject_or_end(w->run, (IngestPlace){.name = w->name}, &why, err);
	return st;
}

/* What belongs to the folder around the package is set aside: the files' numbers are used again once they are gone. */
static Status take_trees(PackageWalk *w, Err *err)
{
	IngestRun *run = w->run;
	struct Delivery *delivery = run->delivery;
	bool rows = run->delivery_rows;
	TakenFiles taken = run->taken;
	Status st = ST_OK;
	run->delivery = NULL;
	run->delivery_rows = false;
	run->taken = (TakenFiles){0};
	for (size_t i = 0; i < w->unpacked->trees && st == ST_OK; i++) {
		int fd = unpacked_open_tree(w->unpacked, i);
		if (fd >= 0)
			st = run->take_folder(run, fd, w->group.prefix, err);
		close_quietly(fd);
	}
	taken_done(&run->taken);
	run->delivery = delivery;
	run->delivery_rows = rows;
	run->taken = taken;
	return st;
}

static Status take_as_folder(PackageWalk *w, Err *err)
{
	Unpacked unpacked;
	Status st = unpacked_init(&unpacked, err);
	if (st != ST_OK)
		return st;
	w->unpacked = &unpacked;
	st = walk(w, unpack_entry, err);
	if (st == ST_OK)
		st = take_trees(w, err);
	unpacked_done(&unpacked);
	return st;
}

Status ingest_package(IngestRun *run, int fd, Str bytes, Str name, Err *err)
{
	PackageWalk w = {.run = run, .name = name, .group = {.dir_fd = -1}};
	IngestPlace place = {.name = name};
	Err why;
	Arena arena = {0};
	PackageBudget *outer = run->packages;
	if (run->package_depth == PACKAGE_DEPTH_MAX) {
		ingest_reject(run, place, ST_LIMIT, "packages nested too deep: unpack it first");
		return ST_OK;
	}
	w.group.prefix = str_from(arena_printf(&arena, "%.*s!", STR_ARG(name)));
	bool as_folder = run->take_folder && !run->options.as_document && package_has_register(fd, bytes);
	Status st = package_in_open(&w.package, PACKAGE_ENTRIES, fd, bytes, &why);
	if (st != ST_OK) {
		st = ingest_reject_or_end(run, place, &why, err);
	} else {
		if (outer)
			package_in_share(w.package, outer);
		run->packages = package_in_budget(w.package);
		run->package_depth++;
		st = as_folder ? take_as_folder(&w, err) : walk(&w, ingest_entry, err);
		run->package_depth--;
		run->packages = outer;
	}
	group_done(&w.group);
	package_in_close(w.package);
	buf_done(&w.shown);
	arena_done(&arena);
	return st;
}
