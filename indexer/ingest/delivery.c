/* indexer/ingest/delivery.c - every file beneath the root with its folded path, sorted by the folded name. A name from
 * the register is looked up among those of the same name; the one whose folders agree most, from the right, is it. */
#include "indexer/ingest/delivery.h"

#include "base/file.h"
#include "tokenizer/fold.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILES_MAX = 1 << 20, DEPTH_MAX = 64 };

typedef struct {
	Str path; /* as the file system has it, from the root */
	Str key;  /* folded */
	Str base; /* of the key */
} IndexedFile;

struct Delivery {
	int root_fd;
	Str name;
	bool indexed;
	IndexedFile *files;
	size_t count, capacity;
	Tally folders; /* folder → its case file; "" where there are several */
	Arena arena;
};

/* ---- names ----------------------------------------------------------------------------------------------------- */

/* "\a\b.pdf", "C:\a\b.pdf", "./a/b.pdf" → "a/b.pdf" */
static Str clean_path(Str named, Arena *arena)
{
	Str path = arena_copy(arena, str_trim(named));
	if (!path.ptr)
		return path;
	char *bytes = (char *)(uintptr_t)path.ptr;
	for (size_t i = 0; i < path.len; i++)
		if (bytes[i] == '\\')
			bytes[i] = '/';
	if (path.len > 2 && path.ptr[1] == ':')
		path = str_slice(path, 2, path.len);
	while (path.len && (path.ptr[0] == '/' || str_starts(path, STR("./"))))
		path = str_slice(path, 1, path.len);
	return path;
}

static Str fold_path(Str path, Arena *arena)
{
	Buf folded = {0};
	fold_text(path, &folded);
	Str copy = buf_ok(&folded) ? arena_copy(arena, buf_str(&folded)) : (Str){NULL, 0};
	buf_done(&folded);
	return copy;
}

Str delivery_path_of(const Delivery *delivery, Str shown)
{
	if (str_starts(shown, delivery->name))
		shown = str_slice(shown, delivery->name.len, shown.len);
	while (shown.len && shown.ptr[0] == '/')
		shown = str_slice(shown, 1, shown.len);
	return shown;
}

/* ---- the index ------------------------------------------------------------------------------------------------- */

static Status add_file(Delivery *d, Str folder, Str name, Err *err)
{
	if (d->count == FILES_MAX)
		return err_set(err, ST_LIMIT, "more than %d files in one delivery: divide it", FILES_MAX);
	if (d->count == d->capacity) {
		size_t capacity = d->capacity ? d->capacity * 2 : 256;
		IndexedFile *grown = realloc(d->files, capacity * sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		d->files = grown;
		d->capacity = capacity;
	}
	IndexedFile file = {0};
	file.path =
		str_from(arena_printf(&d->arena, "%.*s%s%.*s", STR_ARG(folder), folder.len ? "/" : "", STR_ARG(name)));
	if (file.path.ptr)
		file.key = fold_path(file.path, &d->arena);
	if (!file.key.ptr)
		return err_no_memory(err);
	file.base = file_base(file.key);
	d->files[d->count++] = file;
	return ST_OK;
}

static Status walk(Delivery *d, int dir_fd, Str folder, unsigned depth, Err *err)
{
	FileList list;
	Status st = file_list_read(&list, dir_fd, "the delivery's folder", err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < list.count && st == ST_OK; i++) {
		const FileEntry *entry = &list.entries[i];
		if (!entry->is_dir) {
			st = add_file(d, folder, entry->name, err);
			continue;
		}
		int fd = openat(dir_fd, entry->name.ptr, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		char *below =
			arena_printf(&d->arena, "%.*s%s%s", STR_ARG(folder), folder.len ? "/" : "", entry->name.ptr);
		if (!below)
			st = err_no_memory(err);
		else if (fd >= 0 && depth < DEPTH_MAX)
			st = walk(d, fd, str_from(below), depth + 1, err);
		close_quietly(fd);
	}
	file_list_done(&list);
	return st;
}

static int compare_files(const void *a, const void *b)
{
	const IndexedFile *left = a, *right = b;
	int by_base = str_cmp(left->base, right->base);
	return by_base ? by_base : str_cmp(left->path, right->path);
}

static Status make_index(Delivery *d, Err *err)
{
	if (d->indexed)
		return ST_OK;
	Status st = walk(d, d->root_fd, (Str){NULL, 0}, 0, err);
	if (st == ST_OK && d->count)
		qsort(d->files, d->count, sizeof *d->files, compare_files);
	d->indexed = st == ST_OK;
	return st;
}

/* The first file whose folded name is not before `base`. */
static size_t lower_bound(const Delivery *d, Str base)
{
	size_t from = 0, to = d->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (str_cmp(d->files[middle].base, base) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* ---- finding --------------------------------------------------------------------------------------------------- */

static Str take_last_part(Str *path)
{
	Str base = file_base(*path);
	*path = str_slice(*path, 0, path->len - base.len);
	while (path->len && path->ptr[path->len - 1] == '/')
		path->len--;
	return base;
}

/* How many parts agree from the right, behind the name; *whole_out: one of the two is used up. */
static size_t agreeing_folders(Str a, Str b, bool *whole_out)
{
	size_t same = 0;
	take_last_part(&a);
	take_last_part(&b);
	*whole_out = true;
	while (a.len && b.len && *whole_out) {
		*whole_out = str_eq(take_last_part(&a), take_last_part(&b));
		same += *whole_out;
	}
	return same;
}

typedef struct {
	const IndexedFile *file;
	size_t same;
	bool whole, tied;
} Best;

static void weigh(Best *best, const IndexedFile *file, Str key, Str folder)
{
	bool whole;
	size_t same = agreeing_folders(file->key, key, &whole) * 2;
	same += folder.len && str_starts(file->path, folder); /* beneath the register's own folder */
	if (best->file && same == best->same)
		best->tied = true;
	if (best->file && same <= best->same)
		return;
	*best = (Best){.file = file, .same = same, .whole = whole};
}

static Status find(Delivery *d, Str path, Str folder, const IndexedFile **out, bool *misnamed_out, Err *err)
{
	Best best = {0};
	Arena arena = {0};
	bool other_ending = false;
	Str key = fold_path(path, &arena), base = file_base(key);
	if (!key.ptr)
		return err_no_memory(err);
	for (size_t i = lower_bound(d, base); base.len && i < d->count && str_eq(d->files[i].base, base); i++)
		weigh(&best, &d->files[i], key, folder);
	if (!best.file && base.len) { /* its name without an ending, or with another one */
		Str stem = file_stem(base);
		other_ending = stem.len < base.len;
		for (size_t i = lower_bound(d, stem); i < d->count && str_starts(d->files[i].base, stem); i++)
			if (str_eq(file_stem(d->files[i].base), stem) || str_eq(file_stem(d->files[i].base), base))
				weigh(&best, &d->files[i], key, folder);
	}
	arena_done(&arena);
	if (!best.file)
		return err_set(err, ST_NOT_FOUND, "its file is not in the delivery: %.*s",
			       (int)(path.len < 150 ? path.len : 150), path.ptr);
	if (best.tied)
		return err_set(err, ST_CONFLICT, "several files are called so: %.*s",
			       (int)(path.len < 150 ? path.len : 150), path.ptr);
	*out = best.file;
	*misnamed_out = !best.whole || other_ending;
	return ST_OK;
}

static Status open_found(Delivery *d, Str path, Str folder, DeliveryFile *out, Err *err)
{
	const IndexedFile *file = NULL;
	Err ignored;
	Str beside = path;
	out->misnamed = false;
	if (folder.len)
		beside = str_from(arena_printf(&d->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(path)));
	for (int i = 0; i < 2 && path.len; i++) {
		out->path = i == 0 ? beside : path;
		if (out->path.ptr && open_beneath(d->root_fd, out->path, &out->fd, &ignored) == ST_OK)
			return ST_OK;
	}
	Status st = make_index(d, err);
	if (st == ST_OK)
		st = find(d, path, folder, &file, &out->misnamed, err);
	if (st != ST_OK)
		return st;
	out->path = file->path;
	return open_beneath(d->root_fd, file->path, &out->fd, err);
}

Status delivery_take(Delivery *d, TakenFiles *taken, Str named, Str register_folder, DeliveryFile *out, Err *err)
{
	struct stat info;
	DeliveryFile file = {.fd = -1};
	Str path = clean_path(named, &d->arena);
	if (!path.ptr)
		return err_no_memory(err);
	Status st = open_found(d, path, register_folder, &file, err);
	if (st != ST_OK)
		return st;
	if (fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode))
		st = err_set(err, ST_NOT_FOUND, "no file but a folder: %.150s", path.ptr);
	if (st == ST_OK) {
		file.listed = taken_has(taken, info.st_dev, info.st_ino);
		st = taken_add(taken, info.st_dev, info.st_ino, err);
	}
	if (st != ST_OK) {
		close_quietly(file.fd);
		return st;
	}
	*out = file;
	return ST_OK;
}

/* ---- what no row names ----------------------------------------------------------------------------------------- */

static Str folder_of(Str path)
{
	take_last_part(&path);
	return path;
}

bool delivery_note_case(Delivery *d, Str path, Str case_code)
{
	TallyEntry *entry = tally_take(&d->folders, folder_of(path));
	if (!entry)
		return false;
	if (entry->count++ == 0)
		return tally_note(&d->folders, entry, case_code);
	if (!str_eq(entry->note, case_code))
		entry->note = STR("");
	return true;
}

DeliveryRole delivery_role(const Delivery *d, Str path, Str *case_code_out)
{
	Arena arena = {0};
	Str base = fold_path(file_base(path), &arena);
	DeliveryRole role = DELIVERY_UNLISTED;
	if (str_starts(base, STR("bia_")) || str_starts(base, STR("bia ")))
		role = DELIVERY_COVER;
	else if (str_starts(base, STR("mlvb_")) || str_starts(base, STR("mlvb ")))
		role = DELIVERY_LIST;
	const TallyEntry *folder = tally_find(&d->folders, folder_of(path));
	*case_code_out = folder ? folder->note : (Str){NULL, 0};
	arena_done(&arena);
	return role;
}

/* ---- opening --------------------------------------------------------------------------------------------------- */

Status delivery_open(Delivery **out, int root_fd, Str name, Err *err)
{
	Delivery *d = calloc(1, sizeof *d);
	if (!d)
		return err_no_memory(err);
	d->root_fd = root_fd;
	d->name = arena_copy(&d->arena, name);
	if (!d->name.ptr) {
		delivery_close(d);
		return err_no_memory(err);
	}
	*out = d;
	return ST_OK;
}

void delivery_close(Delivery *d)
{
	if (!d)
		return;
	free(d->files);
	tally_done(&d->folders);
	arena_done(&d->arena);
	free(d);
}
