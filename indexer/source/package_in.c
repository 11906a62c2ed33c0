/* indexer/source/package_in.c - reads packages as streams. Every entry's name is made UTF-8 and checked before it is
 * handed out; every byte that comes out is counted against what went in.
 *
 * libarchive gives names in the locale of the thread: without a UTF-8 locale it drops Vietnamese names. So every call
 * runs under C.UTF-8, for this thread only. Filters and formats are named one by one: "all" would start programs. */
#include "indexer/source/package_in.h"

#include "base/utf8.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_BYTES = 256 << 10 };

struct PackageIn {
	struct archive *archive;
	struct archive_entry *entry;
	locale_t utf8;
	PackageKind kind;
	uint64_t size_bytes; /* of the package; 0: not known */
	uint64_t entries;
	char name[(PACKAGE_NAME_MAX + 1) * NAME_GROWTH];
	PackageBudget own, *budget; /* the outermost package's, else its own */
};

/* ---- names ----------------------------------------------------------------------------------------------------- */

static bool is_reserved_by_windows(Str part)
{
	static const char *const names[] = {"CON", "PRN", "AUX", "NUL"};
	ptrdiff_t dot = str_find_char(part, '.');
	Str base = dot < 0 ? part : str_slice(part, 0, (size_t)dot);
	for (size_t i = 0; i < 4; i++)
		if (str_eq_nocase(base, str_from(names[i])))
			return true;
	return base.len == 4 && base.ptr[3] >= '1' && base.ptr[3] <= '9' &&
	       (str_eq_nocase(str_slice(base, 0, 3), STR("COM")) || str_eq_nocase(str_slice(base, 0, 3), STR("LPT")));
}

static const char *find_problem(Str name)
{
	Str part, rest = name;
	if (name.len == 0)
		return "an entry without a name";
	if (name.len > PACKAGE_NAME_MAX)
		return "a name that is too long";
	if (!utf8_is_valid(name))
		return "a name that is not UTF-8";
	if (name.ptr[0] == '/')
		return "an absolute name";
	if (name.len >= 2 && name.ptr[1] == ':' && isalpha((unsigned char)name.ptr[0]))
		return "a name with a drive letter";
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '\\')
			return "a name with a backslash";
		if ((uint8_t)name.ptr[i] < 0x20 || name.ptr[i] == 0x7F)
			return "a name with a control character";
	}
	while (str_split(&rest, '/', &part)) {
		if (str_eq(part, STR("..")))
			return "a name that climbs with '..'";
		if (part.len > 255)
			return "a name that is too long";
		if (is_reserved_by_windows(part))
			return "a name that is reserved on Windows";
	}
	return NULL;
}

Status package_in_check_name(Str name, Err *err)
{
	const char *problem = find_problem(name);
	return problem ? err_set(err, ST_INVALID, "%s", problem) : ST_OK;
}

/* "./a//b/" becomes "a/b"; what is left is checked by package_in_check_name. */
static Str tidy(char *name, size_t len)
{
	size_t used = 0;
	bool absolute = len > 0 && name[0] == '/';
	Str part, rest = {name, len};
	if (absolute)
		return rest;
	while (str_split(&rest, '/', &part)) {
		if (part.len == 0 || str_eq(part, STR(".")))
			continue;
		if (used)
			name[used++] = '/';
		memmove(name + used, part.ptr, part.len);
		used += part.len;
	}
	return (Str){name, used};
}

/* Programs of Windows write "a\\b.txt" into a zip; a tar may hold a name with a backslash. */
static void turn_strokes(const PackageIn *p, char *name, size_t len)
{
	if ((archive_format(p->archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR)
		return;
	for (size_t i = 0; i < len; i++)
		if (name[i] == '\\')
			name[i] = '/';
}

static Str read_name(PackageIn *p)
{
	const char *raw = archive_entry_pathname(p->entry);
	size_t len = raw ? strlen(raw) : 0;
	if (len > PACKAGE_NAME_MAX)
		len = PACKAGE_NAME_MAX + 1; /* refused anyway */
	Str name = name_decode((Str){raw, len}, p->name, sizeof p->name);
	turn_strokes(p, p->name, name.len);
	return tidy(p->name, name.len);
}

/* ---- open and close -------------------------------------------------------------------------------------------- */

/* What libarchive says of a package that is sound, and what it is. */
static const struct {
	const char *says, *is;
} sound[] = {
	{"ncrypt", "the package is encrypted: unpack it with its password first"},
	{"assphrase", "the package is encrypted: unpack it with its password first"},
	{"deflation-64", "packed with deflate64, which is not read here: repack it as an ordinary ZIP"},
	{"olume", "one of several volumes: unpack all of them together first"},
	{"split", "one of several volumes: unpack all of them together first"},
};

static Status fail_with_reason(const PackageIn *p, Err *err)
{
	const char *why = archive_error_string(p->archive);
	for (size_t i = 0; why && i < sizeof sound / sizeof *sound; i++)
		if (strstr(why, sound[i].says))
			return err_set(err, ST_UNSUPPORTED, "%s", sound[i].is);
	if (why && (strstr(why, "nsupported") || strstr(why, "not supported") || strstr(why, "unavailable")))
		return err_set(err, ST_UNSUPPORTED, "packed in a way that is not read here (%s): repack it", why);
	return err_set(err, ST_INVALID, "the package is broken or cut off: %s", why ? why : "it can't be read");
}

static void support(struct archive *a, PackageKind kind)
{
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_compress(a);
	if (kind == PACKAGE_STREAM) {
		archive_read_support_format_raw(a);
		archive_read_support_format_empty(a);
	} else {
		archive_read_support_format_tar(a);
		archive_read_support_format_zip(a);
		archive_read_support_format_7zip(a);
		archive_read_support_format_rar(a);
		archive_read_support_format_rar5(a);
	}
}

static Status open_archive(PackageIn *p, int fd, Str bytes, Err *err)
{
	struct stat info;
	int code;
	p->archive = archive_read_new();
	if (!p->archive)
		return err_no_memory(err);
	support(p->archive, p->kind);
	if (fd >= 0) {
		if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
			p->size_bytes = (uint64_t)info.st_size;
		code = archive_read_open_fd(p->archive, fd, BLOCK_BYTES);
	} else {
		p->size_bytes = bytes.len;
		code = archive_read_open_memory(p->archive, bytes.ptr ? bytes.ptr : "", bytes.len);
	}
	return code == ARCHIVE_OK || code == ARCHIVE_WARN ? ST_OK : fail_with_reason(p, err);
}

Status package_in_open(PackageIn **out, PackageKind kind, int fd, Str bytes, Err *err)
{
	PackageIn *p = calloc(1, sizeof *p);
	if (!p)
		return err_no_memory(err);
	p->kind = kind;
	p->budget = &p->own;
	p->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = p->utf8 ? uselocale(p->utf8) : (locale_t)0;
	Status st = open_archive(p, fd, bytes, err);
	if (before)
		uselocale(before);
	if (st != ST_OK) {
		package_in_close(p);
		return st;
	}
	*out = p;
	return ST_OK;
}

void package_in_close(PackageIn *p)
{
	if (!p)
		return;
	archive_read_free(p->archive);
	if (p->utf8)
		freelocale(p->utf8);
	free(p);
}

PackageBudget *package_in_budget(PackageIn *p)
{
	return p->budget;
}

void package_in_share(PackageIn *p, PackageBudget *outermost)
{
	p->budget = outermost;
}

/* ---- entries --------------------------------------------------------------------------------------------------- */

static Status check_entry(const PackageIn *p, Err *err)
{
	if (archive_entry_hardlink(p->entry) || archive_entry_filetype(p->entry) == AE_IFLNK)
		return err_set(err, ST_UNSUPPORTED, "a link");
	if (archive_entry_filetype(p->entry) != AE_IFREG)
		return err_set(err, ST_UNSUPPORTED, "neither a file nor a directory");
	if (archive_entry_is_encrypted(p->entry))
		return err_set(err, ST_UNSUPPORTED, "an encrypted entry");
	return ST_OK;
}

/* STEP_ITEM: an entry to hand out. STEP_END with *again: one to pass over. */
static Step read_entry(PackageIn *p, PackageEntry *out, bool *again, Err *err)
{
	int code = archive_read_next_header(p->archive, &p->entry);
	*again = false;
	if (code == ARCHIVE_EOF)
		return STEP_END;
	if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
		fail_with_reason(p, err);
		return STEP_ERROR;
	}
	*out = (PackageEntry){.size_bytes = UINT64_MAX};
	if (archive_entry_size_is_set(p->entry))
		out->size_bytes = (uint64_t)archive_entry_size(p->entry);
	if (p->kind == PACKAGE_STREAM)
		return STEP_ITEM;
	if (++p->entries > PACKAGE_ENTRIES_MAX) {
		err_set(err, ST_LIMIT, "the package has more than %d entries; what follows was not read",
			PACKAGE_ENTRIES_MAX);
		return STEP_ERROR;
	}
	out->name = read_name(p);
	Status st = package_in_check_name(out->name, &out->refusal);
	*again = archive_entry_filetype(p->entry) == AE_IFDIR;
	if (*again)
		return STEP_END;
	out->no_document = st == ST_OK ? name_no_document_path(out->name) : NULL;
	if (st == ST_OK)
		check_entry(p, &out->refusal);
	return STEP_ITEM;
}

Step package_in_next(PackageIn *p, PackageEntry *out, Err *err)
{
	bool again;
	Step step;
	PackageEntry entry;
	locale_t before = p->utf8 ? uselocale(p->utf8) : (locale_t)0;
	do
		step = read_entry(p, &entry, &again, err);
	while (again);
	if (before)
		uselocale(before);
	if (step == STEP_ITEM)
		*out = entry;
	return step;
}

static Status read_data(void *ctx, void *out, size_t capacity, size_t *got_out, Err *err)
{
	PackageIn *p = ctx;
	la_ssize_t got = archive_read_data(p->archive, out, capacity);
	if (got < 0)
		return fail_with_reason(p, err);
	PackageBudget *budget = p->budget;
	budget->expanded_bytes += (uint64_t)got;
	if (budget == &p->own)
		budget->packed_bytes = p->size_bytes ? p->size_bytes : package_in_bytes_read(p);
	if (budget->expanded_bytes > PACKAGE_RATIO_FREE &&
	    budget->expanded_bytes / PACKAGE_RATIO_MAX > budget->packed_bytes)
		return err_set(err, ST_LIMIT, "the package expands to more than %d times its size", PACKAGE_RATIO_MAX);
	*got_out = (size_t)got;
	return ST_OK;
}

static uint64_t position(const void *ctx)
{
	return package_in_bytes_read(ctx);
}

ByteSource package_in_source(PackageIn *p)
{
	return (ByteSource){read_data, position, p};
}

uint64_t package_in_bytes_read(const PackageIn *p)
{
	return (uint64_t)archive_filter_bytes(p->archive, -1);
}
